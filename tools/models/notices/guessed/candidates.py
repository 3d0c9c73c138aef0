"""Values of a page that may be fields: days, amounts, numbers, each with what stands around it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from tools.models.notices.amounts import Money
from tools.models.notices.dates import find_dates
from tools.models.notices.page import Page
from tools.models.notices.tables import NOISE, Span, cells_of

NUMBER = re.compile(
    r"(?<![a-z0-9_@./-])(?<![^\W\d_\u3040-\u9fff\uac00-\ud7af])(?=[a-zа-я0-9./_-]*\d)"
    r"[a-zа-я0-9](?:[a-zа-я0-9./_-]{0,40}[a-zа-я0-9])?(?![a-zа-я0-9_@])"
)
_SHORTEST = 3
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
    label: str = ""
    before: str = ""
    behind: str = ""
    place: str = "only"
    money: Money | None = None


def candidates(page: Page) -> list[Candidate]:
    """Return the values of a page in order of kind and place."""
    days = [(day.value, day.start, day.end) for day in find_dates(page.folded, page.dates) if day.value]
    sums = page.words.signs.find(page.text, page.folded)
    taken = [(start, end) for _, start, end in days] + [(money.start, money.end) for money in sums]
    numbers = [(page.text[start:end], start, end) for start, end in _numbers(page.folded, taken)]
    around = partial(_around, page, _lines(page.folded))
    order = sorted({value[:10] for value, _, _ in days})
    sizes = sorted({_size(money) for money in sums})
    return [
        *(around("day", *day, place=_place(order, day[0][:10])) for day in days),
        *(around("amount", "", m.start, m.end, place=_place(sizes, _size(m)), money=m) for m in sums),
        *(around("number", *number) for number in numbers),
    ]


def _numbers(folded: str, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for match in NUMBER.finditer(folded):
        start, end = match.span()
        if end - start >= _SHORTEST and not any(first < end and start < last for first, last in taken):
            yield start, end


def _size(money: Money) -> float:
    digits = re.sub(r"\D", "", money.number)
    return float(digits or 0)


def _place(order: Sequence[str | float], value: str | float) -> str:
    if len(order) == 1:
        return "only"
    return {0: "first", len(order) - 1: "last"}.get(order.index(value), "between")


def _around(
    page: Page,
    lines: list[Span],
    kind: str,
    value: str,
    start: int,
    end: int,
    place: str = "only",
    money: Money | None = None,
) -> Candidate:
    first, last = page.sentence(start, end)
    number = next(at for at, line in enumerate(lines) if line.start <= start < line.end or line.start > start)
    return Candidate(
        kind=kind,
        value=value,
        start=start,
        end=end,
        label=_label(page.folded, lines, number, start),
        before=page.folded[max(first, start - _BEFORE) : start],
        behind=page.folded[end : min(last, end + _BEHIND)],
        place=place,
        money=money,
    )


def _lines(folded: str) -> list[Span]:
    return [Span(*match.span()) for match in re.finditer(r"[^\n]+", folded) if match[0].strip()]


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
