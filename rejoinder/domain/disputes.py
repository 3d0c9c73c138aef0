"""How what is known about a dispute grows: events in any order, repeated, from several witnesses."""

from dataclasses import dataclass, replace
from datetime import datetime

from rejoinder.domain.cases import Dispute, DisputeEvent, Stage
from rejoinder.domain.lifecycle import ANSWERED, ASKED, Lifecycle, Move, fold, state_of
from rejoinder.domain.lifecycle import NEEDS_ANSWER as OPEN_STATES

STAND_INS = ("mail:", "message:")
"""Beginnings of references that we made up because a notice printed none."""

NEEDS_ANSWER = OPEN_STATES | {"unknown"}
WAITING = NEEDS_ANSWER | ASKED
"""Status words of a dispute that an answer can still be handed in for."""
OPEN = WAITING | ANSWERED


@dataclass(frozen=True, kw_only=True)
class HandIn:
    """A person's word that the answer to a stage was handed in at the processor.

    `confirmation` is the number that the processor showed, if any. A word ends when it is taken back, or when the
    processor asks again and a new one is given; `ended_by` is whoever did that.
    """

    hand_in_id: int
    stage: Stage
    said_by: str
    said_at: datetime
    confirmation: str = ""
    ended_by: str = ""
    ended_at: datetime | None = None


def merge(known: Dispute, told: Dispute) -> Dispute:
    """Return what is known after one more witness spoke; empty fields are filled, never emptied.

    A processor outranks a mail on every field. Where the dispute stands follows from all that was ever told of it,
    so the order of the witnesses does not matter.
    """
    if _trust(told) > _trust(known):
        base, other = told, known
    else:
        base, other = known, told
    filled = {
        name: getattr(base, name) or getattr(other, name)
        for name in (
            "payment_reference", "network", "reason_code", "reason_text", "amount", "transaction_date",
            "card_last4", "arn", "order_reference", "buyer_email",
        )
    }  # fmt: skip
    grown = replace(
        base,
        **filled,
        category=base.category if base.category != "general" else other.category,
        reference=other.reference if base.reference.startswith(STAND_INS) else base.reference,
        sources=tuple(sorted({*known.sources, *told.sources})),
    )
    cycle = fold((*moves_of(known), *moves_of(told)))
    return replace(_at(grown, cycle), moves=cycle.moves if known.moves or told.moves else ())


def printed_reference(dispute: Dispute) -> str:
    """Return what a dispute is called towards others: its own reference, else what it is about."""
    if not dispute.reference.startswith(STAND_INS):
        return dispute.reference
    return dispute.payment_reference or dispute.arn or dispute.order_reference or dispute.reference


def standing(dispute: Dispute) -> Dispute:
    """Return the dispute with its status, stage, deadline, funds and submissions as its course tells them."""
    return _at(dispute, lifecycle(dispute))


def lifecycle(dispute: Dispute) -> Lifecycle:
    """Return where the dispute stands, with all that was told of its course."""
    return fold(moves_of(dispute))


def status_of(cycle: Lifecycle) -> str:
    """Return the state as a status word; whether a win can still be lost is told by `outcome_final`."""
    return "won" if cycle.state in {"won_provisional", "won_final"} else cycle.state


def moves_of(dispute: Dispute) -> tuple[Move, ...]:
    """Return what was told of the dispute's course; one event without a time when only its fields are known."""
    if dispute.moves:
        return dispute.moves
    move = Move(
        event_id="",
        witness="processor" if _trust(dispute) else "mail",
        stage=dispute.stage,
        state=state_of(dispute.status),
        due_at=dispute.respond_by,
    )
    return (move,)


def move_of(event: DisputeEvent) -> Move:
    """Return what a processor's event tells of its dispute's course."""
    return Move(
        event_id=event.event_id,
        witness="processor",
        occurred_at=event.occurred_at,
        stage=event.stage,
        state=state_of(event.status) if event.status else None,
        funds=event.funds,
        due_at=event.respond_by,
        submissions=event.submissions,
        liable_amount=event.amount,
        refunded=event.refunded,
        reopens=event.reopens,
        reverses=event.reverses,
        final=event.final,
    )


def handed_in(dispute: Dispute, word: HandIn) -> Dispute:
    """Return the dispute as it stands after a person said that its answer was handed in."""
    move = Move(
        event_id=_name_of(word),
        witness="person",
        occurred_at=word.said_at,
        stage=word.stage,
        state="submitted",
    )
    return _after(dispute, move)


def taken_back(dispute: Dispute, word: HandIn, at: datetime) -> Dispute:
    """Return the dispute as it stands after a person took such a word back."""
    name = _name_of(word)
    return _after(
        dispute,
        Move(event_id=f"{name}:taken_back", witness="person", occurred_at=at, stage=word.stage, takes_back=name),
    )


def _name_of(word: HandIn) -> str:
    return f"handed_in:{word.hand_in_id}"


def _after(dispute: Dispute, move: Move) -> Dispute:
    cycle = fold((*moves_of(dispute), move))
    return replace(_at(dispute, cycle), moves=cycle.moves)


def may_be_one(known: Dispute, told: Dispute) -> bool:
    """Tell whether two accounts are of one dispute.

    The same reference is; so is the same payment, as long as one of them was only mailed. A processor that names
    two references for a payment speaks of two disputes, each with a deadline of its own.
    """
    if known.processor != told.processor:
        return False
    if known.reference == told.reference:
        return True
    if _trust(known) and _trust(told):
        return False
    if known.payment_reference and told.payment_reference:
        return known.payment_reference == told.payment_reference
    return known.reference.startswith(STAND_INS) or told.reference.startswith(STAND_INS)


def _trust(dispute: Dispute) -> int:
    return 1 if {"webhook", "api"} & set(dispute.sources) else 0


def _at(dispute: Dispute, cycle: Lifecycle) -> Dispute:
    return replace(
        dispute,
        stage=cycle.stage,
        status=status_of(cycle),
        respond_by=cycle.due_at,
        funds=cycle.funds,
        submissions=cycle.submissions,
        outcome_final=cycle.outcome_final,
    )
