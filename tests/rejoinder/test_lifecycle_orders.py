"""Ten thousand orders, with repeats, of what processors told: one end each."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.rails import rail
from rejoinder.domain.lifecycle import FUNDS_RANK, STAGE_RANK, STATE_RANK, Move, fold, join
from rejoinder.domain.money import Money

START = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
ORDERS = 10_000


def told(processor, day, *words, submissions=(), due=None, mail=False):
    """Return the event as the processor's table reads its words; due counts days from the start."""
    meaning = rail(processor).meaning(*words)
    assert meaning is not None, (processor, words)
    return Move(
        event_id=f"{'/'.join(words)}@{day}",
        witness="mail" if mail else "processor",
        occurred_at=START + timedelta(days=day),
        stage=meaning.stage,
        state=meaning.state,
        funds=meaning.funds,
        due_at=START + timedelta(days=due) if due else None,
        submissions=submissions,
        liable_amount=Money(amount_minor=12_000 + int(day), currency="USD"),
        refunded=meaning.refunded,
        reopens=meaning.reopens,
        reverses=meaning.reverses,
        final=meaning.final,
    )


def said(day, stage="first", takes_back=""):
    """Return a person's word that the answer to a stage was handed in, or that it was not after all."""
    return Move(
        event_id=f"{'taken_back' if takes_back else 'handed_in'}@{day}",
        witness="person",
        occurred_at=START + timedelta(days=day),
        stage=stage,
        state=None if takes_back else "submitted",
        takes_back=takes_back,
    )


ONE, TWO = ("s#1",), ("s#1", "s#2")

