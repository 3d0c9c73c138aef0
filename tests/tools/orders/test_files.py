from pathlib import Path

import pytest

import rejoinder.demo
from rejoinder.domain.money import Money
from rejoinder.errors import ImportRejected
from tools.orders.files import load

SHOP = Path(rejoinder.demo.__file__).parent / "shop"
ORDERS = "number,placed_at,status,total,currency,customer_id,customer_name,customer_email\n"


def write(folder: Path, **tables: str) -> Path:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_the_sample_shop_is_read_whole() -> None:
    loaded = load(SHOP)
    assert (len(loaded.orders), len(loaded.products), loaded.bad_rows) == (68, 14, ())
    assert all(order.lines and order.payments for order in loaded.orders)


def test_a_customer_is_found_by_its_id(tmp_path: Path) -> None:
    write(
        tmp_path,
        orders=ORDERS + "A-1,2026-03-09T10:00:00Z,paid,19.90,EUR,7,,\n",
        customers="id,name,email,language\n7,Ana Prueba,Ana@Buyer.example,es\n",
    )
    (order,) = load(tmp_path).orders
    assert (order.customer_name, order.customer_email, order.language) == ("Ana Prueba", "ana@buyer.example", "es")
    assert order.total == Money(amount_minor=1990, currency="EUR")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A-2,yesterday,paid,19.90,EUR,,,", "Invalid isoformat"),
        ("A-2,2026-03-09,paid,nineteen,EUR,,,", "not a number"),
        ("A-2,2026-03-09,paid,19.905,EUR,,,", "decimal places"),
        (",2026-03-09,paid,19.90,EUR,,,", "'number' is empty"),
    ],
)
def test_a_bad_row_is_named_and_the_good_ones_go_in(tmp_path: Path, row: str, reason: str) -> None:
    write(tmp_path, orders=f"{ORDERS}A-1,2026-03-09T10:00:00Z,paid,19.90,EUR,,Ana,ana@buyer.example\n{row}\n")
    loaded = load(tmp_path)
    assert [order.number for order in loaded.orders] == ["A-1"]
    (bad,) = loaded.bad_rows
    assert (bad.file, bad.line) == ("orders.csv", 3)
    assert reason in bad.reason


def test_what_cannot_be_read_at_all_says_so(tmp_path: Path) -> None:
    with pytest.raises(ImportRejected, match=r"orders\.csv"):
        load(tmp_path)
    (tmp_path / "orders.json").write_text("{")
    with pytest.raises(ImportRejected, match="JSON"):
        load(tmp_path / "orders.json")


def test_what_proves_a_digital_sale_and_its_payer_is_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        orders="number,placed_at,status,total,currency,customer_name,customer_email,goods,account_id,device_id\n"
        "A-1,2026-03-09T10:00:00Z,delivered,19.90,EUR,Ana,ana@buyer.example,digital,ana77,dev-1\n",
        payments="order_number,reference,processor,amount,currency,captured_at,card_fingerprint,liability_shift\n"
        "A-1,ch_1,stripe,19.90,EUR,2026-03-09T10:00:01Z,fp_1,yes\n"
        "A-1,ch_2,stripe,19.90,EUR,2026-03-09T10:00:01Z,fp_1,\n",
        accesses="order_number,at,what,ip\nA-1,2026-03-10T08:00:00Z,download,203.0.113.9\n",
    )
    (order,) = load(tmp_path).orders
    assert (order.goods, order.account_id, order.device_id) == ("digital", "ana77", "dev-1")
    assert [payment.liability_shift for payment in order.payments] == [True, None]
    assert [(access.what, access.ip) for access in order.accesses] == [("download", "203.0.113.9")]


def test_an_unknown_kind_of_goods_is_a_bad_row(tmp_path: Path) -> None:
    header = ORDERS.replace("customer_id", "goods")
    write(tmp_path, orders=f"{header}A-1,2026-03-09,paid,19.90,EUR,gold,Ana,ana@buyer.example\n")
    (bad,) = load(tmp_path).bad_rows
    assert "kind of goods 'gold'" in bad.reason
