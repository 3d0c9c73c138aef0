"""Sources of notices that were learned from one notice whose fields a reviewer confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

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

    def joined(self, newer: "LearnedSource") -> "LearnedSource":
        """Return what both tell: the newer place of a field counts; what they do not agree on decides nothing."""
        return LearnedSource(
            domain=newer.domain,
            title=newer.title,
            fields={**self.fields, **newer.fields},
            date_order=_agreed(self.date_order, newer.date_order),
            currency=_agreed(self.currency, newer.currency),
            subject=newer.subject,
            notice_type=newer.notice_type,
            categories={**self.categories, **newer.categories},
        )


Word = TypeVar("Word", bound=str)


def _agreed(one: Word, other: Word) -> Word | Literal[""]:
    """Return the word that both say, or the only one said; empty when they differ."""
    return one or other if not (one and other) or one == other else ""
