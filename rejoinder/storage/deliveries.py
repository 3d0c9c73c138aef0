"""The outbox: one delivery a run, claimed by one worker, sent at most once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from rejoinder.domain.drafts import Draft
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.review import Delivery, DeliveryStatus, Route
from rejoinder.errors import Conflict, NotFound
from rejoinder.storage.documents import dump, load
from rejoinder.storage.queue import queue_job
from rejoinder.storage.rows import Rows, note
from rejoinder.storage.tables import cases, decisions, deliveries, drafts, messages, reviews, runs

PRIORITY = 20


@dataclass(frozen=True)
class DeliveryRows(Rows):
    """Deliveries. `undo` and `supervised` are how long one can be taken back before it leaves."""

    undo: timedelta = timedelta(0)
    supervised: timedelta = timedelta(minutes=15)

    def queue_delivery(self, run_id: int, draft_id: int) -> int:
        """Put the draft into the outbox with its job, once per run."""
        with self.begin() as connection:
            run = connection.execute(select(runs).where(runs.c.id == run_id).with_for_update()).one()
            known = select(deliveries.c.id).where(deliveries.c.run_id == run_id, deliveries.c.status != "cancelled")
            delivery_id = connection.execute(known).scalar_one_or_none()
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
        self._queue(connection, delivery_id, not_before if wait else None)
        note(connection, "queued", case_id=run.case_id, delivery_id=delivery_id, draft_id=draft_id)
        return delivery_id

    def _queue(self, connection: Connection, delivery_id: int, at: datetime | None) -> None:
        lock = f"delivery:{delivery_id}"
        args = {"delivery_id": delivery_id}
        queue_job(connection, "deliver", args, lock=lock, priority=PRIORITY, scheduled_at=at)

    def delivery(self, delivery_id: int) -> Delivery:
        """Return the delivery."""
        with self.begin() as connection:
            row = connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no delivery {delivery_id}")
        return as_delivery(row)

    def deliveries_of_case(self, case_id: int) -> Sequence[Delivery]:
        """Return the case's deliveries, oldest first."""
        query = select(deliveries).where(deliveries.c.case_id == case_id).order_by(deliveries.c.id)
        with self.begin() as connection:
            return [as_delivery(row) for row in connection.execute(query)]

    def claim_delivery(self, delivery_id: int) -> Delivery | None:
        """Move queued to sending for exactly one caller; None when it is not to be sent, or not yet."""
        statement = (
            update(deliveries)
            .where(deliveries.c.id == delivery_id, deliveries.c.status == "queued")
            .where(deliveries.c.not_before <= func.now())
            .values(status="sending", changed_at=func.now())
        )
        with self.begin() as connection:
            row = connection.execute(statement.returning(deliveries)).one_or_none()
        return as_delivery(row) if row else None

    def release_delivery(self, delivery_id: int, answer: str) -> None:
        """Put a delivery that surely did not leave back into the queue."""
        self._end(delivery_id, "queued", answer, "")

    def finish_delivery(self, delivery_id: int, status: DeliveryStatus, answer: str, raw_file: str) -> None:
        """Record how a send ended; the case follows."""
        self._end(delivery_id, status, answer, raw_file)

    def _end(self, delivery_id: int, status: str, answer: str, raw_file: str) -> None:
        values = {"status": status, "answer": answer[:2000], "changed_at": func.now()}
        if raw_file:
            values["raw_file"] = raw_file
        statement = update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.status == "sending")
        with self.begin() as connection:
            row = connection.execute(statement.values(values).returning(deliveries)).one_or_none()
            if row is None or status == "queued":
                return
            case_status = {"sent": "answered", "uncertain": "failed", "failed": "failed"}[status]
            outcome = "ready" if row.channel == "none" and status == "sent" else status
            connection.execute(
                update(cases).where(cases.c.id == row.case_id).values(status=case_status, outcome=outcome)
            )
            note(connection, f"delivery_{status}", case_id=row.case_id, delivery_id=delivery_id, answer=answer[:500])

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
                "raw_file": raw_file,
                "mail": dump(mail),
                "received_at": func.now(),
            }
            connection.execute(insert(messages).values(values).on_conflict_do_nothing())

    def mark_stuck_deliveries(self, since: datetime) -> int:
        """Mark sends that a killed worker left half done as uncertain: a person looks, nothing is sent again."""
        stuck = select(deliveries.c.id).where(deliveries.c.status == "sending", deliveries.c.changed_at < since)
        with self.begin() as connection:
            ids = connection.execute(stuck.limit(200)).scalars().all()
        for delivery_id in ids:
            self._end(delivery_id, "uncertain", "the worker ended while sending; look whether it arrived", "")
        return len(ids)

    def take_back(self, delivery_id: int, actor: str) -> None:
        """Take a queued delivery back; its review opens again.

        Raises:
            Conflict: it is being sent or was sent already.
        """
        statement = update(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.status == "queued")
        with self.begin() as connection:
            row = connection.execute(statement.values(status="cancelled").returning(deliveries)).one_or_none()
            if row is None:
                raise Conflict(f"delivery {delivery_id} has left already and cannot be taken back")
            connection.execute(update(cases).where(cases.c.id == row.case_id).values(status="in_review"))
            review = update(reviews).where(reviews.c.run_id == row.run_id)
            values = {"status": "open", "version": reviews.c.version + 1, "draft_id": row.draft_id}
            reopened = connection.execute(review.values(values).returning(reviews.c.id)).scalar_one_or_none()
            if reopened is None:
                _ask_person(connection, row)
            else:
                connection.execute(decisions.delete().where(decisions.c.review_id == reopened))
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


def _ask_person(connection: Connection, delivery: Row[Any]) -> None:
    """Open a review of what was about to leave by itself."""
    due_by = select(cases.c.respond_by).where(cases.c.id == delivery.case_id).scalar_subquery()
    values = {name: getattr(delivery, name) for name in ("merchant_id", "case_id", "run_id", "draft_id")}
    connection.execute(insert(reviews).values(due_by=due_by, **values))


def _is_supervised(run: Row[Any]) -> bool:
    route = load(Route, run.route)
    return any(reason.code == "autonomy_supervised" for reason in route.reasons)
