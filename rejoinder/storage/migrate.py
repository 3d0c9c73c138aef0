"""Brings a database to the present form: our tables, the job queue's, the checkpoints'."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from alembic import command, op
from alembic.config import Config
from procrastinate.schema import SchemaManager
from psycopg.rows import dict_row
from sqlalchemy import Connection, Engine, insert, select, text

from rejoinder.storage.checkpoints import make_tables
from rejoinder.storage.engine import our_errors, plain_url, transaction
from rejoinder.storage.tables import queue_versions

LOCK = 727_346_001
"""Advisory lock under which one process at a time migrates."""
PAUSE = 0.05

QUEUE_AT_FIRST = "03.04.00_50"
"""The queue's newest version when it was first built in; a queue somebody else made is taken for this one."""


# Procrastinate asks for each waiting job whether its lock is free; with 20,000 waiting jobs and every lane taken
# that took 0.8 s a question, and 0.16 s with this index.
LOCK_INDEX = """\
CREATE INDEX IF NOT EXISTS ix_procrastinate_jobs_lock ON procrastinate_jobs (lock, priority DESC, id)
WHERE status IN ('todo', 'doing')"""


def migrate(engine: Engine) -> None:
    """Apply what is missing; safe for several processes at once, and for a database that is up to date."""
    with our_errors(), _alone(plain_url(engine)) as connection:
        with transaction(engine) as ours:
            ours.execute(text("SET LOCAL statement_timeout = 0"))
            _own_tables(ours)
        _job_queue(engine)
        make_tables(connection)


@contextmanager
def _alone(url: str) -> Iterator[psycopg.Connection[psycopg.rows.DictRow]]:
    """Hold the lock while the block runs.

    It is asked for again and again: a waiting statement would hold a snapshot, on which the `CREATE INDEX
    CONCURRENTLY` of the process that migrates would wait in turn.
    """
    with psycopg.Connection.connect(url, autocommit=True, prepare_threshold=None, row_factory=dict_row) as connection:
        while not _got_lock(connection):
            time.sleep(PAUSE)
        yield connection


def _got_lock(connection: psycopg.Connection[psycopg.rows.DictRow]) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s) AS got", (LOCK,)).fetchone()
    return bool(row and row["got"])


def _own_tables(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def run_script(path: Path) -> None:
    """Run the statements of a migration's SQL file."""
    _run_script(op.get_bind(), path.read_text(encoding="utf-8"))


def _job_queue(engine: Engine) -> None:
    """Make the queue's tables, or apply the versions that its package brought since; each in its own transaction."""
    versions = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    with transaction(engine) as connection:
        known = set(connection.execute(select(queue_versions.c.name)).scalars())
        there = connection.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar_one()
        if there is None:
            _run_script(connection, SchemaManager.get_schema())
        if not known:
            known = {path.name for path in versions if there is None or path.name <= f"{QUEUE_AT_FIRST}~"}
            connection.execute(insert(queue_versions), [{"name": name} for name in sorted(known)])
    for path in versions:
        if path.name not in known:
            with transaction(engine) as connection:
                _run_script(connection, path.read_text(encoding="utf-8"))
                connection.execute(insert(queue_versions).values(name=path.name))
    with transaction(engine) as connection:
        connection.execute(text(LOCK_INDEX))


def _run_script(connection: Connection, script: str) -> None:
    """Run several statements at once; only the driver's own cursor does, when it is given no parameters."""
    connection.connection.cursor().execute(script)
