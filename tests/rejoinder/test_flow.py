"""A case from mail to delivery, on a real database."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from rejoinder.delivery import Deliverer
from rejoinder.domain.cases import DisputeEvent
from rejoinder.domain.money import Money
from rejoinder.errors import Conflict, DeliveryUncertain, ProviderRefused, ProviderUnavailable
from rejoinder.setup import import_orders
from tests.fixtures_program import NOW, SHOP, Shop, mail
from tests.storage.examples import an_event
from tools.orders.files import load


class Post:
    """A mailbox's way out that keeps what it is given, or fails as told."""

    address = "support@lumenoak.example"
    sender_name = "Lumen & Oak"

    def __init__(self, *problems: Exception) -> None:
        self.problems = list(problems)
        self.sent: list[bytes] = []

    def send(self, raw: bytes, recipients: Sequence[str]) -> str:
        if self.problems:
            raise self.problems.pop(0)
        self.sent.append(raw)
        return "250 taken"

    def after_sent(self, raw: bytes) -> None:
        pass


def deliverer(shop: Shop, post: Post) -> Deliverer:
    return replace(shop.program.deliverer, channels={"support": post})


def count(shop: Shop, table: str) -> int:
    with shop.program.store.begin() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_mail_waits_for_a_person_with_a_cited_draft(shop: Shop) -> None:
    run_id = shop.receive(mail())
    shop.program.worker.advance(run_id)
    page = shop.page_of_run(run_id)
    assert (page.case.status, page.case.kind, page.case.order_number) == ("in_review", "service", "LO-10401")
    assert page.case.intent == "after.return_request"
    assert page.draft is not None
    assert "30 days" in page.draft.body
    assert [p for p in page.problems if p.blocking] == []
    assert page.route is not None
    assert page.route.target == "review"


def test_the_same_mail_five_times_is_one_case_one_job_and_one_reply(shop: Shop) -> None:
    runs = {shop.receive(mail()) for _ in range(5)}
    assert len(runs) == 1
    assert [count(shop, table) for table in ("cases", "messages", "runs", "procrastinate_jobs")] == [1, 1, 1, 1]
    (run_id,) = runs
    for _ in range(3):
        shop.program.worker.advance(run_id)
    shop.approve(run_id)
    shop.program.worker.advance(run_id)
    post = Post()
    (delivery,) = shop.page_of_run(run_id).deliveries
    for _ in range(3):
        deliverer(shop, post).deliver(delivery.delivery_id)
    assert len(post.sent) == 1


def test_what_was_approved_is_what_is_sent_in_its_thread(shop: Shop) -> None:
    run_id = shop.receive(mail())
    shop.program.worker.advance(run_id)
    shop.approve(run_id)
    page = shop.page_of_run(run_id)
    post = Post()
    deliverer(shop, post).deliver(page.deliveries[0].delivery_id)
    assert b"In-Reply-To: <one@mailbox.example>" in post.sent[0]
    assert b"To: emily.carter@mailbox.example" in post.sent[0]
    assert shop.page_of_run(run_id).case.status == "answered"


def test_the_answer_to_our_answer_finds_the_case(shop: Shop) -> None:
    run_id = shop.receive(mail())
    shop.program.worker.advance(run_id)
    shop.approve(run_id)
    post = Post()
    page = shop.page_of_run(run_id)
    deliverer(shop, post).deliver(page.deliveries[0].delivery_id)
    ours = next(line for line in post.sent[0].decode().split("\r\n") if line.startswith("Message-ID: "))[12:]
    again = shop.receive(mail(message_id="<two@mailbox.example>", headers=f"In-Reply-To: {ours}\r\n", body="And now?"))
    assert shop.program.store.run(again).case_id == page.case.case_id
    stranger = mail(
        sender="eve@other.example",
        message_id="<three@other.example>",
        headers=f"In-Reply-To: {ours}\r\n",
        body="Me too",
    )
    assert shop.program.store.run(shop.receive(stranger)).case_id != page.case.case_id


def test_a_rejected_draft_is_never_sent(shop: Shop) -> None:
    run_id = shop.receive(mail())
    shop.program.worker.advance(run_id)
    review = shop.page_of_run(run_id).review
    assert review is not None
    shop.program.store.decide(review.review_id, review.version, "reject", reviewer="test", reason="wrong tone")
    shop.program.worker.advance(run_id)
    page = shop.page_of_run(run_id)
    assert (page.case.status, page.outcome, page.deliveries) == ("closed", "rejected", ())


