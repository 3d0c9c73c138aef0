"""Acts a reply would need in the merchant's own system: proposed to a person, never carried out."""

from rejoinder.domain.drafts import ProposedAction
from rejoinder.domain.orders import Order


def propose(kind: str, reason: str, order: Order | None) -> ProposedAction:
    """Propose an act on an order."""
    fields = {"order_number": order.number} if order else {}
    return ProposedAction(kind=kind, reason=reason, fields=fields)
