"""Reminders of disputes that wait, and what happened at their cut-off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from rejoinder.domain.cases import Case, Dispute
from rejoinder.domain.disputes import WAITING
from rejoinder.domain.reminders import CUTOFF_ACTOR, QUEUE, Reminder, SendStatus, Step
from rejoinder.domain.review import Verdict
from rejoinder.errors import Conflict
from rejoinder.storage import outgoing
from rejoinder.storage.cases import as_case
from rejoinder.storage.dispute_tables import reminders
from rejoinder.storage.documents import load
from rejoinder.storage.hand_ins import awaits_hand_in
from rejoinder.storage.reviews import ReviewRows
from rejoinder.storage.rows import note
from rejoinder.storage.tables import cases, disputes, reviews

LOOK = 2000
"""How many disputes are looked at in one go, the nearest deadline first."""
OPEN_CASES = ("new", "working", "in_review", "failed")
GIVE_UP_AFTER = timedelta(days=1)
"""How long after the deadline a reminder that never left is still worth trying."""


class WaitingDispute(NamedTuple):
    """A dispute that waits for people, with when each step was last taken.

    `approved`: its answer only has to be handed in; else nobody has decided on it.
    """

    case: Case
    dispute: Dispute
    taken: Mapping[Step, datetime]
    approved: bool


@dataclass(frozen=True, kw_only=True)
class RuleDecision:
    """A decision that the merchant's written choice makes: on which review, as it was seen, and what."""

    review_id: int
    version: int
    verdict: Verdict
    reason: str


class ReminderRows(ReviewRows):
    """Reminders, and the decisions of the merchant's choice at the cut-off."""

    def waiting_disputes(self, since: datetime) -> Sequence[WaitingDispute]:
        """Return the disputes that wait for people, the nearest deadline first, none due before `since`."""
        known = or_(cases.c.respond_by.is_(None), cases.c.respond_by >= since)
        query = (
            select(cases, disputes.c.document.label("dispute"), awaits_hand_in().label("approved"))
            .join(disputes, disputes.c.case_id == cases.c.id)
            .where(disputes.c.status.in_(sorted(WAITING)), _waits(), known)
            .order_by(cases.c.respond_by.asc().nulls_last(), cases.c.id)
            .limit(LOOK)
        )
        newest = func.max(reminders.c.created_at)
        taken = select(reminders.c.case_id, reminders.c.step, newest.label("at"))
        with self.reading() as connection:
            rows = connection.execute(query).all()
            named = reminders.c.case_id.in_([row.id for row in rows])
            steps: dict[int, dict[Step, datetime]] = {}
            for one in connection.execute(taken.where(named).group_by(reminders.c.case_id, reminders.c.step)):
                steps.setdefault(one.case_id, {})[one.step] = one.at
        return [
            WaitingDispute(as_case(row), load(Dispute, row.dispute), steps.get(row.id, {}), row.approved)
            for row in rows
        ]

    def remind(
        self,
        case_id: int,
        due_by: datetime,
        steps: Sequence[Step],
        channels: Sequence[str],
        now: datetime,
        *,
        details: Mapping[str, str] | None = None,
        decision: RuleDecision | None = None,
    ) -> Sequence[int]:
        """Take these steps for a deadline: the last is told on the channels, those before it are covered by it.

        The rows come first, with the jobs that send them, and with the decision that goes with a cut-off, all in one
        transaction. Nothing is done when the case no longer waits, or when the last step was taken before. `details`
        are those of a cut-off, of a case that nobody decided on.

        Returns:
            The ids of what was newly told, one a channel.

        Raises:
            Conflict: somebody decided or changed the review meanwhile; nothing was done.
        """
        last = steps[-1]
        with self.begin() as connection:
            row = _lock_waiting(connection, case_id)
            if row is None:
                return ()
            if details and _is_approved(connection, case_id):
                raise Conflict(f"the answer of case {case_id} was approved meanwhile")
            told = {"merchant_id": row.merchant_id, "case_id": case_id, "due_by": due_by, "created_at": now}
            for step in steps[:-1]:
                _insert(connection, told | {"step": step, "channel": QUEUE, "status": "covered"})
            loud = told | {"step": last, "details": dict(details or {})}
            ids = [found for one in channels if (found := _insert(connection, _on(loud, one))) is not None]
            if ids:
                shown: dict[str, Any] = {"step": last, "channels": list(channels), **(details or {})}
                note(connection, "reminded", case_id=case_id, **shown)
            if ids and decision:
                self.decide_within(
                    connection,
                    decision.review_id,
                    decision.version,
                    decision.verdict,
                    reviewer=CUTOFF_ACTOR,
                    reason=decision.reason,
                )
        return ids

    def reminders_of_case(self, case_id: int) -> Sequence[Reminder]:
        """Return the case's reminders, oldest first, without those that a louder one covered."""
        told = reminders.c.case_id == case_id, reminders.c.status != "covered"
        with self.reading() as connection:
            rows = connection.execute(select(reminders).where(*told).order_by(reminders.c.id)).all()
        return [as_reminder(row) for row in rows]

    def claim_reminder(self, reminder_id: int) -> Reminder | None:
        """Move queued to sending for exactly one caller; a case that nobody is waited for any more is not reminded of.

        That a rule conceded it is told all the same.
        """
        with self.begin() as connection:
            row = outgoing.claim(connection, reminders, reminder_id)
            if row is None:
                return None
            if row.details.get("done") != "accept" and _lock_waiting(connection, row.case_id) is None:
                outgoing.end(connection, reminders, row.id, "cancelled", "settled before it was sent")
                return None
        return as_reminder(row)

    def finish_reminder(self, reminder_id: int, status: SendStatus, answer: str, raw_file: str = "") -> None:
        """Record how a send ended."""
        with self.begin() as connection:
            outgoing.end(connection, reminders, reminder_id, status, answer, raw_file=raw_file)

    def release_reminder(self, reminder_id: int, answer: str) -> None:
        """Put a reminder that surely did not leave back into the queue."""
        with self.begin() as connection:
            outgoing.release(connection, reminders, reminder_id, answer)

    def requeue_lost_reminders(self, now: datetime) -> int:
        """Queue a job for reminders that wait and have none; long after the deadline they fail visibly."""
        late = reminders.c.status == "queued", reminders.c.due_by < now - GIVE_UP_AFTER
        with self.begin() as connection:
            for row in connection.execute(select(reminders.c.id, reminders.c.answer).where(*late)).all():
                answer = f"not sent before the deadline: {row.answer}"
                outgoing.end(connection, reminders, row.id, "failed", answer, before=("queued",))
            return outgoing.requeue_lost(connection, reminders, "remind", "reminder_id", now)

    def mark_stuck_reminders(self, since: datetime) -> int:
        """Mark reminders that a killed worker left half sent as uncertain."""
        with self.begin() as connection:
            return outgoing.mark_stuck(connection, reminders, since)


