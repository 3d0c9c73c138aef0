"""Dates as notices print them; a date that can be read two ways is read only when something decides it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale

from rejoinder.domain.notices import DateOrder
from tools.models.notices.texts import bounded, fold

_LANGUAGES = ("en", "zh", "es", "de", "fr", "pt", "ru", "ja", "ko", "ar", "ar_SY", "ar_DZ", "it", "tr", "nl", "pl")
_MORE_MONTHS = {"sept": 9, "set": 9, "sep": 9, "мая": 5, "март": 3, "дек": 12, "нояб": 11, "maerz": 3, "mrz": 3}
_ORDINAL = r"(?:st|nd|rd|th|er|º|°|ª|o(?=\s)|e(?=\s)|го|-го)?"
_OF = r"(?:\s*(?:de|del|of|d'|di)\s+|[\s.,/-]*)"
_YEAR = r"(20\d\d)(?!\d)"
_WIDE = re.compile(r"(?<!\d)(20\d\d)\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号號]?")
_KANJI_DIGITS = "〇零一二三四五六七八九"
_KANJI = re.compile(rf"([{_KANJI_DIGITS}]{{4}})年([{_KANJI_DIGITS}十]{{1,3}})月([{_KANJI_DIGITS}十]{{1,3}})日")
_REIWA = re.compile(r"(?:令和|(?<![a-z])r)\s*(\d{1,2}|元)\s*[年.]\s*(\d{1,2})\s*[月.]\s*(\d{1,2})\s*日?")
_ROC = re.compile(r"(?<!\d)(1[0-4]\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日號]")
_YMD = re.compile(r"(?<![\d./-])(20\d\d)(\s?[-/.]\s?)(\d{1,2})\2(\d{1,2})(?!\d)\.?")
_NUMERIC = re.compile(r"(?<![\d./-])(\d{1,2})([-/.])(\d{1,2})\2(20\d\d|\d\d)(?![\d/-])(?!\.\d)")
_SHORT_WIDE = re.compile(r"(?<![\d年년])(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号號]")
_SHORT_DOTTED = re.compile(r"(?<!\w)(?:bis|zum|vom|am|до|от)\s+(\d{1,2})\.(\d{1,2}(?=\.)|[01]\d)(?!\.?\d)")
_SHORT_NAMED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})\s?\(([月火水木金土日월화수목금토일])\)")
_SHORT_WEEKDAYS = ("月월", "火화", "水수", "木목", "金금", "土토", "日일")
_COMPACT = re.compile(r"(?<![\w-])(20[2-4]\d)([01]\d)([0-3]\d)(?![\w-])")
_TIME = (
    r"(?:(?P<half>上午|下午|晚上|午後|午前|오전|오후)\s*)?(?P<h>\d{1,2})"
    r"(?:(?:[:h.]|\s?uhr\s?|\s?[时時点點시]\s?)(?P<m>\d\d)?(?:[:分분]\d{0,2})?(?:\.\d+)?|(?=\s?[ap]\.?m\b))"
    r"\s*(?P<ap>[ap]\.?m\b\.?)?(?:\s*uhr)?"
)
_AFTER = re.compile(
    r"(?P<glue>(?:\s?г(?:\.|ода))?[\s,;t(@]*"
    r"(?:(?:at|um|a las|a|as|alle|alle ore|ore|в|до|saat|till|until|by|الساعه|-|\|)\s+)?)" + _TIME
)
_BEFORE = re.compile(
    _TIME + r"(?P<zone>[^\n\d]{0,24}?(?:[+-]\d\d?(?::?\d\d)?)?)[\s,)]*"
    r"(?:(?:on|am|le|del|del dia|de|do dia|il|of|on the|du)\s+)?(?:[a-zа-я]+,\s+)?$"
)
_ENDING = re.compile(r"'[^\W\d]{1,3}\b")
_DAY_ENDS = r"(?!\d|[:.]\d|\s*,?\s*(?!\d{1,2}(?::\d\d|h\d\d|\s?uhr|\s?[ap]\.?m\b))\d)"
_EARLIEST_YEAR = 2020
_OFFSET = re.compile(r"[\s(]*(?:utc|gmt)?\s?([+-])(\d{1,2})(?::?(\d\d))?(?!\d)")


class FoundDate(NamedTuple):
    """A date and its span; `value` is empty when it can be read two ways."""

    value: str
    start: int
    end: int
    has_year: bool = True


@dataclass(frozen=True)
class DateRules:
    """What decides how dates of one mail are read; `sent_proven`: its sender wrote the day it says it was sent on."""

    order: DateOrder = ""
    zones: Mapping[str, str] | None = None
    zone: str = ""
    sent: date | None = None
    sent_proven: bool = False


@cache
def _months() -> Mapping[str, int]:
    names: dict[str, int] = {}
    for code in _LANGUAGES:
        locale = Locale.parse(code)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context][width].items():
                    folded = fold(name).strip(". ")
                    if re.fullmatch(r"[^\W\d]{3,}(?: [^\W\d]+)?", folded):
                        names.setdefault(folded, number)
    return {**names, **_MORE_MONTHS}


@cache
def _weekdays() -> Mapping[str, int]:
    names: dict[str, int] = {}
    for code in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in Locale.parse(code).days["format"][width].items():
                names.setdefault(fold(name).strip(". "), number)
    return {name: number for name, number in names.items() if len(name) >= 2}


@cache
def _worded() -> tuple[tuple[re.Pattern[str], str], ...]:
    month = "(" + "|".join(sorted(map(re.escape, _months()), key=len, reverse=True)) + r")(?![^\W\d])\.?"
    return (
        (re.compile(rf"(?<![\d.,])(\d{{1,2}})\.?{_ORDINAL}{_OF}{month}{_OF}(20\d\d)(?!\d)"), "dmy"),
        (re.compile(rf"(?<!\w){month}\s*(\d{{1,2}}){_ORDINAL}(?:\s*,\s*|\s+|\s*,?\s+of\s+){_YEAR}"), "mdy"),
        (re.compile(rf"(?<!\d)(20\d\d)[\s./-]*{month}[\s./-]*(\d{{1,2}})(?!\d)"), "ymd"),
        (re.compile(rf"(?<![\d.,])(\d{{1,2}})[-/ ]{month}[-/ ]'?(\d\d)(?![\d:])"), "dmy"),
        (re.compile(rf"(?<![\w.,-])(\d{{2}}){month}(\d\d)(?![\w:])"), "dmy"),
        (re.compile(rf"(?<![\d.,])(\d{{1,2}})\.?{_ORDINAL}{_OF}{month}{_DAY_ENDS}"), "dm"),
        (re.compile(rf"(?<!\w){month}\s*(\d{{1,2}}){_ORDINAL}{_DAY_ENDS}"), "md"),
    )


def find_dates(folded: str, rules: DateRules) -> list[FoundDate]:
    """Return the dates of a folded text in order, each with the time and zone printed beside it."""
    found: list[FoundDate] = []
    for start, end, days, has_year in _raw_dates(folded, rules):
        if any(start < other.end and other.start < end for other in found):
            continue
        if len(days) != 1:
            days = _by_weekday(folded, start, end, days)
        if len(days) == 1:
            found.append(_with_time(folded, FoundDate(days[0].isoformat(), start, end, has_year), rules))
        elif days:
            found.append(FoundDate("", start, end, has_year))
    return sorted(found, key=lambda item: item.start)


def order_shown(folded: str) -> DateOrder:
    """Return the order of day and month that the text's own numeric dates prove; empty when none or both."""
    orders: set[DateOrder] = set()
    for match in _NUMERIC.finditer(folded):
        if match[2] == "." or _may_be_ymd(match):
            continue
        readings = _readings(match[1], match[3], match[4])
        if len(readings) == 1:
            orders.add("dmy" if int(match[1]) > 12 else "mdy")
            continue
        days = _by_weekday(folded, *match.span(), list(readings.values()))
        if len(days) == 1:
            orders.update(order for order, day in readings.items() if day == days[0])
    return orders.pop() if len(orders) == 1 else ""


