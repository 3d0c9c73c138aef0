"""Faults in the records of an order: dates, places, people, amounts, scans, refunds, disputes, payments."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from rejoinder.domain.money import Money
from rejoinder.domain.orders import PostalAddress, Refund, Scan, Shipment
from tests.clock import NOW
from tests.planted.faults import Fault, fault
from tests.planted.world import LATIN, Case, Notice, Place, dispute_reference, payment_reference

DAY = timedelta(days=1)
GOODS_CLAIMS = ("not_received", "not_as_described", "credit_not_processed")
FRAUD = ("fraud_card_absent",)


def _delivered(case: Case, at: datetime, place: str = "") -> Case:
    """Move the delivery, in the shop's record and in the carrier's."""
    parcel = case.order.shipments[0]
    last = replace(parcel.scans[-1], at=at, place=place or parcel.scans[-1].place)
    return case.shipped(delivered_at=at, scans=(*parcel.scans[:-1], last))


def _parcel(case: Case) -> Shipment:
    return case.order.shipments[0]


def _scanned_on_another_day(case: Case, rng: Random) -> Case:
    parcel = _parcel(case)
    late = replace(parcel.scans[-1], at=parcel.scans[-1].at + 3 * DAY)
    return case.shipped(scans=(*parcel.scans[:-1], late))


def _not_yet_there(case: Case, rng: Random) -> Case:
    parcel = _parcel(case)
    return case.shipped(delivered_at=None, signed_by="", scans=parcel.scans[:2], promised_by=NOW - 20 * DAY)


def _used_before_bought(case: Case, rng: Random) -> Case:
    uses = tuple(replace(use, at=use.at - 12 * DAY) for use in case.order.accesses)
    return case.ordered(accesses=uses)


DATES: tuple[Fault, ...] = (
    fault(
        "delivered before it was shipped",
        lambda c, r: _delivered(c, _parcel(c).shipped_at - 2 * DAY),
        "delivered_before_shipped",
        "moved_before_ordered",
        goods="physical",
        categories=GOODS_CLAIMS,
    ),
    fault(
        "cancelled before it was shipped",
        lambda c, r: c.ordered(cancelled_at=c.order.placed_at + timedelta(hours=3)),
        "shipped_after_cancellation",
        goods="physical",
        categories=("not_received", "cancelled_merchandise"),
    ),
    fault(
        "delivered after the promised day",
        lambda c, r: _delivered(c, _parcel(c).promised_by + 4 * DAY),
        "delivered_late",
        goods="physical",
        categories=("not_received",),
    ),
    fault(
        "shipped before it was ordered",
        lambda c, r: c.shipped(shipped_at=c.order.placed_at - 3 * DAY),
        "moved_before_ordered",
        goods="physical",
        categories=GOODS_CLAIMS,
    ),
    fault(
        "delivered after the dispute",
        lambda c, r: _delivered(c, c.notice.raised_at + timedelta(hours=14)),
        "delivered_after_dispute",
        goods="physical",
        categories=("not_received",),
    ),
    fault(
        "the carrier's scan is three days after the shop's day of delivery",
        _scanned_on_another_day,
        "delivery_dates_differ",
        goods="physical",
        categories=("not_received",),
    ),
    fault(
        "charged after the subscription was cancelled",
        lambda c, r: c.ordered(cancelled_at=c.payment.captured_at - 5 * DAY),
        "charged_after_cancellation",
        categories=("cancelled_recurring",),
    ),
    fault(
        "promised for a day that has passed, not delivered",
        _not_yet_there,
        "not_delivered_in_time",
        goods="physical",
        categories=("not_received",),
    ),
    fault(
        "the notice names a day long before the payment",
        lambda c, r: c.told(paid_on=(c.payment.captured_at - 40 * DAY).date().isoformat()),
        "other_payment_transaction_date",
        way="adyen",
    ),
    fault(
        "used before it was bought",
        _used_before_bought,
        "used_before_ordered",
        goods="digital",
        categories=("not_received",),
    ),
)


def _scan_in(place: str) -> object:
    return lambda case, rng: _delivered(case, _parcel(case).delivered_at, place)


def _sent_to(city: str, place: str, country: str = "US") -> object:
    def plant(case: Case, rng: Random) -> Case:
        there = replace(case.order.ship_to, city=city, country=country)
        return _delivered(case.ordered(ship_to=there, bill_to=there), _parcel(case).delivered_at, place)

    return plant


def _one_parcel_elsewhere(case: Case, rng: Random) -> Case:
    first = _parcel(case)
    away = replace(first.scans[-1], place="Trondheim" if case.place.name.isascii() else "Осло")
    second = replace(first, tracking_number=f"{first.tracking_number}9", scans=(*first.scans[:-1], away))
    return case.ordered(shipments=(first, second))


def _sent_on(case: Case, rng: Random) -> Case:
    ship = replace(case.order.ship_to, lines=("Depot 4",), city="Rotterdam", postcode="3011", country="NL")
    return _delivered(case.ordered(ship_to=ship), _parcel(case).delivered_at, "Rotterdam")


IN_LATIN = {"goods": "physical", "categories": ("not_received",)}
PLACES: tuple[Fault, ...] = (
    fault("delivered in another town", _scan_in("Tromsø"), "delivered_elsewhere", place=LATIN[2], **IN_LATIN),
    fault("delivered in another country", _scan_in("Antwerp, BE"), "delivered_elsewhere", place=LATIN[0], **IN_LATIN),
    fault("delivered in a town written in another script", _scan_in("Shenzhen"), "delivered_elsewhere", language="zh", **IN_LATIN),
    fault("towns that share the word New", _sent_to("New York", "NEW ORLEANS, LA"), "delivered_elsewhere", **IN_LATIN),
    fault("towns that share the word Saint", _sent_to("Saint-Denis", "SAINT MALO", "FR"), "delivered_elsewhere", **IN_LATIN),
    fault("one of two parcels in another town", _one_parcel_elsewhere, "delivered_elsewhere", place=LATIN[1], **IN_LATIN),
    fault("sent to a town that is not the payer's", _sent_on, "ships_elsewhere", place=LATIN[3], **IN_LATIN),
    fault("the same town's name in another country", _sent_to("Paris", "Paris, TX, US", "FR"), "delivered_elsewhere", **IN_LATIN),
    fault("towns that share the word San", _sent_to("San Diego", "San Antonio"), "delivered_elsewhere", **IN_LATIN),
    fault("the town's name inside another's", _sent_to("York", "Yorkton", "GB"), "delivered_elsewhere", **IN_LATIN),
)


def _billed_to(case: Case, **changes: object) -> Case:
    return case.ordered(bill_to=replace(case.order.bill_to or case.order.ship_to, **changes))


def _other_recipient(case: Case, rng: Random) -> Case:
    return case.ordered(bill_to=None, ship_to=replace(case.order.ship_to, name="Harold Nyberg")).shipped(signed_by="Harold Nyberg")


PEOPLE: tuple[Fault, ...] = (
    fault("signed for by somebody else", lambda c, r: c.shipped(signed_by="R. Kowalczyk"), "signed_by_another", place=LATIN[0], **IN_LATIN),
    fault("signed for in another script", lambda c, r: c.shipped(signed_by="Wang Wei"), "signed_by_another", language="ko", **IN_LATIN),
    fault("signed for by another with the same first name", lambda c, r: c.shipped(signed_by="Marta Kaczmarek"), "signed_by_another", language="es", **IN_LATIN),
    fault("paid by somebody else", lambda c, r: _billed_to(c, name="Gregor Samson"), "names_differ", place=LATIN[1], categories=FRAUD, goods="physical"),
    fault("paid from another country", lambda c, r: _billed_to(c, country="NO", city="Bergen", postcode="5003"), "ships_elsewhere", categories=FRAUD, goods="physical"),
    fault("paid from another town", lambda c, r: _billed_to(c, city="Gotham", postcode="99999"), "ships_elsewhere", place=LATIN[4], categories=FRAUD, goods="physical"),
    fault("sent to somebody else, no payer's address known", _other_recipient, "names_differ", place=LATIN[0], categories=FRAUD, goods="physical"),
    fault("the notice names another card", lambda c, r: c.told(card_last4="0007"), "other_payment_card_last4", way="adyen"),
    fault("the notice names another network", lambda c, r: c.paid(network="mastercard", eci="02"), "other_payment_network", way="webhook", networks=("visa",)),
    fault("the notice names another buyer", lambda c, r: c.told(buyer_email="stranger@inbox.example"), "other_payment_buyer_email", way="webhook"),
    fault("the notice names another ARN", lambda c, r: c.told(arn="75555555555555555555555"), "other_payment_arn", way="pingpong"),
)


def _more(amount: Money, minor: int) -> Money:
    return Money(amount_minor=amount.amount_minor + minor, currency=amount.currency)


def _twice(case: Case, rng: Random) -> Case:
    again = replace(case.payment, reference=payment_reference(case.number, case.notice.way, "2"), captured_at=case.payment.captured_at + timedelta(minutes=1))
    return case.ordered(payments=(case.payment, again))


AMOUNTS: tuple[Fault, ...] = (
    fault("disputed for more than was paid", lambda c, r: c.told(amount=_more(c.payment.amount, 1500)), "amount_above_payment"),
    fault("disputed for ten times what was paid", lambda c, r: c.told(amount=Money(amount_minor=c.payment.amount.amount_minor * 10, currency=c.payment.amount.currency)), "amount_above_payment"),
    fault("paid more than the order's total", lambda c, r: c.ordered(total=_more(c.order.total, -700)), "paid_above_order"),
    fault("paid less than the order's total", lambda c, r: c.ordered(total=_more(c.order.total, 900)), "paid_below_order"),
    fault("one order paid twice", _twice, "charged_twice", goods="physical"),
    fault("disputed for a part", lambda c, r: c.told(amount=Money(amount_minor=c.payment.amount.amount_minor // 3, currency=c.payment.amount.currency)), "disputed_amount_differs"),
    fault("the lines cost more than the total", lambda c, r: c.ordered(lines=tuple(replace(line, quantity=3) for line in c.order.lines)), "lines_differ"),
)


def _label_only(case: Case, **changes: object) -> Case:
    label = _parcel(case).scans[:1]
    return case.shipped(**{"scans": label, "delivered_at": None, "signed_by": "", **changes})


def _second_label_only(case: Case, rng: Random) -> Case:
    first = _parcel(case)
    second = replace(first, tracking_number=f"{first.tracking_number}8", delivered_at=None, signed_by="", scans=first.scans[:1])
    return case.ordered(shipments=(first, second))


def _last_scan(status: str) -> object:
    def plant(case: Case, rng: Random) -> Case:
        parcel = _parcel(case)
        return case.shipped(scans=(*parcel.scans, Scan(at=parcel.scans[-1].at + DAY, status=status)))

    return plant


SCANS: tuple[Fault, ...] = (
    fault("a label, and nothing after it", lambda c, r: _label_only(c), "not_delivered_in_time", **IN_LATIN),
    fault("a label only, no day was promised", lambda c, r: _label_only(c, promised_by=None), "ask:delivery_confirmation", "no_movement_scanned", **IN_LATIN),
    fault("called delivered, scanned as a label only", lambda c, r: c.shipped(scans=_parcel(c).scans[:1]), "delivered_without_scan", **IN_LATIN),
    fault("called delivered, never scanned on its way", lambda c, r: c.shipped(scans=_parcel(c).scans[:2]), "delivered_without_scan", **IN_LATIN),
    fault("one of two parcels is a label only", _second_label_only, "partial_delivery", **IN_LATIN),
    fault("came back, no money returned", _last_scan("returned"), "returned_not_refunded", **IN_LATIN),
    fault("not handed over, called delivered", _last_scan("attempt_failed"), "delivered_without_scan", **IN_LATIN),
    fault("no parcel at all", lambda c, r: c.ordered(shipments=()), "ask:delivery_confirmation", "ask:carrier_tracking", "ask:delivery_signature", **IN_LATIN),
    fault("a digital good without a log of its use", lambda c, r: c.ordered(accesses=()), "digital_not_received:unknown", "ask:digital_access_log", goods="digital", categories=("not_received",)),
)


def _refund(case: Case, minor: int, at: datetime, *, status: str = "succeeded", arn: str = "74111111111111111111111", currency: str = "") -> Case:
    given = Money(amount_minor=minor, currency=currency or case.payment.amount.currency)
    made = Refund(reference=f"re_{case.number}", amount=given, status=status, created_at=at, arn=arn)
    return case.ordered(refunds=(made,))


def _whole(case: Case) -> int:
    return case.payment.amount.amount_minor


BEFORE = -6 * DAY
REFUNDS: tuple[Fault, ...] = (
    fault("given back in full before", lambda c, r: _refund(c, _whole(c), c.notice.raised_at + BEFORE), "refunded_before:holds"),
    fault("given back in part, disputed in full", lambda c, r: _refund(c, _whole(c) // 2, c.notice.raised_at + BEFORE), "refunded_in_part:holds"),
    fault("given back in full after the dispute", lambda c, r: _refund(c, _whole(c), c.notice.raised_at + timedelta(hours=9)), "refunded_after", "double_loss_refunded"),
    fault("a refund on its way", lambda c, r: _refund(c, _whole(c), c.notice.raised_at + BEFORE, status="pending"), "refund_pending", "refund_unfinished"),
    fault("a refund that failed", lambda c, r: _refund(c, _whole(c), c.notice.raised_at + BEFORE, status="failed"), "refund_failed", "refund_unfinished"),
    fault("given back in full, no reference of the bank", lambda c, r: _refund(c, _whole(c), c.notice.raised_at + BEFORE, arn=""), "refund_arn"),
    fault("given back in another currency", lambda c, r: _refund(c, _whole(c), c.notice.raised_at + BEFORE, currency="CHF"), "refund_not_comparable"),
    fault("given back in part, the same part is disputed", lambda c, r: _refund(c.told(amount=Money(amount_minor=_whole(c) // 2, currency=c.payment.amount.currency)), _whole(c) // 2, c.notice.raised_at + BEFORE), "refunded_in_part:unknown"),
)


def _earlier_notice(case: Case, **changes: object) -> Case:
    first = replace(case.notice, raised_at=case.notice.raised_at - 12 * DAY, **changes)
    return replace(case, before=(first,))


def _again(case: Case, rng: Random) -> Case:
    return _earlier_notice(case, reference=dispute_reference(case.number, case.notice.way, "7"))


def _parts(case: Case, rng: Random) -> Case:
    half = Money(amount_minor=_whole(case) // 2, currency=case.payment.amount.currency)
    told = case.told(amount=half)
    return _earlier_notice(told, reference=dispute_reference(case.number, "webhook", "7"))


def _other_stage(case: Case, rng: Random) -> Case:
    reference = dispute_reference(case.number, "webhook", "7")
    return _earlier_notice(case, reference=reference, status="warning_needs_response", case_type="inquiry")


def _lost_before(case: Case, rng: Random) -> Case:
    return _earlier_notice(case, reference=dispute_reference(case.number, "webhook", "7"), status="lost")


def _by_arn(case: Case, rng: Random) -> Case:
    arn = case.payment.arn
    other = dispute_reference(case.number, "pingpong", "7")
    return _earlier_notice(case.told(arn=arn, payment_reference=""), reference=other, arn=arn, payment_reference="")


DUPLICATES: tuple[Fault, ...] = (
    fault("two disputes of one payment", _again, "duplicate_dispute:holds", way="webhook"),
    fault("two disputes of one payment, by mail", _again, "duplicate_dispute:holds", way="adyen"),
    fault("two disputes with one ARN", _by_arn, "duplicate_dispute:holds", way="pingpong"),
    fault("two disputes of two parts", _parts, "duplicate_dispute", "duplicate_dispute_parts", way="webhook"),
    fault("an inquiry of the same payment before", _other_stage, "duplicate_dispute_stage", way="webhook"),
    fault("the same payment was disputed and lost before", _lost_before, "duplicate_dispute:holds", way="webhook"),
)


def _old(case: Case, days: int) -> Case:
    """Move the order and all that belongs to it into the past."""
    back = timedelta(days=days)
    order = case.order
    moved = case.ordered(
        placed_at=order.placed_at - back,
        payments=tuple(replace(one, captured_at=one.captured_at - back) for one in order.payments),
        shipments=tuple(_earlier(one, back) for one in order.shipments),
        accesses=tuple(replace(one, at=one.at - back) for one in order.accesses),
    )
    return moved.told(paid_on=moved.payment.captured_at.astimezone(UTC).date().isoformat())


def _earlier(parcel: Shipment, back: timedelta) -> Shipment:
    def moved(at: datetime | None) -> datetime | None:
        return at - back if at else None

    scans = tuple(replace(scan, at=scan.at - back) for scan in parcel.scans)
    return replace(parcel, shipped_at=moved(parcel.shipped_at), promised_by=moved(parcel.promised_by), delivered_at=moved(parcel.delivered_at), scans=scans)


TIMES: tuple[Fault, ...] = (
    fault("raised after the issuer's last day", lambda c, r: _old(c, 130), "time_limit:holds", categories=FRAUD, way="webhook"),
    fault("raised after the very last day of a late delivery", lambda c, r: _old(c, 560), "time_limit:holds", categories=("not_received",), networks=("visa", "mastercard"), way="webhook"),
    fault("raised late, perhaps counted from the delivery", lambda c, r: _old(c, 130), "time_limit:unknown", categories=("not_received",), networks=("visa",), way="webhook"),
    fault("the one answer was given", lambda c, r: c.told(status="needs_response", submissions=1), "clock_spent", way="webhook"),
    fault("the deadline has passed", lambda c, r: c.told(raised_at=NOW - 25 * DAY, due_at=NOW - 2 * DAY), "clock_overdue", way="webhook"),
    fault("the deadline of a mail has passed", lambda c, r: c.told(raised_at=NOW - 25 * DAY, due_at=NOW - 2 * DAY), "clock_overdue", way="adyen"),
    fault("the deadline is in an hour", lambda c, r: c.told(due_at=NOW + timedelta(hours=1)), "clock_merchant_passed", "clock_overdue", way="webhook"),
)

PAYMENTS: tuple[Fault, ...] = (
    fault("called shifted, with ECI 07", lambda c, r: c.paid(eci="07", three_d_secure="", liability_shift=True), "three_ds_conflict", categories=FRAUD, networks=("visa", "amex")),
    fault("authenticated, with ECI 07", lambda c, r: c.paid(eci="07"), "three_ds_conflict", categories=FRAUD, networks=("visa",)),
    fault("not authenticated at all", lambda c, r: c.paid(eci="07", three_d_secure="failed"), "three_ds:fails", categories=FRAUD, networks=("visa",)),
    fault("called not shifted, with ECI 02", lambda c, r: c.paid(liability_shift=False), "three_ds_conflict", categories=FRAUD, networks=("mastercard",)),
    fault("address and code did not match", lambda c, r: c.paid(avs_result="N", cvv_result="N", three_d_secure="", eci=""), "card_checks_failed", categories=FRAUD),
    fault("the code did not match", lambda c, r: c.paid(cvv_result="no match"), "cvv_failed", categories=FRAUD),
    fault("the address did not match", lambda c, r: c.paid(avs_result="Neither address nor postcode match"), "avs_failed", categories=FRAUD),
    fault("the network reported fraud", lambda c, r: c.paid(fraud_reported=True), "fraud_reported", categories=FRAUD),
    fault("3-D Secure named against another reason", lambda c, r: c.paid(liability_shift=True), "three_ds_other_reason", categories=("not_received",)),
)


def _in(currency: str) -> object:
    return lambda case, rng: case.told(amount=Money(amount_minor=_whole(case), currency=currency))


def _from_domain(domain: str, proof: str = "dmarc=pass") -> object:
    return lambda case, rng: case.told(domain=domain, proof=proof)


SOURCES: tuple[Fault, ...] = (
    fault("disputed in another currency", _in("CHF"), "currency_differs", way="webhook"),
    fault("disputed in yen, paid in euro", _in("JPY"), "currency_differs", way="adyen"),
    fault("a code nobody knows", lambda c, r: c.told(code="99.42"), "unknown_code", "reason_unknown", way="webhook", categories=("misrepresentation",)),
    fault("a code nobody knows, by mail", lambda c, r: c.told(code="77.1"), "unknown_code", "reason_unknown", way="pingpong"),
    fault("a code of another network", lambda c, r: c.told(network="mastercard"), "unknown_code", "reason_unknown", "other_payment_network", way="webhook", networks=("visa",)),
    fault("a sender that looks like the source", _from_domain("adyen-support.com"), "set_aside", routed=("not_authentic", "untrusted_sender"), way="adyen"),
    fault("a sender with a letter changed", _from_domain("paypaI.com"), "set_aside", routed=("not_authentic", "untrusted_sender"), way="paypal"),
    fault("the source's own policy denies the mail", _from_domain("", "dmarc=fail"), "set_aside", routed=("not_authentic",), way="paypal"),
    fault("nothing proves who sent the notice", _from_domain("acquirer-desk.example", "dmarc=none"), routed=("not_authentic",), way="adyen"),
)
