"""A person's word that an answer was handed in: once, for a stage, until the processor says otherwise."""

from datetime import timedelta

import pytest

from rejoinder.domain.cases import Dispute
from rejoinder.domain.disputes import move_of
from rejoinder.errors import Conflict, NotFound
from rejoinder.storage.store import Store
from tests.storage.examples import NOW, a_dispute, a_draft, a_route, an_event, merchant_of
from tests.storage.races import at_once

HOUR = timedelta(hours=1)


def told(
    store: Store, merchant_id: int, *events: tuple[str, int], reference: str = "dp_1", stage: str = "first"
) -> int:
    """Let a processor tell these statuses, each so many hours from now; returns the last run."""
    run_id = 0
    for status, hours in events:
        event = an_event(
            f"{reference}-{stage}-{status}-{hours}",
            reference,
            payment_reference=f"ch_{reference}",
            occurred_at=NOW + hours * HOUR,
            status=status,
            stage=stage,
        )
        accepted = store.accept_event(merchant_id, event, "", NOW)
        assert accepted is not None
        run_id = accepted.run_id
        values = {"status": status, "stage": stage, "moves": (move_of(event),)}
        store.open_dispute(run_id, a_dispute(reference, payment_reference=f"ch_{reference}", **values))
    return run_id


def approved(store: Store, run_id: int, verdict: str = "approve") -> int:
    """Let a person decide on the letter of a run; returns the case."""
    draft_id = store.save_draft(run_id, a_draft(kind="letter"))
    store.save_check(run_id, draft_id, (), a_route())
    review_id = store.open_review(run_id)
    store.decide(review_id, 1, verdict, reviewer="mia", reason="so")  # type: ignore[arg-type]
    return store.review(review_id).case_id


def dispute_of(store: Store, case_id: int) -> Dispute:
    dispute = store.dispute(case_id)
    assert dispute is not None
    return dispute


def actions(store: Store, merchant_id: int, case_id: int) -> list[str]:
    lines = store.case_page(case_id, [merchant_id]).audit
    return [line.action for line in lines if line.action in {"handed_in", "hand_in_taken_back"}]


@pytest.fixture
def shop(store: Store) -> int:
    return merchant_of(store)


def test_a_word_moves_the_dispute_and_is_kept_with_its_number(store: Store, shop: int) -> None:
    case_id = approved(store, told(store, shop, ("needs_response", 0)))
    assert store.is_to_hand_in(case_id)
    store.hand_in(case_id, "first", actor="mia", now=NOW + HOUR, confirmation="CN-77")
    (word,) = store.hand_ins(case_id)
    assert (word.said_by, word.said_at, word.stage, word.confirmation) == ("mia", NOW + HOUR, "first", "CN-77")
    assert dispute_of(store, case_id).status == "submitted"
    assert not store.is_to_hand_in(case_id)
    assert actions(store, shop, case_id) == ["handed_in"]


def test_a_word_given_many_times_at_once_counts_once(store: Store, shop: int) -> None:
    case_id = approved(store, told(store, shop, ("needs_response", 0)))
    at_once(4, lambda n: store.hand_in(case_id, "first", actor=f"p{n}", now=NOW + HOUR))
    assert len(store.hand_ins(case_id)) == 1
    assert actions(store, shop, case_id) == ["handed_in"]


def test_an_inquiry_is_answered_as_one(store: Store, shop: int) -> None:
    case_id = approved(store, told(store, shop, ("inquiry_open", 0), stage="inquiry"))
    store.hand_in(case_id, "inquiry", actor="mia", now=NOW + HOUR)
    assert dispute_of(store, case_id).status == "inquiry_responded"


def test_a_word_for_a_stage_that_is_over_is_refused(store: Store, shop: int) -> None:
    case_id = approved(store, told(store, shop, ("needs_response", 0)))
    with pytest.raises(Conflict):
        store.hand_in(case_id, "inquiry", actor="mia", now=NOW + HOUR)
    told(store, shop, ("lost", 5))
    with pytest.raises(Conflict):
        store.hand_in(case_id, "first", actor="mia", now=NOW + 6 * HOUR)
    assert store.hand_ins(case_id) == []