def _raw_dates(folded: str, rules: DateRules) -> list[tuple[int, int, list[date], bool]]:
    raw: list[tuple[int, int, list[date], bool]] = []
    for match in _WIDE.finditer(folded):
        raw.append((*match.span(), _days(match[1], match[2], match[3]), True))
    for match in _KANJI.finditer(folded):
        year, month, day = (kanji_number(part) for part in match.groups())
        raw.append((*match.span(), _days(year, month, day), True))
    for match in _REIWA.finditer(folded):
        year = 2019 if match[1] == "元" else 2018 + int(match[1])
        raw.append((*match.span(), _days(year, match[2], match[3]), True))
    for match in _ROC.finditer(folded):
        raw.append((*match.span(), _days(1911 + int(match[1]), match[2], match[3]), True))
    for match in _YMD.finditer(folded):
        raw.append((*match.span(), _days(match[1], match[3], match[4]), True))
    raw.extend(_numeric(folded, rules))
    raw.extend(_in_words(folded, rules))
    for match in _COMPACT.finditer(folded):
        raw.append((*match.span(), _days(match[1], match[2], match[3]), True))
    raw.extend(_short(folded, rules))
    return raw


def _short(folded: str, rules: DateRules) -> Iterator[tuple[int, int, list[date], bool]]:
    """Yield days in digits without a year, where a word before or a weekday behind shows that they are days."""
    for match in _SHORT_WIDE.finditer(folded):
        yield *match.span(), _next(match[1], match[2], rules.sent), False
    for match in _SHORT_DOTTED.finditer(folded):
        yield match.start(1), match.end(2), _next(match[2], match[1], rules.sent), False
    for match in _SHORT_NAMED.finditer(folded):
        days = _next(match[1], match[2], rules.sent)
        yield *match.span(), [day for day in days if match[3] in _SHORT_WEEKDAYS[day.weekday()]], False


