from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from agents.matching import Clues, choose, clues_of, find_orders, score
from rejoinder.domain.mail import InboundMail, MailAddress
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Match, Order, Payment, PostalAddress
from rejoinder.domain.reading import FieldValue, Reading

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)


def order(number: str = "R-1042", email: str = "ana@buyer.example", minor: int = 8990) -> Order:
    return Order(
        number=number,
        placed_at=NOW,
        status="shipped",
        total=Money(amount_minor=minor, currency="EUR"),
        customer_name="Ana Prueba",
        customer_email=email,
        lines=(),
        ship_to=PostalAddress(),
        payments=(
            Payment(
                reference=f"ch_{number}",
                processor="stripe",
                amount=Money(amount_minor=minor, currency="EUR"),
                captured_at=NOW,
                card_last4="4242",
            ),
        ),
    )


class Orders:
    def __init__(self, *orders: Order) -> None:
        self.orders = orders

    def candidate_orders(self, merchant_id: int, *, numbers, emails, payments):  # type: ignore[no-untyped-def]
        return [
            o
            for o in self.orders
            if o.number in numbers or o.customer_email in emails or {p.reference for p in o.payments} & set(payments)
        ]

    def orders_by_payment(self, merchant_id: int, *, amount_minor, currency, card_last4, around):  # type: ignore[no-untyped-def]
        return [o for o in self.orders if o.total == Money(amount_minor=amount_minor, currency=currency)]


def mail(text: str, sender: str = "ana@buyer.example") -> InboundMail:
    return InboundMail(
        identity="i", message_id="<m@x>", sender=MailAddress(email=sender), subject="Hello", text=text, new_text=text
    )


def reading(kind: str = "service", **fields: str) -> Reading:
    return Reading(
        reader="test",
        kind=kind,  # type: ignore[arg-type]
        score=1,
        fields={name: FieldValue(value=value, score=1) for name, value in fields.items()},
    )


def matched(given: InboundMail, found: Reading, *orders: Order) -> str:
    return choose(find_orders(Orders(*orders), 1, clues_of(given, found)))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["Order R-1042?", "my order #R-1042!", "order r-1042", "Bestellung: R-1042."])
def test_a_named_order_of_the_sender_is_chosen(text: str) -> None:
    assert matched(mail(text), reading(), order(), order("R-1043")) == "R-1042"


def test_the_only_order_of_the_sender_is_chosen_without_a_number() -> None:
    assert matched(mail("Where is it?"), reading(), order()) == "R-1042"


def test_two_orders_of_the_sender_without_a_number_are_ambiguous() -> None:
    assert matched(mail("Where is it?"), reading(), order(), order("R-1043")) == ""


def test_an_order_named_by_a_stranger_is_not_chosen() -> None:
    assert matched(mail("Where is R-1042?", "eve@other.example"), reading(), order()) == ""


def test_a_part_of_a_number_names_no_order() -> None:
    assert matched(mail("R-10421 please", "eve@other.example"), reading(), order()) == ""


def test_a_dispute_is_matched_by_its_payment() -> None:
    found = reading("dispute", payment_reference="ch_R-1042", amount_minor="8990", currency="EUR")
    assert matched(mail("notice", "notify@stripe.example"), found, order(), order("R-1043")) == "R-1042"


def test_a_dispute_is_matched_by_amount_card_and_day() -> None:
    found = reading("dispute", amount_minor="8990", currency="EUR", card_last4="4242", transaction_date="2026-03-09")
    assert matched(mail("notice", "x@bank.example"), found, order()) == "R-1042"


def test_two_orders_of_the_same_amount_card_and_day_are_ambiguous() -> None:
    found = reading("dispute", amount_minor="8990", currency="EUR", card_last4="4242", transaction_date="2026-03-09")
    assert matched(mail("notice", "x@bank.example"), found, order(), order("R-1043")) == ""


def test_a_disputed_amount_above_the_payment_counts_against_the_order() -> None:
    clues = Clues(
        numbers=frozenset({"R-1042"}),
        tracking=frozenset(),
        emails=frozenset(),
        payments=frozenset(),
        amount_minor=99_999,
        currency="EUR",
        on=date(2026, 3, 9),
    )
    assert score(order(), clues).score < score(order(), replace(clues, amount_minor=8990)).score


def test_a_close_second_makes_the_first_ambiguous() -> None:
    near = [Match(order_number=n, score=s, reasons=()) for n, s in (("A", 0.95), ("B", 0.9))]
    assert choose(near) == ""
    assert choose(near[:1]) == "A"
