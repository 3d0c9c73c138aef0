"""Approved answers that nobody has handed in yet, and persons' words that they were."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, or_, select, update

from rejoinder.domain.cases import Dispute
from rejoinder.domain.disputes import WAITING, HandIn, handed_in, lifecycle, taken_back
from rejoinder.domain.lifecycle import ANSWERED, Stage, rests_on_a_person
from rejoinder.errors import Conflict, NotFound
from rejoinder.storage.cases import keep_dispute
from rejoinder.storage.dispute_tables import hand_ins
from rejoinder.storage.documents import load
from rejoinder.storage.messages import lock_disputes
from rejoinder.storage.rows import Rows, note
from rejoinder.storage.tables import cases, decisions, disputes, reviews

SETTLED = ("in_review", "sending", "answered")
"""States of a case whose newest decision is carried out or being so, with nothing newer in work."""


class HandInLine(NamedTuple):
    """One line of the list of answers to hand in."""

    case_id: int
    merchant_id: int
    title: str
    processor: str
    respond_by: datetime | None


class HandInRows(Rows):
    """What is left to do after an approval."""

    def hand_in(self, case_id: int, stage: Stage, *, actor: str, now: datetime, confirmation: str = "") -> None:
        """Keep a person's word that the answer to this stage was handed in; said twice, the first word stands.

        Raises:
            Conflict: the dispute is at another stage by now, or the processor waits for nothing.
            NotFound: the case has no dispute.
        """
        with self.begin() as connection:
            row, dispute = _lock_dispute(connection, case_id)
            known = _open_word(connection, case_id, stage)
            waits = dispute.stage == stage and dispute.status in WAITING
            if known is not None and not waits:
                return
            if dispute.stage != stage or dispute.status not in WAITING | ANSWERED:
                raise Conflict("the processor has told more in the meantime; look at the case again")
            if known is not None:  # the processor asked again after it was said
                _end(connection, known.id, row.processor, now)
            values = {"case_id": case_id, "stage": stage, "said_by": actor, "said_at": now}
            kept = insert(hand_ins).values(confirmation=confirmation, **values).returning(hand_ins)
            word = _as_hand_in(connection.execute(kept).one())
            keep_dispute(connection, row.merchant_id, case_id, handed_in(dispute, word), row)
            note(connection, "handed_in", actor=actor, case_id=case_id, stage=stage, confirmation=confirmation)

    def take_back_hand_in(self, case_id: int, hand_in_id: int, *, actor: str, now: datetime) -> None:
        """Take such a word back; taken back before, nothing happens.

        Raises:
            Conflict: the processor has told more since.
            NotFound: the case has no such word.
        """
        with self.begin() as connection:
            row, dispute = _lock_dispute(connection, case_id)
            named = hand_ins.c.id == hand_in_id, hand_ins.c.case_id == case_id
            known = connection.execute(select(hand_ins).where(*named)).one_or_none()
            if known is None:
                raise NotFound(f"case {case_id} has no hand-in {hand_in_id}")
            if known.ended_at is not None:
                return
            word = _as_hand_in(known)
            if not may_take_back(dispute, word):
                raise Conflict("the processor has told more in the meantime; this cannot be taken back any more")
            _end(connection, hand_in_id, actor, now)
            keep_dispute(connection, row.merchant_id, case_id, taken_back(dispute, word, now), row)
            note(connection, "hand_in_taken_back", actor=actor, case_id=case_id, stage=word.stage)

    def hand_ins(self, case_id: int) -> Sequence[HandIn]:
        """Return what persons said of a case, oldest first, with what was taken back."""
        query = select(hand_ins).where(hand_ins.c.case_id == case_id).order_by(hand_ins.c.id)
        with self.reading() as connection:
            return [_as_hand_in(row) for row in connection.execute(query)]

    def is_to_hand_in(self, case_id: int) -> bool:
        """Tell whether a case's answer is approved and nobody knows that it was handed in."""
        query = select(cases.c.id).where(cases.c.id == case_id, awaits_hand_in())
        with self.reading() as connection:
            return connection.execute(query).one_or_none() is not None

    def list_to_hand_in(self, merchant_ids: Sequence[int], *, limit: int = 200, after: int = 0) -> Sequence[HandInLine]:
        """Return such cases by deadline, those without one last; `after` is the last case seen."""
        query = (
            select(cases, disputes.c.processor)
            .join(disputes, disputes.c.case_id == cases.c.id)
            .where(cases.c.merchant_id.in_(merchant_ids), awaits_hand_in())
            .order_by(cases.c.respond_by.asc().nulls_last(), cases.c.id)
            .limit(limit)
        )
        with self.reading() as connection:
            rows = connection.execute(query.where(_comes_after(connection, after)) if after else query).all()
        return [HandInLine(r.id, r.merchant_id, r.title, r.processor, r.respond_by) for r in rows]


