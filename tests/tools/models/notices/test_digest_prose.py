"""Lists of cases told in numbered entries of several lines, in paragraphs, and under titles that carry the currency."""

import pytest

from rejoinder.domain.reading import Reading
from tests.tools.models.notices.mails import read

BANK = "disputes@harbor-acquiring.example"


def cases(reading: Reading | None, *names: str) -> list[tuple[str, ...]]:
    assert reading is not None
    assert reading.notice_type == "digest"
    return [tuple(case.fields[name].value if name in case.fields else "" for name in names) for case in reading.cases]


# language, subject, first entry, the line below it, second entry, the line below it
ENTRIES = [
    (
        "en",
        "New chargebacks",
        "Chargeback DR-20114 over €45.00",
        "Order 11873",
        "Chargeback DR-20115 over €18.50",
        "Order 11902",
    ),
    ("zh", "新增拒付", "拒付 DR-20114，金额 €45.00", "订单号 11873", "拒付 DR-20115，金额 €18.50", "订单号 11902"),
    (
        "es",
        "Nuevos contracargos",
        "Contracargo DR-20114 por 45,00 €",
        "Pedido 11873",
        "Contracargo DR-20115 por 18,50 €",
        "Pedido 11902",
    ),
    (
        "de",
        "Neue Rückbuchungen",
        "Rückbuchung DR-20114 über 45,00 €",
        "Bestellung 11873",
        "Rückbuchung DR-20115 über 18,50 €",
        "Bestellung 11902",
    ),
    (
        "fr",
        "Nouvelles contestations",
        "Litige DR-20114 de 45,00 €",
        "Commande 11873",
        "Litige DR-20115 de 18,50 €",
        "Commande 11902",
    ),
    (
        "pt",
        "Novas contestações",
        "Contestação DR-20114 de 45,00 €",
        "Pedido 11873",
        "Contestação DR-20115 de 18,50 €",
        "Pedido 11902",
    ),
    (
        "it",
        "Nuove contestazioni",
        "Contestazione DR-20114 di 45,00 €",
        "Ordine 11873",
        "Contestazione DR-20115 di 18,50 €",
        "Ordine 11902",
    ),
    ("ru", "Новые споры", "Спор DR-20114 на 45,00 €", "Заказ 11873", "Спор DR-20115 на 18,50 €", "Заказ 11902"),
    (
        "ja",
        "チャージバック発生",
        "チャージバック DR-20114 金額45.00 EUR",
        "注文番号 11873",
        "チャージバック DR-20115 金額18.50 EUR",
        "注文番号 11902",
    ),
    (
        "ko",
        "차지백 접수",
        "차지백 DR-20114 금액 45.00 EUR",
        "주문번호 11873",
        "차지백 DR-20115 금액 18.50 EUR",
        "주문번호 11902",
    ),
    (
        "ar",
        "نزاعات جديدة",
        "نزاع DR-20114 بمبلغ 45.00 EUR",
        "الطلب 11873",
        "نزاع DR-20115 بمبلغ 18.50 EUR",
        "الطلب 11902",
    ),
    (
        "tr",
        "Yeni ters ibrazlar",
        "Ters ibraz DR-20114, 45,00 EUR",
        "Sipariş 11873",
        "Ters ibraz DR-20115, 18,50 EUR",
        "Sipariş 11902",
    ),
]
WANTED = [("DR-20114", "4500", "EUR", "11873"), ("DR-20115", "1850", "EUR", "11902")]
NAMES = ("dispute_reference", "amount_minor", "currency", "order_reference")


@pytest.mark.parametrize(("language", "subject", "one", "below", "two", "under"), ENTRIES, ids=[e[0] for e in ENTRIES])
def test_lines_below_an_entry_are_part_of_it(
    language: str, subject: str, one: str, below: str, two: str, under: str
) -> None:
    numbered = read(BANK, subject, f"1) {one}\n   {below}\n\n2) {two}\n   {under}\n\n12345")
    joined = read(BANK, subject, f"- {one}\n  {below}\n- {two}\n  {under}")
    assert cases(numbered, *NAMES) == WANTED, language
    assert cases(joined, *NAMES) == WANTED, language


