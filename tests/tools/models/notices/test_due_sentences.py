"""The due date in sentences: read where an answer is asked for by then, never where something else happens then."""

import pytest

from tests.tools.models.notices.due_sentences import DAYS, DUE, HEADS, NOT_DUE
from tests.tools.models.notices.mails import file, read

BANK = "disputes@harbor-acquiring.example"


def due(language: str, sentence: str) -> str:
    reading = read(BANK, "Chargeback CB-1", HEADS[language] + sentence.format(d=DAYS[language]))
    assert reading is not None
    return reading.value("respond_by")


@pytest.mark.parametrize("language", DUE)
def test_the_day_by_which_an_answer_is_asked_for_is_read(language: str) -> None:
    assert [sentence for sentence in DUE[language] if due(language, sentence) != "2026-12-03"] == []


@pytest.mark.parametrize("language", NOT_DUE)
def test_the_day_of_something_else_is_no_due_date(language: str) -> None:
    assert [sentence for sentence in NOT_DUE[language] if due(language, sentence)] == []


@pytest.mark.parametrize(
    "lines",
    [
        "Ends on 3 December 2026.\nHearing: 10 December 2026",
        "Ends on 3 December 2026.\nEnds on 4 December 2026.",
        "Ends on 3 May 2027.",
        "Ends on 03/12/2026.",
        "Platform trial ends on 3 December 2026.",
    ],
)
def test_a_day_is_the_due_date_by_elimination_only_where_it_is_the_only_one_to_come(lines: str) -> None:
    assert due("en", lines) == ""


def test_days_are_counted_in_one_file_from_the_day_of_the_letter_in_another() -> None:
    letter = (
        "Harbor Bank\n\n16 November 2026\n\nOur reference: CB-1\n"
        "We have received a chargeback under reason code 4834.\n\nTransaction details\n"
        "Date\t25/10/2026\nCard\t535522XXXXXX3308\nValue\tGBP 64.00"
    )
    how = "How to respond\n\nSend us your documents within 14 days of the date of the letter."
    reading = read(BANK, "Chargeback CB-1", "See the letter.", file("cb.pdf", letter), file("how.pdf", how))
    assert reading is not None
    assert reading.value("respond_by") == "2026-11-30"
    assert reading.value("transaction_date") == "2026-10-25"


@pytest.mark.parametrize(
    ("line", "paid"),
    [
        ("Original sale 14 August 2026", "2026-08-14"),
        ("Purchase 11/16/2026 23:14 EST, $85.49 USD, descriptor LUMENOAK SHOP", "2026-11-16"),
        ("Charged: 10/21/2026", "2026-10-21"),
        ("The chargeback of 14 August 2026", ""),
        ("Case details\nDate: 14 August 2026", ""),
        ("Transaction details\nDate: 14 August 2026", "2026-08-14"),
    ],
)
def test_the_day_of_the_payment_stands_behind_its_name_alone(line: str, paid: str) -> None:
    reading = read(
        BANK, "Chargeback CB-1", f"Case number: CB-1\nDisputed amount: USD 45.00\nReason code: 4853\n\n{line}"
    )
    assert reading is not None
    assert reading.value("transaction_date")[:10] == paid
