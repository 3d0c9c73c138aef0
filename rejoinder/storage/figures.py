"""Disputes as they stand, for counting."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, and_, exists, func, select

from rejoinder.domain.cases import Dispute
from rejoinder.domain.disputes import NEEDS_ANSWER, lifecycle
from rejoinder.domain.figures import DisputeRecord
from rejoinder.domain.lifecycle import LOSSES, Move, was_answered
from rejoinder.domain.money import Money
from rejoinder.storage.documents import load
from rejoinder.storage.rows import Rows
from rejoinder.storage.tables import cases, decisions, deliveries, disputes, orders, reviews

WON = frozenset({"won_provisional", "won_final"})

_move = func.jsonb_array_elements(disputes.c.document["moves"]).table_valued("value", name="move")
_first_told = (
    select(func.min(_move.c.value.op("->>")("occurred_at").cast(DateTime(timezone=True))))
    .select_from(_move)
    .where(_move.c.value.op("->>")("witness") != "person")
    .scalar_subquery()
)
_opened_at = func.coalesce(_first_told, cases.c.created_at)
_LETTER_LEFT = exists().where(deliveries.c.case_id == cases.c.id, deliveries.c.status == "sent")
_GIVEN_UP = exists().where(
    reviews.c.case_id == cases.c.id,
    decisions.c.review_id == reviews.c.id,
    decisions.c.verdict.in_(["reject", "concede"]),
)
_QUERY = (
    select(
        disputes.c.document,
        disputes.c.processor,
        disputes.c.reference,
        _opened_at.label("opened_at"),
        _LETTER_LEFT.label("letter_left"),
        _GIVEN_UP.label("given_up"),
        orders.c.document["ship_to"]["country"].astext.label("country"),
        orders.c.document["goods"].astext.label("goods"),
    )
    .select_from(
        disputes.join(cases, cases.c.id == disputes.c.case_id).outerjoin(
            orders, and_(orders.c.merchant_id == cases.c.merchant_id, orders.c.number == cases.c.order_number)
        )
    )
    .order_by(_opened_at, disputes.c.id)
)


class FigureRows(Rows):
    """What the figures are counted from."""

    def dispute_records(
        self, merchant_ids: Sequence[int], since: datetime | None = None, until: datetime | None = None
    ) -> list[DisputeRecord]:
        """Return the disputes that were opened from `since` until before `until`, oldest first; without fees.

        A dispute was opened when it was first told of. It was answered when the processor knows of an answer, when
        a person said that it was handed in, or when a person approved the letter. It was conceded when it was
        accepted, or lost after a person rejected the letter. An amount that no witness named counts as nothing, in no
        currency (`XXX`).
        """
        query = _QUERY.where(cases.c.merchant_id.in_(merchant_ids), cases.c.status != "merged")
        if since is not None:
            query = query.where(_opened_at >= since)
        if until is not None:
            query = query.where(_opened_at < until)
        with self.reading() as connection:
            return [_record(row) for row in connection.execute(query)]


def _record(row: Any) -> DisputeRecord:
    dispute = load(Dispute, row.document)
    cycle = lifecycle(dispute)
    answered = row.letter_left or was_answered(cycle)
    amount = dispute.amount or Money(amount_minor=0, currency="XXX")
    given_up = row.given_up and not answered and cycle.state in {"lost", "expired"}
    return DisputeRecord(
        reference=row.reference,
        processor=row.processor,
        opened_at=row.opened_at,
        status="accepted" if given_up else cycle.state,
        amount=amount,
        answered=answered,
        reopened=_was_reopened(cycle.moves),
        network=dispute.network,
        code=dispute.reason_code,
        category=dispute.category,
        country=row.country or "",
        goods=row.goods or "",
    )


def _was_reopened(moves: Iterable[Move]) -> bool:
    """Tell whether the processor asked again, or told of a loss, after it had told of a win."""
    told = [move for move in moves if move.witness == "processor" and move.occurred_at]
    won_at = min((move.occurred_at for move in told if move.state in WON and move.occurred_at), default=None)
    return won_at is not None and any(
        move.state in NEEDS_ANSWER | LOSSES and move.occurred_at and move.occurred_at > won_at for move in told
    )
