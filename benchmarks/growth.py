"""The same work with ever more stored cases and orders: it should not slow down."""

import statistics
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from sqlalchemy import text

from benchmarks.case import run_all, service_runs
from benchmarks.measuring import Scale, Table, median_seconds, milliseconds, ratio
from benchmarks.place import fill, place
from benchmarks.shop import order_number
from rejoinder.wiring import Program

LIST_ROUNDS = 9
FILLER = (Path(__file__).parent / "filler.sql").read_text(encoding="utf-8")


def growth(scale: Scale) -> Sequence[Table]:
    """Measure at each size, the smallest first."""
    found: list[dict[str, float]] = []
    megabytes: list[float] = []
    count, sizes = scale.cases, (0, *scale.sizes)
    with place() as here, here.program() as program:
        merchant_id = fill(program, range(count + 1))
        first = service_runs(program.intake, merchant_id, range(count, count + 1), edition=9_000)
        run_all(program.worker, first)
        template = program.store.run(first[0]).case_id
        for edition, (before, size) in enumerate(pairwise(sizes)):
            _grow(program, template, order_number(count), range(before + 1, size + 1))
            found.append(_measured(program, merchant_id, range(count), edition))
            megabytes.append(_megabytes(program))
    rows = [
        (f"{name}, ms", *(milliseconds(one[name]) for one in found), ratio(found[-1][name], found[0][name]))
        for name in found[0]
    ]
    rows.append(("database, MB", *(f"{one:,.0f}" for one in megabytes), ratio(megabytes[-1], megabytes[0])))
    headings = ("with so many cases and orders", *(f"{size:,}" for size in scale.sizes), "last against first")
    note = f"medians of {count} cases and {LIST_ROUNDS} page queries; each case has its order, mail, draft and review"
    return [Table(title="growth", headings=headings, rows=tuple(rows), notes=(note,))]


def _measured(program: Program, merchant_id: int, numbers: range, edition: int) -> dict[str, float]:
    store, merchant_ids = program.store, [merchant_id]
    runs = service_runs(program.intake, merchant_id, numbers, edition)
    seconds = statistics.median(run_all(program.worker, runs))
    shown = store.run(runs[0]).case_id
    return {
        "one case": seconds,
        "list of cases": median_seconds(
            lambda: (store.list_cases(merchant_ids), store.count_cases(merchant_ids)), LIST_ROUNDS
        ),
        "open reviews": median_seconds(lambda: store.list_reviews(merchant_ids), LIST_ROUNDS),
        "case page": median_seconds(lambda: store.case_page(shown, merchant_ids), LIST_ROUNDS),
    }


def _grow(program: Program, case_id: int, order: str, numbers: range) -> None:
    with program.store.begin() as connection:
        after = connection.execute(text("SELECT max(id) FROM cases")).scalar_one()
        values = {"first": numbers[0], "last": numbers[-1], "case": case_id, "order": order, "after": after}
        for statement in FILLER.split(";\n"):
            if statement.strip():
                names = {name: value for name, value in values.items() if f":{name}" in statement}
                connection.execute(text(statement), names)
    with program.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _megabytes(program: Program) -> float:
    with program.store.begin() as connection:
        size: int = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    return size / 1024 / 1024
