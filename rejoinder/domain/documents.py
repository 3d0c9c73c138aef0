"""A merchant's policies and product texts, with the days they were in force."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Document:
    """One version of a document. `key` names the file; a new version of a policy is a new file.

    In force from `in_force_from` until before `in_force_to`; None is open. `facts` are the values that
    replies may state, such as `return_days = 30`; JSON scalars, lists and tables of them.
    """

    key: str
    title: str
    topic: str
    text: str
    content_hash: str
    language: str = "en"
    in_force_from: date | None = None
    in_force_to: date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def in_force(self, on: date) -> bool:
        """Tell whether the document was in force on a day."""
        return (self.in_force_from is None or self.in_force_from <= on) and (
            self.in_force_to is None or on < self.in_force_to
        )


@dataclass(frozen=True, kw_only=True)
class PassageText:
    """A piece of a document as it is indexed."""

    passage_id: str
    position: int
    heading: str
    text: str
