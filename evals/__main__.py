"""`python -m evals`: run the datasets through the product and report."""

import argparse
from typing import cast

from rich.console import Console

from evals.report import Results, bars, save, show
from evals.rows import Split, customers, notices
from evals.run import reader, see_all
from evals.shop import deps

WIDE = 160


def main() -> int:
    """Run, report, and return 0 when every bar is met."""
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.add_argument("--split", choices=("held_out", "built_on", "all"), default="held_out")
    split = cast(Split, parser.parse_args().split)
    results = run(split)
    console = Console()
    show(results, console if console.is_terminal else Console(width=WIDE))
    save(results)
    return 0 if all(bar.met for bar in bars(results)) else 1


def run(split: Split) -> Results:
    """Run one split."""
    measured, context = reader(), deps()
    asked, sent = customers(split), notices(split)
    return Results(
        split=split,
        customers=list(zip(asked, see_all(asked, measured, context), strict=True)),
        notices=list(zip(sent, see_all(sent, measured, context), strict=True)),
    )


if __name__ == "__main__":
    raise SystemExit(main())
