"""What speaks against the merchant: its own words, records that contradict each other, exhibits of other people.

Harmful evidence is shown, never hidden: an issuer finds it anyway.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from agents.dispute import contradictions
from agents.dispute.records import of_mail
from agents.dispute.subject import Subject
from agents.facts import facts_in
from knowledge.admissions import Admitted, admissions_in, cancellation_in, order_words
from rejoinder.domain.evidence import Evidence
from rejoinder.domain.judgement import Compared, Finding
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.orders import Refund

ALWAYS_BLOCKING = frozenset(
    {
        "exhibit_of_other_order",
        "exhibit_of_other_customer",
        "exhibit_names_other_order",
        "exhibit_names_other_person",
        "admission_wrong_item",
        "admission_lost",
        "admission_not_sent",
        "admission_defective",
        "admission_our_fault",
        "admission_charged_twice",
        "promise_not_kept",
        "charged_twice",
        "refund_unfinished",
        "delivered_before_shipped",
        "moved_before_ordered",
    }
)
"""Findings that bring a case to a person whatever it is about."""

BLOCKING: Mapping[str, frozenset[str]] = {
    "fraud_card_absent": frozenset({"card_checks_failed"}),
    "not_received": frozenset(
        {
            "delivered_elsewhere",
            "delivered_late",
            "not_delivered_in_time",
            "delivered_after_dispute",
            "partial_delivery",
            "returned_not_refunded",
            "shipped_after_cancellation",
        }
    ),
    "not_as_described": frozenset({"returned_not_refunded"}),
    "credit_not_processed": frozenset({"returned_not_refunded", "charged_after_cancellation", "admission_cancelled"}),
    "cancelled_merchandise": frozenset(
        {"shipped_after_cancellation", "customer_cancelled_first", "admission_cancelled", "returned_not_refunded"}
    ),
    "cancelled_recurring": frozenset({"charged_after_cancellation", "customer_cancelled_first", "admission_cancelled"}),
    "incorrect_amount": frozenset({"paid_above_order"}),
}
"""Findings that bring a case to a person by what the dispute is about."""

PROMISE_DAYS = timedelta(days=1)
"""A refund may have been made this long before it was announced."""

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ADMISSION_CODES = {"cancel_promise": "admission_cancelled"}
_SHORT_NUMBER = 6


def harmful(subject: Subject, evidence: Sequence[Evidence]) -> tuple[Finding, ...]:
    """Return what an issuer would hold against the merchant, each with the records compared.

    Holds where the records say so; unknown where they may, such as a place written in another script.
    """
    of_records = (finding for rule in RULES for finding in rule(subject))
    printed = {of_mail(mail, "").evidence_id: _printed(mail) for mail in subject.mails}
    exhibits = (replace(item, text=printed.get(item.evidence_id, item.text)) for item in evidence)
    return (*of_records, *(finding for item in exhibits for finding in _strange_exhibit(subject, item)))


def blocking(findings: Iterable[Finding], category: str) -> tuple[Finding, ...]:
    """Return those findings that bring a dispute of this category to a person."""
    codes = ALWAYS_BLOCKING | BLOCKING.get(category, frozenset())
    return tuple(finding for finding in findings if finding.verdict == "holds" and finding.code in codes)


def own_mails(subject: Subject) -> tuple[InboundMail, ...]:
    """Return the mails somebody else wrote to the customer; of those of a case, that is the merchant."""
    theirs = _customer_addresses(subject)
    return tuple(
        mail
        for mail in subject.mails
        if mail.sender.email.lower() not in theirs and _recipients(mail) & theirs and mail.automatic == "no"
    )


def customer_mails(subject: Subject) -> tuple[InboundMail, ...]:
    """Return the mails the customer wrote."""
    theirs = _customer_addresses(subject)
    return tuple(mail for mail in subject.mails if mail.sender.email.lower() in theirs)


def _customer_addresses(subject: Subject) -> frozenset[str]:
    addresses = {subject.dispute.buyer_email.lower()}
    orders = (*((subject.order,) if subject.order else ()), *subject.earlier_orders)
    return frozenset((addresses | {order.customer_email.lower() for order in orders}) - {""})


def _recipients(mail: InboundMail) -> set[str]:
    return {address.email.lower() for address in (*mail.to, *mail.cc)}


def admissions(subject: Subject) -> Iterator[Finding]:
    """The merchant's own mails admit nothing; what a customer quotes may be the merchant's, which nobody can tell."""
    said = set()
    for mail in own_mails(subject):
        for admitted in admissions_in(mail.new_text):
            if admitted.kind != "refund_promise":
                said.add(admitted.sentence)
                if not _overtaken(subject, mail, admitted):
                    yield _admission(admitted, mail, "new_text")
    for mail in customer_mails(subject):
        for admitted in admissions_in(re.sub(r"(?m)^[>\s]+", "", mail.quoted_text)):
            if admitted.kind != "refund_promise" and admitted.sentence not in said:
                yield _admission(admitted, mail, "quoted_text")


def _overtaken(subject: Subject, mail: InboundMail, admitted: Admitted) -> bool:
    """Tell whether a parcel left after the mail said that none had: that was news, not an admission."""
    left = [shipment.shipped_at for shipment in subject.order.shipments] if subject.order else []
    sent_at = mail.sent_at
    return admitted.kind == "not_sent" and sent_at is not None and any(at and at > sent_at for at in left)


def _admission(admitted: Admitted, mail: InboundMail, where: str) -> Finding:
    return Finding(
        code=_ADMISSION_CODES.get(admitted.kind, f"admission_{admitted.kind}"),
        verdict="holds" if where == "new_text" else "unknown",
        values={"sentence": admitted.sentence, "day": _day(mail.sent_at)},
        compared=(of_mail(mail, admitted.sentence),),
        missing="" if where == "new_text" else "the merchant's own copy of the mail",
    )


def broken_promises(subject: Subject) -> Iterator[Finding]:
    """A refund that the merchant promised was made, and in full where the mail named an amount."""
    for mail in own_mails(subject):
        for admitted in admissions_in(mail.new_text):
            if admitted.kind == "refund_promise" and not _kept(subject, mail.sent_at, admitted):
                made = ", ".join(f"{r.amount} {r.status} {_day(r.created_at)}" for r in _refunds(subject))
                values = {"sentence": admitted.sentence, "day": _day(mail.sent_at)}
                refunds = Compared(record="order", field="refunds", value=made)
                yield Finding(
                    code="promise_not_kept",
                    verdict="holds",
                    values=values,
                    compared=(of_mail(mail, admitted.sentence), refunds),
                )


def _kept(subject: Subject, promised_at: datetime | None, admitted: Admitted) -> bool:
    made = [
        refund
        for refund in _refunds(subject)
        if refund.status == "succeeded" and (promised_at is None or refund.created_at >= promised_at - PROMISE_DAYS)
    ]
    amounts = [fact.meanings for fact in facts_in(admitted.sentence, admitted.language) if fact.kind == "amount"]
    if not made or len(amounts) != 1:
        return bool(made)
    given = sum(refund.amount.decimal for refund in made)
    return given >= min(Decimal(meaning.split(" ")[0]) for meaning in amounts[0])


def _refunds(subject: Subject) -> tuple[Refund, ...]:
    return subject.order.refunds if subject.order else ()


def customer_cancelled(subject: Subject) -> Iterator[Finding]:
    """The customer did not cancel before the parcel left, or before a payment was taken."""
    order = subject.order
    if order is None:
        return
    later = [(s.shipped_at, "shipment", f"shipment:{s.tracking_number}") for s in order.shipments if s.shipped_at]
    if order.goods in {"subscription", "service", "digital", "travel", "event"}:
        later += [(p.captured_at, "payment", f"payment:{p.reference}") for p in order.payments]
    for mail in customer_mails(subject):
        sentence = cancellation_in(mail.new_text)
        after = [row for row in later if mail.sent_at and row[0] and row[0] > mail.sent_at]
        if sentence and (after or not later):
            at, record, cited = min(
                after, default=(None, "order", f"order:{order.number}"), key=lambda row: str(row[0])
            )
            yield Finding(
                code="customer_cancelled_first",
                verdict="holds",
                values={"sentence": sentence, "day": _day(mail.sent_at), "later": _day(at), "record": record},
                compared=(
                    of_mail(mail, sentence),
                    Compared(record=record, field="at", value=_day(at), evidence_id=cited),
                ),
            )


def _printed(mail: InboundMail) -> str:
    """Return what an exhibit prints of a mail: all its text, what it quotes included, and who else read it."""
    return "\n".join((mail.text or mail.new_text, *(address.email for address in mail.cc)))


def _strange_exhibit(subject: Subject, item: Evidence) -> Iterator[Finding]:
    """An exhibit is of this order and this customer, and names no other."""
    order = subject.order
    if order is None:
        return
    ours = {order.number, *(earlier.number for earlier in subject.earlier_orders)}
    number = item.fields.get("order_number", order.number)
    if number not in ours:
        yield _other("exhibit_of_other_order", item, number, order.number)
    known = _customer_addresses(subject)
    customer = item.fields.get("customer_email", "").lower()
    if customer and known and customer not in known:
        yield _other("exhibit_of_other_customer", item, customer, order.customer_email)
    if item.kind == "customer_communication" or item.file_hash:
        yield from _strange_people(subject, item, known)
    elsewhere = sorted(set(_numbers_like(order.number, item.text)) - {number.casefold() for number in ours})
    if elsewhere:
        yield _other("exhibit_names_other_order", item, ", ".join(elsewhere), order.number)


def _strange_people(subject: Subject, item: Evidence, known: frozenset[str]) -> Iterator[Finding]:
    merchants = _merchant_domains(subject, known)
    sender = item.fields.get("from_email", "").lower()
    if sender and known and sender not in known and _domain(sender) not in merchants:
        yield _other("exhibit_of_other_customer", item, sender, ", ".join(sorted(known)))
    named = {address.lower() for address in _EMAIL.findall(item.text)} - known - {sender}
    strangers = sorted(address for address in named if _domain(address) not in merchants)
    if strangers and known and (merchants or item.kind == "customer_communication"):
        yield _other("exhibit_names_other_person", item, ", ".join(strangers), ", ".join(sorted(known)))


def _merchant_domains(subject: Subject, known: frozenset[str]) -> frozenset[str]:
    """Return the domains that exchange mails with the customer: those written from, and those written to."""
    wrote = {mail.sender.email.lower() for mail in own_mails(subject)}
    read = {address.email.lower() for mail in customer_mails(subject) for address in mail.to}
    return frozenset(map(_domain, (wrote | read) - known))


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _numbers_like(number: str, text: str) -> list[str]:
    """Return what a text holds of the shape of an order number; a short one only behind a word for an order."""
    shape = "".join(r"\d" if letter.isdigit() else re.escape(letter) for letter in number)
    before = "(?<![A-Za-z0-9-])"
    if number.isdigit() or len(number) < _SHORT_NUMBER:
        words = "|".join(map(re.escape, order_words()))
        before = rf"(?:#|(?:{words})\w*\W{{0,3}}(?:no|nr|number|num|n)?\W{{0,3}})"
    return [found.casefold() for found in re.findall(rf"{before}({shape})(?![A-Za-z0-9-])", text, re.I)]


def _other(code: str, item: Evidence, theirs: str, ours: str) -> Finding:
    return Finding(
        code=code,
        verdict="holds",
        values={"exhibit": item.evidence_id, "theirs": theirs, "ours": ours},
        compared=(
            Compared(record=item.kind, field="text", value=theirs, evidence_id=item.evidence_id),
            Compared(record="order", field="number" if "order" in code else "customer_email", value=ours),
        ),
    )


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""


Rule = Callable[[Subject], Iterator[Finding]]

RULES: Sequence[Rule] = (
    admissions,
    broken_promises,
    customer_cancelled,
    contradictions.impossible_dates,
    contradictions.contradicting_scans,
    contradictions.used_before_ordered,
    contradictions.late_delivery,
    contradictions.partial_delivery,
    contradictions.cancelled_first,
    contradictions.delivered_elsewhere,
    contradictions.strange_signature,
    contradictions.different_people,
    contradictions.different_amounts,
    contradictions.truly_charged_twice,
    contradictions.failed_card_checks,
    contradictions.unfinished_refunds,
)
