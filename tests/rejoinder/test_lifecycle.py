"""Where a dispute stands, whatever the order of what was told of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from rejoinder.domain.cases import Dispute, DisputeEvent
from rejoinder.domain.disputes import merge, move_of, standing
from rejoinder.domain.lifecycle import (
    ANSWERED,
    FINAL,
    NEEDS_ANSWER,
    STAGE_RANK,
    STATE_RANK,
    Move,
    Stage,
    State,
    fold,
    join,
    rests_on_a_person,
    settled,
    state_of,
    was_answered,
)
from rejoinder.domain.money import Money

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AMOUNT = Money(amount_minor=8990, currency="EUR")


def at(day: float) -> datetime:
    return START + timedelta(days=day)


def told(day: float, state: State | None, stage: Stage = "first", **changes: Any) -> Move:
    values: dict[str, Any] = {"event_id": f"evt_{day}_{state}", "witness": "processor", "occurred_at": at(day)}
    return Move(**values | {"stage": stage, "state": state} | changes)


def mailed(day: float, state: State, stage: Stage = "first", **changes: Any) -> Move:
    return told(day, state, stage, witness="mail", **changes)


def said(day: float, stage: Stage = "first", **changes: Any) -> Move:
    return told(day, "submitted", stage, **{"event_id": f"word_{day}", "witness": "person"} | changes)


def test_nothing_told_is_unknown():
    assert (fold([]).state, fold([]).stage, fold([]).due_at) == ("unknown", "unknown", None)


def test_every_state_and_stage_has_a_rank():
    assert set(STATE_RANK) == set(get_args(State))
    assert set(STAGE_RANK) == set(get_args(Stage))
    assert not (NEEDS_ANSWER | ANSWERED) & FINAL


def test_a_later_stage_outranks_an_earlier_end():
    cycle = fold([told(1, "inquiry_closed", "inquiry"), told(2, "needs_response")])
    assert (cycle.state, cycle.stage) == ("needs_response", "first")


def test_an_event_that_comes_late_does_not_turn_the_case_back():
    cycle = fold([told(5, "won_provisional"), told(1, "needs_response"), told(3, "submitted")])
    assert cycle.state == "won_provisional"


def test_a_state_is_named_by_its_stage():
    assert fold([told(1, "needs_response", "prearb")]).state == "prearb_open"
    assert fold([told(1, "submitted", "inquiry")]).state == "inquiry_responded"
    assert fold([told(1, "prearb_open", "first")]).stage == "prearb"


def test_a_win_is_provisional_until_the_next_stage_can_no_longer_open():
    cycle = fold([told(1, "needs_response"), told(3, "submitted"), told(10, "won_provisional")])
    assert not cycle.outcome_final
    assert settled(cycle, at(109), 100).state == "won_provisional"
    assert settled(cycle, at(110), 100).state == "won_final"
    assert settled(cycle, at(110), 100).outcome_final
    assert settled(cycle, at(1000), None) == cycle


def test_a_reminder_of_a_win_does_not_renew_it():
    cycle = fold([told(10, "won_provisional"), told(40, "won_provisional")])
    assert cycle.since == at(10)


def test_a_loss_is_left_only_by_a_reversal():
    lost = [told(3, "submitted"), told(10, "lost")]
    assert fold([*lost, told(12, "won_provisional")]).state == "lost"
    assert fold([*lost, told(12, "won_provisional", reverses=True)]).state == "won_provisional"


def test_a_loss_after_the_reversal_stands():
    moves = [told(10, "lost"), told(12, "won_provisional", reverses=True), told(20, "lost", event_id="second")]
    assert fold(moves).state == "lost"


def test_a_case_we_accepted_stays_accepted_when_it_is_reported_lost():
    assert fold([told(3, "accepted"), told(4, "lost")]).state == "accepted"


def test_money_moves_without_moving_the_state():
    cycle = fold([told(1, "needs_response"), told(1, None, funds="withdrawn"), told(9, None, funds="reinstated")])
    assert (cycle.state, cycle.funds) == ("needs_response", "reinstated")
    assert fold([told(9, None, funds="reinstated"), told(1, None, funds="withdrawn")]).funds == "reinstated"


def test_a_refund_during_the_case_is_a_flag():
    cycle = fold([told(1, "needs_response"), told(2, None, refunded=True)])
    assert (cycle.state, cycle.refunded_during_case) == ("needs_response", True)


def test_submissions_are_counted_by_their_ids():
    cycle = fold([told(2, "submitted", submissions=("s1",)), told(3, "submitted", submissions=("s1",))])
    assert (cycle.submission_count, cycle.spent) == (1, ("s1",))


def test_a_word_used_again_after_our_answer_opens_pre_arbitration():
    asks = {"reopens": True, "submissions": ()}
    moves = [
        told(1, "needs_response", due_at=at(10), **asks),
        told(4, "submitted", submissions=("dp#1",)),
        told(60, "won_provisional", submissions=("dp#1",)),
        told(80, "needs_response", due_at=at(95), reopens=True, submissions=("dp#1",)),
    ]
    cycle = fold(moves)
    assert (cycle.state, cycle.stage, cycle.due_at) == ("prearb_open", "prearb", at(95))
    assert (cycle.submission_count, cycle.spent) == (1, ())
    again = fold([*moves, told(85, "submitted", submissions=("dp#1", "dp#2"))])
    assert (again.state, again.spent) == ("prearb_responded", ("dp#2",))


def test_a_reminder_before_our_answer_reopens_nothing():
    cycle = fold([told(1, "needs_response", reopens=True), told(3, "needs_response", reopens=True)])
    assert cycle.stage == "first"


def test_the_deadline_of_an_earlier_stage_is_not_kept():
    cycle = fold([told(1, "inquiry_open", "inquiry", due_at=at(7)), told(20, "needs_response")])
    assert cycle.due_at is None


def test_the_earliest_deadline_of_the_processor_rules_within_a_stage():
    moves = [told(1, "needs_response", due_at=at(9)), told(2, "needs_response", due_at=at(12))]
    assert fold(moves).due_at == at(9)
    assert fold([*moves, mailed(3, "needs_response", due_at=at(2))]).due_at == at(9)


def test_an_event_without_a_stage_belongs_to_the_stage_reached():
    cycle = fold([told(1, "needs_response"), told(20, "needs_response", "prearb"), told(40, "won_final", "unknown")])
    assert (cycle.state, cycle.stage) == ("won_final", "prearb")


def test_a_mail_raises_the_alarm_but_never_silences_it():
    known = told(1, "needs_response", due_at=at(9))
    assert fold([known, mailed(2, "won_provisional")]).state == "needs_response"
    assert fold([known, mailed(2, "lost", "prearb")]).state == "needs_response"
    assert fold([known, mailed(2, "prearb_open", "prearb")]).state == "prearb_open"


def test_a_mail_alone_is_believed():
    assert fold([mailed(1, "needs_response"), mailed(9, "lost")]).state == "lost"


def test_a_mailed_stage_cannot_move_the_processors_deadline_back():
    known = told(1, "inquiry_open", "inquiry", due_at=at(9))
    assert fold([known, mailed(2, "needs_response", due_at=at(30))]).due_at == at(9)


def test_an_appeal_keeps_a_loss_open():
    assert fold([told(9, "lost")]).outcome_final
    assert not fold([told(9, "lost", final=False)]).outcome_final
    assert fold([told(9, "lost", final=False), told(30, "lost", final=True)]).outcome_final


def test_our_own_words_are_read_and_others_are_unknown():
    assert [state_of(word) for word in ("won", "needs_response", "no_such_word")] == [
        "won_provisional",
        "needs_response",
        "unknown",
    ]


@pytest.mark.parametrize(
    ("stage", "asked", "answered"),
    [
        ("first", "needs_response", "submitted"),
        ("compliance", "needs_response", "submitted"),
        ("inquiry", "inquiry_open", "inquiry_responded"),
        ("prearb", "prearb_open", "prearb_responded"),
        ("arbitration", "arbitration_open", "arbitration_responded"),
        ("alert", "alert_open", "submitted"),
        ("unknown", "unknown", "submitted"),
    ],
)
def test_a_persons_word_answers_the_stage_it_was_given_for(stage: Stage, asked: State, answered: State):
    cycle = fold([told(1, asked, stage, due_at=at(9)), said(3, stage)])
    assert (cycle.state, cycle.stage, cycle.since, cycle.due_at) == (answered, stage, at(3), at(9))
    assert (cycle.submission_count, rests_on_a_person(cycle), was_answered(cycle)) == (0, True, True)


def test_a_persons_word_counts_beside_a_mailed_notice():
    assert fold([mailed(1, "needs_response"), said(3)]).state == "submitted"
    assert fold([mailed(1, "needs_response"), said(3), mailed(4, "needs_response")]).state == "submitted"
    assert fold([mailed(1, "needs_response"), said(3), mailed(40, "lost")]).state == "lost"


def test_a_persons_word_that_is_taken_back_never_counts():
    words = [said(3), told(4, None, event_id="back", witness="person", takes_back="word_3")]
    cycle = fold([told(1, "needs_response"), *words])
    assert (cycle.state, was_answered(cycle), rests_on_a_person(cycle)) == ("needs_response", False, False)
    assert fold([told(1, "needs_response"), *words, said(5)]).state == "submitted"
    assert fold([*reversed(words), told(1, "needs_response")]) == cycle


def test_only_a_person_takes_a_persons_word_back():
    forged = mailed(4, "needs_response", takes_back="word_3")
    assert fold([told(1, "needs_response"), said(3), forged]).state == "submitted"
    word = replace(said(3), state=None, takes_back="evt")
    assert fold([told(1, "submitted", event_id="evt"), word]).state == "submitted"


def test_a_processor_that_asks_again_outranks_a_persons_word():
    moves = [told(1, "needs_response"), said(3)]
    cycle = fold([*moves, told(5, "needs_response", event_id="again", reopens=True)])
    assert (cycle.state, cycle.stage, was_answered(cycle)) == ("needs_response", "first", False)
    late = fold([*moves, told(2, "needs_response", event_id="late")])
    assert late.state == "submitted"
    assert fold([*cycle.moves, said(6)]).state == "submitted"


def test_a_persons_word_does_not_stand_against_what_the_processor_tells_later():
    moves = [told(1, "needs_response"), said(3)]
    assert fold([*moves, told(3, "submitted", submissions=("s1",))]).spent == ("s1",)
    assert not rests_on_a_person(fold([*moves, told(3, "submitted", submissions=("s1",))]))
    assert fold([*moves, told(9, "lost")]).state == "lost"
    assert fold([*moves, told(9, "needs_response", "prearb", due_at=at(20))]).state == "prearb_open"


def test_joining_what_two_know_is_folding_it_all():
    one = fold([told(1, "needs_response"), told(3, "submitted")])
    other = fold([told(3, "submitted"), told(10, "lost")])
    assert join(one, other) == join(other, one) == fold([*one.moves, *other.moves])
    assert join(one, one) == one


def test_a_dispute_stands_where_its_events_say():
    event = DisputeEvent(
        processor="stripe", account="a", event_id="evt_1", event_type="t", reference="dp_1", payment_reference="ch_1",
        occurred_at=at(1), status="needs_response", stage="first", raw_status="needs_response", amount=AMOUNT,
        respond_by=at(9),
    )  # fmt: skip
    later = replace(event, event_id="evt_2", occurred_at=at(4), status="submitted", submissions=("dp_1#1",))
    money = replace(event, event_id="evt_3", occurred_at=at(2), status="", funds="withdrawn")
    disputes = [
        standing(
            Dispute(
                processor="stripe",
                reference="dp_1",
                status=one.status,
                stage="first",
                sources=("webhook",),
                moves=(move_of(one),),
            )
        )
        for one in (later, event, money, later)
    ]
    known = merge(merge(merge(disputes[0], disputes[1]), disputes[2]), disputes[3])
    assert (known.status, known.funds, known.submissions, known.respond_by) == (
        "submitted",
        "withdrawn",
        ("dp_1#1",),
        at(9),
    )
    assert len(known.moves) == 3
