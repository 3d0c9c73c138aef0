"""Mails that tell of several cases: one case for each, with its own fields and nobody else's."""

import pytest

from rejoinder.domain.reading import Reading
from tests.tools.models.notices.mails import file, read
from tools.mail.html_text import html_to_text

BANK = "disputes@harbor-acquiring.example"


def cases(reading: Reading | None, *names: str) -> list[tuple[str, ...]]:
    assert reading is not None
    assert reading.notice_type == "digest"
    return [tuple(case.fields[name].value if name in case.fields else "" for name in names) for case in reading.cases]


# language, heading, titles of number, amount, currency, deadline, and a date as the language writes it
TITLES = [
    ("en", "New chargebacks", "Case number", "Disputed amount", "Currency", "Respond by", "9 Dec 2026"),
    ("zh", "拒付汇总", "案件编号", "拒付金额", "币种", "截止日期", "2026年12月9日"),
    ("es", "Nuevos contracargos", "Número de caso", "Importe disputado", "Moneda", "Fecha límite", "9/12/2026"),
    ("de", "Neue Rückbuchungen", "Fallnummer", "Streitbetrag", "Währung", "Antwortfrist", "09.12.2026"),
    ("fr", "Nouveaux impayés", "Numéro de dossier", "Montant contesté", "Devise", "Date limite", "9 décembre 2026"),
    (
        "pt",
        "Novas contestações",
        "Número do caso",
        "Valor contestado",
        "Moeda",
        "Responder até",
        "9 de dezembro de 2026",
    ),
    ("it", "Nuove contestazioni", "Numero pratica", "Importo contestato", "Valuta", "Scadenza", "9 dicembre 2026"),
    ("ru", "Новые споры", "Номер дела", "Сумма спора", "Валюта", "Срок ответа", "9 декабря 2026"),
    ("ja", "チャージバック一覧", "ケース番号", "異議申立金額", "通貨", "回答期限", "2026年12月9日"),
    ("ko", "차지백 목록", "케이스 번호", "분쟁 금액", "통화", "회신 기한", "2026년 12월 9일"),
    ("ar", "قائمة النزاعات", "رقم القضية", "المبلغ المتنازع عليه", "العملة", "آخر موعد للرد", "9 ديسمبر 2026"),
    ("tr", "Yeni ters ibrazlar", "Dosya numarası", "İtiraz tutarı", "Para birimi", "Son yanıt tarihi", "9 Aralık 2026"),
]
EXPECTED = [("CB-701", "4500", "EUR", "2026-12-09"), ("CB-702", "123450", "EUR", "2026-12-09")]
FIELDS = ("dispute_reference", "amount_minor", "currency", "respond_by")
AMOUNTS = {"de": ("45,00", "1.234,50"), "en": ("45.00", "1,234.50")}


def rows(language: str, titles: tuple[str, ...], day: str) -> list[tuple[str, ...]]:
    small, large = AMOUNTS["en" if language in ("en", "zh", "ja", "ko", "ar") else "de"]
    return [titles, ("CB-701", small, "EUR", day), ("CB-702", large, "EUR", day)]


@pytest.mark.parametrize(("language", "subject", "number", "amount", "currency", "due", "day"), TITLES)
def test_rows_of_a_table_in_a_file(
    language: str, subject: str, number: str, amount: str, currency: str, due: str, day: str
) -> None:
    table = "\n".join("\t".join(row) for row in rows(language, (number, amount, currency, due), day))
    assert cases(read(BANK, subject, "See the attached file.", file("list.csv", table)), *FIELDS) == EXPECTED


@pytest.mark.parametrize(("language", "subject", "number", "amount", "currency", "due", "day"), TITLES)
def test_rows_of_an_html_table(
    language: str, subject: str, number: str, amount: str, currency: str, due: str, day: str
) -> None:
    head, *body = rows(language, (number, amount, currency, due), day)
    cells = ["".join(f"<th>{cell}</th>" for cell in head)]
    cells += ["".join(f"<td>{cell}</td>" for cell in row) for row in body]
    text = html_to_text("<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>").text
    assert cases(read(BANK, subject, text), *FIELDS) == EXPECTED


