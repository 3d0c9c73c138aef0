"""The paragraphs and tables of a DOCX file, in their order."""

import zipfile
from collections.abc import Iterator
from io import BytesIO

from docx import Document
from docx.document import Document as OpenDocument
from docx.opc.exceptions import OpcError
from docx.table import Table

from tools.mail.attachment_text.budget import FileLimits, FileText, Unreadable, joined
from tools.mail.attachment_text.table import table_lines
from tools.mail.attachment_text.unzipped import check_unzipped

_BROKEN = (OpcError, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError, SyntaxError)


def read_docx(content: bytes, limits: FileLimits) -> FileText:
    """Read a text document.

    Raises:
        Unreadable: broken, or more in it unpacked than the limit.
    """
    check_unzipped(content)
    try:
        document = Document(BytesIO(content))
        return FileText(text=joined(list(_lines(document, limits)), limits.text))
    except _BROKEN as problem:
        raise Unreadable("a broken document") from problem


def _lines(document: OpenDocument, limits: FileLimits) -> Iterator[str]:
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            rows = ([cell.text for cell in row.cells] for row in part.rows)
            yield from table_lines(rows, limits.cells)
            yield ""
        else:
            yield part.text
