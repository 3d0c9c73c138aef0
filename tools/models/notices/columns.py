"""What the columns of a table of cases hold, told by their values where their titles are not known.

A column is told only where one reading of it is left: a date to come may be the day of the answer, the one amount is
the disputed one, a number that each row has for itself names the case.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from tools.models.notices.amounts import iso_codes
from tools.models.notices.dates import DateRules, find_dates
from tools.models.notices.words import Meaning, Words

_NUMBER = re.compile(r"(?=(?:[^\s\d]*\d){3}|[^\d]{2,}\d)(?=\S{4,})#?[a-zа-я0-9][a-zа-я0-9/_-]*")
_MONEY = re.compile(r"\d{1,3}(?:[ .,']\d{3})*[.,]\d\d|\d+[.,]\d\d|\d{1,3}(?:[ .,']\d{3})+")
_LAST_DIGITS = re.compile(r"(?:\D*[*x•.]{2,}[\s-]*)?\d{4}")
_MASKED = re.compile(r".*[*x•]{2,}[\s-]*\d{4}")
_CODE = re.compile(r"\d\d\.\d{1,2}(?:\.\d)?|4[5-9]\d\d|[acfpr]\d{2}|[a-z]{2}\d{1,2}|[acru]a?\d{1,2}")
_AMOUNTS = frozenset({"amount", "plain_amount", "sale_amount"})
_FARTHEST = 60
_MOST_OF_A_DATE = 24


@dataclass(frozen=True)
class Columns:
    """Tells the columns of the tables of one text; `said` are its words with those of its subject, folded."""

    words: Words
    said: str
    rules: DateRules

    @cached_property
    def of_cases(self) -> bool:
        """Whether the text speaks of disputes at all."""
        return "case" in self.words.asides.tags(self.said)

    def told(
        self, titles: Sequence[str], meanings: Sequence[Meaning | None], values: Sequence[Sequence[str]]
    ) -> list[Meaning | None]:
        """Return what the columns mean: those of known titles as they were, the others where only one is like that."""
        told = list(meanings)
        if not self.of_cases:
            return told
        for field, looks in _LOOKS.items():
            known = {meaning.field for meaning in told if meaning}
            if known & _INSTEAD.get(field, {field}):
                continue
            like = [
                at
                for at, column in enumerate(values)
                if told[at] is None and len(column) > 1 and looks(self, titles[at], column)
            ]
            if len(like) == 1 or (like and field == "dispute_reference" and like[0] == min(_numbered(values))):
                told[like[0]] = Meaning(field, True, "")
        return told

    def is_network(self, cell: str) -> bool:
        """Return whether a cell is the name of a network."""
        return any(cell == name for name, _, _ in self.words.networks)

    def day(self, cell: str) -> date | None:
        """Return the one day that a cell holds."""
        found = find_dates(cell, self.rules)
        if len(found) != 1 or not found[0].value or sum(letter.isalnum() for letter in cell) > _MOST_OF_A_DATE:
            return None
        return date.fromisoformat(found[0].value[:10])

    def title_is(self, title: str, *tags: str) -> bool:
        """Return whether a title has words of one of these roles."""
        return bool({*tags} & (self.words.roles.tags(title) | self.words.asides.tags(title)))


def _currency(columns: Columns, title: str, cells: Sequence[str]) -> bool:
    return all(cell.upper() in iso_codes() for cell in cells)


def _network(columns: Columns, title: str, cells: Sequence[str]) -> bool:
    return all(columns.is_network(cell) for cell in cells)


def _card(columns: Columns, title: str, cells: Sequence[str]) -> bool:
    if all(_MASKED.fullmatch(cell) for cell in cells):
        return True
    named = "4" in title or columns.title_is(title, "ending")
    bare = [cell.rpartition(" ")[2] if columns.is_network(cell.rpartition(" ")[0]) else cell for cell in cells]
    sure = named or bare != list(cells)
    return sure and all(_LAST_DIGITS.fullmatch(cell) for cell in bare)


def _code(columns: Columns, title: str, cells: Sequence[str]) -> bool:
    return all(_CODE.fullmatch(cell) for cell in cells)


def _due(columns: Columns, title: str, cells: Sequence[str]) -> bool:
    sent = columns.rules.sent
    days = [columns.day(cell) for cell in cells]
    if sent is None or any(columns.title_is(text, "not_due") for text in (title, *cells)):
        return False
    return all(day is not None and 0 <= (day - sent).days <= _FARTHEST for day in days)


def _paid(columns: Columns, title: str, cells: Sequence[str]) -> bool:
    sent = columns.rules.sent
    days = [columns.day(cell) for cell in cells]
    named = columns.title_is(title, "payment") or all(columns.title_is(cell, "payment") for cell in cells)
    return named and all(day and sent and day <= sent for day in days)


def _amount(columns: Columns, title: str, cells: Sequence[str]) -> bool:
    signs = columns.words.signs
    if columns.title_is(title, "fee"):
        return False
    return all(_MONEY.fullmatch(cell) or len(signs.find(cell, cell)) == 1 for cell in cells)


def _reason(columns: Columns, title: str, cells: Sequence[str]) -> bool:
    return all(columns.words.categories.find(cell) for cell in cells)


def _own_number(columns: Columns, title: str, cells: Sequence[str]) -> bool:
    other = columns.title_is(title, "payment", "thing_payment_reference", "thing_order_reference")
    return not other and _is_number(cells)


def _is_number(cells: Sequence[str]) -> bool:
    """Return whether each row has a number of its own here, and none of them is money or a day."""
    return (
        len(set(cells)) == len(cells)
        and all(_NUMBER.fullmatch(cell) for cell in cells)
        and not all(_CODE.fullmatch(cell) or find_dates(cell, DateRules()) for cell in cells)
    )


def _numbered(values: Sequence[Sequence[str]]) -> list[int]:
    """Return the columns that hold a number in each row."""
    return [at for at, column in enumerate(values) if len(column) > 1 and _is_number(column)] or [-1]


# The fields in the order in which they are told: what is surer leaves less to choose from for the rest.
_LOOKS: Mapping[str, Callable[[Columns, str, Sequence[str]], bool]] = {
    "currency": _currency,
    "network": _network,
    "card": _card,
    "reason_code": _code,
    "respond_by": _due,
    "transaction_date": _paid,
    "plain_amount": _amount,
    "reason": _reason,
    "dispute_reference": _own_number,
}
_INSTEAD = {
    "plain_amount": _AMOUNTS,
    "reason": frozenset({"reason", "reason_text"}),
    "reason_code": frozenset({"reason_code", "reason"}),
    "dispute_reference": frozenset({"dispute_reference", "arn", "reference", "psp_reference"}),
}
