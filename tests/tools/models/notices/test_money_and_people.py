"""Which amount is the disputed one beside fees and totals, and the card and the buyer in their usual notations."""

import pytest

from tests.tools.models.notices.mails import read

BANK = "disputes@harbor-acquiring.example"

# language of the sentence, sentence, amount in minor units, currency
BESIDE_FEES = [
    ("en", "The chargeback of $120.00 USD and the fee will not be returned to you.", "12000", "USD"),
    (
        "en",
        "We closed dispute DR-20114. The fee for the dispute of 15.00 USD stays; 88.00 USD came back.",
        "8800",
        "USD",
    ),
    ("zh", "发卡行已裁决，争议 DR-20114 胜诉，66.00 USD 已退回您的余额。", "6600", "USD"),
    ("es", "Los 119,00 € y la comisión por disputa de 20,00 € no se te devolverán.", "11900", "EUR"),
    ("es", "El expediente (Mastercard, 980,00 EUR) va a arbitraje. Las costas ascienden a 500,00 USD.", "98000", "EUR"),
    (
        "fr",
        "Le montant contesté de 47,50 € ne vous sera pas restitué, pas plus que les frais de 20,00 €.",
        "4750",
        "EUR",
    ),
    ("fr", "La somme de 259,90 € vous est recréditée. Les frais de dossier de 18,00 € restent dus.", "25990", "EUR"),
    ("pt", "O valor de R$ 342,00 voltou ao saldo; a tarifa de contestação de R$ 55,00 também.", "34200", "BRL"),
    ("it", "Abbiamo riaccreditato 187,00 €. La commissione di contestazione (20,00 €) resta dovuta.", "18700", "EUR"),
    ("ru", "Сумма 6120,00 RUB возвращена. Комиссия за спор 500,00 RUB не возвращается.", "612000", "RUB"),
]


@pytest.mark.parametrize(("language", "sentence", "minor", "currency"), BESIDE_FEES)
def test_a_fee_is_not_the_disputed_amount(language: str, sentence: str, minor: str, currency: str) -> None:
    found = read(BANK, "You won the dispute", f"Dispute number: DR-20114\n\n{sentence}")
    assert found is not None
    assert (found.fields["amount_minor"].value, found.fields["currency"].value) == (minor, currency), language


def test_the_order_total_counts_where_no_other_amount_is_given() -> None:
    text = "Dispute number: DR-20114\nReason: not received\nOrder total: US$54.75\nRespond by: December 3, 2026"
    alone = read(BANK, "Dispute opened", text)
    beside = read(BANK, "Dispute opened", f"{text}\nDisputed amount: US$20.00")
    told = read(BANK, "Dispute opened", f"{text}\n\nThe cardholder disputed 20.00 USD of it.")
    assert [one and one.fields["amount_minor"].value for one in (alone, beside, told)] == ["5475", "2000", "2000"]


@pytest.mark.parametrize(
    ("amount", "minor", "currency"),
    [
        ("Montant : 318,45 $ CA", "31845", "CAD"),
        ("Monto: $ 48.500,00 (pesos argentinos)", "4850000", "ARS"),
        ("Valor (R$): 2450,00", "245000", "BRL"),
        ("Montant en euros : 54,00", "5400", "EUR"),
        ("Amount: US $36.72", "3672", "USD"),
    ],
)
def test_money_is_named_behind_the_amount_or_in_its_label(amount: str, minor: str, currency: str) -> None:
    found = read(BANK, "Chargeback", f"Case number: DR-20114\n{amount}\nReason code: 13.1")
    assert found is not None
    assert (found.fields["amount_minor"].value, found.fields["currency"].value) == (minor, currency)


def test_a_list_names_its_money_once_in_words() -> None:
    text = (
        "Se recibieron los siguientes contracargos (montos en pesos chilenos):\n\n"
        "1) Caso 771203 - Visa 4409 - $ 45.990 - motivo 10.4\n2) Caso 771219 - Mastercard 8120 - $ 129.990 - motivo 4853"
    )
    found = read(BANK, "Contracargos recibidos", text)
    assert found is not None
    assert [(c.fields["amount_minor"].value, c.fields["currency"].value) for c in found.cases] == [
        ("45990", "CLP"),
        ("129990", "CLP"),
    ]
    assert [c.fields["card_last4"].value for c in found.cases] == ["4409", "8120"]


@pytest.mark.parametrize(
    ("line", "last4"),
    [
        ("Payment method: visa, card summary 3238", "3238"),
        ("Carta: visa che finisce per 6620", "6620"),
        ("Tarjeta: American Express 3xxx-xxxxxx-x2007", "2007"),
        ("The sale was paid with Visa 4409.", "4409"),
        ("Network: Mastercard 4853", ""),
        ("The sale was paid with Visa 2026.", ""),
    ],
)
def test_the_card_in_its_usual_notations(line: str, last4: str) -> None:
    found = read(BANK, "Chargeback", f"Case number: DR-20114\nAmount: 20.00 EUR\nReason code: 13.1\n{line}")
    assert found is not None
    assert (found.fields["card_last4"].value if "card_last4" in found.fields else "") == last4


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Buyer Tamsin Hale", "Tamsin Hale"),
        ("Käufer Henrike Paulsen", "Henrike Paulsen"),
        ("Buyer opened a case", ""),
        ("Comprador: Rocío Vidal (rocio.vidal@correo.example)", "Rocío Vidal"),
    ],
)
def test_a_name_behind_a_label(line: str, name: str) -> None:
    found = read(BANK, "Chargeback", f"Case number DR-20114\nAmount 20.00 EUR\n{line}\nReason code 13.1")
    assert found is not None
    assert (found.fields["buyer_name"].value if "buyer_name" in found.fields else "") == name


CLERK = (
    "hola, soy Ramón de medios de pago. hay un contracargo, expediente SL-40988, visa acabada en 5530, son 430,00 euros. "
    "envíen los documentos antes del 1 de diciembre de 2026. gracias"
)


def test_a_clerk_who_says_i_still_writes_a_notice_and_a_customer_does_not() -> None:
    clerk = read("ramon@bancosierraluz.example", "contracargo", CLERK)
    customer = read("lia@correo.example", "contracargo", f"{CLERK} Quiero mi dinero, mi pedido no llegó.")
    assert clerk is not None
    assert clerk.fields["dispute_reference"].value == "SL-40988"
    assert customer is None


def test_labels_with_a_card_make_a_dispute_of_a_mail_that_names_no_kind() -> None:
    text = (
        "Comunicamos que o titular do cartão contestou a operação infra.\n\nCartão: **** 9012\nMontante: 78,60 EUR\n"
        "Motivo: bens não recebidos\nData limite de resposta: 3 de dezembro de 2026"
    )
    found = read("disputas@redelusa.example", "Estorno", text)
    assert found is not None
    assert found.kind == "dispute"
    assert (
        read("contas@redelusa.example", "Fatura", text.replace("contestou", "pagou").replace("titular do ", "")) is None
    )
