"""What leaves towards the merchant's own people: each row claimed by one worker and sent at most once."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select, update

from rejoinder.domain.reminders import SendStatus
from rejoinder.storage.cases import LOST_AFTER, SWEEP, has_job
from rejoinder.storage.queue import DELIVER, queue_job
from rejoinder.storage.rows import note

MAX_ANSWER = 2000
TOKEN_BYTES = 6
CUT_OFF = "the worker ended while sending; look whether it arrived"


def new_token() -> str:
    """Return what makes a mail's id and its subject's mark impossible to guess."""
    return secrets.token_hex(TOKEN_BYTES)


def queue_send(connection: Connection, task: str, argument: str, row_id: int) -> None:
    """Queue the job that sends a row."""
    queue_job(connection, task, {argument: row_id}, lock=f"{task}:{row_id}", priority=DELIVER)


def claim(connection: Connection, table: Table, row_id: int) -> Row[Any] | None:
    """Move a row from queued to sending for exactly one caller."""
    queued = update(table).where(table.c.id == row_id, table.c.status == "queued")
    return connection.execute(queued.values(status="sending", changed_at=func.now()).returning(table)).one_or_none()


def release(connection: Connection, table: Table, row_id: int, answer: str) -> None:
    """Put a row that surely did not leave back into the queue."""
    sending = update(table).where(table.c.id == row_id, table.c.status == "sending")
    connection.execute(sending.values(status="queued", answer=answer[:MAX_ANSWER], changed_at=func.now()))


def end(
    connection: Connection,
    table: Table,
    row_id: int,
    status: SendStatus,
    answer: str,
    *,
    raw_file: str = "",
    before: Sequence[str] = ("sending", "uncertain"),
) -> Row[Any] | None:
    """Record how a send ended, with a line in the audit trail; None when the row was in none of the states `before`."""
    values = {"status": status, "answer": answer[:MAX_ANSWER], "changed_at": func.now()}
    if raw_file:
        values["raw_file"] = raw_file
    statement = update(table).where(table.c.id == row_id, table.c.status.in_(before))
    row = connection.execute(statement.values(values).returning(table)).one_or_none()
    if row is not None:
        named = {"step": row.step, "channel": row.channel} if "step" in table.c else {"kind": row.kind}
        what = f"{table.name.removesuffix('s')}_{status}"
        note(connection, what, case_id=row.case_id, number=row.id, answer=answer[:500], **named)
    return row


def mark_stuck(connection: Connection, table: Table, since: datetime) -> int:
    """Mark sends that a killed worker left half done as uncertain: a person looks, nothing is sent again."""
    stuck = select(table.c.id).where(table.c.status == "sending", table.c.changed_at < since).limit(SWEEP)
    ids = connection.execute(stuck.with_for_update(skip_locked=True)).scalars().all()
    for row_id in ids:
        end(connection, table, row_id, "uncertain", CUT_OFF, before=("sending",))
    return len(ids)


def requeue_lost(connection: Connection, table: Table, task: str, argument: str, now: datetime) -> int:
    """Queue a job for rows that wait and have none."""
    waits = table.c.status == "queued", table.c.changed_at < now - LOST_AFTER, ~has_job(argument, table.c.id)
    lost = select(table.c.id).where(*waits).order_by(table.c.id).limit(SWEEP).with_for_update(skip_locked=True)
    ids = connection.execute(lost).scalars().all()
    for row_id in ids:
        queue_send(connection, task, argument, row_id)
    return len(ids)