def as_reminder(row: Row[Any]) -> Reminder:
    """Return a row as a reminder."""
    return Reminder(
        reminder_id=row.id,
        merchant_id=row.merchant_id,
        case_id=row.case_id,
        step=row.step,
        channel=row.channel,
        due_by=row.due_by,
        status=row.status,
        token=row.token,
        created_at=row.created_at,
        details=row.details,
        answer=row.answer,
    )


def _undecided() -> Any:
    """Return the test whether a case waits for a decision: its newest question, if there was one, is not decided.

    A case that failed waits even after a decision, for the decision was not carried out.
    """
    newest = select(reviews.c.status).where(reviews.c.case_id == cases.c.id).order_by(reviews.c.id.desc()).limit(1)
    open_question = func.coalesce(newest.scalar_subquery(), "open") != "decided"
    return cases.c.status.in_(OPEN_CASES) & (open_question | (cases.c.status == "failed"))


def _waits() -> Any:
    return or_(_undecided(), awaits_hand_in())


def _lock_waiting(connection: Connection, case_id: int) -> Row[Any] | None:
    query = select(cases).where(cases.c.id == case_id, _waits())
    return connection.execute(query.with_for_update(of=cases)).one_or_none()


def _is_approved(connection: Connection, case_id: int) -> bool:
    """Tell it afresh: the query that waited for the lock saw what was true before it."""
    query = select(cases.c.id).where(cases.c.id == case_id, awaits_hand_in())
    return connection.execute(query).one_or_none() is not None


def _on(shown: Mapping[str, Any], channel: str) -> dict[str, Any]:
    return {**shown, "channel": channel, "status": "sent" if channel == QUEUE else "queued"}


def _insert(connection: Connection, values: dict[str, Any]) -> int | None:
    """Insert a reminder with the job that sends it; None when it is there."""
    statement = insert(reminders).values(token=outgoing.new_token(), **values).on_conflict_do_nothing()
    found: int | None = connection.execute(statement.returning(reminders.c.id)).scalar_one_or_none()
    if found is not None and values["status"] == "queued":
        outgoing.queue_send(connection, "remind", "reminder_id", found)
    return found
