"""The faults: what is changed in a clean case, and by what names it must be seen."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from tests.planted.world import Case, clean

Plant = Callable[[Case, Random], Case]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way in which a case is wrong.

    `caught`: names of findings, problems or errors any of which names the fault. `routed`: reasons any of which brings
    the case to a person because of it. `kept_out`: what must stand nowhere in the case, its letter and its packet.
    `base` limits the clean case that it is planted into.
    """

    name: str
    plant: Plant
    caught: frozenset[str] = frozenset()
    routed: frozenset[str] = frozenset()
    kept_out: tuple[str, ...] = ()
    base: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A fault in a case; `kind` is the family that it belongs to."""

    kind: str
    fault: Fault
    case: Case


def fault(
    name: str,
    plant: Plant,
    *caught: str,
    routed: tuple[str, ...] = (),
    kept_out: tuple[str, ...] = (),
    **base: object,
) -> Fault:
    """Return a fault."""
    return Fault(
        name=name,
        plant=plant,
        caught=frozenset(caught),
        routed=frozenset(routed),
        kept_out=kept_out,
        base=base,
    )


def planted(kinds: dict[str, tuple[int, tuple[Fault, ...]]], first: int, seed: int) -> tuple[Planted, ...]:
    """Return as many cases of each kind as it asks for, its faults in turn; the same seed gives the same cases."""
    found = []
    for kind, (count, faults) in kinds.items():
        for turn in range(count):
            number = first + len(found)
            chosen, rng = faults[turn % len(faults)], Random(f"{seed} {number}")
            base = clean(number, rng, **chosen.base)  # type: ignore[arg-type]
            found.append(Planted(kind=kind, fault=chosen, case=chosen.plant(base, rng)))
    return tuple(found)


def other_customer(case: Case, rng: Random, *, number: int = 0) -> Case:
    """Return a clean case of somebody else, whose order the shop also holds."""
    return clean(number or case.number + 5000, rng, way=case.notice.way)


def with_others(case: Case, *others: Case) -> Case:
    """Return the case with the orders of others in the shop."""
    return replace(case, others=(*case.others, *(other.order for other in others)))
