"""Where each exhibit stands in a finished packet, read from its bookmarks."""

from io import BytesIO
from itertools import pairwise
from typing import NamedTuple

from pypdf import PdfReader
from pypdf.generic import Destination

_TOP_MARGIN = 90.0


class PageRange(NamedTuple):
    """First and last page, from 1."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many pages."""
        return self.last - self.first + 1


class Pages(NamedTuple):
    """All pages: how many, those of the letter (with its index), and those of each exhibit in order."""

    total: int
    letter: PageRange
    exhibits: tuple[PageRange, ...]


class _Start(NamedTuple):
    page: int
    is_at_top: bool


def read_pages(pdf: bytes) -> Pages:
    """Read where the letter and the exhibits of a packet of ours begin and end."""
    reader = PdfReader(BytesIO(pdf))
    count = len(reader.pages)
    marks = [mark for mark in reader.outline if isinstance(mark, Destination)]
    starts = [_start(reader, mark) for mark in marks] + [_Start(count + 1, is_at_top=True)]
    ranges = [
        PageRange(start.page, max(start.page, after.page - (1 if after.is_at_top else 0)))
        for start, after in pairwise(starts)
    ]
    return Pages(count, ranges[0], tuple(ranges[1:]))


def _start(reader: PdfReader, mark: Destination) -> _Start:
    number = reader.get_destination_page_number(mark) or 0
    height = float(reader.pages[number].mediabox.height)
    top = float(mark.top) if mark.top is not None else height
    return _Start(number + 1, height - top < _TOP_MARGIN)
