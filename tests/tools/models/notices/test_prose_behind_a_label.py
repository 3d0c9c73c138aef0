"""A sentence may follow on the line of a label, and its date is the sentence's."""

import pytest

from knowledge.notice_catalog import notice_catalog
from rejoinder.domain.mail import InboundMail, MailAddress
from tools.models.notices import read_notice

LINES = {
    "en": "A buyer opened a case for $59.90 USD. Case ID: PP-R-ABC-123456789. Please respond by December 3, 2026.",
    "de": "Ein Käufer hat einen Konflikt über 59,90 € gemeldet. Fallnummer: PP-R-ABC-123456789. "
    "Bitte antworten Sie bis zum 3. Dezember 2026.",
    "fr": "Un acheteur a ouvert un litige de 59,90 €. Numéro de dossier : PP-R-ABC-123456789. "
    "Merci de répondre avant le 3 décembre 2026.",
    "es": "Un comprador ha abierto una disputa por 59,90 €. N.º de caso: PP-R-ABC-123456789. "
    "Responda antes del 3 de diciembre de 2026.",
    "it": "Un acquirente ha aperto una contestazione per 59,90 €. Numero pratica: PP-R-ABC-123456789. "
    "Risponda entro il 3 dicembre 2026.",
}


def mail(sender: str, text: str) -> InboundMail:
    return InboundMail(
        identity="i", message_id="<m@x>", sender=MailAddress(email=sender), subject="", text=text, new_text=text
    )


@pytest.mark.parametrize("language", LINES)
def test_a_due_date_in_the_sentence_behind_a_case_number_is_read(language: str) -> None:
    reading = read_notice(mail("service@paypal.com", LINES[language]), notice_catalog())
    assert reading is not None
    assert reading.value("dispute_reference") == "PP-R-ABC-123456789"
    assert reading.value("respond_by") == "2026-12-03"
    assert reading.value("amount_minor") == "5990"


def test_an_arabic_order_is_found_behind_its_preposition() -> None:
    text = "تم فتح نزاع (chargeback) للطلب #4471 بمبلغ 59.90 EUR. يرجى الرد قبل 3 ديسمبر 2026."
    reading = read_notice(mail("mailer@shopify.com", text), notice_catalog())
    assert reading is not None
    assert reading.value("order_reference") == "4471"