def awaits_hand_in() -> ColumnElement[bool]:
    """Return the test whether a case's answer is approved and nobody knows that it was handed in."""
    newest = select(reviews.c.id).where(reviews.c.case_id == cases.c.id).order_by(reviews.c.id.desc()).limit(1)
    approved = select(decisions.c.review_id).where(
        decisions.c.review_id == newest.correlate(cases).scalar_subquery(), decisions.c.draft_id.is_not(None)
    )
    waiting = select(disputes.c.id).where(disputes.c.case_id == cases.c.id, disputes.c.status.in_(sorted(WAITING)))
    return and_(
        cases.c.kind == "dispute",
        cases.c.status.in_(SETTLED),
        waiting.correlate(cases).exists(),
        approved.correlate(cases).exists(),
    )


def may_take_back(dispute: Dispute, word: HandIn) -> bool:
    """Tell whether nothing but this word says that the dispute's present stage was answered."""
    cycle = lifecycle(dispute)
    return cycle.stage == word.stage and dispute.status not in WAITING and rests_on_a_person(cycle)


def _lock_dispute(connection: Connection, case_id: int) -> tuple[Row[Any], Dispute]:
    """Return the dispute of a case and its row, held against every other witness."""
    query = select(disputes).where(disputes.c.case_id == case_id).order_by(disputes.c.id)
    found = connection.execute(query).first()
    if found is None:
        raise NotFound(f"case {case_id} is no dispute")
    lock_disputes(connection, found.merchant_id, found.processor)
    row = connection.execute(select(disputes).where(disputes.c.id == found.id).with_for_update()).one()
    return row, load(Dispute, row.document)


def _open_word(connection: Connection, case_id: int, stage: Stage) -> Row[Any] | None:
    mine = hand_ins.c.case_id == case_id, hand_ins.c.stage == stage, hand_ins.c.ended_at.is_(None)
    return connection.execute(select(hand_ins).where(*mine)).one_or_none()


def _end(connection: Connection, hand_in_id: int, actor: str, now: datetime) -> None:
    ended = update(hand_ins).where(hand_ins.c.id == hand_in_id)
    connection.execute(ended.values(ended_by=actor, ended_at=now))


def _as_hand_in(row: Row[Any]) -> HandIn:
    return HandIn(
        hand_in_id=row.id,
        stage=row.stage,
        said_by=row.said_by,
        said_at=row.said_at,
        confirmation=row.confirmation,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
    )


def _comes_after(connection: Connection, case_id: int) -> ColumnElement[bool]:
    """Return the test for what stands behind a case in the list."""
    respond_by = connection.execute(select(cases.c.respond_by).where(cases.c.id == case_id)).scalar_one_or_none()
    later_id = cases.c.id > case_id
    if respond_by is None:
        return and_(cases.c.respond_by.is_(None), later_id)
    same = and_(cases.c.respond_by == respond_by, later_id)
    return or_(cases.c.respond_by.is_(None), cases.c.respond_by > respond_by, same)
