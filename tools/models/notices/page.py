"""The text a notice is read from, folded once, with what was found under labels."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from rejoinder.domain.mail import InboundMail
from rejoinder.domain.notices import DateOrder
from rejoinder.domain.reading import FieldValue
from tools.models.language import detect
from tools.models.notices.columns import Columns
from tools.models.notices.dates import DateRules, order_shown
from tools.models.notices.labels import Labels, find_labelled
from tools.models.notices.senders import Sender
from tools.models.notices.tables import Labelled
from tools.models.notices.texts import Hit, fold, is_wide
from tools.models.notices.words import Words, language_of_labels

_SENTENCE_END = re.compile(r"(?<!\bno)(?<!\d)(?<![\W_][a-z])[.!?](?=\s)|(?<=\d)\.(?=\s+[^\W\d_])|[。！？\n]")

# A line break between words: no mark that ends a line before it, no mark of a list, a table or a gap behind it.
_WRAP = re.compile(
    r"(?<=[\w,)'’\"»”、，])\n(?=[\w(«„\"“])(?![^\n]*(?:\t|\||\s{3,}))"
    r"(?!\(?(?:\d{1,2}|[一二三四五六七八九十]{1,2}|[a-z])[).、．）]\s?\D)(?!\S{0,24}\d{2}\S{0,24}\s{0,2}(?:[,;:|/]|[-–—]\s))"
)
_SHORT_WORD = re.compile(r"(?<![^\W\d])[^\W\d]{2,4}\.$")
_NARROWEST_WRAP = 50
_LONGEST_SENTENCE = 400
_TOLD_BY = 2_000


class Place(NamedTuple):
    """Where a value stands: a span of the received mail's text, or an attached file."""

    start: int | None = None
    end: int | None = None
    where: str = ""


@dataclass(frozen=True)
class Page:
    """One text of a mail with everything the finders of fields need.

    `heading` is the subject as printed, `subject` the same folded. `currency` is the one that the mail names once
    for all amounts of a list.
    """

    mail: InboundMail
    text: str
    folded: str
    heading: str
    subject: str
    labelled: tuple[Labelled, ...]
    sender: Sender
    words: Words
    dates: DateRules
    place: Callable[[int, int], Place] = field(repr=False)
    currency: str = ""
    language: str = ""

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
        place = self.place(start, end)
        return FieldValue(value=value, score=score, start=place.start, end=place.end, where=place.where)

    def part(self, start: int, end: int) -> "Page":
        """Return a stretch of the page as a page of its own, without the subject."""
        inside = [item for item in self.labelled if start <= item.start < end]
        moved = []
        for item in inside:
            label = item.label_start if item.label_start >= start else item.start  # a title stands above the table
            last = min(item.end, end) - start
            moved.append(replace(item, start=item.start - start, end=last, label_start=label - start))
        return replace(
            self,
            text=self.text[start:end],
            folded=self.folded[start:end],
            heading="",
            subject="",
            labelled=tuple(moved),
            place=lambda first, last: self.place(first + start, last + start),
        )

    def without(self, spans: Iterable[tuple[int, int]]) -> "Page":
        """Return the page with stretches of it blanked; every place stays where it was."""
        text, folded = self.text, self.folded
        for start, end in spans:
            blank = "".join("\n" if letter == "\n" else " " for letter in text[start:end])
            text, folded = text[:start] + blank + text[end:], folded[:start] + blank + folded[end:]
        kept = tuple(item for item in self.labelled if folded[item.start : item.end].strip())
        return replace(self, text=text, folded=folded, labelled=kept)

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Return the sentence or line around a span, as far as a sentence goes."""
        farthest = max(0, start - _LONGEST_SENTENCE)
        last = min(end + _LONGEST_SENTENCE, len(self.folded))
        first = max(
            (m.end() for m in _SENTENCE_END.finditer(self.folded, farthest, start) if self._ends(m)), default=farthest
        )
        after = (m.start() for m in _SENTENCE_END.finditer(self.folded, end, last) if self._ends(m))
        return first, next(after, last)

    def _ends(self, stop: re.Match[str]) -> bool:
        """Return whether a full stop ends a sentence, and not a short word: `руб. от`."""
        behind = self.text[stop.end() : stop.end() + 4].lstrip(" ")[:1]
        return not (behind.islower() and _SHORT_WORD.search(self.folded, max(0, stop.start() - 6), stop.end()))


def page_of(
    mail: InboundMail, text: str, sender: Sender, words: Words, rules: DateRules, place: Callable[[int, int], Place]
) -> Page:
    """Fold a text and find its labels; `place` tells where a span of it stands in what was received."""
    folded = fold(text)
    shown = language_of_labels(printed_labels(text), words)
    language = shown or detect(text[:_TOLD_BY])
    labels = Labels(words, sender.source.source if sender.source else "", shown)
    columns = Columns(words, f"{fold(mail.subject)}\n{folded[:_TOLD_BY]}", replace(rules, order=order_shown(folded)))
    labelled = tuple(find_labelled(folded, labels, columns))
    folded = _unwrapped(folded, labelled)
    return Page(
        mail=mail,
        text=text,
        folded=folded,
        heading=mail.subject,
        subject=fold(mail.subject),
        labelled=labelled,
        sender=sender,
        words=words,
        dates=_rules(folded, labelled, rules, words.date_orders.get(language, "")),
        place=place,
        language=language,
    )


def _unwrapped(folded: str, labelled: tuple[Labelled, ...]) -> str:
    """Return the text with the line breaks inside its sentences as blanks; every letter stays where it was."""
    letters = list(folded)
    for match in _WRAP.finditer(folded):
        start, end = folded.rfind("\n", 0, match.start()) + 1, folded.find("\n", match.end())
        line = folded[start : match.start()]
        width = sum(2 if is_wide(letter) else 1 for letter in line)
        end = end if end >= 0 else len(folded)
        if width >= _NARROWEST_WRAP and not any(start <= item.start < end for item in labelled):
            letters[match.start()] = " "
    return "".join(letters)


def printed_labels(text: str) -> Iterator[str]:
    """Yield what may be labels: the words before a colon, and the cells of a row."""
    for line in text.split("\n"):
        if "\t" in line or "|" in line:
            yield from (cell.partition(":")[0] for cell in re.split(r"[\t|]", line))
        else:
            yield re.split(r"[:：]|\s{3,}", line.strip(), maxsplit=1)[0]


def _rules(folded: str, labelled: tuple[Labelled, ...], rules: DateRules, usual: DateOrder) -> DateRules:
    zone = next((_zone(folded[item.start : item.end], rules) for item in labelled if item.field == "zone"), "")
    return replace(rules, order=order_shown(folded) or rules.order or usual, zone=zone)


def _zone(value: str, rules: DateRules) -> str:
    return next((zone for name, zone in (rules.zones or {}).items() if fold(name) == value.strip()), "")
