"""Orders and products as imported, and the ways to find them."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from rejoinder.domain.orders import Match, Order, Product
from rejoinder.storage.documents import dump, load
from rejoinder.storage.rows import Rows
from rejoinder.storage.tables import cases, orders, payments, products, runs
from rejoinder.storage.words import query_of, vector_of

BATCH = 500
MAX_CANDIDATES = 50
DAYS_AROUND = timedelta(days=3)


class Counts(NamedTuple):
    """What an import changed."""

    new: int
    changed: int
    same: int


class OrderRows(Rows):
    """Orders, products, and which order a run is about."""

    def upsert_orders(self, merchant_id: int, given: Iterable[Order]) -> Counts:
        """Store orders by number; the same order again changes nothing."""
        total = Counts(0, 0, 0)
        rest = iter(given)
        while batch := {order.number: order for order in islice(rest, BATCH)}:
            with self.begin() as connection:
                counts = _upsert_orders(connection, merchant_id, batch)
            total = Counts(*(a + b for a, b in zip(total, counts, strict=True)))
        return total

    def upsert_products(self, merchant_id: int, given: Iterable[Product]) -> Counts:
        """Store products by article number; the same product again changes nothing."""
        new = changed = same = 0
        with self.begin() as connection:
            query = select(products.c.sku, products.c.content_hash).where(products.c.merchant_id == merchant_id)
            known = {row.sku: row.content_hash for row in connection.execute(query)}
            for product in given:
                document = dump(product)
                digest = _digest(document)
                if known.get(product.sku) == digest:
                    same += 1
                    continue
                new, changed = (new, changed + 1) if product.sku in known else (new + 1, changed)
                words = vector_of(f"{product.title} {product.sku} {product.description}")
                values = {"content_hash": digest, "document": document, "words": words}
                statement = insert(products).values(merchant_id=merchant_id, sku=product.sku, **values)
                connection.execute(statement.on_conflict_do_update(index_elements=["merchant_id", "sku"], set_=values))
        return Counts(new, changed, same)

    def candidate_orders(
        self, merchant_id: int, *, numbers: Sequence[str], emails: Sequence[str], payments: Sequence[str]
    ) -> Sequence[Order]:
        """Return orders with one of these numbers, customer addresses, payment references or parcels, newest first."""
        folded = sorted({number.upper() for number in numbers})
        named = [
            func.upper(orders.c.number).in_(folded),
            orders.c.customer_email.in_([email.lower() for email in emails]),
            orders.c.tracking.overlap([number for number in folded if len(number) >= 8] or [""]),
            orders.c.number.in_(_numbers_of_payments(merchant_id, payments)),
        ]
        query = (
            select(orders.c.document)
            .where(orders.c.merchant_id == merchant_id, or_(*named))
            .order_by(orders.c.placed_at.desc())
            .limit(MAX_CANDIDATES)
        )
        with self.begin() as connection:
            return [load(Order, document) for document in connection.execute(query).scalars()]

    def orders_by_payment(
        self, merchant_id: int, *, amount_minor: int, currency: str, card_last4: str, around: date | None
    ) -> Sequence[Order]:
        """Return orders with a payment of this amount (and card, within three days of the date, where given)."""
        wanted = [
            payments.c.merchant_id == merchant_id,
            payments.c.amount_minor == amount_minor,
            payments.c.currency == currency,
        ]
        if card_last4:
            wanted.append(payments.c.card_last4 == card_last4)
        if around:
            wanted.append(payments.c.captured_at.between(around - DAYS_AROUND, around + DAYS_AROUND))
        query = (
            select(orders.c.document)
            .join(payments, (payments.c.merchant_id == orders.c.merchant_id) & (payments.c.order_number == orders.c.number))
            .where(*wanted)
            .order_by(orders.c.placed_at.desc())
            .limit(MAX_CANDIDATES)
        )
        with self.begin() as connection:
            return [load(Order, document) for document in connection.execute(query).scalars()]

    def order(self, merchant_id: int, number: str) -> Order | None:
        """Return the order with this number."""
        query = select(orders.c.document).where(orders.c.merchant_id == merchant_id, orders.c.number == number)
        with self.begin() as connection:
            document = connection.execute(query).scalar_one_or_none()
        return load(Order, document) if document else None

    def products(self, merchant_id: int, skus: Sequence[str]) -> Sequence[Product]:
        """Return the products with these article numbers."""
        query = select(products.c.document).where(products.c.merchant_id == merchant_id, products.c.sku.in_(skus))
        with self.begin() as connection:
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
        with self.begin() as connection:
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
        with self.begin() as connection:
            stored = connection.execute(select(runs.c.matches).where(runs.c.id == run_id)).scalar_one_or_none()
        return [load(Match, match) for match in stored or []]


def _numbers_of_payments(merchant_id: int, references: Sequence[str]) -> Any:
    named = or_(payments.c.reference.in_(references), payments.c.arn.in_([r for r in references if len(r) == 23]))
    return select(payments.c.order_number).where(payments.c.merchant_id == merchant_id, named)


def _upsert_orders(connection: Connection, merchant_id: int, batch: dict[str, Order]) -> Counts:
    query = select(orders.c.number, orders.c.content_hash).where(
        orders.c.merchant_id == merchant_id, orders.c.number.in_(list(batch))
    )
    known = {row.number: row.content_hash for row in connection.execute(query)}
    rows = [_order_row(merchant_id, order) for order in batch.values()]
    fresh = [row for row in rows if known.get(row["number"]) != row["content_hash"]]
    if fresh:
        statement = insert(orders).values(fresh)
        updated = {name: statement.excluded[name] for name in fresh[0] if name not in {"merchant_id", "number"}}
        connection.execute(statement.on_conflict_do_update(index_elements=["merchant_id", "number"], set_=updated))
        _replace_payments(connection, merchant_id, [batch[row["number"]] for row in fresh])
    changed = sum(1 for row in fresh if row["number"] in known)
    return Counts(new=len(fresh) - changed, changed=changed, same=len(rows) - len(fresh))


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
    numbers = [order.number for order in changed]
    connection.execute(
        delete(payments).where(tuple_(payments.c.merchant_id, payments.c.order_number).in_([(merchant_id, n) for n in numbers]))
    )
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
        }
        for order in changed
        for payment in order.payments
    ]
    if rows:
        statement = insert(payments).values(rows)
        updated = {name: statement.excluded[name] for name in rows[0] if name not in {"merchant_id", "reference"}}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["merchant_id", "reference"], set_=updated)
        )


def _digest(document: Any) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
