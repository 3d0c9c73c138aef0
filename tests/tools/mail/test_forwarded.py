"""Mails inside mails."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tools.mail.forwarded import inner_mail, is_forward_subject, read_date

ZONE = timezone(timedelta(hours=1))
FORWARDS = {
    "en gmail": "---------- Forwarded message ---------\nFrom: PayPal <service@paypal.example>\nDate: Mon, 16 Nov 2026 at 10:00\nSubject: Dispute\nTo: <shop@example.com>",
    "en apple": "Begin forwarded message:\n\nFrom: PayPal <service@paypal.example>\nSubject: Dispute\nDate: 16 November 2026 at 10:00:00 CET\nTo: shop@example.com",
    "de": "-------- Weitergeleitete Nachricht --------\nBetreff: Dispute\nDatum: Mon, 16 Nov 2026 10:00:00 +0100\nVon: PayPal <service@paypal.example>\nAn: shop@example.com",
    "fr": "---------- Message transféré ---------\nDe : PayPal <service@paypal.example>\nDate: lun. 16 nov. 2026 à 10:00\nSujet : Dispute\nÀ : <shop@example.com>",
    "es": "---------- Mensaje reenviado ---------\nDe: PayPal <service@paypal.example>\nFecha: 16 de noviembre de 2026 10:00\nAsunto: Dispute\nPara: <shop@example.com>",
    "ru": "-------- Пересылаемое сообщение --------\n16.11.2026, 10:00\nОт кого: PayPal <service@paypal.example>\nДата: 16 ноября 2026 10:00\nТема: Dispute\nКому: shop@example.com",
    "zh": "---------- 转发的邮件 ----------\n发件人: PayPal <service@paypal.example>\n日期: 2026年11月16日 10:00\n主题: Dispute\n收件人: <shop@example.com>",
    "ja": "---------- 転送メッセージ ----------\n差出人: PayPal <service@paypal.example>\n日時: 2026年11月16日 10:00\n件名: Dispute\n宛先: <shop@example.com>",
}


@pytest.mark.parametrize("name", FORWARDS)
def test_an_inline_forward_opens_to_the_inner_mail(name: str) -> None:
    inner = inner_mail(f"please answer\n\n{FORWARDS[name]}\n\nCase ID: PP-1\nAmount: 5 EUR", "Fwd: Dispute", ZONE)
    assert inner is not None
    assert inner.sender.email == "service@paypal.example"
    assert inner.subject == "Dispute"
    assert inner.text == "Case ID: PP-1\nAmount: 5 EUR"
    assert inner.sent_at == datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "prefix", ["FW", "Fwd", "WG", "TR", "RV", "ENC", "Пересл", "转发", "轉寄", "転送", "전달", "İLT", "Doorst", "PD"]
)
def test_an_outlook_forward_needs_only_its_subject(prefix: str) -> None:
    text = "From: PayPal <service@paypal.example>\nSent: Monday, November 16, 2026 10:00 AM\nTo: shop@example.com\nSubject: Dispute\n\nCase ID: PP-1"
    inner = inner_mail(text, f"{prefix}: Dispute", ZONE)
    assert inner is not None
    assert inner.text == "Case ID: PP-1"


def test_a_reply_is_no_forward() -> None:
    text = "Thanks\n\n-----Original Message-----\nFrom: Shop <shop@example.com>\nSent: Monday\nTo: A\nSubject: Order\n\nold"
    assert inner_mail(text, "Re: Order", ZONE) is None


def test_a_reply_to_a_forward_is_a_reply() -> None:
    assert not is_forward_subject("Re: Fwd: Dispute")


@pytest.mark.parametrize("written", ["03/09/2026 10:00", "yesterday", "", "99/99/9999 10:00", "16 Foo 2026 10:00"])
def test_an_unclear_date_is_not_guessed(written: str) -> None:
    assert read_date(written, ZONE) is None
