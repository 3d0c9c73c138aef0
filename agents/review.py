"""The end of every graph: where the draft goes, the wait for a person (the only interrupt), the way into the outbox."""

from collections.abc import Hashable

from langgraph.graph import END, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import interrupt

from agents.deps import Deps
from agents.state import CaseState
from rejoinder.errors import Conflict

AFTER_ROUTE: dict[Hashable, str] = {"send": "queue_delivery", "review": "open_review", "close": "close"}
AFTER_DECISION: dict[Hashable, str] = {
    "approve": "queue_delivery",
    "edit": "queue_delivery",
    "reject": "close",
    "escalate": "close",
    "concede": "close",
}
OUTCOMES = {"reject": "rejected", "escalate": "escalated", "concede": "conceded"}


def route(state: CaseState, runtime: Runtime[Deps]) -> CaseState:
    """Follow what the rules chose for the checked draft."""
    return {"target": runtime.context.store.route(state["run_id"]).target}


def open_review(state: CaseState, runtime: Runtime[Deps]) -> CaseState:
    """Open the review of the run's draft, once."""
    return {"review_id": runtime.context.store.open_review(state["run_id"])}


def await_decision(state: CaseState, runtime: Runtime[Deps]) -> CaseState:
    """Pause until a person decided; the decision is read from storage, never from what resumed us."""
    interrupt({"review_id": state["review_id"]})
    decision = runtime.context.store.decision(state["review_id"])
    if decision is None:
        raise Conflict(f"run {state['run_id']} was resumed before review {state['review_id']} was decided")
    return {"verdict": decision.verdict}


def queue_delivery(state: CaseState, runtime: Runtime[Deps]) -> CaseState:
    """Put the approved draft into the outbox, once: the edited one after an edit."""
    store = runtime.context.store
    draft_id = state["draft_id"]
    decision = store.decision(state["review_id"]) if "review_id" in state else None
    if decision and decision.draft_id:
        draft_id = decision.draft_id
    store.queue_delivery(state["run_id"], draft_id)
    return {}


def close(state: CaseState, runtime: Runtime[Deps]) -> CaseState:
    """End the case without a delivery."""
    runtime.context.store.close_case(state["run_id"], OUTCOMES.get(state.get("verdict", ""), "shadow"))
    return {}


def after_route(state: CaseState) -> str:
    """Return where the checked draft goes: a key of `AFTER_ROUTE`."""
    return state["target"]


def after_decision(state: CaseState) -> str:
    """Return what the reviewer said: a key of `AFTER_DECISION`."""
    return state["verdict"]


def add_review(graph: StateGraph[CaseState, Deps], *, after: str) -> None:
    """Add these nodes behind the node that checks the draft."""
    graph.add_node("route", route)
    graph.add_node("open_review", open_review)
    graph.add_node("await_decision", await_decision)
    graph.add_node("queue_delivery", queue_delivery)
    graph.add_node("close", close)
    graph.add_edge(after, "route")
    graph.add_conditional_edges("route", after_route, AFTER_ROUTE)
    graph.add_edge("open_review", "await_decision")
    graph.add_conditional_edges("await_decision", after_decision, AFTER_DECISION)
    graph.add_edge("queue_delivery", END)
    graph.add_edge("close", END)
