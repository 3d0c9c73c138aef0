"""Purchases side by side: what was recorded when a customer bought, and how far it is the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, get_args

from agents.dispute.identifiers import FIELDS, Element, Identifier, State, address_identifier, compare, identifier
from agents.dispute.subject import Subject
from knowledge.compelling import identifier_limits
from rejoinder.domain.cases import Dispute
from rejoinder.domain.disputes import NEEDS_ANSWER
from rejoinder.domain.judgement import Compared
from rejoinder.domain.orders import Order, Payment, PostalAddress

ELEMENTS: tuple[Element, ...] = get_args(Element)
MERCHANDISE = frozenset({"physical", "digital"})
SERVICES = frozenset({"service", "subscription", "travel", "event"})
OF_PAYMENT = frozenset({"paid_at", "amount_minor", "card_fingerprint", "processor", "disputed", "fraud_reported"})


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """One captured payment with what was recorded when the customer bought; identifiers as captured, not normalised."""

    order_number: str
    payment_reference: str
    processor: str
    paid_at: datetime
    amount_minor: int
    network: str = ""
    card_fingerprint: str = ""
    card_last4: str = ""
    customer_ip: str = ""
    device_id: str = ""
    device_fingerprint: str = ""
    account_id: str = ""
    customer_email: str = ""
    ship_to: PostalAddress = field(default_factory=PostalAddress)
    description: str = ""
    disputed: bool = False
    fraud_reported: bool = False
    refunded: bool = False

    @cached_property
    def identifiers(self) -> Mapping[str, Identifier]:
        """What identifies the customer, by field of the order."""
        names = (name for names in FIELDS.values() for name in names if name != "ship_to")
        return {"ship_to": address_identifier(self.ship_to)} | {n: identifier(n, getattr(self, n)) for n in names}

    def compared(self, name: str) -> Compared:
        """Return a field of this purchase, as captured, as something that was looked at."""
        if name in OF_PAYMENT:
            record, evidence_id = "payment", f"payment:{self.payment_reference}"
        else:
            record, evidence_id = "order", f"order:{self.order_number}"
        shown = self.identifiers[name].raw if name in self.identifiers else getattr(self, name)
        text = shown.isoformat() if isinstance(shown, datetime) else str(shown)
        return Compared(record=record, field=name, value=text, evidence_id=evidence_id)


@dataclass(frozen=True, kw_only=True)
class Ce3Case:
    """A dispute as the rules of compelling evidence see it.

    `opened_at` is None when nobody said when the dispute was raised. `kind_of_goods` is merchandise, services or
    empty. `provided` is the record that the goods arrived or were used, `withheld` the record that they were not.
    """

    network: str
    code: str
    purchase: Purchase
    priors: tuple[Purchase, ...]
    opened_at: datetime | None = None
    respond_by: datetime | None = None
    answered: bool = False
    kind_of_goods: str = ""
    provided: Compared | None = None
    withheld: Compared | None = None


def ce3_case(subject: Subject) -> Ce3Case | None:
    """Return the dispute as a case for the rules of compelling evidence; None when its order or payment is unknown."""
    order, payment = subject.order, subject.payment
    if order is None or payment is None:
        return None
    disputed_before = {dispute.payment_reference for dispute in subject.other_disputes}
    return Ce3Case(
        network=subject.network,
        code=subject.dispute.reason_code,
        purchase=_purchase(order, payment),
        priors=tuple(
            _purchase(earlier, paid, disputed=paid.reference in disputed_before)
            for earlier in (order, *subject.earlier_orders)
            for paid in earlier.payments
        ),
        opened_at=subject.opened_at,
        respond_by=subject.dispute.respond_by,
        answered=_answered(subject.dispute),
        kind_of_goods=_kind_of_goods(order.goods),
        provided=_provided(order, payment),
        withheld=_withheld(order),
    )


def _answered(dispute: Dispute) -> bool:
    """Tell whether the one submission is spent; an answer to an inquiry is not that submission."""
    spent = bool(dispute.submissions) and dispute.stage in {"prearb", "arbitration"}
    return spent or dispute.status not in NEEDS_ANSWER | {"alert_open"}


def card_state(disputed: Purchase, prior: Purchase) -> Literal["same", "other", "unknown"]:
    """Tell whether two purchases were paid with one card; its last digits alone can only tell cards apart."""
    if disputed.card_fingerprint and prior.card_fingerprint:
        return "same" if disputed.card_fingerprint == prior.card_fingerprint else "other"
    known = ((disputed.card_last4, prior.card_last4), (disputed.network, prior.network))
    return "other" if any(one and two and one != two for one, two in known) else "unknown"


def state_of(purchases: Sequence[Purchase], element: Element) -> State:
    """Return how an element compares; where two fields show it, the better one counts."""
    order: tuple[State, ...] = ("same", "incomplete", "differs", "unusable", "absent")
    found = {compare([purchase.identifiers[name] for purchase in purchases]) for name in FIELDS[element]}
    return next(state for state in order if state in found)


def is_recorded(purchase: Purchase, element: Element) -> bool:
    """Tell whether any field of an element holds something."""
    return any(purchase.identifiers[name].fault != "absent" for name in FIELDS[element])


def compared_elements(purchases: Sequence[Purchase], elements: Sequence[Element]) -> tuple[Compared, ...]:
    """Return the raw values of elements as captured, a field nobody recorded left out."""
    return tuple(
        purchase.compared(name)
        for element in ELEMENTS
        if element in elements
        for name in FIELDS[element]
        if any(one.identifiers[name].fault != "absent" for one in purchases)
        for purchase in purchases
    )


def _purchase(order: Order, payment: Payment, *, disputed: bool = False) -> Purchase:
    own = _own_session(order, payment)
    return Purchase(
        order_number=order.number,
        payment_reference=payment.reference,
        processor=payment.processor,
        paid_at=payment.captured_at,
        amount_minor=payment.amount.amount_minor,
        network=payment.network.casefold(),
        card_fingerprint=payment.card_fingerprint,
        card_last4=payment.card_last4,
        customer_ip=order.customer_ip if own else "",
        device_id=order.device_id if own else "",
        device_fingerprint=order.device_fingerprint if own else "",
        account_id=order.account_id,
        customer_email=order.customer_email,
        ship_to=order.ship_to,
        description="; ".join(f"{line.quantity} × {line.title}" for line in order.lines if line.title),
        disputed=payment.disputed or disputed,
        fraud_reported=payment.fraud_reported,
        refunded=any(refund.status == "succeeded" for refund in order.refunds),
    )


def _own_session(order: Order, payment: Payment) -> bool:
    """Tell whether the customer was there: a renewal is made by the merchant, without a device of its own."""
    if order.goods == "subscription":
        return payment.captured_at <= order.placed_at + timedelta(days=identifier_limits().renewal_after_days)
    first = min(paid.captured_at for paid in order.payments) if order.payments else payment.captured_at
    return payment.captured_at - first < timedelta(days=1)


def _kind_of_goods(goods: str) -> str:
    if goods in MERCHANDISE:
        return "merchandise"
    return "services" if goods in SERVICES else ""


def _provided(order: Order, payment: Payment) -> Compared | None:
    for parcel in order.shipments:
        if parcel.delivered_at is not None:
            return Compared(
                record="shipment",
                field="delivered_at",
                value=parcel.delivered_at.isoformat(),
                evidence_id=f"shipment:{parcel.tracking_number}",
            )
    used = next((access for access in order.accesses if access.at >= payment.captured_at), None)
    if used is None:
        return None
    told = f"{used.at.isoformat()} {used.what}"
    return Compared(record="order", field="accesses", value=told, evidence_id=f"order:{order.number}")


def _withheld(order: Order) -> Compared | None:
    if order.status in {"cancelled", "returned"}:
        return Compared(record="order", field="status", value=order.status, evidence_id=f"order:{order.number}")
    for parcel in order.shipments:
        if parcel.scans and parcel.scans[-1].status == "returned":
            evidence_id = f"shipment:{parcel.tracking_number}"
            return Compared(record="shipment", field="status", value="returned", evidence_id=evidence_id)
    return None
