"""The text a notice is read from, folded once, with what was found under labels."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from rejoinder.domain.mail import InboundMail
from rejoinder.domain.reading import FieldValue
from tools.models.notices.dates import DateRules, order_shown
from tools.models.notices.labels import Labelled, Labels, find_labelled
from tools.models.notices.senders import Sender
from tools.models.notices.texts import Hit, fold
from tools.models.notices.words import Words

_SENTENCE_END = re.compile(r"(?<!\bno)(?<!\d)[.!?](?=\s)|(?<=\d)\.(?=\s+[^\W\d_])|[。！？\n]")


@dataclass(frozen=True)
class Page:
    """One mail's text with everything the finders of fields need."""

    mail: InboundMail
    text: str
    folded: str
    subject: str
    labelled: tuple[Labelled, ...]
    sender: Sender
    words: Words
    dates: DateRules
    place: Callable[[int, int], tuple[int | None, int | None]] = field(repr=False)

    @cached_property
    def roles(self) -> list[Hit]:
        """What words do in the text."""
        return self.words.roles.find(self.folded)

    @cached_property
    def subject_roles(self) -> list[Hit]:
        """What words do in the subject."""
        return self.words.roles.find(self.subject)

    @cached_property
    def types(self) -> list[Hit]:
        """Words of kinds of notices in the text."""
        return self.words.types.find(self.folded)

    @cached_property
    def subject_types(self) -> list[Hit]:
        """Words of kinds of notices in the subject."""
        return self.words.types.find(self.subject)

    @cached_property
    def decided(self) -> bool:
        """Whether words of an end of the dispute are there."""
        ends = ("outcome_won", "outcome_lost", "reversal")
        return any(hit.tag in ends for hit in (*self.subject_types, *self.types))

    def under(self, *fields: str) -> list[Labelled]:
        """Return what stands under labels of these fields."""
        return [item for item in self.labelled if item.field in fields]

    def printed(self, item: Labelled) -> str:
        """Return a value as printed."""
        return self.text[item.start : item.end]

    def value(self, value: str, score: float, start: int = -1, end: int = -1) -> FieldValue:
        """Return a field's value; with a span of this page when it has one."""
        if start < 0:
            return FieldValue(value=value, score=score)
        first, last = self.place(start, end)
        return FieldValue(value=value, score=score, start=first, end=last)

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Return the sentence or line around a span."""
        first = max(
            (m.end() for m in _SENTENCE_END.finditer(self.folded, max(0, start - 400), start)),
            default=max(0, start - 400),
        )
        after = _SENTENCE_END.search(self.folded, end)
        return first, after.start() if after else len(self.folded)


def page_of(mail: InboundMail, text: str, sender: Sender, words: Words, rules: DateRules, shift: int | None) -> Page:
    """Fold a text and find its labels; `shift` is where the text begins in the mail that was received."""
    folded = fold(text)
    labels = Labels(words, sender.source.source if sender.source else "")
    labelled = tuple(find_labelled(folded, labels))

    def place(start: int, end: int) -> tuple[int | None, int | None]:
        return (None, None) if shift is None else (start + shift, end + shift)

    return Page(
        mail, text, folded, fold(mail.subject), labelled, sender, words, _rules(folded, labelled, text, rules), place
    )


def _rules(folded: str, labelled: tuple[Labelled, ...], text: str, rules: DateRules) -> DateRules:
    shown = order_shown(folded)
    order = shown or rules.order
    if shown and rules.order in ("dmy", "mdy") and shown != rules.order:
        order = shown
    zone = next((_zone(folded[item.start : item.end], rules) for item in labelled if item.field == "zone"), "")
    return DateRules(order=order, zones=rules.zones, zone=zone, sent=rules.sent)


def _zone(value: str, rules: DateRules) -> str:
    return next((zone for name, zone in (rules.zones or {}).items() if fold(name) == value.strip()), "")
