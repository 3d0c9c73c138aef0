"""Fight, accept, refund first, ask for more, or a person: the expected value of each, every term in sight."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from agents.dispute.subject import Subject
from agents.dispute.terms import Chance, Terms, percent, rounded, term_rows
from knowledge.reason_codes import find
from rejoinder.domain.cases import Stage
from rejoinder.domain.judgement import Compared, Finding
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Refund

Advice = Literal["fight", "accept", "refund_first", "ask_more", "human"]
BEFORE_CHARGEBACK = frozenset({"alert", "inquiry"})
"""Stages at which no money has moved: a refund still ends the matter, and no ratio counts it."""

KNOWN_BY_PEOPLE = ("merchant_at_fault", "legal_or_safety", "vip_customer", "account_takeover")
"""What no record tells and a person may say of a case; each brings it to a person."""

ALREADY_REFUNDED = "already_refunded"
_PLACES = Decimal("0.0001")
_ONE = Decimal(1)


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What the case is like beside the numbers.

    `overrides` are findings that bring the case to a person where they hold. `ask_gain` is the gain in win chance by
    the one item worth asking for; 0 when there is none, or no time.
    """

    stage: Stage = "first"
    overrides: tuple[Finding, ...] = ()
    complete: bool = True
    ask_gain: Decimal = Decimal(0)
    new_evidence: bool = False
    chance: Chance | None = None


@dataclass(frozen=True, kw_only=True)
class Worth:
    """The expected value of each way. `ev_refund_now` is None where a refund no longer ends the matter.

    Fighting and accepting count from the money being gone, refunding from holding it: compare `refund_over_accept`.
    `break_even` is the win chance from which fighting pays, None where it never does.
    """

    ev_fight: Money
    ev_accept: Money
    ev_refund_now: Money | None
    refund_over_accept: Money | None
    break_even: Decimal | None
    advice: Advice
    findings: tuple[Finding, ...] = field(default=())


def worth(terms: Terms, situation: Situation = Situation()) -> Worth:
    """Return what each way is worth on average, and which is advised."""
    before = situation.stage in BEFORE_CHARGEBACK
    pays_back = _pays_back(terms, before=before)
    costs = terms.prep_cost.value + terms.contest_fee.value
    fight = terms.win_chance.value * pays_back - costs
    spared = terms.dispute_fee.value + terms.ratio_cost.value - terms.refund_fee.value
    gain = spared if before else None
    advice = _advise(terms, situation, fight=fight, pays_back=pays_back, refund_gain=gain)
    even = (costs / pays_back).quantize(_PLACES) if pays_back > costs else None
    found = Worth(
        ev_fight=rounded(fight, terms.currency),
        ev_accept=rounded(Decimal(0), terms.currency),
        ev_refund_now=None if gain is None else rounded(gain - terms.amount.value, terms.currency),
        refund_over_accept=None if gain is None else rounded(gain, terms.currency),
        break_even=even,
        advice=advice,
    )
    return replace(found, findings=tuple(_findings(terms, situation, found)))


def _pays_back(terms: Terms, *, before: bool) -> Decimal:
    """Return what a win brings. Before a chargeback a win also spares the dispute's fee and its place in the ratio."""
    kept = terms.amount.value * (_ONE - terms.success_share.value)
    kept += terms.contest_fee.value * terms.contest_fee_returned.value
    kept -= terms.reopening_chance.value * terms.prearb_loss.value
    if before:
        return kept + terms.dispute_fee.value + terms.ratio_cost.value
    return kept + terms.dispute_fee.value * terms.dispute_fee_returned.value


def _advise(
    terms: Terms, situation: Situation, *, fight: Decimal, pays_back: Decimal, refund_gain: Decimal | None
) -> Advice:
    overrides = {finding.code for finding in situation.overrides if finding.verdict == "holds"}
    if overrides:
        return "fight" if overrides == {ALREADY_REFUNDED} else "human"
    if situation.stage == "prearb":
        worthwhile = situation.new_evidence and terms.amount.value >= terms.least_prearb_amount.value
        return "human" if worthwhile else "accept"
    if refund_gain is not None and refund_gain > max(fight, Decimal(0)):
        return "refund_first"
    with_item = fight + situation.ask_gain * pays_back
    if situation.ask_gain > 0 and not situation.complete and _pays(terms, with_item, situation.ask_gain):
        return "ask_more"
    if _pays(terms, fight, Decimal(0)):
        return "fight" if situation.complete else "human"
    return "accept"


def _pays(terms: Terms, fight: Decimal, gain: Decimal) -> bool:
    return fight > terms.margin.value and terms.win_chance.value + gain >= terms.least_win_chance.value


