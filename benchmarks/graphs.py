"""The floor of a case: a graph of as many nodes that do nothing, with the same pause on the same checkpointer."""

from typing import Any, TypedDict

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

OUTER = ("triage",)
INNER = ("gather", "write", "check", "route", "open_review")


class Bare(TypedDict, total=False):
    """As small a state as a run's."""

    run_id: int
    last: str
    verdict: str


def bare_graph(checkpointer: BaseCheckpointSaver[Any]) -> Any:
    """Return triage and a subgraph, as a service case walks them, up to the wait for a person."""
    inner: StateGraph[Bare] = StateGraph(Bare)
    previous = START
    for name in INNER:
        inner.add_node(name, _trivial)
        inner.add_edge(previous, name)
        previous = name
    inner.add_node("await_decision", _wait)
    inner.add_edge(previous, "await_decision")
    inner.add_edge("await_decision", END)
    outer: StateGraph[Bare] = StateGraph(Bare)
    outer.add_node("triage", _trivial)
    outer.add_node("service", inner.compile())
    outer.add_edge(START, "triage")
    outer.add_edge("triage", "service")
    outer.add_edge("service", END)
    return outer.compile(checkpointer=checkpointer)


def _trivial(state: Bare) -> Bare:
    return {"last": "done"}


def _wait(state: Bare) -> Bare:
    interrupt({"run_id": state["run_id"]})
    return {"verdict": "approve"}