def test_an_edit_is_sent_and_what_changed_is_kept(shop: Shop) -> None:
    run_id = shop.receive(mail())
    shop.program.worker.advance(run_id)
    page = shop.page_of_run(run_id)
    assert page.review is not None
    assert page.draft is not None
    first, *rest = page.draft.paragraphs
    edited = replace(page.draft, paragraphs=((replace(first[0], text="Dear Emily,", origin="reviewer"),), *rest))
    store = shop.program.store
    store.decide(page.review.review_id, page.review.version, "edit", reviewer="test", edited=edited)
    shop.program.worker.advance(run_id)
    post = Post()
    deliverer(shop, post).deliver(shop.page_of_run(run_id).deliveries[0].delivery_id)
    assert b"Dear Emily," in post.sent[0]
    assert count(shop, "corrections") == 1


def test_the_second_reviewer_is_told_and_changes_nothing(shop: Shop) -> None:
    run_id = shop.receive(mail())
    shop.program.worker.advance(run_id)
    review = shop.page_of_run(run_id).review
    assert review is not None
    store = shop.program.store
    store.decide(review.review_id, review.version, "approve", reviewer="ana")
    with pytest.raises(Conflict, match="ana"):
        store.decide(review.review_id, review.version, "reject", reviewer="bo")
    assert count(shop, "decisions") == 1


