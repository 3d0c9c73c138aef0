"""Cases, their disputes and their runs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Row,
    and_,
    any_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from rejoinder.domain.cases import Case, Dispute, Run
from rejoinder.domain.disputes import OPEN, may_be_one, merge
from rejoinder.domain.reading import Reading, Reconciled
from rejoinder.domain.review import Route
from rejoinder.errors import NotFound
from rejoinder.storage.columns import Text
from rejoinder.storage.documents import dump, load
from rejoinder.storage.messages import TITLE_LIMIT, lock_disputes
from rejoinder.storage.queue import queue_run
from rejoinder.storage.rows import Rows, note
from rejoinder.storage.tables import cases, deliveries, disputes, messages, payments, reviews, runs

KINDS = {"dispute": "dispute", "service": "service", "other": "service"}
LOST_AFTER = timedelta(minutes=5)
SWEEP = 500
ENDED = ("done", "failed")

RUN = (runs.c.id, runs.c.case_id, runs.c.merchant_id, runs.c.message_id, runs.c.status, runs.c.error)
"""The columns that `as_run` reads: what a run has read and found is far longer."""

CASE = (
    cases.c.id,
    cases.c.merchant_id,
    cases.c.kind,
    cases.c.status,
    cases.c.title,
    cases.c.created_at,
    cases.c.intent,
    cases.c.language,
    cases.c.order_number,
    cases.c.respond_by,
)
"""The columns that `as_case` reads."""

# Statements of every walk are built once.
_THIS_RUN = runs.c.id == bindparam("run_id")
START = (
    update(runs)
    .where(_THIS_RUN, runs.c.status.not_in(ENDED))
    .values(status="running", error="", changed_at=func.now())
    .returning(*RUN)
)
WAIT = update(runs).where(_THIS_RUN, runs.c.status == "running").values(status="waiting", changed_at=func.now())
WORK_ON = (
    update(cases)
    .where(cases.c.id == bindparam("case_id"), cases.c.status.in_(["new", "answered", "closed"]))
    .values(status="working")
)
OPEN_ON_ORDER = (
    select(disputes.c.id)
    .join(cases, cases.c.id == disputes.c.case_id)
    .where(cases.c.merchant_id == bindparam("merchant_id"), cases.c.order_number == bindparam("order_number"))
    .where(disputes.c.status == any_(literal(sorted(OPEN), ARRAY(Text))))
    .limit(1)
)


class CaseRows(Rows):
    """Cases, disputes and runs."""

    def run(self, run_id: int) -> Run:
        """Return the run."""
        with self.reading() as connection:
            return as_run(run_row(connection, run_id))

    def case(self, case_id: int) -> Case:
        """Return the case."""
        with self.reading() as connection:
            row = connection.execute(select(cases).where(cases.c.id == case_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no case {case_id}")
        return as_case(row)

    def start_run(self, run_id: int) -> Run | None:
        """Mark the run as running; None when it has ended."""
        with self.begin() as connection:
            row = connection.execute(START, {"run_id": run_id}).one_or_none()
            if row is None:
                run_row(connection, run_id)  # none at all is an error
                return None
            connection.execute(WORK_ON, {"case_id": row.case_id})
        return as_run(row)

    def wait_run(self, run_id: int) -> None:
        """Mark the run as waiting for a person, unless it was superseded meanwhile."""
        with self.alone() as connection:
            connection.execute(WAIT, {"run_id": run_id})

    def finish_run(self, run_id: int) -> None:
        """Mark the run as done."""
        with self.begin() as connection:
            _set_run(connection, run_id, "done")

    def fail_run(self, run_id: int, error: str) -> None:
        """Mark the run and its case as failed, for people to see; a run that has ended stays as it is."""
        with self.begin() as connection:
            row = run_row(connection, run_id, lock=True)
            if row.status in ENDED:
                return
            _set_run(connection, run_id, "failed", error)
            connection.execute(update(cases).where(cases.c.id == row.case_id).values(status="failed"))
            note(connection, "failed", case_id=row.case_id, run_id=run_id, error=error)

    def retry_run(self, run_id: int, actor: str) -> None:
        """Let a failed run be tried again from where it stopped."""
        with self.begin() as connection:
            row = run_row(connection, run_id, lock=True)
            if row.status != "failed":
                return
            _set_run(connection, run_id, "queued")
            working = update(cases).where(cases.c.id == row.case_id).values(status="working")
            due = connection.execute(working.returning(cases.c.respond_by)).scalar_one()
            queue_run(connection, row.merchant_id, row.case_id, run_id, respond_by=due)
            note(connection, "retried", actor=actor, case_id=row.case_id, run_id=run_id)

    def requeue_lost_runs(self, now: datetime) -> int:
        """Queue a job for runs that should go on and have none; returns how many."""
        waiting = and_(runs.c.status.in_(["queued", "running"]), runs.c.changed_at < now - LOST_AFTER)
        lost = (
            select(runs.c.id, runs.c.merchant_id, runs.c.case_id, cases.c.respond_by)
            .join(cases, cases.c.id == runs.c.case_id)
            .where(waiting, ~has_job("run_id", runs.c.id))
            .order_by(runs.c.id)
            .limit(SWEEP)
            .with_for_update(of=runs, skip_locked=True)
        )
        with self.begin() as connection:
            rows = connection.execute(lost).all()
            for row in rows:
                queue_run(connection, row.merchant_id, row.case_id, row.id, respond_by=row.respond_by)
        return len(rows)

    def save_triage(self, run_id: int, readings: Sequence[Reading], reconciled: Reconciled) -> None:
        """Keep what was read; set the case's kind, intent and language.

        A message that wants nothing (an automatic reply, thanks) leaves a case that wants something as it is.
        """
        with self.begin() as connection:
            stored = {"readings": [dump(one) for one in readings], "reconciled": dump(reconciled)}
            kept = update(runs).where(runs.c.id == run_id).values(stored).returning(runs.c.case_id)
            case_id = connection.execute(kept).scalar_one()
            values = _told_by(reconciled.reading)
            weaker = ["unknown", "set_aside"] if values["kind"] == "set_aside" else ["unknown", "set_aside", "service"]
            connection.execute(update(cases).where(cases.c.id == case_id, cases.c.kind.in_(weaker)).values(values))

    def reconciled(self, run_id: int) -> Reconciled:
        """Return what triage decided for the run."""
        reconciled = self._of_run(run_id, runs.c.reconciled)
        if reconciled is None:
            raise NotFound(f"run {run_id} was not read yet")
        return load(Reconciled, reconciled)

    def readings(self, run_id: int) -> Sequence[Reading]:
        """Return what each reader read."""
        return [load(Reading, one) for one in self._of_run(run_id, runs.c.readings) or []]

    def route(self, run_id: int) -> Route:
        """Return where the run's draft goes."""
        route = self._of_run(run_id, runs.c.route)
        if route is None:
            raise NotFound(f"run {run_id} was not routed yet")
        return load(Route, route)

    def _of_run(self, run_id: int, column: Column[Any]) -> Any:
        """Return one column of a run."""
        with self.reading() as connection:
            row = connection.execute(select(column).where(runs.c.id == run_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no run {run_id}")
        return row[0]

    def set_aside(self, run_id: int, reason: str) -> None:
        """Close the case without an answer; the reason is shown to people."""
        with self.begin() as connection:
            row = run_row(connection, run_id, lock=True)
            connection.execute(update(runs).where(runs.c.id == run_id).values(set_aside=reason))
            settle(connection, row, "set_aside", reason)

    def record(self, run_id: int) -> None:
        """Note what the run's message told about its dispute; a case that nobody works on is closed with it."""
        with self.begin() as connection:
            row = run_row(connection, run_id, lock=True)
            told = select(disputes.c.status).where(disputes.c.case_id == row.case_id)
            outcome = connection.execute(told).scalar_one()
            status = _what_goes_on(connection, row)
            values = (
                {"status": status} if status not in {None, "answered"} else {"status": "closed", "outcome": outcome}
            )
            connection.execute(update(cases).where(cases.c.id == row.case_id).values(values))
            note(connection, "recorded", case_id=row.case_id, dispute_status=outcome)

    def close_case(self, run_id: int, outcome: str) -> None:
        """End the case without a delivery."""
        with self.begin() as connection:
            row = run_row(connection, run_id, lock=True)
            settle(connection, row, outcome, "")

    def open_dispute(self, run_id: int, dispute: Dispute) -> int:
        """Create or update the dispute with this processor and reference.

        The run moves with its message to the case that already holds the dispute, or to a new one when its case
        is about another dispute.

        Returns:
            The id of the case that holds the dispute.
        """
        with self.begin() as connection:
            run = run_row(connection, run_id, lock=True)
            lock_disputes(connection, run.merchant_id, dispute.processor)
            known = find_known_dispute(connection, run.merchant_id, dispute, run.case_id)
            case_id = known.case_id if known else _case_for_new(connection, run)
            merged = merge(load(Dispute, known.document), dispute) if known else dispute
            if case_id != run.case_id:
                _move_run(connection, run, case_id)
            keep_dispute(connection, run.merchant_id, case_id, merged, known)
        return int(case_id)

    def dispute(self, case_id: int) -> Dispute | None:
        """Return the case's dispute."""
        with self.reading() as connection:
            document = connection.execute(
                select(disputes.c.document).where(disputes.c.case_id == case_id)
            ).scalar_one_or_none()
        return load(Dispute, document) if document else None

    def open_dispute_on(self, merchant_id: int, order_number: str) -> bool:
        """Tell whether an undecided dispute is open on the order."""
        given = {"merchant_id": merchant_id, "order_number": order_number}
        with self.reading() as connection:
            return connection.execute(OPEN_ON_ORDER, given).one_or_none() is not None


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


def run_row(connection: Connection, run_id: int, *, lock: bool = False) -> Row[Any]:
    """Return a run's row; `lock` holds it until the transaction ends."""
    query = select(runs).where(runs.c.id == run_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(f"there is no run {run_id}")
    return row


def _set_run(connection: Connection, run_id: int, status: str, error: str = "") -> None:
    values = {"status": status, "error": error, "changed_at": func.now()}
    connection.execute(update(runs).where(runs.c.id == run_id).values(values))


def has_job(name: str, wanted: Any) -> Any:
    """Return the test whether a job with this argument is queued or being done."""
    jobs = table("procrastinate_jobs")
    pending: Any = literal_column("procrastinate_jobs.status IN ('todo', 'doing')")
    argument: Any = literal_column(f"(procrastinate_jobs.args->>'{name}')::bigint")
    return exists(select(1).select_from(jobs).where(pending, argument == wanted))


def _told_by(reading: Reading) -> dict[str, str]:
    values = {"kind": KINDS.get(reading.kind, "set_aside")}
    if reading.language != "und":
        values["language"] = reading.language
    if reading.intents and values["kind"] == "service":
        values["intent"] = reading.intents[0].intent
    return values


def settle(connection: Connection, run: Row[Any], outcome: str, reason: str) -> None:
    """Close the case that a run ended, unless something else of it goes on or was answered before."""
    status = _what_goes_on(connection, run)
    values = {"status": status} if status else {"status": "closed", "outcome": outcome}
    connection.execute(update(cases).where(cases.c.id == run.case_id).values(values))
    note(connection, "closed", case_id=run.case_id, run_id=run.id, outcome=outcome, reason=reason)


def _what_goes_on(connection: Connection, run: Row[Any]) -> str | None:
    """Return the status that the case's other runs, reviews and deliveries give it; holds the case's row."""
    connection.execute(select(cases.c.id).where(cases.c.id == run.case_id).with_for_update())
    others = runs.c.case_id == run.case_id, runs.c.id != run.id
    sends = deliveries.c.case_id == run.case_id
    tests = {
        "in_review": select(reviews.c.id).where(reviews.c.case_id == run.case_id, reviews.c.status == "open"),
        "sending": select(deliveries.c.id).where(sends, deliveries.c.status.in_(["queued", "sending"])),
        "failed": select(runs.c.id).where(*others, runs.c.status == "failed"),
        "working": select(runs.c.id).where(*others, runs.c.status.in_(["queued", "running"])),
        "answered": select(deliveries.c.id).where(sends, deliveries.c.status == "sent"),
    }
    for status, query in tests.items():
        if connection.execute(query.limit(1)).first() is not None:
            return status
    return None


def find_known_dispute(
    connection: Connection, merchant_id: int, dispute: Dispute, case_id: int | None
) -> Row[Any] | None:
    """Return the row of the same dispute: by its reference, the case's own, or by the payment."""
    mine = disputes.c.merchant_id == merchant_id, disputes.c.processor == dispute.processor
    paid = disputes.c.payment_reference == dispute.payment_reference, disputes.c.payment_reference != ""
    tries = [
        (*mine, disputes.c.reference == dispute.reference),
        (*mine, disputes.c.case_id == case_id),
        (*mine, *paid),
    ]
    for where in tries:
        query = select(disputes).where(*where).order_by(disputes.c.id.desc()).limit(10)
        for row in connection.execute(query.with_for_update()):
            if may_be_one(load(Dispute, row.document), dispute):
                return row
    return None


def _case_for_new(connection: Connection, run: Row[Any]) -> int:
    """Return the run's case, or a new one when it holds another dispute."""
    holds = select(disputes.c.id).where(disputes.c.case_id == run.case_id)
    if connection.execute(holds).first() is None:
        return int(run.case_id)
    values = {"merchant_id": run.merchant_id, "kind": "unknown", "status": "working"}
    return int(connection.execute(insert(cases).values(values).returning(cases.c.id)).scalar_one())


def _order_of_payment(connection: Connection, merchant_id: int, dispute: Dispute) -> str | None:
    """Return the order of the disputed payment, when the payment is known by its own reference."""
    references = [reference for reference in (dispute.payment_reference, dispute.arn) if reference]
    named = or_(payments.c.reference.in_(references), and_(payments.c.arn != "", payments.c.arn.in_(references)))
    query = select(payments.c.order_number).where(payments.c.merchant_id == merchant_id, named).distinct().limit(2)
    found = connection.execute(query).scalars().all() if references else []
    return found[0] if len(found) == 1 else None


def keep_dispute(
    connection: Connection, merchant_id: int, case_id: int, dispute: Dispute, known: Row[Any] | None
) -> None:
    """Store a dispute and let its case show it: its deadline, its title, its order where the payment tells it."""
    _store_dispute(connection, merchant_id, case_id, dispute, known)
    title = _dispute_title(dispute)[:TITLE_LIMIT]
    values = {"kind": "dispute", "respond_by": dispute.respond_by, "title": title}
    if number := _order_of_payment(connection, merchant_id, dispute):
        values["order_number"] = number
    connection.execute(update(cases).where(cases.c.id == case_id).values(values))


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
    """Move a run with its message; a case that nothing is left in is merged into the other."""
    connection.execute(update(runs).where(runs.c.id == run.id).values(case_id=case_id))
    connection.execute(update(messages).where(messages.c.id == run.message_id).values(case_id=case_id))
    left = connection.execute(select(messages.c.id).where(messages.c.case_id == run.case_id).limit(1)).one_or_none()
    if left is None:
        merged = {"status": "merged", "merged_into": case_id}
        connection.execute(update(cases).where(cases.c.id == run.case_id).values(merged))
    connection.execute(WORK_ON, {"case_id": case_id})
    note(connection, "merged", case_id=case_id, from_case=run.case_id, run_id=run.id)


def _dispute_title(dispute: Dispute) -> str:
    amount = f" · {dispute.amount}" if dispute.amount else ""
    named = f"{dispute.processor} {dispute.reference}"
    if dispute.reference.startswith(("mail:", "message:")):  # the notice gave no number of its own
        named = f"{dispute.processor} dispute of {dispute.order_reference or dispute.payment_reference or 'a payment'}"
    return f"{named}{amount}"
