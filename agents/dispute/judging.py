"""All rules on one dispute, in the order in which one needs the other: what they conclude together."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from agents import evidence as ev
from agents.dispute.clocks import Clocks, read_clocks
from agents.dispute.compelling import assess_ce3
from agents.dispute.coverage import kinds_of
from agents.dispute.first_party import assess_first_party
from agents.dispute.gaps import HISTORY, Gaps, find_gaps, impossible_items, matrix
from agents.dispute.harmful import blocking, harmful
from agents.dispute.history import HistoryResult
from agents.dispute.invalid import double_loss, invalid_checks
from agents.dispute.purchases import ce3_case
from agents.dispute.ratios import MonthCounts, ratio_cost, ratio_effect
from agents.dispute.subject import Subject
from agents.dispute.terms import Chance, Outcomes, Terms, starting_terms, win_chance, with_settings
from agents.dispute.waiting import worth_waiting_for
from agents.dispute.worth import Situation, Worth, hard_overrides, worth
from knowledge.worth import visa_region
from rejoinder.domain.cases import Merchant, MonthOfCards
from rejoinder.domain.evidence import Evidence
from rejoinder.domain.judgement import Finding, Judgement
from rejoinder.domain.money import Money

RATIO_NETWORKS = frozenset({"visa", "mastercard"})
ACCEPTED = frozenset({"qualified", "boundary"})
"""Verdicts on which earlier orders are put forward; only `qualified` counts as decisive."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """What is known beside the dispute's own records.

    `outcomes` tells how many own cases of a category and level of evidence were won, and lost. `due` is the deadline as
    printed, where more is known than an instant. `settings` are terms that a person set, by name.
    """

    merchant: Merchant
    outcomes: Callable[[str, str], tuple[int, int]] = lambda category, level: (0, 0)
    month: MonthOfCards | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    due: datetime | date | None = None
    policy: bool = False


@dataclass(frozen=True, kw_only=True)
class Sum:
    """The expected value with what it was reckoned from."""

    terms: Terms
    chance: Chance
    worth: Worth


def history_of(subject: Subject) -> tuple[HistoryResult, ...]:
    """Return what the networks' rules on earlier orders conclude; nothing where none is for this dispute."""
    case = ce3_case(subject)
    if case is None:
        return ()
    results = (assess_ce3(case, subject.now), assess_first_party(case, subject.now))
    return tuple(result for result in results if result.verdict != "not_applicable")


def accepted_orders(history: Iterable[HistoryResult]) -> tuple[str, ...]:
    """Return the numbers of the earlier orders that a rule accepts, newest first."""
    return tuple(p.order_number for result in history if result.verdict in ACCEPTED for p in result.pair)


def judge(subject: Subject, evidence: Sequence[Evidence], given: Given) -> Judgement:
    """Return what the rules conclude; the same records always give the same judgement."""
    history = history_of(subject)
    invalid, against = invalid_checks(subject), harmful(subject, evidence)
    clocks = read_clocks(subject.dispute, given.merchant, subject.now, due=given.due)
    gaps = _gaps(subject, evidence, against, history, policy=given.policy)
    summed = weigh(subject, gaps, against, clocks, given)
    twice = double_loss(subject)
    advised = (*(summed.worth.findings if summed else ()), *worth_waiting_for(subject, clocks))
    accepted = [result for result in history if result.verdict in ACCEPTED]
    return Judgement(
        clocks=clocks.findings,
        invalid=invalid,
        compelling=tuple(finding for result in history for finding in result.findings),
        harmful=against,
        gaps=gaps.findings,
        worth=(*advised, *((twice,) if twice else ())),
        ratios=_ratios(subject, given),
        advice=summed.worth.advice if summed else "human",
        ask=gaps.ask.need.evidence_id if gaps.ask else "",
        level=gaps.level,
        completeness=str(gaps.completeness),
        earlier=accepted_orders(history),
        shared=tuple(accepted[0].elements) if accepted else (),
        due_by=clocks.due_by,
        merchant_by=clocks.merchant_by,
        answerable=clocks.open,
    )


def sum_of(subject: Subject, evidence: Sequence[Evidence], given: Given) -> Sum | None:
    """Return the expected value that `judge` rests its advice on; None where no amount is known.

    Raises:
        ValueError: a setting names no term, or is outside its range.
    """
    against = harmful(subject, evidence)
    clocks = read_clocks(subject.dispute, given.merchant, subject.now, due=given.due)
    gaps = _gaps(subject, evidence, against, history_of(subject), policy=given.policy)
    return weigh(subject, gaps, against, clocks, given)


def weigh(subject: Subject, gaps: Gaps, against: Sequence[Finding], clocks: Clocks, given: Given) -> Sum | None:
    """Return the expected value of each way; None where no amount is known.

    Raises:
        ValueError: a setting names no term, or is outside its range.
    """
    amount = amount_at_stake(subject)
    if amount is None:
        return None
    won, lost = given.outcomes(subject.category, gaps.level)
    chance = win_chance(subject.category, gaps.level, Outcomes(won=won, lost=lost))
    terms = starting_terms(
        amount, chance, processor=subject.dispute.processor, network=subject.network, on=subject.now.date()
    )
    if counts := month_counts(subject, given):
        terms = replace(terms, ratio_cost=ratio_cost(counts, subject.network, terms.currency))
    terms = with_settings(terms, {name: Decimal(value) for name, value in given.settings.items()})
    left = clocks.time_left(subject.now)
    situation = Situation(
        stage=subject.dispute.stage,
        overrides=(*hard_overrides(subject, terms), *blocking(against, subject.category)),
        complete=gaps.complete,
        ask_gain=gaps.ask_gain if left is None or left.total_seconds() > 0 else Decimal(0),
        chance=chance,
    )
    return Sum(terms=terms, chance=chance, worth=worth(terms, situation))


def amount_at_stake(subject: Subject) -> Money | None:
    """Return what a win would bring back: the disputed amount less what was refunded, else the payment's."""
    rest = ev.remaining(subject.dispute, subject.order)
    return rest or subject.dispute.amount or (subject.payment.amount if subject.payment else None)


def _gaps(
    subject: Subject,
    evidence: Sequence[Evidence],
    against: Sequence[Finding],
    history: Sequence[HistoryResult],
    *,
    policy: bool,
) -> Gaps:
    there = kinds_of(evidence, policy=policy)
    if not any(result.rule == "visa_ce3" and result.verdict == "qualified" for result in history):
        there -= {HISTORY}
    goods = subject.order.goods if subject.order else ""
    needs = matrix(subject.network, subject.dispute.reason_code, subject.category, goods)
    return find_gaps(needs, there, category=subject.category, impossible=impossible_items(subject, against))


def _ratios(subject: Subject, given: Given) -> tuple[Finding, ...]:
    counts = month_counts(subject, given)
    return (ratio_effect(counts, subject.network),) if counts else ()


def month_counts(subject: Subject, given: Given) -> MonthCounts | None:
    """Return the month in which the dispute counts; None where it was not counted, or the network watches no ratio."""
    if given.month is None or subject.network not in RATIO_NETWORKS:
        return None
    return MonthCounts(
        month=(subject.opened_at or subject.now).date(),
        region=visa_region(given.merchant.country),
        disputes=given.month.disputes,
        fraud_disputes=given.month.fraud_disputes,
        fraud_reports=given.month.fraud_reports,
        settled=given.month.settled,
        settled_before=given.month.settled_before,
    )
