"""The graph of an answer to a dispute."""

from langgraph.graph import START, StateGraph

from agents.deps import Deps
from agents.dispute.nodes import check, conclude, gather, write
from agents.review import add_review
from agents.state import CaseState


def build() -> StateGraph[CaseState, Deps]:
    """Return the graph, not compiled."""
    graph: StateGraph[CaseState, Deps] = StateGraph(CaseState, context_schema=Deps)
    graph.add_node("gather", gather)
    graph.add_node("judge", conclude)
    graph.add_node("write", write)
    graph.add_node("check", check)
    graph.add_edge(START, "gather")
    graph.add_edge("gather", "judge")
    graph.add_edge("judge", "write")
    graph.add_edge("write", "check")
    add_review(graph, after="check")
    return graph
