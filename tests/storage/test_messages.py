from dataclasses import replace
from datetime import timedelta

import pytest

from rejoinder.domain.mail import MailAddress
from rejoinder.errors import NotFound
from rejoinder.storage.queue import LANES, case_lock
from rejoinder.storage.store import Store
from tests.storage.examples import NOW, RAW, a_dispute, a_mail, accept, an_event, drafted, jobs, merchant_of
from tests.storage.races import at_once


def counts(store: Store) -> tuple[int, ...]:
    with store.begin() as connection:
        return tuple(
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            for table in ("cases", "messages", "runs", "procrastinate_jobs")
        )


def test_a_mail_makes_a_case_a_run_and_a_job(store: Store) -> None:
    shop = merchant_of(store)
    accepted = accept(store, shop)
    assert accepted.new
    assert store.case(accepted.case_id).title == "Where is my order 1001?"
    assert store.run(accepted.run_id).status == "queued"
    message = store.message(accepted.message_id)
    assert (message.mail, message.raw_file, message.received_at) == (a_mail(), RAW, NOW)
    (job,) = jobs(store)
    assert (job.task_name, job.args) == ("process_run", {"run_id": accepted.run_id})
    assert job.lock == f"merchant:{shop}:{accepted.case_id % LANES}" == case_lock(shop, accepted.case_id)


def test_the_same_mail_again_changes_nothing(store: Store) -> None:
    shop = merchant_of(store)
    first = accept(store, shop)
    assert accept(store, shop) == (*first[:3], False)
    assert counts(store) == (1, 1, 1, 1)


def test_five_copies_at_once_make_one_case_and_one_job(store: Store) -> None:
    shop = merchant_of(store)
    results = at_once(5, lambda _: accept(store, shop))
    assert sorted(r.new for r in results) == [False] * 4 + [True]
    assert len({r[:3] for r in results}) == 1
    assert counts(store) == (1, 1, 1, 1)


def test_the_same_mail_to_two_merchants_makes_two_cases(store: Store) -> None:
    shop, other = merchant_of(store), merchant_of(store, "other")
    assert accept(store, shop).case_id != accept(store, other).case_id


def test_an_answer_joins_the_case_of_its_thread(store: Store) -> None:
    shop = merchant_of(store)
    first = accept(store, shop)
    answer = accept(store, shop, "m2", sender="ANA@example.com", in_reply_to="<m1@example.com>")
    further = accept(store, shop, "m3", references=("<m0@x>", "<m2@example.com>"))
    assert first.case_id == answer.case_id == further.case_id
    assert answer.run_id != first.run_id


def test_a_stranger_who_quotes_an_id_gets_a_case_of_their_own(store: Store) -> None:
    shop = merchant_of(store)
    first = accept(store, shop)
    stranger = accept(store, shop, "m2", sender="eve@example.org", in_reply_to="<m1@example.com>")
    assert stranger.case_id != first.case_id
    hidden = accept(
        store,
        shop,
        "m3",
        sender="eve@example.org",
        references=("<m1@example.com>",),
        cc=(MailAddress(email="ana@example.com"),),
    )
    assert hidden.case_id != first.case_id


def test_somebody_in_copy_may_go_on_with_the_case(store: Store) -> None:
    shop = merchant_of(store)
    first = accept(store, shop, cc=(MailAddress(email="Bo@example.com"),))
    assert accept(store, shop, "m2", sender="bo@example.com", in_reply_to="<m1@example.com>").case_id == first.case_id


def test_the_thread_of_another_merchant_is_not_joined(store: Store) -> None:
    shop, other = merchant_of(store), merchant_of(store, "other")
    first = accept(store, other)
    assert accept(store, shop, "m2", in_reply_to="<m1@example.com>").case_id != first.case_id


def test_the_answer_to_what_we_sent_joins_the_case(store: Store) -> None:
    shop = merchant_of(store)
    accepted, draft_id = drafted(store, shop)
    delivery_id = store.queue_delivery(accepted.run_id, draft_id)
    sent = a_mail("out", sender="shop@shop.example", to=(MailAddress(email="ana@example.com"),))
    for _ in range(2):
        store.keep_sent_mail(delivery_id, sent, RAW, "ana@example.com")
    answer = accept(store, shop, "m2", in_reply_to="<out@example.com>")
    assert answer.case_id == accepted.case_id
    assert [m.message_id for m in store.mails_with(shop, "Ana@example.com")] == [
        m.message_id for m in store.case_page(accepted.case_id, [shop]).messages
    ]
    assert len(store.case_page(accepted.case_id, [shop]).messages) == 3


@pytest.mark.parametrize("hostile", ["\x00", "\ud800", "x" * 100_000, "\U0001f600" * 5_000])
def test_whatever_a_header_holds_the_mail_is_stored_once(store: Store, hostile: str) -> None:
    shop = merchant_of(store)
    mail = a_mail(
        hostile,
        sender=f"{hostile}@example.com",
        message_id=f"<{hostile}>",
        subject=hostile,
        text=hostile,
        references=(hostile,),
    )
    first = store.accept_mail(shop, "support", mail, RAW, NOW)
    assert store.accept_mail(shop, "support", mail, RAW, NOW) == (*first[:3], False)
    answer = replace(mail, identity="next", message_id="<next>", in_reply_to=f"<{hostile}>")
    assert store.accept_mail(shop, "support", answer, RAW, NOW).case_id == first.case_id
    stored = store.message(first.message_id).mail
    assert stored is not None
    assert stored.text == hostile.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")


