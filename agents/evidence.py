"""Records become evidence: one fact each, with source, time and a stable id."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, tzinfo

from knowledge.reason_words import reason_title
from rejoinder.domain.cases import Dispute
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Order, Payment, PostalAddress, Product, Refund, Scan, Shipment

TEXT_LIMIT = 4000


def in_zone(order: Order, zone: tzinfo) -> Order:
    """Return the order with every instant in the merchant's zone, in which its dates are printed."""
    return replace(
        order,
        placed_at=order.placed_at.astimezone(zone),
        payments=tuple(replace(p, captured_at=p.captured_at.astimezone(zone)) for p in order.payments),
        shipments=tuple(_shipment_in_zone(s, zone) for s in order.shipments),
        refunds=tuple(replace(r, created_at=r.created_at.astimezone(zone)) for r in order.refunds),
        accesses=tuple(replace(access, at=access.at.astimezone(zone)) for access in order.accesses),
        cancelled_at=order.cancelled_at.astimezone(zone) if order.cancelled_at else None,
    )


def _shipment_in_zone(shipment: Shipment, zone: tzinfo) -> Shipment:
    def local(at: datetime | None) -> datetime | None:
        return at.astimezone(zone) if at else None

    return replace(
        shipment,
        shipped_at=local(shipment.shipped_at),
        promised_by=local(shipment.promised_by),
        delivered_at=local(shipment.delivered_at),
        scans=tuple(replace(scan, at=scan.at.astimezone(zone)) for scan in shipment.scans),
    )


def latest_shipment(order: Order) -> Shipment | None:
    """Return the parcel that moved last."""
    return max(order.shipments, key=lambda s: s.scans[-1].at.timestamp() if s.scans else 0, default=None)


def last_scan(shipment: Shipment | None) -> Scan | None:
    """Return the newest scan of a parcel."""
    return shipment.scans[-1] if shipment and shipment.scans else None


def latest_refund(order: Order) -> Refund | None:
    """Return the newest refund."""
    return max(order.refunds, key=lambda r: r.created_at, default=None)


def latest_payment(order: Order) -> Payment | None:
    """Return the newest payment."""
    return max(order.payments, key=lambda p: p.captured_at, default=None)


def order_evidence(order: Order, source: str, captured_at: datetime) -> list[Evidence]:
    """Return the evidence in an order: the order itself, payments, parcels, refunds, the log of its use."""
    return [
        _of_order(order, source, captured_at),
        *(_of_payment(payment, source, captured_at) for payment in order.payments),
        *(_of_shipment(shipment, order, source, captured_at) for shipment in order.shipments),
        *(_of_refund(refund, source, captured_at) for refund in order.refunds),
        *([_of_accesses(order, source, captured_at)] if order.accesses else []),
    ]


def earlier_order_evidence(order: Order, source: str, captured_at: datetime) -> Evidence:
    """Return another order of the same customer as evidence, with what was paid for it."""
    found = _of_order(order, source, captured_at)
    paid = {f"paid_{payment.reference}": str(payment.amount) for payment in order.payments}
    return replace(
        found,
        evidence_id=f"earlier:{order.number}",
        kind="prior_undisputed_transactions",
        fields={**found.fields, **paid},
    )


def dispute_evidence(dispute: Dispute, order: Order | None, captured_at: datetime) -> Evidence:
    """Return what is known about a dispute as evidence; `remaining` is its amount less what was refunded."""
    rest = remaining(dispute, order)
    fields = {
        "processor": dispute.processor,
        "reference": dispute.reference,
        "payment_reference": dispute.payment_reference,
        "network": dispute.network,
        "reason_code": dispute.reason_code,
        "reason_title": reason_title(dispute.network, dispute.reason_code),
        "reason_text": dispute.reason_text,
        "category": dispute.category,
        "amount": str(dispute.amount) if dispute.amount else "",
        "remaining": str(rest) if rest else "",
        "transaction_date": dispute.transaction_date,
        "respond_by": _iso(dispute.respond_by),
        "card_last4": dispute.card_last4,
        "arn": dispute.arn,
    }
    return Evidence(
        evidence_id="dispute:record",
        kind="dispute",
        fields=_present(fields),
        text="",
        source=",".join(dispute.sources),
        captured_at=captured_at,
    )


def remaining(dispute: Dispute, order: Order | None) -> Money | None:
    """Return what is left of the disputed amount where a part was refunded; None where none or all of it was."""
    if dispute.amount is None or order is None:
        return None
    done = [refund.amount for refund in order.refunds if refund.status == "succeeded"]
    returned = sum(amount.amount_minor for amount in done)
    if {amount.currency for amount in done} != {dispute.amount.currency} or returned >= dispute.amount.amount_minor:
        return None
    return Money(amount_minor=dispute.amount.amount_minor - returned, currency=dispute.amount.currency)


def _of_order(order: Order, source: str, captured_at: datetime) -> Evidence:
    lines = [f"{line.quantity} × {line.title} ({line.sku}) at {line.price}" for line in order.lines]
    fields = {
        "order_number": order.number,
        "placed_at": order.placed_at.isoformat(),
        "status": order.status,
        "total": str(order.total),
        "customer_name": order.customer_name,
        "customer_email": order.customer_email,
        "ship_to": _in_one_line(order.ship_to),
        "bill_to": _in_one_line(order.bill_to) if order.bill_to else "",
        "customer_ip": order.customer_ip,
        "account_id": order.account_id,
        "device_id": order.device_id,
        "device_fingerprint": order.device_fingerprint,
        "goods": order.goods,
        "cancelled_at": _iso(order.cancelled_at),
    }
    return Evidence(
        evidence_id=f"order:{order.number}",
        kind="order_confirmation",
        fields=_present(fields),
        text="\n".join(lines),
        source=source,
        captured_at=captured_at,
    )


