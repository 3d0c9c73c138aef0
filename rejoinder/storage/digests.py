"""Digests: each row of one mail becomes a message, a dispute and a case of its own."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert

from rejoinder.domain.cases import Dispute
from rejoinder.domain.digests import DigestRow
from rejoinder.domain.disputes import merge
from rejoinder.storage.cases import find_known_dispute, keep_dispute, run_row, settle
from rejoinder.storage.documents import dump, load
from rejoinder.storage.messages import insert_message, lock_disputes
from rejoinder.storage.queue import queue_run
from rejoinder.storage.rows import Rows, note
from rejoinder.storage.tables import cases, messages, runs

WITH_A_PERSON = frozenset({"in_review", "sending"})


class DigestRows(Rows):
    """Rows of digests."""

    def open_digest(self, run_id: int, rows: Sequence[DigestRow]) -> Sequence[int]:
        """Open or update the dispute of every row, in one transaction, and end the digest's own case.

        A row that was opened before changes nothing. One that tells nothing new of the course of a dispute which a
        person already looks at only updates it; every other row starts a run of its own.

        Returns:
            The ids of the runs that were started.
        """
        with self.begin() as connection:
            run = run_row(connection, run_id, lock=True)
            message = connection.execute(select(messages).where(messages.c.id == run.message_id)).one()
            for processor in sorted({row.dispute.processor for row in rows}):
                lock_disputes(connection, run.merchant_id, processor)
            started = [_open_row(connection, run, message, row) for row in rows]
            settle(connection, run, "recorded", f"a digest of {len(rows)} cases")
        return [one for one in started if one is not None]


def _open_row(connection: Connection, run: Row[Any], message: Row[Any], row: DigestRow) -> int | None:
    """Return the run that was started, if any."""
    message_id = _keep_message(connection, run.merchant_id, message, row)
    if message_id is None:
        return None
    known = find_known_dispute(connection, run.merchant_id, row.dispute, case_id=None)
    before = load(Dispute, known.document) if known else None
    after = merge(before, row.dispute) if before else row.dispute
    case_id = known.case_id if known else new_dispute_case(connection, run.merchant_id, row)
    status = connection.execute(select(cases.c.status).where(cases.c.id == case_id).with_for_update()).scalar_one()
    keep_dispute(connection, run.merchant_id, case_id, after, known)
    connection.execute(update(messages).where(messages.c.id == message_id).values(case_id=case_id))
    if before and (before.stage, before.status) == (after.stage, after.status) and status in WITH_A_PERSON:
        note(connection, "updated", case_id=case_id, message_id=message_id, run_id=run.id)
        return None
    return start_read_run(connection, run.merchant_id, case_id, message_id, row)


def _keep_message(connection: Connection, merchant_id: int, message: Row[Any], row: DigestRow) -> int | None:
    values = {
        "identity": row.mail.identity,
        "mailbox": message.mailbox,
        "counterpart": message.counterpart,
        "participants": message.participants,
        "raw_file": message.raw_file,
        "mail": dump(row.mail),
        "received_at": message.received_at,
    }
    return insert_message(connection, merchant_id, values)


def new_dispute_case(connection: Connection, merchant_id: int, row: DigestRow) -> int:
    """Open an empty case for a dispute."""
    language = row.reconciled.reading.language
    values = {"merchant_id": merchant_id, "kind": "dispute", "status": "new", "language": language}
    return int(connection.execute(insert(cases).values(values).returning(cases.c.id)).scalar_one())


def start_read_run(connection: Connection, merchant_id: int, case_id: int, message_id: int, row: DigestRow) -> int:
    """Start a run of a message that was read already."""
    values = {
        "merchant_id": merchant_id,
        "case_id": case_id,
        "message_id": message_id,
        "readings": [dump(one) for one in row.readings],
        "reconciled": dump(row.reconciled),
    }
    run_id = int(connection.execute(insert(runs).values(values).returning(runs.c.id)).scalar_one())
    due = connection.execute(select(cases.c.respond_by).where(cases.c.id == case_id)).scalar_one()
    queue_run(connection, merchant_id, case_id, run_id, respond_by=due)
    note(connection, "received", merchant_id=merchant_id, case_id=case_id, message_id=message_id, run_id=run_id)
    return run_id
