"""The catalogue of notices made ready for looking things up; made once for each catalogue."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rejoinder.domain.notices import DateOrder, NoticeCatalog, NoticeSource, NoticeWords
from tools.models.notices.amounts import Signs
from tools.models.notices.texts import Phrases, close_key, fold, label_key


class Meaning(NamedTuple):
    """The field a label means; `whole`: only where nothing else is in the label."""

    field: str
    whole: bool
    language: str


@dataclass(frozen=True)
class Words:
    """Lookups over the words of all languages.

    `labels` is what a label means in any language, `labels_in` in one of them; `shaped` are labels with any words
    before or behind: `deadline for …`. `networks` are the names of networks, `plain_networks` those that are no other
    words, so that they count anywhere.
    """

    labels: Mapping[str, Meaning]
    labels_in: Mapping[str, Mapping[str, Meaning]]
    shaped: tuple[tuple[re.Pattern[str], Meaning], ...]
    source_labels: Mapping[str, Mapping[str, Meaning]]
    types: Phrases
    categories: Phrases
    roles: Phrases
    asides: Phrases
    things: Phrases
    charges: Phrases
    deadlines: Phrases
    matters: Phrases
    paid: Phrases
    persons: Phrases
    relative: Phrases
    results: Phrases
    signs: Signs
    networks: tuple[tuple[str, str, bool], ...]
    plain_networks: tuple[tuple[str, str, bool], ...]
    accounts: tuple[str, ...]
    zones: Mapping[str, str]
    references: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]]
    date_orders: Mapping[str, DateOrder]
    own_currency: Mapping[str, str]


# A label that several tables name means the field that comes first here.
_PRIORITY = (
    "respond_by", "amount", "dispute_reference", "arn", "reason_code", "reason_text", "reason", "order_reference",
    "payment_reference", "original_reference", "psp_reference", "transaction_date", "plain_amount", "other_date",
    "sale_amount", "order_amount", "other_amount",
)  # fmt: skip


# Roles looked up by themselves, so that longer words of other roles do not hide theirs.
_CHARGES = ("charge", "joining")
_THINGS = ("numbered", "request_number", "thing_dispute_reference", "thing_payment_reference", "thing_order_reference")
_APART = ("teller", "unmoved")
_ASIDES = (
    *_APART,
    "payment",
    "case",
    "paid_before",
    "paid_after",
    "paid_of",
    "conditional",
    "future",
    "escalated",
    "chargeback",
    "afterwards",
)
_PERSONS = ("person", "buyer_says")
# Around a deadline: asking for papers, what happens unanswered, the same day said again, `is`.
_DEADLINES = ("request", "unanswered", "restated", "equals")


@lru_cache(maxsize=4)
def words_of(catalog: NoticeCatalog) -> Words:
    """Return the catalogue's lookups."""
    return Words(
        labels=_labels(catalog.words),
        labels_in={words.language: _labels([words]) for words in catalog.words},
        shaped=_shaped(catalog.words),
        source_labels={
            name: {
                label_key(fold(label)): Meaning(field, False, "")
                for field, all_ in source.labels.items()
                for label in all_
            }
            for name, source in catalog.sources.items()
        },
        types=Phrases.of(words.types for words in catalog.words),
        categories=Phrases.of(words.categories for words in catalog.words),
        roles=Phrases.of(_roles(words) for words in catalog.words),
        asides=_of_roles(catalog.words, _ASIDES),
        things=_of_roles(catalog.words, _THINGS),
        charges=_of_roles(catalog.words, _CHARGES),
        deadlines=_of_roles(catalog.words, _DEADLINES),
        matters=_of_roles(catalog.words, ("matter",)),
        paid=_of_roles(catalog.words, ("paid",)),
        persons=_of_roles(catalog.words, _PERSONS),
        relative=Phrases.of(words.relative for words in catalog.words),
        results=Phrases.of({tag: words.relative.get(tag, ()) for tag in ("won", "lost")} for words in catalog.words),
        signs=Signs(catalog.values.currencies, (*(words.language for words in catalog.words), "zh_Hant")),
        networks=_networks(catalog.values.networks, catalog.values.labelled_networks),
        plain_networks=_networks(catalog.values.networks),
        accounts=catalog.values.accounts,
        zones=catalog.values.zones,
        references={name: _references(source) for name, source in catalog.sources.items()},
        date_orders={words.language: words.date_order for words in catalog.words},
        own_currency={words.language: words.currency for words in catalog.words if words.currency},
    )


def _of_roles(languages: Iterable[NoticeWords], tags: Iterable[str]) -> Phrases:
    return Phrases.of({tag: words.roles.get(tag, ()) for tag in tags} for words in languages)


def _roles(words: NoticeWords) -> Mapping[str, Iterable[str]]:
    """Return what words do, things aside; `deadline ends on` asks for an answer although it hides `deadline`."""
    asking = Phrases.of([{"answer": words.roles.get("answer", ())}])
    due = (*words.roles.get("before_due", ()), *words.roles.get("after_due", ()))
    also = [phrase for phrase in due if asking.find(fold(phrase))]
    apart = (*_APART, *_THINGS, *_DEADLINES, *_PERSONS, "matter", "paid")
    roles = {tag: phrases for tag, phrases in words.roles.items() if tag not in apart}
    return {**roles, "answer": (*words.roles.get("answer", ()), *also)}


def _labels(languages: Iterable[NoticeWords]) -> dict[str, Meaning]:
    labels: dict[str, Meaning] = {}
    for words in languages:
        for field, phrases in words.labels.items():
            for phrase in phrases:
                if "*" in phrase:
                    continue
                key = label_key(fold(phrase))
                meaning = Meaning(field, phrase.startswith("="), words.language)
                for spelling in {key, close_key(key)} - {""}:
                    if _better(meaning, labels.get(spelling)):
                        labels[spelling] = meaning
    return labels


def _shaped(languages: Iterable[NoticeWords]) -> tuple[tuple[re.Pattern[str], Meaning], ...]:
    found = []
    for words in languages:
        for field, phrases in words.labels.items():
            for phrase in phrases:
                if "*" in phrase:
                    parts = (re.escape(label_key(fold(part))) for part in phrase.split("*"))
                    found.append((re.compile(r".{1,40}".join(parts)), Meaning(field, True, words.language)))
    return tuple(found)


def language_of_labels(texts: Iterable[str], words: Words) -> str:
    """Return the language that most of these labels are of; empty when none is, or two equally."""
    counts: dict[str, int] = {}
    for key in {label_key(fold(text)) for text in texts}:
        for language, labels in words.labels_in.items():
            if key in labels:
                counts[language] = counts.get(language, 0) + 1
    most = max(counts.values(), default=0)
    first = [language for language, count in counts.items() if count == most]
    return first[0] if len(first) == 1 else ""


def _better(new: Meaning, old: Meaning | None) -> bool:
    if old is None or old.language == new.language:
        return old is None
    return _rank(new.field) < _rank(old.field)


def _rank(field: str) -> int:
    return _PRIORITY.index(field) if field in _PRIORITY else len(_PRIORITY)


def _networks(*tables: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, str, bool], ...]:
    named = [(name, network) for table in tables for network, names in table.items() for name in names]
    named.sort(key=lambda item: -len(item[0]))
    return tuple((fold(name), network, name != name.lower()) for name, network in named)


def _references(source: NoticeSource) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (field, re.compile(rf"(?<![\w-]){pattern}(?![\w])"))
        for field, patterns in source.references.items()
        for pattern in patterns
    )
