import os
import subprocess
import sys
from typing import TypedDict

import psycopg
import pytest
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt

from rejoinder.errors import ProviderUnavailable
from rejoinder.storage.checkpoints import checkpointer, delete_threads
from rejoinder.storage.store import Store

CONFIG = {"configurable": {"thread_id": "1"}}


class State(TypedDict, total=False):
    run_id: int
    verdict: str


def build() -> StateGraph[State]:
    graph = StateGraph(State)
    graph.add_node("ask", lambda state: {"verdict": interrupt("?")})
    graph.add_edge(START, "ask")
    graph.add_edge("ask", END)
    return graph


def rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT (SELECT count(*) FROM checkpoints) + (SELECT count(*) FROM checkpoint_blobs)"
            " + (SELECT count(*) FROM checkpoint_writes)"
        ).fetchone()
    return found[0] if found else -1


def test_a_paused_thread_goes_on_in_another_process_and_is_deleted_at_the_end(store: Store, postgres_url: str) -> None:
    with checkpointer(postgres_url) as saver:
        build().compile(checkpointer=saver).invoke({"run_id": 1}, CONFIG, durability="async")
    with checkpointer(postgres_url) as saver:
        graph = build().compile(checkpointer=saver)
        assert graph.invoke(Command(resume="approve"), CONFIG, durability="async") == {
            "run_id": 1,
            "verdict": "approve",
        }
        assert rows(postgres_url) > 0
        saver.delete_thread("1")
    assert rows(postgres_url) == 0


def test_threads_end_in_the_transaction_of_their_runs(store: Store, postgres_url: str) -> None:
    with checkpointer(postgres_url) as saver:
        build().compile(checkpointer=saver).invoke({"run_id": 1}, CONFIG, durability="async")
    with store.begin() as connection:
        delete_threads(connection, [])
        delete_threads(connection, [1, 2])
    assert rows(postgres_url) == 0


def test_a_dropped_connection_is_made_anew(store: Store, postgres_url: str) -> None:
    with checkpointer(postgres_url, size=1) as saver:
        graph = build().compile(checkpointer=saver)
        graph.invoke({"run_id": 1}, CONFIG, durability="async")
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert graph.get_state(CONFIG).next == ("ask",)


def test_a_database_that_is_away_may_come_back(
    store: Store, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    with checkpointer(postgres_url) as saver:
        monkeypatch.setattr(psycopg.Cursor, "execute", away)
        with pytest.raises(ProviderUnavailable, match="does not answer"):
            build().compile(checkpointer=saver).invoke({"run_id": 1}, CONFIG, durability="async")
        monkeypatch.undo()


def test_state_is_read_strictly() -> None:
    script = "import rejoinder.storage.checkpoints, os; print(os.environ['LANGGRAPH_STRICT_MSGPACK'])"
    environment = {name: value for name, value in os.environ.items() if name != "LANGGRAPH_STRICT_MSGPACK"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "true\n"
