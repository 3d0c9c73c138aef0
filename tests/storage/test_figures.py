"""Stored disputes become records that the figures count."""

from dataclasses import replace
from datetime import timedelta

from rejoinder.domain.disputes import move_of
from rejoinder.domain.figures import DisputeRecord, figures
from rejoinder.domain.lifecycle import fold, settled
from rejoinder.domain.orders import PostalAddress
from rejoinder.storage.store import Store
from tests.storage.examples import NOW, a_dispute, a_draft, a_route, an_event, an_order, merchant_of


def told(store: Store, merchant_id: int, *statuses: str, days_ago: int = 10, reference: str = "dp_1") -> int:
    """A dispute that went through these statuses, a day apart; returns its last run."""
    events = [
        an_event(
            f"{reference}-{day}-{status}",
            reference,
            payment_reference=f"ch_{reference}",
            occurred_at=NOW - timedelta(days=days_ago - day),
            status=status,
            reopens=status == "needs_response" and day > 0,
        )
        for day, status in enumerate(statuses)
    ]
    run_id = 0
    for number, event in enumerate(events, 1):
        accepted = store.accept_event(merchant_id, event, "", NOW)
        moves = tuple(move_of(one) for one in events[:number])
        values = {"network": "visa", "reason_code": "13.1", "category": "not_received", "moves": moves}
        if accepted is not None:
            run_id = accepted.run_id
            store.open_dispute(run_id, a_dispute(reference, payment_reference=f"ch_{reference}", **values))
    return run_id


def letter_of(store: Store, run_id: int) -> int:
    """A letter that waits for a person; returns its review."""
    draft_id = store.save_draft(run_id, a_draft(kind="letter"))
    store.save_check(run_id, draft_id, (), a_route())
    return store.open_review(run_id)


def only(store: Store, merchant_id: int) -> DisputeRecord:
    (record,) = store.dispute_records([merchant_id])
    return record


def test_a_record_tells_what_is_known_of_the_dispute_and_its_order(store: Store) -> None:
    merchant_id = merchant_of(store)
    store.upsert_orders(merchant_id, [an_order(ship_to=PostalAddress(country="DE"), goods="digital")])
    run_id = told(store, merchant_id, "needs_response")
    store.save_match(run_id, [], "1001")
    record = only(store, merchant_id)
    assert str(record.amount) == "89.90 EUR"
    assert record == DisputeRecord(
        reference="dp_1",
        processor="stripe",
        opened_at=NOW - timedelta(days=10),
        status="needs_response",
        amount=record.amount,
        network="visa",
        code="13.1",
        category="not_received",
        country="DE",
        goods="digital",
    )


def test_a_win_counts_as_one_before_and_after_it_is_final(store: Store) -> None:
    merchant_id = merchant_of(store)
    told(store, merchant_id, "needs_response", "submitted", "won_provisional")
    record = only(store, merchant_id)
    assert (record.fate, record.answered, record.status) == ("won", True, "won_provisional")
    dispute = store.case_page(1, [merchant_id]).dispute
    assert dispute is not None
    final = settled(fold(dispute.moves), NOW + timedelta(days=400), 120)
    later = replace(record, status=final.state)
    assert (final.state, later.fate, figures([later]).won) == ("won_final", "won", 1)


def test_a_loss_without_an_answer_is_an_expiry(store: Store) -> None:
    merchant_id = merchant_of(store)
    told(store, merchant_id, "needs_response", "lost")
    assert only(store, merchant_id).fate == "expired"


def test_a_loss_after_a_win_was_retold(store: Store) -> None:
    merchant_id = merchant_of(store)
    told(store, merchant_id, "needs_response", "submitted", "won_provisional", "needs_response", "lost")
    record = only(store, merchant_id)
    assert (record.fate, record.reopened, figures([record]).lost_after_win) == ("lost", True, 1)


def test_a_loss_that_a_person_chose_is_conceded(store: Store) -> None:
    merchant_id = merchant_of(store)
    run_id = told(store, merchant_id, "needs_response")
    review_id = letter_of(store, run_id)
    store.decide(review_id, 1, "reject", reviewer="mia", reason="we were wrong")
    told(store, merchant_id, "needs_response", "lost")
    assert only(store, merchant_id).fate == "conceded"


def test_an_approved_letter_counts_as_an_answer(store: Store) -> None:
    merchant_id = merchant_of(store)
    run_id = told(store, merchant_id, "needs_response")
    review_id = letter_of(store, run_id)
    decided = store.decide(review_id, 1, "approve", reviewer="mia")
    assert not only(store, merchant_id).answered
    delivery_id = store.queue_delivery(run_id, decided.draft_id or 0)
    store.claim_delivery(delivery_id)
    store.finish_delivery(delivery_id, "sent", "ready", "")
    assert only(store, merchant_id).answered


def test_the_period_is_that_of_the_opening_and_other_merchants_stay_out(store: Store) -> None:
    merchant_id = merchant_of(store)
    told(store, merchant_id, "needs_response", days_ago=10, reference="old")
    told(store, merchant_id, "needs_response", days_ago=5, reference="new")
    edge = NOW - timedelta(days=5)
    assert [one.reference for one in store.dispute_records([merchant_id])] == ["old", "new"]
    assert [one.reference for one in store.dispute_records([merchant_id], since=edge)] == ["new"]
    assert [one.reference for one in store.dispute_records([merchant_id], until=edge)] == ["old"]
    assert store.dispute_records([merchant_id + 1]) == []


def test_a_persons_word_counts_as_an_answer_until_it_is_taken_back(store: Store) -> None:
    merchant_id = merchant_of(store)
    told(store, merchant_id, "needs_response")
    store.hand_in(1, "first", actor="mia", now=NOW)
    record = only(store, merchant_id)
    assert (record.answered, record.status, figures([record]).fought) == (True, "submitted", 1)
    (word,) = store.hand_ins(1)
    store.take_back_hand_in(1, word.hand_in_id, actor="mia", now=NOW)
    assert not only(store, merchant_id).answered


def test_a_persons_word_does_not_date_the_dispute(store: Store) -> None:
    merchant_id = merchant_of(store)
    accepted = store.accept_event(merchant_id, an_event(), "", NOW)
    assert accepted is not None
    case_id = store.open_dispute(accepted.run_id, a_dispute())
    store.hand_in(case_id, "first", actor="mia", now=NOW - timedelta(days=400))
    assert only(store, merchant_id).opened_at == store.case(case_id).created_at