@pytest.mark.parametrize(("language", "subject", "number", "amount", "currency", "due", "day"), TITLES)
def test_blocks_of_labelled_lines(
    language: str, subject: str, number: str, amount: str, currency: str, due: str, day: str
) -> None:
    titles, *body = rows(language, (number, amount, currency, due), day)
    blocks = ["\n".join(f"{title}: {cell}" for title, cell in zip(titles, row, strict=True)) for row in body]
    assert cases(read(BANK, subject, f"{subject}\n\n" + "\n\n".join(blocks)), *FIELDS) == EXPECTED


def test_columns_between_wide_gaps_with_an_empty_cell() -> None:
    text = (
        "Open chargebacks\n\n"
        "Case number     Card     Amount        Respond by\n"
        "CB-701          1111     EUR 45.00     2026-12-09\n"
        "CB-702                   EUR 19.00     2026-12-10\n"
    )
    found = cases(read(BANK, "Chargeback report", text), "dispute_reference", "card_last4", "respond_by")
    assert found == [("CB-701", "1111", "2026-12-09"), ("CB-702", "", "2026-12-10")]


def test_sixty_cases_are_sixty() -> None:
    table = "\n".join(["Case number\tAmount\tCurrency", *(f"CB-{n:03}\t{n}.50\tUSD" for n in range(1, 61))])
    found = cases(
        read(BANK, "Chargeback report", "Attached.", file("a.csv", table)), "dispute_reference", "amount_minor"
    )
    assert len(found) == 60
    assert found[59] == ("CB-060", "6050")


def test_what_is_said_once_counts_for_all_where_no_case_says_its_own() -> None:
    head = "Please answer the chargebacks below by 9 December 2026. All amounts are in EUR.\n\n"
    text = head + "Case number | Disputed amount\nCB-701 | 45.00\nCB-702 | 19.00\n"
    reading = read(BANK, "Chargeback report", text)
    assert cases(reading, "amount_minor", "currency", "respond_by") == [
        ("4500", "EUR", "2026-12-09"),
        ("1900", "EUR", "2026-12-09"),
    ]


def test_a_deadline_of_its_own_in_one_row_is_nobody_elses() -> None:
    head = "Please answer the chargebacks below by 9 December 2026.\n\n"
    text = (
        head + "Case number | Disputed amount | Respond by\nCB-701 | USD 45.00 | 2026-12-02\nCB-702 | USD 19.00 | -\n"
    )
    assert cases(read(BANK, "Chargeback report", text), "respond_by") == [("2026-12-02",), ("",)]


def test_two_currencies_around_a_list_decide_nothing() -> None:
    head = "Amounts may be in EUR or USD.\n\n"
    text = head + "Case number | Disputed amount | Reason code\nCB-701 | 45.00 | 4853\nCB-702 | 19.00 | 4837\n"
    assert cases(read(BANK, "Chargeback report", text), "currency") == [("",), ("",)]


def test_each_case_has_a_kind_of_its_own() -> None:
    text = (
        "Case number | Stage | Amount | Reason\nCB-701 | Retrieval request | USD 45.00 | Not received\n"
        "CB-702 | Chargeback | USD 19.00 | Retrieval request not answered\nCB-703 | Pre-arbitration | USD 20.00 | Fraud\n"
    )
    reading = read(BANK, "Daily dispute report", text)
    assert reading is not None
    assert [case.notice_type for case in reading.cases] == ["inquiry", "first_dispute", "prearb"]


def test_a_reminder_of_several_reminds_of_each() -> None:
    text = "Case number | Amount | Respond by\nCB-701 | USD 45.00 | 2026-12-02\nCB-702 | USD 19.00 | 2026-12-03\n"
    reading = read(BANK, "Reminder: responses due soon", text)
    assert reading is not None
    assert {case.notice_type for case in reading.cases} == {"deadline_reminder"}


def test_a_case_keeps_its_own_words_with_the_titles_of_its_table() -> None:
    text = (
        "Dear merchant\n\nCase number | Amount | Reason\nCB-701 | USD 45.00 | Fraud\nCB-702 | USD 19.00 | Duplicate\n"
    )
    reading = read(BANK, "Chargeback report", text)
    assert reading is not None
    assert reading.cases[1].text == "Case number | Amount | Reason\nCB-702 | USD 19.00 | Duplicate"


