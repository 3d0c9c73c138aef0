"""Whether the words a model quotes from a notice really say the value it reads from them."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime

from tools.models.notices.amounts import iso_codes, minor_units
from tools.models.notices.dates import DateRules, find_dates
from tools.models.notices.texts import fold

_NUMBER = re.compile(r"\d[\d.,' ]*\d|\d")
_SLUG = re.compile(r"[a-z][a-z0-9_]{1,39}")
_CURRENCY_LETTERS = "元円원"


def value_in(name: str, value: str, quote: str, currency: str) -> str:
    """Return the value of a field as far as the quoted words bear it out, or an empty string."""
    read = _READ.get(name)
    if read is not None:
        return read(value, quote)
    if name == "amount_minor":
        return _amount(value, quote, currency)
    return value if _squeezed(value) in _squeezed(quote) else ""


def _amount(value: str, quote: str, currency: str) -> str:
    if not re.fullmatch(r"[0-9]{1,12}", value):
        return ""
    known = currency if currency in iso_codes() else "USD"
    stated = {minor_units(number, (known,)) for number in _NUMBER.findall(quote)}
    return value if int(value) in stated else ""


def _day(value: str, quote: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return ""
    folded = fold(quote)
    days = [found.value for found in find_dates(folded, DateRules())]
    numbers = {int(number) for number in re.findall(r"\d{1,4}", folded)}
    either = "" in days and {moment.day, moment.month} <= numbers and {moment.year, moment.year % 100} & numbers
    if not either and value[:10] not in {day[:10] for day in days}:
        return ""
    return value if moment.strftime("%H:%M") in quote else value[:10]


def _currency(value: str, quote: str) -> str:
    signs = any(unicodedata.category(char) == "Sc" or char in _CURRENCY_LETTERS for char in quote)
    return value if value in iso_codes() and (value in quote.upper() or signs) else ""


def _last4(value: str, quote: str) -> str:
    return value if re.fullmatch(r"[0-9]{4}", value) and value in quote else ""


def _slug(value: str, quote: str) -> str:
    return value if _SLUG.fullmatch(value) else ""


def _squeezed(text: str) -> str:
    return " ".join(text.casefold().split()).removeprefix("#")


_READ: Mapping[str, Callable[[str, str], str]] = {
    "respond_by": _day,
    "transaction_date": _day,
    "currency": _currency,
    "card_last4": _last4,
    "network": _slug,
    "category": _slug,
}
