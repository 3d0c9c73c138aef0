from dataclasses import replace

import pytest

from evals import scorers
from evals.rows import CaseExpected, CustomerExpected, NoticeExpected
from evals.run import Drafted, Seen, SeenCase
from rejoinder.domain.drafts import Problem

WISH = CustomerExpected(
    kind="service",
    intent="order.status_wismo",
    intents=("order.status_wismo",),
    order="LO-10425",
    flags=("chargeback_threat",),
    situation="in_transit",
    must_state=("RM68288909310",),
)
DRAFT = Drafted(situation="in_transit", language="en", body="Track it: RM68288909310", problems=(), sent_alone=True)
ANSWERED = Seen(
    kind="service",
    intent="order.status_wismo",
    flags=("chargeback_threat",),
    order="LO-10425",
    drafted=DRAFT,
)
NOTICE = NoticeExpected(
    is_dispute=True,
    kind="dispute",
    source="stripe",
    notice_type="first_dispute",
    fields={"amount_minor": "20890", "respond_by": "2026-12-01"},
    absent=("transaction_date",),
    order="LO-10401",
)
READ = Seen(
    kind="dispute",
    source="stripe",
    notice_type="first_dispute",
    fields={"amount_minor": "20890", "respond_by": "2026-12-01"},
    order="LO-10401",
)


@pytest.mark.parametrize("scorer", scorers.CUSTOMER_SCORERS, ids=lambda scorer: scorer.name)
def test_a_right_answer_to_a_customer_is_right_to_every_scorer(scorer: scorers.Scorer) -> None:
    assert scorer.ask(WISH, ANSWERED) is True


@pytest.mark.parametrize("scorer", scorers.NOTICE_SCORERS, ids=lambda scorer: scorer.name)
def test_a_right_reading_of_a_notice_is_wrong_to_no_scorer(scorer: scorers.Scorer) -> None:
    assert scorer.ask(NOTICE, READ) is not False


@pytest.mark.parametrize(
    ("ask", "seen"),
    [
        (scorers.is_no_dispute, replace(ANSWERED, kind="dispute")),
        (scorers.kind_is_right, replace(ANSWERED, kind="spam")),
        (scorers.first_intent_is_right, replace(ANSWERED, intent="order.cancel")),
        (scorers.other_is_told_apart, replace(ANSWERED, intent="none")),
        (scorers.flags_are_raised, replace(ANSWERED, flags=())),
        (scorers.no_false_flag, replace(ANSWERED, flags=("chargeback_threat", "safety"))),
        (scorers.order_is_right, replace(ANSWERED, order="")),
        (scorers.no_wrong_order, replace(ANSWERED, order="LO-10448")),
        (scorers.situation_is_right, replace(ANSWERED, drafted=replace(DRAFT, situation="delivered"))),
        (scorers.states_what_it_must, replace(ANSWERED, drafted=replace(DRAFT, body="It is on its way."))),
        (scorers.draft_is_safe, replace(ANSWERED, failure="no such template")),
        (scorers.sent_alone_is_right, replace(ANSWERED, intent="order.cancel")),
    ],
)
def test_a_wrong_answer_to_a_customer_is_wrong(ask: object, seen: Seen) -> None:
    assert callable(ask)
    assert ask(WISH, seen) is False


@pytest.mark.parametrize(
    ("ask", "seen"),
    [
        (scorers.is_dispute, replace(READ, kind="service")),
        (scorers.source_is_right, replace(READ, source="paypal")),
        (scorers.notice_type_is_right, replace(READ, notice_type="inquiry")),
        (scorers.no_wrong_due_or_amount, replace(READ, fields={"amount_minor": "2089"})),
        (scorers.nothing_is_invented, replace(READ, fields={**READ.fields, "card_last4": "2026"})),
        (scorers.order_is_right, replace(READ, order="")),
        (scorers.no_wrong_order, replace(READ, order="LO-10424")),
    ],
)
def test_a_wrong_reading_of_a_notice_is_wrong(ask: object, seen: Seen) -> None:
    assert callable(ask)
    assert ask(NOTICE, seen) is False


def test_a_near_miss_taken_for_a_notice_is_wrong() -> None:
    assert scorers.is_dispute(NoticeExpected(is_dispute=False), READ) is False


def test_an_imitation_has_to_be_called_one() -> None:
    imitation = NoticeExpected(is_dispute=False, kind="phishing")
    assert scorers.phishing_is_known(imitation, Seen(kind="phishing")) is True
    assert scorers.phishing_is_known(imitation, Seen(kind="service")) is False


def test_a_field_that_nobody_can_be_sure_of_may_not_be_given() -> None:
    ambiguous = replace(NOTICE, fields={}, absent=("respond_by",))
    assert scorers.wrong_without_flag(ambiguous, READ) == ["respond_by"]
    assert scorers.wrong_without_flag(ambiguous, replace(READ, fields={})) == []


def test_a_field_left_open_is_not_right_and_not_wrong_without_a_flag() -> None:
    silent = replace(READ, fields={})
    assert scorers.fields_right(NOTICE, silent) == {"amount_minor": False, "respond_by": False}
    assert scorers.no_wrong_due_or_amount(NOTICE, silent) is True


