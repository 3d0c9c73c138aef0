"""The text of a PDF: its text layer, or what is recognized in its pictures."""

import re
from collections.abc import Iterator
from io import BytesIO

import pypdfium2
from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError

from tools.mail.attachment_text.budget import FileLimits, FileText, Unreadable, joined
from tools.mail.attachment_text.picture import recognize

_LETTERS = re.compile(r"\w")
_LETTERS_OF_A_TEXT = 20
_DOTS_PER_INCH = 200
_LONGEST_SIDE = 3500
_SCANNED_PAGES = 8
_BROKEN = (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, ZeroDivisionError, RecursionError)


def read_pdf(content: bytes, limits: FileLimits) -> FileText:
    """Read a PDF.

    Raises:
        Unreadable: broken, protected, or a scan where no text recognition is installed.
    """
    pages = list(_pages(content, limits))
    text = joined([line for page in pages for line in page], limits.text)
    if len(_LETTERS.findall(text)) >= _LETTERS_OF_A_TEXT:
        return FileText(text=text)
    return FileText(text=joined(_recognized(content, limits), limits.text))


def _pages(content: bytes, limits: FileLimits) -> Iterator[list[str]]:
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("protected by a password")
        for page in reader.pages[: limits.pages]:
            yield [line.rstrip() for line in _page_text(page).splitlines()]
    except (*_BROKEN, NotImplementedError) as problem:
        raise Unreadable("a broken PDF") from problem


def _page_text(page: PageObject) -> str:
    """Return a page with its columns kept apart; as plain lines where its layout cannot be told."""
    try:
        laid_out = page.extract_text(extraction_mode="layout")
    except _BROKEN:
        laid_out = ""
    return laid_out if laid_out.strip() else page.extract_text()


def _recognized(content: bytes, limits: FileLimits) -> list[str]:
    lines: list[str] = []
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as problem:
        raise Unreadable("a broken PDF") from problem
    try:
        for number in range(min(len(document), _SCANNED_PAGES)):
            page = document[number]
            scale = min(_DOTS_PER_INCH / 72, _LONGEST_SIDE / max(*page.get_size(), 1.0))
            picture = BytesIO()
            page.render(scale=scale, grayscale=True).to_pil().save(picture, "PNG")
            lines += recognize(picture.getvalue(), limits).splitlines()
    finally:
        document.close()
    return lines
