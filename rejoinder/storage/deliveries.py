"""The outbox: one delivery a run, claimed by one worker, sent at most once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from rejoinder.domain.drafts import Draft
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.review import Delivery, DeliveryStatus, Route
from rejoinder.errors import Conflict, NotFound
from rejoinder.storage.cases import LOST_AFTER, SWEEP, has_job
from rejoinder.storage.documents import dump, load
from rejoinder.storage.messages import participants
from rejoinder.storage.queue import DELIVER, queue_job
from rejoinder.storage.rows import Rows, note
from rejoinder.storage.tables import cases, decisions, deliveries, drafts, messages, reviews, runs

GIVE_UP_AFTER = timedelta(days=3)
"""How long a mail server may be away before a person must look."""
MAX_ANSWER = 2000
CASE_STATUS = {"sent": "answered", "uncertain": "failed", "failed": "failed"}


@dataclass(frozen=True)
class DeliveryRows(Rows):
    """Deliveries. `undo` and `supervised` are how long one can be taken back before it leaves."""

    undo: timedelta = timedelta(0)
    supervised: timedelta = timedelta(minutes=15)

    def queue_delivery(self, run_id: int, draft_id: int) -> int:
        """Put the draft into the outbox with its job, once per run; what was taken back stays taken back."""
        with self.begin() as connection:
            run = connection.execute(select(runs).where(runs.c.id == run_id).with_for_update()).one()
            known = select(deliveries.c.id).where(deliveries.c.run_id == run_id).order_by(deliveries.c.id.desc())
            delivery_id = connection.execute(known.limit(1)).scalar_one_or_none()
            if delivery_id is None:
                delivery_id = self._insert(connection, run, draft_id)
        return int(delivery_id)

    def _insert(self, connection: Connection, run: Row[Any], draft_id: int) -> int:
        draft = load(Draft, connection.execute(select(drafts.c.document).where(drafts.c.id == draft_id)).scalar_one())
        mailbox = connection.execute(select(messages.c.mailbox).where(messages.c.id == run.message_id)).scalar_one()
        automatic = not _was_reviewed(connection, run.id)
        wait = self.supervised if automatic and _is_supervised(run) else timedelta(0) if automatic else self.undo
        not_before = connection.execute(select(func.now())).scalar_one() + wait
        values = {
            "merchant_id": run.merchant_id,
            "case_id": run.case_id,
            "run_id": run.id,
            "draft_id": draft_id,
            "channel": "smtp" if draft.kind == "reply" else "none",
            "mailbox": mailbox,
            "approved_hash": draft.body_hash,
            "automatic": automatic,
            "not_before": not_before,
        }
        delivery_id: int = connection.execute(insert(deliveries).values(values).returning(deliveries.c.id)).scalar_one()
        connection.execute(update(cases).where(cases.c.id == run.case_id).values(status="sending"))
        _queue(connection, delivery_id, not_before if wait else None)
        note(connection, "queued", case_id=run.case_id, delivery_id=delivery_id, draft_id=draft_id)
        return delivery_id

    def delivery(self, delivery_id: int) -> Delivery:
        """Return the delivery."""
        with self.reading() as connection:
            row = connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no delivery {delivery_id}")
        return as_delivery(row)

    def claim_delivery(self, delivery_id: int) -> Delivery | None:
        """Move queued to sending for exactly one caller; None when it is not to be sent, or not yet.

        A delivery whose draft is not what was approved is marked as failed.
        """
        mine = deliveries.c.id == delivery_id, deliveries.c.status == "queued", deliveries.c.not_before <= func.now()
        approved = select(drafts.c.body_hash).where(drafts.c.id == deliveries.c.draft_id).scalar_subquery()
        same = deliveries.c.approved_hash == approved
        sending = update(deliveries).where(*mine, same).values(status="sending", changed_at=func.now())
        refused = update(deliveries).where(*mine, ~same).values(status="sending", changed_at=func.now())
        with self.begin() as connection:
            row = connection.execute(sending.returning(deliveries)).one_or_none()
            if row is None and connection.execute(refused.returning(deliveries.c.id)).one_or_none() is not None:
                answer = "the draft is not what was approved; nothing was sent"
                _end(connection, delivery_id, "failed", answer, "", ("sending",))
        return as_delivery(row) if row else None

    def release_delivery(self, delivery_id: int, answer: str) -> None:
        """Put a delivery that surely did not leave back into the queue."""
        values = {"status": "queued", "answer": answer[:MAX_ANSWER], "changed_at": func.now()}
        sending = update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.status == "sending")
        with self.begin() as connection:
            connection.execute(sending.values(values))

    def give_up_delivery(self, delivery_id: int, answer: str) -> None:
        """Mark a queued delivery as failed after its last try, for a person to see."""
        with self.begin() as connection:
            _end(connection, delivery_id, "failed", answer, "", ("queued",))

    def finish_delivery(self, delivery_id: int, status: DeliveryStatus, answer: str, raw_file: str) -> None:
        """Record how a send ended; the case follows. Who sent may still tell after it was taken for uncertain."""
        with self.begin() as connection:
            _end(connection, delivery_id, status, answer, raw_file, ("sending", "uncertain"))

    def settle_uncertain(self, delivery_id: int, *, arrived: bool, actor: str) -> None:
        """Record what a person found out about an uncertain delivery; one that did not arrive goes back to review.

        Raises:
            Conflict: it is not uncertain (any more).
        """
        answer = f"{actor} found that it {'arrived' if arrived else 'did not arrive'}"
        with self.begin() as connection:
            row = _end(connection, delivery_id, "sent" if arrived else "cancelled", answer, "", ("uncertain",))
            if row is None:
                raise Conflict(f"delivery {delivery_id} is not uncertain any more")
            if not arrived:
                _reopen(connection, row)

    def keep_sent_mail(self, delivery_id: int, mail: InboundMail, raw_file: str, counterpart: str) -> None:
        """Keep what was sent as a message of the case, so that the answer to it finds the case."""
        with self.begin() as connection:
            row = connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one()
            values = {
                "merchant_id": row.merchant_id,
                "case_id": row.case_id,
                "identity": f"delivery:{delivery_id}",
                "direction": "out",
                "mailbox": row.mailbox,
                "message_header": mail.message_id,
                "counterpart": counterpart.lower(),
                "participants": participants((*mail.to, *mail.cc)),
                "raw_file": raw_file,
                "mail": dump(mail),
                "received_at": func.now(),
            }
            connection.execute(insert(messages).values(values).on_conflict_do_nothing())

    def mark_stuck_deliveries(self, since: datetime) -> int:
        """Mark sends that a killed worker left half done as uncertain: a person looks, nothing is sent again."""
        stuck = select(deliveries.c.id).where(deliveries.c.status == "sending", deliveries.c.changed_at < since)
        answer = "the worker ended while sending; look whether it arrived"
        with self.begin() as connection:
            ids = connection.execute(stuck.limit(SWEEP).with_for_update(skip_locked=True)).scalars().all()
            for delivery_id in ids:
                _end(connection, delivery_id, "uncertain", answer, "", ("sending",))
        return len(ids)

    def requeue_lost_deliveries(self, now: datetime) -> int:
        """Queue a job for deliveries that are due and have none; what is overdue for days fails visibly."""
        due = deliveries.c.status == "queued", deliveries.c.not_before < now - LOST_AFTER
        lost = select(deliveries).where(*due, ~has_job("delivery_id", deliveries.c.id)).order_by(deliveries.c.id)
        with self.begin() as connection:
            rows = connection.execute(lost.limit(SWEEP).with_for_update(skip_locked=True)).all()
            for row in rows:
                if row.not_before < now - GIVE_UP_AFTER:
                    _end(connection, row.id, "failed", f"not sent for days: {row.answer}", "", ("queued",))
                else:
                    _queue(connection, row.id, None)
        return len(rows)

    def take_back(self, delivery_id: int, actor: str) -> None:
        """Take a queued delivery back; its review opens again, or a first one when no person had seen it.

        Raises:
            Conflict: it is being sent or was sent already.
        """
        queued = update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.status == "queued")
        values = {"status": "cancelled", "changed_at": func.now()}
        with self.begin() as connection:
            row = connection.execute(queued.values(values).returning(deliveries)).one_or_none()
            if row is None:
                raise Conflict(f"delivery {delivery_id} has left already and cannot be taken back")
            _reopen(connection, row)
            note(connection, "taken_back", actor=actor, case_id=row.case_id, delivery_id=delivery_id)


def as_delivery(row: Row[Any]) -> Delivery:
    """Return a row as a delivery."""
    return Delivery(
        delivery_id=row.id,
        case_id=row.case_id,
        run_id=row.run_id,
        draft_id=row.draft_id,
        channel=row.channel,
        status=row.status,
        mailbox=row.mailbox,
        approved_hash=row.approved_hash,
        automatic=row.automatic,
        not_before=row.not_before,
        raw_file=row.raw_file,
        answer=row.answer,
    )


def _was_reviewed(connection: Connection, run_id: int) -> bool:
    query = select(decisions.c.review_id).join(reviews, reviews.c.id == decisions.c.review_id)
    return connection.execute(query.where(reviews.c.run_id == run_id)).one_or_none() is not None


def was_taken_back(connection: Connection, run_id: int) -> bool:
    """Tell whether a delivery of the run was cancelled: its graph has gone past the outbox and is not resumed."""
    query = select(deliveries.c.id).where(deliveries.c.run_id == run_id, deliveries.c.status == "cancelled")
    return connection.execute(query.limit(1)).first() is not None


def _queue(connection: Connection, delivery_id: int, at: datetime | None) -> None:
    lock = f"delivery:{delivery_id}"
    args = {"delivery_id": delivery_id}
    queue_job(connection, "deliver", args, lock=lock, priority=DELIVER, scheduled_at=at)


def _end(
    connection: Connection, delivery_id: int, status: str, answer: str, raw_file: str, before: Sequence[str]
) -> Row[Any] | None:
    """Move a delivery out of one of the states `before`; None when it is in another, and nothing changed."""
    values = {"status": status, "answer": answer[:MAX_ANSWER], "changed_at": func.now()}
    if raw_file:
        values["raw_file"] = raw_file
    statement = update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.status.in_(before))
    row = connection.execute(statement.values(values).returning(deliveries)).one_or_none()
    if row is None:
        return None
    if status in CASE_STATUS:
        outcome = "ready" if row.channel == "none" and status == "sent" else status
        ended = update(cases).where(cases.c.id == row.case_id)
        connection.execute(ended.values(status=CASE_STATUS[status], outcome=outcome))
    note(connection, f"delivery_{status}", case_id=row.case_id, delivery_id=delivery_id, answer=answer[:500])
    return row


def _reopen(connection: Connection, delivery: Row[Any]) -> None:
    """Ask a person about a delivery that did not leave."""
    due = update(cases).where(cases.c.id == delivery.case_id).values(status="in_review")
    due_by = connection.execute(due.returning(cases.c.respond_by)).scalar_one()
    shown = {"draft_id": delivery.draft_id, "due_by": due_by, "status": "open"}
    theirs = {name: getattr(delivery, name) for name in ("merchant_id", "case_id", "run_id")}
    statement = insert(reviews).values(**theirs, **shown)
    again = statement.on_conflict_do_update(
        index_elements=["run_id"], set_={**shown, "version": reviews.c.version + 1, "reminded_at": None}
    )
    review_id = connection.execute(again.returning(reviews.c.id)).scalar_one()
    connection.execute(delete(decisions).where(decisions.c.review_id == review_id))


def _is_supervised(run: Row[Any]) -> bool:
    route = load(Route, run.route)
    return any(reason.code == "autonomy_supervised" for reason in route.reasons)
