from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rejoinder.domain.review import Route
from rejoinder.storage.store import Store
from tests.storage.examples import (
    NOW,
    RAW,
    a_dispute,
    a_passage,
    a_reconciled,
    accept,
    an_event,
    an_evidence,
    an_order,
    in_review,
    jobs,
    merchant_of,
)
from tests.storage.races import at_once

LATER = timedelta(minutes=10)


def triage(store: Store, run_id: int, kind: str = "service") -> None:
    reconciled = a_reconciled(kind)
    store.save_triage(run_id, [reconciled.reading], reconciled)


def test_a_run_starts_waits_and_ends(store: Store) -> None:
    accepted = accept(store, merchant_of(store))
    started = store.start_run(accepted.run_id)
    assert started is not None
    assert started.status == store.run(accepted.run_id).status == "running"
    assert store.case(accepted.case_id).status == "working"
    store.wait_run(accepted.run_id)
    assert store.run(accepted.run_id).status == "waiting"
    store.finish_run(accepted.run_id)
    assert store.start_run(accepted.run_id) is None


def test_a_failed_run_is_seen_and_can_be_tried_again(store: Store) -> None:
    accepted = accept(store, merchant_of(store))
    store.start_run(accepted.run_id)
    store.fail_run(accepted.run_id, "ModelError: no")
    assert store.run(accepted.run_id).error == "ModelError: no"
    assert store.case(accepted.case_id).status == "failed"
    assert store.start_run(accepted.run_id) is None
    for _ in range(2):
        store.retry_run(accepted.run_id, "lee")
    assert store.run(accepted.run_id).status == "queued"
    assert len(jobs(store, "process_run")) == 2


def test_a_finished_run_cannot_fail(store: Store) -> None:
    accepted = accept(store, merchant_of(store))
    store.finish_run(accepted.run_id)
    store.fail_run(accepted.run_id, "late")
    assert store.run(accepted.run_id).status == "done"


def test_a_run_whose_job_was_lost_gets_a_new_one_once(store: Store) -> None:
    accepted = accept(store, merchant_of(store))
    later = datetime.now(UTC) + LATER
    assert store.requeue_lost_runs(later) == 0
    with store.begin() as connection:
        connection.exec_driver_sql("UPDATE procrastinate_jobs SET status = 'failed'")
    assert store.requeue_lost_runs(datetime.now(UTC)) == 0
    assert sum(at_once(3, lambda _: store.requeue_lost_runs(later))) >= 1
    assert store.requeue_lost_runs(later) == 0
    assert {job.args["run_id"] for job in jobs(store)} == {accepted.run_id}


def test_triage_twice_is_triage_once(store: Store) -> None:
    accepted = accept(store, merchant_of(store))
    for _ in range(2):
        triage(store, accepted.run_id)
    case = store.case(accepted.case_id)
    assert (case.kind, case.intent, case.language) == ("service", "order.status", "en")
    assert store.reconciled(accepted.run_id) == a_reconciled()
    assert [reading.reader for reading in store.readings(accepted.run_id)] == ["builtin"]
    assert store.view(accepted.run_id).reconciled == a_reconciled()


def test_a_mail_that_wants_nothing_is_closed_with_its_reason(store: Store) -> None:
    shop = merchant_of(store)
    accepted = accept(store, shop)
    triage(store, accepted.run_id, "spam")
    store.set_aside(accepted.run_id, "spam: lottery")
    assert store.case(accepted.case_id).status == "closed"
    assert store.case_page(accepted.case_id, [shop]).set_aside == "spam: lottery"


def test_an_automatic_reply_does_not_close_a_case_that_waits_for_a_person(store: Store) -> None:
    shop = merchant_of(store)
    accepted, _, _ = in_review(store, shop)
    reply = accept(store, shop, "m2", in_reply_to="<m1@example.com>")
    assert reply.case_id == accepted.case_id
    store.start_run(reply.run_id)
    triage(store, reply.run_id, "automatic")
    store.set_aside(reply.run_id, "automatic: auto_reply")
    case = store.case(accepted.case_id)
    assert (case.status, case.kind) == ("in_review", "service")


def test_thanks_after_the_answer_leave_the_case_answered(store: Store) -> None:
    shop = merchant_of(store)
    accepted, draft_id, _ = in_review(store, shop)
    delivery_id = store.queue_delivery(accepted.run_id, draft_id)
    store.claim_delivery(delivery_id)
    store.finish_delivery(delivery_id, "sent", "250 ok", RAW)
    store.decide(1, 1, "approve", reviewer="lee")
    thanks = accept(store, shop, "m2", in_reply_to="<m1@example.com>")
    store.start_run(thanks.run_id)
    store.set_aside(thanks.run_id, "other: thanks")
    assert store.case(accepted.case_id).status == "answered"


