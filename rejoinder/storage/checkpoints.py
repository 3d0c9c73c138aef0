"""LangGraph's checkpoints in the same database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")  # read when LangGraph is imported

from langgraph.checkpoint.postgres import PostgresSaver
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool


@contextmanager
def checkpointer(database_url: str, size: int = 4) -> Iterator[PostgresSaver]:
    """Open a checkpointer with a pool of its own; dropped connections are made anew."""
    options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    with ConnectionPool(
        database_url, min_size=1, max_size=size, kwargs=options, check=ConnectionPool.check_connection, open=True
    ) as pool:
        yield PostgresSaver(pool)  # type: ignore[arg-type]
