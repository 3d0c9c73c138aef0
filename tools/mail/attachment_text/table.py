"""Rows of cells written so that the reader of notices understands them."""

import re
from collections.abc import Iterable, Iterator, Sequence

EMPTY = "-"
_SPACE = re.compile(r"\s+")
_LABEL_AND_VALUE = 2


def table_lines(rows: Iterable[Sequence[str]], most_cells: int) -> Iterator[str]:
    """Yield a line a row: `label: value` where no row has more than two cells, else cells between tabs.

    An empty cell inside a row is written as `-`, so that every row keeps its columns.
    """
    kept: list[list[str]] = []
    for row in rows:
        cells = [_SPACE.sub(" ", cell).strip() for cell in row]
        cells = cells[: _width(cells)]
        most_cells -= max(1, len(cells))
        if most_cells < 0:
            break
        kept.append(cells)
    width = max(map(len, kept), default=0)
    for row in kept:
        if line := _line(row, width):
            yield line


def _width(row: Sequence[str]) -> int:
    """Return how many cells there are up to the last that is not empty."""
    return max((number for number, cell in enumerate(row, start=1) if cell), default=0)


def _line(row: Sequence[str], width: int) -> str:
    filled = [cell for cell in row if cell]
    if len(filled) <= 1:
        return "".join(filled)
    if width <= _LABEL_AND_VALUE:
        return f"{row[0].rstrip(':：')}: {row[1]}"
    return "\t".join(cell or EMPTY for cell in (*row, *[""] * width)[:width])
