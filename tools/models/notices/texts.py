"""Text made comparable without moving a letter, and phrases looked up in it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

_EQUAL = {
    **dict.fromkeys(
        "\u00a0\u2007\u2009\u202f\u3000\u200b\u200e\u200f\u2028\u202a\u202b\u202c\ufeff\u2066\u2067\u2069", " "
    ),
    **dict.fromkeys("‐‑‒–—―−﹣", "-"),
    **dict.fromkeys("‘’ʼ′`´", "'"),
    **dict.fromkeys("أإآ", "ا"),
    "ى": "ي",
    "ة": "ه",
    "ı": "i",
    "٬": "'",
    "٫": ".",
    "،": ",",
    "；": ";",
    "№": "№",
}
_TOKEN = re.compile(r"\w+")
_NOT_WORD = re.compile(r"[\W_]+")
_NUMBER_WORD = re.compile(r"(?<=\w)\s+(?:n|nº|no|nr|nro|num|numero|nummer|number|numer|номер|رقم|№)$")
_STEM = 3
_ARABIC_HEAD = re.compile(r"^(?:[وف]?[بلك]?(?:ال)?|[وف]?لل)")
_ARABIC_JOINED = re.compile(r"^[وف]?[بلك]?(?=ال)|^[وفبلك]")
_PROCLITIC = re.compile(r"(?<!\w)(?:[وف]?[بلك]?(?:ال)?|[وف]?لل)\Z")
_FIRST_ACCENTED_BEYOND = 0x0600


class _Folding(dict[int, str]):
    def __missing__(self, code: int) -> str:
        folded = _folded_letter(chr(code))
        self[code] = folded
        return folded


def _folded_letter(letter: str) -> str:
    if letter in _EQUAL:
        return _EQUAL[letter]
    digit = unicodedata.digit(letter, None)
    if letter.isdecimal() and digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", letter)
    plain = plain if len(plain) == 1 else letter
    lower = plain.lower()[:1]
    if ord(lower) >= _FIRST_ACCENTED_BEYOND:
        return lower
    parts = unicodedata.normalize("NFD", lower)
    return parts[0] if all(unicodedata.combining(mark) for mark in parts[1:]) else lower


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return the text in lower case without accents, every letter where it was."""
    return text.translate(_FOLDING)


def label_key(folded: str) -> str:
    """Return a folded label as it is looked up: its words only."""
    return _NOT_WORD.sub(" ", folded).strip()


def close_key(key: str) -> str:
    """Return a label without blanks where its script needs none: some print them between letters."""
    return key.replace(" ", "") if any(map(is_wide, key)) else key


def without_number_word(key: str) -> str:
    """Return a label without the word for number behind it: `dossier no` is a `dossier`."""
    return _NUMBER_WORD.sub("", key)


def without_courtesy(key: str) -> str:
    """Return a Japanese label without the courtesy before it: `ご回答期限` is a `回答期限`."""
    return close_key(key)[1:] if key[:1] in ("ご", "お", "御", "貴") and len(key) > _STEM else key


def without_proclitic(word: str) -> str:
    """Return an Arabic word without the short words and the article written onto it."""
    return _ARABIC_HEAD.sub("", word) if "\u0600" <= word[:1] <= "\u06ff" else word


def is_wide(letter: str) -> bool:
    """Return whether the letter belongs to a script written without spaces between words."""
    return "\u3040" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af"


def bounded(folded: str, start: int, end: int) -> bool:
    """Return whether no word is cut at either end of the span; Arabic writes short words onto the next."""
    before, first = folded[max(0, start - 1) : start], folded[start : start + 1]
    after, last = folded[end : end + 1], folded[end - 1 : end]
    if _joined(last, after):
        return False
    return not _joined(before, first) or ("\u0600" <= first <= "\u06ff" and bool(_PROCLITIC.search(folded, 0, start)))


def _joined(left: str, right: str) -> bool:
    return left.isalnum() and right.isalnum() and not is_wide(left) and not is_wide(right)


class Hit(NamedTuple):
    """A phrase found: what it stands for, and where."""

    tag: str
    start: int
    end: int


