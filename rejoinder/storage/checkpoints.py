"""LangGraph's checkpoints in the same database."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")  # read when LangGraph is imported

from langgraph.checkpoint.postgres import PostgresSaver
from psycopg import Connection as PsycopgConnection
from psycopg import Cursor
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool
from sqlalchemy import Connection, bindparam, text

from rejoinder.storage.engine import CONNECT_SECONDS, our_errors

TABLES = ("checkpoint_writes", "checkpoint_blobs", "checkpoints")


class Checkpoints(PostgresSaver):
    """LangGraph's saver; a database that is away raises `ProviderUnavailable`, so that the job is tried again."""

    @contextmanager
    def _cursor(self, *, pipeline: bool = False) -> Iterator[Cursor[DictRow]]:
        with our_errors(), super()._cursor(pipeline=pipeline) as cursor:
            yield cursor


@contextmanager
def checkpointer(database_url: str, size: int = 4) -> Iterator[PostgresSaver]:
    """Open a checkpointer with a pool of its own; dropped connections are made anew."""
    options: dict[str, Any] = {
        "autocommit": True,
        "prepare_threshold": 0,
        "row_factory": dict_row,
        "connect_timeout": CONNECT_SECONDS,
    }
    with ConnectionPool(
        database_url,
        connection_class=PsycopgConnection[DictRow],
        min_size=1,
        max_size=size,
        timeout=CONNECT_SECONDS,
        kwargs=options,
        check=ConnectionPool.check_connection,
        open=True,
    ) as pool:
        yield Checkpoints(pool)


def make_tables(connection: PsycopgConnection[DictRow]) -> None:
    """Make or update the tables, on a connection in autocommit that holds the migration lock."""
    PostgresSaver(connection).setup()


def delete_threads(connection: Connection, run_ids: Sequence[int]) -> None:
    """Delete the checkpoints of runs, in the transaction that ends them."""
    if not run_ids:
        return
    for table in TABLES:
        statement = text(f"DELETE FROM {table} WHERE thread_id IN :threads")  # noqa: S608 # our own constants
        threads = [str(run_id) for run_id in run_ids]
        connection.execute(statement.bindparams(bindparam("threads", expanding=True)), {"threads": threads})
