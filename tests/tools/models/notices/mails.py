"""Mails for the tests of the reader of notices."""

from datetime import UTC, datetime
from typing import Any

from knowledge.notice_catalog import notice_catalog
from rejoinder.domain.mail import Attachment, InboundMail, MailAddress
from rejoinder.domain.reading import Reading
from tools.models.notices import read_notice


def mail(sender: str, subject: str, text: str, *files: Attachment, **changes: Any) -> InboundMail:
    values: dict[str, Any] = {
        "identity": "x",
        "message_id": "<x@y>",
        "sender": MailAddress(email=sender),
        "subject": subject,
        "text": text,
        "new_text": text,
        "sent_at": datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
        "to": (MailAddress(email="shop@lumenoak.example"),),
        "attachments": files,
    }
    return InboundMail(**values | changes)


def file(filename: str, text: str = "", unread: str = "") -> Attachment:
    return Attachment(
        filename=filename, media_type="application/pdf", size=10_000, file_hash="0" * 64, text=text, unread=unread
    )


def read(sender: str, subject: str, text: str, *files: Attachment, **changes: Any) -> Reading | None:
    return read_notice(mail(sender, subject, text, *files, **changes), notice_catalog())
