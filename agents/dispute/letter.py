"""The representment letter of a dispute: what its template sees, which template it is, in which order exhibits come."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from agents import evidence as ev
from agents.deps import Policy
from prompts.contexts import Exhibit, LetterContext, LetterMessage
from prompts.render import Rendered, render, template_exists
from rejoinder.domain.cases import Dispute, Merchant
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.orders import Order, Payment

# What decides a case comes first: the lead exhibit of each category, then the usual order.
LEAD_EXHIBIT = {
    "not_received": "shipment",
    "credit_not_processed": "refund",
    "fraud_card_absent": "payment",
    "duplicate": "payment",
}
EXHIBIT_ORDER = ("order", "shipment", "payment", "refund", "mail", "policy", "product")
EXHIBIT_TITLES = {
    "order": "Order record",
    "shipment": "Carrier record",
    "payment": "Payment record",
    "refund": "Refund record",
    "mail": "Correspondence with the customer",
    "policy": "Policy in force on the day of the order",
    "product": "Product description",
}
EXCERPT = 300
"""Characters of a message that a letter may quote from."""


def letter_context(
    *,
    merchant: Merchant,
    dispute: Dispute,
    now: datetime,
    citations: Mapping[str, str],
    order: Order | None = None,
    mails: Sequence[InboundMail] = (),
    policy: Policy | None = None,
) -> LetterContext:
    """Return what the letter's template sees.

    `citations` maps aliases to ids of evidence; what has no alias becomes no exhibit and is not spoken of. `mails` is
    the correspondence with the customer, oldest first; `now` is in the merchant's zone.
    """
    return LetterContext(
        merchant=merchant,
        dispute=dispute,
        order=order,
        payment=disputed_payment(dispute, order),
        shipment=ev.latest_shipment(order) if order else None,
        refunds=order.refunds if order else (),
        messages=tuple(_message(mail) for mail in mails),
        policy=policy.facts if policy else {},
        policy_text=policy.passage.text if policy else "",
        exhibits=exhibits_for(dispute.category, citations),
        now=now,
    )


def write_letter(context: LetterContext, citations: Mapping[str, str], language: str = "en") -> Rendered:
    """Render the letter of the dispute's category; of `general` where the category has no template."""
    name = f"representment/{context.dispute.category}"
    if not template_exists(name, language):
        name = "representment/general"
    return render(name, context, language=language, citations=citations)


def disputed_payment(dispute: Dispute, order: Order | None) -> Payment | None:
    """Return the payment that the dispute names, else the newest of the order."""
    if order is None:
        return None
    named = [payment for payment in order.payments if payment.reference == dispute.payment_reference]
    return named[0] if named else ev.latest_payment(order)


def exhibits_for(category: str, citations: Mapping[str, str]) -> tuple[Exhibit, ...]:
    """Return the exhibits there are, the decisive one first."""
    lead = LEAD_EXHIBIT.get(category, "order")
    order = (lead, *(alias for alias in EXHIBIT_ORDER if alias != lead))
    there = [alias for alias in order if alias in citations]
    return tuple(
        Exhibit(label=f"Exhibit {number}", title=EXHIBIT_TITLES[alias], alias=alias)
        for number, alias in enumerate(there, start=1)
    )


def _message(mail: InboundMail) -> LetterMessage:
    return LetterMessage(
        sent_at=mail.sent_at, sender=mail.sender.email, subject=mail.subject, excerpt=mail.new_text[:EXCERPT]
    )