def test_the_number_can_be_kept_after_the_processor_told_of_the_answer(store: Store, shop: int) -> None:
    case_id = approved(store, told(store, shop, ("needs_response", 0), ("submitted", 1)))
    store.hand_in(case_id, "first", actor="mia", now=NOW + 2 * HOUR, confirmation="CN-78")
    (word,) = store.hand_ins(case_id)
    assert (word.confirmation, dispute_of(store, case_id).status) == ("CN-78", "submitted")
    with pytest.raises(Conflict):
        store.take_back_hand_in(case_id, word.hand_in_id, actor="mia", now=NOW + 3 * HOUR)


def test_a_word_is_taken_back_once_and_can_be_given_again(store: Store, shop: int) -> None:
    case_id = approved(store, told(store, shop, ("needs_response", 0)))
    store.hand_in(case_id, "first", actor="mia", now=NOW + HOUR)
    (word,) = store.hand_ins(case_id)
    for _ in range(2):
        store.take_back_hand_in(case_id, word.hand_in_id, actor="leo", now=NOW + 2 * HOUR)
    assert (dispute_of(store, case_id).status, store.is_to_hand_in(case_id)) == ("needs_response", True)
    store.hand_in(case_id, "first", actor="mia", now=NOW + 3 * HOUR)
    assert [one.ended_by for one in store.hand_ins(case_id)] == ["leo", ""]
    assert dispute_of(store, case_id).status == "submitted"
    assert actions(store, shop, case_id) == ["handed_in", "hand_in_taken_back", "handed_in"]


def test_a_word_cannot_be_taken_back_after_the_processor_followed(store: Store, shop: int) -> None:
    case_id = approved(store, told(store, shop, ("needs_response", 0)))
    store.hand_in(case_id, "first", actor="mia", now=NOW + HOUR)
    (word,) = store.hand_ins(case_id)
    told(store, shop, ("submitted", 2))
    with pytest.raises(Conflict):
        store.take_back_hand_in(case_id, word.hand_in_id, actor="mia", now=NOW + 3 * HOUR)
    with pytest.raises(NotFound):
        store.take_back_hand_in(case_id, word.hand_in_id + 1, actor="mia", now=NOW + 3 * HOUR)


def test_a_processor_that_asks_again_waits_again_and_a_new_word_counts(store: Store, shop: int) -> None:
    case_id = approved(store, told(store, shop, ("needs_response", 0)))
    store.hand_in(case_id, "first", actor="mia", now=NOW + HOUR)
    told(store, shop, ("needs_response", 2))
    assert dispute_of(store, case_id).status == "needs_response"
    store.hand_in(case_id, "first", actor="mia", now=NOW + 3 * HOUR)
    assert dispute_of(store, case_id).status == "submitted"
    assert [one.ended_by for one in store.hand_ins(case_id)] == ["stripe", ""]


def test_what_the_processor_told_before_but_arrives_later_changes_nothing(store: Store, shop: int) -> None:
    case_id = approved(store, told(store, shop, ("needs_response", 0)))
    store.hand_in(case_id, "first", actor="mia", now=NOW + 3 * HOUR)
    told(store, shop, ("needs_response", 2))
    assert dispute_of(store, case_id).status == "submitted"


def test_what_is_to_be_handed_in_is_listed_by_deadline(store: Store, shop: int) -> None:
    first = approved(store, told(store, shop, ("needs_response", 0), reference="dp_1"))
    second = approved(store, told(store, shop, ("needs_response", 0), reference="dp_2"))
    approved(store, told(store, shop, ("needs_response", 0), reference="dp_3"), verdict="reject")
    told(store, shop, ("needs_response", 0), reference="dp_4")
    other = merchant_of(store, "other")
    approved(store, told(store, other, ("needs_response", 0), reference="dp_5"))
    assert [line.case_id for line in store.list_to_hand_in([shop])] == [first, second]
    assert [line.case_id for line in store.list_to_hand_in([shop], after=first)] == [second]
    store.hand_in(first, "first", actor="mia", now=NOW + HOUR)
    assert [line.case_id for line in store.list_to_hand_in([shop])] == [second]


def test_a_case_without_a_dispute_has_nothing_to_hand_in(store: Store, shop: int) -> None:
    with pytest.raises(NotFound):
        store.hand_in(99, "first", actor="mia", now=NOW)
