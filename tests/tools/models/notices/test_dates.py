"""Dates in the notations that notices use; what can be read two ways is read when something decides it."""

from datetime import date

import pytest

from knowledge.notice_catalog import notice_catalog
from rejoinder.domain.notices import DateOrder
from tools.models.notices.dates import DateRules, find_dates
from tools.models.notices.texts import fold
from tools.models.notices.words import words_of


def found(text: str, order: DateOrder = "") -> list[str]:
    rules = DateRules(order=order, zones=words_of(notice_catalog()).zones, sent=date(2026, 11, 20))
    return [day.value for day in find_dates(fold(text), rules)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("03DEC2026", "2026-12-03"),
        ("03DEC26", "2026-12-03"),
        ("by December 4, 5 pm", "2026-12-04"),
        ("by Dec 4.", "2026-12-04"),
        ("by 4 Dec 17:00 UTC", "2026-12-04T17:00:00+00:00"),
        ("Dec 3, 2026 @ 5pm ET", "2026-12-03T17:00:00-05:00"),
        ("4 декабря 2026 года до 18:00 по московскому времени", "2026-12-04T18:00:00+03:00"),
        ("民國115年12月4日", "2026-12-04"),
        ("12/4(金)", "2026-12-04"),
        ("bis 3.12. 18 Uhr", "2026-12-03"),
        ("до 04.12", "2026-12-04"),
        ("26.12.04", "2026-12-04"),
        ("25.12.26", "2026-12-25"),
    ],
)
def test_a_date_is_read_in_its_notation(text: str, value: str) -> None:
    assert found(text) == [value]


@pytest.mark.parametrize("text", ["12/4(木)", "code 13.1.", "bis 13.1", "03/12/2026", "REF03DEC26X"])
def test_what_is_no_sure_date_is_not_read(text: str) -> None:
    assert [value for value in found(text) if value] == []


def test_a_year_of_two_digits_comes_first_where_the_language_writes_it_first() -> None:
    assert found("26.11.25", "ymd") == ["2026-11-25"]
    assert found("26.11.25", "dmy") == ["2025-11-26"]
