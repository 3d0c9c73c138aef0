"""Whether a label of a notice can be read off its text: what a person would look for, in every notation."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from html import unescape

from babel.dates import get_month_names

from evals.rows import LANGUAGES, CustomerRow, NoticeRow

REIWA_FIRST_YEAR = 2019
HAN_NUMBERS = "〇一二三四五六七八九"
SHORT_YEAR = 100
GROUPING = (r"\.", r"[.,'’٬٫]", r"[.,'’٬٫ \u00a0\u202f]")


def said_in(row: CustomerRow | NoticeRow) -> str:
    """Return everything a mail says, files included, with digits of every script as ASCII."""
    mail = row.mail
    files = [
        "\n".join([file.text, *("\t".join(_cell(cell) for cell in line) for line in file.rows)])
        for file in mail.attachments
    ]
    text = "\n".join([mail.subject, mail.body, unescape(re.sub("<[^>]+>", " ", mail.html)), mail.html, *files])
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)


def _cell(cell: object) -> str:
    return str(cell["date"]) if isinstance(cell, dict) else str(cell)


def amount_stands_in(minor: str, text: str) -> bool:
    """Tell whether the digits of an amount stand together, whatever separates them; cents may be left unsaid."""
    spoken = {minor, minor.removesuffix("0"), minor.removesuffix("00")}
    said = [re.sub(rf"(?<=\d){marks}(?=\d)", "", text) for marks in GROUPING]
    return any(re.search(rf"(?<!\d){digits}(?!\d)", bare) for digits in spoken for bare in said)


def date_stands_in(iso: str, text: str) -> bool:
    """Tell whether a day is written somewhere, in any notation of the twelve languages; the year may be left out."""
    day = date.fromisoformat(iso[:10])
    return any(re.search(shape, text, re.IGNORECASE) for shape in _shapes(day))


def date_follows_from(iso: str, text: str) -> bool:
    """Tell whether a day is a printed day and a printed number of days after it."""
    day = date.fromisoformat(iso[:10])
    spans = {int(number) for number in re.findall(r"(?<!\d)\d{1,2}(?!\d)", text)}
    return any(date_stands_in((day - timedelta(days=span)).isoformat(), text) for span in spans if span)


def _shapes(day: date) -> Iterator[str]:
    d, m, y = f"0?{day.day}", f"0?{day.month}", f"(?:{day.year}|{day.year % SHORT_YEAR})"
    sep = r"\s?[./-]\s?"
    yield from (rf"\b{d}{sep}{m}{sep}{y}\b", rf"\b{m}{sep}{d}{sep}{y}\b", rf"\b{y}{sep}{m}{sep}{d}(?!\d)")
    yield rf"(?<!\d){m}\s?[月월]\s?{d}\s?[日일号號]"
    yield f"{_han(day.month)}月{_han(day.day)}日"
    for name in _months(day.month):
        yield rf"(?<!\d){d}(?:\.|º|er|-|-?го|\s|,|de|\u060c)*\s?{re.escape(name)}"
        yield rf"{re.escape(name)}\.?\s{d}(?!\d)"


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    return f"{HAN_NUMBERS[tens] if tens > 1 else ''}{'十' if tens else ''}{HAN_NUMBERS[ones] if ones else ''}"


@cache
def _months(number: int) -> frozenset[str]:
    found = {
        get_month_names(width, context, language)[number].rstrip(".")
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
    }
    return frozenset(name for name in found if not name[0].isdigit())
