"""What a dispute asks for, how much of it is there, and the one thing worth asking for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agents.dispute.records import of_order, of_payment
from agents.dispute.subject import Subject
from knowledge.matrix import (
    WEIGHTS,
    EvidenceEntry,
    Weight,
    evidence_entries,
    optional_evidence,
    refuted_by,
    weight_shares,
    weights,
)
from knowledge.reason_codes import find, required_evidence
from knowledge.worth import Level, prior
from rejoinder.domain.judgement import Finding

HISTORY = "prior_undisputed_transactions"
"""Earlier payments decide only where a network's rule accepts them; else leave them out of what is there."""

AT_THE_SALE = {
    "three_ds_authentication": "three_d_secure",
    "avs_result": "avs_result",
    "cvv_result": "cvv_result",
}
"""What only the payment itself could record, and its field."""

BY_DELIVERY = (
    "delivery_confirmation",
    "delivery_signature",
    "delivery_photo",
    "delivery_address_match",
    "pickup_proof",
    "proof_of_possession",
)
"""What cannot be once every parcel came back."""

_PLACES = Decimal("0.0001")
_NOTHING: Mapping[str, Finding] = {}


@dataclass(frozen=True, kw_only=True)
class Need:
    """One piece of evidence a dispute asks for. An optional one decides where it exists and is no gap otherwise."""

    evidence_id: str
    weight: Weight
    why: Finding
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Gap:
    """What is not there. `gain` is in win chance; `impossible` says why it cannot come any more, None where it can."""

    need: Need
    gain: Decimal
    entry: EvidenceEntry
    impossible: Finding | None = None

    @property
    def expected_gain(self) -> Decimal:
        """The gain times how often asking brings it."""
        return Decimal(0) if self.impossible else self.gain * self.entry.obtainable


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """What there is of a dispute's evidence. `completeness` is between 0 and 1; gaps stand in order of their worth.

    `complete`: there is nothing left that would raise the chance and can be had. `unprovable` holds where nothing that
    decides the case can exist any more.
    """

    present: tuple[Need, ...]
    gaps: tuple[Gap, ...]
    completeness: Decimal
    level: Level
    ask: Gap | None
    unprovable: Finding | None

    @property
    def complete(self) -> bool:
        """Whether asking would bring nothing more."""
        return self.ask is None

    @property
    def ask_gain(self) -> Decimal:
        """The gain in win chance to be expected from asking."""
        return self.ask.expected_gain if self.ask else Decimal(0)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The same in findings: completeness, what cannot be had, what to ask for."""
        return tuple(_findings(self))


def matrix(network: str, code: str, category: str, goods: str) -> tuple[Need, ...]:
    """Return what a dispute asks for, by reason, kind of goods and rail, the weightiest first."""
    weighed = dict(weights(network, category))
    known = find(network, code)
    if network == "visa" and known and not known.compelling_evidence_3 and HISTORY in weighed:
        weighed[HISTORY] = "strong"
    for name in required_evidence(network, code, category):
        weighed.setdefault(name, "supporting")
    optional = [name for name in optional_evidence() if weighed.get(name) != "decisive"]
    weighed |= dict.fromkeys(optional, "decisive")
    entries = evidence_entries()
    return tuple(
        Need(evidence_id=name, weight=weight, why=_why(name, weight), optional=name in optional)
        for weight in WEIGHTS
        for name in weighed
        if weighed[name] == weight and entries[name].suits(goods)
    )


def _why(name: str, weight: Weight) -> Finding:
    return Finding(code=f"need_{name}", verdict="holds", values={"weight": weight})


def completeness(needs: Sequence[Need], there: frozenset[str]) -> Decimal:
    """Return how complete the evidence is, from 0 to 1; 1 when nothing is asked for.

    One decisive piece is as good as all. An optional piece counts only where it is there.
    """
    parts: dict[Weight, Decimal] = {}
    for weight in WEIGHTS:
        asked = [n.evidence_id for n in needs if n.weight == weight and (not n.optional or n.evidence_id in there)]
        if asked:
            found = sum(name in there for name in asked)
            parts[weight] = Decimal(min(found, 1)) if weight == "decisive" else Decimal(found) / len(asked)
    shares = weight_shares()
    whole = sum((shares[weight] for weight in parts), Decimal(0))
    if not whole:
        return Decimal(1)
    return (sum(shares[weight] * part for weight, part in parts.items()) / whole).quantize(_PLACES)


def level_of(needs: Sequence[Need], there: frozenset[str]) -> Level:
    """Return how good the evidence is, as the win chances distinguish it."""
    found = {weight: [n for n in needs if n.weight == weight and n.evidence_id in there] for weight in WEIGHTS}
    if found["decisive"]:
        return "decisive"
    strong = sum(need.weight == "strong" for need in needs)
    if strong and 2 * len(found["strong"]) >= strong:
        return "strong"
    return "some" if found["strong"] or found["supporting"] else "none"


def find_gaps(
    needs: Sequence[Need], there: frozenset[str], *, category: str, impossible: Mapping[str, Finding] = _NOTHING
) -> Gaps:
    """Return what is there, what is missing, and the one item worth asking a colleague for.

    What is refuted (`impossible`) does not count as there. Leave `HISTORY` out of `there` unless a rule accepts it.
    """
    shown = there - set(impossible)
    gaps = sorted(
        (
            _gap(need, needs, shown, category, impossible.get(need.evidence_id))
            for need in needs
            if need.evidence_id not in shown and not need.optional
        ),
        key=lambda gap: (-gap.expected_gain, WEIGHTS.index(gap.need.weight), -gap.entry.obtainable),
    )
    return Gaps(
        present=tuple(need for need in needs if need.evidence_id in shown),
        gaps=tuple(gaps),
        completeness=completeness(needs, shown),
        level=level_of(needs, shown),
        ask=next((gap for gap in gaps if gap.expected_gain > 0), None),
        unprovable=_unprovable(needs, shown, impossible),
    )


def _gap(need: Need, needs: Sequence[Need], there: frozenset[str], category: str, impossible: Finding | None) -> Gap:
    now, then = level_of(needs, there), level_of(needs, there | {need.evidence_id})
    return Gap(
        need=need,
        gain=prior(category, then) - prior(category, now),
        entry=evidence_entries()[need.evidence_id],
        impossible=impossible,
    )


def _unprovable(needs: Sequence[Need], there: frozenset[str], impossible: Mapping[str, Finding]) -> Finding | None:
    decisive = [
        need for need in needs if need.weight == "decisive" and (not need.optional or need.evidence_id in there)
    ]
    if not decisive or any(need.evidence_id not in impossible for need in decisive):
        return None
    compared = tuple(row for need in decisive for row in impossible[need.evidence_id].compared)
    values = {"items": ", ".join(need.evidence_id for need in decisive)}
    return Finding(code="cannot_be_proven", verdict="holds", values=values, compared=compared)


def impossible_items(subject: Subject, harmful: Iterable[Finding] = ()) -> Mapping[str, Finding]:
    """Return what can no longer be shown, with the reason: not recorded at the sale, or refuted by our own records."""
    found: dict[str, Finding] = {}
    for item, finding in (*_not_recorded(subject), *_never_happened(subject)):
        found.setdefault(item, finding)
    for harm in harmful:
        if harm.verdict == "holds":
            refuted = Finding(code="refuted", verdict="holds", values={"by": harm.code}, compared=harm.compared)
            found |= dict.fromkeys(refuted_by(harm.code), refuted)
    return found


def _not_recorded(subject: Subject) -> Iterator[tuple[str, Finding]]:
    payment, order = subject.payment, subject.order
    for item, name in AT_THE_SALE.items() if payment else ():
        if payment and not getattr(payment, name):
            compared = (of_payment(payment, name, ""),)
            yield item, Finding(code="not_recorded_at_sale", verdict="holds", compared=compared)
    if order and not subject.earlier_orders:
        yield (
            HISTORY,
            Finding(code="no_earlier_order", verdict="holds", compared=(of_order(order, "earlier_orders", 0),)),
        )


def _never_happened(subject: Subject) -> Iterator[tuple[str, Finding]]:
    order = subject.order
    if order is None:
        return
    returned = [s for s in order.shipments if s.scans and s.scans[-1].status == "returned"]
    if order.shipments and len(returned) == len(order.shipments):
        never = Finding(code="came_back", verdict="holds", compared=(of_order(order, "shipments", "returned"),))
        yield from ((item, never) for item in BY_DELIVERY)
    opened = subject.opened_at
    if not any(r.status == "succeeded" and (opened is None or r.created_at < opened) for r in order.refunds):
        compared = (of_order(order, "refunds", 0),)
        yield "refund_record", Finding(code="no_refund_made", verdict="holds", compared=compared)


def _findings(gaps: Gaps) -> Iterator[Finding]:
    values = {"percent": f"{gaps.completeness * 100:.0f}", "missing": str(len(gaps.gaps))}
    yield Finding(code="evidence_completeness", verdict="holds" if gaps.complete else "fails", values=values)
    if gaps.unprovable:
        yield gaps.unprovable
    yield from (gap.impossible for gap in gaps.gaps if gap.impossible and gap.need.weight != "supporting")
    if gaps.ask:
        ask = {
            "source": gaps.ask.entry.source,
            "points": f"{gaps.ask.gain * 100:.0f}",
            "often": f"{gaps.ask.entry.obtainable * 100:.0f}",
        }
        yield Finding(code="ask_for", verdict="unknown", values=ask, missing=gaps.ask.need.evidence_id)
        yield gaps.ask.need.why
