"""Whether the records speak against what the reason code claims."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from agents.dispute.records import of_dispute, of_mail, of_order, of_payment
from agents.dispute.subject import Subject
from knowledge.compelling import duplicate_within_days, telling_concepts
from knowledge.lexicon import concepts_in, sentences
from knowledge.reason_codes import find
from rejoinder.domain.judgement import Finding
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.orders import Order, Payment
from tools.models.language import detect

DENIED = frozenset({"fraud_card_absent", "fraud_card_present", "unrecognized"})
"""Categories in which the cardholder says that the purchase is not theirs."""

QUOTE_LENGTH = 240
_QUESTION_MARKS = ("?", "？", "؟")


class _Said(NamedTuple):
    mail: InboundMail
    sentence: str
    concepts: frozenset[str]


def wrong_code(subject: Subject) -> Iterator[Finding]:
    """Tell where the code says one thing and the cardholder's words or the order another."""
    yield from _unknown_code(subject)
    if subject.category in DENIED:
        yield from _issuers_words(subject)
        yield from _customers_words(subject)
    if subject.category == "not_received":
        yield from _digital(subject)
        yield from _receipt(subject)
    if subject.category == "cancelled_recurring":
        yield from _not_recurring(subject)
    if subject.category == "duplicate":
        yield from _second_charge(subject)


def _unknown_code(subject: Subject) -> Iterator[Finding]:
    code = subject.dispute.reason_code
    if code and find(subject.network, code) is None:
        compared = (of_dispute("reason_code", _reason(subject)),)
        values = {"reason": code, "network": subject.network}
        yield Finding(code="reason_unknown", verdict="unknown", values=values, compared=compared, missing="reason_code")


def _issuers_words(subject: Subject) -> Iterator[Finding]:
    telling, text = telling_concepts(), subject.dispute.reason_text
    concepts = {concept for found in concepts_in(text, detect(text)) for concept in found}
    if concepts.isdisjoint(telling.owns_purchase) or not concepts.isdisjoint(telling.denies_purchase):
        return
    code = _reason(subject)
    compared = (of_dispute("reason_code", code), of_dispute("reason_text", text[:QUOTE_LENGTH]))
    yield Finding(code="code_against_reason_text", verdict="holds", values={"reason": code}, compared=compared)


def _customers_words(subject: Subject) -> Iterator[Finding]:
    """Compare the code with mails of the customer.

    The buyer who writes may be a stranger with a stolen card, so the words count only from a buyer who also says that
    the dispute is theirs; of anyone else the question stays open.
    """
    telling, said = telling_concepts(), tuple(_said(subject))
    spoken = frozenset(concept for one in said for concept in one.concepts)
    owning = next((one for one in said if not one.concepts.isdisjoint(telling.owns_purchase)), None)
    if owning is None or not spoken.isdisjoint(telling.denies_purchase):
        return
    filed = not spoken.isdisjoint(telling.files_dispute)
    code = _reason(subject)
    yield Finding(
        code="code_against_mail",
        verdict="holds" if filed else "unknown",
        values={"reason": code},
        compared=(of_dispute("reason_code", code), of_mail(owning.mail, owning.sentence[:QUOTE_LENGTH])),
        missing="" if filed else "writer_is_cardholder",
    )


def _said(subject: Subject) -> Iterator[_Said]:
    writers = {
        subject.dispute.buyer_email.casefold(),
        (subject.order.customer_email if subject.order else "").casefold(),
    }
    for mail in subject.mails:
        if mail.sender.email.casefold() in writers - {""}:
            found = concepts_in(mail.new_text, detect(mail.new_text))
            for sentence, concepts in zip(sentences(mail.new_text), found, strict=True):
                yield _Said(mail, sentence, frozenset(concepts))


def _receipt(subject: Subject) -> Iterator[Finding]:
    """Find the customer's own word that the goods came, behind which there is none that they did not."""
    telling, order = telling_concepts(), subject.order
    said = [one for one in _said(subject) if one.concepts.isdisjoint(telling.asks) and not _asked(one.sentence)]
    spoken = [one for one in said if not one.concepts.isdisjoint((*telling.received, *telling.not_received))]
    if order is None or not spoken or not spoken[-1].concepts.isdisjoint(telling.not_received):
        return
    mail, sentence, _ = spoken[-1]
    sure = not subject.earlier_orders or order.number.casefold() in f"{mail.subject} {mail.new_text}".casefold()
    yield Finding(
        code="receipt_against_claim",
        verdict="holds" if sure else "unknown",
        values={"day": mail.sent_at.date().isoformat() if mail.sent_at else "", "sentence": sentence[:QUOTE_LENGTH]},
        compared=(of_dispute("reason_code", _reason(subject)), of_mail(mail, sentence[:QUOTE_LENGTH])),
        missing="" if sure else "order",
    )


def _asked(sentence: str) -> bool:
    return sentence.rstrip().endswith(_QUESTION_MARKS)


def _digital(subject: Subject) -> Iterator[Finding]:
    order = subject.order
    if order is None or order.goods != "digital":
        return
    paid_at = subject.payment.captured_at if subject.payment else order.placed_at
    used = next((access for access in order.accesses if access.at >= paid_at), None)
    code = of_dispute("reason_code", _reason(subject))
    if used is None:
        goods = of_order(order, "goods", order.goods)
        yield Finding(
            code="digital_not_received", verdict="unknown", compared=(code, goods), missing="digital_access_log"
        )
        return
    yield Finding(
        code="digital_not_received",
        verdict="holds",
        values={"used_on": used.at.date().isoformat(), "what": used.what},
        compared=(code, of_order(order, "accesses", f"{used.at.isoformat()} {used.what}")),
    )


def _not_recurring(subject: Subject) -> Iterator[Finding]:
    order = subject.order
    if order is None or order.goods == "subscription" or len(order.payments) > 1:
        return
    yield Finding(
        code="not_recurring",
        verdict="unknown",
        values={"order": order.number},
        compared=(of_dispute("reason_code", _reason(subject)), of_order(order, "goods", order.goods)),
        missing="subscription_contract",
    )


def _second_charge(subject: Subject) -> Iterator[Finding]:
    order, payment = subject.order, subject.payment
    if order is None or payment is None:
        return
    disputed = of_payment(payment, "amount", payment.amount)
    twins = [(other, twin) for other in (order, *subject.earlier_orders) for twin in other.payments]
    twins = [(other, twin) for other, twin in twins if _twin(payment, twin)]
    double = next((twin for other, twin in twins if other.number == order.number), None)
    if double is not None:
        compared = (disputed, of_payment(double, "amount", double.amount))
        yield Finding(code="second_charge", verdict="fails", values={"order": order.number}, compared=compared)
    elif twins:
        other, _ = twins[0]
        compared = (of_order(order, "lines", _content(order)), of_order(other, "lines", _content(other)))
        numbers = {"order": order.number, "other": other.number}
        yield Finding(code="second_charge", verdict="holds", values=numbers, compared=compared)
    else:
        yield Finding(
            code="second_charge",
            verdict="unknown",
            values={"order": order.number},
            compared=(disputed,),
            missing="second_charge",
        )


def _twin(payment: Payment, other: Payment) -> bool:
    near = abs(other.captured_at - payment.captured_at) <= timedelta(days=duplicate_within_days())
    return other.reference != payment.reference and other.amount == payment.amount and near


def _content(order: Order) -> str:
    return "; ".join(f"{line.quantity} × {line.title}" for line in order.lines)


def _reason(subject: Subject) -> str:
    return f"{subject.network} {subject.dispute.reason_code}".strip()
