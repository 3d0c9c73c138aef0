"""The numbers that the advice on a dispute rests on: each with its source, shown, and open to change."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from knowledge.worth import (
    Anchor,
    Level,
    ProcessorFees,
    anchor,
    arbitration_fee,
    prior,
    prior_weight,
    processor_fees,
    roughly_in,
)
from rejoinder.domain.judgement import Finding
from rejoinder.domain.money import Money

Source = Literal["dispute", "prior", "setting", "outcomes", "missing"]


INTERVAL = Decimal("0.90")
_ONE = Decimal(1)
_PLACES = Decimal("0.0001")


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """Decided cases of the merchant's own, of one category and level of evidence."""

    won: int = 0
    lost: int = 0

    @property
    def cases(self) -> int:
        """How many were decided."""
        return self.won + self.lost


@dataclass(frozen=True, kw_only=True)
class Chance:
    """The chance of a win with its 90 % interval; `basis` says whether the merchant's own cases speak in it."""

    mean: Decimal
    low: Decimal
    high: Decimal
    basis: Literal["prior", "outcomes"]
    cases: int = 0


@dataclass(frozen=True, kw_only=True)
class Term:
    """One number of the sum and where it comes from; `basis` names the entry, a missing one counts as nothing."""

    value: Decimal
    source: Source
    basis: str = ""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Everything the advice rests on: money in minor units of `currency`, shares from 0 to 1, `returned` 0 or 1.

    `amount` is what can be recovered. `reopening_chance` is that of a first win being challenged again, which then
    costs `prearb_loss`. `ratio_cost` is what one more counted dispute costs. `margin`, `least_win_chance`,
    `high_amount` and `least_prearb_amount` are where the advice turns.
    """

    currency: str
    amount: Term
    win_chance: Term
    contest_fee: Term
    contest_fee_returned: Term
    success_share: Term
    prep_cost: Term
    dispute_fee: Term
    dispute_fee_returned: Term
    reopening_chance: Term
    prearb_loss: Term
    refund_fee: Term
    ratio_cost: Term
    margin: Term
    least_win_chance: Term
    high_amount: Term
    least_prearb_amount: Term


SHARES = frozenset({"win_chance", "success_share", "reopening_chance", "least_win_chance"})
YES_OR_NO = frozenset({"contest_fee_returned", "dispute_fee_returned"})
TERM_NAMES = tuple(item.name for item in fields(Terms) if item.name != "currency")


def win_chance(category: str, evidence_level: Level, outcomes: Outcomes = Outcomes()) -> Chance:
    """Return the chance of a win: a guess by category and evidence until the merchant's own outcomes speak.

    The guess counts for `prior_weight()` cases (Beta-binomial).
    """
    from scipy.special import betaincinv  # slow to import, and needed for few commands

    guess, weight = prior(category, evidence_level), prior_weight()
    won, lost = guess * weight + outcomes.won, (_ONE - guess) * weight + outcomes.lost
    tail = float((_ONE - INTERVAL) / 2)
    low, high = betaincinv(float(won), float(lost), [tail, 1 - tail])
    return Chance(
        mean=(won / (won + lost)).quantize(_PLACES),
        low=Decimal(str(low)).quantize(_PLACES),
        high=Decimal(str(high)).quantize(_PLACES),
        basis="outcomes" if outcomes.cases else "prior",
        cases=outcomes.cases,
    )


def starting_terms(
    amount: Money, chance: Chance, *, processor: str, network: str = "", program: str = "", on: date
) -> Terms:
    """Return the terms of a dispute from what is known of fees and costs, each with its source."""
    currency = amount.currency
    at_stake = Term(value=Decimal(amount.amount_minor), source="dispute")
    known = processor_fees(processor, currency, program=program, on=on)
    fees = known or ProcessorFees(processor=processor, currency=currency, confidence="")
    named = f"fees.{processor}.{program}".rstrip(".")
    hour, minutes = anchor("hour"), anchor("minutes_a_case")
    prep = _money(hour.value * minutes.value / 60, hour.currency, currency, "anchors.hour, anchors.minutes_a_case")
    return Terms(
        currency=currency,
        amount=at_stake,
        win_chance=Term(value=chance.mean, source=chance.basis, basis=f"priors, {chance.cases} cases"),
        contest_fee=_money(fees.contest_fee, fees.currency, currency, named),
        contest_fee_returned=_yes(fees.contest_fee_returned, named),
        success_share=Term(value=fees.success_share, source="prior", basis=named),
        prep_cost=prep,
        dispute_fee=_money(fees.dispute_fee, fees.currency, currency, named),
        dispute_fee_returned=_yes(fees.dispute_fee_returned, named),
        reopening_chance=_share("reopening_chance"),
        prearb_loss=_prearb_loss(at_stake.value, prep.value, arbitration_fee(network), currency),
        refund_fee=_anchored("refund_fee", currency),
        ratio_cost=Term(value=Decimal(0), source="prior", basis="far from every threshold"),
        margin=_anchored("margin", currency),
        least_win_chance=_share("least_win_chance"),
        high_amount=_anchored("high_amount", currency),
        least_prearb_amount=_anchored("least_prearb_amount", currency),
    )


def _prearb_loss(amount: Decimal, prep: Decimal, arbitration: Anchor, currency: str) -> Term:
    """Return the cheaper of two losses: giving up what was won, or fighting on and perhaps losing the fee too."""
    fee = _money(arbitration.value, arbitration.currency, currency, "arbitration")
    if fee.source == "missing":
        return Term(value=amount, source="dispute", basis="the amount again")
    fight_on = _share("prearb_loss_chance").value * (amount + fee.value) + prep
    if amount <= fight_on:
        return Term(value=amount, source="dispute", basis="the amount again")
    return Term(value=fight_on.quantize(_ONE), source="prior", basis="anchors.prearb_loss_chance, arbitration")


def _money(value: Decimal | None, currency: str, wanted: str, basis: str) -> Term:
    turned = None if value is None else roughly_in(value, currency, wanted)
    if turned is None:
        return Term(value=Decimal(0), source="missing", basis=basis)
    return Term(value=Decimal(turned.amount_minor), source="prior", basis=basis)


def _anchored(name: str, currency: str) -> Term:
    known = anchor(name)
    return _money(known.value, known.currency, currency, f"anchors.{name}")


def _share(name: str) -> Term:
    return Term(value=anchor(name).value, source="prior", basis=f"anchors.{name}")


def _yes(returned: bool, basis: str) -> Term:
    return Term(value=Decimal(returned), source="prior", basis=basis)


def with_settings(terms: Terms, settings: Mapping[str, Decimal]) -> Terms:
    """Return the terms with what the merchant set in place of what we assumed, in the units of `Terms`.

    Raises:
        ValueError: a name is unknown, or a value is outside its range.
    """
    for name, value in settings.items():
        if name not in TERM_NAMES:
            raise ValueError(f"there is no term {name!r}; known: {', '.join(TERM_NAMES)}")
        if value < 0 or (name in SHARES and value > 1) or (name in YES_OR_NO and value not in {0, 1}):
            raise ValueError(f"{name!r} cannot be {value}")
    changed = {name: Term(value=value, source="setting", basis=name) for name, value in settings.items()}
    return replace(terms, **changed)  # type: ignore[arg-type]  # every changed name is that of a term


def rounded(minor: Decimal, currency: str) -> Money:
    """Return minor units as money, without their fractions."""
    return Money(amount_minor=int(minor.to_integral_value()), currency=currency)


def percent(share: Decimal) -> str:
    """Return a share as a whole number of hundredths, for a sentence."""
    return f"{share * 100:.0f}"


@dataclass(frozen=True, kw_only=True)
class TermRow:
    """One line of the sum as a person sees and edits it; `label` and `origin` are findings to be put into words."""

    name: str
    term: Term
    text: str
    label: Finding
    origin: Finding


def term_rows(terms: Terms) -> tuple[TermRow, ...]:
    """Return every term, in the order of the sum."""
    return tuple(_row(name, getattr(terms, name), terms.currency) for name in TERM_NAMES)


def _row(name: str, term: Term, currency: str) -> TermRow:
    if name in SHARES:
        text = f"{percent(term.value)} %"
    else:
        text = str(int(term.value)) if name in YES_OR_NO else str(rounded(term.value, currency))
    return TermRow(
        name=name,
        term=term,
        text=text,
        label=Finding(code=f"term_{name}", verdict="holds"),
        origin=Finding(code=f"source_{term.source}", verdict="holds", values={"basis": term.basis}),
    )
