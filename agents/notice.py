"""The dispute that a notice or a processor's event speaks of."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from knowledge.reason_codes import find
from rejoinder.domain.cases import Dispute, Merchant, StoredMessage
from rejoinder.domain.disputes import move_of, standing
from rejoinder.domain.lifecycle import Funds, Move, Stage, state_of
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.money import Money
from rejoinder.domain.reading import Reading

UNPROVEN = "unproven"
"""The processor of a dispute that only a mail of a failed sender tells of: it never meets one that is known."""
# What a notice tells of the course of a dispute: its stage and its status. One that belongs to no stage of its own,
# such as an outcome or a reminder, counts for the stage that was reached.
COURSE: Mapping[str, tuple[Stage, str]] = {
    "alert": ("alert", "alert_open"),
    "inquiry": ("inquiry", "inquiry_open"),
    "prearb": ("prearb", "needs_response"),
    "arbitration": ("arbitration", "needs_response"),
    "compliance": ("compliance", "needs_response"),
    "deadline_reminder": ("unknown", "unknown"),
    "fee_advice": ("unknown", "unknown"),
    "monitoring_program": ("unknown", "unknown"),
    "evidence_ack": ("unknown", "submitted"),
    "outcome_won": ("unknown", "won"),
    "outcome_lost": ("unknown", "lost"),
    "reversal": ("unknown", "won"),
}
FUNDS: Mapping[str, Funds] = {"reversal": "reinstated", "fee_advice": "withdrawn"}


def dispute_of(message: StoredMessage, reading: Reading, merchant: Merchant) -> Dispute:
    """Build the dispute that a notice or an event speaks of."""
    event = message.event
    amount = reading.value("amount_minor")
    stage, status = COURSE.get(reading.notice_type, ("first", "needs_response"))
    dispute = Dispute(
        processor=event.processor if event else reading.notice_source or "unknown",
        reference=reading.value("dispute_reference") or _stand_in(message, reading),
        status=event.status if event else status,
        stage=event.stage if event else stage,
        sources=("webhook",) if event else ("mail",),
        payment_reference=reading.value("payment_reference"),
        network=reading.value("network"),
        reason_code=reading.value("reason_code"),
        reason_text=reading.value("reason_text"),
        category=_category(reading),
        amount=Money(amount_minor=int(amount), currency=reading.value("currency")) if amount else None,
        transaction_date=reading.value("transaction_date"),
        respond_by=due_instant(reading.value("respond_by"), ZoneInfo(merchant.timezone)),
        card_last4=reading.value("card_last4"),
        arn=reading.value("arn"),
        order_reference=reading.value("order_reference"),
        buyer_email=reading.value("buyer_email"),
    )
    if message.mail and message.mail.source_authenticity.verdict == "failed":
        dispute = replace(dispute, processor=UNPROVEN, status="unknown")
    return standing(replace(dispute, moves=(move_of(event) if event else _move_of_mail(message, reading, dispute),)))


def _category(reading: Reading) -> str:
    """Return what the dispute is about: what its code says, else its words, which may say more than some codes."""
    code = find(reading.value("network").casefold(), reading.value("reason_code"))
    if code is None or code.refined_by_words or code.category == "general":
        return reading.value("category") or "general"
    return code.category


def _move_of_mail(message: StoredMessage, reading: Reading, dispute: Dispute) -> Move:
    return Move(
        event_id=f"mail:{message.mail.identity[:16]}" if message.mail else f"message:{message.message_id}",
        witness="mail",
        occurred_at=message.received_at,
        stage=dispute.stage,
        state=state_of(dispute.status),
        funds=FUNDS.get(reading.notice_type),
        due_at=dispute.respond_by,
    )


def _stand_in(message: StoredMessage, reading: Reading) -> str:
    """Return a reference for a notice that prints none: the same for every notice of one payment."""
    paid = reading.value("payment_reference") or reading.value("arn")
    ordered = reading.value("order_reference")
    amount = f"{reading.value('amount_minor')} {reading.value('currency')}"
    if paid or ordered:
        told = f"{reading.notice_source}:{paid or f'{ordered}:{amount}'}"
        return f"mail:{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    mail: InboundMail | None = message.mail
    return f"mail:{mail.identity[:16]}" if mail else f"message:{message.message_id}"


def due_instant(value: str, zone: ZoneInfo) -> datetime | None:
    """Return a deadline as an instant; a bare date ends with its day in the merchant's zone."""
    if not value:
        return None
    found = datetime.fromisoformat(value)
    if found.tzinfo is not None:
        return found
    return datetime.combine(found.date(), time(23, 59, 59) if len(value) <= len("2026-03-09") else found.time(), zone)
