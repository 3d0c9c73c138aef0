"""Fixtures with a real PostgreSQL: one server for all runs, one fresh database a test."""

import itertools
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy.engine import make_url

from rejoinder.storage.embedded import start_embedded
from rejoinder.storage.engine import open_engine
from rejoinder.storage.files import FileStore
from rejoinder.storage.migrate import migrate
from rejoinder.storage.store import Store

# The server runs as a user of its own when the tests run as root, so its folder must not be below a home.
SERVER_DIR = Path(tempfile.gettempdir()) / f"rejoinder-tests-{os.getuid()}"
PREFIX = f"test_{os.getpid()}_"  # each xdist worker is a process: names never meet
OURS = re.compile(r"test_(\d+)_\w+")

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a running server with a migrated template; shared by all workers of all runs."""
    server = start_embedded(SERVER_DIR, database="rejoinder")
    _no_fsync(server.url)
    _drop(server.url, of_dead=True)
    template = _create(server.url, f"{PREFIX}template")
    engine = open_engine(template)
    migrate(engine)
    engine.dispose()
    yield server.url
    _drop(server.url, of_dead=False)
    server.stop()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of a fresh, migrated database of this test."""
    name = f"{PREFIX}{next(_numbers)}"
    yield _create(postgres_server, name, template=f"{PREFIX}template")
    _run(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    """A store over the test's database."""
    engine = open_engine(postgres_url)
    yield Store(engine)
    engine.dispose()


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    """An empty file store."""
    return FileStore(tmp_path / "files")


def _create(server_url: str, name: str, template: str = "template0") -> str:
    locale = (
        ""
        if template != "template0"
        else " ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
    )
    _run(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"{locale}')
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def _drop(server_url: str, *, of_dead: bool) -> None:
    """Drop the databases of killed runs, or those of this process."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        names = [row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()]
    for name in names:
        match = OURS.fullmatch(name)
        if match and (not psutil.pid_exists(int(match[1])) if of_dead else name.startswith(PREFIX)):
            _run(server_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _no_fsync(server_url: str) -> None:
    """Test databases need not survive a power cut."""
    _run(server_url, "ALTER SYSTEM SET fsync = off")
    _run(server_url, "SELECT pg_reload_conf()")


def _run(server_url: str, statement: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]
