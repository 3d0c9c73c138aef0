"""Values of a page that may be fields: days, amounts, numbers, each with what stands around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tools.models.notices.amounts import Money
from tools.models.notices.dates import find_dates
from tools.models.notices.page import Page
from tools.models.notices.references import NUMBER
from tools.models.notices.tables import NOISE, Span, cells_of, lines_of

_BEFORE, _BEHIND = 70, 45
_LONGEST_LABEL = 60
_COLON = re.compile(r"[:：=]")
_WORD = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Candidate:
    """A value and where it stands.

    `kind`: day, amount or number. `value`: as a field holds it, empty for an amount, which is in `money`. `label`: the
    words of its line, cell or column title that may name it. `before` and `behind`: its sentence around it. `place`
    among the values of its kind: only, first, last or between, by day or size.
    """

    kind: str
    value: str
    start: int
    end: int
    place: str
    money: Money | None
    label: str
    before: str
    behind: str


class _Value(NamedTuple):
    kind: str
    value: str
    start: int
    end: int
    place: str = "only"
    money: Money | None = None


def candidates(page: Page) -> list[Candidate]:
    """Return the values of a page in order of kind and place."""
    lines = lines_of(page.folded)
    return [_with_surroundings(page, lines, one) for one in _values(page)]


def _values(page: Page) -> list[_Value]:
    days = [day for day in find_dates(page.folded, page.dates) if day.value]
    sums = page.words.signs.find(page.text, page.folded)
    order = sorted({day.value[:10] for day in days})
    sizes = sorted({_size(money) for money in sums})
    found = [_Value("day", day.value, day.start, day.end, _place(order, day.value[:10])) for day in days]
    found += [_Value("amount", "", money.start, money.end, _place(sizes, _size(money)), money) for money in sums]
    spans = [match.span() for match in NUMBER.finditer(page.folded)]
    free = [span for span in spans if not any(one.start < span[1] and span[0] < one.end for one in found)]
    return found + [_Value("number", page.text[slice(*span)], *span) for span in free]


def _size(money: Money) -> float:
    digits = re.sub(r"\D", "", money.number)
    return float(digits or 0)


def _place(order: Sequence[str | float], value: str | float) -> str:
    if len(order) == 1:
        return "only"
    return {0: "first", len(order) - 1: "last"}.get(order.index(value), "between")


def _with_surroundings(page: Page, lines: list[Span], one: _Value) -> Candidate:
    first, last = page.sentence(one.start, one.end)
    line = next(at for at, line in enumerate(lines) if one.start < line.end)
    return Candidate(
        **one._asdict(),
        label=_label(page.folded, lines, line, one.start),
        before=page.folded[max(first, one.start - _BEFORE) : one.start],
        behind=page.folded[one.end : min(last, one.end + _BEHIND)],
    )


def _label(folded: str, lines: list[Span], at: int, start: int) -> str:
    """Return the words that may be a value's label: before a colon, in the cell before, above the column, above."""
    line = lines[at]
    cells = cells_of(folded, line)
    own = next((number for number, cell in enumerate(cells) if cell.start <= start < cell.end), 0)
    cell = cells[own] if cells else line
    head = _COLON.split(folded[cell.start : start])
    if len(head) > 1:
        return _short(head[-2])
    if len(cells) > 1:
        title = _title(folded, lines, at, own, len(cells))
        return title or (_short(folded[slice(*cells[own - 1])]) if own else "")
    if not _WORD.search(folded[line.start : start]) and at:
        return _short(folded[slice(*lines[at - 1])])
    return ""


def _title(folded: str, lines: list[Span], at: int, own: int, width: int) -> str:
    """Return the title above a cell: the nearest line above with as many cells and no digits in them."""
    for line in reversed(lines[:at]):
        cells = cells_of(folded, line)
        if len(cells) != width:
            return ""
        if not any(letter.isdigit() for letter in folded[slice(*line)]):
            return _short(folded[slice(*cells[own])])
    return ""


def _short(words: str) -> str:
    """Return words that may be a label without marks; of more than a label has, the last."""
    return words.strip(NOISE + ":")[-_LONGEST_LABEL:]
