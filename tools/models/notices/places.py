"""Finds the stretch of a notice in which a learned value stands, and the words around a value that is known."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from rejoinder.domain.learned import LearnedField
from tools.models.notices.texts import is_wide, label_key

_CELL = re.compile(r"\t+|\s*[|｜│]\s*")
_MOST_WORDS = 6
_LONGEST_WIDE = 12
_LONGEST_LABEL = 70
_FARTHEST = 200
_BETWEEN = r"[\W_]+"


class Stretch(NamedTuple):
    """A part of the text."""

    start: int
    end: int


def stretches(folded: str, place: LearnedField) -> Iterator[Stretch]:
    """Yield where a learned value may stand in a folded text."""
    if place.layout == "line":
        yield from _on_line(folded, place)
    elif place.layout == "below":
        yield from _below(folded, place)
    else:
        yield from _in_column(folded, place)


def places_of(folded: str, start: int, end: int, taken: list[Stretch]) -> Iterator[LearnedField]:
    """Yield descriptions of the place of a value, the most telling first; `taken` are the other values."""
    line = line_at(folded, start)
    begin = max([line.start, *(one.end for one in taken if line.start <= one.end <= start)])
    if words := _last_words(_last_cell(folded[begin:start])):
        yield LearnedField(before=words, after=_first_words(folded[end : line.end]))
    if heading := _heading(folded, line, start):
        yield LearnedField(before=heading, layout="column")
    above = _line_above(folded, line)
    if above and not label_key(folded[line.start : start]) and _is_label(words := label_key(folded[slice(*above)])):
        yield LearnedField(before=words, layout="below")


def line_at(folded: str, at: int) -> Stretch:
    """Return the line around a place."""
    end = folded.find("\n", at)
    return Stretch(folded.rfind("\n", 0, at) + 1, end if end >= 0 else len(folded))


def _on_line(folded: str, place: LearnedField) -> Iterator[Stretch]:
    for match in _pattern(place.before).finditer(folded):
        line = line_at(folded, match.start())
        if match.end() > line.end:
            continue
        end = min(line.end, match.end() + _FARTHEST)
        if place.after:
            stop = _pattern(place.after).search(folded, match.end(), end)
            if stop is None:
                continue
            end = stop.start()
        yield Stretch(match.end(), end)


def _below(folded: str, place: LearnedField) -> Iterator[Stretch]:
    lines = [Stretch(*match.span()) for match in re.finditer(r"[^\n]*\S[^\n]*", folded)]
    for above, line in pairwise(lines):
        if label_key(folded[slice(*above)]) == place.before:
            yield line


def _in_column(folded: str, place: LearnedField) -> Iterator[Stretch]:
    lines = [Stretch(*match.span()) for match in re.finditer(r"[^\n]*\S[^\n]*", folded)]
    for head, line in pairwise(lines):
        titles, cells = _cells(folded, head), _cells(folded, line)
        if len(titles) == len(cells) > 1:
            yield from (
                cell
                for title, cell in zip(titles, cells, strict=True)
                if label_key(folded[slice(*title)]) == place.before
            )


def _heading(folded: str, line: Stretch, at: int) -> str:
    """Return the title of the column in which a value stands."""
    above = _line_above(folded, line)
    if above is None:
        return ""
    titles, cells = _cells(folded, above), _cells(folded, line)
    if not len(titles) == len(cells) > 1:
        return ""
    words = [label_key(folded[slice(*t)]) for t, cell in zip(titles, cells, strict=True) if cell.start <= at < cell.end]
    return words[0] if words and _is_label(words[0]) else ""


def _line_above(folded: str, line: Stretch) -> Stretch | None:
    head = folded[: max(0, line.start - 1)].rstrip()
    return line_at(folded, len(head) - 1) if head else None


def _cells(folded: str, line: Stretch) -> list[Stretch]:
    cells, start = [], line.start
    for match in _CELL.finditer(folded, line.start, line.end):
        cells.append(Stretch(start, match.start()))
        start = match.end()
    cells.append(Stretch(start, line.end))
    return [cell for cell in cells if folded[slice(*cell)].strip()]


def _last_cell(head: str) -> str:
    cells = [cell for cell in _CELL.split(head) if label_key(cell)]
    return cells[-1] if cells else ""


def _last_words(head: str) -> str:
    """Return the words before a value, back to the first that differs between notices."""
    kept: list[str] = []
    for word in reversed(label_key(head).split()):
        if _differs(word) or len(kept) == _MOST_WORDS:
            break
        kept.insert(0, word[-_LONGEST_WIDE:] if _is_run(word) else word)
        if _is_run(word):
            break
    return " ".join(kept)


def _first_words(tail: str) -> str:
    """Return the words behind a value, up to the first that differs."""
    kept: list[str] = []
    for word in label_key(_CELL.split(tail)[0]).split():
        if _differs(word) or len(kept) == _MOST_WORDS // 2:
            break
        kept.append(word[:_LONGEST_WIDE] if _is_run(word) else word)
        if _is_run(word):
            break
    return " ".join(kept)


def _is_run(word: str) -> bool:
    """Tell whether a word is a run of a script without spaces."""
    return len(word) > _LONGEST_WIDE and any(map(is_wide, word))


def _differs(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


def _is_label(words: str) -> bool:
    return 0 < len(words) <= _LONGEST_LABEL and not _differs(words)


def _pattern(words: str) -> re.Pattern[str]:
    parts = [re.escape(word) for word in words.split()]
    first = "" if is_wide(words[0]) else r"(?<!\w)"
    last = "" if is_wide(words[-1]) else r"(?!\w)"
    return re.compile(first + _BETWEEN.join(parts) + last)
