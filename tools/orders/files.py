"""Orders and products from files: JSON as this program writes it, or one CSV a table."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from rejoinder.domain.money import Money, from_decimal
from rejoinder.domain.orders import (
    GOODS,
    SCAN_STATUS,
    Access,
    Order,
    OrderLine,
    Payment,
    PostalAddress,
    Product,
    Refund,
    Scan,
    Shipment,
)
from rejoinder.errors import ImportRejected

Row = Mapping[str, str]

ORDER_TABLES = ("orders", "order_lines", "payments", "shipments", "scans", "refunds", "customers", "accesses")


PAYMENT_TEXTS = (
    "network", "card_last4", "arn", "avs_result", "cvv_result", "three_d_secure", "descriptor",
    "card_fingerprint", "eci",
)  # fmt: skip
YES, NO = ("yes", "true", "1"), ("no", "false", "0")


@dataclass(frozen=True, kw_only=True)
class BadRow:
    """A row that was left out: where it stands and what is wrong with it."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What a folder or file held. Bad rows do not stop the good ones."""

    orders: tuple[Order, ...] = ()
    products: tuple[Product, ...] = ()
    bad_rows: tuple[BadRow, ...] = ()


@dataclass
class _Tables:
    """CSV tables by name, each row with its line."""

    rows: dict[str, list[tuple[int, Row]]] = field(default_factory=dict)
    bad: list[BadRow] = field(default_factory=list)


def load(path: Path) -> Loaded:
    """Read a JSON file, or a folder with `orders.csv` and the tables beside it.

    Raises:
        ImportRejected: nothing there can be read at all.
    """
    if path.is_dir():
        return _load_folder(path)
    if path.suffix.lower() == ".json" and path.is_file():
        return _load_json(path)
    raise ImportRejected(f"{str(path)!r} is neither a folder of CSV tables nor a JSON file")


def _load_json(path: Path) -> Loaded:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, UnicodeDecodeError) as exc:
        raise ImportRejected(f"{path.name!r} is not valid JSON: {exc}") from exc
    if not isinstance(document, dict):
        raise ImportRejected(f"{path.name!r} must be an object with 'orders' and 'products'")
    bad: list[BadRow] = []
    orders = list(_each(document.get("orders", []), _ORDER, path.name, bad))
    products = list(_each(document.get("products", []), _PRODUCT, path.name, bad))
    return Loaded(orders=tuple(orders), products=tuple(products), bad_rows=tuple(bad))


_ORDER: TypeAdapter[Order] = TypeAdapter(Order)
_PRODUCT: TypeAdapter[Product] = TypeAdapter(Product)


def _each(items: Sequence[Any], adapter: TypeAdapter[Any], file: str, bad: list[BadRow]) -> Iterator[Any]:
    for number, item in enumerate(items, start=1):
        try:
            yield adapter.validate_python(item)
        except ValidationError as exc:
            first = exc.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            bad.append(BadRow(file=file, line=number, reason=f"{where}: {first['msg']}"))


def _load_folder(folder: Path) -> Loaded:
    if not (folder / "orders.csv").is_file() and not (folder / "products.csv").is_file():
        raise ImportRejected(f"{str(folder)!r} holds neither 'orders.csv' nor 'products.csv'")
    tables = _Tables()
    for name in (*ORDER_TABLES, "products"):
        tables.rows[name] = list(_read_csv(folder / f"{name}.csv"))
    orders = tuple(_orders(tables))
    products = tuple(_good(tables, "products", _product))
    return Loaded(orders=orders, products=products, bad_rows=tuple(tables.bad))


def _read_csv(path: Path) -> Iterator[tuple[int, Row]]:
    if not path.is_file():
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for row in reader:
                yield reader.line_num, {key: (value or "").strip() for key, value in row.items() if key}
    except (UnicodeDecodeError, csv.Error) as exc:
        raise ImportRejected(f"{path.name!r} is not a CSV file in UTF-8: {exc}") from exc


def _good(tables: _Tables, name: str, build: Any) -> Iterator[Any]:
    for line, row in tables.rows.get(name, []):
        try:
            yield build(row)
        except (KeyError, ValueError, InvalidOperation) as exc:
            tables.bad.append(BadRow(file=f"{name}.csv", line=line, reason=_reason(exc)))


def _reason(exc: Exception) -> str:
    if isinstance(exc, KeyError):
        return f"the column {exc.args[0]!r} is missing"
    if isinstance(exc, InvalidOperation):
        return "an amount is not a number"
    return str(exc)


def _orders(tables: _Tables) -> Iterator[Order]:
    scans = _grouped(tables, "scans", "tracking_number", _scan)
    parts = {
        "lines": _grouped(tables, "order_lines", "order_number", _line),
        "payments": _grouped(tables, "payments", "order_number", _payment),
        "shipments": _grouped(tables, "shipments", "order_number", lambda row: _shipment(row, scans)),
        "refunds": _grouped(tables, "refunds", "order_number", _refund),
        "accesses": _grouped(tables, "accesses", "order_number", _access),
    }
    customers = {row.get("id", ""): row for _, row in tables.rows.get("customers", [])}
    yield from _good(tables, "orders", lambda row: _order(_with_customer(row, customers), parts))


def _with_customer(row: Row, customers: Mapping[str, Row]) -> Row:
    """Fill in name, address and language of the customer that an order names by `customer_id`."""
    known = customers.get(row.get("customer_id", ""))
    if known is None:
        return row
    told = {
        "customer_name": known.get("name", ""),
        "customer_email": known.get("email", ""),
        "language": known.get("language", ""),
    }
    return {**row, **{name: row.get(name) or value for name, value in told.items()}}


