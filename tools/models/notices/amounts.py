"""Amounts of money in every spelling; a sign that several currencies share is settled by the mail or left open."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from babel.core import Locale, get_global

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


# Where a word of money may begin: at a sign, at a letter of a script without spaces, or where another word ended.
_START = re.compile(r"[^\w\s]|[\u3040-\u9fff\uac00-\ud7af]|(?:(?<=[\u3040-\u9fff\uac00-\ud7af])|(?<!\w))\w")
_GAP = re.compile(r"[\s)]*")
_IN_BRACKETS = re.compile(r"\s?\((?=[^()\d]{1,24}\))")
# The longest name of a currency that is looked for beside a number: `dirhams de los Emiratos Árabes Unidos`.
_LONGEST_NAME = 44


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


@cache
def names_in_full(languages: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Return the full names of all currencies in these languages, folded: `казахстанских тенге` is KZT."""
    found: dict[str, set[str]] = {}
    for locale in map(Locale.parse, languages):
        plurals = locale._data["currency_names_plural"]
        for code in iso_codes():
            for name in (locale.currencies.get(code, ""), *plurals.get(code, {}).values()):
                found.setdefault(fold(name), set()).add(code)
    return {name: tuple(sorted(codes)) for name, codes in found.items() if name and name.upper() not in iso_codes()}


class _Names:
    """Words of money, the longest of them found at a place without cutting a word."""

    def __init__(self, means: Mapping[str, tuple[str, ...]]) -> None:
        self.means = means
        self._from = _lengths(means, 0)
        self._up_to = _lengths(means, -1)

    def at(self, folded: str, start: int) -> str:
        """Return the longest name that begins here; empty when none does."""
        room = len(folded) - start
        ends = (start + length for length in self._from.get(folded[start : start + 1], ()) if length <= room)
        return next((name for end in ends if (name := self._name(folded, start, end))), "")

    def before(self, folded: str, end: int) -> str:
        """Return the longest name that ends here; empty when none does."""
        starts = (end - length for length in self._up_to.get(folded[end - 1 : end], ()) if length <= end)
        return next((name for start in starts if (name := self._name(folded, start, end))), "")

    def all(self, folded: str) -> Iterator[str]:
        """Yield the names in a text."""
        end = 0
        for match in _START.finditer(folded):
            if match.start() >= end and (name := self.at(folded, match.start())):
                yield name
                end = match.start() + len(name)

    def _name(self, folded: str, start: int, end: int) -> str:
        name = folded[start:end]
        return name if name in self.means and _uncut(folded, start, end) else ""


def _lengths(names: Iterable[str], at: int) -> Mapping[str, list[int]]:
    """Return how long the names with the same letter in a place are, the longest first."""
    found: dict[str, set[int]] = {}
    for name in names:
        found.setdefault(name[at], set()).add(len(name))
    return {letter: sorted(lengths, reverse=True) for letter, lengths in found.items()}


def _uncut(folded: str, start: int, end: int) -> bool:
    """Return whether no word goes on at either end; scripts without blanks may touch anything."""
    before = _is_letter(folded[start]) and start > 0 and _goes_on(folded[start - 1])
    return not before and not (_is_letter(folded[end - 1]) and end < len(folded) and _goes_on(folded[end]))


def _is_letter(sign: str) -> bool:
    return sign.isalpha() and not is_wide(sign)


def _goes_on(sign: str) -> bool:
    return (sign.isalnum() or sign == "_") and not is_wide(sign)


class Signs:
    """The signs and words of money, with what they mean; the names in full are those of these languages."""

    def __init__(self, currencies: Mapping[str, tuple[str, ...]], languages: tuple[str, ...] = ()) -> None:
        self._printed = currencies
        self._means = {**names_in_full(languages), **_folded(currencies)}
        self._names = _Names(self._means)
        codes = "|".join(sorted(code.lower() for code in iso_codes()))
        self._code_before = re.compile(rf"(?<!{_LETTER})(?P<code>{codes})(?:\s?[$€£¥])?$")
        self._code_after = re.compile(rf"(?P<code>{codes})(?!{_LETTER})")
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
        meant = [set(self._means[name]) for name in self._names.all(folded)]
        return tuple(sorted(set.intersection(*meant))) if meant else ()

    def _money(self, text: str, folded: str, match: re.Match[str]) -> Money | None:
        spans = [span for span in (self._before(folded, match.start()), self._after(folded, match.end())) if span]
        meant = [currencies for span in spans if (currencies := self._meant(text[slice(*span)]))]
        if not meant:
            return None
        start, end = (
            min((match.start(), *(start for start, _ in spans))),
            max((match.end(), *(end for _, end in spans))),
        )
        return Money(match[0].removesuffix(",-"), _narrowed(meant), start, end)

    def _before(self, folded: str, end: int) -> tuple[int, int] | None:
        """Return where the code or name before a number stands; of both the one that begins first."""
        start = max(folded.rfind("\n", 0, end) + 1, end - _LONGEST_NAME)
        head = folded[start:end].rstrip(" \t:(+-")
        name, code = self._names.before(head, len(head)), self._code_before.search(head)
        if code and code.start() <= len(head) - len(name):
            return start + code.start("code"), start + code.end("code")
        return (start + len(head) - len(name), start + len(head)) if name else None

    def _after(self, folded: str, end: int) -> tuple[int, int] | None:
        """Return where the code or name behind a number stands, or in brackets behind it."""
        tail = folded[end : end + _LONGEST_NAME].split("\n")[0]
        for gap in filter(None, (_GAP.match(tail), _IN_BRACKETS.match(tail))):
            code = self._code_after.match(tail, gap.end())
            if name := code["code"] if code else self._names.at(tail, gap.end()):
                return end + gap.end(), end + gap.end() + len(name)
        return None

    def _meant(self, printed: str) -> tuple[str, ...]:
        folded = fold(printed)
        if folded.upper() in iso_codes():
            return (folded.upper(),) if printed.isupper() or printed.islower() else ()
        return self._printed.get(printed) or self._means.get(folded, ())


def _folded(currencies: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the signs folded; signs that are the same then mean all that each of them means: `د.إ` and `د.أ`."""
    found: dict[str, tuple[str, ...]] = {}
    for sign, meant in currencies.items():
        found[fold(sign)] = tuple(dict.fromkeys((*found.get(fold(sign), ()), *meant)))
    return found


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
