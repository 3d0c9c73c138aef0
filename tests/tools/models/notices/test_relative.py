"""Deadlines counted from the notice: read when its day is sure and the days are calendar days, else left open."""

import pytest

from rejoinder.domain.authenticity import Authenticity
from tests.tools.models.notices.mails import file, read

BANK = "disputes@harbor-acquiring.example"
SIGNED = {"authenticity": Authenticity(verdict="verified", domain="harbor-acquiring.example")}

# language, a letter of 16 November 2026 that gives 10 days
LETTERS = [
    ("en", "Harbor Bank\n16 November 2026\n\nCase number: CB-1\nDisputed amount: USD 45.00\nReason code: 4853\nPlease send your documents within 10 days of the date of this letter."),
    ("de", "Dresden, den 16.11.2026\n\nFallnummer: CB-1\nStreitbetrag: 45,00 EUR\nGrundcode: 4853\nBitte übersenden Sie Ihre Unterlagen innerhalb von 10 Tagen ab Datum dieses Schreibens."),
    ("fr", "Lyon, le 16 novembre 2026\n\nNuméro de dossier : CB-1\nMontant contesté : 45,00 EUR\nCode motif : 4853\nMerci de nous transmettre vos justificatifs dans les 10 jours à compter de la date du présent courrier."),
    ("es", "Madrid, 16 de noviembre de 2026\n\nNúmero de caso: CB-1\nImporte disputado: 45,00 EUR\nCódigo de motivo: 4853\nRemita su documentación dentro de los 10 días naturales a partir de la fecha de esta carta."),
    ("it", "Milano, 16 novembre 2026\n\nNumero pratica: CB-1\nImporto contestato: 45,00 EUR\nCodice motivo: 4853\nVi preghiamo di inviare la documentazione entro 10 giorni dalla data della presente."),
    ("pt", "São Paulo, 16 de novembro de 2026\n\nNúmero do caso: CB-1\nValor contestado: R$ 45,00\nCódigo do motivo: 4853\nEnvie seus documentos em até 10 dias corridos a contar da data desta carta."),
    ("ru", "Дата письма: 16.11.2026\n\nНомер дела: CB-1\nСумма спора: 4 500,00 руб.\nКод причины: 4853\nПросим направить документы в течение 10 дней с даты настоящего письма."),
    ("tr", "Tarih: 16.11.2026\n\nDosya numarası: CB-1\nİtiraz tutarı: 450,00 TL\nNeden kodu: 4853\nBelgelerinizi işbu yazının tarihinden itibaren 10 gün içinde gönderiniz."),
    ("ar", "التاريخ: 16 نوفمبر 2026\n\nرقم القضية: CB-1\nالمبلغ المتنازع عليه: 45.00 SAR\nرمز السبب: 4853\nيرجى إرسال مستنداتكم خلال 10 أيام من تاريخ هذا الخطاب."),
    ("ja", "令和8年11月16日\n\nケース番号：CB-1\n異議申立金額：4,500円\n理由コード：4853\n本書の日付から10日以内に資料をご提出ください。"),
    ("ko", "통지일: 2026년 11월 16일\n\n케이스 번호: CB-1\n분쟁 금액: 45,000원\n사유 코드: 4853\n본 통지일로부터 10일 이내에 소명 자료를 제출해 주시기 바랍니다."),
    ("zh", "通知日期：2026年11月16日\n\n案件编号：CB-1\n拒付金额：USD 45.00\n拒付原因码：4853\n请自本函日期起十日内提交申诉材料。"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), LETTERS, ids=[language for language, _ in LETTERS])
def test_days_are_counted_from_the_day_that_the_letter_prints(language: str, text: str) -> None:
    reading = read(BANK, "Chargeback CB-1", text)
    assert reading is not None
    assert reading.value("respond_by") == "2026-11-26"
    due = reading.fields["respond_by"]
    assert due.start is not None
    assert "10" in text[due.start : due.end] or "十" in text[due.start : due.end]


@pytest.mark.parametrize(("language", "text"), LETTERS, ids=[language for language, _ in LETTERS])
def test_without_a_day_of_its_own_nothing_is_counted_for_a_letter(language: str, text: str) -> None:
    undated = text.split("\n\n", 1)[1]
    reading = read(BANK, "Chargeback CB-1", "See the letter.", file("letter.pdf", undated), **SIGNED)
    assert reading is not None
    assert "respond_by" not in reading.fields


LINES = "Case number: CB-1\nDisputed amount: USD 45.00\nReason code: 4853\n"


def due(sentence: str, head: str = "", **changes: object) -> str:
    reading = read(BANK, "Chargeback CB-1", f"{head}{LINES}{sentence}", **changes)
    assert reading is not None
    return reading.value("respond_by")


def test_days_from_this_mail_are_counted_from_a_signed_date_only() -> None:
    sentence = "Please reply within 7 days of this e-mail."
    assert due(sentence, **SIGNED) == "2026-11-27"
    assert due(sentence) == ""
    assert due("Please reply within 7 days of this notice.", **SIGNED) == "2026-11-27"
    assert due("Please reply within 7 days of this notice.") == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "Please reply within 7 business days of this notice.",
        "Please reply within 7 days.",
        "Please reply within 7 days of receipt of this notice.",
        "Funds will be debited within 7 days of this notice.",
        "The bank decides within 60 days of this notice.",
        "Please reply within 7 days of this notice, or within 10 days of this notice by post.",
        "Please reply within 72 hours of this notice.",
        "Please reply within 900 days of this notice.",
    ],
)
def test_what_cannot_be_counted_surely_is_left_open(sentence: str) -> None:
    assert due(sentence, **SIGNED) == ""


def test_a_printed_day_wins_and_two_own_days_decide_nothing() -> None:
    assert due("Please reply within 7 days of this notice.\nRespond by: 2026-12-09", **SIGNED) == "2026-12-09"
    two = "Notice date: 2026-11-16\nDate of this letter: 2026-11-18\n"
    assert due("Please reply within 7 days of the date of this letter.", two, **SIGNED) == ""


def test_a_day_long_ago_is_not_the_notices_own() -> None:
    assert due("Please reply within 7 days of the date of this letter.", "Notice date: 2026-03-16\n", **SIGNED) == ""


def test_a_sentence_over_two_lines_is_read_whole() -> None:
    sentence = (
        "If you wish to defend this chargeback your documents must reach us in full and by post\n"
        "no later than 4 December 2026."
    )
    assert due(sentence) == "2026-12-04"
