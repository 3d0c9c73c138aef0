"""What a message is: a dispute, a customer's wish, or nothing to answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from langgraph.runtime import Runtime

from agents.deps import Deps, Reader
from agents.reading import reconcile
from agents.state import CaseState
from rejoinder.domain.cases import Dispute, DisputeEvent, Merchant, StoredMessage
from rejoinder.domain.disputes import NEEDS_ANSWER, move_of, standing
from rejoinder.domain.lifecycle import Move, state_of
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.money import Money
from rejoinder.domain.reading import FieldValue, Reading, Reconciled
from rejoinder.errors import ModelError, ProviderUnavailable

SILENT_INTENTS = frozenset({"other.spam"})


def triage(state: CaseState, runtime: Runtime[Deps]) -> CaseState:
    """Read the message with every reader, decide its kind, and put it into the right case."""
    store = runtime.context.store
    view = store.view(state["run_id"])
    run, message, merchant = view.run, view.message, view.merchant
    readings, missing = read_all(message, merchant, runtime.context.readers)
    reconciled = reconcile(readings, missing)
    store.save_triage(run.run_id, readings, reconciled)
    kind = case_kind(reconciled)
    case_id = run.case_id
    if kind == "dispute":
        case_id = store.open_dispute(run.run_id, dispute_of(message, reconciled.reading, merchant))
        kind = "dispute" if _wants_answer(store.dispute(case_id)) else "recorded"
        if kind == "recorded":
            store.record(run.run_id)
    elif kind == "set_aside":
        store.set_aside(run.run_id, why_set_aside(message, reconciled))
    return {"case_id": case_id, "kind": kind}


def _wants_answer(dispute: Dispute | None) -> bool:
    """Tell whether the dispute still waits for our answer; outcomes and receipts are only recorded."""
    return dispute is not None and dispute.status in NEEDS_ANSWER


def read_all(
    message: StoredMessage, merchant: Merchant, readers: Sequence[Reader]
) -> tuple[list[Reading], tuple[str, ...]]:
    """Return the readings, and the names of the readers that could not answer."""
    if message.event is not None:
        return [reading_of_event(message.event)], ()
    if message.mail is None:
        raise ValueError(f"message {message.message_id} holds neither a mail nor an event")
    readings, missing = [], []
    for reader in readers:
        try:
            readings.append(reader.read(message.mail, merchant))
        except (ModelError, ProviderUnavailable) as problem:
            missing.append(f"{reader.name}: {problem}")
    return readings, tuple(missing)


def reading_of_event(event: DisputeEvent) -> Reading:
    """Return a processor's event as a reading; every field is sure."""
    values = {
        "dispute_reference": event.reference,
        "payment_reference": event.payment_reference,
        "order_reference": event.order_reference,
        "network": event.network,
        "reason_code": event.reason_code,
        "reason_text": event.reason_text,
        "category": event.category,
        "card_last4": event.card_last4,
        "buyer_email": event.buyer_email,
        "respond_by": event.respond_by.isoformat() if event.respond_by else "",
        "amount_minor": str(event.amount.amount_minor) if event.amount else "",
        "currency": event.amount.currency if event.amount else "",
    }
    return Reading(
        reader="processor",
        kind="dispute",
        score=1.0,
        notice_source=event.processor,
        notice_type=event.event_type,
        fields={name: FieldValue(value=value, score=1.0) for name, value in values.items() if value},
    )


def case_kind(reconciled: Reconciled) -> str:
    """Return dispute, service or set_aside.

    A message is set aside only when all readers agree that nothing is to be answered.
    """
    reading = reconciled.reading
    unsure = any(split.field == "kind" for split in reconciled.disagreements)
    if reading.kind == "dispute":
        return "dispute"
    if unsure or reading.kind in {"service", "other"}:
        return "service"
    return "set_aside"


def why_set_aside(message: StoredMessage, reconciled: Reconciled) -> str:
    """Return the reason that people see."""
    reading = reconciled.reading
    automatic = message.mail.automatic if message.mail else "no"
    return f"{reading.kind}: {reading.note or automatic}"


def dispute_of(message: StoredMessage, reading: Reading, merchant: Merchant) -> Dispute:
    """Build the dispute that a notice or an event speaks of."""
    event = message.event
    amount = reading.value("amount_minor")
    dispute = Dispute(
        processor=event.processor if event else reading.notice_source or "unknown",
        reference=reading.value("dispute_reference") or _stand_in(message),
        status=event.status if event else _status_of(reading.notice_type),
        stage=event.stage if event else "inquiry" if reading.notice_type == "inquiry" else "first",
        sources=("webhook",) if event else ("mail",),
        payment_reference=reading.value("payment_reference"),
        network=reading.value("network"),
        reason_code=reading.value("reason_code"),
        reason_text=reading.value("reason_text"),
        category=reading.value("category") or "general",
        amount=Money(amount_minor=int(amount), currency=reading.value("currency")) if amount else None,
        transaction_date=reading.value("transaction_date"),
        respond_by=due_instant(reading.value("respond_by"), ZoneInfo(merchant.timezone)),
        card_last4=reading.value("card_last4"),
        arn=reading.value("arn"),
        order_reference=reading.value("order_reference"),
        buyer_email=reading.value("buyer_email"),
    )
    return standing(replace(dispute, moves=(move_of(event) if event else _move_of_mail(message, dispute),)))


def _move_of_mail(message: StoredMessage, dispute: Dispute) -> Move:
    return Move(
        event_id=f"message:{message.message_id}",
        witness="mail",
        occurred_at=message.received_at,
        stage=dispute.stage,
        state=state_of(dispute.status),
        due_at=dispute.respond_by,
    )


def _stand_in(message: StoredMessage) -> str:
    mail: InboundMail | None = message.mail
    return f"mail:{mail.identity[:16]}" if mail else f"message:{message.message_id}"


def _status_of(notice_type: str) -> str:
    words = {"outcome_won": "won", "outcome_lost": "lost", "inquiry": "inquiry_open", "evidence_ack": "submitted"}
    return words.get(notice_type, "needs_response")


def due_instant(value: str, zone: ZoneInfo) -> datetime | None:
    """Return a deadline as an instant; a bare date ends with its day in the merchant's zone."""
    if not value:
        return None
    found = datetime.fromisoformat(value)
    if found.tzinfo is not None:
        return found
    return datetime.combine(found.date(), time(23, 59, 59) if len(value) <= len("2026-03-09") else found.time(), zone)
