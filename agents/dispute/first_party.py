"""Whether Mastercard's First-Party Trust has its data: one of each group, shared with an earlier order."""

from datetime import datetime

from agents.dispute.history import HistoryResult, barred, blemish, is_for, other_purchases
from agents.dispute.identifiers import FIELDS, Element
from agents.dispute.purchases import ELEMENTS, Ce3Case, Purchase, card_state, compared_elements, state_of
from knowledge.compelling import mastercard_first_party
from rejoinder.domain.judgement import Finding


def assess_first_party(case: Ce3Case, now: datetime) -> HistoryResult:
    """Tell if Mastercard's First-Party Trust has its data: one of each group, shared with an earlier order.

    Public texts differ on whether earlier orders are needed; without one the verdict is `boundary`.
    """
    rule = mastercard_first_party()
    if not is_for(case, rule.network, rule.codes):
        wrong = Finding(code="fp_other_reason", verdict="fails", values={"network": case.network, "code": case.code})
        return HistoryResult(rule="mastercard_first_party", verdict="not_applicable", findings=(wrong,))
    stop = barred(case, now)
    if stop is not None:
        return HistoryResult(rule="mastercard_first_party", verdict="not_qualified", findings=(stop,))
    same_card = [prior for prior in other_purchases(case) if card_state(case.purchase, prior) == "same"]
    clean = [prior for prior in same_card if blemish(prior) is None]
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
        return HistoryResult(
            rule="mastercard_first_party",
            verdict="qualified",
            findings=(history, route),
            pair=(prior,),
            elements=chosen,
        )
    return _without_history(case)


def _without_history(case: Ce3Case) -> HistoryResult:
    groups = mastercard_first_party().groups
    chosen = _one_of_each(case.purchase, None)
    if chosen:
        alone = Finding(
            code="fp_history",
            verdict="unknown",
            missing="earlier_order",
            compared=compared_elements((case.purchase,), chosen),
        )
        return HistoryResult(rule="mastercard_first_party", verdict="boundary", findings=(alone,), elements=chosen)
    usable = _usable(case.purchase, None)
    empty = next((at for at, group in enumerate(groups) if not usable & set(group)), len(groups) - 1)
    missing = FIELDS[_element(groups[empty][0])][-1]
    code = ("fp_no_device", "fp_no_delivery", "fp_no_identity")[empty]
    looked_at = compared_elements((case.purchase,), tuple(_element(name) for name in groups[empty]))
    lacking = Finding(code=code, verdict="unknown", missing=missing, compared=looked_at)
    return HistoryResult(rule="mastercard_first_party", verdict="not_qualified", findings=(lacking,))


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
