"""Invented notices in many layouts, each with exactly what must be read from it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from knowledge.notice_catalog import languages, notice_catalog
from rejoinder.domain.mail import InboundMail, MailAddress
from rejoinder.domain.reading import Reading
from tools.models.notices import read_notice

BANK = "disputes@harbor-acquiring.example"


def mail(sender: str, subject: str, text: str, name: str = "") -> InboundMail:
    return InboundMail(
        identity="x",
        message_id="<x@y>",
        sender=MailAddress(email=sender, name=name),
        subject=subject,
        text=text,
        new_text=text,
        sent_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
        to=(MailAddress(email="shop@lumenoak.example"),),
    )


def read(sender: str, subject: str, text: str, name: str = "") -> Reading | None:
    return read_notice(mail(sender, subject, text, name), notice_catalog())


# language, sender, subject, text, kind of notice, fields; a field with an empty value must be absent.
NOTICES = [
    (
        "en",
        "no-reply@stripe.com",
        "A $45.00 payment was disputed",
        "Disputed amount\n$45.00 USD\nReason\nFraudulent\nDispute ID\ndu_1AbCdEfGhIjKlMnO\nRespond by\nDec 3, 2026",
        "first_dispute",
        {
            "amount_minor": "4500",
            "currency": "USD",
            "category": "fraud_card_absent",
            "dispute_reference": "du_1AbCdEfGhIjKlMnO",
            "respond_by": "2026-12-03",
        },
    ),
    (
        "en",
        "no-reply@stripe.com",
        "A payment was disputed",
        "The cardholder has disputed a payment of $1,245.50 (ch_3AbCdEfGhIjKlMn). Please respond by December 9, 2026.",
        "first_dispute",
        {
            "amount_minor": "124550",
            "currency": "",
            "payment_reference": "ch_3AbCdEfGhIjKlMn",
            "respond_by": "2026-12-09",
        },
    ),
    (
        "en",
        BANK,
        "Chargeback notification - case 26-004417",
        "Case number\t26-004417\nChargeback amount\tUSD 1,234.50\nReason code\t13.1\nCard network\tVisa\nARN\t74537606301234567890123\nReply by\t03 Dec 2026\nTransaction date\t10/28/2026",
        "first_dispute",
        {
            "dispute_reference": "26-004417",
            "amount_minor": "123450",
            "currency": "USD",
            "reason_code": "13.1",
            "category": "not_received",
            "network": "visa",
            "arn": "74537606301234567890123",
            "respond_by": "2026-12-03",
            "transaction_date": "2026-10-28",
        },
    ),
    (
        "en",
        BANK,
        "Chargeback received",
        "Case number | CB-99123 | Amount | JPY 12,345\nReason | 4853 - Cardholder Dispute | Card brand | Mastercard\nDue date | 2026-12-04 | Card number | 540012******3344",
        "first_dispute",
        {
            "dispute_reference": "CB-99123",
            "amount_minor": "12345",
            "currency": "JPY",
            "reason_code": "4853",
            "network": "mastercard",
            "respond_by": "2026-12-04",
            "card_last4": "3344",
        },
    ),
    (
        "en",
        BANK,
        "Chargeback notice",
        "Case ID: A-55102\nDisputed amount: KWD 12.345\nReason: Duplicate processing\nRespond by: 04/12/2026",
        "first_dispute",
        {"amount_minor": "12345", "currency": "KWD", "category": "duplicate", "respond_by": ""},
    ),
    (
        "en",
        BANK,
        "Chargeback notice",
        "Case ID: A-55103\nDisputed amount: (EUR 89,90)\nReason: Credit not processed\nTransaction date: 28/10/2026\nRespond by: 04/12/2026",
        "first_dispute",
        {
            "amount_minor": "8990",
            "currency": "EUR",
            "category": "credit_not_processed",
            "respond_by": "2026-12-04",
            "transaction_date": "2026-10-28",
        },
    ),
    (
        "en",
        BANK,
        "Chargeback notice",
        "Case ID: A-55104\nDisputed amount: -$20.00\nReason: No cardholder authorization\nRespond by: Friday, 12/04/2026",
        "first_dispute",
        {"amount_minor": "2000", "currency": "", "category": "fraud_card_absent", "respond_by": "2026-12-04"},
    ),
    (
        "en",
        BANK,
        "Chargeback notice",
        "Case ID: A-55105\nDisputed amount: ¥12,345\nReason: Not as described\nDue date: 4 December 2026",
        "first_dispute",
        {"amount_minor": "", "currency": "", "category": "not_as_described", "respond_by": "2026-12-04"},
    ),
    (
        "en",
        BANK,
        "Chargeback notice",
        "Case ID: A-55106\nDisputed amount: 59.90\nCurrency: GBP\nReason: Cancelled recurring transaction\nDeadline: 4 December 2026, 17:00 UTC",
        "first_dispute",
        {
            "amount_minor": "5990",
            "currency": "GBP",
            "category": "cancelled_recurring",
            "respond_by": "2026-12-04T17:00:00+00:00",
        },
    ),
    (
        "en",
        BANK,
        "Retrieval request for transaction",
        "Case ID: R-77\u200b1203\nAmount (USD): 40.00\nReason: Request for copy\nOrder number: LO-10001\nRespond by: 2026-12-01",
        "inquiry",
        {
            "amount_minor": "4000",
            "currency": "USD",
            "category": "documentation_request",
            "order_reference": "LO-10001",
            "respond_by": "2026-12-01",
        },
    ),
    (
        "en",
        "noreply@valpay.com",
        "Chargeback on your merchant account",
        "Date: 11/18/2026\nAmount: 86.20 USD\nCard Summary: 4242\nReference Number: KLMN5678OPQR9012\nOriginal Reference: ABCD1234EFGH5678\nReason: Merchandise/Services Not Received\nDefense Period Ends At: 12/05/2026\nDays Remaining: 15",
        "first_dispute",
        {
            "dispute_reference": "KLMN5678OPQR9012",
            "payment_reference": "ABCD1234EFGH5678",
            "amount_minor": "8620",
            "currency": "USD",
            "respond_by": "2026-12-05",
            "card_last4": "4242",
            "category": "not_received",
        },
    ),
    (
        "en",
        "service@paypal.com",
        "You have a new claim: PP-R-ABC-123456789",
        "Case ID: PP-R-ABC-123456789\nAmount: -€30,00 EUR\nReason: Unauthorized transaction\nRespond by: 2 December 2026",
        "first_dispute",
        {
            "dispute_reference": "PP-R-ABC-123456789",
            "amount_minor": "3000",
            "currency": "EUR",
            "network": "paypal",
            "category": "fraud_card_absent",
        },
    ),
    (
        "en",
        "seller@amazon.com",
        "A-to-z Guarantee claim for order 111-1234567-7654321",
        "Order ID: 111-1234567-7654321\nClaim amount: $35.99\nReason: Item not received\nRespond by: 11/23/2026",
        "marketplace_claim",
        {
            "order_reference": "111-1234567-7654321",
            "amount_minor": "3599",
            "currency": "USD",
            "respond_by": "2026-11-23",
        },
    ),
    (
        "en",
        "disputes@checkout.com",
        "Dispute evidence required",
        "Dispute ID: dsp_abcdef1234567890abcdef1234\nPayment ID: pay_abcdef1234567890abcdef1234\nDisputed amount: 99.00 GBP\nReason code: 10.4\nScheme: Visa\nEvidence required by: 2026-12-03T23:59:59Z",
        "first_dispute",
        {
            "dispute_reference": "dsp_abcdef1234567890abcdef1234",
            "payment_reference": "pay_abcdef1234567890abcdef1234",
            "amount_minor": "9900",
            "currency": "GBP",
            "reason_code": "10.4",
            "respond_by": "2026-12-03T23:59:00+00:00",
        },
    ),
    (
        "en",
        BANK,
        "Pre-arbitration received for case 8812-77",
        "Case number: 8812-77\nDisputed amount: 120,00 EUR\nRespond by: 30 November 2026",
        "prearb",
        {"dispute_reference": "8812-77", "amount_minor": "12000", "respond_by": "2026-11-30"},
    ),
    (
        "en",
        BANK,
        "Chargeback lost: case 8812-78",
        "Your chargeback was decided in favour of the cardholder.\nCase number: 8812-78\nDisputed amount: 120.00 EUR\nReason code: 13.3 Not as described",
        "outcome_lost",
        {"dispute_reference": "8812-78", "respond_by": "", "reason_code": "13.3", "reason_text": "Not as described"},
    ),
    (
        "en",
        BANK,
        "We received your evidence for case 8812-79",
        "Case number: 8812-79\nDisputed amount: 120.00 EUR\nReason: Duplicate\nExpected decision: 14 January 2027",
        "evidence_ack",
        {"dispute_reference": "8812-79", "respond_by": ""},
    ),
    (
        "en",
        BANK,
        "Reminder: response due soon, case 8812-80",
        "Case number: 8812-80\nDisputed amount: 120.00 EUR\nReason: Duplicate\nRespond by: 2026-11-25",
        "deadline_reminder",
        {"respond_by": "2026-11-25"},
    ),
    (
        "en",
        BANK,
        "Chargeback, case QX-4471",
        "Dear merchant,\n\nthe cardholder has disputed the transaction of 28 October 2026. The disputed amount is EUR 75.00, case number QX-4471. Please submit your documents no later than 3 December 2026. Our handling fee is EUR 25.00.",
        "first_dispute",
        {"dispute_reference": "QX-4471", "amount_minor": "7500", "currency": "EUR", "respond_by": "2026-12-03"},
    ),
    (
        "en",
        BANK,
        "Chargeback",
        "Case number: QX-1\nDisputed amount: CLP 12.345\nChargeback fee: CLP 9.000\nReason: Fraud\nFunds will be debited on: 2026-12-01",
        "first_dispute",
        {"amount_minor": "12345", "currency": "CLP", "respond_by": ""},
    ),
    (
        "en",
        BANK,
        "Chargeback",
        "Case number: QX-22\nOrder number: 5501\nDisputed amount: 1'234.50 CHF\nReason: Goods not received\nCustomer name: Ann-Kathrin Lévy\nCustomer email: ann@mail.example\nRespond by: 3rd December 2026",
        "first_dispute",
        {
            "amount_minor": "123450",
            "currency": "CHF",
            "buyer_name": "Ann-Kathrin Lévy",
            "buyer_email": "ann@mail.example",
            "order_reference": "5501",
            "respond_by": "2026-12-03",
        },
    ),
    (
        "en",
        BANK,
        "Chargeback",
        "Case number: QX-23\nDisputed amount: ₹1,23,456.00\nReason: Goods not received\nRespond by: 3-Dec-26",
        "first_dispute",
        {"amount_minor": "12345600", "currency": "INR", "respond_by": "2026-12-03"},
    ),
    (
        "en",
        BANK,
        "Chargeback",
        "Case number\tDisputed amount\tReason\tRespond by\nQX-31\tEUR 12.00\tFraud\t2026-12-01",
        "first_dispute",
        {"dispute_reference": "QX-31", "amount_minor": "1200", "respond_by": "2026-12-01"},
    ),
    (
        "en",
        BANK,
        "Chargebacks received",
        "Case number\tDisputed amount\tReason\tRespond by\nQX-31\tEUR 12.00\tFraud\t2026-12-01\nQX-32\tEUR 13.00\tFraud\t2026-12-02",
        "digest",
        {"dispute_reference": "", "amount_minor": "", "respond_by": ""},
    ),
    (
        "zh",
        BANK,
        "拒付通知",
        "拒付编号：CB88001\n拒付金额：USD 88.00\n拒付原因：未授权交易\n交易日期：2026年10月1日\n请于2026年12月3日前回复。",
        "first_dispute",
        {
            "dispute_reference": "CB88001",
            "amount_minor": "8800",
            "category": "fraud_card_absent",
            "transaction_date": "2026-10-01",
            "respond_by": "2026-12-03",
        },
    ),
    (
        "zh",
        "cb@pingpongx.com",
        "拒付通知",
        "拒付编号\tCB88002\n拒付金额\t￥128.00\n币种\tCNY\n处理截止时间\t2026-12-03 18:00（北京时间）\n商户订单号\tLO-77",
        "first_dispute",
        {
            "dispute_reference": "CB88002",
            "amount_minor": "12800",
            "currency": "CNY",
            "respond_by": "2026-12-03T18:00:00+08:00",
            "order_reference": "LO-77",
        },
    ),
    (
        "zh",
        "cb@lianlianpay.com",
        "调单通知",
        "调单编号 | DD-2026-1\n交易金额 | HKD 300.00\n回复期限 | 2026/12/05\n卡号后四位 | 9911",
        "inquiry",
        {
            "dispute_reference": "DD-2026-1",
            "amount_minor": "30000",
            "currency": "HKD",
            "respond_by": "2026-12-05",
            "card_last4": "9911",
        },
    ),
    (
        "zh",
        BANK,
        "拒付通知 / Chargeback notice",
        "案件编号 / Case number：QX-501\n争议金额 / Disputed amount：EUR 20.00\n拒付原因 / Reason：13.1 未收到货\n截止日期 / Due date：2026-12-09",
        "first_dispute",
        {
            "dispute_reference": "QX-501",
            "amount_minor": "2000",
            "reason_code": "13.1",
            "reason_text": "未收到货",
            "respond_by": "2026-12-09",
        },
    ),
    (
        "de",
        BANK,
        "Rückbuchung",
        "Fallnummer: RK-1\u00a0\nRückbuchungsbetrag: 1.234,50 €\nGrundcode: 4853\nKartenorganisation: Mastercard\nAntwortfrist: 03.12.2026",
        "first_dispute",
        {"amount_minor": "123450", "currency": "EUR", "reason_code": "4853", "respond_by": "2026-12-03"},
    ),
    (
        "de",
        BANK,
        "Rückbuchung Fallnummer RK-20",
        "Der Karteninhaber hat den Umsatz über 59,00 EUR beanstandet. Fallnummer: RK-20. Begründung: Ware nicht erhalten. Bitte senden Sie Ihre Unterlagen bis spätestens 12.12.2026.",
        "first_dispute",
        {"dispute_reference": "RK-20", "amount_minor": "5900", "respond_by": "2026-12-12", "category": "not_received"},
    ),
    (
        "de",
        BANK,
        "Erinnerung: Rückbuchung RK-21",
        "Fallnummer\nRK-21\nRückbuchungsbetrag\nEUR 59,00\nAntwortfrist\n12. Dezember 2026",
        "deadline_reminder",
        {"dispute_reference": "RK-21", "amount_minor": "5900", "respond_by": "2026-12-12"},
    ),
    (
        "fr",
        BANK,
        "Notification d'impayé",
        "Numéro de dossier : IM-4410\nMontant contesté : 1 234,50 €\nMotif : Marchandise non reçue\nDate limite de réponse : 3 décembre 2026",
        "first_dispute",
        {
            "dispute_reference": "IM-4410",
            "amount_minor": "123450",
            "currency": "EUR",
            "category": "not_received",
            "respond_by": "2026-12-03",
        },
    ),
    (
        "es",
        BANK,
        "Notificación de contracargo",
        "Número de caso: CC-4410\nImporte disputado: 1.234,50 EUR\nMotivo: Mercancía no recibida\nFecha límite de respuesta: 3 de diciembre de 2026",
        "first_dispute",
        {
            "dispute_reference": "CC-4410",
            "amount_minor": "123450",
            "currency": "EUR",
            "category": "not_received",
            "respond_by": "2026-12-03",
        },
    ),
    (
        "pt",
        BANK,
        "Notificação de chargeback",
        "Número do caso: CB-4410\nValor contestado: R$ 1.234,50\nMotivo: Produto não recebido\nPrazo de resposta: 3 de dezembro de 2026",
        "first_dispute",
        {
            "dispute_reference": "CB-4410",
            "amount_minor": "123450",
            "currency": "BRL",
            "category": "not_received",
            "respond_by": "2026-12-03",
        },
    ),
    (
        "ru",
        BANK,
        "Уведомление о чарджбэке",
        "Номер дела: ЧБ-4410\nОспариваемая сумма: 1 234,50 руб.\nПричина оспаривания: Товар не получен\nСрок ответа: 3 декабря 2026 г.",
        "first_dispute",
        {"amount_minor": "123450", "currency": "RUB", "category": "not_received", "respond_by": "2026-12-03"},
    ),
    (
        "ja",
        BANK,
        "チャージバックのお知らせ",
        "案件番号：CB-4410\nチャージバック金額：12,345円\n理由：商品未着\n回答期限：2026年12月3日",
        "first_dispute",
        {
            "dispute_reference": "CB-4410",
            "amount_minor": "12345",
            "currency": "JPY",
            "category": "not_received",
            "respond_by": "2026-12-03",
        },
    ),
    (
        "ja",
        BANK,
        "チャージバックのお知らせ",
        "案件番号：CB-4411\nチャージバック金額：￥12,345（JPY）\n理由：不正利用\n回答期限：令和8年12月3日",
        "first_dispute",
        {"amount_minor": "12345", "currency": "JPY", "respond_by": "2026-12-03"},
    ),
    (
        "ko",
        BANK,
        "차지백 통지",
        "사건 번호: CB-4410\n분쟁 금액: 12,345원\n사유: 상품 미수령\n회신 기한: 2026년 12월 3일",
        "first_dispute",
        {"dispute_reference": "CB-4410", "amount_minor": "12345", "currency": "KRW", "respond_by": "2026-12-03"},
    ),
    (
        "it",
        BANK,
        "Notifica di chargeback",
        "Numero pratica: CB-4410\nImporto contestato: 1.234,50 EUR\nMotivo: Merce non ricevuta\nScadenza: 3 dicembre 2026",
        "first_dispute",
        {
            "dispute_reference": "CB-4410",
            "amount_minor": "123450",
            "currency": "EUR",
            "category": "not_received",
            "respond_by": "2026-12-03",
        },
    ),
    (
        "tr",
        BANK,
        "Ters ibraz bildirimi",
        "Dosya numarası: CB-4410\nİtiraz tutarı: 1.234,50 TL\nNeden: Ürün teslim edilmedi\nSon yanıt tarihi: 3 Aralık 2026",
        "first_dispute",
        {"dispute_reference": "CB-4410", "amount_minor": "123450", "currency": "TRY", "respond_by": "2026-12-03"},
    ),
    (
        "ar",
        BANK,
        "إشعار رد المبالغ المدفوعة",
        "رقم القضية: CB-4410\nالمبلغ المتنازع عليه: 12.345 دينار كويتي\nالسبب: لم يتم استلام البضاعة\nالموعد النهائي للرد: 3 ديسمبر 2026",
        "first_dispute",
        {"dispute_reference": "CB-4410", "amount_minor": "12345", "currency": "KWD", "respond_by": "2026-12-03"},
    ),
]


@pytest.mark.parametrize(("language", "sender", "subject", "text", "kind", "fields"), NOTICES)
def test_an_invented_notice_is_read_exactly(
    language: str, sender: str, subject: str, text: str, kind: str, fields: dict[str, str]
) -> None:
    if language not in languages():
        pytest.skip(f"no words of {language}")
    found = read(sender, subject, text)
    assert found is not None
    assert found.kind == "dispute"
    assert {"type": found.notice_type, **{name: found.value(name) for name in fields}} == {"type": kind, **fields}


@pytest.mark.parametrize(("language", "sender", "subject", "text", "kind", "fields"), NOTICES)
def test_spans_lie_in_the_mail(
    language: str, sender: str, subject: str, text: str, kind: str, fields: dict[str, str]
) -> None:
    found = read(sender, subject, text)
    for field in found.fields.values() if found else ():
        assert field.start is None or (field.end is not None and text[field.start : field.end].strip())


def test_a_time_may_stand_between_by_and_the_date() -> None:
    text = "Case QX-11, disputed amount $45.00 USD. Reply by 5pm EST on December 3, 2026. Reason code 4837 (Fraud)."
    found = read(BANK, "Chargeback", text)
    assert found is not None
    assert (found.value("respond_by"), found.value("reason_code")) == ("2026-12-03T17:00:00-05:00", "4837")


def test_what_contradicts_itself_is_left_out() -> None:
    text = "Case number: X-502\nDisputed amount: EUR 10.00\nDisputed amount: EUR 12.00\nRespond by: 1 May 2027\nDue date: 2 May 2027"
    found = read(BANK, "Chargeback notice", text)
    assert found is not None
    assert set(found.fields) == {"dispute_reference"}


NO_NOTICES = [
    (
        "anna@gmail.com",
        "Chargeback",
        "Hi, my order 5501 never arrived. I opened a dispute with my bank, case number 12345. The amount was $45.00. Reason: not received. I want my refund.",
    ),
    (
        "tom@mailbox.example",
        "I will dispute this charge",
        "You charged me EUR 45.00 on 3 November and I will file a chargeback if you don't answer by 24 November 2026.",
    ),
    (
        "no-reply@stripe.com",
        "Your payout of €450.00 is on the way",
        "We sent a payout of €450.00 to your bank account. It should arrive by November 24, 2026.\nPayout ID: po_1AbCdEfGhIjKl",
    ),
    (
        "no-reply@stripe.com",
        "Refund failed for payment ch_3AbCdEfGhIjKlMn",
        "A refund of €20.00 could not be processed because the customer's account is closed.",
    ),
    (
        "news@stripe.com",
        "Stripe newsletter: reduce chargebacks",
        "Join our webinar to learn how to win more disputes. Register now. Unsubscribe.",
    ),
    (
        "sales@chargeflow-growth.example",
        "Stop losing money to chargebacks",
        "We help merchants win more disputes. Book a demo. Our success rate is 80%.",
    ),
    (
        "hello@chargeflow.io",
        "Recover chargebacks on autopilot",
        "Book a demo and learn how we fight chargebacks. Free trial until 1 December 2026.",
    ),
    (
        "billing@hosting.example",
        "Invoice INV-2041",
        "Invoice number: INV-2041\nAmount: EUR 49.00\nDue date: 2026-12-01",
    ),
    (
        "service@paypal.com",
        "You've got money",
        "You received a payment of €45.00 EUR from Ann Lee.\nTransaction ID: 1AB23456CD789012E",
    ),
    (
        "service@paypal.com",
        "Updates to our user agreement",
        "We are changing the terms for disputes and chargebacks. The changes take effect on 15 January 2027.",
    ),
    ("noreply@adyen.com", "Release notes: dispute API", "The disputes webhook gets a new field from 1 December 2026."),
    ("mailer@shopify.com", "Your monthly statement", "Account statement for October: total EUR 4,000.00."),
    (
        "partner@logistics.example",
        "Claim for lost parcel",
        "We opened an investigation for the parcel 1Z999. Please send the invoice by 2 December 2026.",
    ),
]


@pytest.mark.parametrize(("sender", "subject", "text"), NO_NOTICES)
def test_what_only_speaks_of_disputes_is_no_notice(sender: str, subject: str, text: str) -> None:
    assert read(sender, subject, text) is None


PHISHING = [
    (
        "service@paypaI-cases.example",
        "PayPal",
        "New case PP-R-ABC-123456789",
        "A buyer opened a dispute. Log in immediately: http://paypai-cases.example/login",
    ),
    (
        "stripe.support@gmail.com",
        "Stripe",
        "Dispute needs response",
        "A dispute was opened. Confirm your account at https://bit.example/x",
    ),
    (
        "alert@secure-stripe.example",
        "Support",
        "A payment has been disputed",
        "Dispute ID: du_1AbCdEfGhIjKlMnO\nDisputed amount: $45.00\nhttps://secure-stripe.example/disputes",
    ),
    (
        "service@paypal.com",
        "PayPal",
        "A buyer opened a dispute",
        "Case ID: PP-R-ABC-123456789\nConfirm your password and card details: http://pp-login.example/verify",
    ),
]


@pytest.mark.parametrize(("sender", "name", "subject", "text"), PHISHING)
def test_a_false_sender_is_phishing(sender: str, name: str, subject: str, text: str) -> None:
    found = read(sender, subject, text, name)
    assert found is not None
    assert (found.kind, bool(found.note), dict(found.fields)) == ("phishing", True, {})


def test_a_forwarded_notice_is_its_inner_senders() -> None:
    inner = mail(
        "noreply@stripe.com",
        "A payment was disputed",
        "Dispute ID: du_1AbCdEfGhIjKlMnO\nDisputed amount: EUR 45.00\nRespond by: 2026-12-03",
    )
    outer = replace(
        mail("jo@lumenoak.example", "Fwd: A payment was disputed", f"Please handle.\n\n{inner.text}"), forwarded=inner
    )
    found = read_notice(outer, notice_catalog())
    assert found is not None
    assert found.notice_source == "stripe"
    field = found.fields["respond_by"]
    assert outer.text[field.start : field.end] == "2026-12-03"


def test_two_labels_with_wide_gaps_stand_on_one_line() -> None:
    text = "Chargeback\n\nCase number   CB-9911      Disputed amount   EUR 45.00\nReason code   4853      Respond by   2026-12-09\n"
    reading = read("disputes@harbor.example", "Chargeback", text)
    assert reading is not None
    values = [reading.value(name) for name in ("dispute_reference", "amount_minor", "reason_code", "respond_by")]
    assert values == ["CB-9911", "4500", "4853", "2026-12-09"]