def test_the_same_case_twice_is_one_and_the_purchases_of_a_case_are_none() -> None:
    twice = "Case number | Amount | Reason\nCB-701 | USD 45.00 | Fraud\nCB-701 | USD 45.00 | Fraud\n"
    reading = read(BANK, "Chargeback CB-701", twice)
    assert reading is not None
    assert reading.cases == ()
    bought = (
        "Case number: CB-701\nDisputed amount: USD 64.00\nRespond by: 2026-12-09\n\nTransactions of this case\n"
        "Transaction ID | Amount | Date\nTX-1001 | USD 45.00 | 2026-10-02\nTX-1002 | USD 19.00 | 2026-10-03\n"
    )
    reading = read(BANK, "Chargeback CB-701", bought)
    assert reading is not None
    assert reading.cases == ()
    assert reading.value("dispute_reference") == "CB-701"


def test_totals_are_no_case() -> None:
    text = (
        "Case number | Amount | Reason\nCB-701 | USD 45.00 | Fraud\nCB-702 | USD 19.00 | Fraud\nTotal | USD 64.00 | -\n"
    )
    assert len(cases(read(BANK, "Chargeback report", text), "dispute_reference")) == 2


@pytest.mark.parametrize(
    ("subject", "lines"),
    [
        ("2 disputes", "- Case CB-701: EUR 45.00, respond by 9 December 2026\n- Case CB-702: EUR 1,234.50, respond by 9 December 2026"),
        ("Rückbuchungen", "1. Fall CB-701, 45,00 EUR, Antwort bis 09.12.2026\n2. Fall CB-702, 1.234,50 EUR, Antwort bis 09.12.2026"),
        ("拒付通知", "1）案件编号 CB-701，拒付金额 EUR 45.00，回复期限 2026-12-09\n2）案件编号 CB-702，拒付金额 EUR 1,234.50，回复期限 2026-12-09"),
    ],
)  # fmt: skip
def test_lines_of_a_list_each_name_a_case(subject: str, lines: str) -> None:
    assert cases(read(BANK, subject, f"{subject}:\n\n{lines}\n"), *FIELDS) == EXPECTED


def test_results_in_a_column_are_the_kinds_of_the_cases() -> None:
    text = "Case number | Result | Amount\nCB-701 | Won | USD 45.00\nCB-702 | Lost | USD 99.90"
    reading = read(BANK, "Dispute outcomes this week", text)
    assert reading is not None
    assert [case.notice_type for case in reading.cases] == ["outcome_won", "outcome_lost"]


def test_columns_of_unknown_titles_are_told_by_their_values() -> None:
    """The only date to come is the day of the answer, the only money the amount, the number of each row the case."""
    text = (
        "Lfd\tVg-Kz\tBestell_Nr\tNetz\tKt (letzte 4)\tTag\tWert\tWhg\tGrundcode\tUpl. am\n"
        "1\tMB-20911\tB-11\tVI\t4402\t2026-10-09\t57.80\tEUR\t13.1\t2026-12-02\n"
        "2\tMB-20912\tB-12\tMC\t7718\t2026-10-16\t1349.00\tEUR\t4837\t2026-12-11\n"
    )
    names = ("dispute_reference", "network", "card_last4", "amount_minor", "currency", "reason_code", "respond_by")
    assert cases(read(BANK, "Sammelanzeige Chargebacks", text), *names) == [
        ("MB-20911", "visa", "4402", "5780", "EUR", "13.1", "2026-12-02"),
        ("MB-20912", "mastercard", "7718", "134900", "EUR", "4837", "2026-12-11"),
    ]