HISTORIES = {
    "stripe visa won and reopened": (
        "prearb_responded", "prearb", "withdrawn", 2,
        [
            told("stripe", 0, "charge.dispute.funds_withdrawn"),
            told("stripe", 0, "needs_response", due=9),
            told("stripe", 1, "needs_response", due=9, mail=True),
            told("stripe", 4, "under_review", submissions=ONE),
            told("stripe", 60, "won", submissions=ONE),
            told("stripe", 61, "charge.dispute.funds_reinstated"),
            told("stripe", 80, "charge.dispute.funds_withdrawn"),
            told("stripe", 80.1, "needs_response", submissions=ONE, due=95),
            told("stripe", 90, "under_review", submissions=TWO),
        ],
    ),
    "stripe inquiry that became a chargeback and was lost": (
        "lost", "first", "withdrawn", 2,
        [
            told("stripe", 0, "warning_needs_response", due=7),
            told("stripe", 3, "warning_under_review", submissions=("i#1",)),
            told("stripe", 20, "warning_closed", submissions=("i#1",)),
            told("stripe", 25, "needs_response", due=34),
            told("stripe", 25, "charge.dispute.funds_withdrawn"),
            told("stripe", 30, "under_review", submissions=("i#1", "c#1")),
            told("stripe", 31, "won", mail=True),
            told("stripe", 90, "lost", submissions=("i#1", "c#1")),
        ],
    ),
    "adyen mastercard reversed and charged back again": (
        "lost", "first", "withdrawn", 1,
        [
            told("adyen", 0, "NOTIFICATION_OF_FRAUD"),
            told("adyen", 2, "NOTIFICATION_OF_CHARGEBACK", due=42),
            told("adyen", 3, "CHARGEBACK"),
            told("adyen", 5, "INFORMATION_SUPPLIED", submissions=ONE),
            told("adyen", 6, "ISSUER_COMMENTS"),
            told("adyen", 20, "CHARGEBACK_REVERSED"),
            told("adyen", 70, "SECOND_CHARGEBACK"),
        ],
    ),
    "adyen visa undefended by a false alarm, then reversed and final": (
        "won_final", "first", "reinstated", 1,
        [
            told("adyen", 0, "NOTIFICATION_OF_CHARGEBACK", due=18),
            told("adyen", 1, "CHARGEBACK"),
            told("adyen", 17, "INFORMATION_SUPPLIED", submissions=ONE),
            told("adyen", 18, "DISPUTE_DEFENSE_PERIOD_ENDED", "Expired"),
            told("adyen", 19, "CHARGEBACK_REVERSED"),
            told("adyen", 80, "ISSUER_RESPONSE_TIMEFRAME_EXPIRED"),
        ],
    ),
    "adyen visa through pre-arbitration to arbitration": (
        "won_final", "arbitration", "reinstated", 1,
        [
            told("adyen", 0, "NOTIFICATION_OF_CHARGEBACK", due=18),
            told("adyen", 1, "CHARGEBACK"),
            told("adyen", 5, "INFORMATION_SUPPLIED", submissions=ONE),
            told("adyen", 20, "CHARGEBACK_REVERSED"),
            told("adyen", 50, "PREARBITRATION_OPEN", due=70),
            told("adyen", 55, "PREARBITRATION_DECLINED"),
            told("adyen", 80, "SCHEME_ARBITRATION"),
            told("adyen", 120, "SCHEME_ARBITRATION_WON"),
        ],
    ),
    "adyen amex request for information answered, then charged back and accepted": (
        "accepted", "first", "withdrawn", 1,
        [
            told("adyen", 0, "REQUEST_FOR_INFORMATION", due=14),
            told("adyen", 3, "INFORMATION_SUPPLIED", submissions=ONE),
            told("adyen", 30, "NOTIFICATION_OF_CHARGEBACK", due=44),
            told("adyen", 31, "CHARGEBACK"),
            told("adyen", 44, "DISPUTE_DEFENSE_PERIOD_ENDED", "Accepted"),
        ],
    ),
    "paypal claim answered twice and resolved for the seller": (
        "won_provisional", "first", "none", 2,
        [
            told("paypal", 0, "INQUIRY", "OPEN", due=20),
            told("paypal", 5, "CHARGEBACK", "WAITING_FOR_SELLER_RESPONSE", due=15),
            told("paypal", 8, "CHARGEBACK", "UNDER_REVIEW", submissions=ONE),
            told("paypal", 10, "CHARGEBACK", "WAITING_FOR_SELLER_RESPONSE", due=18),
            told("paypal", 12, "CHARGEBACK", "UNDER_REVIEW", submissions=TWO),
            told("paypal", 30, "RESOLVED", "RESOLVED_SELLER_FAVOUR"),
        ],
    ),
    "shopify lost in silence, reported lost": (
        "lost", "first", "none", 0,
        [
            told("shopify", 0, "chargeback", "needs_response", due=10),
            told("shopify", 4, "chargeback", "needs_response", due=10, mail=True),
            told("shopify", 11, "chargeback", "lost"),
        ],
    ),
    "square inquiry closed": (
        "inquiry_closed", "inquiry", "none", 0,
        [
            told("square", 0, "INQUIRY_EVIDENCE_REQUIRED", due=7),
            told("square", 3, "INQUIRY_PROCESSING"),
            told("square", 20, "INQUIRY_CLOSED"),
        ],
    ),
    "checkout withdrawn by the cardholder": (
        "withdrawn", "first", "none", 1,
        [
            told("checkout", 0, "fraud_reported"),
            told("checkout", 2, "dispute_received", due=12),
            told("checkout", 2, "evidence_required", due=12),
            told("checkout", 6, "dispute_evidence_submitted", submissions=ONE),
            told("checkout", 20, "dispute_canceled"),
        ],
    ),
    "airwallex pre-arbitration accepted by default": (
        "accepted", "prearb", "none", 1,
        [
            told("airwallex", 0, "PRE_CHARGEBACK", "REQUIRES_RESPONSE", due=3),
            told("airwallex", 3, "PRE_CHARGEBACK", "EXPIRED"),
            told("airwallex", 5, "CHARGEBACK", "REQUIRES_RESPONSE", due=15),
            told("airwallex", 9, "CHARGEBACK", "CHALLENGED", submissions=ONE),
            told("airwallex", 50, "CHARGEBACK", "WON"),
            told("airwallex", 70, "PRE_ARBITRATION", "REQUIRES_RESPONSE", due=75),
            told("airwallex", 75, "PRE_ARBITRATION", "ACCEPTED"),
        ],
    ),
    "braintree accepted for us, reported lost": (
        "accepted", "first", "none", 0,
        [
            told("braintree", 0, "chargeback", "open", due=10),
            told("braintree", 10, "chargeback", "auto_accepted"),
            told("braintree", 11, "chargeback", "lost"),
        ],
    ),
    "stripe handed in, taken back, handed in again, and won": (
        "won_provisional", "first", "none", 1,
        [
            told("stripe", 0, "needs_response", due=9),
            said(3),
            said(3.1, takes_back="handed_in@3"),
            said(4),
            told("stripe", 4.1, "under_review", submissions=ONE),
            told("stripe", 60, "won", submissions=ONE),
        ],
    ),
    "stripe handed in by a person's word only, and asked for again": (
        "needs_response", "first", "none", 0,
        [
            told("stripe", 0, "needs_response", due=9),
            said(3),
            told("stripe", 5, "needs_response", due=9),
            told("stripe", 6, "needs_response", due=9, mail=True),
        ],
    ),
    "adyen inquiry handed in, then charged back and handed in": (
        "submitted", "first", "none", 0,
        [
            told("adyen", 0, "REQUEST_FOR_INFORMATION", due=14),
            said(3, "inquiry"),
            told("adyen", 30, "NOTIFICATION_OF_CHARGEBACK", due=44),
            said(33),
        ],
    ),
    "klarna appealed and closed": (
        "lost", "arbitration", "held", 1,
        [
            told("klarna", 0, "INITIATED", due=21),
            told("klarna", 5, "REPRESENTMENT", submissions=ONE),
            told("klarna", 20, "PRE_ARBITRATION", due=30),
            told("klarna", 31, "ARBITRATION"),
            told("klarna", 60, "CLOSED", "LOST"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HISTORIES)
def test_a_history_ends_where_it_should(name):
    state, stage, funds, submissions, moves = HISTORIES[name]
    cycle = fold(moves)
    assert (cycle.state, cycle.stage, cycle.funds, cycle.submission_count) == (state, stage, funds, submissions)


def test_ten_thousand_orders_with_repeats_end_the_same():
    dice = random.Random(20260309)
    histories = [moves for *_, moves in HISTORIES.values()]
    ends = [fold(moves) for moves in histories]
    for number in range(ORDERS):
        moves, end = histories[number % len(histories)], ends[number % len(histories)]
        shuffled = [*moves, *dice.choices(moves, k=dice.randint(0, 2 * len(moves)))]
        dice.shuffle(shuffled)
        assert fold(shuffled) == end
        cut = dice.randint(0, len(shuffled))
        assert join(fold(shuffled[:cut]), fold(shuffled[cut:])) == end


any_moves = st.lists(
    st.builds(
        Move,
        event_id=st.sampled_from(("a", "b", "c")),
        witness=st.sampled_from(("processor", "person", "mail")),
        occurred_at=st.none() | st.sampled_from([START + timedelta(days=day) for day in range(4)]),
        stage=st.sampled_from(sorted(STAGE_RANK)),
        state=st.none() | st.sampled_from(sorted(STATE_RANK)),
        funds=st.none() | st.sampled_from(sorted(FUNDS_RANK)),
        due_at=st.none() | st.sampled_from([START + timedelta(days=day) for day in (9, 30)]),
        submissions=st.sampled_from(((), ONE, TWO)),
        refunded=st.booleans(),
        reopens=st.booleans(),
        reverses=st.booleans(),
        final=st.none() | st.booleans(),
        takes_back=st.sampled_from(("", "", "a")),
    ),
    max_size=8,
)


@given(moves=any_moves, dice=st.randoms(use_true_random=False))
def test_even_what_no_processor_would_tell_ends_the_same_in_any_order(moves, dice):
    shuffled = [*moves, *moves[: len(moves) // 2]]
    dice.shuffle(shuffled)
    assert fold(shuffled) == fold(moves)


@given(one=any_moves, two=any_moves, three=any_moves)
def test_joining_is_associative(one, two, three):
    first, second, third = fold(one), fold(two), fold(three)
    assert join(join(first, second), third) == join(first, join(second, third)) == fold([*one, *two, *three])


@given(moves=any_moves)
def test_what_was_folded_folds_to_itself(moves):
    assert fold(fold(moves).moves) == fold(moves)
