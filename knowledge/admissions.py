"""Wordings that speak against a merchant: admissions in its own mails, cancellations in its customers'."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from knowledge.catalog import read_toml
from knowledge.phrases import UNSPACED, compile_phrases, normalise

Admission = Literal[
    "wrong_item",
    "lost",
    "not_sent",
    "defective",
    "our_fault",
    "late",
    "charged_twice",
    "refund_promise",
    "cancel_promise",
]
ADMISSIONS: tuple[Admission, ...] = (
    "wrong_item",
    "lost",
    "not_sent",
    "defective",
    "our_fault",
    "late",
    "charged_twice",
    "refund_promise",
    "cancel_promise",
)
CUSTOMER_CANCELS = "customer_cancels"
LANGUAGES = ("en", "zh", "es", "de", "fr", "pt", "it", "ru", "ja", "ko", "ar", "tr")
NOT_WITHIN_WORDS = 3
NOT_WITHIN_CHARACTERS = 4

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？؟])|\n\s*\n|\n(?=\s*[-*•>])")


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """One sentence that says it: its kind, its language by its wording, and the sentence as written."""

    kind: Admission
    language: str
    sentence: str


def admissions_in(text: str) -> list[Admitted]:
    """Return what a merchant's text admits or promises, each kind of a sentence once, in reading order."""
    found = []
    for sentence in _sentences(text):
        normal = _normalised(sentence)
        said = ((kind, _said_in(normal, kind)) for kind in ADMISSIONS)
        found += [Admitted(kind=kind, language=language, sentence=sentence) for kind, language in said if language]
    return found


def cancellation_in(text: str) -> str:
    """Return the first sentence by which a customer cancels; empty when there is none."""
    return next((one for one in _sentences(text) if _said_in(_normalised(one), CUSTOMER_CANCELS)), "")


def order_words() -> tuple[str, ...]:
    """Return what an order is called, in all languages, lower case and without accents."""
    return tuple(read_toml("admissions.toml")["order_words"]["words"])


@cache
def town_words() -> frozenset[str]:
    """Return words that many towns have in their names, lower case and without accents."""
    return frozenset(read_toml("admissions.toml")["town_words"]["words"])


def _sentences(text: str) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(text):
        if plain := " ".join(sentence.split()):
            yield plain


def _normalised(sentence: str) -> dict[str, str]:
    return {code: normalise(sentence, code) for code in LANGUAGES}


def _said_in(normal: Mapping[str, str], kind: str) -> str:
    """Return the language in which a sentence says it; empty when none does, or one hears the opposite.

    Languages share words: what Portuguese takes for a promise may stand behind a Spanish no.
    """
    heard = {code: _hear(text, kind, code) for code, text in normal.items()}
    return "" if False in heard.values() else next((code for code, says in heard.items() if says), "")


def _hear(normal: str, kind: str, language: str) -> bool | None:
    """Tell whether a language says it (True), says the opposite (False) or neither (None)."""
    said = _heard_of(_patterns(language)[kind], normal, language)
    parts = [_heard_of(pattern, normal, language) for pattern in _pairs(language).get(kind, ())]
    if said or not parts or None in parts:
        return said
    return all(parts)


def _heard_of(pattern: re.Pattern[str], normal: str, language: str) -> bool | None:
    turned, turned_after = _negations(language)
    said = None
    for match in pattern.finditer(normal):
        before, after = _before(normal, match.start(), language), _after(normal, match.end(), language)
        if not turned.search(before) and not turned_after.search(after):
            return True
        said = False
    return said


def _before(normal: str, start: int, language: str) -> str:
    if language in UNSPACED:
        return normal[max(0, start - NOT_WITHIN_CHARACTERS) : start]
    return " ".join(normal[:start].split()[-NOT_WITHIN_WORDS:])


def _after(normal: str, end: int, language: str) -> str:
    if language in UNSPACED:
        return normal[end : end + NOT_WITHIN_CHARACTERS]
    return " ".join(normal[end:].split()[:NOT_WITHIN_WORDS])


@cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    table = read_toml("admissions.toml")[language]
    return {kind: compile_phrases(table[kind], language) for kind in (*ADMISSIONS, CUSTOMER_CANCELS)}


@cache
def _pairs(language: str) -> dict[str, tuple[re.Pattern[str], ...]]:
    """Return the wordings that say it together, anywhere in one sentence."""
    table = read_toml("admissions.toml")[language].get("both", {})
    return {kind: tuple(compile_phrases(words, language) for words in parts) for kind, parts in table.items()}


class _Negations(NamedTuple):
    """Words that turn a wording round, before and behind it."""

    before: re.Pattern[str]
    after: re.Pattern[str]


@cache
def _negations(language: str) -> _Negations:
    table = read_toml("admissions.toml")[language]
    return _Negations(compile_phrases(table["not"], language), compile_phrases(table.get("not_after", ()), language))
