"""Whether earlier orders show that the cardholder knows the shop, by Visa Compelling Evidence 3.0."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, combinations
from typing import Literal

from agents.dispute.element_findings import element_findings, incomplete
from agents.dispute.history import HistoryResult, barred, blemish, is_for, other_purchases
from agents.dispute.identifiers import FIELDS, Element, State
from agents.dispute.purchases import ELEMENTS, Ce3Case, Purchase, card_state, compared_elements, state_of
from knowledge.compelling import HistoryRule, visa_ce3
from rejoinder.domain.judgement import Compared, Finding

Window = Literal["safe", "boundary", "outside"]


@dataclass(frozen=True, kw_only=True)
class _Pairing:
    """Two earlier purchases beside the disputed one. `counted` is empty when the pair does not meet the rule."""

    pair: tuple[Purchase, Purchase]
    states: Mapping[Element, State]
    window: Window
    counted: tuple[Element, ...]
    gaps: tuple[Finding, ...]

    @property
    def same(self) -> frozenset[Element]:
        return frozenset(element for element, state in self.states.items() if state == "same")


def assess_ce3(case: Ce3Case, now: datetime) -> HistoryResult:
    """Tell if a dispute qualifies for Visa Compelling Evidence 3.0: with which two earlier purchases, or why not."""
    rule = visa_ce3()
    if not is_for(case, rule.network, rule.codes):
        wrong = Finding(code="ce3_other_reason", verdict="fails", values={"network": case.network, "code": case.code})
        return HistoryResult(rule="visa_ce3", verdict="not_applicable", findings=(wrong,))
    stop = barred(case, now)
    if stop is not None:
        return HistoryResult(rule="visa_ce3", verdict="not_qualified", findings=(stop,))
    refused = [(prior, _refusal(case, prior, rule)) for prior in other_purchases(case)]
    usable = [prior for prior, finding in refused if finding is None]
    excluded = tuple(finding for _, finding in refused if finding is not None)
    pairings = [_pairing(case, newer, older, rule) for newer, older in _pairs(usable)]
    fitting = [pairing for pairing in pairings if pairing.counted]
    if fitting:
        return _met(case, max(fitting, key=_rank))
    findings = (_too_few(len(usable), rule),) if not pairings else _unmet(case, max(pairings, key=_closeness), rule)
    return HistoryResult(rule="visa_ce3", verdict="not_qualified", findings=findings + excluded)


def _pairs(usable: Sequence[Purchase]) -> Iterator[tuple[Purchase, Purchase]]:
    for newer, older in combinations(usable, 2):
        # Two captures of one order on one day are one purchase paid in parts.
        if newer.order_number != older.order_number or _day(newer.paid_at) != _day(older.paid_at):
            yield newer, older


def _refusal(case: Ce3Case, prior: Purchase, rule: HistoryRule) -> Finding | None:
    disputed, order = case.purchase, {"order": prior.order_number}
    if prior.processor != disputed.processor:
        both = (disputed.compared("processor"), prior.compared("processor"))
        return Finding(code="ce3_prior_processor", verdict="fails", values=order, compared=both)
    if card_state(disputed, prior) == "other":
        cards = (disputed.compared("card_fingerprint"), prior.compared("card_fingerprint"))
        return Finding(code="ce3_prior_card", verdict="fails", values=order, compared=cards)
    if _window(case, prior, rule) == "outside":
        dates = (disputed.compared("paid_at"), prior.compared("paid_at"))
        days = str((_day(disputed.paid_at) - _day(prior.paid_at)).days)
        limits = {"least": str(rule.outer_days.least), "most": str(rule.outer_days.most)}
        return Finding(
            code="ce3_prior_window", verdict="fails", values={**order, "days": days, **limits}, compared=dates
        )
    return blemish(prior)


def _window(case: Ce3Case, prior: Purchase, rule: HistoryRule) -> Window:
    anchors = [case.purchase.paid_at, *([case.opened_at] if case.opened_at else [])]
    ages = [(_day(anchor) - _day(prior.paid_at)).days for anchor in anchors]
    if len(ages) > 1 and all(age in rule.safe_days for age in ages):
        return "safe"
    return "boundary" if any(age in rule.outer_days for age in ages) else "outside"


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _pairing(case: Ce3Case, newer: Purchase, older: Purchase, rule: HistoryRule) -> _Pairing:
    purchases = (case.purchase, newer, older)
    states = {element: state_of(purchases, element) for element in ELEMENTS}
    same = frozenset(element for element, state in states.items() if state == "same")
    mendable = tuple(element for element in ELEMENTS if states[element] == "incomplete")
    counted = _counted(same, mendable, rule)
    windows = {_window(case, newer, rule), _window(case, older, rule)}
    gaps = (
        *(gap for element in counted if element not in same for gap in incomplete(purchases, element)),
        *_unknown_card(case.purchase, (newer, older)),
        *(_no_description(purchase) for purchase in purchases if not purchase.description.strip()),
    )
    return _Pairing(
        pair=(newer, older),
        states=states,
        window="boundary" if "boundary" in windows else "safe",
        counted=counted,
        gaps=gaps,
    )


def _counted(same: frozenset[Element], mendable: Sequence[Element], rule: HistoryRule) -> tuple[Element, ...]:
    """Return the elements that meet the rule, with as few to be mended as can be; empty when none do."""
    for size in range(len(mendable) + 1):
        for mended in combinations(mendable, size):
            if _suffice(same.union(mended), rule):
                return tuple(element for element in ELEMENTS if element in same or element in mended)
    return ()


def _suffice(elements: frozenset[Element], rule: HistoryRule) -> bool:
    return len(elements) >= rule.elements and not elements.isdisjoint(rule.main)


def _rank(pairing: _Pairing) -> tuple[object, ...]:
    newer, older = pairing.pair
    return (
        -len(pairing.gaps),
        pairing.window == "safe",
        len(pairing.counted),
        {"ip", "device"} <= set(pairing.counted),
        not (newer.refunded or older.refunded),
        newer.paid_at,
        older.paid_at,
        newer.payment_reference,
        older.payment_reference,
    )


def _closeness(pairing: _Pairing) -> tuple[object, ...]:
    main = not pairing.same.isdisjoint(visa_ce3().main)
    newer, older = pairing.pair
    return (len(pairing.same), main, newer.paid_at, older.paid_at, newer.payment_reference, older.payment_reference)


def _met(case: Ce3Case, pairing: _Pairing) -> HistoryResult:
    gaps, window = (*pairing.gaps, *_case_gaps(case)), _window_finding(case, pairing)
    lacking = next((finding.missing for finding in (*gaps, window) if finding.missing), "")
    newer, older = pairing.pair
    head = Finding(
        code="ce3_pair_with_gaps" if gaps else "ce3_pair",
        verdict="unknown" if lacking else "holds",
        values={"newer": newer.order_number, "older": older.order_number, "count": str(len(pairing.counted))},
        compared=compared_elements(_all(case, pairing), pairing.counted),
        missing=lacking,
    )
    shared = tuple(
        Finding(code=f"ce3_{element}", verdict="holds", compared=compared_elements(_all(case, pairing), (element,)))
        for element in pairing.counted
        if pairing.states[element] == "same"
    )
    provided = (Finding(code="history_provided", verdict="holds", compared=(case.provided,)),) if case.provided else ()
    return HistoryResult(
        rule="visa_ce3",
        verdict="requires_action" if gaps else "boundary" if lacking else "qualified",
        findings=(head, *gaps, window, *shared, *provided),
        pair=pairing.pair,
        elements=pairing.counted,
    )


def _all(case: Ce3Case, pairing: _Pairing) -> tuple[Purchase, ...]:
    return (case.purchase, *pairing.pair)


def _window_finding(case: Ce3Case, pairing: _Pairing) -> Finding:
    opened = (
        (Compared(record="dispute", field="opened_at", value=case.opened_at.isoformat()),) if case.opened_at else ()
    )
    dates = (*opened, *(purchase.compared("paid_at") for purchase in _all(case, pairing)))
    missing = "processors_window" if case.opened_at else "opened_at"
    return Finding(
        code="ce3_window",
        verdict="holds" if pairing.window == "safe" else "unknown",
        values={"opened": "yes" if case.opened_at else ""},
        compared=dates,
        missing="" if pairing.window == "safe" else missing,
    )


def _too_few(count: int, rule: HistoryRule) -> Finding:
    return Finding(
        code="ce3_too_few",
        verdict="fails",
        values={"count": str(count), "needed": str(rule.priors)},
        missing="earlier_order",
    )


def _unmet(case: Ce3Case, pairing: _Pairing, rule: HistoryRule) -> tuple[Finding, ...]:
    """Return why the closest pair does not do: the condition first, then every element that is not shared."""
    same = pairing.same
    purchases = _all(case, pairing)
    helpful = [
        element for element in ELEMENTS if pairing.states[element] == "absent" and _suffice(same | {element}, rule)
    ]
    newer, older = pairing.pair
    orders = {"newer": newer.order_number, "older": older.order_number}
    head = Finding(
        code="ce3_too_little_shared" if not same.isdisjoint(rule.main) or len(same) < rule.elements else "ce3_no_main",
        verdict="unknown" if helpful else "fails",
        values={**orders, "count": str(len(same)), "helpful": " ".join(helpful)},
        compared=compared_elements(purchases, tuple(same)) if same else (),
        missing=FIELDS[helpful[0]][-1] if helpful else "",
    )
    details = (element_findings(purchases, element, pairing.states[element]) for element in ELEMENTS)
    return (head, *chain.from_iterable(details))


def _unknown_card(disputed: Purchase, pair: tuple[Purchase, Purchase]) -> tuple[Finding, ...]:
    if all(card_state(disputed, prior) == "same" for prior in pair):
        return ()
    lacking = next(purchase for purchase in (disputed, *pair) if not purchase.card_fingerprint)
    return (
        Finding(
            code="ce3_card",
            verdict="unknown",
            values={"order": lacking.order_number},
            compared=tuple(purchase.compared("card_fingerprint") for purchase in (disputed, *pair)),
            missing="card_fingerprint",
        ),
    )


def _no_description(purchase: Purchase) -> Finding:
    order = {"order": purchase.order_number}
    looked_at = (purchase.compared("description"),)
    return Finding(code="ce3_description", verdict="unknown", values=order, compared=looked_at, missing="description")


def _case_gaps(case: Ce3Case) -> Iterator[Finding]:
    order = {"order": case.purchase.order_number}
    if not case.kind_of_goods:
        yield Finding(code="ce3_kind_of_goods", verdict="unknown", values=order, missing="merchandise_or_services")
    if case.provided is None:
        yield Finding(code="history_provided", verdict="unknown", values=order, missing="delivery_or_use")
