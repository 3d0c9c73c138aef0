"""Memory of each process, at rest and at its highest under load."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

import psutil

from benchmarks.client import request, send_all
from benchmarks.mailbox import Mailbox, mailbox
from benchmarks.measuring import Scale, Table
from benchmarks.place import Place, chroma_processes, fill, place, postgres_processes, wait_for_web
from benchmarks.shop import mails
from benchmarks.web import CONNECTIONS, log_in

MEGABYTE = 1024 * 1024
PATIENCE = 150.0
PAUSE = 0.2
Family = Callable[[], Sequence[psutil.Process]]


def memory(scale: Scale) -> Sequence[Table]:
    """Run the parts side by side or all in one, and read their memory meanwhile."""
    rows = [(*row, f"as {', '.join(commands)}") for commands in scale.parts for row in _measured(scale, commands)]
    return [
        Table(
            title="memory",
            headings=("what", "MB at rest", "MB at most", "processes", "rejoinder …"),
            rows=tuple(rows),
            notes=(
                f"load: {scale.mails} mails become cases while pages are asked for",
                "resident memory; of several processes (PostgreSQL) each one's share of what they have in common",
            ),
        )
    ]


def _measured(scale: Scale, commands: Sequence[str]) -> list[tuple[str, ...]]:
    with mailbox() as server, place(imap_port=server.port, concurrency=2) as here:
        with here.program() as program:
            fill(program, range(scale.mails))
        with ExitStack() as running:
            families: dict[str, Family] = {}
            for command in commands:
                process = running.enter_context(here.process(command))
                wait_for_web(here.web)  # the first part serves; the others start one after the other
                families[command] = lambda process=process: [process]  # type: ignore[misc]
            families["PostgreSQL"] = lambda: postgres_processes(here.data_dir)
            families["Chroma server"] = lambda: chroma_processes(here.data_dir)
            server.deliver(mails(1, first=scale.mails - 1, edition=1))
            _wait_for_cases(here, 1)
            time.sleep(scale.rest_seconds)
            at_rest = {name: _megabytes(family()) for name, family in families.items()}
            with _watching(families) as highest:
                _load(here, server, scale)
            counts = {name: len(family()) for name, family in families.items()}
    return [
        (name, f"{at_rest[name]:.0f}", f"{highest[name]:.0f}", str(counts[name])) for name in families if counts[name]
    ]


def _load(here: Place, server: Mailbox, scale: Scale) -> None:
    """Let mails come in while a reviewer reads."""
    server.deliver(mails(scale.mails))
    page = request("GET", f"{here.web}/cases", {"Cookie": log_in(here)})
    send_all(here.web_port, [page] * scale.requests, CONNECTIONS)
    _wait_for_cases(here, scale.mails + 1)


def _wait_for_cases(here: Place, count: int) -> None:
    """Wait until so many messages have come to rest."""
    ends_at = time.monotonic() + PATIENCE
    with here.store() as store:
        merchant_ids = [one.merchant_id for one in store.merchants()]
        while time.monotonic() < ends_at:
            if store.count_messages(merchant_ids).settled >= count:
                return
            time.sleep(PAUSE)
    raise TimeoutError(f"{count} mails did not become cases in {PATIENCE:.0f} s")


@contextmanager
def _watching(families: Mapping[str, Family]) -> Iterator[dict[str, float]]:
    """Read the memory of all again and again; gives the highest of each."""
    highest = dict.fromkeys(families, 0.0)
    stopped = threading.Event()

    def watch() -> None:
        while not stopped.wait(PAUSE):
            for name, family in families.items():
                highest[name] = max(highest[name], _megabytes(family()))

    thread = threading.Thread(target=watch, name="memory", daemon=True)
    thread.start()
    try:
        yield highest
    finally:
        stopped.set()
        thread.join()


def _megabytes(processes: Sequence[psutil.Process]) -> float:
    return sum(_bytes_of(process, alone=len(processes) == 1) for process in processes) / MEGABYTE


def _bytes_of(process: psutil.Process, *, alone: bool) -> float:
    """Return resident memory; of several processes each one's proportional share, where the system tells it."""
    try:
        if alone:
            return float(process.memory_info().rss)
        full = process.memory_full_info()
        return float(getattr(full, "pss", full.uss))
    except psutil.Error:
        return 0.0
