"""What is true of an order and what the merchant's policy allows: the situation a reply is written for.

Every decision is a pure function of records, policy facts and the present time. Situations are the
names the reply templates branch on; an empty situation means that there is no answer of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from agents.evidence import last_scan, latest_refund, latest_shipment
from agents.service.actions import propose
from rejoinder.domain.drafts import ProposedAction
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.orders import Order, Product, Shipment

TRACED = frozenset({"stuck", "exception"})
STUCK_AFTER = timedelta(days=7)
WARRANTY_MONTH = timedelta(days=30, hours=12)


MONEY_BACK = frozenset({"cancellation", "refund_after_return"})
"""Promises that end in a refund."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a decision may look at. `open_dispute`: the bank takes the order's money back unless we win."""

    now: datetime
    mail: InboundMail | None = None
    order: Order | None = None
    product: Product | None = None
    policy: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    open_dispute: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Which reply is right: the situation, what it may promise, what it proposes, and the rule that says so."""

    situation: str
    rule: str
    promises: frozenset[str] = frozenset()
    actions: tuple[ProposedAction, ...] = ()


def decide(intent: str, facts: Facts) -> Answer:
    """Return the answer to an intent; `ask_order` and `acknowledge` are answers too."""
    rule = DECISIONS.get(intent)
    if rule is None:
        return Answer(situation="", rule="no reply of its own: a person answers")
    if intent in NEEDS_ORDER and facts.order is None:
        return Answer(situation="ask_order", rule="no order is known")
    answer = rule(facts)
    if facts.open_dispute and answer.promises & MONEY_BACK:
        return Answer(situation="", rule="the order is under dispute: what is refunded now would be lost twice")
    return answer


def _order_status(facts: Facts) -> Answer:
    order = _order(facts)
    if order.status in {"cancelled", "returned"}:
        return Answer(situation=order.status, rule=f"the order is {order.status}")
    shipment = latest_shipment(order)
    if shipment is None or (shipment.shipped_at is None and not shipment.scans):
        return Answer(situation="not_shipped", rule="no parcel was handed to a carrier")
    situation = parcel_situation(shipment, facts.now)
    acts = (propose("carrier_trace", f"the parcel is {situation}", order),) if situation in TRACED else ()
    return Answer(situation=situation, rule="the newest carrier scan", actions=acts)


def parcel_situation(shipment: Shipment, now: datetime) -> str:
    """Tell where a parcel stands from its newest scan; no scan for a week is stuck."""
    scan = last_scan(shipment)
    if shipment.delivered_at or (scan and scan.status == "delivered"):
        return "delivered"
    if scan is None:
        return "label_created"
    if scan.status in {"label_created", "customs", "out_for_delivery", "exception", "returned"}:
        settled = scan.status
    else:
        settled = "exception" if scan.status == "attempt_failed" else "in_transit"
    if settled in {"label_created", "in_transit", "customs"} and now - scan.at > STUCK_AFTER:
        return "stuck"
    return settled


def _delivered_not_received(facts: Facts) -> Answer:
    shipment = latest_shipment(_order(facts))
    if shipment is None or not shipment.delivered_at:
        return Answer(situation="not_delivered_yet", rule="no delivery scan")
    trace = propose("carrier_trace", "the carrier reports a delivery that the customer denies", facts.order)
    return Answer(situation="delivered", rule="a delivery scan exists", actions=(trace,))


def _cancel(facts: Facts) -> Answer:
    order = _order(facts)
    if order.status in {"cancelled", "returned"}:
        return Answer(situation="already_cancelled", rule=f"the order is {order.status}")
    if order.status == "delivered":
        return Answer(situation="delivered", rule="the order was delivered")
    if order.status == "shipped" or _shipped(order):
        return Answer(situation="already_shipped", rule="a parcel is on its way")
    act = propose("cancel_order", "the customer cancels before shipping", order)
    return Answer(situation="can_cancel", rule="not shipped yet", promises=frozenset({"cancellation"}), actions=(act,))


def _shipped(order: Order) -> bool:
    return any(s.shipped_at or s.delivered_at for s in order.shipments)


def _change(kind: str) -> Callable[[Facts], Answer]:
    def decide_change(facts: Facts) -> Answer:
        order = _order(facts)
        if order.status in {"shipped", "delivered", "returned", "cancelled"} or _shipped(order):
            return Answer(situation="already_shipped", rule=f"the order is {order.status}")
        act = propose(kind, "the customer asks for a change before shipping", order)
        return Answer(situation="can_change", rule="not shipped yet", actions=(act,))

    return decide_change


def _payment(facts: Facts) -> Answer:
    order = _order(facts)
    if not order.payments:
        return Answer(situation="not_paid", rule="no payment is on record")
    amounts = [payment.amount for payment in order.payments]
    if len(amounts) != len(set(amounts)):
        act = propose("check_double_charge", "two payments of one amount", order)
        return Answer(situation="paid_twice", rule="two payments of one amount", actions=(act,))
    return Answer(situation="paid_once", rule="one payment is on record")


def _invoice(facts: Facts) -> Answer:
    act = propose("send_invoice", "the customer asks for an invoice", facts.order)
    return Answer(situation="available", rule="the order exists", actions=(act,))


def window(facts: Facts) -> str:
    """Tell whether goods may still be returned: the days of the policy count from the day of delivery."""
    days = facts.policy.get("return_days")
    if not isinstance(days, int):
        return "no_policy"
    delivered = [s.delivered_at for s in _order(facts).shipments if s.delivered_at]
    if not delivered:
        return "not_delivered"
    asked = facts.mail.sent_at if facts.mail and facts.mail.sent_at and facts.mail.sent_at <= facts.now else facts.now
    last_day = max(delivered).date() + timedelta(days=days)
    return "within_window" if asked.date() <= last_day else "outside_window"


def _return(facts: Facts) -> Answer:
    situation = window(facts)
    promises = frozenset({"return_label", "refund_after_return"} if situation == "within_window" else ())
    acts = (propose("open_return", "within the return window", facts.order),) if situation == "within_window" else ()
    return Answer(situation=situation, rule=_window_rule(facts), promises=promises, actions=acts)


def _window_rule(facts: Facts) -> str:
    days = facts.policy.get("return_days")
    return f"returns within {days} days of delivery" if days else "no return policy was in force"


def _refund_request(facts: Facts) -> Answer:
    refund = latest_refund(_order(facts))
    if refund and refund.status == "succeeded":
        return Answer(situation="already_refunded", rule=f"refund {refund.reference} succeeded")
    return _return(facts)


def _refund_status(facts: Facts) -> Answer:
    refund = latest_refund(_order(facts))
    if refund is None:
        return Answer(situation="none", rule="no refund is on record")
    return Answer(situation=refund.status, rule=f"refund {refund.reference} is {refund.status}")


def _exchange(facts: Facts) -> Answer:
    situation = window(facts)
    acts = (propose("exchange", "within the return window", facts.order),) if situation == "within_window" else ()
    return Answer(situation=situation, rule=_window_rule(facts), actions=acts)


def _defect(kind: str) -> Callable[[Facts], Answer]:
    def decide_defect(facts: Facts) -> Answer:
        pictures = [a for a in facts.mail.attachments if a.media_type.startswith("image/")] if facts.mail else []
        if kind == "missing_item" and len(_order(facts).shipments) > 1 and not _all_delivered(_order(facts)):
            return Answer(situation="split_shipment", rule="the order travels in several parcels")
        if not pictures:
            return Answer(situation="ask_photos", rule="no picture came with the mail")
        act = propose(f"inspect_{kind}", "pictures came with the mail", facts.order)
        return Answer(situation="photos_received", rule="pictures came with the mail", actions=(act,))

    return decide_defect


def _all_delivered(order: Order) -> bool:
    return all(s.delivered_at for s in order.shipments)


def _warranty(facts: Facts) -> Answer:
    months = facts.policy.get("warranty_months")
    if not isinstance(months, int):
        return Answer(situation="no_policy", rule="no warranty policy was in force")
    bought = _order(facts).placed_at
    inside = facts.now - bought <= months * WARRANTY_MONTH
    acts = (propose("warranty_claim", "within the warranty", facts.order),) if inside else ()
    rule = f"a warranty of {months} months from the purchase"
    return Answer(situation="in_warranty" if inside else "out_of_warranty", rule=rule, actions=acts)


def _product(facts: Facts) -> Answer:
    if facts.product is None:
        return Answer(situation="product_unknown", rule="no product of the catalogue is named")
    return Answer(situation="answered", rule=f"catalogue entry {facts.product.sku}")


def _availability(facts: Facts) -> Answer:
    if facts.product is None or facts.product.stock is None:
        return Answer(situation="product_unknown", rule="no stock is known")
    situation = "answered" if facts.product.stock > 0 else "out_of_stock"
    return Answer(situation=situation, rule=f"stock of {facts.product.sku} is {facts.product.stock}")


def _shipping(facts: Facts) -> Answer:
    rates = facts.policy.get("rates")
    country = facts.policy.get("asked_country")
    if not rates or not country:
        return Answer(situation="country_unknown", rule="no country is named in the mail")
    served = any(rate.country == country for rate in rates)
    return Answer(situation="answered" if served else "country_not_served", rule=f"shipping rates for {country}")


def _from_policy(fact: str) -> Callable[[Facts], Answer]:
    def decide_from_policy(facts: Facts) -> Answer:
        known = bool(facts.policy.get(fact))
        return Answer(situation="answered" if known else "no_policy", rule=f"the policy's {fact}")

    return decide_from_policy


def _person(facts: Facts) -> Answer:
    return Answer(situation="person", rule="a person answers; this only says so")


def _thanks(facts: Facts) -> Answer:
    return Answer(situation="thanks", rule="nothing is asked")


def _order(facts: Facts) -> Order:
    if facts.order is None:
        raise ValueError("this decision needs an order")
    return facts.order


DECISIONS: Mapping[str, Callable[[Facts], Answer]] = {
    "order.status_wismo": _order_status,
    "order.delivered_not_received": _delivered_not_received,
    "order.cancel": _cancel,
    "order.change_address": _change("change_address"),
    "order.change_items": _change("change_items"),
    "order.invoice_vat": _invoice,
    "order.payment_failed": _payment,
    "after.return_request": _return,
    "after.refund_status": _refund_status,
    "after.refund_request": _refund_request,
    "after.exchange": _exchange,
    "after.damaged": _defect("damaged"),
    "after.wrong_item": _defect("wrong_item"),
    "after.missing_item": _defect("missing_item"),
    "after.quality_not_as_described": _defect("not_as_described"),
    "after.warranty_repair": _warranty,
    "after.unknown_charge": _person,
    "after.chargeback_threat": _person,
    "after.complaint_service": _person,
    "pre.product_question": _product,
    "pre.size_fit": _product,
    "pre.availability": _availability,
    "pre.shipping_cost_time": _shipping,
    "pre.customs_duty": _from_policy("customs"),
    "pre.payment_methods": _from_policy("payment_methods"),
    "pre.price_promo": _from_policy("promotions"),
    "feedback": _thanks,
}

NEEDS_ORDER: Sequence[str] = tuple(
    intent
    for intent in DECISIONS
    if intent.startswith(("order.", "after."))
    and intent not in {"after.unknown_charge", "after.chargeback_threat", "after.complaint_service"}
)
