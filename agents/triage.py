"""What a message is: a dispute, a customer's wish, or nothing to answer."""

from collections.abc import Sequence

from langgraph.runtime import Runtime

from agents.deps import Deps, Reader, Store
from agents.digest import digest_rows
from agents.notice import dispute_of
from agents.reading import reconcile
from agents.state import CaseState
from rejoinder.domain.cases import Case, Dispute, DisputeEvent, Merchant, RunView, StoredMessage
from rejoinder.domain.disputes import NEEDS_ANSWER
from rejoinder.domain.reading import FieldValue, Reading, Reconciled
from rejoinder.errors import ModelError, ProviderUnavailable


def triage(state: CaseState, runtime: Runtime[Deps]) -> CaseState:
    """Read the message with every reader, decide its kind, and put it into the right case."""
    store = runtime.context.store
    view = store.view(state["run_id"])
    reconciled = view.reconciled or _read(view, runtime.context)
    kind = case_kind(reconciled)
    if kind == "dispute":
        return _follow_dispute(view, reconciled, store)
    if kind == "set_aside":
        store.set_aside(view.run.run_id, why_set_aside(view.message, reconciled))
    return {"case_id": view.run.case_id, "kind": kind}


def _read(view: RunView, deps: Deps) -> Reconciled:
    """Read the message and keep what was read; a row of a digest was read with its digest."""
    readings, missing = read_all(view.message, view.merchant, deps.readers)
    reconciled = reconcile(readings, missing)
    deps.store.save_triage(view.run.run_id, readings, reconciled)
    return reconciled


def _follow_dispute(view: RunView, reconciled: Reconciled, store: Store) -> CaseState:
    """Put the message into the case of its dispute; of a digest, each dispute into its own."""
    run_id, reading = view.run.run_id, reconciled.reading
    if reading.cases:
        store.open_digest(run_id, digest_rows(view.message, reconciled, view.merchant))
        return {"case_id": view.run.case_id, "kind": "recorded"}
    case_id = store.open_dispute(run_id, dispute_of(view.message, reading, view.merchant))
    now = store.view(run_id)
    if wants_answer(now.dispute, view.message) and not only_reminds(reading, now.case):
        return {"case_id": case_id, "kind": "dispute"}
    store.record(run_id)
    return {"case_id": case_id, "kind": "recorded"}


def wants_answer(dispute: Dispute | None, message: StoredMessage) -> bool:
    """Tell whether the dispute still waits for our answer; outcomes and receipts are only recorded.

    A mailed alert is for a person: a refund in time prevents the dispute.
    """
    if dispute is None:
        return False
    return dispute.status in NEEDS_ANSWER or (dispute.status == "alert_open" and message.mail is not None)


def only_reminds(reading: Reading, case: Case) -> bool:
    """Tell whether a reminder comes while a person looks at the case already: it updates the case, and that is all."""
    return reading.notice_type == "deadline_reminder" and case.status in {"in_review", "sending"}


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
