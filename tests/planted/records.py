"""Faults in the records of an order: dates, places, people, amounts, scans, refunds, disputes, payments."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from rejoinder.domain.money import Money
from rejoinder.domain.orders import Shipment
from tests.clock import NOW
from tests.planted.faults import Fault, fault
from tests.planted.world import LATIN, Case, payment_reference

DAY = timedelta(days=1)
GOODS_CLAIMS = ("not_received", "not_as_described", "credit_not_processed")
FRAUD = ("fraud_card_absent",)


def _delivered(case: Case, at: datetime, place: str = "") -> Case:
    """Move the delivery, in the shop's record and in the carrier's."""
    parcel = case.order.shipments[0]
    last = replace(parcel.scans[-1], at=at, place=place or parcel.scans[-1].place)
    return case.shipped(delivered_at=at, scans=(*parcel.scans[:-1], last))


def parcel_of(case: Case) -> Shipment:
    return case.order.shipments[0]


def _scanned_on_another_day(case: Case, rng: Random) -> Case:
    parcel = parcel_of(case)
    late = replace(parcel.scans[-1], at=parcel.scans[-1].at + 3 * DAY)
    return case.shipped(scans=(*parcel.scans[:-1], late))


def _not_yet_there(case: Case, rng: Random) -> Case:
    parcel = parcel_of(case)
    return case.shipped(delivered_at=None, signed_by="", scans=parcel.scans[:2], promised_by=NOW - 20 * DAY)


def _used_before_bought(case: Case, rng: Random) -> Case:
    uses = tuple(replace(use, at=use.at - 12 * DAY) for use in case.order.accesses)
    return case.ordered(accesses=uses)


DATES: tuple[Fault, ...] = (
    fault(
        "delivered before it was shipped",
        lambda c, r: _delivered(c, parcel_of(c).shipped_at - 2 * DAY),
        "delivered_before_shipped",
        "moved_before_ordered",
        goods="physical",
        categories=GOODS_CLAIMS,
    ),
    fault(
        "cancelled before it was shipped",
        lambda c, r: c.ordered(cancelled_at=c.order.placed_at + timedelta(hours=3)),
        "shipped_after_cancellation",
        goods="physical",
        categories=("not_received", "cancelled_merchandise"),
    ),
    fault(
        "delivered after the promised day",
        lambda c, r: _delivered(c, parcel_of(c).promised_by + 4 * DAY),
        "delivered_late",
        goods="physical",
        categories=("not_received",),
    ),
    fault(
        "shipped before it was ordered",
        lambda c, r: c.shipped(shipped_at=c.order.placed_at - 3 * DAY),
        "moved_before_ordered",
        goods="physical",
        categories=GOODS_CLAIMS,
    ),
    fault(
        "delivered after the dispute",
        lambda c, r: _delivered(c, c.notice.raised_at + timedelta(hours=14)),
        "delivered_after_dispute",
        goods="physical",
        categories=("not_received",),
    ),
    fault(
        "the carrier's scan is three days after the shop's day of delivery",
        _scanned_on_another_day,
        "delivery_dates_differ",
        goods="physical",
        categories=("not_received",),
    ),
    fault(
        "charged after the subscription was cancelled",
        lambda c, r: c.ordered(cancelled_at=c.payment.captured_at - 5 * DAY),
        "charged_after_cancellation",
        categories=("cancelled_recurring",),
    ),
    fault(
        "promised for a day that has passed, not delivered",
        _not_yet_there,
        "not_delivered_in_time",
        goods="physical",
        categories=("not_received",),
    ),
    fault(
        "the notice names a day long before the payment",
        lambda c, r: c.told(paid_on=(c.payment.captured_at - 40 * DAY).date().isoformat()),
        "other_payment_transaction_date",
        way="adyen",
    ),
    fault(
        "used before it was bought",
        _used_before_bought,
        "used_before_ordered",
        goods="digital",
        categories=("not_received",),
    ),
)


def _scan_in(place: str) -> object:
    return lambda case, rng: _delivered(case, parcel_of(case).delivered_at, place)


def _sent_to(city: str, place: str, country: str = "US") -> object:
    def plant(case: Case, rng: Random) -> Case:
        there = replace(case.order.ship_to, city=city, country=country)
        return _delivered(case.ordered(ship_to=there, bill_to=there), parcel_of(case).delivered_at, place)

    return plant


def _one_parcel_elsewhere(case: Case, rng: Random) -> Case:
    first = parcel_of(case)
    away = replace(first.scans[-1], place="Trondheim" if case.place.name.isascii() else "Осло")
    second = replace(first, tracking_number=f"{first.tracking_number}9", scans=(*first.scans[:-1], away))
    return case.ordered(shipments=(first, second))


def _sent_on(case: Case, rng: Random) -> Case:
    ship = replace(case.order.ship_to, lines=("Depot 4",), city="Rotterdam", postcode="3011", country="NL")
    return _delivered(case.ordered(ship_to=ship), parcel_of(case).delivered_at, "Rotterdam")


IN_LATIN = {"goods": "physical", "categories": ("not_received",)}
PLACES: tuple[Fault, ...] = (
    fault("delivered in another town", _scan_in("Tromsø"), "delivered_elsewhere", place=LATIN[2], **IN_LATIN),
    fault("delivered in another country", _scan_in("Antwerp, BE"), "delivered_elsewhere", place=LATIN[0], **IN_LATIN),
    fault(
        "delivered in a town written in another script",
        _scan_in("Shenzhen"),
        "delivered_elsewhere",
        language="zh",
        **IN_LATIN,
    ),
    fault("towns that share the word New", _sent_to("New York", "NEW ORLEANS, LA"), "delivered_elsewhere", **IN_LATIN),
    fault(
        "towns that share the word Saint",
        _sent_to("Saint-Denis", "SAINT MALO", "FR"),
        "delivered_elsewhere",
        **IN_LATIN,
    ),
    fault(
        "one of two parcels in another town", _one_parcel_elsewhere, "delivered_elsewhere", place=LATIN[1], **IN_LATIN
    ),
    fault("sent to a town that is not the payer's", _sent_on, "ships_elsewhere", place=LATIN[3], **IN_LATIN),
    fault(
        "the same town's name in another country",
        _sent_to("Paris", "Paris, TX, US", "FR"),
        "delivered_elsewhere",
        **IN_LATIN,
    ),
    fault("towns that share the word San", _sent_to("San Diego", "San Antonio"), "delivered_elsewhere", **IN_LATIN),
    fault("the town's name inside another's", _sent_to("York", "Yorkton", "GB"), "delivered_elsewhere", **IN_LATIN),
)


def _billed_to(case: Case, **changes: object) -> Case:
    return case.ordered(bill_to=replace(case.order.bill_to or case.order.ship_to, **changes))


def _other_recipient(case: Case, rng: Random) -> Case:
    return case.ordered(bill_to=None, ship_to=replace(case.order.ship_to, name="Harold Nyberg")).shipped(
        signed_by="Harold Nyberg"
    )


PEOPLE: tuple[Fault, ...] = (
    fault(
        "signed for by somebody else",
        lambda c, r: c.shipped(signed_by="R. Kowalczyk"),
        "signed_by_another",
        place=LATIN[0],
        **IN_LATIN,
    ),
    fault(
        "signed for in another script",
        lambda c, r: c.shipped(signed_by="Wang Wei"),
        "signed_by_another",
        language="ko",
        **IN_LATIN,
    ),
    fault(
        "signed for by another with the same first name",
        lambda c, r: c.shipped(signed_by="Marta Kaczmarek"),
        "signed_by_namesake",
        language="es",
        **IN_LATIN,
    ),
    fault(
        "paid by somebody else",
        lambda c, r: _billed_to(c, name="Gregor Samson"),
        "names_differ",
        place=LATIN[1],
        categories=FRAUD,
        goods="physical",
    ),
    fault(
        "paid from another country",
        lambda c, r: _billed_to(c, country="NO", city="Bergen", postcode="5003"),
        "ships_elsewhere",
        categories=FRAUD,
        goods="physical",
    ),
    fault(
        "paid from another town",
        lambda c, r: _billed_to(c, city="Gotham", postcode="99999"),
        "ships_elsewhere",
        place=LATIN[4],
        categories=FRAUD,
        goods="physical",
    ),
    fault(
        "sent to somebody else, no payer's address known",
        _other_recipient,
        "names_differ",
        place=LATIN[0],
        categories=FRAUD,
        goods="physical",
    ),
    fault(
        "the notice names another card", lambda c, r: c.told(card_last4="0007"), "other_payment_card_last4", way="adyen"
    ),
    fault(
        "the notice names another network",
        lambda c, r: c.paid(network="mastercard", eci="02"),
        "other_payment_network",
        way="webhook",
        networks=("visa",),
    ),
    fault(
        "the notice names another buyer",
        lambda c, r: c.told(buyer_email="stranger@inbox.example"),
        "other_payment_buyer_email",
        way="webhook",
    ),
    fault(
        "the notice names another ARN",
        lambda c, r: c.told(arn="75555555555555555555555"),
        "other_payment_arn",
        way="pingpong",
    ),
)


def _more(amount: Money, minor: int) -> Money:
    return Money(amount_minor=amount.amount_minor + minor, currency=amount.currency)


def _twice(case: Case, rng: Random) -> Case:
    again = replace(
        case.payment,
        reference=payment_reference(case.number, case.notice.way, "2"),
        captured_at=case.payment.captured_at + timedelta(minutes=1),
    )
    return case.ordered(payments=(case.payment, again))


AMOUNTS: tuple[Fault, ...] = (
    fault(
        "disputed for more than was paid",
        lambda c, r: c.told(amount=_more(c.payment.amount, 1500)),
        "amount_above_payment",
    ),
    fault(
        "disputed for ten times what was paid",
        lambda c, r: c.told(
            amount=Money(amount_minor=c.payment.amount.amount_minor * 10, currency=c.payment.amount.currency)
        ),
        "amount_above_payment",
    ),
    fault(
        "paid more than the order's total", lambda c, r: c.ordered(total=_more(c.order.total, -700)), "paid_above_order"
    ),
    fault(
        "paid less than the order's total", lambda c, r: c.ordered(total=_more(c.order.total, 900)), "paid_below_order"
    ),
    fault("one order paid twice", _twice, "charged_twice", goods="physical"),
    fault(
        "disputed for a part",
        lambda c, r: c.told(
            amount=Money(amount_minor=c.payment.amount.amount_minor // 3, currency=c.payment.amount.currency)
        ),
        "disputed_amount_differs",
    ),
    fault(
        "the lines cost more than the total",
        lambda c, r: c.ordered(lines=tuple(replace(line, quantity=3) for line in c.order.lines)),
        "lines_differ",
    ),
)
