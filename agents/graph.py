"""The whole walk of a case: triage, then the graph of its kind."""

from collections.abc import Hashable

from langgraph.graph import END, START, StateGraph

from agents.deps import Deps
from agents.dispute import graph as dispute
from agents.service import graph as service
from agents.state import CaseState
from agents.triage import triage

AFTER_TRIAGE: dict[Hashable, str] = {"dispute": "dispute", "service": "service", "recorded": END, "set_aside": END}


def after_triage(state: CaseState) -> str:
    """Return the kind of the case: a key of `AFTER_TRIAGE`."""
    return state["kind"]


def build() -> StateGraph[CaseState, Deps]:
    """Return the graph, not compiled; compile it where the checkpointer is."""
    graph: StateGraph[CaseState, Deps] = StateGraph(CaseState, context_schema=Deps)
    graph.add_node("triage", triage)
    graph.add_node("dispute", dispute.build().compile())
    graph.add_node("service", service.build().compile())
    graph.add_edge(START, "triage")
    graph.add_conditional_edges("triage", after_triage, AFTER_TRIAGE)
    graph.add_edge("dispute", END)
    graph.add_edge("service", END)
    return graph
