"""A packet: the letter with its exhibits as one PDF, the facts it must show, and the manifest that goes with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Literal

from rejoinder.domain.drafts import Problem
from rejoinder.domain.money import Money

ExhibitKind = Literal["record", "thread", "file", "policy"]
Weight = Literal["decisive", "supporting", "background"]
WEIGHTS: tuple[Weight, ...] = ("decisive", "supporting", "background")


@dataclass(frozen=True, kw_only=True)
class RecordTable:
    """Rows of one record. Without `columns` each row is a name and a value; with them, as many cells as columns."""

    rows: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Translation:
    """The text in the language of the letter; `by` says who translated it, in words."""

    text: str
    by: str


@dataclass(frozen=True, kw_only=True)
class ThreadMessage:
    """One message as printed. Addresses are written as in a header; `files` are names of what was attached."""

    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    sent_at: datetime | None = None
    cc: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    language: str = "en"
    translation: Translation | None = None


@dataclass(frozen=True, kw_only=True)
class ExhibitFile:
    """A file as it was uploaded or attached. `media_type` is what it was called; the bytes decide."""

    name: str
    content: bytes
    media_type: str = ""


@dataclass(frozen=True, kw_only=True)
class ExhibitSource:
    """What one exhibit is made from: any of tables, text, messages and a file, printed in this order.

    `label` is how the letter cites it (`Exhibit 2`). `origin` says where it comes from and `captured_at` when it
    was taken from there. `language` is that of `text` and of the file.
    """

    label: str
    title: str
    kind: ExhibitKind
    origin: str
    captured_at: datetime
    weight: Weight = "supporting"
    evidence_ids: tuple[str, ...] = ()
    tables: tuple[RecordTable, ...] = ()
    text: str = ""
    messages: tuple[ThreadMessage, ...] = ()
    file: ExhibitFile | None = None
    language: str = "en"
    translation: Translation | None = None


def decisive_first(exhibits: Iterable[ExhibitSource]) -> tuple[ExhibitSource, ...]:
    """Return the exhibits with the decisive ones first and background last, otherwise in the order given."""
    return tuple(sorted(exhibits, key=lambda exhibit: WEIGHTS.index(exhibit.weight)))


@dataclass(frozen=True, kw_only=True)
class KeyFacts:
    """What the first page says for a reader in a hurry, and for a machine. Empty fields are not printed."""

    dispute_reference: str
    network: str = ""
    reason_code: str = ""
    reason: str = ""
    arn: str = ""
    card_last4: str = ""
    amount: Money | None = None
    transaction_date: date | None = None
    merchant: str = ""
    descriptor: str = ""
    order_number: str = ""
    order_date: date | None = None
    carrier: str = ""
    tracking_numbers: tuple[str, ...] = ()
    delivered_on: date | None = None
    refunded: Money | None = None
    refund_references: tuple[str, ...] = ()

    def as_text(self) -> dict[str, str]:
        """Return the facts that are set as canonical text: days ISO 8601, amounts as `89.90 EUR`, lists by commas."""
        values = {own.name: getattr(self, own.name) for own in fields(self)}
        return {
            name: ", ".join(value) if isinstance(value, tuple) else str(value)
            for name, value in values.items()
            if value
        }


KEY_FACT_LABELS: Mapping[str, str] = {
    "dispute_reference": "Dispute",
    "network": "Network",
    "reason_code": "Reason code",
    "reason": "Reason",
    "amount": "Disputed amount",
    "transaction_date": "Transaction date",
    "card_last4": "Card",
    "arn": "ARN",
    "merchant": "Merchant",
    "descriptor": "Descriptor",
    "order_number": "Order",
    "order_date": "Order date",
    "carrier": "Carrier",
    "tracking_numbers": "Tracking number",
    "delivered_on": "Delivered on",
    "refunded": "Refunded",
    "refund_references": "Refund reference",
}
"""Field of `KeyFacts` to the words printed before its value, in the order they are printed."""


@dataclass(frozen=True, kw_only=True)
class ManifestExhibit:
    """One exhibit: where it stands in the PDF (pages from 1) and what it was made from.

    `file` and `sha256` name the original in the zip; both are empty, and `withheld` says why, when it must not
    be passed on. `masked` counts the card numbers and codes that were masked.
    """

    label: str
    title: str
    kind: ExhibitKind
    origin: str
    captured_at: datetime
    evidence_ids: tuple[str, ...]
    first_page: int
    last_page: int
    file: str
    sha256: str
    masked: int = 0
    withheld: str = ""

    @property
    def pages(self) -> int:
        """How many pages it stands on; two exhibits may share one."""
        return self.last_page - self.first_page + 1


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a packet holds, with the hash of each part. `letter_hash` is that of the approved draft."""

    made_at: datetime
    file: str
    sha256: str
    size: int
    pages: int
    letter_hash: str
    key_facts: KeyFacts
    exhibits: tuple[ManifestExhibit, ...]
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Packet:
    """A finished packet: the PDF that is submitted, and the zip that also holds manifest and originals.

    `steps` say what was done to keep the limits; `problems` what a person should look at before it leaves.
    """

    pdf: bytes = field(repr=False)
    archive: bytes = field(repr=False)
    manifest: Manifest
    steps: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def pages(self) -> int:
        """Pages of the PDF."""
        return self.manifest.pages


@dataclass(frozen=True, kw_only=True)
class MadePacket:
    """What became of a case's packet: files by their hash in the store, or the problems why there is none.

    `pdf_hash` is empty when it could not be made. `letter_hash` is that of the draft; sizes are bytes.
    """

    draft_id: int
    letter_hash: str
    made_at: datetime
    pdf_hash: str = ""
    zip_hash: str = ""
    pages: int = 0
    size: int = 0
    zip_size: int = 0
    exhibits: int = 0
    steps: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_made(self) -> bool:
        """Whether there is a file."""
        return bool(self.pdf_hash)