def test_the_amount_may_stand_below_the_number() -> None:
    text = (
        "1) New chargeback DR-20114\n   order 11873, 45.00 EUR\n   respond by 3 December 2026\n\n"
        "2) Dispute DR-20115 closed in your favour\n   order 11902, 18.50 EUR\n\nDetails are in the portal."
    )
    found = read(BANK, "Your disputes", text)
    assert cases(found, *NAMES, "respond_by") == [(*WANTED[0], "2026-12-03"), (*WANTED[1], "")]
    assert found is not None
    assert [case.notice_type for case in found.cases] == ["first_dispute", "outcome_won"]


def test_a_number_in_brackets_heads_its_entry() -> None:
    text = (
        "Your disputes:\n\n[DP-3021] New. Order 11873, amount 45.00 EUR, goods not received.\n\n"
        "[DP-2910] Closed: you won. Order 11902, amount 18.50 EUR."
    )
    assert cases(read(BANK, "Status of your disputes", text), *NAMES[:3]) == [
        ("DP-3021", "4500", "EUR"),
        ("DP-2910", "1850", "EUR"),
    ]


def test_an_ended_case_wants_no_answer_where_the_others_do() -> None:
    text = (
        "Please answer by 3 December 2026.\n\n1) Case DR-20114, order 11873, €45.00. Goods not received.\n\n"
        "2) Case DR-20115, order 11902, €18.50. The bank has decided in your favour."
    )
    assert cases(read(BANK, "Your disputes", text), "dispute_reference", "respond_by") == [
        ("DR-20114", "2026-12-03"),
        ("DR-20115", ""),
    ]


def test_the_text_below_the_last_entry_is_not_part_of_it() -> None:
    text = "1) Case DR-20114, €45.00, goods not received.\n2) Case DR-20115, €18.50, duplicate.\nOrder 555 was fine."
    assert cases(read(BANK, "Your disputes", text), "dispute_reference", "order_reference") == [
        ("DR-20114", ""),
        ("DR-20115", ""),
    ]


@pytest.mark.parametrize(
    ("number", "amount", "due", "currency"),
    [
        ("Case number", "Amount, EUR", "Respond by", "EUR"),
        ("Case number", "Amount in USD", "Respond by", "USD"),
        ("案件编号", "金额（美元）", "截止日期", "USD"),
        ("Número de caso", "Importe en soles", "Fecha límite", "PEN"),
        ("Fallnummer", "Betrag in EUR", "Antwortfrist", "EUR"),
        ("Numéro de dossier", "Montant en euros", "Date limite", "EUR"),
        ("Número do caso", "Valor em R$", "Responder até", "BRL"),
        ("Numero pratica", "Importo in euro", "Scadenza", "EUR"),
        ("Номер дела", "Сумма, руб.", "Срок ответа", "RUB"),
        ("Номер дела", "Сумма в тенге", "Срок ответа", "KZT"),
        ("ケース番号", "金額（米ドル）", "回答期限", "USD"),
        ("케이스 번호", "금액(달러/USD)", "회신 기한", "USD"),
        ("رقم القضية", "المبلغ بالريال السعودي", "آخر موعد للرد", "SAR"),
        ("Dosya numarası", "Tutar (TL)", "Son yanıt tarihi", "TRY"),
    ],
)
def test_a_title_may_carry_the_currency(number: str, amount: str, due: str, currency: str) -> None:
    text = f"{number}\t{amount}\t{due}\nDR-20114\t4350.50\t2026-12-04\nDR-20115\t990\t2026-12-05"
    assert cases(read(BANK, "Disputes", text), "dispute_reference", "amount_minor", "currency") == [
        ("DR-20114", "435050", currency),
        ("DR-20115", "99000", currency),
    ]


def test_the_money_named_once_is_that_of_all_cases() -> None:
    text = "Amounts in USD.\n\nCase number | Amount | Respond by\nDR-20114 | 45.00 | 2026-12-04\nDR-20115 | 18.50 | 2026-12-05"
    found = read(BANK, "New disputes", text)
    assert cases(found, "currency") == [("USD",), ("USD",)]
    assert found is not None
    assert found.fields["currency"].value == "USD"
