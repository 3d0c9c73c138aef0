"""Jobs queued inside our own transactions, through Procrastinate's SQL function on our connection."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

LANES = 8
"""How many cases of one merchant may be worked on at a time."""

URGENT = 100
"""Priority of what a person waits for: a decision is carried out before anything is read."""
DELIVER = 50

_BY_DEADLINE = ((timedelta(days=1), 30), (timedelta(days=3), 20), (timedelta(days=7), 10))

_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', :task, :priority, :lock, NULL,"
    " CAST(:args AS jsonb), CAST(:scheduled_at AS timestamptz))::procrastinate_job_to_defer_v1])"
)


def queue_job(
    connection: Connection,
    task: str,
    args: dict[str, Any],
    *,
    lock: str,
    priority: int = 0,
    scheduled_at: datetime | None = None,
) -> None:
    """Queue a job; it exists exactly when the transaction commits. Higher priority runs first."""
    connection.execute(
        _DEFER,
        {"task": task, "priority": priority, "lock": lock, "args": json.dumps(args), "scheduled_at": scheduled_at},
    )


def queue_run(
    connection: Connection, merchant_id: int, case_id: int, run_id: int, *, respond_by: datetime | None = None
) -> None:
    """Queue the job that takes a run as far as it goes; the nearer the deadline, the sooner."""
    lock, priority = case_lock(merchant_id, case_id), priority_by(respond_by)
    queue_job(connection, "process_run", {"run_id": run_id}, lock=lock, priority=priority)


def case_lock(merchant_id: int, case_id: int) -> str:
    """Return the lock under which a case is worked on.

    Cases of a merchant share `LANES` locks: one job a case, and no merchant takes all workers. A job that waits
    to be tried again must leave its lane (`retry_lock`), for Procrastinate lets no later job of a lock pass it.
    """
    return f"merchant:{merchant_id}:{case_id % LANES}"


def retry_lock(run_id: int) -> str:
    """Return the lock of a run that waits for its next try."""
    return f"run:{run_id}"


def priority_by(respond_by: datetime | None, now: datetime | None = None) -> int:
    """Return the priority of a case with this deadline."""
    if respond_by is None:
        return 0
    left = respond_by - (now or datetime.now(UTC))
    return next((priority for within, priority in _BY_DEADLINE if left <= within), 0)
