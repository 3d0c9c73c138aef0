"""What a reader understood of a message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

MessageKind = Literal["dispute", "service", "automatic", "spam", "phishing", "other"]

# Fields of a notice. Values are canonical text: dates ISO 8601 (`2026-03-09` or with time and zone),
# amounts in minor units, currencies ISO 4217, references as printed, networks and categories as in the catalogue.
NOTICE_FIELDS = (
    "dispute_reference",
    "payment_reference",
    "order_reference",
    "arn",
    "network",
    "reason_code",
    "reason_text",
    "category",
    "amount_minor",
    "currency",
    "transaction_date",
    "respond_by",
    "card_last4",
    "buyer_email",
    "buyer_name",
)


@dataclass(frozen=True, kw_only=True)
class FieldValue:
    """One value, how sure the reader is (0 to 1), and where in `InboundMail.text` it stands.

    A value read in an attached file has no span; `where` is the file's name. `guessed`: no rule read it, it is like
    values of this meaning in other notices.
    """

    value: str
    score: float
    start: int | None = None
    end: int | None = None
    where: str = ""
    guessed: bool = False


@dataclass(frozen=True, kw_only=True)
class ScoredIntent:
    """An intent of the catalogue with a calibrated probability."""

    intent: str
    score: float


@dataclass(frozen=True, kw_only=True)
class DigestCase:
    """One of several cases that a single mail tells of; `notice_type` as in `Reading`, `text` the case's own words."""

    fields: Mapping[str, FieldValue]
    notice_type: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One reader's understanding of one message.

    `notice_source` and `notice_type` name entries of the notice catalogue and are empty for customer mail.
    `intents` is ordered, the primary one first; empty when the reader does not tell.
    `flags` are words of `RISK_FLAGS`. `cases` hold what a digest tells of each case; `fields` then hold what all share.
    """

    reader: str
    kind: MessageKind
    score: float
    language: str = "und"
    notice_source: str = ""
    notice_type: str = ""
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    intents: tuple[ScoredIntent, ...] = ()
    flags: tuple[str, ...] = ()
    cases: tuple[DigestCase, ...] = ()
    note: str = ""

    def value(self, name: str) -> str:
        """Return the field's value, or an empty string."""
        found = self.fields.get(name)
        return found.value if found else ""


# What makes a person look early, whatever else was understood.
RISK_FLAGS = (
    "chargeback_threat", "legal_threat", "safety", "instructions_to_assistant", "card_number", "hidden_text",
    "unread_attachment",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """A field that two readers read differently."""

    field: str
    values: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """The reading the case goes on with, and what the readers did not agree on."""

    reading: Reading
    readers: tuple[str, ...]
    disagreements: tuple[Disagreement, ...] = ()
    missing_readers: tuple[str, ...] = ()
