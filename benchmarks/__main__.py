"""`python -m benchmarks [--quick | --full] [name ...]`: run them, print their tables, keep them in `results/`."""

import argparse
import time
from pathlib import Path

from rich.console import Console

from benchmarks.measuring import FULL, QUICK, WHOLE, Table
from benchmarks.registry import BENCHMARKS
from benchmarks.report import print_table, write_report

LATEST = Path(__file__).parent / "results/latest.md"


def main() -> None:
    """Run the benchmarks that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed and memory, as ratios.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of: {', '.join(BENCHMARKS)}")
    parser.add_argument("--quick", action="store_true", help="small sizes, under two minutes")
    parser.add_argument("--full", action="store_true", help="also with 100,000 stored cases")
    parser.add_argument(
        "--write", type=Path, help="where to keep the tables; by default results/latest.md when all ran"
    )
    given = parser.parse_args()
    unknown = set(given.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known are {', '.join(BENCHMARKS)}")
    scale = QUICK if given.quick else FULL if given.full else WHOLE
    console, tables = Console(), list[Table]()
    for name in given.names or BENCHMARKS:
        started = time.monotonic()
        for table in BENCHMARKS[name](scale):
            tables.append(table)
            print_table(console, table)
        console.print(f"[dim]{name}: {time.monotonic() - started:.0f} s[/]\n")
    target = given.write or (LATEST if not given.names and not given.quick else None)
    if target:
        write_report(target, tables)


if __name__ == "__main__":
    main()
