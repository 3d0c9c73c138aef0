from dataclasses import replace
from datetime import timedelta

import pytest

from rejoinder.domain.drafts import Sentence
from rejoinder.errors import Conflict, NotFound
from rejoinder.storage.reviews import changed_sentences
from rejoinder.storage.store import Store
from tests.storage.examples import (
    NOW,
    RAW,
    a_dispute,
    a_draft,
    a_reconciled,
    a_route,
    accept,
    an_event,
    drafted,
    in_review,
    jobs,
    merchant_of,
)
from tests.storage.races import at_once


def disputed(store: Store, shop: int, number: int, days: int | None) -> int:
    """Walk a dispute with this many days left as far as an open review; returns its id."""
    accepted = store.accept_event(shop, an_event(f"e{number}", f"dp_{number}", payment_reference=""), RAW, NOW)
    due = NOW + timedelta(days=days) if days is not None else None
    store.open_dispute(accepted.run_id, a_dispute(f"dp_{number}", payment_reference="", respond_by=due))
    draft_id = store.save_draft(accepted.run_id, a_draft())
    store.save_check(accepted.run_id, draft_id, [], a_route())
    return store.open_review(accepted.run_id)


def test_a_review_is_opened_once(store: Store) -> None:
    shop = merchant_of(store)
    accepted, draft_id, review_id = in_review(store, shop)
    assert store.open_review(accepted.run_id) == review_id
    assert set(at_once(4, lambda _: store.open_review(accepted.run_id))) == {review_id}
    review = store.review(review_id)
    assert (review.draft_id, review.status, review.version, review.route) == (draft_id, "open", 1, a_route())
    assert store.case(accepted.case_id).status == "in_review"
    assert store.decision(review_id) is None


def test_the_same_draft_of_a_run_is_kept_once(store: Store) -> None:
    accepted, draft_id = drafted(store, merchant_of(store))
    assert store.save_draft(accepted.run_id, a_draft()) == draft_id
    assert set(at_once(4, lambda _: store.save_draft(accepted.run_id, a_draft("New.")))) != {draft_id}
    assert len(set(at_once(4, lambda _: store.save_draft(accepted.run_id, a_draft("New."))))) == 1
    assert store.draft(draft_id) == a_draft()


def test_an_approval_is_kept_with_its_job(store: Store) -> None:
    accepted, draft_id, review_id = in_review(store, merchant_of(store))
    decided = store.decide(review_id, 1, "approve", reviewer="lee")
    assert (decided.verdict, decided.draft_id, decided.reviewer) == ("approve", draft_id, "lee")
    assert store.decision(review_id) == store.decision_of_run(accepted.run_id) == decided
    (job,) = jobs(store, "resume_run")
    assert job.args == {"run_id": accepted.run_id}
    assert job.priority > jobs(store, "process_run")[0].priority
    assert store.review(review_id).status == "decided"


def test_two_who_decide_at_once_one_is_told(store: Store) -> None:
    _, _, review_id = in_review(store, merchant_of(store))
    results = at_once(4, lambda n: store.decide(review_id, 1, "approve", reviewer=f"r{n}"))
    told = [r for r in results if isinstance(r, Conflict)]
    assert len(told) == 3
    assert "decided this review in the meantime" in str(told[0])
    assert len(jobs(store, "resume_run")) == 1


def test_an_edit_becomes_a_draft_of_its_own_and_is_learned_from(store: Store) -> None:
    shop = merchant_of(store)
    accepted, draft_id, review_id = in_review(store, shop)
    edited = a_draft("It arrives on Monday.")
    decided = store.decide(review_id, 1, "edit", reviewer="lee", reason="be precise", edited=edited)
    assert decided.draft_id not in {None, draft_id}
    assert store.draft(decided.draft_id or 0) == edited
    assert store.draft(draft_id) == a_draft()
    with store.begin() as connection:
        row = connection.exec_driver_sql("SELECT * FROM corrections").one()
    assert (row.merchant_id, row.template, row.slot) == (shop, "reply/order.status", "answer")
    assert (row.before, row.after, row.reason) == ("It is on its way.", "It arrives on Monday.", "be precise")
    assert store.case_page(accepted.case_id, [shop]).draft == edited


def test_an_edit_without_a_draft_changes_nothing(store: Store) -> None:
    _, _, review_id = in_review(store, merchant_of(store))
    with pytest.raises(ValueError, match="edited draft"):
        store.decide(review_id, 1, "edit", reviewer="lee")
    assert store.review(review_id).status == "open"


def test_a_rejection_approves_no_draft(store: Store) -> None:
    _, _, review_id = in_review(store, merchant_of(store))
    assert store.decide(review_id, 1, "reject", reviewer="lee", reason="wrong").draft_id is None


def test_changed_sentences_are_paired(store: Store) -> None:
    before = a_draft()
    after = replace(before, subject="Your order", paragraphs=((Sentence(text="Hello Ana,"),), (Sentence(text="Bye."),)))
    assert changed_sentences(before, after) == [
        ("answer", "It is on its way.", ""),
        ("subject", "Re: order", "Your order"),
    ]


def test_an_unfinished_edit_is_shared_and_guarded_by_the_version(store: Store) -> None:
    _, _, review_id = in_review(store, merchant_of(store))
    assert store.unfinished_edit(review_id) is None
    assert store.save_edit(review_id, 1, "Half a", "lee") == 2
    kept = store.unfinished_edit(review_id)
    assert kept is not None
    assert (kept["text"], kept["reviewer"]) == ("Half a", "lee")
    with pytest.raises(Conflict, match="lee changed this draft"):
        store.save_edit(review_id, 1, "Other", "kim")
    with pytest.raises(Conflict):
        store.decide(review_id, 1, "approve", reviewer="kim")
    store.decide(review_id, 2, "approve", reviewer="kim")
    assert store.unfinished_edit(review_id) is None