def kanji_number(written: str) -> int:
    """Return a number in Chinese numerals: `二〇二六`, or up to 99 with `十`."""
    if "十" not in written:
        return int("".join(str(max(0, _KANJI_DIGITS.index(digit) - 1)) for digit in written))
    tens, _, ones = written.partition("十")
    return 10 * (kanji_number(tens) if tens else 1) + (kanji_number(ones) if ones else 0)


def _numeric(folded: str, rules: DateRules) -> list[tuple[int, int, list[date], bool]]:
    raw = []
    for match in _NUMERIC.finditer(folded):
        readings = _readings(match[1], match[3], match[4])
        if _may_be_ymd(match) and (rules.order == "ymd" or not readings):
            readings["ymd"] = _days(2000 + int(match[1]), match[3], match[4])[0]
        order: DateOrder = "dmy" if match[2] == "." and rules.order != "ymd" else rules.order
        if len(readings) > 1 and order in readings:
            readings = {order: readings[order]}
        raw.append((*match.span(), list(dict.fromkeys(readings.values())), True))
    return raw


def _may_be_ymd(match: re.Match[str]) -> bool:
    """Return whether numbers of two digits each may begin with the year: `26.12.04`."""
    year = 2000 + int(match[1])
    return len(match[4]) == 2 and year >= _EARLIEST_YEAR and bool(_days(year, match[3], match[4]))


def _readings(first: str, second: str, year: str) -> dict[DateOrder, date]:
    readings: dict[DateOrder, date] = {}
    full = int(year) if len(year) == 4 else 2000 + int(year)
    if full < _EARLIEST_YEAR:
        return readings
    for day in _days(full, second, first):
        readings["dmy"] = day
    for day in _days(full, first, second):
        readings["mdy"] = day
    return readings


def _in_words(folded: str, rules: DateRules) -> list[tuple[int, int, list[date], bool]]:
    raw = []
    months = _months()
    for pattern, order in _worded():
        for match in pattern.finditer(folded):
            parts = dict(zip(order, match.groups(), strict=True))
            month = months[parts["m"]]
            if "y" in parts:
                year = int(parts["y"]) if len(parts["y"]) == 4 else 2000 + int(parts["y"])
                raw.append((*match.span(), _days(year, month, parts["d"]), True))
            else:
                raw.append((*match.span(), _next(month, parts["d"], rules.sent), False))
    return raw


