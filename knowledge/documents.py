"""Policies and product texts from files: Markdown, HTML, PDF or plain text, each with what is true of it."""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from rejoinder.domain.documents import Document
from rejoinder.errors import ImportRejected

SUFFIXES = (".md", ".txt", ".html", ".htm", ".pdf")
KNOWN = {"title", "topic", "language", "in_force_from", "in_force_to", "facts"}

_FRONT = re.compile(r"\A\+\+\+\s*\n(?P<head>.*?)\n\+\+\+\s*\n(?P<body>.*)\Z", re.DOTALL)


def documents_in(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that can be read, in order of their names."""
    if not folder.is_dir():
        raise ImportRejected(f"there is no folder {str(folder)!r}")
    yield from sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())


def read_document(path: Path, root: Path) -> Document:
    """Read one document; its head is TOML between `+++` lines, or a file beside it with `.toml` added to the name.

    Raises:
        ImportRejected: the file cannot be read, or its head is wrong; the message names the file and the field.
    """
    content = path.read_bytes()
    text = _text_of(path, content)
    head: dict[str, Any] = {}
    front = _FRONT.match(text)
    beside = path.with_name(path.name + ".toml")
    if front:
        head, text = _head(front["head"], path), front["body"]
    elif beside.is_file():
        source = beside.read_text(encoding="utf-8")
        head, content = _head(source, beside), content + source.encode()
    if not text.strip():
        raise ImportRejected(f"{path.name!r} holds no text; a scanned PDF needs its text beside it")
    return Document(
        key=path.relative_to(root).as_posix(),
        title=str(head.get("title") or path.stem.replace("-", " ").replace("_", " ")),
        topic=str(head.get("topic", "")),
        text=text.strip(),
        content_hash=hashlib.sha256(content).hexdigest(),
        language=str(head.get("language", "en")),
        in_force_from=_day(head, "in_force_from", path),
        in_force_to=_day(head, "in_force_to", path),
        facts=head.get("facts", {}),
    )


def _head(source: str, path: Path) -> dict[str, Any]:
    try:
        head = tomllib.loads(source)
    except tomllib.TOMLDecodeError as exc:
        raise ImportRejected(f"the head of {path.name!r} is not valid TOML: {exc}") from exc
    if unknown := sorted(set(head) - KNOWN):
        raise ImportRejected(f"the head of {path.name!r} has the unknown field {unknown[0]!r}; known: {sorted(KNOWN)}")
    return head


def _day(head: dict[str, Any], name: str, path: Path) -> date | None:
    value = head.get(name)
    if value is not None and (not isinstance(value, date) or hasattr(value, "hour")):
        raise ImportRejected(f"{name!r} of {path.name!r} must be a date such as 2026-03-01, not {value!r}")
    return value


def _text_of(path: Path, content: bytes) -> str:
    kind = path.suffix.lower()
    if kind == ".pdf":
        return _pdf_text(path, content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise ImportRejected(f"{path.name!r} is not UTF-8 text (byte {exc.start})") from exc
    if kind in {".html", ".htm"}:
        return BeautifulSoup(text, "lxml").get_text("\n", strip=True)
    return text


def _pdf_text(path: Path, content: bytes) -> str:
    try:
        return "\n\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    except (PyPdfError, ValueError, KeyError) as exc:
        raise ImportRejected(f"the PDF {path.name!r} cannot be read: {exc}") from exc
