"""The records that the reply templates are rendered with, in full and as sparse as their situation allows."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from prompts.contexts import Promotion, ReplyContext, ShippingRate
from rejoinder.domain.cases import Merchant
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Order, OrderLine, Payment, PostalAddress, Product, Refund, Scan, Shipment

ZONE = ZoneInfo("Europe/Berlin")
CITATIONS = {
    alias: f"id-{alias}" for alias in ("mail", "order", "shipment", "refund", "payment", "product", "policy", "dispute")
}
LANGUAGES = ("en", "zh", "es", "de", "fr")


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, 30, tzinfo=ZONE)


def eur(minor: int) -> Money:
    return Money(amount_minor=minor, currency="EUR")


NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
MERCHANT = Merchant(merchant_id=1, slug="lumen", name="Lumen & Oak", signature="Mia, Lumen & Oak")
PAYMENT = Payment(reference="pay_1", processor="acme", amount=eur(8990), captured_at=at(3, 4), card_last4="4242")
SCANS = {
    "in_transit": Scan(at=at(3, 12), status="in_transit", place="Leipzig"),
    "customs": Scan(at=at(3, 12), status="customs", place="Leipzig"),
    "out_for_delivery": Scan(at=at(3, 16), status="out_for_delivery", place="Lyon"),
    "delivered": Scan(at=at(3, 14, 14), status="delivered", place="Lyon"),
    "exception": Scan(at=at(3, 13), status="exception", text="Address incomplete", place="Lyon"),
    "returned": Scan(at=at(3, 15), status="returned", place="Berlin"),
}
SHIPMENT = Shipment(
    tracking_number="PK123456785",
    carrier="ParcelKing",
    shipped_at=at(3, 5),
    promised_by=at(3, 18),
    tracking_url="https://track.example/PK123456785",
    scans=(SCANS["in_transit"],),
)
DELIVERED = replace(SHIPMENT, delivered_at=at(3, 14, 14), signed_by="A. Weber", scans=(SCANS["delivered"],))
ORDER = Order(
    number="1001",
    placed_at=at(3, 4),
    status="shipped",
    total=eur(8990),
    customer_name="Anna Weber",
    customer_email="anna@example.org",
    lines=(OrderLine(sku="L-1", title="Desk lamp", quantity=1, price=eur(8990)),),
    ship_to=PostalAddress(name="Anna Weber", city="Lyon", country="FR"),
    payments=(PAYMENT,),
    shipments=(SHIPMENT,),
)
REFUNDS = {
    "succeeded": Refund(reference="re_1", amount=eur(8990), status="succeeded", created_at=at(3, 15), arn="7" * 23),
    "pending": Refund(reference="re_1", amount=eur(8990), status="pending", created_at=at(3, 15)),
    "failed": Refund(reference="re_1", amount=eur(8990), status="failed", created_at=at(3, 15)),
}
PRODUCT = Product(
    sku="L-1",
    title="Desk lamp Halo",
    description="A dimmable lamp with a wooden base.",
    price=eur(8990),
    stock=7,
    attributes=(("Height", "42 cm"), ("Cable", "1.8 m")),
    url="https://shop.example/halo",
)
POLICY: dict[str, Any] = {
    "return_days": 30,
    "return_cost": "merchant",
    "refund_days": 14,
    "warranty_months": 24,
    "rates": [
        ShippingRate("FR", "Standard", eur(990), 5, 9),
        ShippingRate("FR", "Express", eur(2490), 2, 2),
        ShippingRate("DE", "Standard", eur(0), None, None),
    ],
    "asked_country": "FR",
    "payment_methods": ["Visa", "Mastercard", "PayPal"],
    "customs": "DDP",
    "promotions": [
        Promotion("HALO10", percent=10, ends_on=date(2026, 3, 31)),
        Promotion("FIVE", amount=eur(500), minimum=eur(5000)),
    ],
}
PAID = replace(ORDER, status="paid", shipments=())

FULL = ReplyContext(
    merchant=MERCHANT,
    customer_name="Anna Weber",
    situation="",
    order=ORDER,
    shipment=SHIPMENT,
    payment=PAYMENT,
    product=PRODUCT,
    policy=POLICY,
    last_scan=SCANS["in_transit"],
    now=NOW,
    ai_disclosure=True,
)
SPARSE = ReplyContext(
    merchant=replace(MERCHANT, signature=""), customer_name="", situation="", order=PAID, policy={}, now=NOW
)
BARE_SHIPMENT = Shipment(tracking_number="PK123456785", carrier="ParcelKing", shipped_at=at(3, 5))
ON_ITS_WAY: dict[str, Any] = {"order": replace(ORDER, payments=()), "shipment": BARE_SHIPMENT}
ARRIVED: dict[str, Any] = {"order": replace(ORDER, status="delivered", shipments=(DELIVERED,)), "shipment": DELIVERED}
ARRIVED |= {"last_scan": SCANS["delivered"]}
SCANNED_ONLY: dict[str, Any] = {"order": ORDER, "shipment": BARE_SHIPMENT, "last_scan": SCANS["delivered"]}
CANCELLED: dict[str, Any] = {"order": replace(PAID, status="cancelled"), "shipment": None, "last_scan": None}
RETURNED: dict[str, Any] = {"order": replace(ORDER, status="returned"), "last_scan": SCANS["returned"]}
UNSHIPPED: dict[str, Any] = {"order": PAID, "shipment": None, "last_scan": None}


def policy(*names: str, **values: Any) -> dict[str, Any]:
    return {"policy": {name: POLICY[name] for name in names} | values}


# template -> situation -> (changes to FULL, changes to SPARSE)
Changes = dict[str, Any]
RETURNS: dict[str, tuple[Changes, Changes]] = {
    "within_window": (ARRIVED, policy("return_days", return_cost="customer")),
    "outside_window": (ARRIVED, policy("return_days", return_cost="customer")),
    "not_delivered": ({}, policy("return_days")),
    "no_policy": ({"policy": {}}, {}),
}
PHOTOS: dict[str, tuple[Changes, Changes]] = {"ask_photos": (ARRIVED, {}), "photos_received": (ARRIVED, {})}
CHANGE: dict[str, tuple[Changes, Changes]] = {
    "can_change": (UNSHIPPED, {}),
    "already_shipped": ({}, {"order": replace(PAID, status="shipped")}),
    "already_shipped (delivered, cancelled)": (ARRIVED, CANCELLED),
}
PERSON: dict[str, tuple[Changes, Changes]] = {"person": ({}, {"order": None})}
PRE: Changes = {"order": None, "shipment": None, "payment": None, "last_scan": None}
NO_PRODUCT = PRE | {"product": None}

SITUATIONS: dict[str, dict[str, tuple[Changes, Changes]]] = {
    "order.status_wismo": {
        "not_shipped": (UNSHIPPED, {}),
        "label_created": ({"last_scan": None}, ON_ITS_WAY),
        "in_transit": ({}, ON_ITS_WAY),
        "in_transit (late)": ({"shipment": replace(SHIPMENT, promised_by=at(3, 10))}, ON_ITS_WAY),
        "stuck": ({}, ON_ITS_WAY),
        "customs": ({"last_scan": SCANS["customs"]}, ON_ITS_WAY),
        "out_for_delivery": ({"last_scan": SCANS["out_for_delivery"]}, ON_ITS_WAY),
        "delivered": (ARRIVED, SCANNED_ONLY),
        "exception": ({"last_scan": SCANS["exception"]}, ON_ITS_WAY),
        "returned": (RETURNED | {"refund": REFUNDS["succeeded"]}, {"order": RETURNED["order"]}),
        "cancelled": (CANCELLED | {"refund": REFUNDS["pending"]}, CANCELLED),
    },
    "order.delivered_not_received": {
        "delivered": (ARRIVED, SCANNED_ONLY),
        "not_delivered_yet": ({}, ON_ITS_WAY),
        "trace_open": (ARRIVED, ON_ITS_WAY),
    },
    "order.cancel": {
        "can_cancel": (UNSHIPPED, {}),
        "already_shipped": ({}, {"order": replace(PAID, status="shipped")}),
        "delivered": (ARRIVED, {"order": replace(PAID, status="delivered")}),
        "already_cancelled": (CANCELLED | {"refund": REFUNDS["succeeded"]}, {"order": RETURNED["order"]}),
    },
    "order.change_address": CHANGE,
    "order.change_items": CHANGE,
    "order.invoice_vat": {"available": ({}, {})},
    "order.payment_failed": {
        "paid_once": ({}, {"payment": PAYMENT}),
        "paid_twice": ({}, {"payment": PAYMENT}),
        "not_paid": ({}, {}),
    },
    "after.return_request": RETURNS,
    "after.refund_status": {
        "succeeded": ({"refund": REFUNDS["succeeded"]}, {"refund": replace(REFUNDS["succeeded"], arn="")}),
        "pending": ({"refund": REFUNDS["pending"]}, {"refund": REFUNDS["pending"]}),
        "failed": ({"refund": REFUNDS["failed"]}, {"refund": REFUNDS["failed"]}),
        "none": ({}, {}),
    },
    "after.refund_request": RETURNS
    | {"already_refunded": ({"refund": REFUNDS["succeeded"]}, {"refund": REFUNDS["succeeded"]})},
    "after.exchange": RETURNS,
    "after.damaged": PHOTOS,
    "after.wrong_item": PHOTOS,
    "after.missing_item": PHOTOS | {"split_shipment": ({}, {"order": replace(ORDER, payments=())})},
    "after.quality_not_as_described": PHOTOS,
    "after.warranty_repair": {
        "in_warranty": (ARRIVED, policy("warranty_months")),
        "out_of_warranty": (ARRIVED, policy("warranty_months")),
        "no_policy": ({"policy": {}}, {}),
    },
    "after.unknown_charge": PERSON,
    "after.chargeback_threat": PERSON,
    "after.complaint_service": PERSON,
    "pre.product_question": {
        "answered": (PRE, PRE | {"product": replace(PRODUCT, description="", attributes=(), url="")}),
        "product_unknown": (NO_PRODUCT, NO_PRODUCT),
    },
    "pre.size_fit": {
        "answered": (PRE, PRE | {"product": replace(PRODUCT, description="", attributes=(), url="")}),
        "product_unknown": (NO_PRODUCT, NO_PRODUCT),
    },
    "pre.availability": {
        "answered": (PRE, PRE | {"product": replace(PRODUCT, url="")}),
        "out_of_stock": (PRE, PRE | {"product": replace(PRODUCT, stock=0)}),
        "product_unknown": (PRE, NO_PRODUCT),
    },
    "pre.shipping_cost_time": {
        "answered": (PRE, PRE | policy("asked_country", rates=[ShippingRate("FR", "Standard", eur(0))])),
        "country_not_served": (
            PRE | policy("rates", asked_country="BR"),
            PRE | policy("asked_country", rates=[ShippingRate("DE", "Standard", eur(0))]),
        ),
        "country_unknown": (PRE | policy("rates", asked_country=None), PRE),
    },
    "pre.customs_duty": {
        "answered": (PRE, PRE | policy(customs="DAP")),
        "no_policy": (PRE, PRE),
    },
    "pre.payment_methods": {
        "answered": (PRE, PRE | policy(payment_methods=["PayPal"])),
        "no_policy": (PRE, PRE),
    },
    "pre.price_promo": {
        "answered": (PRE, PRE | policy(promotions=["WELCOME10: 10% off the first order"])),
        "no_policy": (PRE, PRE),
    },
    "feedback": {"thanks": (PRE, PRE)},
    "ask_order": {"ask_order": (NO_PRODUCT, NO_PRODUCT)},
    "acknowledge": {"": (PRE, PRE)},
}

CASES = [(template, name) for template, situations in SITUATIONS.items() for name in situations]


def scenes(template: str, name: str) -> tuple[ReplyContext, ReplyContext]:
    """Return the full and the sparse context of a situation; what stands in brackets names a variant of it."""
    full, sparse = SITUATIONS[template][name]
    situation = {"situation": name.split(" ")[0]}
    return replace(FULL, **(full | situation)), replace(SPARSE, **(sparse | situation))
