from datetime import UTC, datetime, timedelta

import pytest

from agents.dispute.correspondence import about_order
from rejoinder.domain.cases import StoredMessage
from rejoinder.domain.mail import InboundMail, MailAddress
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Order, PostalAddress

PLACED = datetime(2026, 11, 7, tzinfo=UTC)


def order(number: str) -> Order:
    return Order(
        number=number,
        placed_at=PLACED,
        status="shipped",
        total=Money(amount_minor=1000, currency="EUR"),
        customer_name="Ana Prueba",
        customer_email="ana@buyer.example",
        lines=(),
        ship_to=PostalAddress(),
    )


@pytest.mark.parametrize(
    ("subject", "text", "days", "kept"),
    [
        ("Order LO-1041", "Where is it?", 1, True),
        ("Question", "my order LO-1041 and LO-1042", -30, True),
        ("Lamp broken, order LO-1042", "It does not work.", 3, False),
        ("落地灯坏了", "订单LO-1042的灯不亮", 3, False),
        ("Hello", "Is it on its way?", 1, True),
        ("Hello", "Do you have lamps?", -1, False),
        ("LO-10412", "another number that begins alike", 1, True),
    ],
)
def test_a_mail_belongs_to_the_order_it_names_or_to_the_time_after_it(
    subject: str, text: str, days: int, kept: bool
) -> None:
    sent = PLACED + timedelta(days=days)
    mail = InboundMail(
        identity="i", message_id="m", sender=MailAddress(email="ana@buyer.example"), subject=subject, text=text,
        new_text=text, sent_at=sent,
    )  # fmt: skip
    message = StoredMessage(message_id=1, merchant_id=1, case_id=1, received_at=sent, mail=mail)
    others = [order("LO-1041"), order("LO-1042")]
    assert bool(about_order([message], order("LO-1041"), others)) is kept
