"""Jobs queued inside our own transactions, through Procrastinate's SQL function on our connection."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

LANES = 8
"""How many cases of one merchant may be worked on at a time."""

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


def case_lock(merchant_id: int, case_id: int) -> str:
    """Return the lock under which a case is worked on.

    Cases of a merchant share `LANES` locks: one job a case, and no merchant takes all workers.
    """
    return f"merchant:{merchant_id}:{case_id % LANES}"