def test_an_unreadable_mail_is_kept_once_and_seen_by_its_merchant_only(store: Store) -> None:
    shop, other = merchant_of(store), merchant_of(store, "other")
    first = store.quarantine(shop, "support", RAW, "too deep", NOW)
    assert store.quarantine(shop, "support", RAW, "too deep", NOW) == first
    assert store.quarantine(other, "support", RAW, "too deep", NOW) != first
    (kept,) = store.quarantined([shop])
    assert (kept.message_id, kept.problem, kept.raw_file) == (first, "too deep", RAW)
    assert counts(store) == (0, 2, 0, 0)


def test_events_of_one_dispute_are_one_case_in_any_number(store: Store) -> None:
    shop = merchant_of(store)
    first = store.accept_event(shop, an_event(), RAW, NOW)
    assert store.accept_event(shop, an_event(), RAW, NOW) == (*first[:3], False)
    assert store.accept_event(shop, an_event("evt_2"), RAW, NOW).case_id == first.case_id
    assert store.accept_event(shop, an_event("evt_3", "dp_2"), RAW, NOW).case_id != first.case_id
    assert store.message(first.message_id).event == an_event()


def test_five_first_events_of_a_dispute_at_once_are_one_case(store: Store) -> None:
    shop = merchant_of(store)
    results = at_once(5, lambda n: store.accept_event(shop, an_event(f"evt_{n}"), RAW, NOW))
    assert len({r.case_id for r in results}) == 1
    assert counts(store) == (1, 5, 5, 5)


def test_an_event_joins_the_dispute_that_a_mail_opened_for_the_same_payment(store: Store) -> None:
    shop = merchant_of(store)
    notice = accept(store, shop)
    store.open_dispute(notice.run_id, a_dispute("mail:abc", sources=("mail",)))
    event = store.accept_event(shop, an_event(), RAW, NOW)
    assert event.case_id == notice.case_id
    assert store.open_dispute(event.run_id, a_dispute("dp_1")) == notice.case_id
    found = store.dispute(notice.case_id)
    assert found is not None
    assert (found.reference, found.sources) == ("dp_1", ("mail", "webhook"))


def test_a_second_dispute_of_the_same_payment_is_a_case_with_its_own_deadline(store: Store) -> None:
    shop = merchant_of(store)
    first = store.accept_event(shop, an_event(), RAW, NOW)
    store.open_dispute(first.run_id, a_dispute("dp_1", status="won"))
    second = store.accept_event(shop, an_event("evt_2", "dp_2"), RAW, NOW)
    assert second.case_id != first.case_id
    due = NOW + timedelta(days=3)
    assert store.open_dispute(second.run_id, a_dispute("dp_2", respond_by=due)) == second.case_id
    assert store.case(second.case_id).respond_by == due


def test_the_same_event_of_two_merchants_stays_apart(store: Store) -> None:
    shop, other = merchant_of(store), merchant_of(store, "other")
    first = store.accept_event(shop, an_event(), RAW, NOW)
    assert store.accept_event(other, an_event(), RAW, NOW).case_id != first.case_id


def test_the_nearer_the_deadline_the_sooner_the_job(store: Store) -> None:
    shop = merchant_of(store)
    accept(store, shop)
    now = store.case(1).created_at
    for days in (30, 6, 2, 0.5):
        event = an_event(f"evt_{days}", f"dp_{days}", respond_by=now + timedelta(days=days))
        store.accept_event(shop, event, RAW, NOW)
    assert [job.priority for job in jobs(store)] == [0, 0, 10, 20, 30]


def test_a_webhook_call_is_kept_once(store: Store) -> None:
    for problem in ("", "", "bad signature", "bad signature"):
        store.keep_webhook("stripe", "main", "evt_1", RAW, NOW, problem, headers={"x": "y\x00"})
    with store.begin() as connection:
        rows = connection.exec_driver_sql("SELECT status, headers FROM webhook_calls ORDER BY id").all()
    assert [tuple(row) for row in rows] == [("verified", {"x": "y\ufffd"}), ("rejected", {"x": "y\ufffd"})]


def test_the_cursor_of_a_folder_is_remembered(store: Store) -> None:
    assert store.read_until("support", "INBOX") is None
    store.save_read_until("support", "INBOX", 7, 100)
    store.save_read_until("support", "INBOX", 8, 3)
    assert store.read_until("support", "INBOX") == (8, 3)
    assert store.read_until("support", "Spam") is None


def test_a_mailbox_has_one_owner_at_a_time(store: Store) -> None:
    with store.own_mailbox("support") as mine:
        assert mine
        with store.own_mailbox("support") as second, store.own_mailbox("sales") as other:
            assert (second, other) == (False, True)
    with store.own_mailbox("support") as again:
        assert again


def test_many_mailboxes_leave_connections_for_the_rest(store: Store) -> None:
    from contextlib import ExitStack

    with ExitStack() as held:
        assert all(held.enter_context(store.own_mailbox(f"box{n}")) for n in range(30))
        assert store.merchants() == []


def test_what_is_not_there_is_not_found(store: Store) -> None:
    for ask in (store.message, store.case, store.run, store.review, store.draft, store.delivery, store.merchant):
        with pytest.raises(NotFound):
            ask(4711)
