"""What every group of queries shares: the engine, a transaction a call, and the audit trail."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert, select

from rejoinder.storage.engine import one_connection, reading, transaction
from rejoinder.storage.tables import audit, cases


@dataclass(frozen=True)
class Rows:
    """Base of the query groups that `Store` joins."""

    engine: Engine

    def begin(self) -> AbstractContextManager[Connection]:
        """Open one transaction."""
        return transaction(self.engine)

    def reading(self) -> AbstractContextManager[Connection]:
        """Open a connection for queries alone: each is a transaction of its own, without the two calls around it."""
        return reading(self.engine)

    def alone(self) -> AbstractContextManager[Connection]:
        """Open a connection for one statement that writes, which is a transaction by itself."""
        return reading(self.engine)

    def one_connection(self) -> AbstractContextManager[None]:
        """Let all transactions of this context share one connection."""
        return one_connection(self.engine)


def note(
    connection: Connection,
    action: str,
    *,
    actor: str = "program",
    merchant_id: int | None = None,
    case_id: int | None = None,
    **details: object,
) -> None:
    """Add a line to the audit trail, in the transaction of what it tells about."""
    whose = merchant_id or select(cases.c.merchant_id).where(cases.c.id == case_id).scalar_subquery()
    values = {"actor": actor, "action": action, "merchant_id": whose, "case_id": case_id, "details": details}
    connection.execute(insert(audit).values(values))
