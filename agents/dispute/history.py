"""What the rules on earlier orders share: their verdict, and which disputes and purchases they are for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agents.dispute.identifiers import Element
from agents.dispute.purchases import Ce3Case, Purchase
from knowledge.reason_codes import find
from rejoinder.domain.judgement import Finding

Verdict = Literal["qualified", "boundary", "requires_action", "not_qualified", "not_applicable"]


@dataclass(frozen=True, kw_only=True)
class HistoryResult:
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


def is_for(case: Ce3Case, network: str, codes: Sequence[str]) -> bool:
    """Tell whether the dispute's code is one of the rule's."""
    entry = find(network, case.code) if case.network == network else None
    return entry is not None and entry.code in codes


def barred(case: Ce3Case, now: datetime) -> Finding | None:
    """Return why no earlier purchase can help any more; None when one can."""
    if case.answered:
        return Finding(code="history_answered", verdict="fails")
    if case.respond_by is not None and case.respond_by < now:
        dates = {"respond_by": case.respond_by.date().isoformat()}
        return Finding(code="history_late", verdict="fails", values=dates)
    if case.withheld is not None:
        return Finding(code="history_provided", verdict="fails", compared=(case.withheld,))
    return None


def other_purchases(case: Ce3Case) -> tuple[Purchase, ...]:
    """Return the earlier purchases, newest first and each once."""
    known = {prior.payment_reference: prior for prior in case.priors if prior.paid_at < case.purchase.paid_at}
    return tuple(sorted(known.values(), key=lambda prior: (prior.paid_at, prior.payment_reference), reverse=True))


def blemish(prior: Purchase) -> Finding | None:
    """Return why an earlier purchase may not be shown; None when nothing is wrong with it."""
    order = {"order": prior.order_number}
    for name in ("disputed", "fraud_reported"):
        if getattr(prior, name):
            return Finding(code=f"ce3_prior_{name}", verdict="fails", values=order, compared=(prior.compared(name),))
    if prior.amount_minor <= 0:
        return Finding(code="ce3_prior_zero", verdict="fails", values=order, compared=(prior.compared("amount_minor"),))
    return None
