"""A case for any reason code: the dispute, the order with the records its category needs, and the letter about it."""

import csv
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from agents import evidence as ev
from agents.dispute.coverage import kinds_of
from agents.dispute.invalid import invalid_checks
from agents.dispute.letter import disputed_payment, letter_context, write_letter
from agents.dispute.subject import Subject
from agents.drafting import draft_of
from knowledge.reason_codes import required_evidence
from prompts.contexts import SharedIdentifiers
from prompts.render import Rendered
from rejoinder.domain.cases import Dispute, Merchant, Stage
from rejoinder.domain.drafts import Draft
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.judgement import Finding
from rejoinder.domain.mail import InboundMail, MailAddress
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Access, Order, OrderLine, Payment, PostalAddress, Refund, Scan, Shipment

EXPECTED = Path(__file__).parents[1] / "data" / "reason_codes.csv"
NOW = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
OPENED = datetime(2026, 6, 22, 8, 0, tzinfo=UTC)
PLACED = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
MERCHANT = Merchant(merchant_id=1, slug="lumen", name="Lumen & Oak", signature="Mia Brandt, Lumen & Oak")


class Expected(NamedTuple):
    """What a code is known to be: its category, its days to answer (None where none are defined), what it asks for."""

    network: str
    code: str
    category: str
    days: int | None
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Terms:
    """The policy of the sample shop."""

    facts: dict[str, object]
    passage: Passage


@dataclass(frozen=True)
class SampleCase:
    """A dispute with all that is known about it."""

    dispute: Dispute
    order: Order | None
    mails: tuple[InboundMail, ...]
    evidence: list[Evidence]
    policy: Terms | None
    ce3: SharedIdentifiers | None = None

    @property
    def passages(self) -> list[Passage]:
        return [self.policy.passage] if self.policy else []

    def findings(self) -> tuple[Finding, ...]:
        """Return what the rules conclude about whether the dispute is valid."""
        payment = disputed_payment(self.dispute, self.order)
        return invalid_checks(
            Subject(
                dispute=self.dispute,
                now=NOW,
                opened_at=OPENED,
                order=self.order,
                payment=payment,
                mails=self.mails,
            )
        )

    def letter(self, language: str = "en") -> Rendered:
        citations = ev.aliases(self.evidence, self.passages)
        context = letter_context(
            merchant=MERCHANT,
            dispute=self.dispute,
            order=self.order,
            mails=self.mails,
            policy=self.policy,
            ce3=self.ce3,
            findings=self.findings(),
            citations=citations,
            language=language,
            now=NOW,
        )
        return write_letter(context, citations, language)

    def draft(self, language: str = "en") -> Draft:
        return draft_of(self.letter(language), "letter", language)


@cache
def expected() -> tuple[Expected, ...]:
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return tuple(
            Expected(
                row["network"],
                row["code"],
                row["category"],
                int(row["days"]) if row["days"] else None,
                tuple(row["evidence"].split()),
            )
            for row in csv.DictReader(file)
        )


def case_for(code: Expected) -> SampleCase:
    """Return a case with every record that the code asks for; what no record of the shop shows is an attached file."""
    order = order_for(code.category)
    dispute = dispute_for(code, order)
    mails = (_mail(order),)
    found = [ev.dispute_evidence(dispute, order, NOW), *ev.order_evidence(order, "orders", NOW)]
    found += [ev.mail_evidence(mail, "mailbox", NOW) for mail in mails]
    ce3 = _earlier(order) if code.category == "fraud_card_absent" else None
    found += [ev.earlier_order_evidence(one, "orders", NOW) for one in (ce3.earlier if ce3 else ())]
    required = required_evidence(code.network, code.code, code.category)
    there = kinds_of(found, policy=True)
    found += [_file(kind) for kind in required if kind not in there]
    return SampleCase(dispute, order, mails, found, _terms(), ce3)


def case_with_nothing(code: Expected) -> SampleCase:
    """Return a case of which only the notice is known."""
    dispute = dispute_for(code, order_for(code.category))
    return SampleCase(dispute, None, (), [ev.dispute_evidence(dispute, None, NOW)], None)


def dispute_for(code: Expected, order: Order) -> Dispute:
    stage: Stage = "inquiry" if code.category == "documentation_request" else "first"
    return Dispute(
        processor="acme",
        reference=f"du_{code.network}_7f31",
        status="needs_response",
        stage=stage,
        sources=("api",),
        payment_reference=order.payments[0].reference,
        network=code.network,
        reason_code=code.code,
        reason_text="Please see the statement of the customer.",
        category=code.category,
        amount=order.payments[0].amount,
        transaction_date="2026-05-04",
        respond_by=datetime(2026, 7, 12, 21, 59, tzinfo=UTC),
        card_last4="1111",
        arn="7" * 23,
    )