def _findings(terms: Terms, situation: Situation, found: Worth) -> list[Finding]:
    values = {
        "ev_fight": str(found.ev_fight),
        "amount": str(rounded(terms.amount.value, terms.currency)),
        "chance": percent(terms.win_chance.value),
        "costs": str(rounded(terms.prep_cost.value + terms.contest_fee.value, terms.currency)),
        "refund_gain": str(found.refund_over_accept or ""),
    }
    compared = tuple(Compared(record="term", field=row.name, value=row.text) for row in term_rows(terms))
    findings = [Finding(code=f"advice_{found.advice}", verdict="holds", values=values, compared=compared)]
    findings += [finding for finding in situation.overrides if finding.verdict == "holds"]
    findings.append(_break_even(terms, found))
    if situation.chance:
        findings += _of_chance(situation.chance, found.break_even)
    findings += [
        Finding(code="term_missing", verdict="unknown", values={"basis": row.term.basis}, missing=row.name)
        for row in term_rows(terms)
        if row.term.source == "missing"
    ]
    if situation.stage not in BEFORE_CHARGEBACK:
        findings.append(Finding(code="counts_either_way", verdict="holds"))
    if found.advice == "accept":
        findings.append(Finding(code="accepting_is_final", verdict="holds"))
    return findings


def _break_even(terms: Terms, found: Worth) -> Finding:
    if found.break_even is None:
        return Finding(code="break_even", verdict="fails")
    reached = terms.win_chance.value > found.break_even
    values = {
        "break_even": percent(found.break_even),
        "chance": percent(terms.win_chance.value),
        "reached": str(reached),
    }
    return Finding(code="break_even", verdict="holds", values=values)


def _of_chance(chance: Chance, break_even: Decimal | None) -> list[Finding]:
    values = {
        "mean": percent(chance.mean),
        "low": percent(chance.low),
        "high": percent(chance.high),
        "cases": str(chance.cases),
        "basis": chance.basis,
    }
    findings = [Finding(code="win_chance", verdict="holds" if chance.basis == "outcomes" else "unknown", values=values)]
    if break_even is not None and chance.low < break_even < chance.high:
        values = {"low": values["low"], "high": values["high"], "break_even": percent(break_even)}
        findings.append(Finding(code="chance_too_wide", verdict="unknown", values=values))
    return findings


def hard_overrides(subject: Subject, terms: Terms, *, known: frozenset[str] = frozenset()) -> tuple[Finding, ...]:
    """Return what takes the decision from the sum; `known` are words of `KNOWN_BY_PEOPLE` that a person gave.

    All bring the case to a person, but for money that was given back before: that is always worth saying.
    """
    found = [Finding(code=code, verdict="holds") for code in KNOWN_BY_PEOPLE if code in known]
    if subject.dispute.stage in {"arbitration", "compliance"}:
        found.append(Finding(code="late_stage", verdict="holds", values={"stage": subject.dispute.stage}))
    if terms.amount.value >= terms.high_amount.value and terms.high_amount.source != "missing":
        found.append(_high_amount(terms))
    code = find(subject.dispute.network, subject.dispute.reason_code)
    if code and code.representable in {"no", "not_a_dispute"}:
        values = {"network": code.network, "code": code.code}
        found.append(Finding(code="not_contestable", verdict="holds", values=values))
    return (*found, *_refunds(subject))


def _high_amount(terms: Terms) -> Finding:
    amount, limit = (str(rounded(term.value, terms.currency)) for term in (terms.amount, terms.high_amount))
    return Finding(
        code="high_amount",
        verdict="holds",
        values={"amount": amount, "limit": limit},
        compared=(
            Compared(record="dispute", field="amount", value=amount),
            Compared(record="setting", field="high_amount", value=limit),
        ),
    )


def _refunds(subject: Subject) -> list[Finding]:
    refunds = [refund for refund in subject.order.refunds if refund.status == "succeeded"] if subject.order else []
    opened = subject.opened_at
    if not refunds or opened is None:
        return []
    before = [refund for refund in refunds if refund.created_at < opened]
    after = [refund for refund in refunds if refund.created_at >= opened]
    disputed = subject.dispute.amount
    given_back = sum(r.amount.amount_minor for r in before if disputed and r.amount.currency == disputed.currency)
    found = []
    if disputed and before and given_back >= disputed.amount_minor:
        found.append(_of_refund(ALREADY_REFUNDED, before[-1], subject))
    if after:
        found.append(_of_refund("refunded_while_disputed", after[-1], subject))
    return found


def _of_refund(code: str, refund: Refund, subject: Subject) -> Finding:
    opened = subject.opened_at.date().isoformat() if subject.opened_at else ""
    refunded = refund.created_at.date().isoformat()
    cited = f"refund:{refund.reference}"
    return Finding(
        code=code,
        verdict="holds",
        values={"amount": str(refund.amount), "refunded_on": refunded, "opened_on": opened, "arn": refund.arn},
        compared=(
            Compared(record="refund", field="created_at", value=refunded, evidence_id=cited),
            Compared(record="dispute", field="opened_at", value=opened, evidence_id="dispute:record"),
        ),
    )
