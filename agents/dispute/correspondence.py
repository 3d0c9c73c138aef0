"""Which mails exchanged with a customer belong to the disputed order: what speaks of another one proves nothing."""

import re
from collections.abc import Iterable, Sequence

from rejoinder.domain.cases import StoredMessage
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.orders import Order


def about_order(messages: Iterable[StoredMessage], order: Order, others: Sequence[Order]) -> list[StoredMessage]:
    """Return the messages that name the order, or name none and were written after it was placed.

    `others` are other orders of the same customer; a message that names one of them alone is left out.
    """
    foreign = [other.number for other in others if other.number != order.number]
    return [message for message in messages if message.mail and _is_about(message.mail, order, foreign)]


def _is_about(mail: InboundMail, order: Order, foreign: Sequence[str]) -> bool:
    said = f"{mail.subject}\n{mail.new_text}"
    if _names(order.number, said):
        return True
    if any(_names(number, said) for number in foreign):
        return False
    return mail.sent_at is None or mail.sent_at >= order.placed_at


def _names(number: str, text: str) -> bool:
    """Tell whether a text names an order by its number, with or without the sign before it."""
    bare = re.escape(number.lstrip("#"))
    return re.search(rf"(?<![A-Za-z0-9]){bare}(?![A-Za-z0-9])", text, re.IGNORECASE) is not None
