import io
from datetime import datetime

import docx
import pytest
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader

from evals.files import file_bytes
from evals.rows import WrittenFile

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ROWS = [["Case", "Due"], ["A-1", {"date": "2026-12-01"}]]


def _file(media_type: str, **said: object) -> bytes:
    return file_bytes(WrittenFile(filename="f", media_type=media_type, **said))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["Case 77-1", "案件编号 12", "Срок ответа", "ご回答期限"])
def test_a_pdf_holds_its_text(text: str) -> None:
    pages = PdfReader(io.BytesIO(_file("application/pdf", text=text, rows=ROWS))).pages
    said = pages[0].extract_text()
    assert text in said
    assert "2026-12-01" in said


def test_a_spreadsheet_holds_dates_as_dates() -> None:
    book = load_workbook(io.BytesIO(_file(XLSX, text="Week 47", rows=ROWS)))
    values = [[cell.value for cell in row] for row in book.active.iter_rows()]
    book.close()
    assert values == [["Week 47", None], ["Case", "Due"], ["A-1", datetime(2026, 12, 1)]]  # noqa: DTZ001


def test_a_document_holds_its_table() -> None:
    table = docx.Document(io.BytesIO(_file(DOCX, rows=ROWS))).tables[0]
    assert [cell.text for cell in table.rows[1].cells] == ["A-1", "2026-12-01"]


def test_a_table_of_commas_is_written_as_it_stands() -> None:
    assert _file("text/csv", text="a;b") == b"a;b"
    assert _file("text/csv", rows=ROWS) == b"Case,Due\r\nA-1,2026-12-01\r\n"


def test_a_picture_has_no_text_to_extract() -> None:
    scanned = _file("application/pdf", text="Case 77-1", image=True)
    assert PdfReader(io.BytesIO(scanned)).pages[0].extract_text() == ""
    with Image.open(io.BytesIO(_file("image/png", text="拒付", image=True))) as picture:
        low, high = picture.getextrema()
    assert low < high
