"""The key facts on the first page of a packet, from the dispute and the order it is about."""

from datetime import date
from zoneinfo import ZoneInfo

from agents import evidence as ev
from agents.dispute.letter import disputed_payment
from knowledge.reason_words import network_name, reason_title
from rejoinder.domain.cases import Dispute, Merchant
from rejoinder.domain.disputes import printed_reference
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Order, Payment, Refund
from rejoinder.domain.packet import KeyFacts


def key_facts(merchant: Merchant, dispute: Dispute, order: Order | None) -> KeyFacts:
    """Return what dispute and order say; days are those of the merchant's zone, as in the letter."""
    local = ev.in_zone(order, ZoneInfo(merchant.timezone)) if order else None
    payment = disputed_payment(dispute, local)
    shipment = ev.latest_shipment(local) if local else None
    given_back = [refund for refund in local.refunds if refund.status == "succeeded"] if local else []
    return KeyFacts(
        dispute_reference=printed_reference(dispute),
        network=network_name(dispute.network),
        reason_code=dispute.reason_code,
        reason=reason_title(dispute.network, dispute.reason_code),
        arn=dispute.arn or (payment.arn if payment else ""),
        card_last4=dispute.card_last4 or (payment.card_last4 if payment else ""),
        amount=dispute.amount,
        transaction_date=_transaction_date(dispute, payment),
        merchant=merchant.name,
        descriptor=payment.descriptor if payment else "",
        order_number=local.number if local else "",
        order_date=local.placed_at.date() if local else None,
        carrier=shipment.carrier if shipment else "",
        tracking_numbers=tuple(one.tracking_number for one in local.shipments) if local else (),
        delivered_on=shipment.delivered_at.date() if shipment and shipment.delivered_at else None,
        refunded=_sum(given_back),
        refund_references=tuple(refund.reference for refund in given_back),
    )


def _transaction_date(dispute: Dispute, payment: Payment | None) -> date | None:
    """Return the day that the dispute names, else that of the payment."""
    try:
        return date.fromisoformat(dispute.transaction_date[:10])
    except ValueError:
        return payment.captured_at.date() if payment else None


def _sum(refunds: list[Refund]) -> Money | None:
    """Return what was given back; None for nothing, or for several currencies, which have no sum."""
    currencies = {refund.amount.currency for refund in refunds}
    if len(currencies) != 1:
        return None
    return Money(amount_minor=sum(refund.amount.amount_minor for refund in refunds), currency=currencies.pop())