@pytest.mark.parametrize(
    ("name", "expected", "given", "same"),
    [
        ("respond_by", "2026-12-01", "2026-12-01", True),
        ("respond_by", "2026-12-01", "2026-12-01T18:00:00+01:00", True),
        ("respond_by", "2026-11-26T23:59:00+00:00", "2026-11-27T00:59:00+01:00", True),
        ("respond_by", "2026-11-26T23:59:00+00:00", "2026-11-26", False),
        ("respond_by", "2026-11-26T23:59:00+00:00", "soon", False),
        ("transaction_date", "2026-10-27", "2026-11-27", False),
        ("order_reference", "4471", "#4471", True),
        ("payment_reference", "pay_a", "PAY_A", True),
        ("amount_minor", "12500", "1250", False),
        ("amount_minor", "12500", "", False),
    ],
)
def test_values_are_compared_as_what_they_mean(name: str, expected: str, given: str, same: bool) -> None:
    assert scorers.same_value(name, expected, given) is same


def test_a_fact_may_be_stated_in_the_notation_of_the_language() -> None:
    text = "Wir haben Ihnen am 16. November 2026 44,00 € erstattet."
    assert scorers.missing_facts(["44.00 EUR", "2026-11-16"], text, "de") == []
    assert scorers.missing_facts(["45.00 EUR"], text, "de") == ["45.00 EUR"]


def test_only_problems_that_must_never_leave_are_unsafe() -> None:
    problems = (Problem(code="other_language", detail="x"), Problem(code="unsupported_fact", detail="y"))
    seen = replace(ANSWERED, drafted=replace(DRAFT, problems=problems))
    assert scorers.unsafe_problems(seen) == ["unsupported_fact: y"]
    assert scorers.draft_is_safe(WISH, seen) is False


def test_questions_that_do_not_arise_are_not_counted() -> None:
    assert scorers.share([True, None, False]) == (1, 2)
    assert scorers.share([None]).value == 1.0


def test_the_macro_f1_gives_every_label_the_same_weight() -> None:
    pairs = [("a", "a"), ("a", "a"), ("a", "a"), ("b", "a")]
    assert scorers.f1_by_label(pairs) == {"a": pytest.approx(6 / 7), "b": 0.0}
    assert scorers.macro_f1(pairs) == pytest.approx(3 / 7)


def test_labels_that_are_only_guessed_are_no_labels_of_their_own() -> None:
    assert set(scorers.f1_by_label([("a", "c")])) == {"a"}


def test_the_commonest_confusion_comes_first() -> None:
    pairs = [("a", "b"), ("a", "b"), ("b", "a"), ("c", "c")]
    assert scorers.worst_pairs(pairs, 1) == [("a", "b", 2)]


DIGEST = NoticeExpected(
    is_dispute=True,
    notice_type="digest",
    cases=(
        CaseExpected(notice_type="first_dispute", fields={"dispute_reference": "A-1", "respond_by": "2026-12-04"}),
        CaseExpected(notice_type="inquiry", fields={"payment_reference": "P-2", "amount_minor": "500"}),
    ),
)
TWO_CASES = (
    SeenCase(notice_type="inquiry", fields={"payment_reference": "P-2", "amount_minor": "500"}),
    SeenCase(notice_type="first_dispute", fields={"dispute_reference": "a-1", "respond_by": "2026-12-04"}),
)
SEEN_DIGEST = Seen(kind="dispute", notice_type="digest", cases=TWO_CASES)


def test_cases_of_a_digest_are_paired_by_reference_in_any_order() -> None:
    assert scorers.cases_right(DIGEST, SEEN_DIGEST) == [True, True]
    assert scorers.digest_is_right(DIGEST, SEEN_DIGEST) is True


def test_what_all_cases_share_may_stand_at_the_top() -> None:
    expected = replace(DIGEST, cases=(replace(DIGEST.cases[0], notice_type=None),))
    seen = Seen(fields={"respond_by": "2026-12-04"}, cases=(SeenCase(fields={"dispute_reference": "A-1"}),))
    assert scorers.digest_is_right(expected, seen) is True


def test_a_case_too_many_or_too_few_is_no_digest_right() -> None:
    doubled = replace(SEEN_DIGEST, cases=(*TWO_CASES, TWO_CASES[0]))
    assert scorers.cases_counted(DIGEST, doubled) is False
    assert scorers.digest_is_right(DIGEST, doubled) is False
    assert scorers.cases_right(DIGEST, replace(SEEN_DIGEST, cases=TWO_CASES[:1])) == [False, True]


def test_a_notice_of_one_case_has_no_others() -> None:
    assert scorers.cases_counted(NOTICE, READ) is True
    assert scorers.cases_counted(NOTICE, replace(READ, cases=TWO_CASES)) is False


def test_a_wrong_amount_in_one_case_is_wrong_without_a_flag() -> None:
    wrong = replace(TWO_CASES[0], fields={"payment_reference": "P-2", "amount_minor": "50000"})
    seen = replace(SEEN_DIGEST, cases=(wrong, TWO_CASES[1]))
    assert scorers.wrong_without_flag(DIGEST, seen) == ["amount_minor"]
    assert scorers.no_wrong_due_or_amount(DIGEST, seen) is False


def test_a_picture_is_said_to_be_unread_or_read_right() -> None:
    picture = NoticeExpected(is_dispute=None, unread=True, fields={"amount_minor": "7735"})
    assert scorers.unread_is_said(picture, Seen(unread=True)) is True
    assert scorers.fields_right(picture, Seen(unread=True)) == {}
    assert scorers.unread_is_said(picture, Seen(fields={"amount_minor": "7735"})) is True
    assert scorers.unread_is_said(picture, Seen()) is False


def test_an_amount_under_a_sign_of_several_currencies_is_no_invention() -> None:
    expected = NoticeExpected(is_dispute=True, absent=("currency",))
    assert scorers.nothing_is_invented(expected, Seen(fields={"amount_minor": "125000"})) is True
    assert scorers.ambiguous_is_left_open(expected, Seen(fields={"currency": "USD"})) is False
