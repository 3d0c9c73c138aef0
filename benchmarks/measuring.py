"""What every benchmark shares: sizes, tables, medians, and watches that tell where the time goes."""

import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is done.

    `sizes` are numbers of stored cases, `passages` those of an indexed shop, `workers` are pairs of worker
    processes and the concurrency of each, `parts` are commands that run side by side.
    """

    rounds: int
    mails: int
    cases: int
    sizes: tuple[int, ...]
    requests: int
    passages: int
    workers: tuple[tuple[int, int], ...]
    parts: tuple[tuple[str, ...], ...]
    rest_seconds: float = 3.0


WORKERS = ((1, 1), (1, 2), (2, 1))
ALL_IN_ONE, SIDE_BY_SIDE = ("up",), ("serve", "work", "poll")
QUICK = Scale(
    rounds=3,
    mails=60,
    cases=10,
    sizes=(1_000,),
    requests=90,
    passages=200,
    workers=(),
    parts=(ALL_IN_ONE,),
    rest_seconds=1.0,
)
WHOLE = Scale(
    rounds=5,
    mails=200,
    cases=20,
    sizes=(1_000, 10_000),
    requests=300,
    passages=1_000,
    workers=WORKERS,
    parts=(SIDE_BY_SIDE, ALL_IN_ONE),
)
FULL = replace(WHOLE, sizes=(1_000, 10_000, 100_000))


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of results; every row has as many cells as there are headings."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


Benchmark = Callable[[Scale], Sequence[Table]]


def seconds_of(action: Callable[[], object]) -> float:
    """Return how long an action takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def median_seconds(action: Callable[[], object], rounds: int) -> float:
    """Return the median of several rounds."""
    return statistics.median(seconds_of(action) for _ in range(rounds))


def ratio(ours: float, floor: float) -> str:
    """Return how many times the floor ours takes; both are times."""
    return f"{ours / floor:.1f} ×" if floor else "–"


def milliseconds(seconds: float) -> str:
    """Return seconds as milliseconds, with as many digits as they are worth."""
    value = seconds * 1000
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def per_second(count: int, seconds: float) -> str:
    """Return a rate."""
    value = count / seconds if seconds else 0.0
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


class Watch:
    """Adds up the time spent in named calls; calls may come from several threads."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()

    def wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with its time counted under the name."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                spent = time.perf_counter() - started
                with self._lock:
                    self.spent[name] += spent
                    self.calls[name] += 1

        return timed

    def around(self, inner: object, prefix: str) -> Any:
        """Return an object whose methods are those of `inner`, each counted as `prefix` and its name."""
        return _Around(self, inner, prefix)

    def total(self, prefix: str) -> float:
        """Return the time of all calls whose name begins so."""
        return sum(spent for name, spent in self.spent.items() if name.startswith(prefix))

    def count(self, prefix: str) -> int:
        """Return the number of calls whose name begins so."""
        return sum(calls for name, calls in self.calls.items() if name.startswith(prefix))


class _Around:
    def __init__(self, watch: Watch, inner: object, prefix: str) -> None:
        self._watch, self._inner, self._prefix = watch, inner, prefix

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        return self._watch.wrap(f"{self._prefix}{name}", value) if callable(value) else value
