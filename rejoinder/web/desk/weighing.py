"""A dispute looked at again: what the rules conclude now, and the terms of the sum as a form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Literal

from agents.dispute.clocks import Clocks, read_clocks
from agents.dispute.judging import Given, Sum, judge, sum_of
from agents.dispute.nodes import given_of, load_scene, subject_of
from agents.dispute.subject import Subject
from agents.dispute.terms import SHARES, TERM_NAMES, YES_OR_NO, Term, TermRow, Terms, percent, term_rows, with_settings
from agents.state import CaseState
from knowledge.worth import ProcessorFees, anchor, processor_fees
from rejoinder.domain.judgement import Finding, Judgement
from rejoinder.domain.money import Money, from_decimal, minor_digits
from rejoinder.storage.pages import CasePage
from rejoinder.web.context import Desk
from rejoinder.web.words import Words

TermKind = Literal["money", "share", "yes_or_no"]
PROBLEMS: Mapping[TermKind, str] = {
    "money": "Write an amount like 12.50, not less than 0.",
    "share": "Write a number from 0 to 100.",
    "yes_or_no": "Choose yes or no.",
}
RULES = {
    "priors": "a first guess by category and evidence",
    "far from every threshold": "far from every threshold",
    "the amount again": "the amount again",
    "rough_rates": "rough exchange rates",
}
GUESS = "guess"
_HUNDRED = Decimal(100)
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """What the rules look at now, and what they conclude; `sum` is None where no amount is known."""

    run_id: int
    subject: Subject
    given: Given
    judgement: Judgement
    clocks: Clocks
    sum: Sum | None
    starting: Terms | None


@dataclass(frozen=True, kw_only=True)
class TermField:
    """One term as it stands in the form: a typed text that was refused has its problem beside it."""

    row: TermRow
    kind: TermKind
    text: str
    origin: str
    source: str
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class WorthForm:
    """The sum as the page shows it; shares are whole hundredths. `changed` terms were set by a person."""

    run_id: int
    sum: Sum
    fields: tuple[TermField, ...]

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return self.sum.terms.currency

    @property
    def chance(self) -> str:
        """The chance that the sum uses."""
        return percent(self.sum.terms.win_chance.value)

    @property
    def low(self) -> str:
        """The lower end of the interval of the reckoned chance."""
        return percent(self.sum.chance.low)

    @property
    def high(self) -> str:
        """The upper end of the interval of the reckoned chance."""
        return percent(self.sum.chance.high)

    @property
    def set_chance(self) -> bool:
        """Tell whether a person set the chance."""
        return self.sum.terms.win_chance.source == "setting"

    @property
    def changed(self) -> int:
        """How many terms a person set."""
        return sum(field.row.term.source == "setting" for field in self.fields)

    @property
    def problems(self) -> bool:
        """Tell whether a field was refused."""
        return any(field.problem for field in self.fields)


def weigh_again(desk: Desk, shown: CasePage) -> Weighed | None:
    """Let the rules look at a dispute as its records stand now; None before it was read."""
    run = shown.shown_run
    if run is None or shown.dispute is None or shown.reconciled is None:
        return None
    scene = load_scene(CaseState(run_id=run.run_id, case_id=shown.case.case_id), desk.deps)
    subject = subject_of(scene, desk.deps)
    given = given_of(scene, subject, desk.deps, policy=bool(shown.passages))
    plain = sum_of(subject, shown.evidence, replace(given, settings={}))
    return Weighed(
        run_id=run.run_id,
        subject=subject,
        given=given,
        judgement=judge(subject, shown.evidence, given),
        clocks=read_clocks(subject.dispute, given.merchant, subject.now, due=given.due),
        sum=sum_of(subject, shown.evidence, given) if given.settings else plain,
        starting=plain.terms if plain else None,
    )


def worth_form(
    weighed: Weighed, words: Words, typed: Mapping[str, str] = _NOTHING, refused: Mapping[str, str] = _NOTHING
) -> WorthForm | None:
    """Return the sum as a form; what was typed stands in it as it was typed, and `refused` names what is wrong."""
    if weighed.sum is None:
        return None
    terms = weighed.sum.terms
    fields = tuple(
        TermField(
            row=row,
            kind=kind_of(row.name),
            text=typed.get(row.name, text_of(row.name, row.term, terms.currency)),
            origin=_origin(row, weighed, words),
            source=_source(row.term, weighed),
            problem=refused.get(row.name, ""),
        )
        for row in term_rows(terms)
    )
    return WorthForm(run_id=weighed.run_id, sum=weighed.sum, fields=fields)


def kind_of(name: str) -> TermKind:
    """Return what is typed for a term."""
    return "share" if name in SHARES else "yes_or_no" if name in YES_OR_NO else "money"


def text_of(name: str, term: Term, currency: str) -> str:
    """Return a term as it is typed: money in major units, a share in hundredths, yes or no as 1 or 0."""
    kind = kind_of(name)
    if kind == "yes_or_no":
        return str(int(term.value))
    if kind == "share":
        return f"{(term.value * _HUNDRED).quantize(Decimal('0.1')).normalize():f}"
    money = Money(amount_minor=int(term.value.to_integral_value()), currency=currency)
    return f"{money.decimal:.{minor_digits(currency)}f}"


def read_terms(starting: Terms, typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the settings that the form asks for, and what is wrong with a field, both by the name of the term.

    A field that is empty, or as it stood before anybody set it, asks for nothing.
    """
    settings: dict[str, str] = {}
    problems: dict[str, str] = {}
    for name in TERM_NAMES:
        text = typed.get(name, "").strip().replace(",", ".")
        if not text or text == text_of(name, getattr(starting, name), starting.currency):
            continue
        try:
            value = _value(name, text, starting.currency)
            with_settings(starting, {name: value})
        except (ValueError, InvalidOperation):
            problems[name] = PROBLEMS[kind_of(name)]
        else:
            settings[name] = str(value)
    return settings, problems


