"""What a file is, told by its first bytes before its type and its name."""

import zipfile
from io import BytesIO
from typing import Literal

FileKind = Literal["pdf", "xlsx", "docx", "csv", "plain", "mail", "picture", "other"]

_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM")
_HEIF = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftyphevc")
_PLAIN_NAMES = (".txt", ".text", ".log", ".md")
_CSV_NAMES = (".csv", ".tsv")
_MAIL_TYPES = ("message/rfc822", "message/global")


def kind_of(content: bytes, media_type: str, filename: str) -> FileKind:
    """Return what a file is; `other` when no reader is for it."""
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_zip(content)
    if content.startswith(_PICTURES) or content[4:12] in _HEIF or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        return "picture"
    return _kind_of_text(media_type, filename.lower())


def _kind_of_text(media_type: str, name: str) -> FileKind:
    if media_type in _MAIL_TYPES or name.endswith(".eml"):
        return "mail"
    if media_type in ("text/csv", "text/tab-separated-values") or name.endswith(_CSV_NAMES):
        return "csv"
    return "plain" if media_type == "text/plain" or name.endswith(_PLAIN_NAMES) else "other"


def _kind_of_zip(content: bytes) -> FileKind:
    try:
        names = set(zipfile.ZipFile(BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return "other"
    if "xl/workbook.xml" in names:
        return "xlsx"
    return "docx" if "word/document.xml" in names else "other"
