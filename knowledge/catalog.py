"""The catalogues as frozen types: what a customer may want, and how far the program may go with it."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent

Risk = Literal["low", "medium", "high", "critical"]
MostAutonomy = Literal["auto", "draft", "human", "silent"]


@dataclass(frozen=True, kw_only=True)
class Intent:
    """One thing a customer may want. `autonomy` is the most the program may do alone, whatever a merchant allows."""

    intent: str
    title: str
    risk: Risk
    autonomy: MostAutonomy
    needs: tuple[str, ...]

    @property
    def topics(self) -> tuple[str, ...]:
        """Policy topics an answer rests on."""
        return tuple(need.removeprefix("policy:") for need in self.needs if need.startswith("policy:"))


@cache
def intents() -> Mapping[str, Intent]:
    """Return the intents by id, in the order of the catalogue."""
    tables = read_toml("intents/catalog.toml")["intents"]
    return {name: Intent(intent=name, **{**table, "needs": tuple(table["needs"])}) for name, table in tables.items()}


def read_toml(path: str) -> dict[str, Any]:
    """Return a data file of this package."""
    return tomllib.loads((FOLDER / path).read_text(encoding="utf-8"))


def hash_of(files: Iterable[Path]) -> str:
    """Return a hash of data files; what was learned from others is stale."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()