def test_a_queued_answer_can_be_taken_back_and_decided_anew(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(undo_seconds=600)
    run_id = shop.receive(mail())
    shop.program.worker.advance(run_id)
    shop.approve(run_id)
    (delivery,) = shop.page_of_run(run_id).deliveries
    post = Post()
    deliverer(shop, post).deliver(delivery.delivery_id)
    assert post.sent == []
    shop.program.store.take_back(delivery.delivery_id, "test")
    assert shop.page_of_run(run_id).case.status == "in_review"
    shop.approve(run_id)
    assert [d.status for d in shop.page_of_run(run_id).deliveries] == ["cancelled", "queued"]


def test_a_class_on_auto_is_sent_without_a_person(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(autonomy={"pre.shipping_cost_time": "auto"})
    body = "Hi, do you ship to Germany and how much does shipping cost? I want to buy a lamp."
    run_id = shop.receive(mail(sender="new@mailbox.example", subject="Shipping to Germany?", body=body))
    shop.program.worker.advance(run_id)
    page = shop.page_of_run(run_id)
    assert page.route is not None
    assert (page.route.target, [d.automatic for d in page.deliveries]) == ("send", [True])


@pytest.mark.parametrize(
    ("problem", "status", "again"),
    [
        (ProviderUnavailable("421 try later"), "queued", True),
        (ProviderRefused("550 no such user"), "failed", False),
        (DeliveryUncertain("lost after DATA"), "uncertain", False),
    ],
)
def test_how_a_send_fails_decides_whether_it_is_tried_again(
    shop: Shop, problem: Exception, status: str, again: bool
) -> None:
    run_id = shop.receive(mail())
    shop.program.worker.advance(run_id)
    shop.approve(run_id)
    (delivery,) = shop.page_of_run(run_id).deliveries
    post = Post(problem)
    door = deliverer(shop, post)
    if again:
        with pytest.raises(ProviderUnavailable):
            door.deliver(delivery.delivery_id)
    else:
        door.deliver(delivery.delivery_id)
    assert shop.page_of_run(run_id).deliveries[0].status == status
    door.deliver(delivery.delivery_id)
    assert len(post.sent) == (1 if again else 0)


def test_no_checkpoint_holds_a_name_an_address_or_a_text(shop: Shop) -> None:
    run_id = shop.receive(mail())
    shop.program.worker.advance(run_id)
    with shop.program.store.begin() as connection:
        stored: list[Any] = []
        for table in ("checkpoints", "checkpoint_blobs", "checkpoint_writes"):
            stored += connection.execute(text(f"SELECT t::text, * FROM {table} t")).all()
    dump = repr(stored)
    assert stored
    for private in ("emily", "Emily", "desk lamp", "mailbox.example"):
        assert private not in dump


def test_a_bounce_and_an_out_of_office_are_never_answered(shop: Shop) -> None:
    run_id = shop.receive(mail(subject="Out of office", headers="Auto-Submitted: auto-replied\r\n", body="I am away."))
    shop.program.worker.advance(run_id)
    page = shop.page_of_run(run_id)
    assert (page.case.status, page.outcome, page.draft) == ("closed", "set_aside", None)


def test_a_full_card_number_is_nowhere(shop: Shop) -> None:
    card = "4000 0566 5566 5556"
    run_id = shop.receive(mail(body=f"My card is {card}, where is order LO-10401?"))
    shop.program.worker.advance(run_id)
    with shop.program.store.begin() as connection:
        names = connection.execute(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        ).scalars()
        dump = "".join(repr(connection.execute(text(f'SELECT t::text FROM "{name}" t')).all()) for name in names)
    digits = card.replace(" ", "")
    assert card not in dump
    assert digits not in dump
    for path in shop.program.settings.files_dir.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert card.encode() not in content
            assert digits.encode() not in content


def test_a_mail_no_parser_reads_is_kept_and_visible(shop: Shop) -> None:
    huge = mail(body="x" * (shop.program.settings.max_mail_bytes + 1))
    assert shop.program.intake.accept_mail(shop.merchant_id, "support", huge, NOW) is None
    (kept,) = shop.program.store.quarantined([shop.merchant_id])
    assert "bytes" in kept.problem
    assert shop.program.files.get(kept.raw_file)


def test_one_merchants_case_is_not_found_by_another(shop: Shop) -> None:
    from rejoinder.errors import NotFound

    run_id = shop.receive(mail())
    case_id = shop.program.store.run(run_id).case_id
    with pytest.raises(NotFound):
        shop.program.store.case_page(case_id, [shop.merchant_id + 1])


def test_no_refund_is_promised_while_a_dispute_is_open(shop: Shop) -> None:
    first = shop.receive(mail())
    shop.program.worker.advance(first)
    draft = shop.page_of_run(first).draft
    assert draft is not None
    assert {promise for s in draft.sentences for promise in s.promises} >= {"refund_after_return"}
    event = dispute_event(order_reference="LO-10401")
    disputed = shop.program.store.accept_event(shop.merchant_id, event, "", NOW)
    shop.program.worker.advance(disputed.run_id)
    again = shop.receive(mail(message_id="<two@mailbox.example>", subject="Refund"))
    shop.program.worker.advance(again)
    page = shop.page_of_run(again)
    assert page.draft is not None
    assert page.draft.template.endswith("acknowledge.txt.j2")
    assert page.draft.proposed_actions == ()
    assert page.route is not None
    assert "open_dispute" in {reason.code for reason in page.route.reasons}


def test_a_dispute_is_judged_before_its_letter_is_written(shop: Shop) -> None:
    accepted = shop.program.store.accept_event(shop.merchant_id, dispute_event(), "", NOW)
    shop.program.worker.advance(accepted.run_id)
    page = shop.page_of_run(accepted.run_id)
    judgement = shop.program.store.judgement(page.case.case_id)
    assert judgement is not None
    assert (judgement.advice, judgement.level) == ("fight", "decisive")
    assert judgement.due_by == dispute_event().respond_by
    assert {finding.code for finding in judgement.harmful or ()} == {"avs_failed"}
    shop.program.store.set_term_settings(page.case.case_id, {"win_chance": "0.01"}, "test")
    assert shop.program.store.term_settings(page.case.case_id) == {"win_chance": "0.01"}


def dispute_event(**changes: Any) -> DisputeEvent:
    """A chargeback of the processor on order LO-10401."""
    told = {
        "payment_reference": "ch_3Q00012345LumenOakX",
        "occurred_at": NOW,
        "amount": Money(amount_minor=20890, currency="EUR"),
        "network": "visa",
        "reason_code": "13.1",
        "category": "not_received",
        "respond_by": NOW + timedelta(days=9),
    }
    return an_event(**{**told, **changes})


def test_a_new_scan_in_an_import_drafts_a_waiting_letter_again(shop: Shop) -> None:
    loaded = load(SHOP)
    order = next(one for one in loaded.orders if one.number == "LO-10401")
    moving = replace(order, shipments=tuple(replace(s, delivered_at=None, scans=s.scans[:-1]) for s in order.shipments))
    shop.program.store.upsert_orders(shop.merchant_id, [moving])
    accepted = shop.program.store.accept_event(shop.merchant_id, dispute_event(), "", NOW)
    shop.program.worker.advance(accepted.run_id)
    waits = shop.page_of_run(accepted.run_id)
    assert waits.draft is not None
    assert "wait_for_scan" in {problem.code for problem in waits.problems}
    assert "recorded the delivery" not in waits.draft.body
    import_orders(shop.program, shop.program.merchants["lumenoak"], SHOP)
    import_orders(shop.program, shop.program.merchants["lumenoak"], SHOP)
    shop.program.worker.advance(accepted.run_id)
    after = shop.page_of_run(accepted.run_id)
    assert after.draft is not None
    assert "recorded the delivery" in after.draft.body
    assert "wait_for_scan" not in {problem.code for problem in after.problems}
    assert count(shop, "reviews") == 1
