"""A dispute taken through its nodes in memory, from an order and a reason alone: nothing of it is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from langgraph.runtime import Runtime

from agents.deps import Deps, Store
from agents.dispute.nodes import check, conclude, gather, write
from agents.state import CaseState
from knowledge.reason_codes import find
from rejoinder.domain.cases import Case, Dispute, Merchant, Run, RunView, StoredMessage
from rejoinder.domain.drafts import Draft, Problem
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.judgement import Judgement
from rejoinder.domain.lifecycle import Stage
from rejoinder.domain.orders import Match, Order, Payment
from rejoinder.domain.reading import Reading, Reconciled
from rejoinder.domain.review import Route
from rejoinder.errors import BadInput

ASKED = "mail:asked:"
"""How the reference of a dispute begins that nobody told us of; a notice's own takes its place."""
READER = "person"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a person names: the order, the reason, and what the order's payment does not tell."""

    order_number: str
    reason_code: str
    network: str = ""
    processor: str = ""
    reference: str = ""
    stage: Stage = "first"


@dataclass(kw_only=True)
class Walked:
    """What the nodes made of a dispute."""

    view: RunView
    dispute: Dispute
    order: Order
    evidence: dict[str, Evidence] = field(default_factory=dict)
    passages: dict[str, Passage] = field(default_factory=dict)
    judgement: Judgement | None = None
    draft: Draft | None = None
    problems: tuple[Problem, ...] = ()


def dispute_asked_for(asked: Asked, order: Order) -> Dispute:
    """Return the dispute that a person asks about, as far as the order tells it.

    Raises:
        BadInput: the network has no such code, or no network is known.
    """
    payment = _payment(asked, order)
    network = (asked.network or (payment.network if payment else "")).casefold()
    if not network:
        raise BadInput("The order does not say which card network was paid with: name it.")
    code = find(network, asked.reason_code)
    if code is None:
        raise BadInput(f"{network} has no reason code {asked.reason_code!r}; look at the notice again.")
    return Dispute(
        processor=asked.processor or (payment.processor if payment else "") or "unknown",
        reference=asked.reference or f"{ASKED}{order.number}:{network}:{code.code}",
        status="needs_response",
        stage=asked.stage,
        sources=("mail",),
        payment_reference=payment.reference if payment else "",
        network=network,
        reason_code=code.code,
        category=code.category,
        amount=payment.amount if payment else order.total,
        transaction_date=payment.captured_at.date().isoformat() if payment else "",
        card_last4=payment.card_last4 if payment else "",
        arn=payment.arn if payment else "",
        order_reference=order.number,
        buyer_email=order.customer_email,
    )


def walk(deps: Deps, merchant: Merchant, dispute: Dispute, order: Order) -> Walked:
    """Let the nodes gather, judge, write and check as they do for a case, and return what came of it."""
    walked = Walked(view=_view(merchant, dispute, order, deps.clock()), dispute=dispute, order=order)
    context = replace(deps, store=cast(Store, InMemory(deps.store, walked)), writer=None)
    runtime = Runtime(context=context)
    state = CaseState(run_id=0, case_id=0)
    for node in (gather, conclude, write, check):
        state = cast(CaseState, {**state, **node(state, runtime)})
    return walked


def _payment(asked: Asked, order: Order) -> Payment | None:
    """Return the newest payment, of the network that was named."""
    network = asked.network.casefold()
    fitting = [one for one in order.payments if not network or one.network.casefold() in ("", network)]
    return max(fitting, key=lambda one: one.captured_at, default=None)


def _view(merchant: Merchant, dispute: Dispute, order: Order, now: datetime) -> RunView:
    merchant_id = merchant.merchant_id
    reading = Reading(reader=READER, kind="dispute", score=1.0, notice_source=dispute.processor)
    return RunView(
        run=Run(run_id=0, case_id=0, merchant_id=merchant_id, message_id=0, status="running"),
        case=Case(
            case_id=0,
            merchant_id=merchant_id,
            kind="dispute",
            status="working",
            title=order.number,
            created_at=now,
            order_number=order.number,
        ),
        merchant=merchant,
        message=StoredMessage(message_id=0, merchant_id=merchant_id, case_id=0, received_at=now),
        reconciled=Reconciled(reading=reading, readers=(READER,)),
        dispute=dispute,
        order=order,
    )


class InMemory:
    """The store of one dispute that has no case: what is written stays here, all else is read from the real one."""

    def __init__(self, store: Store, walked: Walked) -> None:
        self._store = store
        self._walked = walked

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("save_", "open_", "queue_", "close_")):
            raise AttributeError(f"{name} must not reach the store of real cases")
        return getattr(self._store, name)

    def view(self, run_id: int) -> RunView:
        """Return the dispute with its order and merchant."""
        return self._walked.view

    def save_match(self, run_id: int, matches: Sequence[Match], chosen: str) -> None:
        """Do nothing: the order was named."""

    def matches(self, run_id: int) -> Sequence[Match]:
        """Return the order that was named."""
        return (Match(order_number=self._walked.order.number, score=1.0, reasons=("named by a person",)),)

    def save_evidence(self, case_id: int, evidence: Sequence[Evidence]) -> None:
        """Keep evidence under its ids."""
        self._walked.evidence |= {item.evidence_id: item for item in evidence}

    def evidence(self, case_id: int, evidence_ids: Sequence[str]) -> Sequence[Evidence]:
        """Return the evidence with these ids."""
        return [self._walked.evidence[one] for one in evidence_ids if one in self._walked.evidence]

    def uploads(self, case_id: int) -> Sequence[Evidence]:
        """Return nothing: files are given for cases."""
        return ()

    def save_passages(self, case_id: int, passages: Sequence[Passage]) -> None:
        """Keep passages under their ids."""
        self._walked.passages |= {passage.passage_id: passage for passage in passages}

    def passages(self, case_id: int, passage_ids: Sequence[str]) -> Sequence[Passage]:
        """Return the passages with these ids."""
        return [self._walked.passages[one] for one in passage_ids if one in self._walked.passages]

    def term_settings(self, case_id: int) -> Mapping[str, str]:
        """Return nothing: nobody set a term."""
        return {}

    def save_judgement(self, run_id: int, category: str, judgement: Judgement) -> None:
        """Keep what the rules concluded."""
        self._walked.judgement = judgement

    def judgement(self, case_id: int) -> Judgement | None:
        """Return what the rules concluded."""
        return self._walked.judgement

    def save_draft(self, run_id: int, draft: Draft) -> int:
        """Keep the letter."""
        self._walked.draft = draft
        return 0

    def draft(self, draft_id: int) -> Draft:
        """Return the letter."""
        assert self._walked.draft is not None  # noqa: S101 # written before it is checked
        return self._walked.draft

    def save_check(self, run_id: int, draft_id: int, problems: Sequence[Problem], route: Route) -> None:
        """Keep what the checks found."""
        self._walked.problems = tuple(problems)
