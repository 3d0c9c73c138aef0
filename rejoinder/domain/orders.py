"""Orders and what belongs to them, as imported from the merchant's shop."""

from dataclasses import dataclass
from datetime import datetime

from rejoinder.domain.money import Money


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    """One position of an order; `price` is for one unit."""

    sku: str
    title: str
    quantity: int
    price: Money


@dataclass(frozen=True, kw_only=True)
class Payment:
    """One charge. `reference` is the processor's id; results are the processor's own words.

    `card_fingerprint` is the processor's name of the card number; `liability_shift` is None where nobody said.
    """

    reference: str
    processor: str
    amount: Money
    captured_at: datetime
    network: str = ""
    card_last4: str = ""
    arn: str = ""
    avs_result: str = ""
    cvv_result: str = ""
    three_d_secure: str = ""
    descriptor: str = ""
    card_fingerprint: str = ""
    eci: str = ""
    liability_shift: bool | None = None
    disputed: bool = False
    fraud_reported: bool = False


@dataclass(frozen=True, kw_only=True)
class Scan:
    """One carrier event; `status` is one of `SCAN_STATUS`."""

    at: datetime
    status: str
    text: str = ""
    place: str = ""


SCAN_STATUS = (
    "label_created",
    "picked_up",
    "in_transit",
    "customs",
    "out_for_delivery",
    "delivered",
    "attempt_failed",
    "exception",
    "returned",
)


@dataclass(frozen=True, kw_only=True)
class Shipment:
    """One parcel; scans oldest first."""

    tracking_number: str
    carrier: str
    shipped_at: datetime | None = None
    promised_by: datetime | None = None
    delivered_at: datetime | None = None
    signed_by: str = ""
    tracking_url: str = ""
    scans: tuple[Scan, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Refund:
    """Money already given back; `status` is pending, succeeded or failed."""

    reference: str
    amount: Money
    status: str
    created_at: datetime
    arn: str = ""


@dataclass(frozen=True, kw_only=True)
class PostalAddress:
    """Where goods go; `country` is ISO 3166 alpha-2."""

    name: str = ""
    lines: tuple[str, ...] = ()
    city: str = ""
    postcode: str = ""
    country: str = ""
    state: str = ""


@dataclass(frozen=True, kw_only=True)
class Access:
    """One use of a digital good or service: a download, a login, a session."""

    at: datetime
    what: str
    ip: str = ""
    device_id: str = ""


GOODS = ("physical", "digital", "service", "subscription", "travel", "event")


@dataclass(frozen=True, kw_only=True)
class Order:
    """One order with its payments, parcels and refunds.

    `status` is one of open, paid, packed, shipped, delivered, cancelled, returned; `goods` one of `GOODS`.
    `account_id` is the login the customer knows; `accesses` are uses of a digital good or service.
    """

    number: str
    placed_at: datetime
    status: str
    total: Money
    customer_name: str
    customer_email: str
    lines: tuple[OrderLine, ...]
    ship_to: PostalAddress
    shipping_minor: int = 0
    language: str = ""
    customer_ip: str = ""
    goods: str = "physical"
    account_id: str = ""
    device_id: str = ""
    device_fingerprint: str = ""
    bill_to: PostalAddress | None = None
    cancelled_at: datetime | None = None
    accesses: tuple[Access, ...] = ()
    payments: tuple[Payment, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    refunds: tuple[Refund, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Product:
    """One article of the catalogue; `stock` is None when the shop does not count."""

    sku: str
    title: str
    description: str
    price: Money
    stock: int | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Match:
    """An order that may belong to a message, how well (0 to 1), and why in words."""

    order_number: str
    score: float
    reasons: tuple[str, ...]
