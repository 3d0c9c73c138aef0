"""What can be said of one element (device, address, account …) of a disputed and two earlier purchases."""

from collections.abc import Sequence

from agents.dispute.identifiers import FIELDS, INCOMPLETE, Element, Identifier, State, missing_parts
from agents.dispute.purchases import Purchase, compared_elements, is_recorded
from knowledge.compelling import identifier_limits
from rejoinder.domain.judgement import Finding


def element_findings(purchases: Sequence[Purchase], element: Element, state: State) -> tuple[Finding, ...]:
    """Return whether the purchases share the element, and if not, what is wrong or missing where."""
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
    return incomplete(purchases, element) if state == "incomplete" else _unusable(purchases, element)


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


def incomplete(purchases: Sequence[Purchase], element: Element) -> tuple[Finding, ...]:
    """Return what each purchase lacks of an element that it records in part."""
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
