"""The rows of a spreadsheet (XLSX) and of a CSV file."""

import csv
import io
import zipfile
from datetime import date, datetime, time
from decimal import Decimal

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from tools.mail.attachment_text.budget import FileLimits, FileText, Unreadable, joined
from tools.mail.attachment_text.table import table_lines
from tools.mail.attachment_text.unzipped import check_unzipped

_MOST_SHEETS = 10
_MOST_COLUMNS = 60
_EXACT = 2**53
_DELIMITERS = ",;\t|"
_BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    TypeError,
    OSError,
    AttributeError,
    IndexError,
)


def read_xlsx(content: bytes, limits: FileLimits) -> FileText:
    """Read the sheets one after the other.

    Raises:
        Unreadable: broken, or more in it unpacked than the limit.
    """
    check_unzipped(content)
    lines: list[str] = []
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets[:_MOST_SHEETS]:
            rows = ([_shown(cell) for cell in row] for row in sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True))
            lines += [*table_lines(rows, limits.cells), ""]
        book.close()
    except _BROKEN as problem:
        raise Unreadable("a broken spreadsheet") from problem
    return FileText(text=joined(lines, limits.text))


def read_csv(text: str, limits: FileLimits) -> FileText:
    """Read delimited text, whatever its delimiter.

    Raises:
        Unreadable: no table can be made of it.
    """
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    try:
        return FileText(text=joined(list(table_lines(reader, limits.cells)), limits.text))
    except csv.Error as problem:
        raise Unreadable("a broken table") from problem


def _delimiter(text: str) -> str:
    """Return the mark that cuts the first lines into the most equal rows."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    return max(_DELIMITERS, key=lambda mark: min((line.count(mark) for line in lines), default=0))


def _shown(value: object) -> str:
    """Return a cell as text: days in ISO 8601, whole numbers without a point, amounts with their decimals."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else _decimals(value)
    return "" if value is None else str(value)


def _decimals(value: float) -> str:
    """Return a number with at least two decimals, as money is printed."""
    number = Decimal(repr(value))
    exponent = number.as_tuple().exponent
    return f"{number:.2f}" if isinstance(exponent, int) and exponent > -2 else f"{number:f}"
