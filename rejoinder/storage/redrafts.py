"""Runs that begin anew: their open question is taken back, and they gather, write and ask again."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from rejoinder.errors import Conflict
from rejoinder.storage.cases import run_row
from rejoinder.storage.checkpoints import delete_threads
from rejoinder.storage.queue import queue_run
from rejoinder.storage.rows import Rows, note
from rejoinder.storage.tables import cases, reviews, runs


class RedraftRows(Rows):
    """Runs that begin anew."""

    def redraft(self, run_id: int, actor: str) -> None:
        """Let a run that waits for a person gather its records and write its draft again.

        Raises:
            Conflict: the run does not wait for a person any more.
        """
        with self.begin() as connection:
            run = run_row(connection, run_id, lock=True)
            due = select(cases.c.respond_by).where(cases.c.id == run.case_id)
            begin_anew(connection, run, respond_by=connection.execute(due).scalar_one())
            note(connection, "drafted_again", actor=actor, case_id=run.case_id, run_id=run_id)


def begin_anew(connection: Connection, run: Row[Any], *, respond_by: datetime | None, **values: Any) -> None:
    """Take back the run's open question and queue the run from its start; `values` are its columns to change.

    Raises:
        Conflict: the run does not wait for a person any more.
    """
    asked = reviews.c.run_id == run.id, reviews.c.status == "open"
    if run.status != "waiting" or connection.execute(delete(reviews).where(*asked)).rowcount != 1:
        raise Conflict("this case does not wait for a person any more; look at it again")
    connection.execute(update(cases).where(cases.c.id == run.case_id).values(status="working"))
    connection.execute(update(runs).where(runs.c.id == run.id).values(status="queued", **values))
    delete_threads(connection, [run.id])
    queue_run(connection, run.merchant_id, run.case_id, run.id, respond_by=respond_by)
