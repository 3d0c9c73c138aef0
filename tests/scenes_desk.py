"""Cases as the desk shows them, put into a real database by the store's own methods."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from rejoinder.domain.cases import Dispute, DisputeEvent, Merchant
from rejoinder.domain.drafts import Draft, Problem, ProposedAction, Sentence
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.mail import Attachment, InboundMail, MailAddress
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Match
from rejoinder.domain.reading import Disagreement, FieldValue, Reading, Reconciled, ScoredIntent
from rejoinder.domain.review import Reason, Route
from rejoinder.storage.files import FileStore
from rejoinder.storage.store import Store

NOW = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
RAW = b"From: anna@example.org\r\nSubject: Where is my order 1001?\r\n\r\nHello\r\n"

TEXT = """Hello,

I ordered a lamp (order 1001) two weeks ago and it has still not arrived.
Where is it? I need it before the weekend.

Anna Weber

On 6 March 2026 Lumen & Oak wrote:
> Thank you for your order 1001.
> We will send it soon."""


class Opened(NamedTuple):
    """A case with its open review."""

    case_id: int
    run_id: int
    message_id: int
    draft_id: int
    review_id: int


@dataclass
class Scene:
    """Fills a store."""

    store: Store
    files: FileStore
    now: datetime = NOW
    _count: int = field(default=0)

    def merchant(self, slug: str = "lumen", name: str = "Lumen & Oak") -> Merchant:
        merchant = Merchant(merchant_id=0, slug=slug, name=name, timezone="Europe/Berlin")
        return self.store.save_merchant(merchant)

    def mail(self, **changed: object) -> InboundMail:
        self._count += 1
        values = {
            "identity": f"mail-{self._count}",
            "message_id": f"<{self._count}@example.org>",
            "sender": MailAddress(email="anna@example.org", name="Anna Weber"),
            "to": (MailAddress(email="help@lumen.example"),),
            "subject": "Where is my order 1001?",
            "text": TEXT,
            "new_text": TEXT[: TEXT.index("\n\nAnna Weber")],
            "quoted_text": TEXT[TEXT.index("On 6 March") :],
        }
        return InboundMail(**(values | changed))

    def service_case(
        self, merchant: Merchant, *, draft: Draft | None = None, problems: tuple[Problem, ...] = (), **mail: object
    ) -> Opened:
        """A question about a parcel, drafted and waiting for a person."""
        accepted = self.store.accept_mail(
            merchant.merchant_id, "help", self.mail(**mail), self.files.put(RAW), NOW - timedelta(hours=3)
        )
        text = str(mail.get("text", TEXT))
        start = max(text.find("1001"), 0)
        reading = Reading(
            reader="builtin",
            kind="service",
            score=0.95,
            language="en",
            fields={"order_reference": FieldValue(value="1001", score=0.98, start=start, end=start + 4)},
            intents=(
                ScoredIntent(intent="order.status_wismo", score=0.93),
                ScoredIntent(intent="order.cancel", score=0.04),
            ),
        )
        self.store.start_run(accepted.run_id)
        self.store.save_triage(accepted.run_id, [reading], Reconciled(reading=reading, readers=("builtin",)))
        match = Match(
            order_number="1001", score=0.97, reasons=("the mail names the order number", "the address is the order's")
        )
        self.store.save_match(accepted.run_id, [match], "1001")
        self.store.save_evidence(accepted.case_id, EVIDENCE)
        self.store.save_passages(accepted.case_id, PASSAGES)
        return self._open(accepted, draft or REPLY, problems, REVIEW)

    def dispute_case(self, merchant: Merchant, *, respond_by: datetime | None = None) -> Opened:
        """A chargeback with its letter, waiting for a person."""
        self._count += 1
        event = DisputeEvent(
            processor="stripe",
            account="lumen",
            event_id=f"evt_{self._count}",
            event_type="charge.dispute.created",
            reference=f"dp_{self._count}",
            payment_reference=f"ch_{self._count}",
            occurred_at=NOW - timedelta(days=2),
            status="needs_response",
            stage="first",
            raw_status="needs_response",
        )
        accepted = self.store.accept_event(merchant.merchant_id, event, "", NOW - timedelta(days=2))
        self.store.start_run(accepted.run_id)
        reading = Reading(reader="stripe", kind="dispute", score=1.0)
        split = Disagreement(field="amount_minor", values={"builtin": "8990", "chat": "9890"})
        reconciled = Reconciled(reading=reading, readers=("builtin", "chat"), disagreements=(split,))
        self.store.save_triage(accepted.run_id, [reading], reconciled)
        dispute = Dispute(
            processor="stripe",
            reference=event.reference,
            payment_reference=event.payment_reference,
            status="needs_response",
            stage="first",
            sources=("webhook", "api"),
            network="visa",
            reason_code="13.1",
            reason_text="Merchandise not received",
            category="not_received",
            amount=Money(amount_minor=8990, currency="EUR"),
            respond_by=respond_by or NOW + timedelta(days=3),
        )
        self.store.open_dispute(accepted.run_id, dispute)
        self.store.save_evidence(accepted.case_id, EVIDENCE)
        return self._open(accepted, LETTER, (), DISPUTE_REVIEW)

    def _open(self, accepted: object, draft: Draft, problems: tuple[Problem, ...], route: Route) -> Opened:
        draft_id = self.store.save_draft(accepted.run_id, draft)
        self.store.save_check(accepted.run_id, draft_id, problems, route)
        review_id = self.store.open_review(accepted.run_id)
        self.store.wait_run(accepted.run_id)
        return Opened(accepted.case_id, accepted.run_id, accepted.message_id, draft_id, review_id)

    def attachment(self, filename: str, content: bytes, media_type: str = "text/html") -> Attachment:
        return Attachment(
            filename=filename, media_type=media_type, size=len(content), file_hash=self.files.put(content)
        )


EVIDENCE = (
    Evidence(
        evidence_id="order:1001",
        kind="order_confirmation",
        fields={
            "order_number": "1001",
            "placed_at": "2026-03-06T12:03:00+01:00",
            "status": "shipped",
            "total": "89.90 EUR",
            "customer_name": "Anna Weber",
            "customer_email": "anna@example.org",
            "ship_to": "Anna Weber, Lindenstr. 5, 04109 Leipzig, DE",
        },
        text="1 × Brass desk lamp (LAMP-07) at 79.90 EUR",
        source="orders.csv",
        captured_at=NOW - timedelta(hours=3),
    ),
    Evidence(
        evidence_id="shipment:PK123456785",
        kind="carrier_tracking",
        fields={
            "tracking_number": "PK123456785",
            "carrier": "ParcelKing",
            "shipped_at": "2026-03-09T16:00:00+01:00",
            "promised_by": "2026-03-18T18:00:00+01:00",
            "tracking_url": "https://track.example/PK123456785",
            "last_status": "in_transit",
        },
        text="2026-03-09 picked_up Berlin\n2026-03-12 in_transit Leipzig",
        source="orders.csv",
        captured_at=NOW - timedelta(hours=3),
    ),
    Evidence(
        evidence_id="payment:ch_1",
        kind="invoice_receipt",
        fields={"reference": "ch_1", "amount": "89.90 EUR", "card_last4": "4242", "avs_result": "Y"},
        text="",
        source="orders.csv",
        captured_at=NOW - timedelta(hours=3),
    ),
)
PASSAGES = (
    Passage(
        passage_id="shipping-2026#2",
        document="shipping-2026.md",
        title="Shipping: Delays",
        topic="shipping",
        text="If a parcel has not moved for seven days we ask the carrier and tell you what they say.",
        score=0.8,
        in_force_from=date(2026, 1, 1),
    ),
    Passage(
        passage_id="returns-2025#1",
        document="returns-2025.md",
        title="Returns: Thirty days",
        topic="returns",
        text="You may return unused goods within 30 days of delivery.",
        score=0.4,
        in_force_from=date(2025, 1, 1),
        in_force_to=date(2026, 7, 1),
    ),
)
REPLY = Draft(
    kind="reply",
    language="en",
    subject="Re: Where is my order 1001?",
    paragraphs=(
        (Sentence(text="Hello Anna Weber,", citations=("order:1001",)),),
        (
            Sentence(text="Thank you for asking about your order.", slot="opening"),
            Sentence(
                text="Your order 1001 is on its way to you with ParcelKing.",
                citations=("order:1001", "shipment:PK123456785"),
            ),
            Sentence(
                text="Delivery was expected by 18 March 2026, and we are sorry about the delay.",
                citations=("shipment:PK123456785",),
            ),
            Sentence(
                text="If it has not moved for seven days, we ask the carrier and tell you what they say.",
                citations=("shipping-2026#2",),
                promises=("ask_carrier",),
            ),
        ),
        (
            Sentence(
                text="You can track the parcel here: https://track.example/PK123456785",
                citations=("shipment:PK123456785",),
            ),
        ),
        (Sentence(text="Kind regards,"),),
        (Sentence(text="Mia, Lumen & Oak"),),
    ),
    template="reply/en/order.status_wismo.txt.j2",
    template_hash="0" * 64,
)
LETTER = Draft(
    kind="letter",
    language="en",
    subject="Response to dispute dp_1, Visa 13.1",
    paragraphs=(
        (
            Sentence(text="We contest this dispute.", citations=()),
            Sentence(
                text="The parcel left on 9 March 2026 with ParcelKing (Exhibit 1).", citations=("shipment:PK123456785",)
            ),
        ),
        (
            Sentence(
                text="The amount of 89.90 EUR was charged for order 1001 (Exhibit 2).",
                citations=("order:1001", "payment:ch_1"),
            ),
        ),
    ),
    template="representment/not_received.md.j2",
    template_hash="1" * 64,
    proposed_actions=(
        ProposedAction(
            kind="ask_carrier", reason="There is no proof of delivery yet.", fields={"tracking_number": "PK123456785"}
        ),
    ),
)
REVIEW = Route(
    target="review",
    reasons=(
        Reason(code="autonomy_draft", text="The merchant wants to see every answer to 'order.status_wismo'."),
        Reason(code="unsure", text="What the customer wants is not sure enough (0.87)."),
    ),
    automatic_if=(
        "autonomy for 'order.status_wismo' set to supervised or auto",
        "an intent of at least 0.9 and 0.2 ahead of the next",
    ),
)
DISPUTE_REVIEW = Route(
    target="review",
    reasons=(Reason(code="dispute", text="A dispute is answered once: a person decides whether and with what."),),
    automatic_if=("disputes are never answered without a person",),
)
SUPERVISED = Route(
    target="send",
    reasons=(Reason(code="autonomy_supervised", text="The merchant lets 'order.status_wismo' be supervised."),),
)
