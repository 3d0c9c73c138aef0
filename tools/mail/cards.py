"""Card numbers, security codes and one-time passwords in text: found and masked.

Rules: PCI DSS 3.4 (at most first six and last four digits shown) and the pitfalls of mail. A number is a
card's when issuer prefix, length and check digit agree; what a label calls an ARN, a parcel, an order, a
phone or a device stays whole. Longer runs of digits are never searched for a card inside.
"""

import itertools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_INVISIBLE = "\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_SEPARATOR = (
    rf"[ \t\r\n\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000.\-\u2010-\u2015\u2212\u30fc\uff0d\uff0e·_/|{_INVISIBLE}]"
)
_CANDIDATE = re.compile(rf"\d(?:{_SEPARATOR}{{0,3}}\d){{11,}}")
_GROUP = re.compile(rf"\d(?:[{_INVISIBLE}]*\d)*")
_MASKED = "*•●×✱#＊"
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){2,7}(?:[ \u00a0]?[A-Z0-9]{1,4})?(?![A-Za-z0-9])"
)
# How people group a card's digits.
_SHAPES = {
    *((4, 4, 4, 4), (4, 4, 4, 4, 1), (4, 4, 4, 4, 2), (4, 4, 4, 4, 3), (4, 4, 4, 1), (4, 4, 4, 2), (4, 4, 4, 3)),
    *((4, 6, 5), (4, 6, 4), (4, 5, 6), (4, 4, 5), (4, 3, 3, 3), (4, 12), (12, 4), (8, 8), (6, 10), (6, 13)),
}
_CODE_GAP = r"[^\w\n]{0,4}(?:[^\W\d]{1,12}[^\w\n]{1,3}){0,2}"
_SECURITY_CODE = re.compile(rf"{_CODE_GAP}(\d{{3,4}})(?![\d*])")
_ONE_TIME_CODE = re.compile(rf"{_CODE_GAP}(\d{{4,8}})(?![\d*])")
_LONGEST_WORD = 30
_GLUED_BEFORE = re.compile(r"[A-Za-z0-9_]+\Z")
_GLUED_AFTER = re.compile(r"[A-Za-z0-9_]+")
_WORD = re.compile(r"[A-Za-z]?[a-z]{2,}|VISA|PAN|CARD|AMEX|EXP|CVV|CVC")
_FIRST_GROUPS = {shape[0] for shape in _SHAPES}
_SHORTEST_NUMBER, _LONGEST_NUMBER = 12, 19
_BEFORE = 40
_AROUND = 60


@dataclass(frozen=True)
class Masked:
    """Text without full card numbers; how many were masked, and how many codes (CVV, one-time) besides."""

    text: str
    count: int
    codes: int = 0


class CardSpan(NamedTuple):
    """A card number at text[start:end]; `digits` are the offsets of its digits."""

    start: int
    end: int
    digits: tuple[int, ...]


class _Words(NamedTuple):
    card: re.Pattern[str]
    keep: re.Pattern[str]
    security: tuple[str, ...]
    one_time: tuple[str, ...]


def mask_cards(text: str) -> Masked:
    """Mask card numbers as first six, stars, last four, and codes as stars. Masking twice changes nothing more."""
    spans = find_cards(text)
    if spans:
        pieces, at = [], 0
        for span in spans:
            digits = "".join(str(int(text[offset])) for offset in span.digits)
            pieces += [text[at : span.start], digits[:6], "*" * (len(digits) - 10), digits[-4:]]
            at = span.end
        text = "".join((*pieces, text[at:]))
    codes = find_codes(text)
    if codes:
        text = star_out(text, [offset for start, end in codes for offset in range(start, end)])
    return Masked(text, len(spans), len(codes))


def star_out(text: str, offsets: list[int]) -> str:
    """Replace the characters at these offsets by stars, keeping the length."""
    letters = list(text)
    for offset in offsets:
        letters[offset] = "*"
    return "".join(letters)


def find_cards(text: str) -> list[CardSpan]:
    """Find the card numbers, in order, none overlapping."""
    found: list[CardSpan] = []
    ibans: list[tuple[int, int]] | None = None
    for match in _CANDIDATE.finditer(text):
        if ibans is None:
            ibans = [iban.span() for iban in _IBAN.finditer(text) if _is_iban(iban[0])]
        if not any(start < match.end() and match.start() < end for start, end in ibans):
            found.extend(_cards_in_run(text, match.start(), match.end()))
    return found


def find_codes(text: str) -> list[tuple[int, int]]:
    """Find the spans of security codes and one-time passwords that stand right behind their words."""
    low = text.lower()
    if len(low) != len(text):
        # A few letters (`İ`) grow; offsets must not.
        low = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    words = _words()
    found: set[tuple[int, int]] = set()
    for secrets, pattern in ((words.security, _SECURITY_CODE), (words.one_time, _ONE_TIME_CODE)):
        for word in secrets:
            at = low.find(word)
            while at >= 0:
                end = at + len(word)
                match = pattern.match(text, end) if _is_word(low, at, end) else None
                if match:
                    found.add(match.span(1))
                at = low.find(word, end)
    return sorted(found)


def _is_word(low: str, start: int, end: int) -> bool:
    """Does the word stand alone? Scripts without spaces have no such borders."""
    if not low[start].isascii():
        return True
    return not (start and low[start - 1].isalnum() and low[start - 1].isascii()) and not low[end : end + 1].isalpha()


