"""How what is known about a dispute grows: events in any order, repeated, from several witnesses."""

from dataclasses import replace

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
            "payment_reference", "network", "reason_code", "reason_text", "amount", "transaction_date", "respond_by",
            "card_last4", "arn", "order_reference", "buyer_email",
        )
    }  # fmt: skip
    later = max((known, told), key=_progress)
    deadlines = [d.respond_by for d in (known, told) if d.respond_by]
    return replace(
        base,
        **filled,
        category=base.category if base.category != "general" else other.category,
        reference=base.reference,
        stage=later.stage,
        status=later.status,
        respond_by=base.respond_by or min(deadlines, default=None),
        sources=tuple(sorted({*known.sources, *told.sources})),
    )


def _trust(dispute: Dispute) -> int:
    return 1 if {"webhook", "api"} & set(dispute.sources) else 0


def _progress(dispute: Dispute) -> tuple[int, int]:
    return STAGE_RANK[dispute.stage], STATUS_RANK.get(dispute.status, 0)
