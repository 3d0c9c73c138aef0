import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from procrastinate.schema import SchemaManager
from sqlalchemy import Engine, make_url

from rejoinder.storage.columns import metadata
from rejoinder.storage.engine import open_engine, plain_url
from rejoinder.storage.migrate import QUEUE_AT_FIRST, migrate
from rejoinder.storage.store import Store
from tests.storage.races import at_once

MIGRATE = """
import sys
from rejoinder.storage.engine import open_engine
from rejoinder.storage.migrate import migrate
migrate(open_engine(sys.argv[1]))
"""
STATE = """
SELECT string_agg(concat_ws(' ', table_name, column_name, data_type, column_default, is_nullable), ',' ORDER BY 1)
FROM (SELECT * FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, column_name)
"""


@pytest.fixture
def empty(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a database without tables."""
    name = f"empty_{abs(hash((request.node.nodeid, postgres_server)))}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[call-overload]
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')  # type: ignore[call-overload]
        engine = open_engine(make_url(postgres_server).set(database=name).render_as_string(hide_password=False))
        yield engine
        engine.dispose()
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]


def state(engine: Engine) -> object:
    with engine.connect() as connection:
        return connection.exec_driver_sql(STATE).scalar_one()


def test_migrating_twice_changes_nothing(empty: Engine) -> None:
    migrate(empty)
    first = state(empty)
    migrate(empty)
    assert state(empty) == first


def test_threads_and_processes_that_start_at_once_migrate_once(empty: Engine) -> None:
    url = plain_url(empty)
    processes = [subprocess.Popen([sys.executable, "-c", MIGRATE, url]) for _ in range(2)]
    engines = [open_engine(url) for _ in range(3)]
    assert at_once(3, lambda n: migrate(engines[n])) == [None] * 3
    assert [process.wait(60) for process in processes] == [0, 0]
    for engine in engines:
        engine.dispose()
    assert Store(empty).merchants() == []


def test_the_migrations_make_the_tables_that_the_code_names(empty: Engine) -> None:
    migrate(empty)
    foreign = ("procrastinate", "checkpoint")
    with empty.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or not str(name).startswith(foreign)},
        )
        assert compare_metadata(context, metadata) == []


def test_a_queue_that_is_there_already_is_taken_over(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.connection.cursor().execute(SchemaManager.get_schema())
    migrate(empty)
    with empty.connect() as connection:
        known = connection.exec_driver_sql("SELECT max(name) FROM queue_versions").scalar_one()
    assert known.startswith(QUEUE_AT_FIRST)


def test_a_newer_version_of_the_queue_is_applied_once(
    empty: Engine, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pathlib import Path

    migrate(empty)
    folder = Path(str(tmp_path))
    for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"):
        (folder / path.name).write_text(path.read_text())
    (folder / "99.00.00_01_pre_next.sql").write_text("CREATE TABLE next_one (x int); INSERT INTO next_one VALUES (1);")
    monkeypatch.setattr(SchemaManager, "get_migrations_path", staticmethod(lambda: str(folder)))
    migrate(empty)
    migrate(empty)
    with empty.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM next_one").scalar_one() == 1
