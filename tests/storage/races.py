"""Several threads doing the same thing at the same instant."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Call `act(0..count-1)` in that many threads at once; an exception counts as a result."""
    barrier = threading.Barrier(count)

    def run(number: int) -> Any:
        barrier.wait()
        try:
            return act(number)
        except Exception as problem:  # noqa: BLE001
            return problem

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
