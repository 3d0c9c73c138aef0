"""What fighting and accepting cost, how likely a win is, and where the networks' ratios end: data with its sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal

from knowledge.catalog import read_toml
from rejoinder.domain.money import Money, from_decimal, minor_digits

Level = Literal["decisive", "strong", "some", "none"]


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A starting value, a plain number or an amount in major units of `currency`."""

    value: Decimal
    confidence: str
    currency: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class ProcessorFees:
    """What a dispute costs at a processor, in major units; None is by contract or unknown.

    `returned` fees come back with a win. `success_share` is the part of what is won that the processor keeps.
    """

    processor: str
    currency: str
    confidence: str
    program: str = ""
    region: str = ""
    dispute_fee: Decimal | None = None
    dispute_fee_returned: bool = False
    contest_fee: Decimal | None = None
    contest_fee_returned: bool = False
    success_share: Decimal = Decimal(0)
    in_force_from: date | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Vamp:
    """The threshold of Visa's programme in some regions: all legs must be reached. `amount_usd` in whole dollars."""

    regions: tuple[str, ...]
    in_force_from: date
    basis_points: int
    count: int
    confidence: str
    source: str
    amount_usd: int = 0


@dataclass(frozen=True, kw_only=True)
class MastercardProgram:
    """One programme of Mastercard; `assessments` are (first month, USD a month), by rising month."""

    program: str
    percent: Decimal
    count: int
    assessments: tuple[tuple[int, int], ...]
    confidence: str
    source: str

    def assessment(self, month: int) -> int:
        """Return what a month in the programme costs, in whole dollars; months count from 1."""
        return max((cost for first, cost in self.assessments if first <= month), default=0)


def anchor(name: str) -> Anchor:
    """Return a starting value.

    Raises:
        KeyError: there is none of this name.
    """
    table = _tables()["anchors"][name]
    return Anchor(**{**table, "value": Decimal(table["value"])})


def processor_fees(processor: str, currency: str, *, program: str = "", on: date) -> ProcessorFees | None:
    """Return the fees in force on a day, those in the wanted currency first; None when nothing is known."""
    known = [
        fees
        for fees in _fees()
        if fees.processor == processor and fees.program == program and (fees.in_force_from or date.min) <= on
    ]
    return min(known, key=lambda fees: fees.currency != currency, default=None)


def arbitration_fee(network: str) -> Anchor:
    """Return what losing an arbitration costs."""
    tables = _tables()["arbitration"]
    table = tables.get(network, tables["other"])
    return Anchor(
        value=Decimal(table["fee"]),
        currency=table["currency"],
        confidence=table["confidence"],
        source=table.get("source", ""),
    )


def prior(category: str, level: Level) -> Decimal:
    """Return the guessed chance of a win with evidence of this level."""
    tables = _tables()["priors"]["category"]
    return Decimal(tables.get(category, tables["any"])[level])


def prior_weight() -> int:
    """Return how many cases of a merchant's own a guess counts for."""
    return int(_tables()["priors"]["weight"])


def roughly_in(amount: Decimal, currency: str, wanted: str) -> Money | None:
    """Turn a fee into another currency by a rough rate, rounded to its minor unit; None when no rate is known."""
    if currency == wanted:
        return from_decimal(_rounded(amount, wanted), wanted)
    rates = _tables()["rough_rates"]
    if currency not in rates or wanted not in rates:
        return None
    return from_decimal(_rounded(amount / Decimal(rates[currency]) * Decimal(rates[wanted]), wanted), wanted)


def _rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-minor_digits(currency)))


def vamp(region: str, on: date) -> Vamp | None:
    """Return Visa's threshold in a region on a day; None where none is known."""
    known = [entry for entry in _vamp() if region in entry.regions and entry.in_force_from <= on]
    return max(known, key=lambda entry: entry.in_force_from, default=None)


def vamp_fee() -> Money:
    """Return what each counted item costs a merchant over Visa's threshold."""
    return from_decimal(Decimal(_tables()["vamp_costs"]["fee_an_item_usd"]), "USD")


def acquirer_basis_points() -> int:
    """Return the ratio of an acquirer's whole portfolio from which Visa charges the acquirer."""
    return int(_tables()["vamp_costs"]["acquirer_basis_points"])


@cache
def mastercard_programs() -> tuple[MastercardProgram, ...]:
    """Return Mastercard's programmes, the milder first."""
    return tuple(
        MastercardProgram(
            **{
                **table,
                "percent": Decimal(table["percent"]),
                "assessments": tuple((month, cost) for month, cost in table["assessments"]),
            }
        )
        for table in _tables()["mastercard"]
    )


def visa_region(country: str) -> str:
    """Return Visa's region of a country (ISO 3166 alpha-2); empty when it is not listed."""
    regions: Mapping[str, list[str]] = _tables()["visa_regions"]
    return next((region for region, countries in regions.items() if country in countries), "")


@cache
def _tables() -> dict[str, Any]:
    return read_toml("worth.toml")


@cache
def _fees() -> tuple[ProcessorFees, ...]:
    amounts = ("dispute_fee", "contest_fee", "success_share")
    return tuple(
        ProcessorFees(**{**table, **{name: Decimal(table[name]) for name in amounts if name in table}})
        for table in _tables()["fees"]
    )


@cache
def _vamp() -> tuple[Vamp, ...]:
    return tuple(Vamp(**{**table, "regions": tuple(table["regions"])}) for table in _tables()["vamp"])
