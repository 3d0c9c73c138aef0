import re
from collections.abc import Mapping
from datetime import date, datetime

import pytest

from evals.rows import NoticeRow, notices
from knowledge.reason_codes import categories
from rejoinder.domain.notices import NOTICE_TYPES
from rejoinder.domain.reading import NOTICE_FIELDS
from tests.evals.labels import amount_stands_in, date_follows_from, date_stands_in, said_in

NOTICES = notices()
DATES = ("respond_by", "transaction_date")
PRINTED = ("dispute_reference", "payment_reference", "order_reference", "arn", "reason_code", "buyer_email")


def _labels(row: NoticeRow) -> list[Mapping[str, str]]:
    return [row.expected.fields, *(case.fields for case in row.expected.cases)]


LABELLED = [pytest.param(row, fields, id=row.row_id) for row in NOTICES for fields in _labels(row) if fields]


@pytest.mark.parametrize(("row", "fields"), LABELLED)
def test_fields_are_canonical(row: NoticeRow, fields: Mapping[str, str]) -> None:
    assert set(fields) | set(row.expected.absent) <= set(NOTICE_FIELDS)
    assert not set(fields) & set(row.expected.absent)
    assert fields.get("category", "general") in set(categories())
    assert re.fullmatch(r"\d+", fields.get("amount_minor", "1"))
    assert re.fullmatch(r"[A-Z]{3}", fields.get("currency", "EUR"))
    assert re.fullmatch(r"\d{4}", fields.get("card_last4", "0000"))
    assert re.fullmatch(r"\d{23}", fields.get("arn", "0" * 23))


@pytest.mark.parametrize(("row", "fields"), LABELLED)
def test_dates_are_iso_and_instants_have_a_zone(row: NoticeRow, fields: Mapping[str, str]) -> None:
    for name in DATES:
        value = fields.get(name, "2026-01-01")
        if len(value) > len("2026-01-01"):
            assert datetime.fromisoformat(value).tzinfo is not None
        else:
            assert date.fromisoformat(value).year in {2026, 2027}


@pytest.mark.parametrize(("row", "fields"), LABELLED)
def test_references_codes_and_cards_stand_in_the_mail(row: NoticeRow, fields: Mapping[str, str]) -> None:
    text = said_in(row)
    for name in (*PRINTED, "card_last4", "buyer_name"):
        assert fields.get(name, "") in text, name


@pytest.mark.parametrize(("row", "fields"), LABELLED)
def test_amounts_stand_in_the_mail(row: NoticeRow, fields: Mapping[str, str]) -> None:
    assert "amount_minor" not in fields or amount_stands_in(fields["amount_minor"], said_in(row))


@pytest.mark.parametrize(("row", "fields"), LABELLED)
def test_dates_stand_in_the_mail_or_follow_from_it(row: NoticeRow, fields: Mapping[str, str]) -> None:
    text = said_in(row)
    assert "transaction_date" not in fields or date_stands_in(fields["transaction_date"], text)
    due = fields.get("respond_by", "")
    assert not due or date_stands_in(due, text) or date_follows_from(due, text)


def test_cases_are_of_known_types_and_told_apart() -> None:
    for row in NOTICES:
        cases = row.expected.cases
        assert {case.notice_type for case in cases} <= {None, *NOTICE_TYPES}, row.row_id
        keys = {tuple(sorted(case.fields.items())) for case in cases}
        assert len(keys) == len(cases), row.row_id


def test_an_imitation_is_no_dispute() -> None:
    for row in NOTICES:
        assert row.expected.authentic is not False or row.expected.is_dispute is False, row.row_id
