"""What may still come by itself and would decide the case: an answer is sent once, so it may be too early."""

from collections.abc import Iterator
from datetime import timedelta

from agents.dispute.clocks import Clocks
from agents.dispute.subject import Subject
from rejoinder.domain.judgement import Compared, Finding
from rejoinder.domain.orders import Shipment

MOVING = frozenset({"picked_up", "in_transit", "customs", "out_for_delivery", "attempt_failed"})
STILL_MOVING = timedelta(days=21)
"""A parcel that was not scanned for longer is not on its way any more."""

LEAST_WAIT = timedelta(hours=24)


def worth_waiting_for(subject: Subject, clocks: Clocks) -> tuple[Finding, ...]:
    """Return what is on its way and would decide the case, each with the instant until which it can be waited for.

    Nothing when no answer can be given any more, when the time is short, or when no deadline is known.
    """
    if not clocks.open or clocks.merchant_by is None or clocks.merchant_by - subject.now < LEAST_WAIT:
        return ()
    until = clocks.merchant_by.date().isoformat()
    return tuple(_coming(subject, until))


def _coming(subject: Subject, until: str) -> Iterator[Finding]:
    order = subject.order
    if order is None:
        return
    if subject.category == "not_received":
        yield from (_parcel(shipment, until) for shipment in order.shipments if _moves(shipment, subject))
    for refund in order.refunds:
        if refund.status == "pending":
            row = Compared(record="refund", field="status", value="pending", evidence_id=f"refund:{refund.reference}")
            values = {"reference": refund.reference, "amount": str(refund.amount), "until": until}
            yield Finding(code="wait_for_refund", verdict="holds", values=values, compared=(row,), missing="arn")


def _moves(shipment: Shipment, subject: Subject) -> bool:
    last = shipment.scans[-1] if shipment.scans else None
    if last is None or shipment.delivered_at:
        return False
    return last.status in MOVING and subject.now - last.at <= STILL_MOVING


def _parcel(shipment: Shipment, until: str) -> Finding:
    last = shipment.scans[-1]
    values = {
        "carrier": shipment.carrier,
        "tracking": shipment.tracking_number,
        "seen": last.at.date().isoformat(),
        "until": until,
    }
    row = Compared(
        record="shipment", field="scan", value=last.status, evidence_id=f"shipment:{shipment.tracking_number}"
    )
    return Finding(code="wait_for_scan", verdict="holds", values=values, compared=(row,), missing="delivery scan")
