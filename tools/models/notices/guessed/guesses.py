"""The guessers together: what kind of mail it is, why the buyer disputes, what the values mean.

A guess fills what the rules leave open and never replaces what they read; it is marked as a guess.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from rejoinder.domain.notices import NONE, NoticeCatalog, NoticeExample
from rejoinder.domain.reading import FieldValue
from tools.models.kept import learned
from tools.models.notices.days import is_past
from tools.models.notices.guessed.candidates import Candidate, candidates
from tools.models.notices.guessed.guesser import Guess, Guesser
from tools.models.notices.guessed.terms import mail_terms, value_terms
from tools.models.notices.money import agreed
from tools.models.notices.page import Page

VERSION = "4"
SURE_OF_KIND = 0.8
SURE_OF_REASON = 0.5
SURE_OF_VALUE = 0.6
_NO_DISPUTE = frozenset({NONE, "monitoring_program"})
_DIGITS = {"arn": 23, "card_last4": 4}
_FULL_SCORE = 0.6
"""What a guess that is quite sure counts beside what a rule read."""


class Lessons(NamedTuple):
    """What the guessers learn from; `wishes` are customers' mails, none of them a notice."""

    examples: Sequence[NoticeExample]
    wishes: Sequence[str]
    catalog: NoticeCatalog


@dataclass(frozen=True, kw_only=True)
class Guesses:
    """`kinds`: notices' types and none; `reasons`: categories; `values`: by kind of value what it means."""

    kinds: Guesser
    reasons: Guesser
    values: Mapping[str, Guesser]

    def about(self, page: Page) -> "Likeness":
        """Return what the examples say of a page."""
        return Likeness(page, self)


@dataclass(frozen=True)
class Likeness:
    """What a page is like."""

    page: Page
    guesses: Guesses

    @cached_property
    def _terms(self) -> list[list[str]]:
        return mail_terms(self.page)

    @cached_property
    def _kinds(self) -> dict[str, float]:
        return self.guesses.kinds.chances(self._terms)

    @property
    def notice(self) -> float:
        """The probability that the mail is a notice of a dispute."""
        return sum(chance for name, chance in self._kinds.items() if name not in _NO_DISPUTE)

    @property
    def kind(self) -> str:
        """The kind of notice that it is if it is one; empty when several are likely."""
        kinds = {name: chance for name, chance in self._kinds.items() if name != NONE}
        best = max(kinds, key=lambda name: kinds[name])
        return best if kinds[best] >= SURE_OF_KIND * sum(kinds.values()) else ""

    def fields(self, known: Mapping[str, FieldValue], *, ended: bool) -> dict[str, FieldValue]:
        """Return the fields that are likely and not known; `ended`: nothing is to be answered any more."""
        taken = {value.value for value in known.values()}
        found: dict[str, FieldValue] = {}
        for role, values in self._likely().items():
            free = [(one, chance) for one, chance in values if _printed(self.page, one) not in taken]
            if role != "respond_by" or not ended:
                found |= _fields(self.page, role, free)
        reason = self.guesses.reasons.guess(self._terms)
        if reason.name != NONE and reason.chance >= SURE_OF_REASON:
            found["category"] = FieldValue(value=reason.name, score=_FULL_SCORE * reason.chance, guessed=True)
        return {name: value for name, value in found.items() if name not in known}

    def _likely(self) -> dict[str, list[tuple[Candidate, float]]]:
        """Return the values that likely mean something, by what each means where it is surest."""
        surest: dict[tuple[str, str], tuple[Guess, Candidate]] = {}
        for one in candidates(self.page):
            guess = self.guesses.values[one.kind].guess(value_terms(self.page, one))
            key = one.kind, _printed(self.page, one)
            if guess.name != NONE and (key not in surest or guess.chance > surest[key][0].chance):
                surest[key] = guess, one
        likely: dict[str, list[tuple[Candidate, float]]] = {}
        for guess, one in surest.values():
            if guess.chance >= SURE_OF_VALUE:
                likely.setdefault(guess.name, []).append((one, guess.chance))
        return likely


def _printed(page: Page, one: Candidate) -> str:
    return one.value[:10] if one.kind == "day" else page.text[one.start : one.end]


def _fields(page: Page, role: str, values: list[tuple[Candidate, float]]) -> dict[str, FieldValue]:
    """Return the field of a role with the one value that is left for it."""
    if not values:
        return {}
    one, chance = values[0]
    score = _FULL_SCORE * chance
    if role == "amount":
        read = agreed(page, [one.money for one, _ in values if one.money], score)
    elif len(values) == 1 and _possible(page, role, one.value):
        read = {role: page.value(one.value, score, one.start, one.end)}
    else:
        read = {}
    return {name: replace(value, guessed=True) for name, value in read.items()}


def _possible(page: Page, role: str, value: str) -> bool:
    if role == "respond_by":
        return not is_past(page, value)
    return role not in _DIGITS or (value.isdigit() and len(value) == _DIGITS[role])


def guesses_of(folder: Path, key: str, lessons: Callable[[], Lessons]) -> Guesses:
    """Return the guessers that these lessons teach, learned once and kept in the folder.

    `key` changes with the lessons; `lessons` is a function of a module, for the process that learns calls it.
    """
    kept = learned(folder, "notices", (VERSION, key), _learn, lessons)
    guessers = {name: Guesser(**table) for name, table in kept.items()}
    return Guesses(kinds=guessers.pop("kinds"), reasons=guessers.pop("reasons"), values=guessers)


def _learn(lessons: Callable[[], Lessons]) -> dict[str, dict[str, object]]:
    from tools.models.notices.guessed.learning import (
        learn,  # a hundred megabytes of libraries that asking does not need
    )

    return {name: vars(guesser) for name, guesser in learn(*lessons()).items()}