def test_a_dispute_told_twice_is_one_dispute(store: Store) -> None:
    shop = merchant_of(store)
    accepted = store.accept_event(shop, an_event(), RAW, NOW)
    for _ in range(2):
        assert store.open_dispute(accepted.run_id, a_dispute()) == accepted.case_id
    case = store.case(accepted.case_id)
    assert (case.kind, case.respond_by, case.title) == ("dispute", NOW + timedelta(days=9), "stripe dp_1 · 89.90 EUR")
    assert store.dispute(accepted.case_id) == a_dispute()


def test_a_notice_of_a_known_dispute_moves_to_its_case(store: Store) -> None:
    shop = merchant_of(store)
    event = store.accept_event(shop, an_event(), RAW, NOW)
    store.open_dispute(event.run_id, a_dispute())
    notice = accept(store, shop, sender="notices@stripe.example")
    for _ in range(2):
        assert store.open_dispute(notice.run_id, a_dispute(sources=("mail",))) == event.case_id
    assert store.run(notice.run_id).case_id == event.case_id
    assert [m.message_id for m in store.case_page(event.case_id, [shop]).messages] == [
        event.message_id,
        notice.message_id,
    ]
    assert store.case(notice.case_id).status == "merged"
    assert notice.case_id not in [line.case_id for line in store.list_cases([shop])]


def test_a_notice_of_another_dispute_in_the_same_thread_gets_its_own_case(store: Store) -> None:
    shop = merchant_of(store)
    first = accept(store, shop, sender="notices@stripe.example")
    store.open_dispute(first.run_id, a_dispute("dp_1", sources=("mail",), payment_reference="pi_1"))
    second = accept(store, shop, "m2", sender="notices@stripe.example", in_reply_to="<m1@example.com>")
    assert second.case_id == first.case_id
    other = a_dispute("dp_2", sources=("mail",), payment_reference="pi_2")
    case_id = store.open_dispute(second.run_id, other)
    assert case_id != first.case_id
    assert store.open_dispute(second.run_id, other) == case_id
    assert store.dispute(case_id) == other
    assert store.case(first.case_id).status != "merged"


def test_a_dispute_of_another_merchant_is_not_joined(store: Store) -> None:
    shop, other = merchant_of(store), merchant_of(store, "other")
    first = store.accept_event(other, an_event(), RAW, NOW)
    store.open_dispute(first.run_id, a_dispute())
    second = accept(store, shop)
    assert store.open_dispute(second.run_id, a_dispute()) == second.case_id


def test_two_witnesses_at_once_make_one_dispute(store: Store) -> None:
    shop = merchant_of(store)
    accepted = [accept(store, shop, f"m{n}", sender=f"s{n}@x.example") for n in range(4)]
    found = at_once(4, lambda n: store.open_dispute(accepted[n].run_id, a_dispute(sources=("mail",))))
    assert len(set(found)) == 1
    assert len(store.case_page(found[0], [shop]).messages) == 4


def test_the_outcome_of_an_answered_dispute_closes_its_case(store: Store) -> None:
    shop = merchant_of(store)
    event = store.accept_event(shop, an_event(), RAW, NOW)
    store.open_dispute(event.run_id, a_dispute())
    store.finish_run(event.run_id)
    won = store.accept_event(shop, an_event("evt_2", status="won"), RAW, NOW)
    store.start_run(won.run_id)
    store.open_dispute(won.run_id, a_dispute(status="won"))
    store.record(won.run_id)
    assert store.case_page(event.case_id, [shop]).outcome == "won"
    assert store.case(event.case_id).status == "closed"


def test_an_open_dispute_is_known_by_its_order(store: Store) -> None:
    shop = merchant_of(store)
    store.upsert_orders(shop, [an_order("1001")])
    event = store.accept_event(shop, an_event(), RAW, NOW)
    store.open_dispute(event.run_id, a_dispute())
    store.save_match(event.run_id, [], "1001")
    assert store.case(event.case_id).order_number == "1001"
    assert store.open_dispute_on(shop, "1001")
    assert not store.open_dispute_on(merchant_of(store, "other"), "1001")
    store.open_dispute(event.run_id, a_dispute(status="won"))
    assert not store.open_dispute_on(shop, "1001")


def test_evidence_and_passages_are_kept_under_their_ids(store: Store) -> None:
    accepted = accept(store, merchant_of(store))
    newer = replace(an_evidence(), text="Order 1001, delivered")
    store.save_evidence(accepted.case_id, [an_evidence(), an_evidence("b"), an_evidence()])
    store.save_evidence(accepted.case_id, [newer])
    assert store.evidence(accepted.case_id, ["b", "order:1001", "none"]) == [an_evidence("b"), newer]
    for _ in range(2):
        store.save_passages(accepted.case_id, [a_passage(), a_passage("x")])
    assert store.passages(accepted.case_id, ["x", "returns#1"]) == [a_passage("x"), a_passage()]
    assert store.evidence(accepted.case_id + 1, ["b"]) == []


def test_a_route_is_kept_with_the_run(store: Store) -> None:
    shop = merchant_of(store)
    accepted, draft_id, _ = in_review(store, shop)
    route = store.route(accepted.run_id)
    assert isinstance(route, Route)
    assert route.target == "review"
    assert [problem.code for problem in store.problems(draft_id)] == ["x"]
