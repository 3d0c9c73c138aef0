"""Whether a dispute should not have been raised at all, and whether money would leave twice."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta

from agents.dispute.liability_shift import liability_shift
from agents.dispute.records import of_dispute, of_order, of_payment, of_refund
from agents.dispute.subject import Subject
from agents.dispute.time_limit import time_limit
from agents.dispute.wrong_code import wrong_code
from rejoinder.domain.cases import Dispute
from rejoinder.domain.judgement import Compared, Finding, Verdict
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Order, Refund

MONEY_STILL_HERE = frozenset({"alert_open", "alert_expired", "inquiry_open", "inquiry_responded", "inquiry_closed"})
MONEY_ALREADY_BACK = frozenset({"prevented", "alert_resolved"})
WALLETS = frozenset({"paypal", "klarna", "afterpay"})
"""Networks whose customers pay with an account, often under another mail address than they shop with."""
CAPTURED_WITHIN = timedelta(days=8)
"""An authorisation may be captured about a week later, and a notice names either day."""
DECIDED_FOR_US = frozenset({"won", "won_provisional", "won_final", "withdrawn"})


def invalid_checks(subject: Subject) -> tuple[Finding, ...]:
    """Return what speaks for and against the dispute being invalid.

    `holds`: this ground makes it invalid, by the two records shown. `fails`: it does not. `unknown`: a datum is
    missing, and `missing` names it. A check that has nothing to say about this dispute is left out.
    """
    return tuple(finding for check in CHECKS for finding in check(subject))


def double_loss(subject: Subject) -> Finding | None:
    """Return why a refund now would or might pay the same customer twice; None when it would not.

    `holds`: it would. `unknown`: it might; a person decides. Ask before a refund is proposed in any form.
    """
    dispute, order = subject.dispute, subject.order
    stand = of_dispute("status", f"{dispute.stage} {dispute.status}")
    given_back = [refund for refund in order.refunds if refund.status != "failed"] if order else []
    if given_back and _covers(given_back, subject.payment.amount if subject.payment else dispute.amount):
        last = given_back[-1]
        compared = (stand, of_refund(last, "amount", last.amount))
        return Finding(code="double_loss_refunded", verdict="holds", values=_refund_values(last), compared=compared)
    paid = _paid(subject)
    if dispute.status in MONEY_ALREADY_BACK:
        return Finding(code="double_loss_returned", verdict="holds", compared=(stand, *paid))
    if dispute.status in MONEY_STILL_HERE:
        if dispute.funds not in {"held", "withdrawn"}:
            return None
        return Finding(code="double_loss_held", verdict="unknown", compared=(stand, *paid), missing="funds")
    if dispute.status in DECIDED_FOR_US:
        final = dispute.outcome_final or dispute.status in {"won_final", "withdrawn"}
        again = Finding(
            code="double_loss_reopened", verdict="unknown", compared=(stand, *paid), missing="outcome_final"
        )
        return None if final else again
    return Finding(
        code="double_loss", verdict="holds", values={"reference": dispute.reference}, compared=(stand, *paid)
    )


# --- money given back


def _refunds(subject: Subject) -> Iterator[Finding]:
    order = subject.order
    if order is None:
        return
    for refund in order.refunds:
        if refund.status == "pending":
            yield _of_refund("refund_pending", "unknown", refund, subject, missing="refund_outcome")
        elif refund.status == "failed":
            yield _of_refund("refund_failed", "fails", refund, subject)
    done = sorted((r for r in order.refunds if r.status == "succeeded"), key=lambda refund: refund.created_at)
    if not done:
        looked_at = (of_order(order, "refunds", 0),)
        yield Finding(code="refunded_before", verdict="fails", values={"order": order.number}, compared=looked_at)
    elif subject.opened_at is None:
        yield _of_refund("refunded_sometime", "unknown", done[-1], subject, missing="opened_at")
    else:
        before = [refund for refund in done if refund.created_at < subject.opened_at]
        yield from _refunded_before(subject, order, before) if before else ()
        after = (refund for refund in done if refund.created_at >= subject.opened_at)
        yield from (_of_refund("refunded_after", "fails", refund, subject) for refund in after)


def _refunded_before(subject: Subject, order: Order, before: Sequence[Refund]) -> Iterator[Finding]:
    last, disputed = before[-1], subject.dispute.amount
    whole = subject.payment.amount if subject.payment else disputed
    currencies = {one.currency for one in (last.amount, disputed, whole) if one}
    if not _all_of(before, order) and len(order.payments) > 1:
        yield _of_refund("refund_of_which_payment", "unknown", last, subject, missing="refund_payment")
    elif _covers(before, whole) and len(currencies) == 1:
        yield _of_refund("refunded_before", "holds", last, subject)
    elif disputed is None or whole is None or len(currencies) > 1:
        yield _of_refund("refund_not_comparable", "unknown", last, subject, missing="dispute_amount")
    else:
        yield _refunded_in_part(subject, before, disputed, whole)
    yield from (_of_refund("refund_arn", "unknown", one, subject, missing="arn") for one in before if not one.arn)


def _refunded_in_part(subject: Subject, before: Sequence[Refund], disputed: Money, paid: Money) -> Finding:
    """Compare what was disputed with what was left; a dispute that fits into the rest may still be of the same part."""
    given_back = Money(amount_minor=sum(r.amount.amount_minor for r in before), currency=disputed.currency)
    left = Money(amount_minor=paid.amount_minor - given_back.amount_minor, currency=disputed.currency)
    verdict: Verdict = "fails"
    if disputed.amount_minor > left.amount_minor:
        verdict = "holds"
    elif disputed.amount_minor <= given_back.amount_minor:
        verdict = "unknown"
    refunds = tuple(of_refund(refund, "amount", refund.amount) for refund in before)
    return Finding(
        code="refunded_in_part",
        verdict=verdict,
        values={"amount": str(given_back), "disputed": str(disputed), "left": str(left)},
        compared=(*refunds, of_dispute("amount", disputed), *_paid(subject)),
        missing="refund_reason" if verdict == "unknown" else "",
    )


def _all_of(refunds: Iterable[Refund], order: Order) -> bool:
    return sum(r.amount.amount_minor for r in refunds) >= sum(p.amount.amount_minor for p in order.payments)


def _covers(refunds: Sequence[Refund], amount: Money | None) -> bool:
    if amount is None or any(refund.amount.currency != amount.currency for refund in refunds):
        return False
    return sum(refund.amount.amount_minor for refund in refunds) >= amount.amount_minor


def _refund_values(refund: Refund) -> dict[str, str]:
    return {"amount": str(refund.amount), "refunded_on": refund.created_at.date().isoformat(), "arn": refund.arn}


def _of_refund(code: str, verdict: Verdict, refund: Refund, subject: Subject, missing: str = "") -> Finding:
    opened = subject.opened_at
    dates = (of_dispute("opened_at", opened.isoformat()),) if opened else (of_dispute("opened_at", ""),)
    return Finding(
        code=code,
        verdict=verdict,
        values={**_refund_values(refund), "opened_on": opened.date().isoformat() if opened else ""},
        compared=(of_refund(refund, "created_at", refund.created_at.isoformat()), *dates),
        missing=missing,
    )


def _cancelled(subject: Subject) -> Iterator[Finding]:
    order = subject.order
    if order is None or (order.cancelled_at is None and order.status != "cancelled"):
        return
    if any(refund.status != "failed" for refund in order.refunds):
        return
    when = order.cancelled_at.date().isoformat() if order.cancelled_at else ""
    compared = (of_order(order, "cancelled_at", when or order.status), of_order(order, "refunds", 0))
    values = {"order": order.number, "cancelled_on": when}
    yield Finding(code="cancelled_not_refunded", verdict="fails", values=values, compared=compared)


# --- another dispute, another payment, another amount


def _duplicates(subject: Subject) -> Iterator[Finding]:
    dispute = subject.dispute
    for other in subject.other_disputes:
        if other.reference != dispute.reference and _same_payment(dispute, other):
            yield _duplicate(subject, other)


def _same_payment(one: Dispute, other: Dispute) -> bool:
    by_reference = one.processor == other.processor and bool(one.payment_reference)
    if by_reference and one.payment_reference == other.payment_reference:
        return True
    return bool(one.arn) and one.arn == other.arn


def _duplicate(subject: Subject, other: Dispute) -> Finding:
    dispute, code = subject.dispute, _kind_of_duplicate(subject, other)
    shared = "payment_reference" if other.payment_reference == dispute.payment_reference else "arn"
    theirs = Compared(record=f"dispute {other.reference}", field=shared, value=getattr(other, shared))
    sure = code == "duplicate_dispute"
    return Finding(
        code=code,
        verdict="holds" if sure else "unknown",
        values={"reference": dispute.reference, "other": other.reference},
        compared=(of_dispute(shared, getattr(dispute, shared)), theirs),
        missing="" if sure else "disputed_part" if code == "duplicate_dispute_parts" else "stage",
    )


def _kind_of_duplicate(subject: Subject, other: Dispute) -> str:
    """Tell two disputes of one stage from two stages of one dispute, and from disputes of different parts."""
    dispute, paid = subject.dispute, subject.payment.amount if subject.payment else None
    if dispute.stage != other.stage or "unknown" in {dispute.stage, other.stage}:
        return "duplicate_dispute_stage"
    if paid is None or dispute.amount is None or other.amount is None:
        return "duplicate_dispute"
    one_currency = len({paid.currency, dispute.amount.currency, other.amount.currency}) == 1
    fit = dispute.amount.amount_minor + other.amount.amount_minor <= paid.amount_minor
    return "duplicate_dispute_parts" if one_currency and fit else "duplicate_dispute"


def _other_payment(subject: Subject) -> Iterator[Finding]:
    """Tell whether the disputed payment is ours, by what the dispute says of it."""
    dispute, payment = subject.dispute, subject.payment
    if payment is None:
        named = dispute.payment_reference or dispute.arn
        looked_for = (of_dispute("payment_reference", named),)
        yield Finding(
            code="no_such_payment", verdict="unknown", values={"named": named}, compared=looked_for, missing="payment"
        )
        return
    if dispute.arn and payment.arn and dispute.arn != payment.arn:
        compared = (of_dispute("arn", dispute.arn), of_payment(payment, "arn", payment.arn))
        yield Finding(code="other_payment_arn", verdict="holds", compared=compared)
    for name in ("card_last4", "network"):
        said, known = getattr(dispute, name).casefold(), getattr(payment, name).casefold()
        if said and known and said != known:
            compared = (of_dispute(name, said), of_payment(payment, name, known))
            values = {"said": said, "known": known}
            yield Finding(
                code=f"other_payment_{name}", verdict="unknown", values=values, compared=compared, missing="payment"
            )


def _other_purchase(subject: Subject) -> Iterator[Finding]:
    """Tell whether day, buyer and order number of the dispute are those of the order it was matched to."""
    dispute, order, payment = subject.dispute, subject.order, subject.payment
    told = _day_told(dispute)
    if payment and told and abs(payment.captured_at.date() - told) > CAPTURED_WITHIN:
        compared = (
            of_dispute("transaction_date", told),
            of_payment(payment, "captured_at", payment.captured_at.date()),
        )
        yield _of_another("other_payment_transaction_date", *compared)
    if order is None:
        return
    buyer, customer = dispute.buyer_email.casefold(), order.customer_email.casefold()
    if buyer and customer and buyer != customer and subject.network not in WALLETS:
        compared = of_dispute("buyer_email", buyer), of_order(order, "customer_email", customer)
        yield _of_another("other_payment_buyer_email", *compared)
    if _is_number_like(dispute.order_reference, order.number):
        compared = of_dispute("order_reference", dispute.order_reference), of_order(order, "number", order.number)
        yield _of_another("other_order_named", *compared)


def _of_another(code: str, said: Compared, known: Compared) -> Finding:
    values = {"said": said.value, "known": known.value}
    return Finding(code=code, verdict="unknown", values=values, compared=(said, known), missing="payment")


def _day_told(dispute: Dispute) -> date | None:
    try:
        return date.fromisoformat(dispute.transaction_date[:10])
    except ValueError:
        return None


def _is_number_like(reference: str, number: str) -> bool:
    """Tell whether a reference is another order number of the same shop, by its shape."""
    said, known = reference.lstrip("#").casefold(), number.lstrip("#").casefold()
    shape = "".join(r"\d" if letter.isdigit() else re.escape(letter) for letter in known)
    return said != known and bool(re.fullmatch(shape, said))


def _amounts(subject: Subject) -> Iterator[Finding]:
    disputed, payment = subject.dispute.amount, subject.payment
    if disputed is None or payment is None:
        return
    values = {"disputed": str(disputed), "paid": str(payment.amount)}
    compared = (of_dispute("amount", disputed), *_paid(subject))
    if disputed.currency != payment.amount.currency:
        yield Finding(
            code="currency_differs", verdict="unknown", values=values, compared=compared, missing="amount_in_currency"
        )
    elif disputed.amount_minor > payment.amount.amount_minor:
        yield Finding(code="amount_above_payment", verdict="holds", values=values, compared=compared)


def _paid(subject: Subject) -> tuple[Compared, ...]:
    payment = subject.payment
    return (of_payment(payment, "amount", payment.amount),) if payment else ()


CHECKS: tuple[Callable[[Subject], Iterable[Finding]], ...] = (
    _other_payment,
    _other_purchase,
    _refunds,
    _cancelled,
    _duplicates,
    time_limit,
    liability_shift,
    _amounts,
    wrong_code,
)
"""Every check, the one that would decide soonest first."""
