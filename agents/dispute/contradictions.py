"""Where the merchant's own records of an order speak against it, or against each other."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from agents.dispute.records import of_dispute, of_order, of_payment, of_refund
from agents.dispute.subject import Subject
from knowledge.admissions import town_words
from rejoinder.domain.judgement import Compared, Finding, Verdict
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Order, Payment, PostalAddress, Shipment

_CHECK_FAILED = re.compile(r"^(n|fail(ed)?|no[ _]?match|mismatch)$|\bneither\b|(no|doesn.)t match", re.I)
_WORD = re.compile(r"\w+")
_APOSTROPHES = re.compile("['’‘`´]")
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
_WITHOUT_MARKS = str.maketrans({"ø": "o", "æ": "ae", "ł": "l", "đ": "d", "ı": "i"})
_UNSPACED = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI"})
_SAME_DELIVERY = timedelta(days=1)
_ARRIVED = frozenset({"delivered", "returned"})


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


def contradicting_scans(subject: Subject) -> Iterator[Finding]:
    """What the shop calls delivered the carrier scanned as delivered, last of all and on that day."""
    for _, shipment in _parcels(subject):
        if not shipment.delivered_at or not shipment.scans:
            continue
        arrived = _parcel(shipment, "delivered_at", _day(shipment.delivered_at))
        last, there = shipment.scans[-1], [scan for scan in shipment.scans if scan.status == "delivered"]
        if last.status not in _ARRIVED:
            scanned = _parcel(shipment, "scan", f"{last.status} {_day(last.at)}")
            yield _finding("delivered_without_scan", arrived, scanned, values={"status": last.status})
        elif there and min(abs(scan.at - shipment.delivered_at) for scan in there) > _SAME_DELIVERY:
            yield _finding("delivery_dates_differ", arrived, _parcel(shipment, "scan", _day(there[-1].at)))


def used_before_ordered(subject: Subject) -> Iterator[Finding]:
    """A digital good is used after it was ordered, by somebody who ordered nothing before."""
    order = subject.order
    if order is None or order.goods != "digital" or subject.earlier_orders:
        return
    first = min((access.at for access in order.accesses), default=None)
    if first and _day_before(first, order.placed_at):
        pair = of_order(order, "accesses", _day(first)), of_order(order, "placed_at", _day(order.placed_at))
        yield _finding("used_before_ordered", *pair)


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
    city = _words(address.city) - town_words() or _words(address.city)
    if city & _words(place) or _stands_in(address.city, place) or _stands_in(address.postcode, place):
        return "fails"
    return "holds" if _scripts(place) == _scripts(address.city) else "unknown"


def _stands_in(name: str, place: str) -> bool:
    """Tell whether a name is one or several whole words of a place; in scripts without spaces, any part of it."""
    if _scripts(name) & _UNSPACED:
        return bool(name) and any(one in other for one in _joined(name) for other in _joined(place))
    words = [_WORD.findall(spelling) for spelling in _spellings(place)]
    runs = {"".join(found[i:j]) for found in words for i in range(len(found)) for j in range(i + 1, len(found) + 1)}
    return bool((_joined(name) - {""}) & runs)


def strange_signature(subject: Subject) -> Iterator[Finding]:
    """Who signed for the parcel is who it was sent to."""
    for order, shipment in _parcels(subject):
        recipient = order.ship_to.name or order.customer_name
        if not shipment.signed_by or not recipient:
            continue
        pair = _parcel(shipment, "signed_by", shipment.signed_by), of_order(order, "ship_to.name", recipient)
        if not _same_name(shipment.signed_by, recipient):
            same_script = _scripts(shipment.signed_by) == _scripts(recipient)
            yield _finding("signed_by_another", *pair, verdict="holds" if same_script else "unknown")
        elif _other_surname(shipment.signed_by, recipient):
            yield _finding("signed_by_namesake", *pair, verdict="unknown")


def different_people(subject: Subject) -> Iterator[Finding]:
    """Buyer, payer and recipient are one person at one address."""
    order = subject.order
    if order is None:
        return
    yield from _different_names(order)
    for part in ("country", "postcode", "city") if order.bill_to else ():
        billed, shipped = str(getattr(order.bill_to, part)), str(getattr(order.ship_to, part))
        if billed and shipped and not _joined(billed) & _joined(shipped):
            pair = of_order(order, f"bill_to.{part}", billed), of_order(order, f"ship_to.{part}", shipped)
            yield _finding("ships_elsewhere", *pair)
            return


def _different_names(order: Order) -> Iterator[Finding]:
    """Compare who the goods went to with who paid, or with who ordered where no payer is named."""
    field, payer = "customer_name", order.customer_name
    if order.bill_to and order.bill_to.name:
        field, payer = "bill_to.name", order.bill_to.name
    if payer and order.ship_to.name and not _same_name(payer, order.ship_to.name):
        yield _finding(
            "names_differ", of_order(order, field, payer), of_order(order, "ship_to.name", order.ship_to.name)
        )


def different_amounts(subject: Subject) -> Iterator[Finding]:
    """Order, payment and dispute are of one amount; what differs must be explained in the letter."""
    order, payment, disputed = subject.order, subject.payment, subject.dispute.amount
    if order and {p.amount.currency for p in order.payments} == {order.total.currency}:
        paid = sum(p.amount.amount_minor for p in order.payments)
        text = str(Money(amount_minor=paid, currency=order.total.currency))
        pair = of_order(order, "payments", text), of_order(order, "total", order.total)
        if paid > order.total.amount_minor and not _charged_twice(order):
            yield _finding("paid_above_order", *pair)
        elif paid < order.total.amount_minor:
            yield _finding("paid_below_order", *pair)
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
    return any(len(word) > 1 for word in shared) or bool(_joined(one) & _joined(other))


def _other_surname(one: str, other: str) -> bool:
    """Tell whether two names that share a word end, or begin, with other whole words: a relative, or a stranger."""
    mine, theirs = _words(one), _words(other)
    rest, missing = mine - theirs, theirs - mine
    whole = all(any(len(word) > 1 for word in words) for words in (rest, missing))
    return whole and len(mine & theirs) == 1 and not _joined(one) & _joined(other)


def _spellings(text: str) -> tuple[str, str, str]:
    """Return a text without accents in the ways it may be written: dropped, spelled out, apostrophes dropped."""
    small = text.casefold()
    bare = _bare(small.translate(_WITHOUT_MARKS))
    return bare, _bare(small.translate(_SPELLED_OUT)), _APOSTROPHES.sub("", bare)


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text)
    return "".join(character for character in folded if not unicodedata.combining(character))


def _words(text: str) -> set[str]:
    return {word for spelling in _spellings(text) for word in _WORD.findall(spelling)}


def _joined(text: str) -> set[str]:
    return {"".join(_WORD.findall(spelling)) for spelling in _spellings(text)}


def _scripts(text: str) -> frozenset[str]:
    return frozenset(unicodedata.name(letter, "?").split()[0] for letter in text if letter.isalpha())
