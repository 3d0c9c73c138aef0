"""Words for dates, amounts, countries and lists, as a careful shop writes them in each language."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_decimal
from jinja2.exceptions import FilterArgumentError

from rejoinder.domain.money import Money, minor_digits

# en: day before month, which no reader takes for another date.
LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}
SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "US$"}
SYMBOLS_AFTER = {"EUR": "€", "GBP": "£"}
CHINESE_NAMES = {"EUR": "欧元", "GBP": "英镑", "USD": "美元", "CNY": "元人民币", "JPY": "日元"}


@cache
def locale_of(language: str) -> Locale:
    """Return the Babel locale of a language; an unknown one is written like English."""
    try:
        return Locale.parse(LOCALES.get(language, language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(LOCALES["en"])


def format_day(value: date, language: str) -> str:
    """Write a day with the month as a word: `4 March 2026`."""
    if not isinstance(value, date):
        raise FilterArgumentError(f"date needs a date, not {type(value).__name__}")
    text = format_date(value, "long", locale=locale_of(language))
    return text.replace("1", "1er", 1) if language == "fr" and value.day == 1 else text


def format_iso_day(value: str, language: str) -> str:
    """Write the day that an ISO 8601 text begins with."""
    try:
        return format_day(date.fromisoformat(value[:10]), language)
    except ValueError as exc:
        raise FilterArgumentError(f"iso_date needs a day such as 2026-03-04, not {value!r}") from exc


def format_instant(value: datetime, language: str) -> str:
    """Write an instant with its zone in words: `4 March 2026, 14:05 (China Standard Time)`; UTC as `UTC`."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise FilterArgumentError("datetime needs an instant with a time zone")
    zone = value.tzname() or ""
    if zone != "UTC":
        zone = get_timezone_name(value, width="long", locale=locale_of(language))
    if language == "zh":
        return f"{format_day(value, language)} {value:%H:%M}（{zone}）"
    return f"{format_day(value, language)}, {value:%H:%M} ({zone})"


def format_money(value: Money, language: str) -> str:
    """Write an amount so that its currency cannot be mistaken: `€89.90`, `US$89.90`, `89,90 €`, `CAD 89.90`."""
    number = _digits(value, language)
    if language == "zh":
        name = CHINESE_NAMES.get(value.currency)
        return f"{number} {name}" if name else f"{value.currency} {number}"
    if language == "en":
        symbol = SYMBOLS.get(value.currency)
        return f"{symbol}{number}" if symbol else f"{value.currency} {number}"
    return f"{number}\u00a0{SYMBOLS_AFTER.get(value.currency, value.currency)}"


def format_amount(value: Money, language: str) -> str:
    """Write an amount as banks do: `USD 89.90`."""
    return f"{value.currency} {_digits(value, language)}"


def _digits(value: Money, language: str) -> str:
    if not isinstance(value, Money):
        raise FilterArgumentError(f"an amount is needed, not {type(value).__name__}")
    places = minor_digits(value.currency)
    pattern = "#,##0" + (f".{'0' * places}" if places else "")
    return str(format_decimal(value.decimal, format=pattern, locale=locale_of(language)))


def format_number(value: int | Decimal, language: str) -> str:
    """Write a number with the language's marks."""
    return str(format_decimal(value, locale=locale_of(language)))


def country_name(code: str, language: str) -> str:
    """Name a country given as ISO 3166 alpha-2; a code that is none is returned as it is."""
    return str(locale_of(language).territories.get(code.upper(), code))


def join_words(words: Iterable[str], language: str) -> str:
    """Join words as a sentence lists them: `a, b and c`."""
    return format_list([str(word) for word in words], locale=locale_of(language))


def for_country(rates: Iterable[Any], code: str) -> list[Any]:
    """Return the shipping rates of one country."""
    return [rate for rate in rates if rate.country == code]


def by_country(rates: Iterable[Any]) -> dict[str, list[Any]]:
    """Return the shipping rates grouped by country, in the order given."""
    grouped: dict[str, list[Any]] = {}
    for rate in rates:
        grouped.setdefault(rate.country, []).append(rate)
    return grouped


def exhibit_label(exhibits: Iterable[Any], alias: str) -> str:
    """Return the label of the exhibit that shows this: `Exhibit 3`."""
    found = next((exhibit.label for exhibit in exhibits if exhibit.alias == alias), None)
    if found is None:
        raise FilterArgumentError(f"no exhibit shows {alias!r}: ask `exhibits | shows` first")
    return str(found)


def exhibit_labels(exhibits: Iterable[Any], aliases: Iterable[str]) -> str:
    """Return the labels of the exhibits that show any of these, in the order of the packet: `Exhibit 1, Exhibit 3`."""
    kinds = {alias.partition(":")[0] for alias in aliases}
    return ", ".join(str(exhibit.label) for exhibit in exhibits if exhibit.alias in kinds)


def shows(exhibits: Iterable[Any], alias: str) -> bool:
    """Tell whether an exhibit shows this."""
    return any(exhibit.alias == alias for exhibit in exhibits)


def unsupported(situation: str) -> str:
    """Refuse a situation that a template has no words for."""
    raise FilterArgumentError(f"no words for the situation {situation!r}")


def filters_of(language: str) -> Mapping[str, Callable[..., Any]]:
    """Return the filters of templates in a language."""
    return {
        "date": partial(format_day, language=language),
        "iso_date": partial(format_iso_day, language=language),
        "datetime": partial(format_instant, language=language),
        "money": partial(format_money, language=language),
        "amount": partial(format_amount, language=language),
        "number": partial(format_number, language=language),
        "country": partial(country_name, language=language),
        "join_words": partial(join_words, language=language),
        "for_country": for_country,
        "by_country": by_country,
        "exhibit": exhibit_label,
        "labels": exhibit_labels,
        "shows": shows,
        "unsupported": unsupported,
    }
