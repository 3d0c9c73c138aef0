"""Uploaded PDFs: opened, searched for card numbers, and made plain so that their pages can stand in ours."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from rejoinder.errors import ExhibitRejected
from tools.packet.blocks import PdfPage
from tools.packet.masking import refuse_cards
from tools.packet.pictures import shrunk
from tools.packet.quality import BEST, Quality

PDFIUM = threading.RLock()
"""PDFium may be used by one thread at a time."""

_MOST_PAGES = 200
_ALT_CHARS = 300
_POINTS = 72
_PAPER_INCHES = (8.3, 11.7)
_READABLE_DPI = 200
_LONGEST_SIDE = 3500
_REMOVE_SECURITY = 3
_BROKEN = (
    PyPdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OSError,
    NotImplementedError,
    RecursionError,
)


class PdfPages(NamedTuple):
    """The pages of a PDF; `left_out` are the numbers of blank ones, `carries_files` whether it has attachments."""

    pages: tuple[PdfPage, ...]
    left_out: tuple[int, ...]
    carries_files: bool


def is_pdf(content: bytes) -> bool:
    """Tell whether the bytes call themselves a PDF."""
    return b"%PDF-" in content[:1024]


@contextmanager
def opened(content: bytes, where: str) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF for the calling thread alone.

    Raises:
        ExhibitRejected: it needs a password, is broken or has no page.
    """
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as exc:
            if "assword" in str(exc):
                raise ExhibitRejected(f"{where}: a password is needed; save a copy without one and use that") from exc
            raise ExhibitRejected(f"{where}: the PDF is broken; open it, print it to a new PDF and use that") from exc
        try:
            if not 0 < len(document) <= _MOST_PAGES:
                raise ExhibitRejected(
                    f"{where}: a PDF of {len(document)} pages; 1 to {_MOST_PAGES} are taken, keep those that matter"
                )
            yield document
        finally:
            document.close()


def read_pdf(content: bytes, where: str, quality: Quality, *, skip_blank: bool = False) -> PdfPages:
    """Return the pages of a PDF; forms and notes become part of the page, scripts and links are left behind.

    Raises:
        ExhibitRejected: it needs a password, is broken, or has no page or too many.
        CardNumberFound: a full card number in its text; the message names the page.
    """
    with opened(content, where) as document:
        refuse_cards("\n".join(document.get_metadata_dict().values()), f"{where}, in the data about the file")
        _update_flat(document, where)
        texts = [_text(document, number) for number in range(len(document))]
        for number, text in enumerate(texts, start=1):
            refuse_cards(text, f"{where}, page {number}")
        blank = [number for number, text in enumerate(texts) if skip_blank and _is_blank(document, number, text)]
        sizes = [document.get_page_size(number) for number in range(len(document))]
        plain = _saved(document)
        carries_files = document.count_attachments() > 0
    small = plain if quality == BEST else _with_small_pictures(plain, quality)
    pages = [
        PdfPage(
            content=small,
            page=number + 1,
            width=width,
            height=height,
            alt=_alt(where, number, texts[number]),
            has_text=bool(texts[number].strip()),
        )
        for number, (width, height) in enumerate(sizes)
        if number not in blank
    ]
    return PdfPages(tuple(pages), tuple(number + 1 for number in blank), carries_files)


def _saved(document: pypdfium2.PdfDocument) -> bytes:
    """Return the PDF without protection against changes or printing."""
    plain = BytesIO()
    document.save(plain, flags=_REMOVE_SECURITY)
    return plain.getvalue()


def page_picture(content: bytes, number: int) -> bytes:
    """Return a page (from 1) as a grey PNG, fine enough to recognize its text."""
    with opened(content, f"page {number}") as document:
        page = document[number - 1]
        scale = min(_READABLE_DPI / _POINTS, _LONGEST_SIDE / max(page.get_size()))
        picture = BytesIO()
        page.render(scale=scale, grayscale=True).to_pil().save(picture, "PNG")
        page.close()
    return picture.getvalue()


def _update_flat(document: pypdfium2.PdfDocument, where: str) -> None:
    """Draw filled forms and notes into the pages, for only what is drawn is taken over."""
    noted = [number for number in range(len(document)) if _notes(document, number)]
    if not noted:
        return
    refuse_cards(_notes_text(_saved(document)), f"{where}, in a note or form field")
    document.init_forms()
    for number in noted:
        page = document[number]
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
        page.close()


def _notes(document: pypdfium2.PdfDocument, number: int) -> int:
    page = document[number]
    count: int = pdfium.FPDFPage_GetAnnotCount(page)
    page.close()
    return count


def _notes_text(content: bytes) -> str:
    try:
        reader = PdfReader(BytesIO(content))
        notes = [note.get_object() for page in reader.pages for note in page.get("/Annots") or ()]
        return "\n".join(str(note.get(key, "")) for note in notes for key in ("/Contents", "/V", "/DV", "/TU"))
    except _BROKEN:
        return ""  # what is shown is read from the flattened pages all the same


def _text(document: pypdfium2.PdfDocument, number: int) -> str:
    page = document[number]
    text_page = page.get_textpage()
    text: str = text_page.get_text_range()  # also what is cropped away
    text_page.close()
    page.close()
    return text


def _is_blank(document: pypdfium2.PdfDocument, number: int, text: str) -> bool:
    if text.strip():
        return False
    page = document[number]
    low, _ = page.render(scale=0.5, grayscale=True).to_pil().getextrema()
    page.close()
    return bool(low > 250)


def _alt(where: str, number: int, text: str) -> str:
    words = " ".join(text.split())[:_ALT_CHARS]
    return f"Page {number + 1} of {where}" + (f": {words}" if words else ", a picture without text")


def _with_small_pictures(content: bytes, quality: Quality) -> bytes:
    """Return the PDF with its pictures made smaller; as it was where that gains nothing or fails."""
    try:
        writer = PdfWriter(clone_from=BytesIO(content))
        for page in writer.pages:
            width, height = float(page.mediabox.width) / _POINTS, float(page.mediabox.height) / _POINTS
            scale = min(1.0, max(_PAPER_INCHES) / max(width, height), min(_PAPER_INCHES) / min(width, height))
            for picture in page.images:
                if picture.image and picture.image.mode in ("L", "RGB", "CMYK"):  # others are masks or see-through
                    picture.replace(
                        shrunk(picture.image, (width * scale, height * scale), quality), quality=quality.jpeg
                    )
        smaller = BytesIO()
        writer.write(smaller)
    except _BROKEN:
        return content
    return smaller.getvalue() if smaller.tell() < len(content) else content
