"""Orders and products as imported, and the ways to find them."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Table, bindparam, delete, func, or_, select
from sqlalchemy.dialects.postgresql import Insert, insert

from rejoinder.domain.orders import Match, Order, Product
from rejoinder.storage.columns import any_key
from rejoinder.storage.documents import dump, load
from rejoinder.storage.rows import Rows
from rejoinder.storage.tables import cases, orders, payments, products, runs
from rejoinder.storage.words import query_of, tokens

BATCH = 500
MAX_CANDIDATES = 50
MAX_CLUES = 200
DAYS_AROUND = timedelta(days=3)
BIGINT = 2**63
MAX_SPOKEN = 200_000
"""Characters of words that are searched in; a tsvector ends at a megabyte."""


class Counts(NamedTuple):
    """What an import changed."""

    new: int
    changed: int
    same: int


def _newest(wanted: Any) -> Select[Any]:
    query = select(orders.c.number, orders.c.document).where(orders.c.merchant_id == bindparam("merchant_id"), wanted)
    return query.order_by(orders.c.placed_at.desc()).limit(MAX_CANDIDATES)


_NUMBERED = orders.c.number == any_key("numbers")
NUMBERED = _newest(_NUMBERED)
NAMED = _newest(
    or_(
        func.upper(orders.c.number) == any_key("folded"),
        _NUMBERED,
        orders.c.tracking.overlap(bindparam("parcels", type_=orders.c.tracking.type)),
    )
)
OF_CUSTOMER = _newest(orders.c.customer_email == any_key("emails"))
PAID = (
    select(payments.c.order_number)
    .where(payments.c.merchant_id == bindparam("merchant_id"))
    .where(
        or_(
            payments.c.reference == any_key("references"),
            (payments.c.arn != "") & (payments.c.arn == any_key("references")),
        )
    )
    .limit(MAX_CANDIDATES)
)


class OrderRows(Rows):
    """Orders, products, and which order a run is about."""

    def upsert_orders(self, merchant_id: int, given: Iterable[Order]) -> Counts:
        """Store orders by number; the same order again changes nothing."""
        total = Counts(0, 0, 0)
        for batch in _batches(given):
            with self.begin() as connection:
                total = _sum(total, _upsert_orders(connection, merchant_id, batch))
        return total

    def upsert_products(self, merchant_id: int, given: Iterable[Product]) -> Counts:
        """Store products by article number; the same product again changes nothing."""
        total = Counts(0, 0, 0)
        for batch in _batches(given):
            with self.begin() as connection:
                total = _sum(total, _upsert_products(connection, merchant_id, batch))
        return total

    def candidate_orders(
        self, merchant_id: int, *, numbers: Sequence[str], emails: Sequence[str], payments: Sequence[str]
    ) -> Sequence[Order]:
        """Return orders with one of these numbers, customer addresses, payment references or parcels, newest first."""
        folded = sorted({number.upper() for number in numbers})[:MAX_CLUES]
        parcels = [number for number in folded if len(number) >= 8]
        mine = {"merchant_id": merchant_id}
        with self.reading() as connection:
            paid = _numbers_of_payments(connection, merchant_id, [name for name in payments if name][:MAX_CLUES])
            found = _found(connection, NAMED, mine | {"folded": folded, "numbers": paid, "parcels": parcels})
            found |= _found(connection, OF_CUSTOMER, mine | {"emails": [email.lower() for email in emails][:MAX_CLUES]})
        return sorted(found.values(), key=lambda order: order.placed_at, reverse=True)

    def orders_by_payment(
        self, merchant_id: int, *, amount_minor: int, currency: str, card_last4: str, around: date | None
    ) -> Sequence[Order]:
        """Return orders with a payment of this amount (and card, within three days of the date, where given)."""
        if abs(amount_minor) >= BIGINT:
            return []
        wanted = [
            payments.c.merchant_id == merchant_id,
            payments.c.amount_minor == amount_minor,
            payments.c.currency == currency,
        ]
        if card_last4:
            wanted.append(payments.c.card_last4 == card_last4)
        if around:
            first, last = _days_around(around)
            wanted += [payments.c.captured_at >= first, payments.c.captured_at < last]
        query = select(payments.c.order_number).where(*wanted).order_by(payments.c.captured_at.desc())
        with self.reading() as connection:
            numbers = connection.execute(query.limit(MAX_CANDIDATES)).scalars().all()
            found = _found(connection, NUMBERED, {"merchant_id": merchant_id, "numbers": numbers}) if numbers else {}
        return list(found.values())

    def order(self, merchant_id: int, number: str) -> Order | None:
        """Return the order with this number."""
        query = select(orders.c.document).where(orders.c.merchant_id == merchant_id, orders.c.number == number)
        with self.reading() as connection:
            document = connection.execute(query).scalar_one_or_none()
        return load(Order, document) if document else None

    def products(self, merchant_id: int, skus: Sequence[str]) -> Sequence[Product]:
        """Return the products with these article numbers."""
        query = select(products.c.document).where(products.c.merchant_id == merchant_id, products.c.sku.in_(skus))
        with self.reading() as connection:
            return [load(Product, document) for document in connection.execute(query).scalars()]

    def find_products(self, merchant_id: int, words: str, limit: int = 5) -> Sequence[Product]:
        """Return products that share words with the text, best first."""
        query_text = query_of(words)
        if not query_text:
            return []
        asked = func.to_tsquery("simple", query_text)
        query = (
            select(products.c.document)
            .where(products.c.merchant_id == merchant_id, products.c.words.op("@@")(asked))
            .order_by(func.ts_rank(products.c.words, asked).desc(), products.c.sku)
            .limit(limit)
        )
        with self.reading() as connection:
            return [load(Product, document) for document in connection.execute(query).scalars()]

    def save_match(self, run_id: int, matches: Sequence[Match], chosen: str) -> None:
        """Keep the candidate orders; `chosen` is an order number or empty and becomes the case's order."""
        with self.begin() as connection:
            values = {"matches": [dump(match) for match in matches]}
            case_id = connection.execute(
                runs.update().where(runs.c.id == run_id).values(values).returning(runs.c.case_id)
            ).scalar_one()
            if chosen:
                connection.execute(cases.update().where(cases.c.id == case_id).values(order_number=chosen))

    def matches(self, run_id: int) -> Sequence[Match]:
        """Return the candidate orders of the run, best first."""
        with self.reading() as connection:
            stored = connection.execute(select(runs.c.matches).where(runs.c.id == run_id)).scalar_one_or_none()
        return [load(Match, match) for match in stored or []]


