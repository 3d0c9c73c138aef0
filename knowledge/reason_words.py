"""Reasons in words: what they mean to a merchant, the test each must pass, and who stands on the other side."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from knowledge.catalog import read_toml
from knowledge.reason_codes import Window, find, windows

_NOTES = re.compile(r"(?:\s*\([^()]*\))+$")
_IN_WORDS_OF_A_PROCESSOR = re.compile(r"(?:_reason|_category)$")


@dataclass(frozen=True, kw_only=True)
class PlainWords:
    """A category for a merchant who knows nothing of card rules: what is claimed, what decides it, what is no help."""

    title: str
    means: str
    decides: str
    avoid: str


@dataclass(frozen=True, kw_only=True)
class Parties:
    """Who says it and who decides it, as a sentence names them: cardholder and issuer, buyer and payment service.

    `in_plain_words` is who decides it for a reader who does not know what an issuer is.
    """

    rail: str
    claimant: str
    decider: str
    in_plain_words: str


@dataclass(frozen=True, kw_only=True)
class ReasonTest:
    """What must be so for a reason to apply; `source` is a name of `reason_codes.sources()`."""

    text: str
    source: str
    confidence: str


@dataclass(frozen=True, kw_only=True)
class DeadlineRule:
    """How long an answer may take when a notice names no date; `days` is None where no time is defined."""

    days: int | None
    counted_from: str


def plain_words(category: str, language: str) -> PlainWords:
    """Return a category in plain words, in Chinese for `zh`, else English; an unknown one as `general`."""
    known = _plain()["categories"]
    return PlainWords(**known.get(category, known["general"])[_of(language)])


def parties(network: str, language: str) -> Parties:
    """Return who stands on the other side of a dispute in this network; an unknown network is taken for a card's."""
    rail = _plain()["networks"].get(network.casefold(), {"rail": "card"})["rail"]
    return Parties(rail=rail, **_plain()["rails"][rail][_of(language)])


def network_name(network: str) -> str:
    """Return how a network writes its name; empty for what is no network."""
    known: Mapping[str, str] | None = _plain()["networks"].get(network.casefold())
    return known["name"] if known else network.replace("_", " ").title()


def reason_title(network: str, code: str) -> str:
    """Return the network's title of a code without our notes; empty when unknown or in a processor's words only."""
    found = find(network, code)
    if found is None or _IN_WORDS_OF_A_PROCESSOR.search(found.network):
        return ""
    return _NOTES.sub("", found.title)


def reason_test(network: str, code: str, category: str, language: str) -> ReasonTest:
    """Return what must be so for a reason to apply: the code's own test, else its category's, else the general one."""
    found = find(network, code)
    tests = _tests()["categories"]
    table = _tests_by_code().get((found.network, found.code)) if found else None
    table = table or tests.get(category, tests["general"])
    words = parties(network, language)
    return ReasonTest(
        text=table[_of(language)].format(claimant=words.claimant),
        source=table["source"],
        confidence=table["confidence"],
    )


def deadline_rule(network: str, code: str, category: str, language: str) -> DeadlineRule:
    """Return the time that the rules give for an answer; the notice's or the processor's own date always wins."""
    found = find(network, code)
    window = windows().get(found.window) if found else None
    if window is None:
        return DeadlineRule(days=None, counted_from="")
    counted = window.counted_from
    if _of(language) == "zh":
        counted = _plain()["counted_from"].get(counted, counted)
    return DeadlineRule(days=_days(window, category), counted_from=counted)


def _days(window: Window, category: str) -> int | None:
    known = (window.days_by_category.get(category), window.network_days, *window.processor_days.values())
    given = [days for days in known if days]
    return given[0] if given else None


@cache
def _tests_by_code() -> Mapping[tuple[str, str], Mapping[str, str]]:
    found = {}
    for table in _tests()["codes"]:
        for name in table["codes"]:
            network, _, code = name.partition(":")
            found[network, code] = table
    return found


@cache
def _tests() -> Mapping[str, Any]:
    return read_toml("reason_codes/_tests.toml")


@cache
def _plain() -> Mapping[str, Any]:
    return read_toml("reason_codes/_plain.toml")


def _of(language: str) -> str:
    return "zh" if language.split("-")[0] == "zh" else "en"
