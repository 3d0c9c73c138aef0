"""Amounts of money in every spelling; a sign that several currencies share is settled by the mail or left open."""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from babel.core import get_global

from rejoinder.domain.money import minor_digits
from tools.models.notices.texts import fold, is_wide

NUMBER = (
    r"\d{1,3}(?:,\d\d)+,\d{3}(?:\.\d{1,2})?(?!\d)"
    r"|\d{1,3}(?:([ .,'])\d{3})(?:\1\d{3})*(?:[.,]\d{1,3})?(?![\d])"
    r"|\d+(?:[.,]\d{1,3})?(?![\d])"
)
_NUMBER = re.compile(
    rf"(?<![\w./])(?<!\d,)(?<!\w-)(?:{NUMBER})(?![-/]\d)(?:,-)?|(?<=[^\W\d_a-z])(?:{NUMBER})|(?<=[a-z])(?:{NUMBER})"
)


# A letter or digit of a script with spaces between words: the others may touch a currency.
_LETTER = r"[^\W\u3040-\u9fff\uac00-\ud7af]"


_IN_BRACKETS = r"\((?=[^()\d]{1,24}\))"


class Money(NamedTuple):
    """An amount as printed; `currencies` are all that its sign can mean, none when none is printed."""

    number: str
    currencies: tuple[str, ...]
    start: int
    end: int


@cache
def iso_codes() -> frozenset[str]:
    """Return the currencies in use somewhere."""
    tables = get_global("territory_currencies").values()
    return frozenset(code for table in tables for code, _, end, tender in table if tender and end is None)


class Signs:
    """The signs and words of money, with what they mean."""

    def __init__(self, currencies: Mapping[str, tuple[str, ...]]) -> None:
        self._means = {fold(sign): meant for sign, meant in currencies.items()}
        words = sorted(self._means, key=len, reverse=True)
        codes = "|".join(sorted(code.lower() for code in iso_codes()))
        names = "|".join(_bounded(word) for word in words)
        self._before = re.compile(rf"(?:(?<!{_LETTER})(?P<code>{codes})|(?P<sign>{names}))[\s:(+-]*$")
        self._after = re.compile(rf"(?:[\s)]*|\s?{_IN_BRACKETS})(?:(?P<code>{codes})(?!{_LETTER})|(?P<sign>{names}))")
        self._names = re.compile(names)
        self._codes = re.compile(rf"(?<!{_LETTER})(?:{codes})(?!{_LETTER})")

    def find(self, text: str, folded: str) -> list[Money]:
        """Return every number that stands beside a currency."""
        return [money for match in _NUMBER.finditer(folded) if (money := self._money(text, folded, match))]

    def bare(self, folded: str) -> Money | None:
        """Return the only number of a value without currency."""
        found = list(_NUMBER.finditer(folded))
        return Money(found[0][0], (), *found[0].span()) if len(found) == 1 else None

    def means(self, value: str) -> tuple[str, ...]:
        """Return what a currency printed alone means."""
        folded = fold(value).strip(" ().")
        if folded.upper() in iso_codes():
            return (folded.upper(),)
        if folded in self._means:
            return self._means[folded]
        codes = {code.upper() for code in self._codes.findall(folded) if code.upper() in value}
        return tuple(codes) if len(codes) == 1 else ()

    def codes_in(self, text: str, folded: str) -> set[str]:
        """Return the currencies whose codes are printed."""
        return {text[m.start() : m.end()] for m in self._codes.finditer(folded) if text[m.start() : m.end()].isupper()}

    def named_in(self, folded: str) -> tuple[str, ...]:
        """Return what the signs and words of money in a few words mean together; nothing when they disagree."""
        meant = [set(self._means[match[0]]) for match in self._names.finditer(folded)]
        return tuple(sorted(set.intersection(*meant))) if meant else ()

    def _money(self, text: str, folded: str, match: re.Match[str]) -> Money | None:
        line_start = folded.rfind("\n", 0, match.start()) + 1
        head_start = max(line_start, match.start() - 28)
        before = self._before.search(folded[head_start : match.start()])
        after = self._after.match(folded[match.end() : match.end() + 28].split("\n")[0])
        meant = [
            self._meant(text, part, offset)
            for part, offset in ((before, head_start), (after, match.end()))
            if part is not None
        ]
        meant = [currencies for currencies in meant if currencies]
        if not meant:
            return None
        start = head_start + before.start() if before else match.start()
        end = match.end() + after.end() if after else match.end()
        return Money(match[0].removesuffix(",-"), _narrowed(meant), start, end)

    def _meant(self, text: str, part: re.Match[str], offset: int) -> tuple[str, ...]:
        if part["code"]:
            printed = text[offset + part.start("code") : offset + part.end("code")]
            return (printed.upper(),) if printed.isupper() or printed.islower() else ()
        return self._means.get(part["sign"], ())


def _bounded(word: str) -> str:
    head = rf"(?<!{_LETTER})" if word[0].isalpha() and not is_wide(word[0]) else ""
    tail = rf"(?!{_LETTER})" if word[-1].isalpha() and not is_wide(word[-1]) else ""
    return f"{head}{re.escape(word)}{tail}"


def _narrowed(meant: list[tuple[str, ...]]) -> tuple[str, ...]:
    first, *more = meant
    for other in more:
        common = tuple(currency for currency in first if currency in other)
        first = common or first
    return first


def minor_units(number: str, currencies: tuple[str, ...]) -> int | None:
    """Return the amount in minor units; None when the currencies would make different amounts of it."""
    if not currencies:
        return _without_currency(number)
    amounts = {_minor(number, minor_digits(currency)) for currency in _with_such_decimals(number, currencies)}
    return amounts.pop() if len(amounts) == 1 else None


def _with_such_decimals(number: str, currencies: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out currencies without decimals when decimals are printed; a yen sign with `.00` stays open."""
    printed = re.search(r"[.,](\d\d)$", number)
    fitting = tuple(currency for currency in currencies if minor_digits(currency) == 2)
    if printed and fitting and (printed[1] != "00" or len(fitting) > len(currencies) / 2):
        return fitting
    return currencies


def _without_currency(number: str) -> int | None:
    return _minor(number, 2) if re.search(r"[.,]\d\d$", number) else None


def _minor(number: str, decimals: int) -> int | None:
    whole, fraction = _split(number, decimals)
    digits = re.sub(r"\D", "", whole)
    if fraction is None or not digits:
        return None
    if len(fraction) > decimals:
        if fraction[decimals:].strip("0"):
            return None
        fraction = fraction[:decimals]
    return int(digits + fraction.ljust(decimals, "0"))


def _split(number: str, decimals: int) -> tuple[str, str | None]:
    """Return the whole part and the decimals; None for decimals that could be thousands."""
    match = re.search(r"[.,](\d+)$", number)
    if match is None:
        return number, ""
    whole, fraction, separator = number[: match.start()], match[1], number[match.start()]
    if len(fraction) != 3:
        return (whole, fraction) if separator not in whole else (number, "" if len(fraction) == 3 else None)
    if separator in whole:
        return number, ""
    if any(other in whole for other in ".,' "):
        return (whole, fraction) if decimals == 3 else (number, None)
    if decimals != 3:
        return number, "" if whole.strip("0") else None
    return (whole, fraction) if separator == "." or whole == "0" else (number, None)
