from datetime import UTC, datetime, timedelta

import pytest

from rejoinder.domain.review import Delivery
from rejoinder.errors import Conflict
from rejoinder.storage.store import Store
from tests.storage.examples import RAW, a_draft, drafted, in_review, jobs, merchant_of
from tests.storage.races import at_once


def queued(store: Store, code: str = "automatic") -> tuple[int, int, int]:
    """Put a draft into the outbox without a review; returns run, draft and delivery."""
    accepted, draft_id = drafted(store, merchant_of(store), code=code)
    return accepted.run_id, draft_id, store.queue_delivery(accepted.run_id, draft_id)


def later(**more: int) -> datetime:
    return datetime.now(UTC) + timedelta(**more)


def test_a_draft_is_queued_once_with_its_job(store: Store) -> None:
    run_id, draft_id, delivery_id = queued(store)
    assert set(at_once(4, lambda _: store.queue_delivery(run_id, draft_id))) == {delivery_id}
    (job,) = jobs(store, "deliver")
    assert job.args == {"delivery_id": delivery_id}
    delivery = store.delivery(delivery_id)
    assert (delivery.status, delivery.channel, delivery.mailbox) == ("queued", "smtp", "support")
    assert delivery.approved_hash == a_draft().body_hash
    assert delivery.automatic


def test_of_eight_workers_one_sends(store: Store) -> None:
    _, _, delivery_id = queued(store)
    results = at_once(8, lambda _: store.claim_delivery(delivery_id))
    (mine,) = [r for r in results if r is not None]
    assert isinstance(mine, Delivery)
    assert mine.status == "sending"
    assert store.claim_delivery(delivery_id) is None


def test_a_sent_delivery_is_never_claimed_again(store: Store) -> None:
    _, _, delivery_id = queued(store)
    store.claim_delivery(delivery_id)
    for _ in range(2):
        store.finish_delivery(delivery_id, "sent", "250 ok", RAW)
    store.release_delivery(delivery_id, "late")
    assert store.claim_delivery(delivery_id) is None
    delivery = store.delivery(delivery_id)
    assert (delivery.status, delivery.answer, delivery.raw_file) == ("sent", "250 ok", RAW)
    assert store.case(delivery.case_id).status == "answered"


def test_what_did_not_leave_may_be_tried_again(store: Store) -> None:
    _, _, delivery_id = queued(store)
    store.claim_delivery(delivery_id)
    store.release_delivery(delivery_id, "421 busy")
    assert store.claim_delivery(delivery_id) is not None


def test_a_supervised_answer_waits_and_can_be_taken_back_until_then(store: Store) -> None:
    _, _, delivery_id = queued(store, code="autonomy_supervised")
    assert store.delivery(delivery_id).not_before > later(minutes=10)
    assert jobs(store, "deliver")[0].scheduled_at == store.delivery(delivery_id).not_before
    assert store.claim_delivery(delivery_id) is None
    store.take_back(delivery_id, "lee")
    assert store.delivery(delivery_id).status == "cancelled"
    with pytest.raises(Conflict):
        store.take_back(delivery_id, "lee")


def test_an_automatic_answer_taken_back_is_asked_about(store: Store) -> None:
    run_id, draft_id, delivery_id = queued(store, code="autonomy_supervised")
    store.finish_run(run_id)
    store.take_back(delivery_id, "lee")
    (line,) = store.list_reviews([1])
    assert store.queue_delivery(run_id, draft_id) == delivery_id
    assert store.delivery(delivery_id).status == "cancelled"
    store.decide(line.review_id, 1, "approve", reviewer="lee")
    again = store.case_page(line.case_id, [1]).deliveries[-1]
    assert (again.status, again.draft_id, again.automatic) == ("queued", draft_id, False)
    assert store.claim_delivery(again.delivery_id) is not None


