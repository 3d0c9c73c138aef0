"""What one more dispute does to the ratios by which Visa and Mastercard watch merchants."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from agents.dispute.terms import Term
from knowledge.worth import (
    MastercardProgram,
    Vamp,
    acquirer_basis_points,
    anchor,
    mastercard_programs,
    roughly_in,
    vamp,
    vamp_fee,
)
from rejoinder.domain.judgement import Compared, Finding, Verdict
from rejoinder.domain.money import Money


@dataclass(frozen=True, kw_only=True)
class MonthCounts:
    """A merchant's month in one network. All numbers are counts; those of disputes include the one looked at.

    `region` is Visa's (see `knowledge.worth.visa_region`). `disputes` are first chargebacks, won ones too;
    `fraud_disputes` those of them with a fraud code; `fraud_reports` what issuers reported as fraud (TC40).
    `settled` are this month's transactions, `settled_before` those of the month before. `fraud_amount` is the value of
    the reports, None when unknown. `months_over` are the months over Mastercard's threshold so far, this one included.
    """

    month: date
    disputes: int
    region: str = ""
    fraud_disputes: int = 0
    fraud_reports: int = 0
    settled: int = 0
    settled_before: int = 0
    fraud_amount: Money | None = None
    months_over: int = 1


def ratio_effect(counts: MonthCounts, network: str) -> Finding:
    """Return where the month stands against the network's threshold; the dispute counts whether won or lost.

    Holds when over it, unknown when sources disagree on what is counted and the answer hangs on it, or when a count
    is missing. Both readings are always among the values.
    """
    if network == "visa":
        return _visa(counts)
    if network == "mastercard":
        return _mastercard(counts)
    return Finding(code="ratio_no_programme", verdict="unknown", values={"network": network}, missing="threshold")


class _Readings(NamedTuple):
    """How many items count in Visa's ratio, by the two readings of its rule."""

    few: int
    many: int


def _readings(counts: MonthCounts) -> _Readings:
    plain = counts.disputes - counts.fraud_disputes
    return _Readings(few=counts.fraud_reports + plain, many=counts.fraud_reports + counts.disputes)


def _visa(counts: MonthCounts) -> Finding:
    limit = vamp(counts.region, counts.month)
    if limit is None:
        values = {"network": "visa"}
        return Finding(code="ratio_no_programme", verdict="unknown", values=values, missing="region")
    if not counts.settled:
        return Finding(code="ratio_not_counted", verdict="unknown", values={"network": "visa"}, missing="settled")
    items = _readings(counts)
    over = [_over_vamp(count, counts, limit) for count in items]
    values = {
        "few": str(items.few),
        "many": str(items.many),
        "few_bps": _bps(items.few, counts.settled),
        "many_bps": _bps(items.many, counts.settled),
        "one_bps": _bps(1, counts.settled),
        "limit_bps": str(limit.basis_points),
        "limit_count": str(limit.count),
        "acquirer_bps": str(acquirer_basis_points()),
        "month": counts.month.strftime("%Y-%m"),
    }
    compared = (
        Compared(record="month", field="fraud reports and disputes without fraud", value=values["few_bps"]),
        Compared(record="month", field="fraud reports and all disputes", value=values["many_bps"]),
        Compared(record="VAMP", field="threshold", value=values["limit_bps"]),
    )
    return Finding(
        code="ratio_vamp",
        verdict=_verdict(over),
        values=values,
        compared=compared,
        missing="" if over[0] == over[1] and None not in over else "acquirer_count",
    )


def _over_vamp(items: int, counts: MonthCounts, limit: Vamp) -> bool | None:
    """Tell whether every leg is reached; None when the leg of the amount is not known and decides."""
    if items < limit.count or items * 10_000 < limit.basis_points * counts.settled:
        return False
    if not limit.amount_usd:
        return True
    amount = counts.fraud_amount
    dollars = roughly_in(amount.decimal, amount.currency, "USD") if amount else None
    return dollars.decimal >= limit.amount_usd if dollars else None


def _verdict(over: Iterable[bool | None]) -> Verdict:
    verdicts = set(over)
    if verdicts == {True}:
        return "holds"
    return "fails" if verdicts == {False} else "unknown"


def _bps(count: int, settled: int) -> str:
    return f"{Decimal(count) * 10_000 / settled:.1f}"


def _mastercard(counts: MonthCounts) -> Finding:
    if not counts.settled_before:
        values = {"network": "mastercard"}
        return Finding(code="ratio_not_counted", verdict="unknown", values=values, missing="settled_before")
    reached = [program for program in mastercard_programs() if _over_mastercard(counts, program)]
    program = reached[-1] if reached else mastercard_programs()[0]
    values = {
        "program": program.program,
        "count": str(counts.disputes),
        "percent": f"{Decimal(counts.disputes) * 100 / counts.settled_before:.2f}",
        "one_percent": f"{Decimal(100) / counts.settled_before:.3f}",
        "limit_count": str(program.count),
        "limit_percent": str(program.percent),
        "assessment": f"{program.assessment(counts.months_over)} USD",
        "months_over": str(counts.months_over),
        "month": counts.month.strftime("%Y-%m"),
    }
    compared = (
        Compared(record="month", field="disputes by the transactions of the month before", value=values["percent"]),
        Compared(record=program.program, field="threshold", value=values["limit_percent"]),
    )
    return Finding(code="ratio_mastercard", verdict="holds" if reached else "fails", values=values, compared=compared)


def _over_mastercard(counts: MonthCounts, program: MastercardProgram) -> bool:
    share = Decimal(counts.disputes) * 100 / counts.settled_before
    return counts.disputes >= program.count and share >= program.percent


def ratio_cost(counts: MonthCounts, network: str, currency: str) -> Term:
    """Return what one more counted dispute costs, in minor units: nothing far from a threshold, all of it above.

    Between, the cost rises in a straight line; the leg that is further away decides, since both must be reached.
    """
    cost, closeness = _visa_cost(counts) if network == "visa" else _mastercard_cost(counts, network)
    turned = roughly_in(cost * closeness, "USD", currency)
    if turned is None:
        return Term(value=Decimal(0), source="missing", basis="rough_rates")
    return Term(value=Decimal(turned.amount_minor), source="prior", basis="anchors.near_threshold")


class _Cost(NamedTuple):
    """The cost of an item over the threshold, in dollars, and how close the month is to it, from 0 to 1."""

    dollars: Decimal
    closeness: Decimal


def _visa_cost(counts: MonthCounts) -> _Cost:
    limit = vamp(counts.region, counts.month)
    if limit is None or not counts.settled:
        return _Cost(Decimal(0), Decimal(0))
    items = _readings(counts).many
    legs = (Decimal(items) / limit.count, Decimal(items) * 10_000 / counts.settled / limit.basis_points)
    return _Cost(vamp_fee().decimal, _closeness(legs))


def _mastercard_cost(counts: MonthCounts, network: str) -> _Cost:
    if network != "mastercard" or not counts.settled_before:
        return _Cost(Decimal(0), Decimal(0))
    program = mastercard_programs()[0]
    legs = (
        Decimal(counts.disputes) / program.count,
        Decimal(counts.disputes) * 100 / counts.settled_before / program.percent,
    )
    return _Cost(Decimal(program.assessment(counts.months_over + 1)) / program.count, _closeness(legs))


def _closeness(legs: Iterable[Decimal]) -> Decimal:
    near = anchor("near_threshold").value
    return min(max((min(legs) - near) / (1 - near), Decimal(0)), Decimal(1))
