"""Clean cases: an order that was paid, sent and used, a dispute of it, and what the customer wrote; all invented."""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from rejoinder.domain.money import Money
from rejoinder.domain.orders import Access, Order, OrderLine, Payment, PostalAddress, Scan, Shipment
from tests.clock import NOW

Way = Literal["webhook", "adyen", "paypal", "shopify", "pingpong"]
WAYS: tuple[Way, ...] = ("webhook", "adyen", "webhook", "pingpong", "webhook", "shopify", "webhook", "paypal")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A customer: name, street, town with postcode and country, and the language they write in."""

    name: str
    street: str
    city: str
    postcode: str
    country: str
    language: str


PLACES = (
    Place(name="Olivia Hartwell", street="3 Mill Lane", city="Leeds", postcode="LS1 4AP", country="GB", language="en"),
    Place(name="Noah Brandt", street="880 Cedar Road", city="Denver", postcode="80202", country="US", language="en"),
    Place(name="Lena Vogel", street="Lindenweg 8", city="Hannover", postcode="30159", country="DE", language="de"),
    Place(name="Chloé Marchand", street="5 rue du Port", city="Nantes", postcode="44000", country="FR", language="fr"),
    Place(
        name="Marta Iglesias", street="Calle Mayor 12", city="Valencia", postcode="46001", country="ES", language="es"
    ),
    Place(
        name="Paulo Teixeira",
        street="Rua das Flores 30",
        city="Braga",
        postcode="4700-220",
        country="PT",
        language="pt",
    ),
    Place(
        name="Giulia Ferraro", street="Via Garibaldi 4", city="Bologna", postcode="40121", country="IT", language="it"
    ),
    Place(name="Ирина Соколова", street="ул. Лесная 7", city="Казань", postcode="420015", country="RU", language="ru"),
    Place(name="陈晓明", street="解放路88号", city="杭州", postcode="310009", country="CN", language="zh"),
    Place(name="佐藤美咲", street="中央3-2-1", city="札幌市", postcode="060-0063", country="JP", language="ja"),
    Place(name="김하늘", street="중앙로 21", city="대전", postcode="34940", country="KR", language="ko"),
    Place(name="ليلى حداد", street="شارع النخيل 9", city="دبي", postcode="00000", country="AE", language="ar"),
    Place(name="Emre Yıldız", street="Çınar Sokak 6", city="Bursa", postcode="16010", country="TR", language="tr"),
)
LATIN = tuple(place for place in PLACES if place.name.isascii() or place.language in {"fr", "tr"})
CURRENCIES = {"GB": "GBP", "US": "USD"}

CODES = {
    ("visa", "not_received"): "13.1",
    ("visa", "fraud_card_absent"): "10.4",
    ("visa", "not_as_described"): "13.3",
    ("visa", "credit_not_processed"): "13.6",
    ("visa", "cancelled_recurring"): "13.2",
    ("visa", "cancelled_merchandise"): "13.7",
    ("visa", "duplicate"): "12.6.1",
    ("visa", "incorrect_amount"): "12.5",
    ("visa", "misrepresentation"): "13.5",
    ("mastercard", "fraud_card_absent"): "4837",
    ("mastercard", "not_received"): "4855",
    ("mastercard", "credit_not_processed"): "4860",
    ("mastercard", "cancelled_recurring"): "4841",
    ("mastercard", "incorrect_amount"): "4831",
    ("amex", "fraud_card_absent"): "F29",
    ("amex", "not_received"): "C08",
    ("amex", "not_as_described"): "C31",
    ("amex", "credit_not_processed"): "C02",
    ("amex", "cancelled_recurring"): "C28",
    ("amex", "cancelled_merchandise"): "C05",
    ("amex", "duplicate"): "P08",
    ("discover", "fraud_card_absent"): "UA02",
    ("discover", "not_received"): "RG",
    ("discover", "not_as_described"): "RM",
    ("discover", "duplicate"): "DP",
    ("jcb", "not_received"): "554",
    ("jcb", "credit_not_processed"): "513",
    ("unionpay", "not_received"): "4558",
    ("unionpay", "not_as_described"): "4531",
}
STRIPE_REASONS = {
    "not_received": "product_not_received",
    "fraud_card_absent": "fraudulent",
    "not_as_described": "product_unacceptable",
    "credit_not_processed": "credit_not_processed",
    "cancelled_recurring": "subscription_canceled",
    "cancelled_merchandise": "general",
    "duplicate": "duplicate",
    "incorrect_amount": "general",
    "misrepresentation": "general",
}
ECI = {"visa": "05", "mastercard": "02", "amex": "05", "discover": "05", "jcb": "05", "unionpay": ""}
GOODS = {
    "cancelled_recurring": ("subscription",),
    "fraud_card_absent": ("physical", "digital"),
    "not_received": ("physical", "digital", "service"),
}


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail to or from the customer; `answer` is what the merchant replied through the desk."""

    text: str
    sender: str = ""
    subject: str = ""
    at: datetime = NOW - timedelta(days=9)
    answer: str = ""
    cc: str = ""
    quoted: str = ""
    files: tuple[tuple[str, str, bytes], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What the processor says of the dispute, and how it says it."""

    way: Way
    reference: str
    payment_reference: str
    network: str
    code: str
    category: str
    amount: Money
    raised_at: datetime
    due_at: datetime
    order_reference: str = ""
    card_last4: str = ""
    buyer_email: str = ""
    paid_on: str = ""
    status: str = "needs_response"
    case_type: str = "chargeback"
    submissions: int = 0
    arn: str = ""
    domain: str = ""
    proof: str = "dmarc=pass"
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that somebody of the shop gives as evidence; `kind` is an id of the evidence catalogue."""

    kind: str
    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case to play; `before` are notices that arrived earlier and are not looked at."""

    number: int
    place: Place
    category: str
    goods: str
    order: Order
    notice: Notice
    others: tuple[Order, ...] = ()
    letters: tuple[Letter, ...] = ()
    before: tuple[Notice, ...] = ()
    uploads: tuple[Upload, ...] = ()
    words: tuple[str, ...] = field(default=())

    @property
    def payment(self) -> Payment:
        """The payment that is disputed."""
        return self.order.payments[0]

    def ordered(self, **changes: object) -> "Case":
        """The same case with another order."""
        return replace(self, order=replace(self.order, **changes))

    def shipped(self, **changes: object) -> "Case":
        """The same case with another first parcel."""
        first, *rest = self.order.shipments
        return self.ordered(shipments=(replace(first, **changes), *rest))

    def paid(self, **changes: object) -> "Case":
        """The same case with another payment."""
        return self.ordered(payments=(replace(self.payment, **changes), *self.order.payments[1:]))

    def told(self, **changes: object) -> "Case":
        """The same case with another notice."""
        return replace(self, notice=replace(self.notice, **changes))


def clean(
    number: int,
    rng: random.Random,
    *,
    categories: tuple[str, ...] = (),
    goods: str = "",
    way: Way | None = None,
    place: Place | None = None,
    networks: tuple[str, ...] = (),
    language: str = "",
) -> Case:
    """Return a case in which nothing is wrong, of one of these categories, networks and languages where given."""
    keys = [key for key in CODES if (not categories or key[1] in categories) and (not networks or key[0] in networks)]
    network, category = keys[number % len(keys)]
    chosen = way or _way(number, card=bool(networks))
    kinds = [kind for kind in GOODS.get(category, ("physical",)) if not goods or kind == goods]
    kind = goods or kinds[number % len(kinds)]
    fitting = [one for one in PLACES if not language or one.language == language]
    where = place or fitting[number % len(fitting)]
    network = "paypal" if chosen == "paypal" else network
    order = _order(number, rng, where, network, kind, chosen)
    return Case(
        number=number,
        place=where,
        category=category,
        goods=kind,
        order=order,
        notice=_notice(number, rng, order, network, category, chosen),
    )


def _way(number: int, *, card: bool) -> Way:
    """Return the way of a notice in turn; what is about cards does not come from a wallet."""
    turn = WAYS[number % len(WAYS)]
    return "webhook" if card and turn == "paypal" else turn


def _order(number: int, rng: random.Random, place: Place, network: str, kind: str, way: Way) -> Order:
    placed = NOW - timedelta(days=rng.randint(38, 55), hours=rng.randint(0, 9))
    price = Money(amount_minor=rng.randint(2500, 29000), currency=CURRENCIES.get(place.country, "EUR"))
    home = PostalAddress(
        name=place.name, lines=(place.street,), city=place.city, postcode=place.postcode, country=place.country
    )
    paid = Payment(
        reference=payment_reference(number, way),
        processor="stripe" if way == "webhook" else way,
        amount=price,
        captured_at=placed + timedelta(minutes=2),
        network=network,
        descriptor="LUMENOAK SHOP",
    )
    if way != "paypal":
        paid = replace(
            paid,
            card_last4=f"{(number * 37 + 1000) % 10000:04d}",
            arn=f"7{number:022d}",
            avs_result="Y",
            cvv_result="M",
            three_d_secure="authenticated",
            eci=ECI[network],
        )
    return Order(
        number=f"LO-{30000 + number}",
        placed_at=placed,
        status="delivered",
        total=price,
        customer_name=place.name,
        customer_email=f"customer{number}@mailbox.example",
        lines=(OrderLine(sku="LMP-1", title="Desk lamp", quantity=1, price=price),),
        ship_to=home,
        bill_to=home,
        language=place.language,
        customer_ip=f"198.51.100.{number % 250 + 1}",
        goods=kind,
        payments=(paid,),
        shipments=(_parcel(number, placed, place),) if kind == "physical" else (),
        accesses=_uses(placed) if kind != "physical" else (),
    )


def _parcel(number: int, placed: datetime, place: Place) -> Shipment:
    left, there = placed + timedelta(days=1), placed + timedelta(days=5)
    steps = (
        (left, "label_created", ""),
        (left + timedelta(hours=5), "picked_up", ""),
        (there, "delivered", place.city),
    )
    return Shipment(
        tracking_number=f"PK{700000000 + number}",
        carrier="ParcelKing",
        shipped_at=left,
        promised_by=placed + timedelta(days=9),
        delivered_at=there,
        signed_by=place.name,
        scans=tuple(Scan(at=at, status=status, place=where) for at, status, where in steps),
    )


def _uses(placed: datetime) -> tuple[Access, ...]:
    return tuple(Access(at=placed + timedelta(days=day), what="login", ip="198.51.100.7") for day in (1, 4))


def payment_reference(number: int, way: Way, extra: str = "") -> str:
    """Return a payment's reference as the processor writes it."""
    digits = f"{number:05d}{extra}"
    shapes = {
        "webhook": f"ch_3Planted{digits}Lamp",
        "adyen": f"08816{digits:0>11}",
        "paypal": f"7PL{digits:0>14}",
        "shopify": f"5550{digits:0>9}",
        "pingpong": f"08817{digits:0>11}",
    }
    return shapes[way]


def dispute_reference(number: int, way: Way, extra: str = "") -> str:
    """Return a dispute's reference as the processor writes it."""
    digits = f"{number:05d}{extra}"
    shapes = {
        "webhook": f"du_1Planted{digits}Case",
        "adyen": f"QH7L{digits:0>12}",
        "paypal": f"PP-R-PLT-{digits:0>9}",
        "shopify": "",
        "pingpong": f"CB2026{digits:0>9}",
    }
    return shapes[way]


def _notice(number: int, rng: random.Random, order: Order, network: str, category: str, way: Way) -> Notice:
    paid = order.payments[0]
    return Notice(
        way=way,
        reference=dispute_reference(number, way),
        payment_reference=paid.reference,
        network=network,
        code=CODES.get((network, category), ""),
        category=category,
        amount=paid.amount,
        raised_at=NOW - timedelta(days=rng.randint(1, 3), hours=rng.randint(0, 9)),
        due_at=(NOW + timedelta(days=rng.randint(8, 16))).replace(hour=21, minute=59),
        order_reference=order.number,
        card_last4=paid.card_last4,
        buyer_email=order.customer_email if way in {"webhook", "paypal"} else "",
        paid_on=paid.captured_at.astimezone(UTC).date().isoformat(),
    )