def _found(connection: Connection, query: Select[Any], given: Mapping[str, Any]) -> dict[str, Order]:
    return {row.number: load(Order, row.document) for row in connection.execute(query, given)}


def _numbers_of_payments(connection: Connection, merchant_id: int, references: Sequence[str]) -> Sequence[str]:
    if not references:
        return []
    return connection.execute(PAID, {"merchant_id": merchant_id, "references": references}).scalars().all()


def _days_around(day: date) -> tuple[datetime, datetime]:
    """Return the first instant that counts and the first that does not."""
    day = min(max(day, date(1970, 1, 1)), date(9000, 1, 1))
    midnight = datetime.combine(day, time(), UTC)
    return midnight - DAYS_AROUND, midnight + DAYS_AROUND + timedelta(days=1)


def _batches(given: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(given)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _sum(one: Counts, other: Counts) -> Counts:
    return Counts(one.new + other.new, one.changed + other.changed, one.same + other.same)


def _upsert_orders(connection: Connection, merchant_id: int, batch: Sequence[Order]) -> Counts:
    by_number = {order.number: order for order in batch}
    rows = [_order_row(merchant_id, by_number[number]) for number in sorted(by_number)]
    counts, fresh = _upsert(connection, insert(orders), orders, "number", rows)
    _replace_payments(connection, merchant_id, [by_number[row["number"]] for row in fresh])
    return counts


def _upsert_products(connection: Connection, merchant_id: int, batch: Sequence[Product]) -> Counts:
    by_sku = {product.sku: product for product in batch}
    rows = [_product_row(merchant_id, by_sku[sku]) for sku in sorted(by_sku)]
    words = func.to_tsvector("simple", bindparam("spoken"))
    return _upsert(connection, insert(products).values(words=words), products, "sku", rows)[0]


def _upsert(
    connection: Connection, statement: Insert, into: Table, key: str, rows: list[dict[str, Any]]
) -> tuple[Counts, list[dict[str, Any]]]:
    """Store rows of one merchant, sorted by key so that two imports wait for each other in one order.

    Returns:
        What changed, and the rows that are new or changed.
    """
    keys = {row[key] for row in rows}
    query = select(into.c[key], into.c.content_hash).where(
        into.c.merchant_id == rows[0]["merchant_id"], into.c[key].in_(keys)
    )
    known: dict[str, str] = {row[0]: row[1] for row in connection.execute(query)}
    fresh = [row for row in rows if known.get(row[key]) != row["content_hash"]]
    if fresh:
        names = {column.name for column in into.c} - {"merchant_id", key}
        updated = {name: statement.excluded[name] for name in names}
        connection.execute(statement.on_conflict_do_update(index_elements=["merchant_id", key], set_=updated), fresh)
    changed = sum(1 for row in fresh if row[key] in known)
    return Counts(new=len(fresh) - changed, changed=changed, same=len(rows) - len(fresh)), fresh


def _product_row(merchant_id: int, product: Product) -> dict[str, Any]:
    document = dump(product)
    return {
        "merchant_id": merchant_id,
        "sku": product.sku,
        "content_hash": _digest(document),
        "document": document,
        "spoken": " ".join(tokens(f"{product.title} {product.sku} {product.description}"))[:MAX_SPOKEN],
    }


def _order_row(merchant_id: int, order: Order) -> dict[str, Any]:
    document = dump(order)
    return {
        "merchant_id": merchant_id,
        "number": order.number,
        "customer_email": order.customer_email.lower(),
        "placed_at": order.placed_at,
        "tracking": [shipment.tracking_number.upper() for shipment in order.shipments],
        "content_hash": _digest(document),
        "document": document,
    }


def _replace_payments(connection: Connection, merchant_id: int, changed: Sequence[Order]) -> None:
    """Store the payments of changed orders; one payment may belong to several orders."""
    if not changed:
        return
    theirs = payments.c.order_number.in_([order.number for order in changed])
    connection.execute(delete(payments).where(payments.c.merchant_id == merchant_id, theirs))
    rows = [
        {
            "merchant_id": merchant_id,
            "reference": payment.reference,
            "order_number": order.number,
            "arn": payment.arn,
            "amount_minor": payment.amount.amount_minor,
            "currency": payment.amount.currency,
            "card_last4": payment.card_last4,
            "captured_at": payment.captured_at,
            "card_fingerprint": payment.card_fingerprint,
            "network": payment.network.lower(),
            "fraud_reported": payment.fraud_reported,
        }
        for order in changed
        for payment in order.payments
    ]
    if rows:
        connection.execute(insert(payments), rows)


def _digest(document: Any) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
