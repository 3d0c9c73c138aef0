"""What a rail accepts as evidence: sizes, pages, types and names of files, and lengths of texts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce

PLAIN_NAME = r"[A-Za-z0-9_-]+\.[a-z]+"
"""File names that every portal takes: ASCII without spaces."""


@dataclass(frozen=True, kw_only=True)
class FileLimits:
    """What may be sent for one dispute; None and an empty tuple or text set no limit of their own.

    A megabyte is counted as 1,000,000 bytes, the stricter of its two readings. `types` are file name endings in lower
    case, without the dot. `max_bytes_by_type` is stricter than `max_bytes_per_file` for some types. `max_pages` counts
    all files of a dispute. `name_rule` is a regular expression for the whole file name with its ending, and
    `max_name_chars` counts the name without its ending. `languages` are the only ones the reader accepts.
    """

    types: tuple[str, ...] = ()
    max_bytes_per_file: int | None = None
    max_bytes_by_type: Mapping[str, int] = field(default_factory=dict)
    max_bytes_total: int | None = None
    max_pages: int | None = None
    max_pages_per_file: int | None = None
    max_files: int | None = None
    name_rule: str = ""
    max_name_chars: int | None = None
    max_dpi: int | None = None
    max_pixels: int | None = None
    black_and_white: bool = False
    no_blank_pages: bool = False
    languages: tuple[str, ...] = ()

    def bytes_for(self, file_type: str) -> int | None:
        """Return the most bytes a file of this type may have, the total included."""
        return _least(self.max_bytes_per_file, self.max_bytes_by_type.get(file_type), self.max_bytes_total)

    def takes_name(self, name: str) -> bool:
        """Tell whether a file may be called so."""
        stem = name.rpartition(".")[0] or name
        short = self.max_name_chars is None or len(stem) <= self.max_name_chars
        return short and (not self.name_rule or re.fullmatch(self.name_rule, name) is not None)

    def within(self, other: "FileLimits") -> "FileLimits":
        """Return the limits that keep both these and the other's.

        Raises:
            ValueError: they have no type or no language in common.
        """
        by_type = {
            name: least
            for name in {*self.max_bytes_by_type, *other.max_bytes_by_type}
            if (least := _least(self.max_bytes_by_type.get(name), other.max_bytes_by_type.get(name))) is not None
        }
        return FileLimits(
            types=_both(self.types, other.types),
            max_bytes_per_file=_least(self.max_bytes_per_file, other.max_bytes_per_file),
            max_bytes_by_type=by_type,
            max_bytes_total=_least(self.max_bytes_total, other.max_bytes_total),
            max_pages=_least(self.max_pages, other.max_pages),
            max_pages_per_file=_least(self.max_pages_per_file, other.max_pages_per_file),
            max_files=_least(self.max_files, other.max_files),
            name_rule=_both_rules(self.name_rule, other.name_rule),
            max_name_chars=_least(self.max_name_chars, other.max_name_chars),
            max_dpi=_least(self.max_dpi, other.max_dpi),
            max_pixels=_least(self.max_pixels, other.max_pixels),
            black_and_white=self.black_and_white or other.black_and_white,
            no_blank_pages=self.no_blank_pages or other.no_blank_pages,
            languages=_both(self.languages, other.languages),
        )


@dataclass(frozen=True, kw_only=True)
class TextLimits:
    """How long the texts may be that are sent beside files, in characters; None sets no limit."""

    max_chars_per_field: int | None = None
    max_chars_total: int | None = None


def strictest(*limits: FileLimits) -> FileLimits:
    """Return the limits that keep all of these; no limit at all for none."""
    return reduce(FileLimits.within, limits, FileLimits())


def _least(*values: int | None) -> int | None:
    return min((value for value in values if value is not None), default=None)


def _both(mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    """Return what both take; one that names nothing takes all."""
    if not mine or not theirs:
        return mine or theirs
    common = tuple(value for value in mine if value in theirs)
    if not common:
        raise ValueError(f"no file can be sent: {mine} and {theirs} have nothing in common")
    return common


def _both_rules(mine: str, theirs: str) -> str:
    if not mine or not theirs or mine == theirs:
        return mine or theirs
    return rf"(?=(?:{mine})\Z)(?:{theirs})"