@pytest.mark.parametrize(("verdict", "outcome"), [("reject", "rejected"), ("escalate", "escalated")])
def test_a_delivery_taken_back_and_refused_closes_the_case(store: Store, verdict: str, outcome: str) -> None:
    shop = merchant_of(store)
    accepted, draft_id, review_id = in_review(store, shop)
    store.decide(review_id, 1, "approve", reviewer="lee")
    delivery_id = store.queue_delivery(accepted.run_id, draft_id)
    store.take_back(delivery_id, "lee")
    review = store.review(review_id)
    assert (review.status, review.version) == ("open", 3)
    assert store.decision(review_id) is None
    store.decide(review_id, 3, verdict, reviewer="lee")  # type: ignore[arg-type]
    page = store.case_page(accepted.case_id, [shop])
    assert (page.case.status, page.outcome) == ("closed", outcome)
    assert len(jobs(store, "deliver")) == 1


def test_taking_back_and_sending_at_once_one_wins(store: Store) -> None:
    for number in range(5):
        accepted, draft_id = drafted(store, merchant_of(store), f"m{number}")
        delivery_id = store.queue_delivery(accepted.run_id, draft_id)
        acts = [lambda _, d=delivery_id: store.claim_delivery(d), lambda _, d=delivery_id: store.take_back(d, "lee")]
        claimed, taken = at_once(2, lambda n, a=acts: a[n](n))
        assert (claimed is None) != isinstance(taken, Conflict)


def test_a_send_cut_off_by_a_killed_worker_is_uncertain_and_never_sent_again(store: Store) -> None:
    _, _, delivery_id = queued(store)
    store.claim_delivery(delivery_id)
    assert store.mark_stuck_deliveries(later(minutes=-1)) == 0
    assert store.mark_stuck_deliveries(later(minutes=1)) == 1
    assert store.mark_stuck_deliveries(later(minutes=1)) == 0
    delivery = store.delivery(delivery_id)
    assert delivery.status == "uncertain"
    assert store.case(delivery.case_id).status == "failed"
    assert store.claim_delivery(delivery_id) is None
    assert store.requeue_lost_deliveries(later(days=9)) == 0


def test_a_slow_worker_may_still_say_that_it_was_sent(store: Store) -> None:
    _, _, delivery_id = queued(store)
    store.claim_delivery(delivery_id)
    store.mark_stuck_deliveries(later(minutes=1))
    store.finish_delivery(delivery_id, "sent", "250 ok", RAW)
    delivery = store.delivery(delivery_id)
    assert (delivery.status, store.case(delivery.case_id).status) == ("sent", "answered")


@pytest.mark.parametrize(("arrived", "status"), [(True, "sent"), (False, "cancelled")])
def test_a_person_settles_an_uncertain_delivery(store: Store, arrived: bool, status: str) -> None:
    _, _, delivery_id = queued(store)
    store.claim_delivery(delivery_id)
    store.finish_delivery(delivery_id, "uncertain", "connection lost", RAW)
    store.settle_uncertain(delivery_id, arrived=arrived, actor="lee")
    assert store.delivery(delivery_id).status == status
    assert len(store.list_reviews([1])) == (0 if arrived else 1)
    with pytest.raises(Conflict):
        store.settle_uncertain(delivery_id, arrived=arrived, actor="lee")


def test_only_the_approved_words_leave(store: Store) -> None:
    _, draft_id, delivery_id = queued(store)
    with store.begin() as connection:
        connection.exec_driver_sql(f"UPDATE drafts SET body_hash = 'other' WHERE id = {draft_id}")
    assert store.claim_delivery(delivery_id) is None
    delivery = store.delivery(delivery_id)
    assert delivery.status == "failed"
    assert "not what was approved" in delivery.answer


def test_a_delivery_whose_job_was_lost_gets_a_new_one_and_fails_after_days(store: Store) -> None:
    _, _, delivery_id = queued(store)
    assert store.requeue_lost_deliveries(later(minutes=10)) == 0
    with store.begin() as connection:
        connection.exec_driver_sql("DELETE FROM procrastinate_jobs")
    assert sum(at_once(3, lambda _: store.requeue_lost_deliveries(later(minutes=10)))) >= 1
    assert store.requeue_lost_deliveries(later(minutes=10)) == 0
    with store.begin() as connection:
        connection.exec_driver_sql("DELETE FROM procrastinate_jobs")
    assert store.requeue_lost_deliveries(later(days=4)) == 1
    assert store.delivery(delivery_id).status == "failed"
