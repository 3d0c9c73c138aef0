"""Whether 3-D Secure moved the liability for fraud to the issuer."""

from collections.abc import Iterator

from agents.dispute.records import of_dispute, of_payment
from agents.dispute.subject import Subject
from knowledge.compelling import Authentication, EciTable, authentication_words, eci_tables
from rejoinder.domain.judgement import Compared, Finding, Verdict
from rejoinder.domain.orders import Payment


def liability_shift(subject: Subject) -> Iterator[Finding]:
    """Tell what the records say of 3-D Secure; nothing where they are silent and the dispute is not about fraud."""
    payment = subject.payment
    if payment is None:
        return
    levels = _levels(payment, eci_tables().get(subject.network))
    if subject.category not in authentication_words().categories:
        if payment.liability_shift or "full" in levels:
            yield _finding("three_ds_other_reason", "fails", subject, payment)
    elif payment.liability_shift is not None:
        yield _by_flag(subject, payment, levels)
    else:
        yield _by_result(subject, payment, levels)


def _by_flag(subject: Subject, payment: Payment, levels: frozenset[Authentication]) -> Finding:
    """Believe what the processor says of liability, unless its own result says the opposite."""
    against: Authentication = "none" if payment.liability_shift else "full"
    if against in levels:
        return _finding("three_ds_conflict", "unknown", subject, payment, missing="liability_shift")
    return _finding("three_ds", "holds" if payment.liability_shift else "fails", subject, payment)


def _by_result(subject: Subject, payment: Payment, levels: frozenset[Authentication]) -> Finding:
    table = eci_tables().get(subject.network)
    if not levels:
        return _finding("three_ds_unrecorded", "unknown", subject, payment, missing="three_d_secure")
    if levels == {"none"}:
        return _finding("three_ds", "fails", subject, payment)
    if "none" in levels:
        return _finding("three_ds_conflict", "unknown", subject, payment, missing="liability_shift")
    sure = table is not None and table.confidence == "high" and (levels == {"full"} or table.attempt == "shift")
    if sure:
        return _finding("three_ds", "holds", subject, payment)
    return _finding("three_ds_probable", "unknown", subject, payment, missing="liability_shift")


def _levels(payment: Payment, table: EciTable | None) -> frozenset[Authentication]:
    """Return what the indicator and the processor's word say, each by itself."""
    words = authentication_words()
    word = payment.three_d_secure.strip().casefold().replace(" ", "_").replace("-", "_")
    eci = payment.eci.strip().zfill(2) if payment.eci.strip() else ""
    names: tuple[Authentication, ...] = ("full", "attempted", "none")
    by_word = {name for name in names if word in getattr(words, name)}
    by_eci = {name for name in names if table is not None and eci in getattr(table, name)}
    return frozenset(by_word | by_eci)


def _finding(code: str, verdict: Verdict, subject: Subject, payment: Payment, missing: str = "") -> Finding:
    reason = f"{subject.network} {subject.dispute.reason_code}".strip()
    return Finding(
        code=code,
        verdict=verdict,
        values={"eci": payment.eci, "result": payment.three_d_secure, "reason": reason},
        compared=(*_recorded(payment), of_dispute("reason_code", reason)),
        missing=missing,
    )


def _recorded(payment: Payment) -> tuple[Compared, ...]:
    shown = {
        "liability_shift": "" if payment.liability_shift is None else "yes" if payment.liability_shift else "no",
        "eci": payment.eci,
        "three_d_secure": payment.three_d_secure,
    }
    return tuple(of_payment(payment, name, value) for name, value in shown.items() if value)
