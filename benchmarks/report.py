"""Tables for people: in the terminal, and as a page that can be committed."""

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import rich.table
from rich.console import Console

from benchmarks.measuring import Table

HEAD = Path(__file__).parent / "results/text.md"
"""What the figures mean, written by hand; put before the tables."""


def print_table(console: Console, table: Table) -> None:
    """Print a table."""
    shown = rich.table.Table(title=table.title, title_justify="left")
    for number, heading in enumerate(table.headings):
        shown.add_column(heading, justify="left" if number == 0 else "right")
    for row in table.rows:
        shown.add_row(*row)
    console.print(shown)
    for note in table.notes:
        console.print(f"[dim]{note}[/]")


def write_report(path: Path, tables: Sequence[Table]) -> None:
    """Write all tables as Markdown, with the date and what they ran on."""
    when = f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores"
    text = HEAD.read_text(encoding="utf-8") if HEAD.is_file() else "# Benchmarks\n"
    parts = [text.strip(), f"Measured {when}.", *("\n".join(_lines(table)) for table in tables)]
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _lines(table: Table) -> Iterable[str]:
    yield f"## {table.title}\n"
    yield f"| {' | '.join(table.headings)} |"
    yield f"| --- |{' ---: |' * (len(table.headings) - 1)}"
    yield from (f"| {' | '.join(row)} |" for row in table.rows)
    yield from (f"\n{note}." for note in table.notes)
