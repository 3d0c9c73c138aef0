"""Cases, disputes and runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from rejoinder.domain.lifecycle import Funds, Move
from rejoinder.domain.lifecycle import Stage as Stage
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Order
from rejoinder.domain.reading import Reconciled
from rejoinder.domain.reminders import ReminderPlan

CaseKind = Literal["unknown", "dispute", "service", "set_aside"]
CaseStatus = Literal["new", "working", "in_review", "sending", "answered", "closed", "failed", "merged"]
RunStatus = Literal["queued", "running", "waiting", "done", "failed"]
Autonomy = Literal["shadow", "draft", "supervised", "auto"]


@dataclass(frozen=True, kw_only=True)
class Merchant:
    """One merchant. `autonomy` maps a class (an intent, `dispute` or `*`) to how far the program may go by itself.

    `buffer_hours`: how long before a deadline it wants to be done.
    """

    merchant_id: int
    slug: str
    name: str
    language: str = "en"
    timezone: str = "UTC"
    country: str = ""
    signature: str = ""
    website: str = ""
    buffer_hours: int = 48
    autonomy: Mapping[str, Autonomy] = field(default_factory=dict)
    reminders: ReminderPlan = field(default_factory=ReminderPlan)

    def autonomy_for(self, what: str) -> Autonomy:
        """Return the autonomy of a class, else of `*`, else draft: everything waits for a person."""
        return self.autonomy.get(what) or self.autonomy.get("*") or "draft"


@dataclass(frozen=True, kw_only=True)
class DisputeEvent:
    """What a processor said about a dispute, by webhook or API, in our words; `raw_status` keeps theirs.

    `status` is empty for an event that only moves money. The last fields are explained at `lifecycle.Move`.
    """

    processor: str
    account: str
    event_id: str
    event_type: str
    reference: str
    payment_reference: str
    occurred_at: datetime
    status: str
    stage: Stage
    raw_status: str
    amount: Money | None = None
    network: str = ""
    reason_code: str = ""
    reason_text: str = ""
    category: str = ""
    respond_by: datetime | None = None
    order_reference: str = ""
    card_last4: str = ""
    buyer_email: str = ""
    funds: Funds | None = None
    submissions: tuple[str, ...] = ()
    refunded: bool = False
    reopens: bool = False
    reverses: bool = False
    final: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """A dispute as we know it. `sources` names the witnesses: mail, webhook, api.

    `moves` is what the witnesses told of its course; `status`, `stage`, `funds`, `submissions` (distinct ids) and
    `outcome_final` follow from it.
    """

    processor: str
    reference: str
    status: str
    stage: Stage
    sources: tuple[str, ...]
    payment_reference: str = ""
    network: str = ""
    reason_code: str = ""
    reason_text: str = ""
    category: str = "general"
    amount: Money | None = None
    transaction_date: str = ""
    respond_by: datetime | None = None
    card_last4: str = ""
    arn: str = ""
    order_reference: str = ""
    buyer_email: str = ""
    funds: Funds = "none"
    submissions: tuple[str, ...] = ()
    outcome_final: bool = False
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MonthOfCards:
    """Counts of one network's month at a merchant; `settled_before` is of the month before."""

    disputes: int = 0
    fraud_disputes: int = 0
    fraud_reports: int = 0
    settled: int = 0
    settled_before: int = 0


@dataclass(frozen=True, kw_only=True)
class Case:
    """Our unit of work: one customer thread or one dispute."""

    case_id: int
    merchant_id: int
    kind: CaseKind
    status: CaseStatus
    title: str
    created_at: datetime
    intent: str = ""
    language: str = "und"
    order_number: str = ""
    respond_by: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class StoredMessage:
    """A message of a case: a mail, or a processor's event. Exactly one of `mail` and `event` is set."""

    message_id: int
    merchant_id: int
    case_id: int
    received_at: datetime
    mailbox: str = ""
    raw_file: str = ""
    mail: InboundMail | None = None
    event: DisputeEvent | None = None


@dataclass(frozen=True, kw_only=True)
class Run:
    """One walk of a case through its graph, started by one message."""

    run_id: int
    case_id: int
    merchant_id: int
    message_id: int
    status: RunStatus
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class RunView:
    """A run with what it is about. `reconciled` is None before triage; `order` is the one the case was matched to."""

    run: Run
    case: Case
    merchant: Merchant
    message: StoredMessage
    reconciled: Reconciled | None
    dispute: Dispute | None = None
    order: Order | None = None
