"""The way to the database: one engine a process, one place where its errors become ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from rejoinder.errors import ConfigError, ProviderUnavailable

STATEMENT_TIMEOUT_MS = 60_000


def open_engine(url: str, pool_size: int = 10) -> Engine:
    """Return an engine for a plain `postgresql://` address.

    Raises:
        ConfigError: the address is not one of PostgreSQL.
    """
    try:
        parsed = make_url(url)
    except Exception as exc:  # noqa: BLE001 # SQLAlchemy raises its own argument error, or a ValueError on bad ports
        raise ConfigError("REJOINDER_DATABASE_URL is not an address such as postgresql://user@host/name") from exc
    if parsed.get_backend_name() not in {"postgresql", "postgres"}:
        raise ConfigError(f"REJOINDER_DATABASE_URL names {parsed.get_backend_name()!r}; only PostgreSQL is supported")
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=10,
        pool_pre_ping=True,
        connect_args={"options": f"-c timezone=UTC -c statement_timeout={STATEMENT_TIMEOUT_MS}"},
    )


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction; a database that is away raises `ProviderUnavailable`, and the next call finds it again."""
    try:
        with engine.begin() as connection:
            yield connection
    except (OperationalError, InterfaceError) as exc:
        raise ProviderUnavailable(f"the database is not there: {_first_line(exc)}") from exc
    except DBAPIError as exc:
        if exc.connection_invalidated:
            raise ProviderUnavailable(f"the database went away: {_first_line(exc)}") from exc
        raise


def _first_line(exc: DBAPIError) -> str:
    return str(exc.orig).strip().splitlines()[0] if exc.orig and str(exc.orig).strip() else type(exc).__name__
