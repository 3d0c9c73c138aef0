"""How dates and amounts are written in a packet: as in the letter, so that nobody takes one for another."""

from datetime import date, datetime

from rejoinder.domain.money import Money, minor_digits

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def long_day(day: date) -> str:
    """Write a day: `4 March 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def instant(moment: datetime) -> str:
    """Write an instant with its zone: `4 March 2026, 14:05 UTC`."""
    return f"{long_day(moment)}, {moment:%H:%M %Z}".rstrip()


def amount(money: Money) -> str:
    """Write an amount as banks do: `USD 1,289.90`."""
    return f"{money.currency} {money.decimal:,.{minor_digits(money.currency)}f}"
