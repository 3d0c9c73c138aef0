"""A linear guesser over hashed terms; asking it needs numpy alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

SIZE = 1 << 17


class Guess(NamedTuple):
    """The likeliest class and its probability."""

    name: str
    chance: float


@dataclass(frozen=True)
class Guesser:
    """Linear over terms numbered by a hash; `weights` has a row a number and a column a class, in half precision."""

    weights: Any
    offsets: Any
    names: tuple[str, ...]
    temperature: float

    def chances(self, terms: Sequence[Sequence[str]]) -> dict[str, float]:
        """Return the calibrated probability of each class."""
        places, values = weigh(terms)
        distances = (values @ self.weights[places].astype(np.float32) + self.offsets) * self.temperature
        chances = np.exp(distances - distances.max())
        return dict(zip(self.names, (chances / chances.sum()).tolist(), strict=True))

    def guess(self, terms: Sequence[Sequence[str]]) -> Guess:
        """Return the likeliest class."""
        return Guess(*max(self.chances(terms).items(), key=lambda item: item[1]))


def weigh(terms: Sequence[Sequence[str]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of the terms and what they count: each group of terms is a vector of length 1."""
    places: list[int] = []
    values: list[np.ndarray] = []
    for number, group in enumerate(terms):
        found = Counter(crc32(f"{number}{term}".encode()) % SIZE for term in group)
        counts = 1 + np.log(np.fromiter(found.values(), dtype=np.float32, count=len(found)))
        places += found
        values.append(counts / (np.linalg.norm(counts) or 1))
    return np.array(places, dtype=np.intp), np.concatenate(values) if values else np.zeros(0, np.float32)
