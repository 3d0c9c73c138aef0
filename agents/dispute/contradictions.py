"""Where the merchant's own records of an order speak against it, or against each other."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime

from agents.dispute.records import of_dispute, of_order, of_payment, of_refund
from agents.dispute.subject import Subject
from rejoinder.domain.judgement import Compared, Finding, Verdict
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Order, Payment, PostalAddress, Shipment

_CHECK_FAILED = re.compile(r"^(n|fail(ed)?|no[ _]?match|mismatch)$|\bneither\b|(no|doesn.)t match", re.I)
_WORD = re.compile(r"\w+")


def impossible_dates(subject: Subject) -> Iterator[Finding]:
    """A parcel moves after the order, and is delivered after it was shipped."""
    for order, shipment in _parcels(subject):
        shipped, delivered = shipment.shipped_at, shipment.delivered_at
        if shipped and delivered and _day_before(delivered, shipped):
            yield _dates("delivered_before_shipped", shipment, ("delivered_at", delivered), ("shipped_at", shipped))
        first = min((at for at in (shipped, delivered) if at), default=None)
        if first and _day_before(first, order.placed_at):
            record = of_order(order, "placed_at", _day(order.placed_at))
            moved = _parcel(shipment, "shipped_at" if first == shipped else "delivered_at", _day(first))
            yield _finding("moved_before_ordered", moved, record)


def late_delivery(subject: Subject) -> Iterator[Finding]:
    """Goods arrive by the promised day, and before the customer disputes."""
    for _, shipment in _parcels(subject):
        promised, delivered, opened = shipment.promised_by, shipment.delivered_at, subject.opened_at
        if promised and delivered and _day_before(promised, delivered):
            yield _dates("delivered_late", shipment, ("delivered_at", delivered), ("promised_by", promised))
        if promised and not delivered and _day_before(promised, subject.now):
            yield _dates("not_delivered_in_time", shipment, ("promised_by", promised), ("delivered_at", None))
        if opened and delivered and delivered > opened:
            arrived = _parcel(shipment, "delivered_at", _day(delivered))
            yield _finding("delivered_after_dispute", arrived, of_dispute("opened_at", _day(opened)))


def partial_delivery(subject: Subject) -> Iterator[Finding]:
    """All parcels of an order arrive, and none comes back without a refund."""
    order = subject.order
    if order is None:
        return
    arrived = [shipment for shipment in order.shipments if shipment.delivered_at]
    missing = [shipment for shipment in order.shipments if not shipment.delivered_at]
    if arrived and missing:
        there = _parcel(arrived[0], "delivered_at", _day(arrived[0].delivered_at))
        values = {"arrived": str(len(arrived)), "parcels": str(len(order.shipments))}
        yield _finding("partial_delivery", there, _parcel(missing[0], "delivered_at", ""), values=values)
    refunded = any(refund.status == "succeeded" for refund in order.refunds)
    for shipment in order.shipments:
        if shipment.scans and shipment.scans[-1].status == "returned" and not refunded:
            back = _parcel(shipment, "scan", _day(shipment.scans[-1].at))
            yield _finding("returned_not_refunded", back, of_order(order, "refunds", 0))


def cancelled_first(subject: Subject) -> Iterator[Finding]:
    """A cancelled order is neither shipped nor charged afterwards."""
    order = subject.order
    if order is None or order.cancelled_at is None:
        return
    cancelled = of_order(order, "cancelled_at", _day(order.cancelled_at))
    for shipment in order.shipments:
        if shipment.shipped_at and shipment.shipped_at > order.cancelled_at:
            left = _parcel(shipment, "shipped_at", _day(shipment.shipped_at))
            yield _finding("shipped_after_cancellation", left, cancelled)
    for payment in order.payments:
        if payment.captured_at > order.cancelled_at:
            charged = of_payment(payment, "captured_at", _day(payment.captured_at))
            yield _finding("charged_after_cancellation", charged, cancelled)


def delivered_elsewhere(subject: Subject) -> Iterator[Finding]:
    """The carrier's last scan names the city the order names; in another script nobody can tell."""
    for order, shipment in _parcels(subject):
        place = next((scan.place for scan in reversed(shipment.scans) if scan.status == "delivered"), "")
        verdict = _place_differs(place, order.ship_to)
        if verdict != "fails":
            town = of_order(order, "ship_to.city", order.ship_to.city)
            yield _finding("delivered_elsewhere", _parcel(shipment, "place", place), town, verdict=verdict)


def _place_differs(place: str, address: PostalAddress) -> Verdict:
    """Tell whether a scan's place is another town than the address; fails where nothing can be compared."""
    if not place or not address.city or _words(place) <= {address.country.casefold(), address.state.casefold()}:
        return "fails"
    if _words(address.city) & _words(place) or (address.postcode and _joined(address.postcode) in _joined(place)):
        return "fails"
    if _joined(address.city) in _joined(place):
        return "fails"
    return "holds" if _scripts(place) == _scripts(address.city) else "unknown"


def strange_signature(subject: Subject) -> Iterator[Finding]:
    """Who signed for the parcel is who it was sent to."""
    for order, shipment in _parcels(subject):
        recipient = order.ship_to.name or order.customer_name
        if shipment.signed_by and recipient and not _same_name(shipment.signed_by, recipient):
            verdict: Verdict = "holds" if _scripts(shipment.signed_by) == _scripts(recipient) else "unknown"
            signed = _parcel(shipment, "signed_by", shipment.signed_by)
            yield _finding("signed_by_another", signed, of_order(order, "ship_to.name", recipient), verdict=verdict)


