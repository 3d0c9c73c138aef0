"""Tables in plain text: cells between tabs, strokes, wide gaps, semicolons or commas, under a row of labels."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from tools.models.notices.columns import Columns
from tools.models.notices.words import Meaning

NOISE = " \t*-•·●▪■◆►▶>#|_—–.。"
_CELLS = re.compile(r"\t+|[|｜│]")
_WIDE_GAP = re.compile(r"[ \u3000]{2,}")
_MARKS = (re.compile(";"), re.compile(","))
_MOST_FOREIGN_LINES = 2
_FEWEST_COLUMNS = 3
# Digits that no title has; `last 4` is one.
_VALUE = re.compile(r"\d\d|^\W*\d+\W*$")
_FEWEST_ROWS = 2
_ROWS_LOOKED_AT = 30


@dataclass(frozen=True)
class Labelled:
    """One value under its label; the span is that of the value. `hint` is the label as printed, folded."""

    field: str
    language: str
    start: int
    end: int
    label_start: int
    hint: str = ""


class Span(NamedTuple):
    """A stretch of the text."""

    start: int
    end: int


class Table(NamedTuple):
    """What stood under a row of labels, and how many lines it took; none: there was no table."""

    cells: list[Labelled]
    lines: int


def trim(folded: str, start: int, end: int) -> Span:
    """Return the span without blanks and marks at its ends."""
    while start < end and folded[start] in " \t*:_|=>":
        start += 1
    while end > start and folded[end - 1] in " \t*;,|_。":
        end -= 1
    return Span(start, end)


def lines_of(folded: str) -> list[Span]:
    """Return the lines of a text that are not empty."""
    return [Span(*match.span()) for match in re.finditer(r"[^\n]+", folded) if match[0].strip()]


def cells_of(folded: str, line: Span, cut: re.Pattern[str] = _CELLS) -> list[Span]:
    """Return the cells of a line that are not empty."""
    cells, start = [], line.start
    for match in cut.finditer(folded, line.start, line.end):
        cells.append(trim(folded, start, match.start()))
        start = match.end()
    cells.append(trim(folded, start, line.end))
    return [cell for cell in cells if cell.end > cell.start]


class _Column(NamedTuple):
    """A title: where it stands from the left, its words, what they mean; `start` is where they begin in the text."""

    left: int
    right: int
    start: int
    title: str
    meaning: Meaning | None


def read_table(
    folded: str,
    lines: Sequence[Span],
    index: int,
    meaning_of: Callable[[str], Meaning | None],
    columns: Columns | None = None,
) -> Table:
    """Read a row of labels and the rows below it; titles may go over two lines where wide gaps part the columns."""
    wrapped = _wrapped(folded, lines[index : index + 2], meaning_of)
    wrapped = _told(folded, lines[index + 2 :], wrapped, _WIDE_GAP, columns)
    for cut in (_CELLS, _WIDE_GAP, *_MARKS):
        head = _titles(folded, lines[index], cut, meaning_of)
        head = _told(folded, lines[index + 1 :], head, cut, columns)
        if _is_head(head) and _known(head) >= _known(wrapped):
            return _rows(folded, lines[index + 1 :], head, cut, 1)
    return _rows(folded, lines[index + 2 :], wrapped, _WIDE_GAP, 2) if _is_head(wrapped) else Table([], 0)


def _told(
    folded: str, lines: Sequence[Span], head: list[_Column], cut: re.Pattern[str], columns: Columns | None
) -> list[_Column]:
    """Return the titles with what their values tell of those that are not known."""
    known = _known(head)
    if columns is None or not known or known == len(head) or any(_VALUE.search(column.title) for column in head):
        return head
    rows = [list(_placed(folded, line, head, cut)) for line in lines[:_ROWS_LOOKED_AT]]
    rows = list(takewhile(bool, rows))
    if len(rows) < _FEWEST_ROWS:
        return head
    values = [
        [folded[slice(*cell)] for row in rows for cell, above in row if above.start == column.start] for column in head
    ]
    told = columns.told([column.title for column in head], [column.meaning for column in head], values)
    return [column._replace(meaning=meaning) for column, meaning in zip(head, told, strict=True)]


def _known(head: Sequence[_Column]) -> int:
    return sum(column.meaning is not None for column in head)


def _titles(
    folded: str, line: Span, cut: re.Pattern[str], meaning_of: Callable[[str], Meaning | None]
) -> list[_Column]:
    cells = cells_of(folded, line, cut)
    if len(cells) < (2 if cut is _CELLS else _FEWEST_COLUMNS):
        return []
    return [
        _Column(
            cell.start - line.start,
            cell.end - line.start,
            cell.start,
            folded[slice(*cell)],
            meaning_of(folded[slice(*cell)].strip(NOISE + ":")),
        )
        for cell in cells
    ]


def _wrapped(folded: str, lines: Sequence[Span], meaning_of: Callable[[str], Meaning | None]) -> list[_Column]:
    """Return the titles of two lines, each word of the second under the title that it goes on with."""
    if len(lines) < 2 or folded[lines[0].end : lines[1].start].count("\n") != 1:
        return []
    head = _titles(folded, lines[0], _WIDE_GAP, lambda _: None)
    for cell in cells_of(folded, lines[1], _WIDE_GAP):
        left, right = cell.start - lines[1].start, cell.end - lines[1].start
        over = [number for number, column in enumerate(head) if column.left < right and left < column.right]
        if len(over) != 1:
            return []
        column = head[over[0]]
        title = f"{column.title} {folded[slice(*cell)]}"
        head[over[0]] = column._replace(title=title, right=max(column.right, right))
    return [column._replace(meaning=meaning_of(column.title.strip(NOISE + ":"))) for column in head]


def _is_head(head: Sequence[_Column]) -> bool:
    """Return whether titles are labels: half of them are known, and no other holds a digit."""
    strange = [column.title for column in head if column.meaning is None]
    values = any(letter.isdigit() for title in strange for letter in title)
    return bool(head) and not values and _known(head) >= max(2, (len(head) + 1) // 2)


def _rows(folded: str, lines: Sequence[Span], head: Sequence[_Column], cut: re.Pattern[str], head_lines: int) -> Table:
    found: list[Labelled] = []
    used, foreign = 0, 0
    for number, line in enumerate(lines, start=1):
        if not folded[slice(*line)].strip(" |-+=:\t"):
            continue
        placed = list(_placed(folded, line, head, cut))
        foreign = 0 if placed else foreign + 1
        if not placed and (cut is not _WIDE_GAP or foreign > _MOST_FOREIGN_LINES):
            break
        used = number if placed else used
        for cell, column in placed:
            if meaning := column.meaning:
                found.append(Labelled(meaning.field, meaning.language, *cell, column.start, column.title))
    return Table(found, used + head_lines if used else 0)


def _placed(folded: str, line: Span, head: Sequence[_Column], cut: re.Pattern[str]) -> Iterator[tuple[Span, _Column]]:
    """Yield the cells of a row with their titles; nothing when the row does not fit the head."""
    cells = cells_of(folded, line, cut)
    if len(cells) == len(head):
        for cell, column in zip(cells, head, strict=True):
            yield _without_title(folded, cell, column.title), column
    elif cut is _WIDE_GAP and _FEWEST_COLUMNS <= len(cells) < len(head):
        yield from _by_column(line, cells, head)


def _without_title(folded: str, cell: Span, title: str) -> Span:
    """Return the cell behind its own title, where a row repeats it: `case: 1 | amount: 2`."""
    printed = title.strip(NOISE + ":")
    if not folded.startswith(printed, cell.start) or folded[cell.start + len(printed) :].lstrip()[:1] != ":":
        return cell
    return trim(folded, cell.start + len(printed), cell.end)


def _by_column(line: Span, cells: Sequence[Span], head: Sequence[_Column]) -> Iterator[tuple[Span, _Column]]:
    """Yield the cells of a row with gaps, each under the title above it; nothing when one is under none or two."""
    above = []
    for cell in cells:
        left, right = cell.start - line.start, cell.end - line.start
        over = [column for column in head if column.left < right and left < column.right]
        if len(over) != 1:
            return
        above.append(over[0])
    if len({column.start for column in above}) == len(above):
        yield from zip(cells, above, strict=True)
