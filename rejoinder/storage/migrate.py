"""Brings a database to the present form: our tables, the job queue's, the checkpoints'."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from langgraph.checkpoint.postgres import PostgresSaver
from procrastinate.schema import SchemaManager
from psycopg import Connection as PsycopgConnection
from psycopg.rows import dict_row
from sqlalchemy import Connection, Engine, text

from rejoinder.storage.engine import transaction

LOCK = 727_346_001
"""Advisory lock under which one process at a time migrates."""


def migrate(engine: Engine) -> None:
    """Apply what is missing; safe for several processes at once, and for a database that is up to date."""
    with transaction(engine) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        _own_tables(connection)
        _job_queue(connection)
    _checkpoints(engine)


def _own_tables(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _job_queue(connection: Connection) -> None:
    there = connection.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar_one()
    if there is None:
        connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


def _checkpoints(engine: Engine) -> None:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with PsycopgConnection.connect(url, autocommit=True, row_factory=dict_row, prepare_threshold=0) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        PostgresSaver(connection).setup()


