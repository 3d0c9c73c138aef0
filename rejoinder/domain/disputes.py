"""How what is known about a dispute grows: events in any order, repeated, from several witnesses."""

from dataclasses import replace
from datetime import datetime

from rejoinder.domain.cases import Dispute, Stage

# Later beats earlier, whatever arrives first.
STATUS_RANK = {
    status: rank
    for rank, statuses in enumerate(
        (
            ("unknown",),
            ("alert_open",),
            ("alert_resolved", "alert_expired"),
            ("inquiry_open",),
            ("inquiry_responded",),
            ("inquiry_closed",),
            ("needs_response",),
            ("submitted",),
            ("won", "lost", "accepted", "expired", "prevented", "withdrawn"),
        )
    )
    for status in statuses
}
STAGE_RANK: dict[Stage, int] = {
    "unknown": 0,
    "alert": 1,
    "inquiry": 2,
    "first": 3,
    "compliance": 3,
    "prearb": 4,
    "arbitration": 5,
}
STAND_INS = ("mail:", "message:")
"""Beginnings of references that we made up because a notice printed none."""

NEEDS_ANSWER = frozenset({"inquiry_open", "needs_response", "unknown"})
OPEN = NEEDS_ANSWER | {"inquiry_responded", "submitted", "alert_open"}


def merge(known: Dispute, told: Dispute) -> Dispute:
    """Return what is known after one more witness spoke; empty fields are filled, never emptied.

    A processor outranks a mail on every field; among equals the later stage, then the later status counts.
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
    later = max((known, told), key=_progress)
    return replace(
        base,
        **filled,
        category=base.category if base.category != "general" else other.category,
        reference=other.reference if base.reference.startswith(STAND_INS) else base.reference,
        stage=later.stage,
        status=later.status,
        respond_by=_deadline(base, other),
        sources=tuple(sorted({*known.sources, *told.sources})),
    )


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


def _deadline(base: Dispute, other: Dispute) -> datetime | None:
    """Return the more trusted deadline; among equals that of the later stage, within a stage the earlier one."""
    if base.respond_by is None or other.respond_by is None:
        return base.respond_by or other.respond_by
    if _trust(base) != _trust(other):
        return base.respond_by
    if base.stage == other.stage:
        return min(base.respond_by, other.respond_by)
    return max((base, other), key=lambda dispute: STAGE_RANK[dispute.stage]).respond_by


def _progress(dispute: Dispute) -> tuple[int, int]:
    return STAGE_RANK[dispute.stage], STATUS_RANK.get(dispute.status, 0)
