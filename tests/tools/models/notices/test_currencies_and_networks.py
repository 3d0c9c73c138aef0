"""Money of every country by its usual signs and words, and networks by their names in each language."""

import pytest

from knowledge.catalog import read_toml
from knowledge.notice_catalog import notice_catalog
from knowledge.reason_words import network_name, parties
from tests.tools.models.notices.mails import read
from tools.models.notices.amounts import minor_units
from tools.models.notices.texts import fold
from tools.models.notices.words import words_of

BANK = "disputes@harbor-acquiring.example"


@pytest.mark.parametrize(
    ("printed", "currency", "minor"),
    [
        ("184 500,00 тенге", "KZT", 18450000),
        ("2 350 000 сум", "UZS", 235000000),
        ("640,20 бел. руб.", "BYN", 64020),
        ("640,20 белорусских рублей", "BYN", 64020),
        ("1 200 грн.", "UAH", 120000),
        ("3,480.00 ريال قطري", "QAR", 348000),
        ("12.500 د.ك", "KWD", 12500),
        ("45.00 د.إ", "AED", 4500),
        ("45.000 د.أ", "JOD", 45000),
        ("S/ 245.00", "PEN", 24500),
        ("NT$3,480", "TWD", 348000),
        ("新臺幣3,480元", "TWD", 348000),
        ("COP $ 45.000", "COP", 4500000),
        ("CLP 45.990", "CLP", 45990),
        ("₪ 120.50", "ILS", 12050),
        ("₹1,24,500.00", "INR", 12450000),
        ("1.250.000 ₫", "VND", 1250000),
        ("Rp 1.250.000", "IDR", 125000000),
        ("฿ 1,200.00", "THB", 120000),
        ("1.234,50 dirhams marocains", "MAD", 123450),
        ("100.00 Saudi riyals", "SAR", 10000),
        ("450.00 pesos M.N.", "MXN", 45000),
        ("1.000 台湾ドル", "TWD", 100000),
        ("50 홍콩 달러", "HKD", 5000),
    ],
)
def test_money_by_the_sign_or_word_of_its_country(printed: str, currency: str, minor: int) -> None:
    (money,) = words_of(notice_catalog()).signs.find(printed, fold(printed))
    assert money.currencies == (currency,)
    assert minor_units(money.number, money.currencies) == minor


@pytest.mark.parametrize("printed", ["45.00 dinars", "450 francs CFA", "1.200,00 pesos", "100 kroner", "45,00 руб."])
def test_a_word_of_several_countries_proves_no_currency(printed: str) -> None:
    (money,) = words_of(notice_catalog()).signs.find(printed, fold(printed))
    assert len(money.currencies) > 1


@pytest.mark.parametrize("printed", ["du_1RlC92Bd7nQz", "450 mark my words", "sum 450", "le 12 novembre"])
def test_a_part_of_a_word_is_no_money(printed: str) -> None:
    assert words_of(notice_catalog()).signs.find(printed, fold(printed)) == []


@pytest.mark.parametrize(
    ("line", "network"),
    [
        ("银联卡尾号4406，2026年8月21日交易。", "unionpay"),
        ("该笔交易通过云闪付支付。", "unionpay"),
        ("Оплата картой «Мир» 10.10.2026.", "mir"),
        ("Карта: МИР **** 4406", "mir"),
        ("البطاقة: مدى **** 4406", "mada"),
        ("دفع العميل ببطاقة مدى في 10/10/2026.", "mada"),
        ("Kart: Troy **** 4406", "troy"),
        ("Müşteri Troy kart ile ödedi.", "troy"),
        ("Bandeira: Elo", "elo"),
        ("A compra foi paga com cartão Elo.", "elo"),
        ("Pagado con tarjeta Cabal.", "cabal"),
        ("Paid with Interac on 10 October 2026.", "interac"),
        ("BC카드로 결제된 거래입니다.", "bccard"),
        ("使用万事达卡支付。", "mastercard"),
        ("소비자가 이의를 제기했습니다.", ""),
        ("El cliente pide una respuesta cabal.", ""),
        ("Мы хотим сохранить мир.", ""),
        ("ما مدى صحة هذه العملية؟", ""),
        ("Troy Baker disputes the payment.", ""),
    ],
)
def test_a_network_by_its_name_in_each_language(line: str, network: str) -> None:
    found = read(BANK, "Chargeback", f"Case number: DR-20114\nAmount: 20.00 EUR\nRespond by: 2026-12-03\n{line}")
    assert found is not None
    assert (found.fields["network"].value if "network" in found.fields else "") == network


def test_every_network_that_is_read_has_a_name_and_parties() -> None:
    values = notice_catalog().values
    known = read_toml("reason_codes/_plain.toml")["networks"]
    assert {*values.networks, *values.labelled_networks} <= set(known)
    assert network_name("bccard") == "BC Card"
    assert parties("mada", "en").rail == "card"


def test_a_code_means_nothing_in_a_network_without_codes() -> None:
    text = "Case number: DR-20114\nAmount: 20.00 RUB\nCard network: Mir\nReason code: 4853\nRespond by: 2026-12-03"
    found = read(BANK, "Chargeback", text)
    assert found is not None
    assert (found.fields["network"].value, found.fields["reason_code"].value) == ("mir", "4853")
    assert "category" not in found.fields
