"""Working days of a country, and instants that belong to a day in a zone."""

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache

import holidays

OFFICE_CLOSES = time(17)
DAY_ENDS = time(23, 59, 59)
FIRST_ZONE = timezone(timedelta(hours=14), "UTC+14")
"""Where each day on earth ends first; a date whose zone is unknown is read here, so that it is never read too late."""

_WEEKEND = frozenset({5, 6})
_YEARS = range(1990, 2100)


def is_working_day(day: date, country: str) -> bool:
    """Tell whether offices are open, with the country's weekend, holidays and make-up workdays.

    Saturday and Sunday are the weekend of a country whose calendar is not known.
    """
    calendar = _calendar(country, day.year)
    return day.weekday() not in _WEEKEND if calendar is None else calendar.is_working_day(day)


def has_calendar(country: str) -> bool:
    """Tell whether the country's holidays are known."""
    return _calendar(country, 2026) is not None


def add_working_days(day: date, count: int, country: str) -> date:
    """Return the day that comes `count` working days after this one, which itself is not counted."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, country)
    return day


def last_close(until: datetime, zone: tzinfo, country: str) -> datetime:
    """Return the last time that an office in this zone closes a working day, at or before an instant, in UTC."""
    day = until.astimezone(zone).date()
    while not is_working_day(day, country) or earliest(day, OFFICE_CLOSES, zone) > until:
        day -= timedelta(days=1)
    return earliest(day, OFFICE_CLOSES, zone)


def earliest(day: date, clock: time, zone: tzinfo) -> datetime:
    """Return the instant in UTC at which clocks in this zone show a time; the first of two where clocks are changed."""
    return min(datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1))


@cache
def _calendar(country: str, year: int) -> holidays.HolidayBase | None:
    """Return one year of a country's holidays; None when the country is not known."""
    if not country or year not in _YEARS:
        return None
    try:
        return holidays.country_holidays(country.upper(), years=year, expand=False)
    except NotImplementedError:
        return None