def _of_payment(payment: Payment, source: str, captured_at: datetime) -> Evidence:
    fields = {
        "reference": payment.reference,
        "processor": payment.processor,
        "amount": str(payment.amount),
        "captured_at": payment.captured_at.isoformat(),
        "network": payment.network,
        "card_last4": payment.card_last4,
        "arn": payment.arn,
        "avs_result": payment.avs_result,
        "cvv_result": payment.cvv_result,
        "three_d_secure": payment.three_d_secure,
        "eci": payment.eci,
        "liability_shift": "" if payment.liability_shift is None else str(payment.liability_shift).lower(),
        "descriptor": payment.descriptor,
    }
    return Evidence(
        evidence_id=f"payment:{payment.reference}",
        kind="invoice_receipt",
        fields=_present(fields),
        text="",
        source=source,
        captured_at=captured_at,
    )


def _of_shipment(shipment: Shipment, order: Order, source: str, captured_at: datetime) -> Evidence:
    scans = [f"{scan.at.isoformat()} {scan.status} {scan.text} {scan.place}".strip() for scan in shipment.scans]
    fields = {
        "tracking_number": shipment.tracking_number,
        "carrier": shipment.carrier,
        "order_number": order.number,
        "shipped_at": _iso(shipment.shipped_at),
        "promised_by": _iso(shipment.promised_by),
        "delivered_at": _iso(shipment.delivered_at),
        "signed_by": shipment.signed_by,
        "tracking_url": shipment.tracking_url,
        "last_status": shipment.scans[-1].status if shipment.scans else "",
    }
    return Evidence(
        evidence_id=f"shipment:{shipment.tracking_number}",
        kind="delivery_confirmation" if shipment.delivered_at else "carrier_tracking",
        fields=_present(fields),
        text="\n".join(scans),
        source=source,
        captured_at=captured_at,
    )


def _of_refund(refund: Refund, source: str, captured_at: datetime) -> Evidence:
    fields = {
        "reference": refund.reference,
        "amount": str(refund.amount),
        "status": refund.status,
        "created_at": refund.created_at.isoformat(),
        "arn": refund.arn,
    }
    return Evidence(
        evidence_id=f"refund:{refund.reference}",
        kind="refund_record",
        fields=_present(fields),
        text="",
        source=source,
        captured_at=captured_at,
    )


def _of_accesses(order: Order, source: str, captured_at: datetime) -> Evidence:
    uses = (f"{a.at.isoformat()} {a.what} {a.ip} {a.device_id}".strip() for a in order.accesses)
    return Evidence(
        evidence_id=f"access:{order.number}",
        kind="digital_access_log",
        fields={"order_number": order.number, "uses": str(len(order.accesses))},
        text="\n".join(uses),
        source=source,
        captured_at=captured_at,
    )


def product_evidence(product: Product, source: str, captured_at: datetime) -> Evidence:
    """Return a product's entry in the catalogue as evidence."""
    stock = "" if product.stock is None else str(product.stock)
    fields = {
        "sku": product.sku,
        "title": product.title,
        "price": str(product.price),
        "stock": stock,
        "url": product.url,
    }
    return Evidence(
        evidence_id=f"product:{product.sku}",
        kind="product_description",
        fields=_present({**fields, **dict(product.attributes)}),
        text=product.description,
        source=source,
        captured_at=captured_at,
    )


def mail_evidence(mail: InboundMail, source: str, captured_at: datetime) -> Evidence:
    """Return what the customer wrote as evidence; only what this sender wrote now."""
    fields = {
        "from_name": mail.sender.name,
        "from_email": mail.sender.email,
        "subject": mail.subject,
        "sent_at": _iso(mail.sent_at),
        "message_id": mail.message_id,
    }
    return Evidence(
        evidence_id=f"mail:{mail.identity[:16]}",
        kind="customer_communication",
        fields=_present(fields),
        text=mail.new_text[:TEXT_LIMIT],
        source=source,
        captured_at=captured_at,
    )


def aliases(evidence: list[Evidence], passages: list[Passage]) -> Mapping[str, str]:
    """Map the names templates cite by to ids: `refund:re_1` to itself, `refund` to the last of its kind.

    A kind of the evidence catalogue (`chip_emv_record`) names the last evidence of it; of files that were given, the
    first, and `chip_emv_record:2` the next.
    """
    names = {item.evidence_id.split(":", 1)[0]: item.evidence_id for item in evidence}
    names |= {item.evidence_id: item.evidence_id for item in evidence}
    names = {item.kind: item.evidence_id for item in evidence} | names | _files(evidence)
    for passage in passages:
        if passage.passage_id.startswith("policy:"):
            names.setdefault("policy", passage.passage_id)
            names[f"policy:{passage.topic}"] = passage.passage_id
    return names


def _files(evidence: list[Evidence]) -> dict[str, str]:
    found: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for item in evidence:
        if item.file_hash:
            counts[item.kind] += 1
            number = counts[item.kind]
            found[item.kind if number == 1 else f"{item.kind}:{number}"] = item.evidence_id
    return found


def fingerprint(item: Evidence) -> str:
    """Return a hash of what the evidence says, without when it was captured."""
    parts = [item.evidence_id, item.kind, *(f"{k}={v}" for k, v in sorted(item.fields.items())), item.text]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _in_one_line(address: PostalAddress) -> str:
    parts = (address.name, *address.lines, address.postcode, address.city, address.state, address.country)
    return ", ".join(part for part in parts if part)


def _present(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
