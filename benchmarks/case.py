"""A whole case without a model, from the stored mail to the review: in one thread, and through the real worker."""

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from sqlalchemy import text

import agents.service.nodes
from benchmarks.graphs import INNER, OUTER, bare_graph
from benchmarks.measuring import Scale, Table, Watch, milliseconds, per_second, ratio, seconds_of
from benchmarks.place import Place, fill, place
from benchmarks.shop import mail, order_number
from rejoinder.domain.cases import DisputeEvent
from rejoinder.domain.money import Money
from rejoinder.intake import Intake
from rejoinder.storage.files import FileStore
from rejoinder.storage.store import Store
from rejoinder.wiring import Program
from rejoinder.worker import DURABILITY, Worker
from tools.mail.parse import Limits

PATIENCE = 120.0
TOP = 12
QUEUED = 4
"""How many times the cases of a round wait for the workers."""
NODES = len(OUTER) + len(INNER) + 1


def case(scale: Scale) -> Sequence[Table]:
    """Time cases one after the other, then through worker processes."""
    count, rounds = scale.cases, scale.rounds
    watch = Watch()
    warm = range(min(5, count))
    with place() as here:
        with here.program() as program:
            merchant_id = fill(program, range(count))
            run_all(program.worker, service_runs(program.intake, merchant_id, warm, edition=1000))
            run_all(program.worker, dispute_runs(program, merchant_id, warm, edition=1000))
            floors, services, disputes = [], [], []
            for edition in range(rounds):
                floors += _bare_runs(program, range(edition * count, (edition + 1) * count))
                services += run_all(program.worker, service_runs(program.intake, merchant_id, range(count), edition))
                disputes += run_all(program.worker, dispute_runs(program, merchant_id, range(count), edition))
            watched = sum(_watched(program, watch, service_runs(program.intake, merchant_id, range(count), 2000)))
        workers = _through_workers(here, merchant_id, scale)
    floor = statistics.median(floors)
    rows = [
        _row(f"LangGraph: {NODES} nodes that do nothing, same pause, same checkpointer", floor, floor),
        _row("customer's mail to review, one thread", statistics.median(services), floor),
        _row("dispute event to review, one thread", statistics.median(disputes), floor),
        *(_row(name, seconds, floor) for name, seconds in workers),
    ]
    speeds = Table(
        title="case",
        headings=("one case", "ms", "cases/s", "against the floor"),
        rows=tuple(rows),
        notes=(
            f"medians of {count} cases in each of {rounds} rounds; no model",
            f"through workers: from the first of {QUEUED * count} queued cases to the last, by their number",
        ),
    )
    return [speeds, _where(watch, watched, count)]


def _row(name: str, seconds: float, floor: float) -> tuple[str, ...]:
    return name, milliseconds(seconds), per_second(1, seconds), ratio(seconds, floor)


def service_runs(door: Intake, merchant_id: int, numbers: range, edition: int) -> list[int]:
    """Store a customer's mail about each order and return the runs."""
    found = []
    for number in numbers:
        accepted: Any = door.accept_mail(merchant_id, "support", mail(number, edition), datetime.now(UTC))
        found.append(int(accepted.run_id))
    return found


def dispute_runs(program: Program, merchant_id: int, numbers: range, edition: int) -> list[int]:
    """Store a processor's event about each order and return the runs."""
    now = datetime.now(UTC)
    found = []
    for number in numbers:
        event = DisputeEvent(
            processor="stripe",
            account="main",
            event_id=f"evt_{edition}_{number}",
            event_type="charge.dispute.created",
            reference=f"du_{edition}_{number}",
            payment_reference=f"ch_disputed_{edition}_{number}",
            occurred_at=now,
            status="needs_response",
            stage="first",
            raw_status="needs_response",
            amount=Money(amount_minor=6900, currency="EUR"),
            network="visa",
            reason_code="13.1",
            category="not_received",
            respond_by=now + timedelta(days=9),
            order_reference=order_number(number),
        )
        found.append(program.store.accept_event(merchant_id, event, "", now).run_id)
    return found


def run_all(worker: Worker, runs: Sequence[int]) -> list[float]:
    """Advance each run and return how long each took."""
    return [seconds_of(lambda run_id=run_id: worker.advance(run_id)) for run_id in runs]  # type: ignore[misc]


def _bare_runs(program: Program, numbers: range) -> list[float]:
    graph = bare_graph(program.worker.checkpointer)
    spent = []
    for number in numbers:
        config = {"configurable": {"thread_id": f"bare-{number}"}}
        spent.append(seconds_of(lambda c=config, n=number: graph.invoke({"run_id": n}, c, durability=DURABILITY)))  # type: ignore[misc]
    return spent