@pytest.mark.parametrize(
    ("titles", "first", "second", "left_open"),
    [
        ("Kn | Qm", "2026-12-02 | 2026-12-05", "2026-12-03 | 2026-12-06", "respond_by"),
        ("Payout | Qm", "2026-12-02 | a", "2026-12-03 | b", "respond_by"),
        ("Kn | Qm", "45.00 | 19.00", "46.00 | 20.00", "amount_minor"),
        ("Fee | Qm", "45.00 | a", "46.00 | b", "amount_minor"),
    ],
)
def test_a_column_that_may_be_two_things_is_none(titles: str, first: str, second: str, left_open: str) -> None:
    text = (
        f"Case number | Currency | Reason code | {titles}\n"
        f"CB-701 | USD | 4853 | {first}\nCB-702 | USD | 4837 | {second}\n"
    )
    assert cases(read(BANK, "Chargeback report", text), left_open) == [("",), ("",)]


def test_a_list_of_bills_is_told_nothing() -> None:
    text = "Nummer | Kunde | Betrag | Kn\nRE-20911 | A | 57,80 EUR | 2026-12-02\nRE-20912 | B | 9,90 EUR | 2026-12-11\n"
    assert read(BANK, "Offene Posten", text) is None


@pytest.mark.parametrize(
    ("subject", "head", "lines"),
    [
        ("3 new cases", "Cardholders have disputed these payments. All amounts in EUR.", (
            "1) CL-70121 / Visa 10.4 / 45.00 / sale 11.10.2026 / last day 01.12.2026",
            "2) CL-70122 / Visa 13.1 / 210.50 / sale 13.10.2026 / last day 04.12.2026",
        )),
        ("本周拒付2笔", "以下拒付，均为欧元：", (
            "一、CL-70121，订单 B7781，45.00，买家称未收到货，12月1日",
            "二、CL-70122，订单 B7790，210.50，买家称货不对板，12月4日",
        )),
        ("Tagesliste Chargebacks", "Heute neu eingegangen:", (
            "- CB CL-70121 / Visa **** 7702 / 45,00 EUR / Kauf vom 21.10.2026 / 10.4 / Antwort bis 01.12.2026",
            "- CB CL-70122 / Visa **** 0415 / 210,50 EUR / Kauf vom 24.10.2026 / 13.1 / Antwort bis 04.12.2026",
        )),
    ],
)  # fmt: skip
def test_cells_without_titles_are_told_by_their_values(subject: str, head: str, lines: tuple[str, str]) -> None:
    found = cases(read(BANK, subject, "\n".join([head, "", *lines])), *FIELDS)
    assert found == [("CL-70121", "4500", "EUR", "2026-12-01"), ("CL-70122", "21050", "EUR", "2026-12-04")]


@pytest.mark.parametrize(
    "text",
    [
        "Won:\n- HM-640 (EUR 82.00)\n- HM-651 (EUR 310.00)\n\nLost:\n- HM-655 (EUR 45.00)\n",
        "Won: HM-640 (EUR 82.00), HM-651 (EUR 310.00)\nLost: HM-655 (EUR 45.00)\n",
        "加盟店勝ち：\n・HM-640（82.00 EUR）\n・HM-651（310.00 EUR）\n\n加盟店負け：\n・HM-655（45.00 EUR）\n",
    ],
)
def test_what_stands_over_a_group_of_cases_is_their_result(text: str) -> None:
    reading = read(BANK, "Results of this month's disputes", text)
    assert cases(reading, "dispute_reference") == [("HM-640",), ("HM-651",), ("HM-655",)]
    assert reading is not None
    assert [case.notice_type for case in reading.cases] == ["outcome_won", "outcome_won", "outcome_lost"]


def test_a_customers_list_of_orders_is_no_digest() -> None:
    text = "I will dispute these charges:\n- LO-10411, EUR 45.00, not received\n- LO-10412, EUR 19.00, not received\n"
    assert read("jo@posteo.example", "My orders", text) is None


def test_a_yen_sign_in_a_japanese_list_is_the_yen() -> None:
    blocks = (
        "■1件目\n受付番号：TP-118801\nチャージバック金額：¥5,480\nご提出期限日：2026年12月2日\n\n"
        "■2件目\n受付番号：TP-118802\nチャージバック金額：¥23,000\nご提出期限日：2026年12月9日\n"
    )
    found = cases(read(BANK, "チャージバックのご案内", f"以下をご確認ください。\n\n{blocks}"), *FIELDS)
    assert found == [("TP-118801", "5480", "JPY", "2026-12-02"), ("TP-118802", "23000", "JPY", "2026-12-09")]
