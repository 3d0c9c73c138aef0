"""What sentences say in passing: when it was paid, whose order it was, the code in brackets, the order's short number."""

import pytest

from tests.tools.models.notices.mails import read

BANK = "disputes@harbor-acquiring.example"
HEAD = "Case number: CB-1\nDisputed amount: EUR 45.00\nWe have received a chargeback. Please send your evidence.\n"


def value(field: str, line: str, sender: str = BANK) -> str:
    reading = read(sender, "Chargeback CB-1", HEAD + line)
    assert reading is not None
    return reading.value(field)


@pytest.mark.parametrize(
    ("line", "paid"),
    [
        ("Order CH-7188, paid on 20 October 2026.", "2026-10-20"),
        ("Bestellung CH-7188, bezahlt am 20.10.2026.", "2026-10-20"),
        ("Commande CH-7188, payée le 20 octobre 2026.", "2026-10-20"),
        ("Es geht um 45,00 EUR vom 20.10.2026.", "2026-10-20"),
        ("银联卡尾号4406，2026年10月20日交易，订单号LY2608210093。", "2026-10-20"),
        ("الحركة المنفذة بتاريخ 20/10/2026 ببطاقة فيزا.", "2026-10-20"),
        ("The fee of EUR 15.00 was paid on 20 October 2026.", ""),
        ("A refund of EUR 45.00 of 20 October 2026.", ""),
        ("A handling fee of EUR 15.00 from 20 October 2026.", ""),
    ],
)
def test_the_day_of_the_payment(line: str, paid: str) -> None:
    assert value("transaction_date", line) == paid


@pytest.mark.parametrize(
    ("line", "name", "email"),
    [
        ("O cliente Marcela Queiroz (marcela@posta.example) cancelou.", "Marcela Queiroz", "marcela@posta.example"),
        ("Il cliente Fabrizio Denti (f.denti@posta.example) non paga.", "Fabrizio Denti", "f.denti@posta.example"),
        ("العميلة نورة العجمي (noura@bareed.example) تعترض.", "نورة العجمي", "noura@bareed.example"),
        ("买家王小明（wang@youxiang.example）称未收到货。", "王小明", "wang@youxiang.example"),
        ("Ask our customer service (help@harbor-acquiring.example).", "", ""),
        ("Ask our customer service (help@elsewhere.example).", "", ""),
    ],
)
def test_a_buyer_with_an_address_in_brackets(line: str, name: str, email: str) -> None:
    assert (value("buyer_name", line), value("buyer_email", line)) == (name, email)


@pytest.mark.parametrize(
    ("line", "sender", "name"),
    [
        ("Marlowe Quill contacted their bank about a charge.", "noreply@shopify.com", "Marlowe Quill"),
        ("Aurora Benítez nos ha comunicado que no lo recibió.", "service@paypal.es", "Aurora Benítez"),
        ("Loredana Fabbri ci ha segnalato un problema.", "service@paypal.it", "Loredana Fabbri"),
        ("The Buyer told us that nothing came.", "service@paypal.com", ""),
        ("Banco Levante nos ha comunicado que no lo recibió.", "service@paypal.es", ""),
        ("Marlowe Quill told us that nothing came.", BANK, ""),
    ],
)
def test_a_buyer_who_told_a_payment_company(line: str, sender: str, name: str) -> None:
    assert value("buyer_name", line, sender) == name


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Card: Visa 4111\nThe customer says the tent is not what was advertised (13.3).", "13.3"),
        ("Card: Mastercard 5100\nThe watch was counterfeit (4853).", "4853"),
        ("Card: Mastercard\nThe watch was paid with the card ending (4853).", ""),
        ("Card: Mastercard 5100\nThe tent is not what was advertised (13.3).", ""),
    ],
)
def test_a_code_in_brackets_behind_words(line: str, code: str) -> None:
    assert value("reason_code", line) == code


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("It is your order 7719.", "7719"),
        ("Chez vous c'est la commande 7719.", "7719"),
        ("INVOICE. . . . . . . . . BH 44790", "BH 44790"),
        ("It was placed in order 2026.", ""),
    ],
)
def test_an_orders_short_number(line: str, order: str) -> None:
    assert value("order_reference", line) == order


def test_a_direct_debit_that_came_back_was_collected_when_it_was_due() -> None:
    text = (
        "Retour de prélèvement\nRéférence de bout en bout : LUM-0288\nMontant : 29,90 EUR\nDate d'échéance : 05/11/2026"
    )
    reading = read(BANK, "Avis de rejet de prélèvement", text + "\nMotif du rejet : MD01 absence de mandat")
    assert reading is not None
    assert (reading.value("transaction_date"), reading.value("respond_by")) == ("2026-11-05", "")
