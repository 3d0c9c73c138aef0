"""Facts with their source, and passages of documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One fact with its source and time of capture.

    `evidence_id` is stable: the same record captured again for the same case has the same id.
    `fields` are canonical text (dates ISO 8601, amounts as `89.90 EUR`); `kind` is an id of the evidence catalogue.
    """

    evidence_id: str
    kind: str
    fields: Mapping[str, str]
    text: str
    source: str
    captured_at: datetime
    file_hash: str = ""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A retrieved piece of a merchant's document, in force from `in_force_from` until before `in_force_to`."""

    passage_id: str
    document: str
    title: str
    topic: str
    text: str
    score: float
    in_force_from: date | None = None
    in_force_to: date | None = None
