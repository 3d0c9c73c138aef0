"""Tables in plain text: cells between tabs, strokes, wide gaps, semicolons or commas, under a row of labels."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tools.models.notices.words import Meaning

NOISE = " \t*-•·●▪■◆►▶>#|_—–.。"
_CELLS = re.compile(r"\t+|\s*[|｜]\s*|\s*│\s*")
_WIDE_GAP = re.compile(r"[ \u3000]{2,}")
_MARKS = (re.compile(r"\s*;\s*"), re.compile(r"\s*,\s*"))
_MOST_FOREIGN_LINES = 2


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


def cells_of(folded: str, line: Span, cut: re.Pattern[str] = _CELLS) -> list[Span]:
    """Return the cells of a line that are not empty."""
    cells, start = [], line.start
    for match in cut.finditer(folded, line.start, line.end):
        cells.append(trim(folded, start, match.start()))
        start = match.end()
    cells.append(trim(folded, start, line.end))
    return [cell for cell in cells if cell.end > cell.start]


def read_table(folded: str, lines: Sequence[Span], index: int, meaning_of: Callable[[str], Meaning | None]) -> Table:
    """Read a row of labels and the rows below it."""
    for cut in (_CELLS, _WIDE_GAP, *_MARKS):
        head = cells_of(folded, lines[index], cut)
        meanings = [meaning_of(folded[slice(*cell)].strip(NOISE + ":")) for cell in head] if len(head) >= 3 else []
        strange = [cell for cell, meaning in zip(head, meanings, strict=False) if meaning is None]
        values = any(letter.isdigit() for cell in strange for letter in folded[slice(*cell)])
        if meanings and not values and len(head) - len(strange) >= max(2, (len(head) + 1) // 2):
            return _rows(folded, lines[index + 1 :], list(zip(head, meanings, strict=True)), cut)
    return Table([], 0)


def _rows(folded: str, lines: Sequence[Span], head: list[tuple[Span, Meaning | None]], cut: re.Pattern[str]) -> Table:
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
        for cell, title, meaning in placed:
            if meaning:
                hint = folded[slice(*title)]
                found.append(Labelled(meaning.field, meaning.language, *cell, title.start, hint))
    return Table(found, used + 1 if used else 0)


def _placed(
    folded: str, line: Span, head: list[tuple[Span, Meaning | None]], cut: re.Pattern[str]
) -> Iterator[tuple[Span, Span, Meaning | None]]:
    """Yield the cells of a row with their titles; nothing when the row does not fit the head."""
    cells = cells_of(folded, line, cut)
    if len(cells) == len(head):
        for cell, (title, meaning) in zip(cells, head, strict=True):
            yield _without_title(folded, cell, title), title, meaning
    elif cut is _WIDE_GAP and 3 <= len(cells) < len(head):
        yield from _by_column(folded, line, cells, head)


def _without_title(folded: str, cell: Span, title: Span) -> Span:
    """Return the cell behind its own title, where a row repeats it: `case: 1 | amount: 2`."""
    printed = folded[slice(*title)].strip(NOISE + ":")
    if not folded.startswith(printed, cell.start) or folded[cell.start + len(printed) :].lstrip()[:1] != ":":
        return cell
    return trim(folded, cell.start + len(printed), cell.end)


def _by_column(
    folded: str, line: Span, cells: Sequence[Span], head: list[tuple[Span, Meaning | None]]
) -> Iterator[tuple[Span, Span, Meaning | None]]:
    """Yield the cells of a row with gaps, each under the title above it; nothing when one is under none or two."""
    first = folded.rfind("\n", 0, head[0][0].start) + 1
    above = []
    for cell in cells:
        left, right = cell.start - line.start, cell.end - line.start
        over = [item for item in head if item[0].start - first < right and left < item[0].end - first]
        if len(over) != 1:
            return
        above.append(over[0])
    if len({title for title, _ in above}) == len(above):
        for cell, (title, meaning) in zip(cells, above, strict=True):
            yield cell, title, meaning