@dataclass
class _Phrase:
    tag: str
    text: str
    pattern: re.Pattern[str] | None = None

    def spans(self, folded: str) -> Iterator[tuple[int, int]]:
        if "*" not in self.text and " ... " not in self.text:
            yield from self._plain_spans(folded)
            return
        self.pattern = self.pattern or re.compile(_regex(self.text))
        for match in self.pattern.finditer(folded):
            yield match.span()

    def _plain_spans(self, folded: str) -> Iterator[tuple[int, int]]:
        at = folded.find(self.text)
        while at >= 0:
            end = at + len(self.text)
            if bounded(folded, at, end):
                yield at, end
            at = folded.find(self.text, at + 1)


def _regex(phrase: str) -> str:
    parts = []
    for part in phrase.split(" ... "):
        words = [r"\S+" if word == "*" else re.escape(word).replace(r"\*", r"\w*") for word in part.split(" ")]
        parts.append(r"\s+".join(words))
    return r"(?<!\w)" + r"\W+(?:[^\s.]+\W+){0,6}?".join(parts) + r"(?!\w)"


@dataclass
class Phrases:
    """Phrases with what they stand for, found by their first word."""

    by_start: dict[str, list[_Phrase]] = field(default_factory=dict)
    always: list[_Phrase] = field(default_factory=list)

    @classmethod
    def of(cls, tables: Iterable[Mapping[str, Iterable[str]]]) -> "Phrases":
        """Return the phrases of several tables, each from a tag to its phrases."""
        made = cls()
        seen: set[tuple[str, str]] = set()
        for table in tables:
            for tag, phrases in table.items():
                for phrase in phrases:
                    folded = " ".join(fold(phrase.lstrip("=")).split())
                    if folded and (tag, folded) not in seen:
                        seen.add((tag, folded))
                        made._add(_Phrase(tag, folded))
        return made

    def _add(self, phrase: _Phrase) -> None:
        start = _start_of(phrase.text)
        if start:
            self.by_start.setdefault(start, []).append(phrase)
        else:
            self.always.append(phrase)

    def find(self, folded: str) -> list[Hit]:
        """Return every hit in order of place, without those inside a longer one of any tag."""
        hits = [Hit(phrase.tag, *span) for phrase in self._candidates(folded) for span in phrase.spans(folded)]
        hits.sort(key=lambda hit: (hit.start, -hit.end))
        kept: list[Hit] = []
        for hit in hits:
            inside = any(
                k.start <= hit.start and hit.end <= k.end and (k.end - k.start) > (hit.end - hit.start)
                for k in kept[-6:]
            )
            if not inside:
                kept.append(hit)
        return kept

    def tags(self, folded: str) -> set[str]:
        """Return what the text's phrases stand for."""
        return {hit.tag for hit in self.find(folded)}

    def _candidates(self, folded: str) -> Iterator[_Phrase]:
        yield from self.always
        for start in _starts(folded):
            yield from self.by_start.get(start, ())


def _start_of(phrase: str) -> str:
    if is_wide(phrase[0]):
        return phrase[:1]
    word = _TOKEN.match(phrase)
    if word is None:
        return ""
    if phrase[word.end() : word.end() + 1] == "*":
        return word[0][:_STEM] + "*" if len(word[0]) >= _STEM else ""
    return word[0]


def _starts(folded: str) -> set[str]:
    starts = set(_TOKEN.findall(folded))
    mixed = {
        part
        for word in starts
        if any(map(is_wide, word))
        for part in re.findall(r"[^\u3040-\u9fff\uac00-\ud7af]+", word)
    }
    arabic = {_ARABIC_HEAD.sub("", word) for word in starts if "\u0600" <= word[0] <= "\u06ff"}
    arabic |= {_ARABIC_JOINED.sub("", word) for word in starts if "\u0600" <= word[0] <= "\u06ff"}
    words = starts | mixed | arabic
    stems = {word[:_STEM] + "*" for word in words}
    return words | stems | {letter for letter in folded if is_wide(letter)}