def _value(name: str, text: str, currency: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or abs(number) >= Decimal(10) ** 12:
        raise ValueError(text)
    kind = kind_of(name)
    if kind == "share":
        return number / _HUNDRED
    return number if kind == "yes_or_no" else Decimal(from_decimal(number, currency).amount_minor)


def _origin(row: TermRow, weighed: Weighed, words: Words) -> str:
    basis = row.origin.values.get("basis", "")
    told = _basis(basis, weighed, words)
    if row.term.value and kind_of(row.name) == "money" and _is_turned(basis, weighed):
        told = words.t("{basis}, turned at a rough exchange rate", basis=told)
    named = {"basis": told}
    return words.finding(Finding(code=row.origin.code, verdict=row.origin.verdict, values=named))


def _basis(basis: str, weighed: Weighed, words: Words) -> str:
    """Return in words what a term rests on."""
    first = basis.split(", ")[0]
    if first.startswith("fees."):
        return words.t("price list of {processor}", processor=weighed.subject.dispute.processor.capitalize())
    if first.startswith("priors") and weighed.sum and weighed.sum.chance.cases:
        return words.t("{count} decided cases", count=weighed.sum.chance.cases)
    if anchors := _anchors(basis):
        guessed = any(anchor(name).confidence == GUESS for name in anchors)
        return words.t("an engineering guess") if guessed else words.t("published figures")
    return words.t(RULES.get(first, first))


def _is_turned(basis: str, weighed: Weighed) -> bool:
    """Tell whether a number was published in another currency."""
    currency = weighed.sum.terms.currency if weighed.sum else ""
    named = {anchor(name).currency for name in _anchors(basis)}
    if basis.startswith("fees.") and (known := _fees(weighed)):
        named.add(known.currency)
    return bool(named - {"", currency})


def _fees(weighed: Weighed) -> ProcessorFees | None:
    dispute, day = weighed.subject.dispute, weighed.subject.now.date()
    return processor_fees(dispute.processor, weighed.sum.terms.currency if weighed.sum else "", on=day)


def _source(term: Term, weighed: Weighed) -> str:
    """Return where a term's starting value was published; empty where nowhere."""
    if term.basis.startswith("fees."):
        known = _fees(weighed)
        return known.source if known else ""
    return ", ".join(filter(None, (anchor(name).source for name in _anchors(term.basis))))


def _anchors(basis: str) -> list[str]:
    return [part.removeprefix("anchors.") for part in basis.split(", ") if part.startswith("anchors.")]
