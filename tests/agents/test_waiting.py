from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agents.dispute.clocks import Clocks
from agents.dispute.subject import Subject
from agents.dispute.waiting import worth_waiting_for
from prompts.findings import explain
from rejoinder.domain.cases import Dispute
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Order, PostalAddress, Refund, Scan, Shipment

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PARCEL = Shipment(
    tracking_number="TRK1",
    carrier="DHL",
    shipped_at=NOW - timedelta(days=6),
    scans=(Scan(at=NOW - timedelta(days=2), status="in_transit"),),
)
ORDER = Order(
    number="A-1",
    placed_at=NOW - timedelta(days=8),
    status="shipped",
    total=Money(amount_minor=1000, currency="EUR"),
    customer_name="Ana Prueba",
    customer_email="ana@buyer.example",
    lines=(),
    ship_to=PostalAddress(),
    shipments=(PARCEL,),
)
DISPUTE = Dispute(
    processor="stripe", reference="du_1", status="needs_response", stage="first", sources=("webhook",),
    network="visa", reason_code="13.1", category="not_received",
)  # fmt: skip
SUBJECT = Subject(dispute=DISPUTE, now=NOW, order=ORDER)
CLOCKS = Clocks(
    processor_by=NOW + timedelta(days=9),
    network_by=None,
    merchant_by=NOW + timedelta(days=7),
    due_by=NOW + timedelta(days=9),
    ruled_by="processor",
    open=True,
    findings=(),
)


def test_a_parcel_on_its_way_is_waited_for_until_the_merchants_own_deadline() -> None:
    (finding,) = worth_waiting_for(SUBJECT, CLOCKS)
    assert (finding.code, finding.values["until"]) == ("wait_for_scan", "2026-11-27")
    assert "TRK1" in explain(finding, "en")
    assert "TRK1" in explain(finding, "zh")


@pytest.mark.parametrize(
    "clocks",
    [
        replace(CLOCKS, open=False),
        replace(CLOCKS, merchant_by=None),
        replace(CLOCKS, merchant_by=NOW + timedelta(hours=23)),
    ],
)
def test_nothing_is_waited_for_when_there_is_no_time(clocks: Clocks) -> None:
    assert worth_waiting_for(SUBJECT, clocks) == ()


@pytest.mark.parametrize(
    "parcel",
    [
        replace(PARCEL, delivered_at=NOW),
        replace(PARCEL, scans=()),
        replace(PARCEL, scans=(Scan(at=NOW - timedelta(days=30), status="in_transit"),)),
        replace(PARCEL, scans=(Scan(at=NOW, status="returned"),)),
    ],
)
def test_a_parcel_that_will_not_come_is_not_waited_for(parcel: Shipment) -> None:
    assert worth_waiting_for(replace(SUBJECT, order=replace(ORDER, shipments=(parcel,))), CLOCKS) == ()


def test_a_parcel_decides_nothing_where_the_goods_are_said_to_be_bad() -> None:
    subject = replace(SUBJECT, dispute=replace(DISPUTE, reason_code="13.3", category="not_as_described"))
    assert worth_waiting_for(subject, CLOCKS) == ()


def test_a_refund_that_is_being_carried_out_is_waited_for() -> None:
    refund = Refund(reference="re_1", amount=Money(amount_minor=500, currency="EUR"), status="pending", created_at=NOW)
    order = replace(ORDER, shipments=(), refunds=(refund,))
    (finding,) = worth_waiting_for(replace(SUBJECT, order=order), CLOCKS)
    assert (finding.code, finding.missing) == ("wait_for_refund", "arn")