def _days(year: int | str, month: int | str, day: int | str) -> list[date]:
    try:
        return [date(int(year), int(month), int(day))]
    except ValueError:
        return []


def _next(month: int | str, day: int | str, sent: date | None) -> list[date]:
    """Return the day near the mail; a year is understood only within four months of it."""
    if sent is None:
        return []
    near = [found for year in (sent.year - 1, sent.year, sent.year + 1) for found in _days(year, month, day)]
    return [found for found in near if abs((found - sent).days) <= 120]


def _by_weekday(folded: str, start: int, end: int, days: list[date]) -> list[date]:
    around = folded[max(0, start - 14) : start] + " | " + folded[end : end + 14].split("\n")[0]
    named = {_weekdays()[word] for word in re.findall(r"[^\W\d]+", around) if word in _weekdays()}
    fitting = [day for day in days if day.weekday() in named]
    return fitting if len(named) == 1 and len(fitting) == 1 else days


def _with_time(folded: str, found: FoundDate, rules: DateRules) -> FoundDate:
    rest = folded[found.end : found.end + 70].split("\n")[0]
    rest = (
        re.sub(r"^(\s*[(（]?[^\W\d]+[)）]?)(?=\s*\d{1,2}:)", lambda m: " " * len(m[0]), rest)
        if _weekday_first(rest)
        else rest
    )
    match = _AFTER.match(rest)
    if match:
        zone, length = _zone(rest[match.end() :], rules)
        moment = _moment(found.value, match, zone)
        return found._replace(value=moment or found.value, end=found.end + match.end() + (length if moment else 0))
    before = _BEFORE.search(folded[max(0, found.start - 60) : found.start].split("\n")[-1])
    if before:
        zone, _ = _zone(before["zone"], rules)
        moment = _moment(found.value, before, zone)
        return found._replace(value=moment or found.value)
    return found


def _weekday_first(rest: str) -> bool:
    word = re.match(r"\s*[(（]?([^\W\d]+)", rest)
    return bool(word and word[1] in _weekdays())


def _zone(rest: str, rules: DateRules) -> tuple[str, int]:
    """Return the zone printed behind a time and how many letters it takes; Turkish hangs an ending onto the time."""
    ending = _ENDING.match(rest)
    if ending:
        zone, length = _zone(rest[ending.end() :], rules)
        return zone, length + ending.end() if length else 0
    offset = _OFFSET.match(rest)
    if offset:
        return f"{offset[1]}{int(offset[2]):02}:{offset[3] or '00'}", offset.end()
    start = len(rest) - len(rest.lstrip(" ("))
    for name, zone in sorted((rules.zones or {}).items(), key=lambda item: -len(item[0])):
        folded = fold(name)
        if rest.startswith(folded, start) and bounded(rest, start, start + len(folded)):
            after = _OFFSET.match(rest[start + len(folded) :])
            if after and zone == "+00:00":
                return f"{after[1]}{int(after[2]):02}:{after[3] or '00'}", start + len(folded) + after.end()
            return zone, start + len(folded)
    return rules.zone, 0


def _moment(day: str, match: re.Match[str], zone: str) -> str:
    hour, minute = int(match["h"]), int(match["m"] or 0)
    later = (match["ap"] or "").startswith("p") or match["half"] in ("下午", "晚上", "午後", "오후")
    if later and hour < 12:
        hour += 12
    elif (match["ap"] or "").startswith("a") and hour == 12:
        hour = 0
    if not zone or hour > 23 or minute > 59:
        return ""
    at = datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=_tzinfo(zone))
    return at.isoformat()


def _tzinfo(zone: str) -> ZoneInfo | timezone:
    if "/" in zone:
        return ZoneInfo(zone)
    sign = -1 if zone.startswith("-") else 1
    hours, minutes = zone[1:].split(":")
    return timezone(sign * timedelta(hours=int(hours), minutes=int(minutes)))
