"""Domains that are made to look like those of a known source."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from rejoinder.domain.notices import NoticeSource
from tools.mail.authenticity.domains import is_own, normal, organisation, owned_label

Trick = Literal["subdomain", "ending", "letters", "spelling", "words", "scripts"]

# Shorter names are near to too many honest ones.
_SHORTEST_NAME = 4
_SHORTEST_MISSPELT = 5
_TWO_ERRORS_FROM = 9
_SCRIPTS_TAKEN_FOR_LATIN = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
_PARTS = re.compile(r"[-_]+")


@dataclass(frozen=True)
class Lookalike:
    """A domain, whose it looks like, and how; `known` and `title` are empty for mixed scripts alone."""

    domain: str
    trick: Trick
    known: str = ""
    title: str = ""


class _Name(NamedTuple):
    """The owned part of a known domain, as written and as it looks."""

    label: str
    look: str
    domain: str
    title: str


def looks_like(domain: str, sources: Sequence[NoticeSource]) -> Lookalike | None:
    """Return which known domain this one imitates, or None; a source's own domains imitate nobody."""
    shown = unicode_form(normal(domain))
    if not shown or any(is_own(shown, source) for source in sources):
        return None
    names = _names(tuple((source.title, source.domains) for source in sources))
    found = _below_another(shown, names) or _by_name(shown, names)
    if found:
        return Lookalike(shown, found[0], found[1].domain, found[1].title)
    return Lookalike(shown, "scripts") if _mixes_scripts(shown) else None


def unicode_form(domain: str) -> str:
    """Return a domain with its punycode labels decoded; what is no punycode stays."""
    return ".".join(_decoded(label) for label in domain.split("."))


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode").lower()
    except (UnicodeError, ValueError, OverflowError):
        return label


@cache
def _names(known: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[_Name, ...]:
    found: dict[str, _Name] = {}
    for title, domains in known:
        for domain in domains:
            label = owned_label(domain)
            found.setdefault(organisation(domain), _Name(label, look(label), organisation(domain), title))
    return tuple(name for name in found.values() if len(name.label) >= _SHORTEST_NAME)


def _below_another(shown: str, names: Sequence[_Name]) -> tuple[Trick, _Name] | None:
    """Find `stripe.com.evil.example`, `stripe.com-evil.example` and `stripe-com.evil.example`."""
    for name in names:
        dashed = name.domain.replace(".", "-")
        begins = any(f".{name.domain}{mark}" in f".{shown}" for mark in ".-")
        if begins or any(f"-{dashed}-" in f"-{label}-" for label in shown.split(".")):
            return "subdomain", name
    return None


def _by_name(shown: str, names: Sequence[_Name]) -> tuple[Trick, _Name] | None:
    label = owned_label(shown)
    seen = look(label)
    for trick, test in _TESTS:
        for name in names:
            if test(label, seen, name):
                return trick, name
    return None


def _other_ending(label: str, seen: str, name: _Name) -> bool:
    return label == name.label


def _same_look(label: str, seen: str, name: _Name) -> bool:
    return seen == name.look


def _misspelt(label: str, seen: str, name: _Name) -> bool:
    most = 2 if len(name.label) >= _TWO_ERRORS_FROM else 1
    return len(name.label) >= _SHORTEST_MISSPELT and distance(label, name.label, most) <= most


def _with_words(label: str, seen: str, name: _Name) -> bool:
    """Find the name as one of several parts, or joined to words that go with a trick."""
    parts = _PARTS.split(seen)
    if len(parts) > 1 and name.look in parts:
        return True
    for rest in (seen.removeprefix(name.look), seen.removesuffix(name.look)):
        if rest != seen and all(part in _tricky_words() for part in _PARTS.split(rest) if part):
            return True
    return False


_TESTS: tuple[tuple[Trick, Callable[[str, str, _Name], bool]], ...] = (
    ("ending", _other_ending),
    ("letters", _same_look),
    ("spelling", _misspelt),
    ("words", _with_words),
)


def look(label: str) -> str:
    """Return what a hurried eye takes a label for: Latin letters, marks dropped, like letters made one."""
    table = _tables()["letters"]
    plain = "".join(char for char in unicodedata.normalize("NFKD", label.lower()) if not unicodedata.combining(char))
    seen = "".join(table.get(char, char) for char in plain)
    for pair, letter in _tables()["pairs"].items():
        seen = seen.replace(pair, letter)
    return seen


@cache
def _tables() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = tomllib.loads(
        Path(__file__).with_name("lookalikes.toml").read_text(encoding="utf-8")
    )
    return loaded


@cache
def _tricky_words() -> frozenset[str]:
    return frozenset(look(word) for word in _tables()["words"]["beside"])


def distance(one: str, other: str, most: int) -> int:
    """Return how many letters are left out, put in, changed or swapped with a neighbour; `most` + 1 for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [at]
        for to, theirs in enumerate(other, start=1):
            cost = min(before[to] + 1, row[-1] + 1, before[to - 1] + (letter != theirs))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == theirs:
                cost = min(cost, earlier[to - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def _mixes_scripts(shown: str) -> bool:
    """Tell whether a label mixes Latin letters with those of a script that can be taken for them."""
    return any(
        _SCRIPTS_TAKEN_FOR_LATIN & (found := set(_scripts(label))) and "LATIN" in found for label in _labels(shown)
    )


def _labels(shown: str) -> Iterator[str]:
    yield from (label for label in shown.split(".") if not label.isascii())


def _scripts(label: str) -> Iterator[str]:
    yield from (unicodedata.name(char, "").partition(" ")[0] for char in label if char.isalpha())
