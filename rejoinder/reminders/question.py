"""The mail that asks a colleague for one item, in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from agents import evidence as ev
from agents.dispute.explanation import request_context, write_request
from rejoinder.domain.cases import Dispute, Merchant
from rejoinder.domain.judgement import Finding, Judgement
from rejoinder.domain.orders import Order
from rejoinder.reminders.words import Words, text_of

CITATIONS = {"dispute": "dispute:record", "order": "order:record", "shipment": "shipment:record"}


def question(
    merchant: Merchant, dispute: Dispute, kind: str, now: datetime, *, order: Order | None, judgement: Judgement | None
) -> Words:
    """Return the mail that asks for an item, in the language of the merchant's settings, times in the merchant's zone.

    It is needed by when the merchant wants to be done, or by the deadline once that has passed; an instant that has
    passed is not named.
    """
    plan, zone = merchant.reminders, ZoneInfo(merchant.timezone)
    judged = judgement or Judgement()
    ahead = [at for at in (judged.merchant_by, judged.due_by) if at is not None and at > now]
    context = request_context(
        merchant,
        dispute,
        kind,
        plan.language,
        why=Finding(code=f"need_{kind}", verdict="holds"),
        order=ev.in_zone(order, zone) if order else None,
        by=ahead[0].astimezone(zone) if ahead else None,
    )
    rendered = write_request(context, CITATIONS, plan.language)
    return Words(title=rendered.subject, text=text_of(rendered))
