"""Cases, their disputes and their runs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, literal_column, select, table, update
from sqlalchemy.dialects.postgresql import insert

from rejoinder.domain.cases import Case, Dispute, Run
from rejoinder.domain.disputes import OPEN, merge
from rejoinder.domain.reading import Reading, Reconciled
from rejoinder.domain.review import Route
from rejoinder.errors import NotFound
from rejoinder.storage.documents import dump, load
from rejoinder.storage.queue import case_lock, queue_job
from rejoinder.storage.rows import Rows, note
from rejoinder.storage.tables import cases, disputes, messages, runs

KINDS = {"dispute": "dispute", "service": "service", "other": "service"}
LOST_AFTER = timedelta(minutes=5)


class CaseRows(Rows):
    """Cases, disputes and runs."""

    def run(self, run_id: int) -> Run:
        """Return the run."""
        with self.begin() as connection:
            return as_run(_run_row(connection, run_id))

    def case(self, case_id: int) -> Case:
        """Return the case."""
        with self.begin() as connection:
            row = connection.execute(select(cases).where(cases.c.id == case_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no case {case_id}")
        return as_case(row)

    def start_run(self, run_id: int) -> Run | None:
        """Mark the run as running; None when it has ended."""
        with self.begin() as connection:
            row = _run_row(connection, run_id, lock=True)
            if row.status in {"done", "failed"}:
                return None
            _set_run(connection, run_id, "running")
            working = update(cases).where(cases.c.id == row.case_id, cases.c.status.in_(["new", "answered", "closed"]))
            connection.execute(working.values(status="working"))
        return as_run(row)

    def wait_run(self, run_id: int) -> None:
        """Mark the run as waiting for a person, unless it was superseded meanwhile."""
        with self.begin() as connection:
            waiting = update(runs).where(runs.c.id == run_id, runs.c.status == "running")
            connection.execute(waiting.values(status="waiting", changed_at=func.now()))

    def finish_run(self, run_id: int) -> None:
        """Mark the run as done."""
        with self.begin() as connection:
            _set_run(connection, run_id, "done")

    def fail_run(self, run_id: int, error: str) -> None:
        """Mark the run and its case as failed, for people to see."""
        with self.begin() as connection:
            row = _run_row(connection, run_id, lock=True)
            _set_run(connection, run_id, "failed", error)
            connection.execute(update(cases).where(cases.c.id == row.case_id).values(status="failed"))
            note(connection, "failed", case_id=row.case_id, run_id=run_id, error=error)

    def retry_run(self, run_id: int, actor: str) -> None:
        """Let a failed run be tried again from where it stopped."""
        with self.begin() as connection:
            row = _run_row(connection, run_id, lock=True)
            if row.status != "failed":
                return
            _set_run(connection, run_id, "queued")
            connection.execute(update(cases).where(cases.c.id == row.case_id).values(status="working"))
            lock = case_lock(row.merchant_id, row.case_id)
            queue_job(connection, "process_run", {"run_id": run_id}, lock=lock)
            note(connection, "retried", actor=actor, case_id=row.case_id, run_id=run_id)

    def requeue_lost_runs(self, now: datetime) -> int:
        """Queue a job for runs that should go on and have none; returns how many."""
        lost = select(runs).where(
            runs.c.status.in_(["queued", "running"]), runs.c.changed_at < now - LOST_AFTER, ~_has_job(runs.c.id)
        )
        with self.begin() as connection:
            rows = connection.execute(lost.limit(500)).all()
            for row in rows:
                lock = case_lock(row.merchant_id, row.case_id)
                queue_job(connection, "process_run", {"run_id": row.id}, lock=lock)
        return len(rows)

    def save_triage(self, run_id: int, readings: Sequence[Reading], reconciled: Reconciled) -> None:
        """Keep what was read; set the case's kind, intent and language."""
        reading = reconciled.reading
        values = {"kind": KINDS.get(reading.kind, "set_aside"), "language": reading.language}
        if reading.intents and reading.kind in {"service", "other"}:
            values["intent"] = reading.intents[0].intent
        with self.begin() as connection:
            row = _run_row(connection, run_id, lock=True)
            stored = {"readings": [dump(one) for one in readings], "reconciled": dump(reconciled)}
            connection.execute(update(runs).where(runs.c.id == run_id).values(stored))
            fresh = and_(cases.c.id == row.case_id, cases.c.kind != "dispute")
            connection.execute(update(cases).where(fresh).values(values))

    def reconciled(self, run_id: int) -> Reconciled:
        """Return what triage decided for the run."""
        with self.begin() as connection:
            row = _run_row(connection, run_id)
        if row.reconciled is None:
            raise NotFound(f"run {run_id} was not read yet")
        return load(Reconciled, row.reconciled)

    def readings(self, run_id: int) -> Sequence[Reading]:
        """Return what each reader read."""
        with self.begin() as connection:
            row = _run_row(connection, run_id)
        return [load(Reading, one) for one in row.readings or []]

    def route(self, run_id: int) -> Route:
        """Return where the run's draft goes."""
        with self.begin() as connection:
            row = _run_row(connection, run_id)
        if row.route is None:
            raise NotFound(f"run {run_id} was not routed yet")
        return load(Route, row.route)

    def set_aside(self, run_id: int, reason: str) -> None:
        """Close the case without an answer; the reason is shown to people."""
        with self.begin() as connection:
            row = _run_row(connection, run_id, lock=True)
            connection.execute(update(runs).where(runs.c.id == run_id).values(set_aside=reason))
            _close(connection, row.case_id, "set_aside", reason)

    def record(self, run_id: int) -> None:
        """Note what the run's message told about its dispute; a case that nobody works on is closed with it."""
        with self.begin() as connection:
            row = _run_row(connection, run_id, lock=True)
            status = connection.execute(
                select(disputes.c.status).where(disputes.c.case_id == row.case_id)
            ).scalar_one()
            idle = update(cases).where(cases.c.id == row.case_id, cases.c.status.in_(["new", "working"]))
            connection.execute(idle.values(status="closed", outcome=status))
            note(connection, "recorded", case_id=row.case_id, dispute_status=status)

    def close_case(self, run_id: int, outcome: str) -> None:
        """End the case without a delivery."""
        with self.begin() as connection:
            row = _run_row(connection, run_id, lock=True)
            _close(connection, row.case_id, outcome, "")

    def open_dispute(self, run_id: int, dispute: Dispute) -> int:
        """Create or update the dispute; the run moves to the case that already holds it.

        Returns:
            The id of the case that holds the dispute.
        """
        with self.begin() as connection:
            run = _run_row(connection, run_id, lock=True)
            _lock_disputes(connection, run.merchant_id, dispute)
            known = _known_dispute(connection, run.merchant_id, dispute, run.case_id)
            case_id = known.case_id if known else run.case_id
            merged = merge(load(Dispute, known.document), dispute) if known else dispute
            if case_id != run.case_id:
                _move_run(connection, run, case_id)
            _store_dispute(connection, run.merchant_id, case_id, merged, known)
            values = {"kind": "dispute", "respond_by": merged.respond_by, "title": _dispute_title(merged)}
            connection.execute(update(cases).where(cases.c.id == case_id).values(values))
        return int(case_id)

    def dispute(self, case_id: int) -> Dispute | None:
        """Return the case's dispute."""
        with self.begin() as connection:
            document = connection.execute(
                select(disputes.c.document).where(disputes.c.case_id == case_id)
            ).scalar_one_or_none()
        return load(Dispute, document) if document else None

    def open_dispute_on(self, merchant_id: int, order_number: str) -> bool:
        """Tell whether an undecided dispute is open on the order."""
        query = (
            select(disputes.c.id)
            .join(cases, cases.c.id == disputes.c.case_id)
            .where(cases.c.merchant_id == merchant_id, cases.c.order_number == order_number)
            .where(disputes.c.status.in_(OPEN))
            .limit(1)
        )
        with self.begin() as connection:
            return connection.execute(query).one_or_none() is not None


