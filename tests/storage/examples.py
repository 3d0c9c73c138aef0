"""Values the storage tests are made of."""

from datetime import UTC, datetime, timedelta
from typing import Any

from rejoinder.domain.cases import Dispute, DisputeEvent, Merchant
from rejoinder.domain.drafts import Draft, Problem, Sentence
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.mail import InboundMail, MailAddress
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Order, OrderLine, Payment, PostalAddress, Product, Shipment
from rejoinder.domain.reading import Reading, Reconciled, ScoredIntent
from rejoinder.domain.review import Reason, Route, Target
from rejoinder.storage.messages import Accepted
from rejoinder.storage.store import Store

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
RAW = "ab" * 32


def merchant_of(store: Store, slug: str = "shop") -> int:
    return store.save_merchant(Merchant(merchant_id=0, slug=slug, name=slug.title())).merchant_id


def a_mail(identity: str = "m1", sender: str = "ana@example.com", **changes: Any) -> InboundMail:
    values: dict[str, Any] = {
        "identity": identity,
        "message_id": f"<{identity}@example.com>",
        "sender": MailAddress(email=sender, name="Ana"),
        "subject": "Where is my order 1001?",
        "text": "Where is it?",
        "new_text": "Where is it?",
        "to": (MailAddress(email="shop@shop.example"),),
    }
    return InboundMail(**values | changes)


def an_event(event_id: str = "evt_1", reference: str = "dp_1", **changes: Any) -> DisputeEvent:
    values: dict[str, Any] = {
        "processor": "stripe",
        "account": "main",
        "event_id": event_id,
        "event_type": "charge.dispute.created",
        "reference": reference,
        "payment_reference": "pi_1",
        "occurred_at": NOW,
        "status": "needs_response",
        "stage": "first",
        "raw_status": "needs_response",
        "amount": Money(amount_minor=8990, currency="EUR"),
    }
    return DisputeEvent(**values | changes)


def a_dispute(reference: str = "dp_1", **changes: Any) -> Dispute:
    values: dict[str, Any] = {
        "processor": "stripe",
        "reference": reference,
        "status": "needs_response",
        "stage": "first",
        "sources": ("webhook",),
        "payment_reference": "pi_1",
        "amount": Money(amount_minor=8990, currency="EUR"),
        "respond_by": NOW + timedelta(days=9),
    }
    return Dispute(**values | changes)


def an_order(number: str = "1001", **changes: Any) -> Order:
    payment = Payment(
        reference=f"pi_{number}",
        processor="stripe",
        amount=Money(amount_minor=8990, currency="EUR"),
        captured_at=NOW,
        card_last4="4242",
        arn=f"7{number:0>22}",
    )
    values: dict[str, Any] = {
        "number": number,
        "placed_at": NOW,
        "status": "shipped",
        "total": Money(amount_minor=8990, currency="EUR"),
        "customer_name": "Ana",
        "customer_email": "Ana@Example.com",
        "lines": (OrderLine(sku="LAMP-1", title="Lamp", quantity=1, price=Money(amount_minor=8990, currency="EUR")),),
        "ship_to": PostalAddress(country="DE"),
        "payments": (payment,),
        "shipments": (Shipment(tracking_number=f"1z999aa1{number}", carrier="ups"),),
    }
    return Order(**values | changes)


def a_product(sku: str = "LAMP-1", title: str = "Desk lamp", description: str = "Dimmable, 中文说明 台灯") -> Product:
    return Product(sku=sku, title=title, description=description, price=Money(amount_minor=8990, currency="EUR"))


def a_draft(text: str = "It is on its way.", **changes: Any) -> Draft:
    values: dict[str, Any] = {
        "kind": "reply",
        "language": "en",
        "subject": "Re: order",
        "paragraphs": ((Sentence(text="Hello Ana,"),), (Sentence(text=text, slot="answer"), Sentence(text="Bye."))),
        "template": "reply/order.status",
        "template_hash": "t1",
    }
    return Draft(**values | changes)


def a_route(target: Target = "review", code: str = "autonomy_draft") -> Route:
    return Route(target=target, reasons=(Reason(code=code, text="a person decides"),))


def a_reconciled(kind: Any = "service", intent: str = "order.status") -> Reconciled:
    reading = Reading(
        reader="builtin", kind=kind, score=0.9, language="en", intents=(ScoredIntent(intent=intent, score=0.9),)
    )
    return Reconciled(reading=reading, readers=("builtin",))


def an_evidence(evidence_id: str = "order:1001") -> Evidence:
    return Evidence(
        evidence_id=evidence_id,
        kind="order",
        fields={"number": "1001"},
        text="Order 1001",
        source="orders",
        captured_at=NOW,
    )


def a_passage(passage_id: str = "returns#1") -> Passage:
    return Passage(
        passage_id=passage_id, document="returns", title="Returns", topic="returns", text="30 days", score=1.0
    )


def accept(store: Store, merchant_id: int, identity: str = "m1", **changes: Any) -> Accepted:
    return store.accept_mail(merchant_id, "support", a_mail(identity, **changes), RAW, NOW)


def drafted(store: Store, merchant_id: int, identity: str = "m1", code: str = "autonomy_draft") -> tuple[Accepted, int]:
    """Walk a mail as far as a routed draft."""
    accepted = accept(store, merchant_id, identity)
    store.start_run(accepted.run_id)
    reconciled = a_reconciled()
    store.save_triage(accepted.run_id, [reconciled.reading], reconciled)
    draft_id = store.save_draft(accepted.run_id, a_draft())
    store.save_check(accepted.run_id, draft_id, [Problem(code="x", detail="y")], a_route(code=code))
    return accepted, draft_id


def in_review(store: Store, merchant_id: int, identity: str = "m1") -> tuple[Accepted, int, int]:
    """Walk a mail as far as an open review."""
    accepted, draft_id = drafted(store, merchant_id, identity)
    review_id = store.open_review(accepted.run_id)
    store.wait_run(accepted.run_id)
    return accepted, draft_id, review_id


def jobs(store: Store, task: str = "") -> list[Any]:
    """Return the queued jobs."""
    with store.begin() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM procrastinate_jobs ORDER BY id").all()
    return [row for row in rows if not task or row.task_name == task]
