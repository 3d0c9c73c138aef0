"""Machine mails by their headers."""

import pytest

from tools.mail.automatic import automatic_kind


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, "no"),
        ({"auto-submitted": "auto-generated"}, "no"),
        ({"auto-submitted": "auto-replied (vacation)"}, "auto_reply"),
        ({"auto-submitted": "no"}, "no"),
        ({"x-autoreply": "yes"}, "auto_reply"),
        ({"x-auto-response-suppress": "All"}, "no"),
        ({"subject": "Out of office", "x-auto-response-suppress": "All"}, "auto_reply"),
        ({"subject": "Out of office"}, "no"),
        ({"subject": "Automatische Antwort: Bestellung", "auto-submitted": "auto-generated"}, "auto_reply"),
        ({"subject": "自动回复：订单", "precedence": "bulk"}, "auto_reply"),
        ({"list-id": "<x.example>"}, "list"),
        ({"list-unsubscribe": "<mailto:x>"}, "bulk"),
        ({"precedence": "bulk"}, "bulk"),
        ({"x-failed-recipients": "a@example.com"}, "bounce"),
    ],
)
def test_headers_tell_the_kind(headers: dict[str, str], kind: str) -> None:
    assert automatic_kind(headers, "text/plain", "", "a@example.com") == kind


def test_a_delivery_report_is_a_bounce() -> None:
    assert automatic_kind({}, "multipart/report", "delivery-status", "a@example.com") == "bounce"


def test_a_read_receipt_is_no_bounce() -> None:
    assert automatic_kind({}, "multipart/report", "disposition-notification", "a@example.com") == "no"


def test_the_mail_daemon_sends_bounces() -> None:
    assert automatic_kind({"return-path": "<>"}, "text/plain", "", "MAILER-DAEMON@mx.example.com".lower()) == "bounce"
