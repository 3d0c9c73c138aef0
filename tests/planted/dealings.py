"""Faults in what became of an order: scans, refunds, other disputes, deadlines, the payment, the notice's source."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from rejoinder.domain.money import Money
from rejoinder.domain.orders import Refund, Scan, Shipment
from tests.clock import NOW
from tests.planted.faults import Fault, fault
from tests.planted.records import DAY, FRAUD, IN_LATIN, parcel_of
from tests.planted.world import Case, dispute_reference


def _label_only(case: Case, **changes: object) -> Case:
    label = parcel_of(case).scans[:1]
    return case.shipped(**{"scans": label, "delivered_at": None, "signed_by": "", **changes})


def _second_label_only(case: Case, rng: Random) -> Case:
    first = parcel_of(case)
    second = replace(
        first, tracking_number=f"{first.tracking_number}8", delivered_at=None, signed_by="", scans=first.scans[:1]
    )
    return case.ordered(shipments=(first, second))


def _last_scan(status: str) -> object:
    def plant(case: Case, rng: Random) -> Case:
        parcel = parcel_of(case)
        return case.shipped(scans=(*parcel.scans, Scan(at=parcel.scans[-1].at + DAY, status=status)))

    return plant


SCANS: tuple[Fault, ...] = (
    fault("a label, and nothing after it", lambda c, r: _label_only(c), "not_delivered_in_time", **IN_LATIN),
    fault(
        "a label only, no day was promised",
        lambda c, r: _label_only(c, promised_by=None),
        "ask:delivery_confirmation",
        **IN_LATIN,
    ),
    fault(
        "called delivered, scanned as a label only",
        lambda c, r: c.shipped(scans=parcel_of(c).scans[:1]),
        "delivered_without_scan",
        **IN_LATIN,
    ),
    fault(
        "called delivered, never scanned on its way",
        lambda c, r: c.shipped(scans=parcel_of(c).scans[:2]),
        "delivered_without_scan",
        **IN_LATIN,
    ),
    fault("one of two parcels is a label only", _second_label_only, "partial_delivery", **IN_LATIN),
    fault("came back, no money returned", _last_scan("returned"), "returned_not_refunded", **IN_LATIN),
    fault("not handed over, called delivered", _last_scan("attempt_failed"), "delivered_without_scan", **IN_LATIN),
    fault(
        "no parcel at all",
        lambda c, r: c.ordered(shipments=()),
        "ask:delivery_confirmation",
        "ask:carrier_tracking",
        "ask:delivery_signature",
        **IN_LATIN,
    ),
    fault(
        "a digital good without a log of its use",
        lambda c, r: c.ordered(accesses=()),
        "digital_not_received:unknown",
        "ask:digital_access_log",
        goods="digital",
        categories=("not_received",),
    ),
)


def _refund(
    case: Case,
    minor: int,
    at: datetime,
    *,
    status: str = "succeeded",
    arn: str = "74000000002222222222222",
    currency: str = "",
) -> Case:
    given = Money(amount_minor=minor, currency=currency or case.payment.amount.currency)
    made = Refund(reference=f"re_{case.number}", amount=given, status=status, created_at=at, arn=arn)
    return case.ordered(refunds=(made,))


def _whole(case: Case) -> int:
    return case.payment.amount.amount_minor


BEFORE = -6 * DAY
REFUNDS: tuple[Fault, ...] = (
    fault(
        "given back in full before",
        lambda c, r: _refund(c, _whole(c), c.notice.raised_at + BEFORE),
        "refunded_before:holds",
    ),
    fault(
        "given back in part, disputed in full",
        lambda c, r: _refund(c, _whole(c) // 2, c.notice.raised_at + BEFORE),
        "refunded_in_part:holds",
    ),
    fault(
        "given back in full after the dispute",
        lambda c, r: _refund(c, _whole(c), c.notice.raised_at + timedelta(hours=9)),
        "refunded_after",
        "double_loss_refunded",
    ),
    fault(
        "a refund on its way",
        lambda c, r: _refund(c, _whole(c), c.notice.raised_at + BEFORE, status="pending"),
        "refund_pending",
        "refund_unfinished",
    ),
    fault(
        "a refund that failed",
        lambda c, r: _refund(c, _whole(c), c.notice.raised_at + BEFORE, status="failed"),
        "refund_failed",
        "refund_unfinished",
    ),
    fault(
        "given back in full, no reference of the bank",
        lambda c, r: _refund(c, _whole(c), c.notice.raised_at + BEFORE, arn=""),
        "refund_arn",
    ),
    fault(
        "given back in another currency",
        lambda c, r: _refund(c, _whole(c), c.notice.raised_at + BEFORE, currency="CHF"),
        "refund_not_comparable",
    ),
    fault(
        "given back in part, the same part is disputed",
        lambda c, r: _refund(
            c.told(amount=Money(amount_minor=_whole(c) // 2, currency=c.payment.amount.currency)),
            _whole(c) // 2,
            c.notice.raised_at + BEFORE,
        ),
        "refunded_in_part:unknown",
    ),
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
    return replace(
        parcel,
        shipped_at=moved(parcel.shipped_at),
        promised_by=moved(parcel.promised_by),
        delivered_at=moved(parcel.delivered_at),
        scans=scans,
    )


TIMES: tuple[Fault, ...] = (
    fault(
        "raised after the issuer's last day",
        lambda c, r: _old(c, 130),
        "time_limit:holds",
        categories=FRAUD,
        way="webhook",
    ),
    fault(
        "raised after the very last day of a late delivery",
        lambda c, r: _old(c, 560),
        "time_limit:holds",
        categories=("not_received",),
        networks=("visa", "mastercard"),
        way="webhook",
    ),
    fault(
        "raised late, perhaps counted from the delivery",
        lambda c, r: _old(c, 130),
        "time_limit:unknown",
        categories=("not_received",),
        networks=("visa",),
        way="webhook",
    ),
    fault(
        "the one answer was given",
        lambda c, r: c.told(status="needs_response", submissions=1),
        "clock_spent",
        way="webhook",
    ),
    fault(
        "the deadline has passed",
        lambda c, r: c.told(raised_at=NOW - 25 * DAY, due_at=NOW - 2 * DAY),
        "clock_overdue",
        way="webhook",
    ),
    fault(
        "the deadline of a mail has passed",
        lambda c, r: c.told(raised_at=NOW - 25 * DAY, due_at=NOW - 2 * DAY),
        "clock_overdue",
        way="adyen",
    ),
    fault(
        "the deadline is in an hour",
        lambda c, r: c.told(due_at=NOW + timedelta(hours=1)),
        "clock_buffer_used",
        way="webhook",
    ),
)

PAYMENTS: tuple[Fault, ...] = (
    fault(
        "called shifted, with ECI 07",
        lambda c, r: c.paid(eci="07", three_d_secure="", liability_shift=True),
        "three_ds_conflict",
        categories=FRAUD,
        networks=("visa", "amex"),
    ),
    fault(
        "authenticated, with ECI 07",
        lambda c, r: c.paid(eci="07"),
        "three_ds_conflict",
        categories=FRAUD,
        networks=("visa",),
    ),
    fault(
        "not authenticated at all",
        lambda c, r: c.paid(eci="07", three_d_secure="failed"),
        "three_ds:fails",
        categories=FRAUD,
        networks=("visa",),
    ),
    fault(
        "called not shifted, with ECI 02",
        lambda c, r: c.paid(liability_shift=False),
        "three_ds_conflict",
        categories=FRAUD,
        networks=("mastercard",),
    ),
    fault(
        "address and code did not match",
        lambda c, r: c.paid(avs_result="N", cvv_result="N", three_d_secure="", eci=""),
        "card_checks_failed",
        categories=FRAUD,
    ),
    fault("the code did not match", lambda c, r: c.paid(cvv_result="no match"), "cvv_failed", categories=FRAUD),
    fault(
        "the address did not match",
        lambda c, r: c.paid(avs_result="Neither address nor postcode match"),
        "avs_failed",
        categories=FRAUD,
    ),
    fault("the network reported fraud", lambda c, r: c.paid(fraud_reported=True), "fraud_reported", categories=FRAUD),
    fault(
        "3-D Secure named against another reason",
        lambda c, r: c.paid(liability_shift=True),
        "three_ds_other_reason",
        categories=("not_received",),
    ),
)


def _in(currency: str) -> object:
    return lambda case, rng: case.told(amount=Money(amount_minor=_whole(case), currency=currency))


def _from_domain(domain: str, proof: str = "dmarc=pass") -> object:
    return lambda case, rng: case.told(domain=domain, proof=proof)


SOURCES: tuple[Fault, ...] = (
    fault("disputed in another currency", _in("CHF"), "currency_differs", way="webhook"),
    fault("disputed in yen, paid in euro", _in("JPY"), "currency_differs", way="adyen"),
    fault(
        "a code nobody knows",
        lambda c, r: c.told(code="99.42"),
        "unknown_code",
        "reason_unknown",
        way="webhook",
        categories=("misrepresentation",),
    ),
    fault(
        "a code nobody knows, by mail",
        lambda c, r: c.told(code="77.1"),
        "unknown_code",
        "reason_unknown",
        way="pingpong",
    ),
    fault(
        "a code of another network",
        lambda c, r: c.told(network="mastercard"),
        "unknown_code",
        "reason_unknown",
        "other_payment_network",
        way="webhook",
        networks=("visa",),
    ),
    fault(
        "a sender that looks like the source",
        _from_domain("adyen-support.com"),
        "set_aside",
        routed=("not_authentic", "untrusted_sender"),
        way="adyen",
    ),
    fault(
        "a sender with a letter changed",
        _from_domain("paypaI.com"),
        "set_aside",
        routed=("not_authentic", "untrusted_sender"),
        way="paypal",
    ),
    fault(
        "the source's own policy denies the mail",
        _from_domain("", "dmarc=fail"),
        "set_aside",
        routed=("not_authentic",),
        way="paypal",
    ),
    fault(
        "nothing proves who sent the notice",
        _from_domain("acquirer-desk.example", "dmarc=none"),
        "set_aside",
        routed=("not_authentic",),
        way="adyen",
    ),
)
