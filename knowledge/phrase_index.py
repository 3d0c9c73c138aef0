"""Thousands of wordings looked for at once: each word of a text asks only for the wordings that begin with it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from knowledge.phrases import GAP, GAP_WORDS, UNSPACED, normalise

SHORTEST_STEM = 2
_ARABIC_PREFIXES = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ف", "ب", "ل", "ك")


class _Word(NamedTuple):
    text: str
    open_end: bool

    def fits(self, word: str) -> bool:
        return word.startswith(self.text) if self.open_end else word == self.text


class _Entry(NamedTuple):
    """A wording: its pieces in order, with a few words allowed between two pieces."""

    label: str
    pieces: tuple[tuple[_Word, ...], ...]


class WordIndex:
    """Wordings of a language that puts spaces between words."""

    def __init__(self, table: Mapping[str, Iterable[str]], language: str) -> None:
        self.language = language
        self._exact: dict[str, list[_Entry]] = {}
        self._stems: dict[str, list[_Entry]] = {}
        for label, phrases in table.items():
            for phrase in phrases:
                self._add(label, phrase)

    def _add(self, label: str, phrase: str) -> None:
        pieces = tuple(piece for part in re.split(r"\.\.\.|…", phrase) if (piece := self._words(part)))
        if pieces:
            first = pieces[0][0]
            known = self._stems if first.open_end else self._exact
            known.setdefault(first.text, []).append(_Entry(label, pieces))

    def _words(self, part: str) -> tuple[_Word, ...]:
        words = [word for word in normalise(part, self.language).split() if word.strip("*")]
        if self.language == "ar":
            words = [word.removeprefix("ال") if len(word) > 4 else word for word in words]
        return tuple(_Word(word.rstrip("*"), word.endswith("*")) for word in words)

    def labels_in(self, text: str) -> set[str]:
        """Return the labels whose wordings occur in the text."""
        words = [self._forms(word) for word in normalise(text, self.language).split()]
        found: set[str] = set()
        for at, forms in enumerate(words):
            for form in forms:
                found.update(
                    entry.label
                    for entry in self._beginning_with(form)
                    if entry.label not in found and _matches(entry.pieces, words, at)
                )
        return found

    def _forms(self, word: str) -> tuple[str, ...]:
        if self.language != "ar":
            return (word,)
        stripped = (word.removeprefix(prefix) for prefix in _ARABIC_PREFIXES if word.startswith(prefix))
        return tuple(dict.fromkeys((word, *(form for form in stripped if len(form) >= SHORTEST_STEM))))

    def _beginning_with(self, word: str) -> Iterator[_Entry]:
        yield from self._exact.get(word, ())
        for end in range(1, len(word) + 1):
            yield from self._stems.get(word[:end], ())


def _matches(pieces: tuple[tuple[_Word, ...], ...], words: list[tuple[str, ...]], at: int) -> bool:
    end = _end_of(pieces[0], words, at)
    if end is None:
        return False
    if len(pieces) == 1:
        return True
    return any(_matches(pieces[1:], words, start) for start in range(end, end + GAP_WORDS + 1))


def _end_of(piece: tuple[_Word, ...], words: list[tuple[str, ...]], at: int) -> int | None:
    if at + len(piece) > len(words):
        return None
    fits = all(any(word.fits(form) for form in words[at + i]) for i, word in enumerate(piece))
    return at + len(piece) if fits else None


class CharacterIndex:
    """Wordings of a language without spaces between words."""

    def __init__(self, table: Mapping[str, Iterable[str]], language: str) -> None:
        self.language = language
        self._by_start: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for label, phrases in table.items():
            for phrase in phrases:
                parts = (normalise(part, language).strip().replace("*", "") for part in re.split(r"\.\.\.|…", phrase))
                pieces = tuple(part for part in parts if part)
                if pieces:
                    self._by_start.setdefault(pieces[0][0], []).append((label, pieces))

    def labels_in(self, text: str) -> set[str]:
        """Return the labels whose wordings occur in the text."""
        plain = normalise(text, self.language)
        found: set[str] = set()
        for at, char in enumerate(plain):
            for label, pieces in self._by_start.get(char, ()):
                if label not in found and self._matches(pieces, plain, at):
                    found.add(label)
        return found

    def _matches(self, pieces: tuple[str, ...], text: str, at: int) -> bool:
        if not text.startswith(pieces[0], at):
            return False
        end = at + len(pieces[0])
        for piece in pieces[1:]:
            found = text.find(piece, end, end + GAP[self.language] + len(piece))
            if found < 0:
                return False
            end = found + len(piece)
        return True


def phrase_index(table: Mapping[str, Iterable[str]], language: str) -> WordIndex | CharacterIndex:
    """Return the index that fits the language."""
    return CharacterIndex(table, language) if language in UNSPACED else WordIndex(table, language)
