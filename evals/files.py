"""Written files as real bytes: PDF, DOCX, spreadsheet, CSV, and pictures of text."""

import csv
import io
import json
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import docx
import mplfonts
import typst
from openpyxl import Workbook
from PIL import Image, ImageDraw, ImageFont

from evals.rows import WrittenFile

FONTS = Path(mplfonts.__file__).parent / "fonts"
PICTURE_FONT = FONTS / "NotoSansCJKsc-Regular.otf"
PICTURE_WIDTH, PICTURE_MARGIN, PICTURE_POINT = 1240, 90, 26
CHARACTERS_A_LINE = 62
PAGE = b"""
#set page(width: 21cm, height: 29.7cm, margin: 2cm)
#set text(size: 9.5pt, lang: sys.inputs.language, font: ("Libertinus Serif", "Noto Sans CJK SC", "DejaVu Sans Mono"))
#let said = json(bytes(sys.inputs.said))
#said.lines.map(line => [#line]).join(linebreak())
#if said.rows.len() > 0 {
  table(columns: said.rows.first().len(), ..said.rows.flatten())
}
"""


def file_bytes(file: WrittenFile) -> bytes:
    """Put a written file into the bytes of its media type; plain text for a type that has no shape of its own."""
    if file.image:
        return _picture(file)
    return _WRITERS.get(file.media_type, _text)(file)


def _text(file: WrittenFile) -> bytes:
    return file.text.encode()


def _csv(file: WrittenFile) -> bytes:
    if file.text:
        return _text(file)
    stream = io.StringIO()
    csv.writer(stream).writerows(_shown(file.rows))
    return stream.getvalue().encode()


def _xlsx(file: WrittenFile) -> bytes:
    book = Workbook()
    sheet = book.active
    for line in file.text.splitlines():
        sheet.append([line])
    for row in file.rows:
        sheet.append([_cell(value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    book.close()
    return stream.getvalue()


def _docx(file: WrittenFile) -> bytes:
    document = docx.Document()
    for line in file.text.splitlines():
        document.add_paragraph(line)
    if file.rows:
        table = document.add_table(rows=0, cols=len(file.rows[0]))
        for row in _shown(file.rows):
            for cell, value in zip(table.add_row().cells, row, strict=True):
                cell.text = value
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _pdf(file: WrittenFile) -> bytes:
    said = json.dumps({"lines": file.text.splitlines(), "rows": _shown(file.rows)}, ensure_ascii=False)
    language = "ar" if re.search(r"[\u0600-\u06ff]", said) else "en"
    return typst.compile(PAGE, font_paths=_fonts(), sys_inputs={"said": said, "language": language})


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])


def _picture(file: WrittenFile) -> bytes:
    """Draw the text on a page, as a scanner or a camera would hand it over."""
    lines = [*file.text.splitlines(), *("   ".join(row) for row in _shown(file.rows))]
    wrapped = [part for line in lines for part in (textwrap.wrap(line, CHARACTERS_A_LINE) or [""])]
    font = ImageFont.truetype(str(PICTURE_FONT), PICTURE_POINT)
    line_height = PICTURE_POINT * 2
    page = Image.new("L", (PICTURE_WIDTH, 2 * PICTURE_MARGIN + line_height * max(1, len(wrapped))), 250)
    draw = ImageDraw.Draw(page)
    for number, line in enumerate(wrapped):
        draw.text((PICTURE_MARGIN, PICTURE_MARGIN + number * line_height), line, fill=20, font=font)
    stream = io.BytesIO()
    page.save(stream, format=file.media_type.rpartition("/")[2].upper())
    return stream.getvalue()


def _cell(value: Any) -> Any:
    return date.fromisoformat(value["date"]) if isinstance(value, Mapping) else value


def _shown(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    return [["" if value is None else str(_cell(value)) for value in row] for row in rows]


_WRITERS: Mapping[str, Callable[[WrittenFile], bytes]] = {
    "application/pdf": _pdf,
    "text/csv": _csv,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _xlsx,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _docx,
}
