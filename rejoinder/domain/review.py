"""Where a checked draft goes, and what a person decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Target = Literal["send", "review", "close"]
Verdict = Literal["approve", "edit", "reject", "escalate", "concede"]
ReviewStatus = Literal["open", "decided", "withdrawn"]
DeliveryStatus = Literal["queued", "sending", "sent", "uncertain", "failed", "cancelled"]
Channel = Literal["smtp", "none"]


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a case was routed as it was: a code to count by and words to read."""

    code: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Route:
    """Where the draft goes. `automatic_if` says what would have let it go without a person."""

    target: Target
    reasons: tuple[Reason, ...]
    automatic_if: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Review:
    """An open question to a person. `version` rises with each change; a decision names the version it saw."""

    review_id: int
    case_id: int
    run_id: int
    draft_id: int | None
    status: ReviewStatus
    version: int
    route: Route
    opened_at: datetime
    due_by: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a reviewer decided. `draft_id` is the draft that was approved: the edited one after an edit."""

    review_id: int
    verdict: Verdict
    reviewer: str
    decided_at: datetime
    draft_id: int | None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One outgoing send. `approved_hash` is the hash of what was approved; only those bytes leave.

    `automatic`: no person saw it. It may be taken back until `not_before`.
    """

    delivery_id: int
    case_id: int
    run_id: int
    draft_id: int
    channel: Channel
    status: DeliveryStatus
    mailbox: str
    approved_hash: str
    not_before: datetime
    automatic: bool = False
    raw_file: str = ""
    answer: str = ""