@lru_cache(maxsize=1)
def _words() -> _Words:
    with (Path(__file__).parent / "card_words.toml").open("rb") as file:
        words = tomllib.load(file)
    return _Words(
        re.compile(_any_of(words["card"]), re.IGNORECASE),
        re.compile(
            rf"(?:{_any_of(words['keep'])})[^\w\n]{{0,6}}(?:(?:{_any_of(words['joint'])})[^\w\n]{{0,4}}){{0,2}}\Z",
            re.IGNORECASE,
        ),
        tuple(word.lower() for word in words["security_code"]),
        tuple(word.lower() for word in words["one_time_code"]),
    )


def _any_of(words: list[str]) -> str:
    parts = []
    for word in words:
        pattern = re.escape(word).replace(r"\ ", r"\s{1,3}")
        parts.append(rf"(?<![^\W_]){pattern}(?![a-zа-я])" if word.isascii() else pattern)
    return "|".join(parts)


class _Group(NamedTuple):
    start: int
    end: int
    offsets: tuple[int, ...]


def _cards_in_run(text: str, start: int, end: int) -> Iterator[CardSpan]:
    groups = _groups(text, start, end)
    index = 0
    while index < len(groups):
        size = _window(text, groups, index)
        if size:
            window = groups[index : index + size]
            yield CardSpan(
                window[0].start, window[-1].end, tuple(offset for group in window for offset in group.offsets)
            )
        index += size or 1


def _groups(text: str, start: int, end: int) -> list[_Group]:
    groups = [
        _Group(match.start(), match.end(), tuple(at for at in range(match.start(), match.end()) if text[at].isdigit()))
        for match in _GROUP.finditer(text, start, end)
    ]
    # The ends of a number that is masked already are no digits of another one.
    if start and text[start - 1] in _MASKED:
        groups = groups[1:]
    if groups and end < len(text) and text[end] in _MASKED:
        groups = groups[:-1]
    return groups


def _window(text: str, groups: list[_Group], first: int) -> int:
    """Return how many groups from `first` on make up a card number, the most that do; 0 when none do."""
    count = fits = 0
    whole = first == 0 and len(groups) <= _LONGEST_NUMBER
    most = _LONGEST_NUMBER if whole or len(groups[first].offsets) in _FIRST_GROUPS else 1
    for size, group in enumerate(groups[first : first + most], start=1):
        count += len(group.offsets)
        if count > _LONGEST_NUMBER:
            break
        window = groups[first : first + size]
        if count >= _SHORTEST_NUMBER and _may_be_one(text, groups, window) and _is_card(text, window):
            fits = size
    return fits


def _may_be_one(text: str, groups: list[_Group], window: list[_Group]) -> bool:
    """Are these groups written as one number: alone, in a card's grouping, or all parted by the same sign?"""
    if len(window) == 1 or tuple(len(group.offsets) for group in window) in _SHAPES:
        return True
    between = {text[left.end : right.start] for left, right in itertools.pairwise(window)}
    return len(window) == len(groups) and len(between) == 1 and len(next(iter(between))) == 1 and "\n" not in between


def _is_card(text: str, window: list[_Group]) -> bool:
    digits = "".join(str(int(text[offset])) for group in window for offset in group.offsets)
    start, end = window[0].start, window[-1].end
    if _glued(text, start, end):
        return False
    if not _issuer(digits) or len(set(digits)) == 1:
        return False
    grouped = tuple(len(group.offsets) for group in window) == (4, 4, 4, 4)
    words = _words()
    before = text[max(0, start - _BEFORE) : start]
    if not grouped and _is_labelled(before):
        return False
    near = before + text[end : end + _AROUND]
    if luhn(digits):
        return len(digits) > 12 or words.card.search(near) is not None
    return digits.startswith(("62", "81")) and 16 <= len(digits) <= 19 and words.card.search(near) is not None


def _is_labelled(before: str) -> bool:
    """Does the text say that the number behind it is an order, a parcel, a phone?"""
    if before.rstrip(" (").endswith("+"):
        return True
    words = _words()
    label = words.keep.search(before)
    # "card reference 4242..." is a card's number all the same.
    return label is not None and words.card.search(before[max(0, label.start() - 15) : label.start()]) is None


def _glued(text: str, start: int, end: int) -> bool:
    """Is the number part of an identifier, as in `ch_4242...` or `YT4242...`? A word run into it makes it none."""
    before = _GLUED_BEFORE.search(text, max(0, start - _LONGEST_WORD), start)
    after = _GLUED_AFTER.match(text, end, end + _LONGEST_WORD)
    return any(part is not None and not _WORD.fullmatch(part[0]) for part in (before, after))


def _issuer(digits: str) -> bool:
    """Does a network issue numbers with this prefix and length?"""
    size, two, three, four = len(digits), int(digits[:2]), int(digits[:3]), int(digits[:4])
    if digits[0] == "4":
        return 13 <= size <= 19
    if 51 <= two <= 55 or 2221 <= four <= 2720:
        return size == 16
    if two in (34, 37):
        return size == 15
    if two in (36, 38, 39) or 300 <= three <= 305:
        return 14 <= size <= 19
    if 3528 <= four <= 3589:
        return 16 <= size <= 19
    if two in (62, 81):
        return 13 <= size <= 19
    return two == 50 or 56 <= two <= 69


def luhn(digits: str) -> bool:
    """Check the last digit (ISO/IEC 7812-1, annex B)."""
    doubled = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
    total = sum(int(digit) for digit in digits[-1::-2]) + sum(doubled[int(digit)] for digit in digits[-2::-2])
    return total % 10 == 0


def _is_iban(written: str) -> bool:
    compact = "".join(char for char in written if char.isalnum())
    moved = compact[4:] + compact[:4]
    return 15 <= len(compact) <= 34 and int("".join(str(int(char, 36)) for char in moved)) % 97 == 1
