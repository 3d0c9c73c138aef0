"""Uploaded texts: Word files, mails and plain text, as blocks."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

import docx
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree

from rejoinder.errors import ExhibitRejected, MailRejected
from tools.mail.cards import find_cards
from tools.mail.charsets import decode_text
from tools.mail.parse import DEFAULT_LIMITS, parse_mail
from tools.mail.redact import redact_file
from tools.packet.blocks import Block, Grid, Heading, Original, Prose
from tools.packet.masking import Masker
from tools.packet.pdf_files import is_pdf, read_pdf
from tools.packet.pictures import is_picture, read_pictures
from tools.packet.quality import BEST, Quality
from tools.packet.threads import message_blocks, message_of

WITHHELD = "it holds a full card number; the packet shows it masked"
_MOST_UNPACKED = 200_000_000
_BROKEN = (OpcError, zipfile.BadZipFile, etree.LxmlError, KeyError, ValueError, OSError, AttributeError)


class ReadDocument(NamedTuple):
    """A text file as blocks, and the original to hand on."""

    blocks: tuple[Block, ...]
    original: Original


def read_plain(content: bytes, language: str, masker: Masker) -> ReadDocument:
    """Return a text file; the original is handed on masked."""
    text = masker.text(decode_text(content).text)
    masked = redact_file(content, "text/plain", "", "", DEFAULT_LIMITS).raw
    return ReadDocument((Prose(text=text, language=language),), Original(content=masked, suffix="txt"))


def read_eml(content: bytes, where: str, language: str, masker: Masker) -> ReadDocument:
    """Return a saved mail as a message; the original is handed on masked.

    Raises:
        ExhibitRejected: it cannot be read as a mail within the limits.
        CardNumberFound: a full card number in a PDF or picture attached to it.
    """
    try:
        parsed = parse_mail(content)
    except MailRejected as exc:
        raise ExhibitRejected(f"{where}: the mail cannot be read ({exc}); print it to a PDF and use that") from exc
    for attachment in parsed.mail.attachments:
        _refuse_cards_in(parsed.files[attachment.file_hash], f"{where}, attached {attachment.filename}")
    masker.count += parsed.mail.masked_cards
    blocks = tuple(message_blocks((message_of(parsed.mail, language),), masker))
    return ReadDocument(blocks, Original(content=parsed.masked_raw, suffix="eml"))


def _refuse_cards_in(content: bytes, where: str) -> None:
    if is_pdf(content):
        read_pdf(content, where, BEST)
    elif is_picture(content):
        read_pictures(content, where, "", BEST)


def is_docx(content: bytes) -> bool:
    """Tell whether the bytes are a Word file of the zipped kind."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            return "word/document.xml" in parts.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def read_docx(content: bytes, where: str, language: str, quality: Quality, masker: Masker) -> ReadDocument:
    """Return paragraphs, tables and pictures of a Word file in their order.

    Raises:
        ExhibitRejected: broken or far too large when unpacked.
        CardNumberFound: a full card number in the data of a picture.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _MOST_UNPACKED:
                raise ExhibitRejected(f"{where}: far too large when unpacked; print it to a PDF and use that")
            holds_card = any(_holds_card(parts.read(name)) for name in parts.namelist() if name.endswith(".xml"))
        blocks = tuple(_docx_blocks(content, where, language, quality, masker))
    except _BROKEN as exc:
        raise ExhibitRejected(f"{where}: the Word file is broken; print it to a PDF and use that") from exc
    if holds_card:
        return ReadDocument(blocks, Original(content=b"", suffix="docx", withheld=WITHHELD))
    return ReadDocument(blocks, Original(content=content, suffix="docx"))


def _docx_blocks(content: bytes, where: str, language: str, quality: Quality, masker: Masker) -> Iterator[Block]:
    prose: list[str] = []
    for item in docx.Document(BytesIO(content)).iter_inner_content():
        if isinstance(item, Paragraph) and _is_prose(item):
            prose.append(f"• {item.text}" if _style(item).startswith("List") else item.text)
            continue
        if prose:
            yield Prose(text=masker.text("\n\n".join(prose)), language=language)
            prose = []
        if isinstance(item, Table):
            yield from _grid(item, masker)
            continue
        if item.text.strip():
            yield Heading(text=masker.text(item.text))
        for picture in _pictures(item):
            yield from read_pictures(picture, where, f"Picture in {where}", quality)
    if prose:
        yield Prose(text=masker.text("\n\n".join(prose)), language=language)


def _is_prose(paragraph: Paragraph) -> bool:
    """Tell whether it is text only: no heading, no picture, not empty."""
    is_heading = _style(paragraph).startswith(("Heading", "Title"))
    return bool(paragraph.text.strip()) and not is_heading and not _pictures(paragraph)


def _style(paragraph: Paragraph) -> str:
    return (paragraph.style.name or "") if paragraph.style else ""


def _pictures(paragraph: Paragraph) -> tuple[bytes, ...]:
    """Return the pictures that stand in a paragraph."""
    ids = paragraph._p.xpath(".//a:blip/@r:embed")
    return tuple(paragraph.part.related_parts[id_].blob for id_ in ids if id_ in paragraph.part.related_parts)


def _grid(table: Table, masker: Masker) -> Iterator[Grid]:
    if not table.rows:
        return
    rows = tuple(tuple(cell.text for cell in row.cells) for row in table.rows)
    width = max(len(row) for row in rows)
    even = tuple(masker.row(row + ("",) * (width - len(row))) for row in rows)
    yield Grid(columns=even[0], rows=even[1:]) if width > 2 and len(even) > 1 else Grid(rows=even)


def _holds_card(xml: bytes) -> bool:
    """Tell whether a part holds a card number, shown or not; a number may be cut into several runs."""
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    texts = ("".join(paragraph.itertext()) for paragraph in root.iter(qn("w:p")))
    return any(find_cards(text) for text in texts) or bool(find_cards("\n".join(root.itertext())))