def different_people(subject: Subject) -> Iterator[Finding]:
    """Buyer, payer and recipient are one person at one address."""
    order = subject.order
    if order is None or order.bill_to is None:
        return
    bill, ship = order.bill_to, order.ship_to
    if bill.name and ship.name and not _same_name(bill.name, ship.name):
        pair = of_order(order, "bill_to.name", bill.name), of_order(order, "ship_to.name", ship.name)
        yield _finding("names_differ", *pair)
    for part in ("country", "postcode", "city"):
        billed, shipped = str(getattr(bill, part)), str(getattr(ship, part))
        if billed and shipped and _joined(billed) != _joined(shipped):
            pair = of_order(order, f"bill_to.{part}", billed), of_order(order, f"ship_to.{part}", shipped)
            yield _finding("ships_elsewhere", *pair)
            return


def different_amounts(subject: Subject) -> Iterator[Finding]:
    """Order, payment and dispute are of one amount; what differs must be explained in the letter."""
    order, payment, disputed = subject.order, subject.payment, subject.dispute.amount
    if order and {p.amount.currency for p in order.payments} == {order.total.currency}:
        paid = sum(p.amount.amount_minor for p in order.payments)
        if paid > order.total.amount_minor and not _charged_twice(order):
            text = str(Money(amount_minor=paid, currency=order.total.currency))
            yield _finding("paid_above_order", of_order(order, "payments", text), of_order(order, "total", order.total))
    if payment and disputed and disputed != payment.amount:
        verdict: Verdict = "holds" if disputed.currency == payment.amount.currency else "unknown"
        pair = of_dispute("amount", disputed), of_payment(payment, "amount", payment.amount)
        yield _finding("disputed_amount_differs", *pair, verdict=verdict)


def truly_charged_twice(subject: Subject) -> Iterator[Finding]:
    """One order is paid once."""
    pair = _charged_twice(subject.order) if subject.order else ()
    if pair:
        yield _finding("charged_twice", *(of_payment(payment, "amount", payment.amount) for payment in pair))


def _charged_twice(order: Order) -> tuple[Payment, ...]:
    """Return two full payments of one order, none where what was paid too much was given back."""
    full = tuple(payment for payment in order.payments if payment.amount == order.total)
    back = sum(r.amount.amount_minor for r in order.refunds if r.status == "succeeded")
    if len(full) < 2 or order.goods == "subscription" or back >= order.total.amount_minor * (len(full) - 1):
        return ()
    return full[:2]


def failed_card_checks(subject: Subject) -> Iterator[Finding]:
    """The issuer confirmed address and security code, and reported no fraud."""
    payment = subject.payment
    if payment is None:
        return
    checks = {"avs_result": payment.avs_result, "cvv_result": payment.cvv_result}
    failed = [of_payment(payment, name, result) for name, result in checks.items() if _CHECK_FAILED.search(result)]
    for compared in failed:
        yield _finding(compared.field.replace("_result", "_failed"), compared)
    if len(failed) == len(checks):
        yield _finding("card_checks_failed", *failed)
    if payment.fraud_reported:
        yield _finding("fraud_reported", of_payment(payment, "fraud_reported", "yes"))


def unfinished_refunds(subject: Subject) -> Iterator[Finding]:
    """A refund that was started has arrived."""
    for refund in subject.order.refunds if subject.order else ():
        if refund.status in {"pending", "failed"}:
            values = {"amount": str(refund.amount), "day": _day(refund.created_at), "status": refund.status}
            yield _finding("refund_unfinished", of_refund(refund, "status", refund.status), values=values)


def _parcels(subject: Subject) -> Iterator[tuple[Order, Shipment]]:
    if subject.order:
        yield from ((subject.order, shipment) for shipment in subject.order.shipments)


def _finding(
    code: str, *compared: Compared, verdict: Verdict = "holds", values: Mapping[str, str] | None = None
) -> Finding:
    """Return a finding whose sentence may use the first and second value compared."""
    pair = dict(zip(("first", "second"), (row.value for row in compared), strict=False))
    return Finding(code=code, verdict=verdict, values={**pair, **(values or {})}, compared=compared)


def _dates(code: str, shipment: Shipment, *pair: tuple[str, datetime | None]) -> Finding:
    return _finding(code, *(_parcel(shipment, field, _day(at)) for field, at in pair))


def _parcel(shipment: Shipment, field: str, value: str) -> Compared:
    return Compared(record="shipment", field=field, value=value, evidence_id=f"shipment:{shipment.tracking_number}")


def _day_before(one: datetime, other: datetime) -> bool:
    """Tell whether an instant lies on an earlier day: many sources know the day only."""
    return one.date() < other.astimezone(one.tzinfo).date()


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""


def _same_name(one: str, other: str) -> bool:
    """Tell whether two names share a word, so that initials, orders and second names do not matter."""
    shared = _words(one) & _words(other)
    return any(len(word) > 1 for word in shared) or _joined(one) == _joined(other)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in folded if not unicodedata.combining(character))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(_plain(text)))


def _joined(text: str) -> str:
    return "".join(_WORD.findall(_plain(text)))


def _scripts(text: str) -> frozenset[str]:
    return frozenset(unicodedata.name(letter, "?").split()[0] for letter in text if letter.isalpha())
