"""Dates, amounts, countries and lists as each language writes them."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from jinja2.exceptions import FilterArgumentError

from prompts import filters
from prompts.contexts import Exhibit, Promotion, ShippingRate, typed_policy
from rejoinder.domain.money import Money


@pytest.mark.parametrize(
    ("language", "minor", "currency", "text"),
    [
        ("en", 108990, "EUR", "€1,089.90"),
        ("en", 8990, "USD", "US$89.90"),
        ("en", 8990, "CAD", "CAD 89.90"),
        ("en", 8990, "JPY", "JPY 8,990"),
        ("en", 8990, "KWD", "KWD 8.990"),
        ("de", 108990, "EUR", "1.089,90\u00a0€"),
        ("de", 8990, "USD", "89,90\u00a0USD"),
        ("es", 8990, "USD", "89,90\u00a0USD"),
        ("fr", 108990, "EUR", "1\u202f089,90\u00a0€"),
        ("fr", 8990, "CAD", "89,90\u00a0CAD"),
        ("zh", 8990, "EUR", "89.90 欧元"),
        ("zh", 8990, "CNY", "89.90 元人民币"),
        ("zh", 8990, "SEK", "SEK 89.90"),
        ("xx", 8990, "EUR", "89.90\u00a0€"),
    ],
)
def test_the_currency_of_an_amount_cannot_be_mistaken(language: str, minor: int, currency: str, text: str) -> None:
    assert filters.format_money(Money(amount_minor=minor, currency=currency), language) == text


def test_a_letter_writes_amounts_as_banks_do() -> None:
    assert filters.format_amount(Money(amount_minor=108990, currency="USD"), "en") == "USD 1,089.90"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "4 March 2026"),
        ("de", "4. März 2026"),
        ("es", "4 de marzo de 2026"),
        ("fr", "4 mars 2026"),
        ("zh", "2026年3月4日"),
        ("xx", "4 March 2026"),
    ],
)
def test_a_day_has_its_month_as_a_word(language: str, text: str) -> None:
    assert filters.format_day(date(2026, 3, 4), language) == text


def test_french_counts_the_first_of_a_month() -> None:
    assert filters.format_day(date(2026, 3, 1), "fr") == "1er mars 2026"
    assert filters.format_day(date(2026, 3, 11), "fr") == "11 mars 2026"


def test_an_instant_names_its_zone() -> None:
    shanghai = datetime(2026, 3, 4, 14, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert filters.format_instant(shanghai, "en") == "4 March 2026, 14:05 (China Standard Time)"
    assert filters.format_instant(datetime(2026, 3, 4, 14, 5, tzinfo=UTC), "en") == "4 March 2026, 14:05 (UTC)"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(FilterArgumentError, match="time zone"):
        filters.format_instant(datetime(2026, 3, 4, 14, 5), "en")  # noqa: DTZ001


def test_an_instant_of_a_bare_offset_says_the_offset() -> None:
    at = datetime(2026, 3, 4, 14, 5, tzinfo=timezone(timedelta(hours=8)))
    assert filters.format_instant(at, "en") == "4 March 2026, 14:05 (GMT+08:00)"


def test_countries_are_named_in_the_language() -> None:
    assert [filters.country_name("us", lang) for lang in ("en", "zh", "es", "de", "fr")] == [
        "United States",
        "美国",
        "Estados Unidos",
        "Vereinigte Staaten",
        "États-Unis",
    ]
    assert filters.country_name("X9", "en") == "X9"


def test_words_are_joined_as_a_sentence_does() -> None:
    assert filters.join_words(["a", "b", "c"], "en") == "a, b and c"
    assert filters.join_words(["a", "b", "c"], "zh") == "a、b和c"
    assert filters.join_words(["a"], "de") == "a"


def test_numbers_carry_the_marks_of_the_language() -> None:
    assert filters.format_number(12345, "de") == "12.345"


def test_an_exhibit_is_named_by_its_label() -> None:
    exhibits = [Exhibit("Exhibit 1", "Order record", "order")]
    assert filters.exhibit_label(exhibits, "order") == "Exhibit 1"
    with pytest.raises(FilterArgumentError, match="no exhibit shows 'shipment'"):
        filters.exhibit_label(exhibits, "shipment")


def test_facts_of_a_document_become_typed_once() -> None:
    raw = {
        "return_days": 30,
        "rates": [{"country": "FR", "method": "Standard", "price": "5.90 EUR", "days_min": 5, "days_max": 9}],
        "promotions": [{"code": "A", "percent": 10, "minimum": "60.00 EUR", "ends_on": "2026-11-30"}, "Free gift"],
    }
    typed = typed_policy(raw)
    assert typed["return_days"] == 30
    assert typed["rates"] == (ShippingRate("FR", "Standard", Money(amount_minor=590, currency="EUR"), 5, 9),)
    minimum = Money(amount_minor=6000, currency="EUR")
    assert typed["promotions"] == (Promotion("A", 10, None, minimum, date(2026, 11, 30)), "Free gift")
    assert typed_policy(typed) == typed
