"""What no rule knows is guessed from examples, marked as a guess, and never replaces what a rule read."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.lexicon import examples
from knowledge.notice_catalog import notice_catalog
from knowledge.notice_examples import examples_in
from rejoinder.domain.reading import Reading
from rejoinder.readers import guesses_in
from tests.fixtures_program import MODELS
from tests.tools.models.notices.mails import mail
from tools.models.notices import read_notice
from tools.models.notices.dates import DateRules
from tools.models.notices.guessed import Guesses, Lessons, guesses_of
from tools.models.notices.guessed.candidates import Candidate, candidates
from tools.models.notices.page import Page, Place, page_of
from tools.models.notices.senders import sender_of
from tools.models.notices.words import words_of

BANK = "back-office@bank.example"
TOLD_BY_A_CLERK = (
    "the gentleman with order 88-4102",
    """Hi Ruth, the gentleman behind order 88-4102 rang us about the 212.50 GBP that left his account on 4 November 2026.
He swears nothing ever came through his door. Our file is ZQ-77310. Could you let me have the courier's slip
no later than 3 December 2026, otherwise we have to hand him the money. Cheers, Tom""",
)


@pytest.fixture(scope="module")
def guesses() -> Guesses:
    MODELS.mkdir(exist_ok=True)
    return guesses_in(MODELS)


def read(guesses: Guesses | None, subject: str, text: str, sender: str = BANK) -> Reading | None:
    return read_notice(mail(sender, subject, text), notice_catalog(), guesses)


def page(text: str) -> Page:
    catalog = notice_catalog()
    message = mail(BANK, "", text)
    rules = DateRules(zones=words_of(catalog).zones, sent=date(2026, 11, 20))
    return page_of(message, text, sender_of(message, catalog), words_of(catalog), rules, lambda *span: Place(*span))


def only(found: list[Candidate], kind: str) -> Candidate:
    return next(one for one in found if one.kind == kind)


def test_a_notice_that_no_rule_knows_is_one_for_a_person(guesses: Guesses) -> None:
    assert read(None, *TOLD_BY_A_CLERK) is None
    found = read(guesses, *TOLD_BY_A_CLERK)
    assert found is not None
    assert (found.kind, found.notice_type, found.score) == ("dispute", "first_dispute", 0.5)


def test_the_values_of_such_a_notice_have_their_place_and_the_mark_of_a_guess(guesses: Guesses) -> None:
    found = read(guesses, *TOLD_BY_A_CLERK)
    assert found is not None
    case = found.fields["dispute_reference"]
    assert (case.value, case.guessed) == ("ZQ-77310", True)
    assert TOLD_BY_A_CLERK[1][case.start : case.end] == "ZQ-77310"
    assert (found.value("category"), found.fields["category"].guessed) == ("not_received", True)
    assert not found.fields["respond_by"].guessed


def test_a_guess_never_replaces_what_a_rule_read(guesses: Guesses) -> None:
    text = "A chargeback was raised.\nCase: CB-1\nAmount: 20.00 EUR\nReply by: 2 December 2026\nReason: 13.1"
    ruled, both = (read(one, "Chargeback CB-1", text) for one in (None, guesses))
    assert ruled is not None
    assert both is not None
    assert {name: both.fields[name] for name in ruled.fields} == dict(ruled.fields)
    assert not any(both.fields[name].guessed for name in ruled.fields)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Order 88-4102", "Hello, I paid 212.50 GBP on 4 November 2026 and got nothing. Send my money back by 3 December."),
        ("Invoice 88-4102", "Please pay our invoice 88-4102 of 4 November 2026, 212.50 GBP, no later than 3 December 2026."),
        ("Payout ZQ-77310", "We have sent 212.50 GBP to your bank account. It arrives by 3 December 2026. Payout ZQ-77310."),
        ("", ""),
        ("…", "\n\n|\t|\n0"),
    ],
)  # fmt: skip
def test_what_is_no_notice_stays_none(guesses: Guesses, subject: str, text: str) -> None:
    assert read(guesses, subject, text) is None


def test_a_day_that_is_over_is_no_deadline(guesses: Guesses) -> None:
    found = read(guesses, TOLD_BY_A_CLERK[0], TOLD_BY_A_CLERK[1].replace("3 December 2026", "3 October 2026"))
    assert found is not None
    assert "respond_by" not in found.fields


@pytest.mark.parametrize(
    ("text", "kind", "label"),
    [
        ("Summe: 12,00 EUR", "amount", "summe"),
        ("Sum\t12.00 EUR", "amount", "sum"),
        ("Ref\tSum\tDay\nA-1234\t12.00 EUR\t2 Dec 2026", "amount", "sum"),
        ("Ref\tSum\tDay\nA-1234\t12.00 EUR\t2 Dec 2026", "day", "day"),
        ("Vorgang\nA-1234", "number", "vorgang"),
        ("we took 12.00 EUR", "amount", ""),
    ],
)
def test_the_label_of_a_value_stands_before_it_or_above_it(text: str, kind: str, label: str) -> None:
    assert only(candidates(page(text)), kind).label == label


def test_nearly_every_marked_value_is_a_candidate() -> None:
    marked = [(one, mark) for one in examples_in("en") for mark in one.marks]
    marked = [(one, mark) for one, mark in marked if mark.role not in ("buyer_name", "respond_by")]
    found = {id(one): candidates(page(one.text)) for one, _ in marked}
    seen = sum(any(c.start < mark.end and mark.start < c.end for c in found[id(one)]) for one, mark in marked)
    assert seen / len(marked) > 0.95


def few() -> Lessons:
    wishes = [text for language, _, text in examples() if language == "en"][:200]
    return Lessons(examples_in("en"), wishes, notice_catalog())


def test_what_was_learned_is_kept_and_answers_the_same(tmp_path: Path) -> None:
    first, kept = (guesses_of(tmp_path, "key", few) for _ in range(2))
    assert len(list(tmp_path.iterdir())) == 1
    likes = [one.about(page(TOLD_BY_A_CLERK[1])) for one in (first, kept)]
    assert likes[0].notice == likes[1].notice
    assert likes[0].fields({}, ended=False) == likes[1].fields({}, ended=False)


def test_other_lessons_are_learned_anew(tmp_path: Path) -> None:
    for key in ("key", "other"):
        guesses_of(tmp_path, key, few)
    assert len(list(tmp_path.iterdir())) == 2
