"""What the rules of a dispute look at: the records of one case, read once and not changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from knowledge.reason_codes import find
from rejoinder.domain.cases import Dispute
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.orders import Order, Payment


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A dispute with the records it may be judged by; None and empty mean that we hold no such record.

    `opened_at` is when the dispute was raised, not when we heard of it. `payment` is the disputed payment, `order` the
    order it paid for. `earlier_orders` are other orders of the same customer; `other_disputes` are the merchant's
    other disputes, this one left out. `mails` are the messages of the case and of the order, oldest first.
    `policy_facts` is what the merchant's policy said on the day of the order, by name.
    """

    dispute: Dispute
    now: datetime
    opened_at: datetime | None = None
    order: Order | None = None
    payment: Payment | None = None
    earlier_orders: tuple[Order, ...] = ()
    other_disputes: tuple[Dispute, ...] = ()
    mails: tuple[InboundMail, ...] = ()
    policy_facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def network(self) -> str:
        """The network in small letters, as the dispute names it, else as the payment does; empty when neither does."""
        paid_with = self.payment.network if self.payment else ""
        return (self.dispute.network or paid_with).casefold()

    @property
    def category(self) -> str:
        """What the dispute is about: what its code says, or its words where they tell more than the code."""
        code = find(self.network, self.dispute.reason_code)
        if code is None or code.refined_by_words or code.category == "general":
            return self.dispute.category
        return code.category
