"""Whether the issuer raised the dispute in time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from agents.dispute.records import of_dispute, of_payment
from agents.dispute.subject import Subject
from knowledge.compelling import IssuerLimits, issuer_limits
from rejoinder.domain.judgement import Finding, Verdict

OPEN_CATEGORIES = frozenset({"", "general"})
"""Categories that say nothing about when the clock starts."""


def time_limit(subject: Subject) -> Iterator[Finding]:
    """Tell whether the dispute was raised too late.

    Holds only beyond every doubt: where goods may come later than the payment the clock may start later, up to the
    network's last day, and the day of clearing may differ from the day of capture.
    """
    limits, network = issuer_limits(), subject.network
    opened, payment = subject.opened_at, subject.payment
    if network not in limits.days or payment is None or opened is None:
        missing = "issuer_limit" if network not in limits.days else "payment" if payment is None else "opened_at"
        yield Finding(code="time_limit_unchecked", verdict="unknown", values={"network": network}, missing=missing)
        return
    age = (_day(opened) - _day(payment.captured_at)).days
    last = _last_day(subject, limits)
    verdict: Verdict = "unknown"
    if age <= limits.days[network]:
        verdict = "fails"
    elif last is not None and age > last + limits.slack_days:
        verdict = "holds"
    yield Finding(
        code="time_limit",
        verdict=verdict,
        values={"days": str(age), "limit": str(limits.days[network]), "last": str(last or "")},
        compared=(
            of_payment(payment, "captured_at", payment.captured_at.isoformat()),
            of_dispute("opened_at", opened.isoformat()),
        ),
        missing="delivery_expected_by" if verdict == "unknown" else "",
    )


def _last_day(subject: Subject, limits: IssuerLimits) -> int | None:
    """Return the last day for this category, None when it is not known."""
    network = subject.network
    delayed = subject.category in limits.delayed_categories or subject.category in OPEN_CATEGORIES
    if not delayed or network in limits.never_delayed:
        return limits.days[network]
    return limits.delayed_days.get(network)


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
