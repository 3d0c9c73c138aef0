"""What every group of queries shares: the engine, and a transaction a call."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert

from rejoinder.storage.engine import transaction
from rejoinder.storage.tables import audit


@dataclass(frozen=True)
class Rows:
    """Base of the query groups that `Store` joins."""

    engine: Engine

    def begin(self) -> AbstractContextManager[Connection]:
        """Open one transaction."""
        return transaction(self.engine)


def note(connection: Connection, action: str, *, actor: str = "program", case_id: int | None = None, **details: object) -> None:
    """Add a line to the audit trail, in the transaction of what it tells about."""
    connection.execute(insert(audit).values(actor=actor, action=action, case_id=case_id, details=details))