def _grouped(tables: _Tables, name: str, key: str, build: Any) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for group, item in _good(tables, name, lambda row: (row[key], build(row))):
        groups.setdefault(group, []).append(item)
    return groups


def _order(row: Row, parts: Mapping[str, Mapping[str, list[Any]]]) -> Order:
    number = _needed(row, "number")
    return Order(
        number=number,
        placed_at=_instant(row, "placed_at"),
        status=_needed(row, "status"),
        total=_money(row, "total"),
        customer_name=row.get("customer_name", ""),
        customer_email=row.get("customer_email", "").lower(),
        lines=tuple(parts["lines"].get(number, ())),
        ship_to=_address(row, "ship"),
        bill_to=_address(row, "bill") if row.get("bill_line1") else None,
        language=row.get("language", ""),
        customer_ip=row.get("customer_ip", ""),
        goods=_one_of(row.get("goods") or "physical", GOODS, "kind of goods"),
        cancelled_at=_maybe_instant(row, "cancelled_at"),
        accesses=tuple(sorted(parts["accesses"].get(number, ()), key=lambda access: access.at)),
        account_id=row.get("account_id", ""),
        device_id=row.get("device_id", ""),
        device_fingerprint=row.get("device_fingerprint", ""),
        payments=tuple(parts["payments"].get(number, ())),
        shipments=tuple(parts["shipments"].get(number, ())),
        refunds=tuple(parts["refunds"].get(number, ())),
    )


def _address(row: Row, prefix: str) -> PostalAddress:
    return PostalAddress(
        name=row.get(f"{prefix}_name", ""),
        lines=tuple(line for line in (row.get(f"{prefix}_line1", ""), row.get(f"{prefix}_line2", "")) if line),
        city=row.get(f"{prefix}_city", ""),
        postcode=row.get(f"{prefix}_postcode", ""),
        state=row.get(f"{prefix}_state", ""),
        country=row.get(f"{prefix}_country", "").upper(),
    )


def _access(row: Row) -> Access:
    return Access(
        at=_instant(row, "at"), what=_needed(row, "what"), ip=row.get("ip", ""), device_id=row.get("device_id", "")
    )


def _line(row: Row) -> OrderLine:
    return OrderLine(
        sku=_needed(row, "sku"), title=row["title"], quantity=int(row["quantity"]), price=_money(row, "price")
    )


def _payment(row: Row) -> Payment:
    return Payment(
        reference=_needed(row, "reference"),
        processor=row["processor"],
        amount=_money(row, "amount"),
        captured_at=_instant(row, "captured_at"),
        liability_shift=_maybe_yes(row, "liability_shift"),
        disputed=_maybe_yes(row, "disputed") or False,
        fraud_reported=_maybe_yes(row, "fraud_reported") or False,
        **{name: row.get(name, "") for name in PAYMENT_TEXTS},
    )


def _shipment(row: Row, scans: Mapping[str, list[Scan]]) -> Shipment:
    tracking_number = _needed(row, "tracking_number")
    return Shipment(
        tracking_number=tracking_number,
        carrier=row["carrier"],
        shipped_at=_maybe_instant(row, "shipped_at"),
        promised_by=_maybe_instant(row, "promised_by"),
        delivered_at=_maybe_instant(row, "delivered_at"),
        signed_by=row.get("signed_by", ""),
        tracking_url=row.get("tracking_url", ""),
        scans=tuple(sorted(scans.get(tracking_number, ()), key=lambda scan: scan.at)),
    )


def _scan(row: Row) -> Scan:
    status = _one_of(_needed(row, "status"), SCAN_STATUS, "scan status")
    return Scan(at=_instant(row, "at"), status=status, text=row.get("text", ""), place=row.get("place", ""))


def _refund(row: Row) -> Refund:
    return Refund(
        reference=_needed(row, "reference"),
        amount=_money(row, "amount"),
        status=row["status"],
        created_at=_instant(row, "created_at"),
        arn=row.get("arn", ""),
    )


def _product(row: Row) -> Product:
    known = {"sku", "title", "description", "price", "currency", "stock", "url"}
    return Product(
        sku=_needed(row, "sku"),
        title=row["title"],
        description=row.get("description", ""),
        price=_money(row, "price"),
        stock=int(row["stock"]) if row.get("stock") else None,
        attributes=tuple((name, value) for name, value in row.items() if name not in known and value),
        url=row.get("url", ""),
    )


def _one_of(value: str, known: Sequence[str], what: str) -> str:
    if value not in known:
        raise ValueError(f"the {what} {value!r} is none of {', '.join(known)}")
    return value


def _maybe_yes(row: Row, name: str) -> bool | None:
    value = row.get(name, "").lower()
    return value in YES if _one_of(value, ("", *YES, *NO), name) else None


def _needed(row: Row, name: str) -> str:
    value = row[name]
    if not value:
        raise ValueError(f"{name!r} is empty")
    return value


def _money(row: Row, name: str) -> Money:
    return from_decimal(Decimal(_needed(row, name)), _needed(row, "currency"))


def _instant(row: Row, name: str) -> datetime:
    at = datetime.fromisoformat(_needed(row, name))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _maybe_instant(row: Row, name: str) -> datetime | None:
    return _instant(row, name) if row.get(name) else None