def order_for(category: str) -> Order:
    """Return an order as it typically stands when a dispute of the category is raised."""
    order = _PHYSICAL
    if category in {"cancelled_recurring", "direct_debit_return"}:
        order = _SUBSCRIPTION
    if category in {"credit_not_processed", "fraud_program"}:
        order = replace(order, status="returned", refunds=(_refund(order.total),))
    if category == "incorrect_amount":
        order = replace(order, refunds=(_refund(_eur(1500)),))
    if category == "cancelled_merchandise":
        order = replace(order, cancelled_at=PLACED + timedelta(days=3))
    if category == "cancelled_recurring":
        order = replace(order, cancelled_at=PLACED + timedelta(days=20))
    if category == "duplicate":
        order = replace(order, payments=(*order.payments, _payment("pay_8802", days=4)))
    return order


def _eur(minor: int) -> Money:
    return Money(amount_minor=minor, currency="EUR")


def _payment(reference: str, days: int = 0) -> Payment:
    return Payment(
        reference=reference,
        processor="acme",
        amount=_eur(8990),
        captured_at=PLACED + timedelta(days=days, minutes=1),
        network="visa",
        card_last4="1111",
        arn="7" * 23,
        avs_result="Y",
        cvv_result="M",
        three_d_secure="authenticated, ECI 05",
        eci="05",
        liability_shift=True,
        descriptor="LUMENOAK*SHOP",
        card_fingerprint="card-3f9a",
    )


def _refund(amount: Money) -> Refund:
    return Refund(
        reference="re_5501", amount=amount, status="succeeded", created_at=PLACED + timedelta(days=22), arn="7" * 23
    )


_ADDRESS = PostalAddress(
    name="Anna Weber", lines=("8 rue Sala",), city="Lyon", postcode="69002", state="Rhône", country="FR"
)
_PARCEL = Shipment(
    tracking_number="PK123456785",
    carrier="ParcelKing",
    shipped_at=PLACED + timedelta(days=1),
    promised_by=PLACED + timedelta(days=8),
    delivered_at=PLACED + timedelta(days=5, hours=4),
    signed_by="A. Weber",
    scans=(Scan(at=PLACED + timedelta(days=5, hours=4), status="delivered", place="Lyon"),),
)
_PHYSICAL = Order(
    number="LO-10501",
    placed_at=PLACED,
    status="delivered",
    total=_eur(8990),
    customer_name="Anna Weber",
    customer_email="anna@mailbox.example",
    lines=(OrderLine(sku="L-1", title="Desk lamp Halo", quantity=1, price=_eur(8990)),),
    ship_to=_ADDRESS,
    bill_to=_ADDRESS,
    customer_ip="203.0.113.7",
    account_id="anna@mailbox.example",
    device_id="dev-5c11e08a7b32f964",
    device_fingerprint="fp-5c11e08a7b32f964a0d1",
    payments=(_payment("pay_8801"),),
    shipments=(_PARCEL,),
)
_SUBSCRIPTION = replace(
    _PHYSICAL,
    goods="subscription",
    status="paid",
    lines=(OrderLine(sku="S-1", title="Light plan", quantity=1, price=_eur(8990)),),
    shipments=(),
    accesses=(
        Access(at=PLACED + timedelta(minutes=5), what="sign-in", ip="203.0.113.7", device_id="dev-5c11e08a7b32f964"),
        Access(at=PLACED + timedelta(days=12), what="session", ip="203.0.113.7"),
    ),
)


def _earlier(order: Order) -> SharedIdentifiers:
    orders = [
        replace(
            order,
            number=number,
            placed_at=PLACED - timedelta(days=days),
            payments=(replace(_payment(reference), captured_at=PLACED - timedelta(days=days)),),
            shipments=(),
        )
        for number, reference, days in (("LO-09120", "pay_7102", 150), ("LO-08733", "pay_6650", 210))
    ]
    return SharedIdentifiers(("ip", "device", "account"), orders)


def _mail(order: Order) -> InboundMail:
    text = "The parcel is here, thank you." if order.shipments else "Where can I change my plan?"
    return InboundMail(
        identity="5f1d0c6ab2e94d77aa11",
        message_id="<m1@mailbox.example>",
        sender=MailAddress(email=order.customer_email, name=order.customer_name),
        subject="My order",
        text=text,
        new_text=text,
        sent_at=PLACED + timedelta(days=6),
    )


def _terms() -> Terms:
    passage = Passage(
        passage_id="policy:returns:1",
        document="returns-2026",
        title="Returns",
        topic="returns",
        text="You may return goods within 30 days of delivery. A plan ends at the end of the paid month.",
        score=1.0,
        in_force_from=date(2026, 1, 1),
    )
    return Terms({"return_days": 30}, passage)


def _file(kind: str) -> Evidence:
    return Evidence(
        evidence_id=f"file:{kind}",
        kind=kind,
        fields={"file_name": f"{kind}.pdf"},
        text="",
        source="upload",
        captured_at=NOW,
        file_hash="0" * 64,
    )
