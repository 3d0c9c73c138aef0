"""A file's bytes to its text. Files of complex formats are read in a process of their own, with bounds."""

import time

from tools.mail.attachment_text.apart import read_apart
from tools.mail.attachment_text.budget import FileLimits, FileText, TextBudget, Unreadable
from tools.mail.attachment_text.kinds import FileKind, kind_of
from tools.mail.attachment_text.message import read_message
from tools.mail.attachment_text.recognition import NOT_INSTALLED, recognizer
from tools.mail.attachment_text.spreadsheet import read_csv
from tools.mail.charsets import decode_text

_SMALLEST_PICTURE = 8_000
"""A picture of fewer bytes is a logo or a rule."""
_NO_TEXT = frozenset(
    {
        "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "text/calendar",
        "text/vcard", "text/x-vcard", "application/pgp-keys", "text/css", "message/delivery-status",
    }
)  # fmt: skip


def read_file_text(content: bytes, media_type: str, filename: str, charset: str, budget: TextBudget) -> FileText:
    """Return what can be read in a file; never raises, and takes its cost from the budget.

    Neither text nor a reason comes back for what has no text to read: signatures, appointments, small pictures.
    """
    kind = kind_of(content, media_type, filename)
    if media_type in _NO_TEXT or (kind == "picture" and len(content) < _SMALLEST_PICTURE):
        return FileText()
    if kind == "other":
        return FileText(unread=f"files of the type {media_type} are not read")
    if budget.spent:
        return FileText(unread="not read: the mail's other files took what is spent on one mail")
    start = time.monotonic()
    try:
        found = _read(content, kind, charset, budget.limits())
    except Unreadable as problem:
        found = FileText(unread=str(problem))
    budget.update_spent(time.monotonic() - start, len(found.text))
    return found if found.text.strip() or found.unread else FileText(unread="no text is in it")


def _read(content: bytes, kind: FileKind, charset: str, limits: FileLimits) -> FileText:
    if kind == "mail":
        return read_message(content, limits)
    if kind == "picture" and recognizer() is None:  # a process of its own could only say the same
        return FileText(unread=NOT_INSTALLED)
    if kind not in ("plain", "csv"):
        return read_apart(content, kind, limits)
    text = decode_text(content[: limits.text * 4], charset).text[: limits.text]
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return read_csv(text, limits) if kind == "csv" else FileText(text=text)
