"""Whether earlier orders show that the cardholder knows the shop: Visa CE 3.0 and Mastercard First-Party Trust."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import combinations
from typing import Literal

from agents.dispute.identifiers import FIELDS, INCOMPLETE, Element, Identifier, State, missing_parts
from agents.dispute.purchases import (
    ELEMENTS,
    Ce3Case,
    Purchase,
    card_state,
    compared_elements,
    is_recorded,
    state_of,
)
from knowledge.compelling import HistoryRule, identifier_limits, mastercard_first_party, visa_ce3
from knowledge.reason_codes import find
from rejoinder.domain.judgement import Compared, Finding

Verdict = Literal["qualified", "boundary", "requires_action", "not_qualified", "not_applicable"]
Window = Literal["safe", "boundary", "outside"]


@dataclass(frozen=True, kw_only=True)
class Ce3Result:
    """What a rule concludes. The first finding is the reason for the verdict, the others are its details.

    `qualified`: meets the rule. `boundary`: meets it by some sources only; submit, promise nothing. `requires_action`:
    meets it once the merchant supplies what the findings name. `pair` holds the earlier purchases to submit, newest
    first; `elements` are shared by all.
    """

    rule: Literal["visa_ce3", "mastercard_first_party"]
    verdict: Verdict
    findings: tuple[Finding, ...]
    pair: tuple[Purchase, ...] = ()
    elements: tuple[Element, ...] = ()

    @property
    def missing(self) -> str:
        """The first datum that is missing; empty when none would help."""
        return next((finding.missing for finding in self.findings if finding.missing), "")


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


def assess_ce3(case: Ce3Case, now: datetime) -> Ce3Result:
    """Tell if a dispute qualifies for Visa Compelling Evidence 3.0: with which two earlier purchases, or why not."""
    rule = visa_ce3()
    if not _is_for(case, rule.network, rule.codes):
        wrong = Finding(code="ce3_other_reason", verdict="fails", values={"network": case.network, "code": case.code})
        return Ce3Result(rule="visa_ce3", verdict="not_applicable", findings=(wrong,))
    barred = _barred(case, now)
    if barred is not None:
        return Ce3Result(rule="visa_ce3", verdict="not_qualified", findings=(barred,))
    refused = [(prior, _refusal(case, prior, rule)) for prior in _others(case)]
    usable = [prior for prior, finding in refused if finding is None]
    excluded = tuple(finding for _, finding in refused if finding is not None)
    pairings = [_pairing(case, newer, older, rule) for newer, older in _pairs(usable)]
    fitting = [pairing for pairing in pairings if pairing.counted]
    if fitting:
        return _met(case, max(fitting, key=_rank))
    findings = (_too_few(len(usable), rule),) if not pairings else _unmet(case, max(pairings, key=_closeness), rule)
    return Ce3Result(rule="visa_ce3", verdict="not_qualified", findings=findings + excluded)


def assess_first_party(case: Ce3Case, now: datetime) -> Ce3Result:
    """Tell if Mastercard's First-Party Trust has its data: one of each group, shared with an earlier order.

    Public texts differ on whether earlier orders are needed; without one the verdict is `boundary`.
    """
    rule = mastercard_first_party()
    if not _is_for(case, rule.network, rule.codes):
        wrong = Finding(code="fp_other_reason", verdict="fails", values={"network": case.network, "code": case.code})
        return Ce3Result(rule="mastercard_first_party", verdict="not_applicable", findings=(wrong,))
    barred = _barred(case, now)
    if barred is not None:
        return Ce3Result(rule="mastercard_first_party", verdict="not_qualified", findings=(barred,))
    clean = [prior for prior in _others(case) if card_state(case.purchase, prior) == "same" and _blemish(prior) is None]
    shared = [(prior, chosen) for prior in clean if (chosen := _one_of_each(case.purchase, prior))]
    if shared:
        prior, chosen = max(shared, key=lambda found: (found[0].paid_at, found[0].payment_reference))
        history = Finding(
            code="fp_history",
            verdict="holds",
            values={"order": prior.order_number},
            compared=compared_elements((case.purchase, prior), chosen),
        )
        route = Finding(code="fp_route", verdict="unknown", missing="processor_offers_first_party_trust")
        return Ce3Result(
            rule="mastercard_first_party",
            verdict="qualified",
            findings=(history, route),
            pair=(prior,),
            elements=chosen,
        )
    return _without_history(case)


def _without_history(case: Ce3Case) -> Ce3Result:
    groups = mastercard_first_party().groups
    chosen = _one_of_each(case.purchase, None)
    if chosen:
        alone = Finding(
            code="fp_history",
            verdict="unknown",
            missing="earlier_order",
            compared=compared_elements((case.purchase,), chosen),
        )
        return Ce3Result(rule="mastercard_first_party", verdict="boundary", findings=(alone,), elements=chosen)
    usable = _usable(case.purchase, None)
    empty = next((at for at, group in enumerate(groups) if not usable & set(group)), len(groups) - 1)
    missing = FIELDS[_element(groups[empty][0])][-1]
    code = ("fp_no_device", "fp_no_delivery", "fp_no_identity")[empty]
    looked_at = compared_elements((case.purchase,), tuple(_element(name) for name in groups[empty]))
    lacking = Finding(code=code, verdict="unknown", missing=missing, compared=looked_at)
    return Ce3Result(rule="mastercard_first_party", verdict="not_qualified", findings=(lacking,))


def _one_of_each(disputed: Purchase, prior: Purchase | None) -> tuple[Element, ...]:
    """Return an element for each group, none twice; empty when a group has none."""
    usable = _usable(disputed, prior)
    chosen: list[Element] = []
    for group in mastercard_first_party().groups:
        left = [_element(name) for name in group if name in usable and name not in chosen]
        if not left:
            return ()
        chosen.append(left[0])
    return tuple(chosen)


def _usable(disputed: Purchase, prior: Purchase | None) -> set[str]:
    purchases = (disputed,) if prior is None else (disputed, prior)
    return {element for element in ELEMENTS if state_of(purchases, element) == "same"}


def _element(name: str) -> Element:
    return next(element for element in ELEMENTS if element == name)


# --- what bars a case or a prior purchase


def _is_for(case: Ce3Case, network: str, codes: Sequence[str]) -> bool:
    entry = find(network, case.code) if case.network == network else None
    return entry is not None and entry.code in codes


def _barred(case: Ce3Case, now: datetime) -> Finding | None:
    if case.answered:
        return Finding(code="history_answered", verdict="fails")
    if case.respond_by is not None and case.respond_by < now:
        dates = {"respond_by": case.respond_by.date().isoformat()}
        return Finding(code="history_late", verdict="fails", values=dates)
    if case.withheld is not None:
        return Finding(code="history_provided", verdict="fails", compared=(case.withheld,))
    return None


def _others(case: Ce3Case) -> tuple[Purchase, ...]:
    """Return the earlier purchases, newest first and each once."""
    known = {prior.payment_reference: prior for prior in case.priors if prior.paid_at < case.purchase.paid_at}
    return tuple(sorted(known.values(), key=lambda prior: (prior.paid_at, prior.payment_reference), reverse=True))


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
    return _blemish(prior)


def _blemish(prior: Purchase) -> Finding | None:
    order = {"order": prior.order_number}
    for name in ("disputed", "fraud_reported"):
        if getattr(prior, name):
            return Finding(code=f"ce3_prior_{name}", verdict="fails", values=order, compared=(prior.compared(name),))
    if prior.amount_minor <= 0:
        return Finding(code="ce3_prior_zero", verdict="fails", values=order, compared=(prior.compared("amount_minor"),))
    return None


def _window(case: Ce3Case, prior: Purchase, rule: HistoryRule) -> Window:
    anchors = [case.purchase.paid_at, *([case.opened_at] if case.opened_at else [])]
    ages = [(_day(anchor) - _day(prior.paid_at)).days for anchor in anchors]
    if len(ages) > 1 and all(age in rule.safe_days for age in ages):
        return "safe"
    return "boundary" if any(age in rule.outer_days for age in ages) else "outside"


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


# --- pairs


def _pairing(case: Ce3Case, newer: Purchase, older: Purchase, rule: HistoryRule) -> _Pairing:
    purchases = (case.purchase, newer, older)
    states = {element: state_of(purchases, element) for element in ELEMENTS}
    same = frozenset(element for element, state in states.items() if state == "same")
    mendable = tuple(element for element in ELEMENTS if states[element] == "incomplete")
    counted = _counted(same, mendable, rule)
    windows = {_window(case, newer, rule), _window(case, older, rule)}
    gaps = (
        *(gap for element in counted if element not in same for gap in _incomplete(purchases, element)),
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


# --- findings


def _met(case: Ce3Case, pairing: _Pairing) -> Ce3Result:
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
    return Ce3Result(
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
    details = (finding for element in ELEMENTS for finding in _element_findings(purchases, element, pairing))
    return (head, *details)


def _element_findings(purchases: Sequence[Purchase], element: Element, pairing: _Pairing) -> tuple[Finding, ...]:
    state = pairing.states[element]
    compared = compared_elements(purchases, (element,))
    if state == "same":
        return (Finding(code=f"ce3_{element}", verdict="holds", compared=compared),)
    if state == "differs":
        return (Finding(code=f"ce3_{element}", verdict="fails", compared=compared),)
    if state == "absent":
        lacking = next((purchase for purchase in purchases if not is_recorded(purchase, element)), purchases[0])
        return (
            Finding(
                code=f"ce3_{element}",
                verdict="unknown",
                values={"order": lacking.order_number},
                compared=compared,
                missing=FIELDS[element][-1],
            ),
        )
    return _incomplete(purchases, element) if state == "incomplete" else _unusable(purchases, element)


def _unusable(purchases: Sequence[Purchase], element: Element) -> tuple[Finding, ...]:
    found = [
        (purchase, name, one)
        for purchase in purchases
        for name in FIELDS[element]
        if (one := purchase.identifiers[name]).fault not in INCOMPLETE | {"", "absent"}
    ]
    purchase, name, one = found[0]
    looked_at = purchase.compared(name)
    order = {"order": purchase.order_number}
    return (Finding(code=f"identifier_{one.fault}", verdict="fails", values=order, compared=(looked_at,)),)


def _incomplete(purchases: Sequence[Purchase], element: Element) -> tuple[Finding, ...]:
    gaps = []
    for purchase in purchases:
        for name in FIELDS[element]:
            one = purchase.identifiers[name]
            if one.fault == "device_short":
                gaps.append(_short_device(purchase, name, one))
            elif one.fault == "address_incomplete":
                gaps.append(_short_address(purchase, one))
    return tuple(gaps)


def _short_device(purchase: Purchase, name: str, one: Identifier) -> Finding:
    limits = identifier_limits()
    needed = limits.device_id_length if name == "device_id" else limits.device_fingerprint_length
    return Finding(
        code="identifier_device_short",
        verdict="unknown",
        values={"order": purchase.order_number, "length": str(len(one.raw)), "needed": str(needed)},
        compared=(purchase.compared(name),),
        missing=name,
    )


def _short_address(purchase: Purchase, one: Identifier) -> Finding:
    parts = missing_parts(one)
    return Finding(
        code="identifier_address_incomplete",
        verdict="unknown",
        values={"order": purchase.order_number, "parts": " ".join(parts)},
        compared=(purchase.compared("ship_to"),),
        missing=f"ship_to.{parts[0]}",
    )


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