def _watched(program: Program, watch: Watch, runs: Sequence[int]) -> list[float]:
    """Advance runs with a watch on everything a node asks for."""
    deps = program.deps
    store = watch.around(deps.store, "rows: ")
    watched = replace(
        deps,
        store=store,
        readers=tuple(watch.around(reader, "reader: ") for reader in deps.readers),
        knowledge=watch.around(deps.knowledge, "documents: "),
    )
    with _hooks(program, watch):
        return run_all(Worker(store, watched, program.worker.checkpointer), runs)


@contextmanager
def _hooks(program: Program, watch: Watch) -> Iterator[None]:
    saver, nodes = program.worker.checkpointer, agents.service.nodes
    names = [(saver, name, f"checkpoints: {name}") for name in ("put", "put_writes", "get_tuple")]
    names += [(nodes, "render", "render"), (nodes, "run_checks", "checks")]  # type: ignore[list-item]
    with ExitStack() as patches:
        for thing, name, label in names:
            patches.enter_context(patch.object(thing, name, watch.wrap(label, getattr(thing, name))))
        yield


def _where(watch: Watch, total: float, count: int) -> Table:
    groups = {
        "rows: ": "database, through the store",
        "reader: ": "reading the mail (language, notice rules, classifier)",
        "documents: ": "policies and search",
        "render": "rendering the template",
        "checks": "checks on the draft",
    }
    spent = {words: watch.total(prefix) for prefix, words in groups.items()}
    calls = {words: watch.count(prefix) for prefix, words in groups.items()}
    rest = total - sum(spent.values())
    rows = [(words, f"{calls[words] / count:.1f}", seconds) for words, seconds in spent.items()]
    rows.append(("LangGraph, waiting for checkpoints, the rest", "", rest))
    single = [(name, watch.calls[name], seconds) for name, seconds in watch.spent.items() if ": " in name]
    top = [(f"– {name}", f"{calls / count:.1f}", seconds) for name, calls, seconds in single]
    ordered = [*sorted(rows, key=lambda row: -row[2]), *sorted(top, key=lambda row: -row[2])[:TOP]]
    return Table(
        title="case: where the time goes",
        headings=("part of a customer's case", "calls", "ms a case", "share"),
        rows=tuple((name, called, milliseconds(s / count), f"{s / total:.0%}") for name, called, s in ordered),
        notes=("the checkpoint is written where a walk ends; lines with a dash are single calls, dearest first",),
    )


def _through_workers(here: Place, merchant_id: int, scale: Scale) -> list[tuple[str, float]]:
    """Return seconds a case through worker processes, each pair from a queue that is full before they start."""
    found = []
    for edition, (processes, concurrency) in enumerate(scale.workers, start=3000):
        configuration = here.config.read_text(encoding="utf-8")
        lines = [line for line in configuration.splitlines() if not line.startswith("concurrency")]
        here.config.write_text("\n".join([f"concurrency = {concurrency}", *lines]))
        with here.store() as store, ExitStack() as working:
            door = Intake(inbox=store, files=FileStore(here.data_dir / "files"), limits=Limits())
            runs: list[int] = []
            for part in range(QUEUED):
                runs += service_runs(door, merchant_id, range(scale.cases), 10 * edition + part)
            for _ in range(processes):
                working.enter_context(here.process("work"))
            seconds = _wait_for(store, runs)
        name = f"through {processes} worker process{'es' if processes > 1 else ''}, concurrency {concurrency}"
        found.append((name, seconds))
    return found


def _wait_for(store: Store, runs: Sequence[int]) -> float:
    """Wait for all runs; returns seconds a run between the first that ended and the last, as the database saw them."""
    query = text(
        "SELECT count(*) FILTER (WHERE status = 'waiting'), extract(epoch FROM max(changed_at) - min(changed_at)),"
        " count(*) FILTER (WHERE status = 'failed')"
        " FROM runs WHERE id = ANY(:runs) AND status NOT IN ('queued', 'running')"
    )
    ends_at = time.monotonic() + PATIENCE
    while time.monotonic() < ends_at:
        with store.begin() as connection:
            done, seconds, failed = connection.execute(query, {"runs": list(runs)}).one()
        if failed:
            raise RuntimeError(f"{failed} runs failed")
        if done == len(runs):
            return float(seconds) / max(len(runs) - 1, 1)
        time.sleep(0.25)
    raise TimeoutError(f"the workers did not finish {len(runs)} cases in {PATIENCE:.0f} s")
