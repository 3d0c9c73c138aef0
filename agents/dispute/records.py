"""Fields of records as what was compared, with the ids under which the records are evidence."""

from rejoinder.domain.judgement import Compared
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.orders import Order, Payment, Refund


def of_dispute(field: str, value: object) -> Compared:
    """Return a field of the dispute's own record."""
    return Compared(record="dispute", field=field, value=str(value), evidence_id="dispute:record")


def of_order(order: Order, field: str, value: object) -> Compared:
    """Return a field of an order."""
    return Compared(record="order", field=field, value=str(value), evidence_id=f"order:{order.number}")


def of_payment(payment: Payment, field: str, value: object) -> Compared:
    """Return a field of a payment."""
    return Compared(record="payment", field=field, value=str(value), evidence_id=f"payment:{payment.reference}")


def of_refund(refund: Refund, field: str, value: object) -> Compared:
    """Return a field of a refund."""
    return Compared(record="refund", field=field, value=str(value), evidence_id=f"refund:{refund.reference}")


def of_mail(mail: InboundMail, words: str) -> Compared:
    """Return words of a mail."""
    return Compared(record="mail", field="text", value=words, evidence_id=f"mail:{mail.identity[:16]}")
