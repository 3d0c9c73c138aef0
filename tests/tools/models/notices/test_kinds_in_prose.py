"""What a mail's sentences say is a notice's kind, and what they only say may come."""

from tests.tools.models.notices.mails import read

BANK = "disputes@harbor-acquiring.example"


def test_a_letter_of_a_monitoring_programme_is_about_no_case() -> None:
    subject = "Visa-Überwachungsprogramm: Ihre Quote im Oktober"
    text = "Ihre Streitfallquote lag bei 1,58 % (74 Fälle, 9.410,00 EUR). Maßnahmenplan bis zum 9. Dezember 2026."
    assert read(BANK, subject, text) is None


def test_evidence_that_will_be_sent_is_not_sent_yet() -> None:
    found = read(
        "mailer@shopify.com",
        "Rétrofacturation ouverte pour la commande FR-20914",
        "La banque de votre client a ouvert une rétrofacturation de 62,90 € sur la commande FR-20914.\n"
        "Vos preuves seront transmises à la banque le 28 novembre 2026 : ajoutez-les avant cette date.",
    )
    assert found is not None
    assert found.notice_type == "first_dispute"


def test_what_is_no_claim_yet_is_an_inquiry() -> None:
    found = read(
        "service@paypal.com",
        "PayPal: спор по транзакции",
        "Покупатель открыл спор: он не получил товар. Пока это не претензия.\n"
        "ID обращения: PP-R-LSD-402886155\nСумма: 45,50 USD",
    )
    assert found is not None
    assert found.notice_type == "inquiry"


def test_a_chargeback_that_the_bank_withdraws_is_reversed() -> None:
    found = read(BANK, "Чарджбэк отозван", "Эмитент отозвал чарджбэк по делу СД-0077. Сумма 6 120,00 руб. возвращена.")
    assert found is not None
    assert found.notice_type == "reversal"


def test_an_argument_not_followed_is_lost() -> None:
    text = "Leider ist die Kartenbank Ihrer Argumentation zu CB 40-2219 nicht gefolgt. Die 310,00 EUR bleiben belastet."
    found = read(BANK, "Ergebnis zu CB 40-2219", text)
    assert found is not None
    assert found.notice_type == "outcome_lost"


def test_a_request_for_papers_is_the_reason_only_where_the_buyers_own_is_not_told() -> None:
    subject, tail = "Demande d'informations pour un paiement", "Montant : 67,20 EUR\nPaiement : pi_3RzV59Uv6aZkUcGhJj57"
    told = read("notifications@stripe.com", subject, f"Le titulaire ne reconnaît pas ce paiement.\n{tail}")
    untold = read("notifications@stripe.com", subject, f"La banque demande des informations.\n{tail}")
    assert told is not None
    assert untold is not None
    assert told.fields["category"].value == "unrecognized"
    assert untold.fields["category"].value == "documentation_request"
