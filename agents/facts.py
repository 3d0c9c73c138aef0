"""What a text states that could be wrong: dates, amounts, numbers, references, links, times of day."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Literal

from babel import Locale
from num2words import num2words

FactKind = Literal["date", "amount", "number", "reference", "link", "time"]

LANGUAGES = ("en", "zh", "es", "de", "fr", "pt", "it", "ru", "ja", "ko", "ar", "tr")
SPELLED_UP_TO = 60

CURRENCY_WORDS = {
    "us$": "USD", "usd": "USD", "美元": "USD", "美金": "USD", "ドル": "USD", "달러": "USD", "dollars": "USD",
    "dollar": "USD", "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "欧元": "EUR", "ユーロ": "EUR",
    "유로": "EUR", "евро": "EUR", "يورو": "EUR", "£": "GBP", "gbp": "GBP", "英镑": "GBP", "r$": "BRL",
    "brl": "BRL", "c$": "CAD", "ca$": "CAD", "cad": "CAD", "a$": "AUD", "aud": "AUD", "hk$": "HKD", "hkd": "HKD",
    "rmb": "CNY", "cny": "CNY", "cn¥": "CNY", "人民币": "CNY", "元": "CNY", "円": "JPY", "jpy": "JPY", "jp¥": "JPY",
    "₩": "KRW", "krw": "KRW", "원": "KRW", "₽": "RUB", "rub": "RUB", "руб": "RUB", "₺": "TRY", "try": "TRY",
    "tl": "TRY", "chf": "CHF", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "pln": "PLN", "zł": "PLN", "mxn": "MXN",
    "mx$": "MXN", "sgd": "SGD", "aed": "AED", "sar": "SAR", "$": "", "¥": "", "￥": "", "kr": "",
}  # fmt: skip

_CURRENCY = "|".join(sorted((re.escape(word) for word in CURRENCY_WORDS), key=len, reverse=True))
_NUMBER = r"\d+(?:[.,'’\u00a0\u202f\u2009 ]\d{3})*(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_ADDRESS = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_KNOWN_DOMAIN = r"\b(?:[\w-]+\.)+(?:com|net|org|shop|store|example|test|io|co|cn|de|fr|es|it|ru|jp|kr|br|uk|link|info|biz|xyz|top|app|me)\b(?:/\S*)?"  # fmt: skip  # noqa: E501
# Any other ending counts behind two or more characters with a letter: not "10.Mai", not "e.g.".
_ANY_DOMAIN = r"(?<![A-Za-z0-9.-])(?:[A-Za-z0-9-]+\.)*(?=[A-Za-z0-9-]*[A-Za-z])[A-Za-z0-9-]{2,}\.[A-Za-z]{2,24}(?![A-Za-z0-9-])(?:[:/?#][^\s<>\"'，。）)]*)?"  # fmt: skip  # noqa: E501
_IP_ADDRESS = r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])(?:[:/]\S*)?"
_LINK = re.compile(rf"(?:[a-z][a-z0-9+.-]*://|www\.)[^\s<>\"'，。）)]+|{_ADDRESS}|{_IP_ADDRESS}|{_KNOWN_DOMAIN}|{_ANY_DOMAIN}", re.I)  # fmt: skip  # noqa: E501
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?")
_CJK_DATE = re.compile(r"(?:(\d{4})\s*[年년]\s*)?(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日号號일]")
_NUMERIC_DATE = re.compile(r"(?<![\d.,/-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\d/-])")
_TIME = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?!\d)(?:\s*([ap])\.?m\.?)?", re.I)
_AMOUNT = re.compile(rf"(?:(?P<before>{_CURRENCY})\s?(?P<after_number>{_NUMBER}))|(?:(?P<number>{_NUMBER})\s?(?P<after>{_CURRENCY})(?![a-z]))", re.I)  # fmt: skip  # noqa: E501
_REFERENCE = re.compile(r"#?[A-Za-z0-9]*(?:[A-Za-z]\d|\d[A-Za-z]|\d{5}|\d[-_]\d|[A-Za-z][-_]\d)[A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*", re.ASCII)  # fmt: skip  # noqa: E501
_COUNTED = re.compile(r"(\d{1,3})[-‐‑]?(?:st|nd|rd|th|er|e|ème|º|ª|h|d|days?|tägig\w*)(?![a-z0-9])", re.I | re.ASCII)
_RANGE = re.compile(r"(?<![\w-])(\d{1,3})\s?[-–—~]\s?(\d{1,3})(?![\w-])")
_PLAIN = re.compile(_NUMBER)
_HAN_NUMBER = re.compile(r"[二三四五六七八九十两兩百]+(?=\s*(?:个|個)?(?:天|日|周|週|小时|時間|工作日|营业日|営業日|个月|か月|月|年|%|折|元|倍|欧元|美元|美金|英镑|块))")  # fmt: skip  # noqa: E501
_HAN = {"二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


@dataclass(frozen=True)
class Fact:
    """One stated fact: what kind, its possible meanings (canonical text), and the words it was stated in."""

    kind: FactKind
    meanings: frozenset[str]
    words: str


@lru_cache(maxsize=1024)  # policies and records are held against many sentences
def facts_in(text: str, language: str) -> tuple[Fact, ...]:
    """Return the facts a text states, each once, in no order.

    Ambiguous spellings (03/04/2026, 1.234) carry every meaning they could have.
    """
    found: list[Fact] = []
    rest = in_plain_letters(text)
    for read in (_links, _iso_dates, _written_dates, _times, _amounts, _references, _numbers):
        facts, rest = read(rest, language)
        found += facts
    return tuple(dict.fromkeys(found + list(_spelled(rest, language))))


def in_plain_letters(text: str) -> str:
    """Return a text with its letters and digits in their plain form, and without characters that cannot be seen."""
    return "".join(_plain_character(character) for character in text)


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    category = unicodedata.category(character)
    if category == "Cf" or character in "\u034f\u115f\u1160\u3164\ufe0f":
        return ""
    if category[0] == "N" or category[0] == "L" or character in "．－：／＠％＄￥￡＃＋":
        return unicodedata.normalize("NFKC", character)
    return character


def unsupported(claimed: Iterable[Fact], support: Iterable[Fact]) -> list[Fact]:
    """Return the claimed facts that no supporting fact of a like kind bears out."""
    known: dict[str, set[str]] = {}
    for fact in support:
        known.setdefault(fact.kind, set()).update(fact.meanings)
    return [fact for fact in claimed if not _borne_out(fact, known)]


def _borne_out(fact: Fact, known: dict[str, set[str]]) -> bool:
    values = known.get(fact.kind, set())
    if fact.meanings & values:
        return True
    if fact.kind == "date":
        return any(value[4:] in fact.meanings for value in values)
    if fact.kind == "number":
        bare = {value.split(" ")[0] for value in known.get("amount", set())}
        return bool(fact.meanings & (bare | known.get("reference", set())))
    if fact.kind == "amount":
        bare = {meaning for meaning in fact.meanings if meaning.endswith(" ?")}
        plain = {value.split(" ")[0] for value in values}
        return any(meaning.split(" ")[0] in plain for meaning in bare)
    if fact.kind == "reference":
        return bool(fact.meanings & known.get("number", set()))
    return False


def _take(pattern: re.Pattern[str], text: str) -> tuple[list[re.Match[str]], str]:
    found = list(pattern.finditer(text))
    return found, pattern.sub(" ; ", text) if found else text


def _links(text: str, language: str) -> tuple[list[Fact], str]:
    found, rest = _take(_LINK, text)
    return [Fact("link", frozenset({_plain_link(m[0])}), m[0]) for m in found], rest


def _plain_link(link: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", link.casefold()).rstrip("/.,;:!?")


def _iso_dates(text: str, language: str) -> tuple[list[Fact], str]:
    found, rest = _take(_ISO, text)
    facts = [Fact("date", frozenset({_day(m[1], m[2], m[3])}), m[0]) for m in found]
    return facts + [Fact("time", frozenset({m[4]}), m[4]) for m in found if m[4]], rest


def _day(year: str | int | None, month: str | int, day: str | int) -> str:
    text = f"-{int(month):02d}-{int(day):02d}"
    if year is None:
        return text
    return f"{2000 + int(year) if int(year) < 100 else int(year):04d}{text}"


def _written_dates(text: str, language: str) -> tuple[list[Fact], str]:
    found, rest = _take(_CJK_DATE, text)
    facts = [Fact("date", frozenset({_day(m[1], m[2], m[3])}), m[0]) for m in found]
    months, day_first, month_first = _month_patterns(language)
    for pattern in (day_first, month_first):
        found, rest = _take(pattern, rest)
        facts += [Fact("date", frozenset({_day(m["y"], months[m["m"].casefold()], m["d"])}), m[0]) for m in found]
    found, rest = _take(_NUMERIC_DATE, rest)
    return facts + [Fact("date", _readings(m), m[0]) for m in found], rest


def _readings(match: re.Match[str]) -> frozenset[str]:
    first, _, second, year = match.groups()
    pairs = ((second, first), (first, second))
    return frozenset(_day(year, month, day) for month, day in pairs if int(month) <= 12)


@cache
def _month_patterns(language: str) -> tuple[dict[str, int], re.Pattern[str], re.Pattern[str]]:
    months: dict[str, int] = {}
    for code in dict.fromkeys((language, "en")):
        locale = Locale.parse(code if code in LANGUAGES else "en")
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                names = locale.months[context][width]
                months |= {str(name).casefold().rstrip("."): number for number, name in names.items()}
    months = {name: number for name, number in months.items() if not name[:1].isdigit()}
    names = "|".join(sorted((re.escape(name) for name in months), key=len, reverse=True))
    day = r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|\.)?"
    year = r"(?:,?\s*(?:de |del |of )?(?P<y>\d{4})(?!\d))?"
    day_first = re.compile(rf"{day}\s*(?:de |of )?(?P<m>{names})\.?{year}", re.I)
    month_first = re.compile(rf"(?<!\w)(?P<m>{names})\.?\s*{day}(?!\d){year}", re.I)
    return months, day_first, month_first


def _times(text: str, language: str) -> tuple[list[Fact], str]:
    found, rest = _take(_TIME, text)
    return [Fact("time", frozenset({_clock(m)}), m[0]) for m in found], rest


def _clock(match: re.Match[str]) -> str:
    hour = int(match[1])
    half = (match[3] or "").lower()
    if half == "p" and hour < 12:
        hour += 12
    return f"{hour:02d}:{match[2]}"


def _amounts(text: str, language: str) -> tuple[list[Fact], str]:
    found, rest = _take(_AMOUNT, text)
    facts = []
    for m in found:
        word = (m["before"] or m["after"]).casefold()
        currency = CURRENCY_WORDS[word] or "?"
        values = _decimals(m["after_number"] or m["number"])
        facts.append(Fact("amount", frozenset(f"{value} {currency}" for value in values), m[0]))
    return facts, rest


def _decimals(text: str) -> frozenset[str]:
    bare = re.sub(r"['’\s]", "", text)
    marks = re.findall(r"[.,]", bare)
    spellings = {bare.replace(marks[0], "")} if len(marks) > 1 and len(set(marks)) == 1 else {bare}
    if len(set(marks)) == 2:
        spellings = {bare.replace(marks[0], "").replace(marks[-1], ".")}
    elif len(marks) == 1:
        decimal = bare.replace(marks[0], ".")
        spellings = {decimal, bare.replace(marks[0], "")} if re.search(r"[.,]\d{3}$", bare) else {decimal}
    return frozenset(value for spelling in spellings if (value := _canonical(spelling)))


def _canonical(text: str) -> str:
    try:
        return format(Decimal(text).normalize(), "f")
    except InvalidOperation:
        return ""


def _references(text: str, language: str) -> tuple[list[Fact], str]:
    counted, rest = _take(_COUNTED, _RANGE.sub(r"\1 ; \2", text))
    found, rest = _take(_REFERENCE, rest)
    facts = [Fact("number", frozenset({str(int(m[1]))}), m[0]) for m in counted]
    return facts + [Fact("reference", frozenset({m[0].lstrip("#").casefold()}), m[0]) for m in found], rest


def _numbers(text: str, language: str) -> tuple[list[Fact], str]:
    found, rest = _take(_PLAIN, text)
    return [Fact("number", _decimals(m[0]), m[0]) for m in found], rest


def _spelled(text: str, language: str) -> Iterator[Fact]:
    if language in {"zh", "ja"}:
        for match in _HAN_NUMBER.finditer(text):
            yield Fact("number", frozenset({str(_han(match[0]))}), match[0])
        return
    words = _number_words(language)
    for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)?", text.casefold()):
        if word in words:
            yield Fact("number", frozenset({str(words[word])}), word)


def _han(text: str) -> int:
    hundreds, _, rest = text.rpartition("百")
    tens, ten, units = rest.rpartition("十")
    total = 100 * _HAN.get(hundreds, 1) if "百" in text else 0
    total += 10 * _HAN.get(tens, 1) if ten else 0
    return total + _HAN.get(units, 0)


@cache
def _number_words(language: str) -> dict[str, int]:
    """Spelled numbers from two on; one is an article in too many languages."""
    if language not in LANGUAGES:
        return {}
    words: dict[str, int] = {}
    for number in range(2, SPELLED_UP_TO + 1):
        word = num2words(number, lang=language).casefold()
        if " " not in word:
            words[word] = number
    return words
