"""Numbers that sentences name: behind the name of the thing in any of its forms, or before it."""

import pytest

from tests.tools.models.notices.mails import read

BANK = "disputes@harbor-acquiring.example"

# language, subject, text, the case's number
SHORT_MAILS = [
    ("ru", "Решение по спору", "Сообщаем, что по делу № 4410-К спор проигран, сумма 5 200,00 руб. возврату не подлежит.", "4410-К"),
    ("ru", "Документы приняты", "Документы по обращению ВБ-20602 (5 300,00 руб.) получены и направлены в банк-эмитент.", "ВБ-20602"),
    ("de", "Streitfall verloren", "Der Streitfall 40-2219 über 310,00 EUR ist verloren.", "40-2219"),
    ("de", "Unterlagen erhalten", "Ihre Unterlagen zum Vorgang 26-118842 (210,00 EUR) haben wir erhalten.", "26-118842"),
    ("ar", "استلمنا مستنداتكم", "نؤكد استلام مستنداتكم الخاصة بالقضية FR-66014 بمبلغ 220.00 ريال سعودي.", "FR-66014"),
    ("tr", "Belgeleriniz alındı", "BG-88102 numaralı dosyaya ilişkin belgeleriniz alınmıştır. Dosya tutarı 780,00 TL'dir.", "BG-88102"),
    ("en", "We have your documents", "Your documents for dispute HB-7710 (USD 75.00) were received.", "HB-7710"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "text", "number"), [row[1:] for row in SHORT_MAILS])
def test_the_number_behind_the_name_of_a_case_is_the_cases(subject: str, text: str, number: str) -> None:
    found = read(BANK, subject, text)
    assert found is not None
    assert found.fields["dispute_reference"].value == number


def test_a_number_that_the_text_calls_a_payment_is_no_case_in_the_subject() -> None:
    found = read(
        "itiraz@iyzico.com",
        "Ters ibraz: 219055310 numaralı ödeme",
        "219055310 numaralı ödemeniz için ters ibraz talebi oluşturuldu.\nTutar: 425,00 TL",
    )
    assert found is not None
    assert found.fields["payment_reference"].value == "219055310"
    assert "dispute_reference" not in found.fields


def test_a_sum_behind_the_name_of_a_case_is_no_number() -> None:
    found = read(
        BANK, "Neue Rückbuchung", "Eine Rückbuchung 31000 EUR ging ein.\nKarte: Visa 4402\nAntwort bis: 01.12.2026"
    )
    assert found is not None
    assert "dispute_reference" not in found.fields


def test_the_number_of_a_request_for_papers_is_its_own_though_the_word_means_an_order_too() -> None:
    asked = read(BANK, "طلب مستندات", "يطلب البنك المصدر نسخة من الإيصال.\nرقم الطلب: NP-4410\nالمبلغ: 450.00 SAR")
    disputed = read(BANK, "نزاع جديد", "رقم النزاع: D-771820\nرقم الطلب: LO-SA-301\nالمبلغ المتنازع عليه: 389.00 SAR")
    assert asked is not None
    assert disputed is not None
    assert asked.fields["dispute_reference"].value == "NP-4410"
    assert disputed.fields["order_reference"].value == "LO-SA-301"


@pytest.mark.parametrize(
    ("subject", "text", "number"),
    [
        ("MK-3302 審査結果のご連絡", "MK-3302 はチャージバック審査の結果、加盟店様の敗訴となりました。\n対象金額 18,700円", "MK-3302"),
        ("KB-90-17: chargeback lost", "We lost KB-90-17 for you: the issuer kept EUR 88.00.", "KB-90-17"),
        ("Chargeback on order LO-10401", "Chargeback on order LO-10401.\nAmount: EUR 88.00\nReason code: 13.1", ""),
        ("KB-90-17, KB-90-18: chargebacks", "KB-90-17, KB-90-18.\nAmount: EUR 88.00\nReason code: 13.1", ""),
    ],
)  # fmt: skip
def test_the_one_number_that_subject_and_text_both_name_is_the_cases(subject: str, text: str, number: str) -> None:
    found = read(BANK, subject, text)
    assert found is not None
    assert found.value("dispute_reference") == number


def test_the_end_of_a_dispute_number_is_no_card() -> None:
    found = read(BANK, "Chargeback CB-8133", "Chargeback CB-8133.\nAmount: EUR 88.00\nReason code: 13.1")
    assert found is not None
    assert "card_last4" not in found.fields
