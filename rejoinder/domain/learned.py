"""Sources of notices that were learned from one notice whose fields a reviewer confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rejoinder.domain.notices import DateOrder

Layout = Literal["line", "below", "column"]
PREFIX = "learned:"
"""What the name of a learned source begins with, before its domain."""


@dataclass(frozen=True, kw_only=True)
class LearnedField:
    """Where a value stands: behind these words on a line, on the line below them, or in the column they head.

    Words are folded: lower case, no accents, no signs. `after` are the words that end a value in a sentence.
    """

    before: str
    after: str = ""
    layout: Layout = "line"


@dataclass(frozen=True, kw_only=True)
class LearnedSource:
    """How one sender writes its notices.

    `date_order` and `currency` are empty where the confirmed notice does not prove them. `subject` is the subject
    without what differs between notices, `notice_type` what such a subject means; `categories` are by the folded words
    of the reason.
    """

    domain: str
    title: str
    fields: Mapping[str, LearnedField]
    date_order: DateOrder = ""
    currency: str = ""
    subject: str = ""
    notice_type: str = ""
    categories: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The word under which readings and disputes name the source."""
        return f"{PREFIX}{self.domain}"
