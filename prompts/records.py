"""What a packet calls the fields of our records, and where it says they come from."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "representment" / "records.toml"


def field_labels(record: str) -> Mapping[str, str]:
    """Return the fields of a kind of record with what they are called, in the order in which they are printed.

    The kinds are the aliases of records in letters (`order`, `payment`); empty for any other.
    """
    labels: Mapping[str, str] = _tables().get(record, {})
    return labels


def column_names(table: str) -> tuple[str, ...]:
    """Return the columns of a table below a record: `items`, `scans` or `uses`."""
    return tuple(_tables()["columns"][table])


def table_heading(table: str) -> str:
    """Return the heading of a table below a record."""
    return str(_tables()["headings"][table])


def origin_in_words(source: str, merchant: str) -> str:
    """Return where evidence comes from, in words; a source that nobody named as it is."""
    known: Mapping[str, str] = _tables()["origins"]
    words = known.get(source.partition(":")[0])
    return words.format(merchant=merchant) if words else source


@cache
def _tables() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
