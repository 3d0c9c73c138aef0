"""Attached files: a safe name, a media type, a hash, and the text that can be read in them."""

import hashlib
import re
import unicodedata
from typing import NamedTuple

from rejoinder.domain.mail import Attachment
from tools.mail.attachment_text import TextBudget, read_file_text
from tools.mail.cards import mask_cards
from tools.mail.mime import Limits, Part
from tools.mail.redact import redact_file

_UNSAFE = re.compile(
    '[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff<>:"|?*]+'
)
_LONGEST_NAME = 150
_EXTENSIONS = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "text/calendar": ".ics",
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "application/pdf": ".pdf",
    "application/ms-tnef": ".dat",
    "application/pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
}


class File(NamedTuple):
    """An attachment with its bytes, card numbers masked where the type is text; `masked` counts all that were."""

    attachment: Attachment
    content: bytes
    masked: int


def read_attachment(part: Part, limits: Limits, budget: TextBudget) -> File:
    """Read one part as a file, and its text as far as the budget goes."""
    content = part.content
    filename = safe_filename(part.filename, part.media_type)
    charset = part.type_parameters.get("charset", "")
    redacted = redact_file(content, part.media_type, filename, charset, limits)
    found = read_file_text(redacted.raw, part.media_type, filename, charset, budget)
    masked = mask_cards(found.text)
    attachment = Attachment(
        filename=filename,
        media_type=part.media_type,
        size=len(redacted.raw),
        file_hash=hashlib.sha256(redacted.raw).hexdigest(),
        text=masked.text,
        unread=found.unread,
    )
    return File(attachment, redacted.raw, redacted.count + masked.count)


def safe_filename(written: str, media_type: str = "") -> str:
    """Return a name without path, control or direction characters; a made one when nothing is left."""
    name = unicodedata.normalize("NFC", written[:2000].encode("utf-8", "replace").decode("utf-8"))
    name = _UNSAFE.sub("", name.replace("\\", "/").rstrip("/ ").rpartition("/")[2])
    name = mask_cards(re.sub(r"\s+", " ", name).strip(" .")).text
    if not name or set(name) <= set("._- "):
        return "attachment" + _EXTENSIONS.get(media_type, "")
    if len(name) > _LONGEST_NAME:
        stem, dot, extension = name.rpartition(".")
        name = f"{stem[: _LONGEST_NAME - 20]}.{extension}" if dot and len(extension) <= 10 else name[:_LONGEST_NAME]
    return name.replace("*", "x")