def as_case(row: Row[Any]) -> Case:
    """Return a row as a case."""
    return Case(
        case_id=row.id,
        merchant_id=row.merchant_id,
        kind=row.kind,
        status=row.status,
        title=row.title,
        created_at=row.created_at,
        intent=row.intent,
        language=row.language,
        order_number=row.order_number,
        respond_by=row.respond_by,
    )


def as_run(row: Row[Any]) -> Run:
    """Return a row as a run."""
    return Run(
        run_id=row.id,
        case_id=row.case_id,
        merchant_id=row.merchant_id,
        message_id=row.message_id,
        status=row.status,
        error=row.error,
    )


def _run_row(connection: Connection, run_id: int, *, lock: bool = False) -> Row[Any]:
    query = select(runs).where(runs.c.id == run_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(f"there is no run {run_id}")
    return row


def _set_run(connection: Connection, run_id: int, status: str, error: str = "") -> None:
    values = {"status": status, "error": error, "changed_at": func.now()}
    connection.execute(update(runs).where(runs.c.id == run_id).values(values))


def _has_job(run_id: Any) -> Any:
    jobs = table("procrastinate_jobs")
    args = literal_column("(procrastinate_jobs.args->>'run_id')::bigint")
    status = literal_column("procrastinate_jobs.status::text")
    return exists(select(1).select_from(jobs).where(status.in_(["todo", "doing"]), args == run_id))


def _close(connection: Connection, case_id: int, outcome: str, reason: str) -> None:
    connection.execute(update(cases).where(cases.c.id == case_id).values(status="closed", outcome=outcome))
    note(connection, "closed", case_id=case_id, outcome=outcome, reason=reason)


def _lock_disputes(connection: Connection, merchant_id: int, dispute: Dispute) -> None:
    """Let one transaction at a time look for a dispute of this merchant and processor."""
    name = f"disputes:{merchant_id}:{dispute.processor}"
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _known_dispute(connection: Connection, merchant_id: int, dispute: Dispute, case_id: int) -> Row[Any] | None:
    """Return the row of the same dispute: by its reference, by the payment, or the case's own."""
    same = select(disputes).where(disputes.c.merchant_id == merchant_id)
    tries = [
        same.where(disputes.c.processor == dispute.processor, disputes.c.reference == dispute.reference),
        same.where(disputes.c.case_id == case_id),
    ]
    if dispute.payment_reference:
        paid = disputes.c.payment_reference == dispute.payment_reference
        tries.append(same.where(paid, disputes.c.processor == dispute.processor).order_by(disputes.c.id.desc()))
    for query in tries:
        row = connection.execute(query.limit(1).with_for_update()).one_or_none()
        if row is not None:
            return row
    return None


def _store_dispute(
    connection: Connection, merchant_id: int, case_id: int, dispute: Dispute, known: Row[Any] | None
) -> None:
    values = {
        "processor": dispute.processor,
        "reference": dispute.reference,
        "payment_reference": dispute.payment_reference,
        "status": dispute.status,
        "document": dump(dispute),
    }
    if known:
        connection.execute(update(disputes).where(disputes.c.id == known.id).values(values))
    else:
        connection.execute(insert(disputes).values(merchant_id=merchant_id, case_id=case_id, **values))


def _move_run(connection: Connection, run: Row[Any], case_id: int) -> None:
    connection.execute(update(runs).where(runs.c.id == run.id).values(case_id=case_id))
    connection.execute(update(messages).where(messages.c.id == run.message_id).values(case_id=case_id))
    left = connection.execute(select(messages.c.id).where(messages.c.case_id == run.case_id).limit(1)).one_or_none()
    if left is None:
        connection.execute(update(cases).where(cases.c.id == run.case_id).values(status="merged"))
    note(connection, "merged", case_id=case_id, from_case=run.case_id, run_id=run.id)


def _dispute_title(dispute: Dispute) -> str:
    amount = f" · {dispute.amount}" if dispute.amount else ""
    return f"{dispute.processor} {dispute.reference}{amount}"
