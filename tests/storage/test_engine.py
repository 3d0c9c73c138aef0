from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from rejoinder.errors import ConfigError, ProviderUnavailable
from rejoinder.storage.engine import open_engine, transaction
from rejoinder.storage.store import Store
from tests.storage.examples import merchant_of
from tests.storage.races import at_once


@pytest.mark.parametrize("url", ["", "rubbish", "sqlite:///x.db", "mysql://a@b/c", "postgresql://a@b:port/c"])
def test_an_address_that_is_not_of_postgresql_is_told(url: str) -> None:
    with pytest.raises(ConfigError, match="REJOINDER_DATABASE_URL"):
        open_engine(url)


def test_times_are_utc_and_statements_end(store: Store) -> None:
    with store.begin() as connection:
        now = connection.execute(text("SELECT now()")).scalar_one()
        limit = connection.execute(text("SHOW statement_timeout")).scalar_one()
    assert now.tzinfo is not None
    assert now.utcoffset() == datetime.now(UTC).utcoffset()
    assert limit == "1min"


def test_a_server_that_is_not_there_may_come_back() -> None:
    with (
        pytest.raises(ProviderUnavailable, match="does not answer"),
        transaction(open_engine("postgresql:///x?host=/none")),
    ):
        pass


def test_a_dropped_connection_is_one_error_and_the_next_call_works(store: Store) -> None:
    with pytest.raises(ProviderUnavailable), store.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    merchant_of(store)
    with store.begin() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    other = open_engine(store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    with transaction(other) as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    other.dispose()
    assert len(store.merchants()) == 1


def half_a_change(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(text("UPDATE merchants SET slug = 'lost'"))
        connection.execute(text("INSERT INTO merchants DEFAULT VALUES"))


def test_queries_alone_see_what_is_committed_and_leave_the_connection_as_it_was(store: Store) -> None:
    merchant_of(store)
    with store.one_connection():
        with store.reading() as connection:
            assert connection.execute(text("SELECT count(*) FROM merchants")).scalar_one() == 1
            assert connection.connection.autocommit  # type: ignore[attr-defined]
        with pytest.raises(IntegrityError):
            half_a_change(store)
        assert [merchant.slug for merchant in store.merchants()] != ["lost"]
        with store.begin(), store.reading() as other:
            assert other.execute(text("SELECT count(*) FROM merchants")).scalar_one() == 1
    with store.begin() as connection:
        assert not connection.connection.autocommit  # type: ignore[attr-defined]


@pytest.mark.parametrize("held", [True, False])
def test_a_connection_that_drops_under_a_query_is_one_error_and_the_next_call_works(store: Store, held: bool) -> None:
    with store.one_connection() if held else nullcontext():
        with pytest.raises(ProviderUnavailable), store.reading() as connection:
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        merchant_of(store)
        assert len(store.merchants()) == 1


def test_a_pool_that_is_used_up_may_be_free_again(postgres_url: str) -> None:
    engine = open_engine(postgres_url, pool_size=1)
    engine.pool._timeout = 0.1  # type: ignore[attr-defined]
    engine.pool._max_overflow = 0  # type: ignore[attr-defined]
    with transaction(engine), pytest.raises(ProviderUnavailable, match="in use"), transaction(engine):
        pass
    engine.dispose()


def test_a_mistake_of_ours_is_not_called_a_failure_of_the_database(store: Store) -> None:
    with pytest.raises(IntegrityError), store.begin() as connection:
        connection.execute(text("INSERT INTO sessions VALUES ('t', 1, 'f', now())"))


def test_many_threads_write_at_once(store: Store) -> None:
    assert len(set(at_once(8, lambda n: merchant_of(store, f"shop{n % 2}")))) == 2


def test_one_connection_serves_all_transactions_of_a_context(store: Store) -> None:
    def backend() -> int:
        with store.begin() as connection:
            return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())

    with store.one_connection():
        outer = backend()
        with store.begin() as connection:
            assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() == outer
            assert backend() != outer, "a transaction inside another one needs a connection of its own"
        assert backend() == outer


def test_a_held_connection_that_drops_is_one_error_and_the_next_call_works(store: Store) -> None:
    with store.one_connection():
        with pytest.raises(ProviderUnavailable), store.begin() as connection:
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        merchant_of(store)
    assert len(store.merchants()) == 1
