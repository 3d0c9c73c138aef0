"""The way to the database: one engine a process, one place where its errors become ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import psycopg
from psycopg_pool import PoolTimeout
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from rejoinder.errors import ConfigError, ProviderUnavailable
from rejoinder.storage.documents import json_text

STATEMENT_TIMEOUT_MS = 60_000
CONNECT_SECONDS = 10
TRANSACTION: IsolationLevel = "READ COMMITTED"
_HELD: ContextVar[Connection | None] = ContextVar("held connection", default=None)


def open_engine(url: str, pool_size: int = 10) -> Engine:
    """Return an engine for a plain `postgresql://` address.

    Raises:
        ConfigError: the address is not one of PostgreSQL.
    """
    try:
        parsed = make_url(url)
    except Exception as exc:  # SQLAlchemy raises its own argument error, or a ValueError on bad ports
        raise ConfigError("REJOINDER_DATABASE_URL is not an address such as postgresql://user@host/name") from exc
    if parsed.get_backend_name() not in {"postgresql", "postgres"}:
        raise ConfigError(f"REJOINDER_DATABASE_URL names {parsed.get_backend_name()!r}; only PostgreSQL is supported")
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=10,
        pool_pre_ping=True,
        json_serializer=json_text,
        connect_args={
            "options": f"-c timezone=UTC -c statement_timeout={STATEMENT_TIMEOUT_MS}",
            "connect_timeout": CONNECT_SECONDS,
        },
    )


def plain_url(engine: Engine) -> str:
    """Return the engine's address as libpq reads it."""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction; a database that is away raises `ProviderUnavailable`, and the next call finds it again."""
    held = _HELD.get()
    if held is not None and held.engine is engine and not held.in_transaction():
        with our_errors(), _at(held, TRANSACTION).begin():
            yield held
        return
    with our_errors(), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a connection that commits by itself, for queries alone."""
    held = _HELD.get()
    if held is None or held.engine is not engine or held.in_transaction():
        with our_errors(), engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")
        return
    with our_errors(), _at(held, "AUTOCOMMIT").begin():
        yield held


def _at(connection: Connection, level: IsolationLevel) -> Connection:
    known = connection.get_execution_options().get("isolation_level", TRANSACTION)
    return connection if known == level else connection.execution_options(isolation_level=level)


@contextmanager
def one_connection(engine: Engine) -> Iterator[None]:
    """Let all transactions of this context share one connection: it is fetched and tested once, not each time."""
    with our_errors(), engine.connect() as connection:
        token = _HELD.set(connection)
        try:
            yield
        finally:
            _HELD.reset(token)


@contextmanager
def our_errors() -> Iterator[None]:
    """Turn what may pass (a server that is away or busy, a deadlock) into `ProviderUnavailable`."""
    try:
        yield
    except (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError) as exc:
        raise ProviderUnavailable(f"the database does not answer: {_first_line(exc)}") from exc
    except (NoConnectionFree, PoolTimeout) as exc:
        raise ProviderUnavailable("all connections to the database are in use") from exc
    except DBAPIError as exc:
        if exc.connection_invalidated:
            raise ProviderUnavailable(f"the database went away: {_first_line(exc)}") from exc
        raise


def _first_line(exc: Exception) -> str:
    said = str(exc.orig if isinstance(exc, DBAPIError) else exc).strip()
    return said.splitlines()[0] if said else type(exc).__name__
