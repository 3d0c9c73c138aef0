"""One step of a run: start it, resume it, or find that it is done. The only caller of the graphs."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.types import Command, Durability

from agents.deps import Deps
from agents.graph import build
from agents.state import CaseState
from rejoinder.domain.cases import Run
from rejoinder.domain.review import Decision
from rejoinder.errors import RejoinderError

logger = structlog.get_logger(__name__)

MAX_ATTEMPTS = 6
DURABILITY: Durability = "exit"
"""A checkpoint is written where a walk ends. A worker killed on the way walks again; each step finds what it kept."""


class Runs(Protocol):
    """The rows of runs."""

    def one_connection(self) -> AbstractContextManager[None]:
        """Let all transactions of this context share one connection."""

    def start_run(self, run_id: int) -> Run | None:
        """Mark the run as running; None when it has ended."""

    def wait_run(self, run_id: int) -> None:
        """Mark the run as waiting for a person."""

    def finish_run(self, run_id: int) -> None:
        """Mark the run as done."""

    def fail_run(self, run_id: int, error: str) -> None:
        """Mark the run and its case as failed, for people to see."""

    def decision_of_run(self, run_id: int) -> Decision | None:
        """Return the decision on the run's review."""


@dataclass(frozen=True)
class Worker:
    """Walks runs through the graph. Safe to call for the same run any number of times."""

    runs: Runs
    deps: Deps
    checkpointer: BaseCheckpointSaver[Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "graph", build().compile(checkpointer=self.checkpointer))

    def advance(self, run_id: int) -> None:
        """Take a run as far as it goes now: to a person, to the outbox or to its end.

        Raises:
            RejoinderError: a step failed; `retriable` tells whether another try can help.
        """
        with self.runs.one_connection():
            self._advance(run_id)

    def _advance(self, run_id: int) -> None:
        run = self.runs.start_run(run_id)
        if run is None:
            return
        config: RunnableConfig = {"configurable": {"thread_id": str(run_id)}}
        if self._waits_after(self._input(run, config), config):
            self.runs.wait_run(run_id)
            return
        self.checkpointer.delete_thread(str(run_id))
        self.runs.finish_run(run_id)

    def _input(self, run: Run, config: RunnableConfig) -> Any:
        """Return what to invoke the graph with: its input once, None to go on, a resume after the decision."""
        if self.checkpointer.get_tuple(config) is None:
            return CaseState(run_id=run.run_id, case_id=run.case_id)
        snapshot = self.graph.get_state(config)  # type: ignore[attr-defined]
        if not snapshot.interrupts:
            return None
        return Command(resume=True) if self.runs.decision_of_run(run.run_id) else WAIT

    def _waits_after(self, given: Any, config: RunnableConfig) -> bool:
        """Take the graph on, and tell whether it now waits for a person."""
        if given == WAIT:
            return True
        left = self.graph.invoke(given, config, context=self.deps, durability=DURABILITY)  # type: ignore[attr-defined]
        return INTERRUPT in left

    def give_up(self, run_id: int, problem: RejoinderError | Exception) -> None:
        """Mark a run as failed with words a person can act on."""
        logger.error("run_failed", run_id=run_id, error=type(problem).__name__)
        self.runs.fail_run(run_id, f"{type(problem).__name__}: {problem}")


WAIT = "wait"
INTERRUPT = "__interrupt__"  # the key under which `invoke` returns what a graph waits for
