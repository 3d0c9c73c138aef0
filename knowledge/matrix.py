"""What decides a dispute, by reason, goods and rail; where each piece of evidence lies and how often it can be had."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Literal

from knowledge.catalog import read_toml

Weight = Literal["decisive", "strong", "supporting"]
WEIGHTS: tuple[Weight, ...] = ("decisive", "strong", "supporting")
EvidenceSource = Literal[
    "shop", "payments", "warehouse", "carrier", "support", "developers", "accounting", "purchasing", "office"
]


@dataclass(frozen=True, kw_only=True)
class EvidenceEntry:
    """One piece of evidence. `goods` is empty where it makes sense for all; `obtainable` lies between 0 and 1."""

    evidence_id: str
    source: EvidenceSource
    obtainable: Decimal
    goods: tuple[str, ...] = ()

    def suits(self, goods: str) -> bool:
        """Tell whether it makes sense for goods of a kind; of an unknown kind, all of it does."""
        return not goods or not self.goods or goods in self.goods


def weights(network: str, category: str) -> Mapping[str, Weight]:
    """Return what decides a category at a rail, the weightiest first; a category without entry is general."""
    tables = _tables()
    base = tables["category"].get(category, tables["category"]["general"])
    found: dict[str, Weight] = {name: weight for weight in WEIGHTS for name in base[weight]}
    changed: Mapping[str, Weight] = tables["rail"].get(network, {}).get(category, {})
    found |= changed
    return {name: weight for weight in WEIGHTS for name in found if found[name] == weight}


def optional_evidence() -> tuple[str, ...]:
    """Return what decides every case where it exists, and is no gap where it does not."""
    return tuple(_tables()["optional"]["decisive"])


def weight_shares() -> Mapping[Weight, Decimal]:
    """Return how much of a complete file each weight makes up; they add up to 1."""
    return {weight: Decimal(_tables()["shares"][weight]) for weight in WEIGHTS}


@cache
def evidence_entries() -> Mapping[str, EvidenceEntry]:
    """Return every piece of evidence by its id in the catalogue."""
    return {
        name: EvidenceEntry(
            evidence_id=name,
            source=table["source"],
            obtainable=Decimal(table["obtainable"]),
            goods=tuple(table.get("goods", ())),
        )
        for name, table in _tables()["evidence"].items()
    }


def refuted_by(code: str) -> tuple[str, ...]:
    """Return what can no longer be shown once a harmful finding holds."""
    return tuple(_tables()["refuted_by"].get(code, ()))


@cache
def _tables() -> dict[str, Any]:
    return read_toml("matrix.toml")