def test_the_newest_message_withdraws_the_review_before(store: Store) -> None:
    shop = merchant_of(store)
    first, _, old = in_review(store, shop)
    accept(store, shop, "m2", in_reply_to="<m1@example.com>")
    draft_id = store.save_draft(2, a_draft("Newer."))
    store.save_check(2, draft_id, [], a_route())
    new = store.open_review(2)
    assert store.review(old).status == "withdrawn"
    assert store.review(new).status == "open"
    assert store.run(first.run_id).status == "done"
    with pytest.raises(Conflict, match="newer message"):
        store.decide(old, 1, "approve", reviewer="lee")
    assert [line.review_id for line in store.list_reviews([shop])] == [new]


def test_an_old_run_that_comes_late_does_not_withdraw_the_newer_review(store: Store) -> None:
    shop = merchant_of(store)
    first, _ = drafted(store, shop)
    second = accept(store, shop, "m2", in_reply_to="<m1@example.com>")
    draft_id = store.save_draft(second.run_id, a_draft("Newer."))
    store.save_check(second.run_id, draft_id, [], a_route())
    new = store.open_review(second.run_id)
    old = store.open_review(first.run_id)
    assert (store.review(new).status, store.review(old).status) == ("open", "withdrawn")


def test_reviews_are_listed_by_deadline_in_pages(store: Store) -> None:
    shop = merchant_of(store)
    ids = [disputed(store, shop, n, days) for n, days in enumerate([9, None, 2, 9, None])]
    wanted = [ids[2], ids[0], ids[3], ids[1], ids[4]]
    assert [line.review_id for line in store.list_reviews([shop])] == wanted
    paged: list[int] = []
    while page := store.list_reviews([shop], limit=2, after=paged[-1] if paged else 0):
        paged += [line.review_id for line in page]
    assert paged == wanted
    assert store.list_reviews([shop])[0].reason == "a person decides"


def test_a_merchants_reviews_and_cases_are_its_own(store: Store) -> None:
    shop, other = merchant_of(store), merchant_of(store, "other")
    accepted, _, review_id = in_review(store, shop)
    assert store.list_reviews([other]) == []
    assert store.list_cases([other]) == []
    assert store.count_cases([other]) == {}
    assert store.count_messages([other]).total == 0
    for ask in (lambda: store.case_page(accepted.case_id, [other]), lambda: store.case_of_review(review_id, [other])):
        with pytest.raises(NotFound):
            ask()
    assert store.case_of_review(review_id, [other, shop]) == accepted.case_id
    assert store.list_reviews([]) == []


def test_a_case_page_holds_everything(store: Store) -> None:
    shop = merchant_of(store)
    accepted, draft_id, review_id = in_review(store, shop)
    store.decide(review_id, 1, "approve", reviewer="lee")
    store.queue_delivery(accepted.run_id, draft_id)
    page = store.case_page(accepted.case_id, [shop])
    assert page.case == store.case(accepted.case_id)
    assert page.draft == a_draft()
    assert page.reconciled == a_reconciled()
    assert page.review is not None
    assert page.decision is not None
    assert [d.status for d in page.deliveries] == ["queued"]
    assert [line.action for line in page.audit] == ["received", "review_opened", "approve", "queued"]


def test_an_overdue_review_is_noted_once_even_while_somebody_edits(store: Store) -> None:
    shop = merchant_of(store)
    late, edited, _, _ = (disputed(store, shop, n, days) for n, days in enumerate([1, 2, 30, None]))
    store.save_edit(edited, 1, "half", "lee")
    now = NOW + timedelta(days=5)
    assert sum(at_once(3, lambda _: store.remind_due_reviews(now))) == 2
    assert store.remind_due_reviews(now) == 0
    assert store.review(late).status == "open"


def test_the_audit_trail_cannot_be_changed(store: Store) -> None:
    from sqlalchemy.exc import DBAPIError

    in_review(store, merchant_of(store))
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="append-only"), store.begin() as connection:
            connection.exec_driver_sql(statement)
    with store.begin() as connection:
        connection.exec_driver_sql("SET LOCAL rejoinder.erasing = 'on'")
        connection.exec_driver_sql("DELETE FROM audit")


def test_a_waiting_run_begins_anew_without_its_question(store: Store) -> None:
    accepted, _, review_id = in_review(store, merchant_of(store))
    store.wait_run(accepted.run_id)
    before = len(jobs(store, "process_run"))
    store.redraft(accepted.run_id, "lee")
    assert len(jobs(store, "process_run")) == before + 1
    assert store.run(accepted.run_id).status == "queued"
    assert store.case(accepted.case_id).status == "working"
    with pytest.raises(NotFound):
        store.review(review_id)
    with pytest.raises(Conflict):
        store.redraft(accepted.run_id, "lee")


def test_a_decided_run_does_not_begin_anew(store: Store) -> None:
    accepted, _, review_id = in_review(store, merchant_of(store))
    store.wait_run(accepted.run_id)
    store.decide(review_id, 1, "approve", reviewer="lee")
    with pytest.raises(Conflict):
        store.redraft(accepted.run_id, "lee")
