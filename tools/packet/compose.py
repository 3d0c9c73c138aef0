"""Letter, key facts and exhibits to the bytes of one PDF."""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, NamedTuple

import typst
from pypdf import PdfWriter
from pypdf.generic import BooleanObject, DictionaryObject, NameObject

from rejoinder.domain.drafts import Draft
from rejoinder.domain.money import Money
from rejoinder.domain.packet import KEY_FACT_LABELS, ExhibitSource, KeyFacts
from rejoinder.errors import ExhibitRejected
from tools.packet.blocks import Block, Grid, Heading, PdfPage, Picture, Printed, Prose
from tools.packet.fonts import fonts, is_right_to_left, printable
from tools.packet.letter import LetterLine, without_list
from tools.packet.written import amount, instant, long_day

TEMPLATE = Path(__file__).parent / "packet.typ"
STANDARDS: tuple[Literal["a-2a"], Literal["ua-1"]] = ("a-2a", "ua-1")
"""PDF/A-2a and PDF/UA-1; declared where no page of another PDF is taken in, which neither allows unseen."""

_LONG_WORD = re.compile("[!-\u052f]{36,}")
_LONG_VALUE = re.compile("[!-\u052f]{24,}")
"""What does not fit beside its name in the table of key facts."""
_WORD_PIECE = re.compile(r".{1,18}")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-[A-Za-z]{4})?(?:-([A-Z]{2}))?")
_LETTER = "the letter"
_REMEMBERED = 10


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Type size in points, and whether short exhibits may share pages."""

    size: float = 10.5
    share_pages: bool = False

    def __str__(self) -> str:
        return f"type of {self.size:g} pt{', exhibits share pages' if self.share_pages else ''}"


class PrintedExhibit(NamedTuple):
    """An exhibit and what is printed of it."""

    source: ExhibitSource
    printed: Printed


def compose(
    letter: Draft, facts: KeyFacts, exhibits: Sequence[PrintedExhibit], layout: Layout, made_at: datetime
) -> bytes:
    """Return the PDF; the same input gives the same bytes.

    Raises:
        ExhibitRejected: letters that no font has, or a page that cannot be taken over.
    """
    with tempfile.TemporaryDirectory(prefix="packet-") as folder:
        root = Path(folder)
        packet = _packet(letter, facts, exhibits, layout, root)
        (root / TEMPLATE.name).write_bytes(TEMPLATE.read_bytes())
        foreign = any(isinstance(block, PdfPage) for exhibit in exhibits for block in exhibit.printed.blocks)
        try:
            pdf: bytes = typst.compile(
                str(root / TEMPLATE.name),
                root=folder,
                font_paths=fonts(),
                ignore_system_fonts=True,
                sys_inputs={"packet": json.dumps(packet, ensure_ascii=False)},
                pdf_standards=[] if foreign else [*STANDARDS],
                timestamp=int(made_at.timestamp()),
            )
        except typst.TypstError as exc:
            raise ExhibitRejected(f"the packet cannot be set: {exc.message}") from exc
        finally:
            _forget()
    return _titled(pdf) if foreign else pdf


def _forget() -> None:
    """Push a packet out of the compiler's memory, which holds what the last ten compilations used."""
    for _ in range(_REMEMBERED):
        typst.compile(b"", font_paths=fonts(), ignore_system_fonts=True)


def _titled(pdf: bytes) -> bytes:
    """Let viewers show the title instead of the file's name, which a PDF that declares no standard does not ask for."""
    writer = PdfWriter(BytesIO(pdf), incremental=True)
    preferences = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
    writer.root_object[NameObject("/ViewerPreferences")] = preferences
    titled = BytesIO()
    writer.write(titled)
    return titled.getvalue()


def fact_rows(facts: KeyFacts) -> list[tuple[str, str]]:
    """Return the key facts as printed: a name and a value each, empty ones left out."""
    rows = ((label, _fact(field, getattr(facts, field))) for field, label in KEY_FACT_LABELS.items())
    return [(label, value) for label, value in rows if value]


def breakable(text: str, long: re.Pattern[str] = _LONG_WORD) -> str:
    """Return text with places to break in words too long for a line, such as links; they are not seen."""
    return long.sub(lambda word: "\u200b".join(_WORD_PIECE.findall(word[0])), text)


def _fact(field: str, value: object) -> str:
    if isinstance(value, Money):
        return amount(value)
    if isinstance(value, date):
        return long_day(value)
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"ending {value}" if field == "card_last4" and value else str(value or "")


def _packet(
    letter: Draft, facts: KeyFacts, exhibits: Sequence[PrintedExhibit], layout: Layout, root: Path
) -> dict[str, Any]:
    title = printable(letter.subject, _LETTER)
    numbers = {exhibit.source.label: number for number, exhibit in enumerate(exhibits, start=1)}
    parts = without_list(letter)
    return {
        "title": title,
        "language": letter.language.split("-")[0],
        "short-title": printable(f"Re: dispute {facts.dispute_reference}", _LETTER),
        "heading": title,
        "author": printable(facts.merchant, _LETTER),
        "counted": f"{len(exhibits)} exhibit{'' if len(exhibits) == 1 else 's'}",
        "size": layout.size,
        "facts": [(label, breakable(printable(value, _LETTER), _LONG_VALUE)) for label, value in fact_rows(facts)],
        "letter": list(_letter_items(parts.body, numbers)),
        "ending": list(_letter_items(parts.ending, numbers)),
        "exhibits": [
            _exhibit(exhibit, numbers, root, share=layout.share_pages) | {"shares": shares}
            for exhibit, shares in zip(exhibits, _sharing(exhibits, layout), strict=True)
        ],
    }


def _letter_items(lines: Sequence[LetterLine], labels: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for kind, group in groupby(lines, lambda line: line.kind):
        texts = [printable(line.text, _LETTER) for line in group]
        if kind == "item":
            yield {"kind": "list", "items": [_pieces(text, labels) for text in texts]}
        elif kind == "heading":
            yield from ({"kind": "heading", "text": text} for text in texts)
        else:
            yield from ({"kind": "text", "text": _pieces(text, labels)} for text in texts)


def _pieces(text: str, labels: Mapping[str, int]) -> list[str | dict[str, Any]]:
    """Cut a text at the exhibits it names, so that their pages can be printed beside."""
    found = (
        re.split(f"({'|'.join(map(re.escape, sorted(labels, key=len, reverse=True)))})(?!\\w)", text)
        if labels
        else [text]
    )
    return [
        {"exhibit": labels[piece], "label": piece} if piece in labels else breakable(piece) for piece in found if piece
    ]


def _sharing(exhibits: Sequence[PrintedExhibit], layout: Layout) -> Iterator[bool]:
    """Yield for each exhibit whether it begins on the page on which the one before ends."""
    before: tuple[Block, ...] = ()
    for exhibit in exhibits:
        blocks = exhibit.printed.blocks
        is_page = any(isinstance(block, PdfPage) for block in (*before[-1:], blocks[0]))
        yield layout.share_pages and bool(before) and not is_page
        before = blocks


def _exhibit(exhibit: PrintedExhibit, labels: Mapping[str, int], root: Path, *, share: bool) -> dict[str, Any]:
    source, number = exhibit.source, labels[exhibit.source.label]
    where = source.label
    shown = (replace(one, alone=False) if share and isinstance(one, Picture) else one for one in exhibit.printed.blocks)
    return {
        "number": number,
        "label": printable(source.label, where),
        "title": _prose(source.title, source.language, where),
        "running": _prose(f"{source.label} — {source.title}", "en", where),
        "origin": _prose(source.origin, "en", where),
        "captured": instant(source.captured_at),
        "blocks": list(_blocks(tuple(shown), where, root, number)),
    }


def _blocks(blocks: Sequence[Block], where: str, root: Path, number: int) -> Iterator[dict[str, Any]]:
    for position, block in enumerate(blocks):
        if isinstance(block, Grid):
            yield _grid(block, where)
        elif isinstance(block, Heading):
            yield {"kind": block.kind, "text": _prose(block.text, "en", where)}
        elif isinstance(block, Prose):
            yield {"kind": block.kind, "prose": _prose(block.text, block.language, where)}
        elif isinstance(block, Picture):
            path = _file(root, f"{number}-{position}.{block.suffix}", block.content)
            yield {"path": path, "alt": printable(block.alt, where)} | _plain(block, "kind", "width", "height", "alone")
        elif isinstance(block, PdfPage):
            path = _file(root, f"{number}.pdf", block.content)
            yield {"path": path, "alt": printable(block.alt, where)} | _plain(
                block, "kind", "page", "width", "height", "wide"
            )
        else:
            yield {"kind": block.kind, "by": printable(block.by, where), "prose": _prose(block.text, "en", where)}


def _plain(block: Block, *fields: str) -> dict[str, Any]:
    return {field: getattr(block, field) for field in fields}


def _grid(block: Grid, where: str) -> dict[str, Any]:
    return {
        "kind": block.kind,
        "columns": [_prose(column, "en", where) for column in block.columns],
        "rows": [[_prose(cell, "en", where) for cell in row] for row in block.rows],
        "width": max((len(row) for row in block.rows), default=1),
    }


def _prose(text: str, language: str, where: str) -> dict[str, Any]:
    """Return text with what its setting needs: language, direction, paragraphs of lines."""
    clean = breakable(printable(text, where)).strip("\n")
    match = _LANGUAGE.fullmatch(language)
    return {
        "lang": match[1] if match else "en",
        "region": match[2] if match else None,
        "rtl": is_right_to_left(clean),
        "paragraphs": [part.split("\n") for part in re.split(r"\n\s*\n", clean)],
    }


def _file(root: Path, name: str, content: bytes) -> str:
    path = root / name
    if not path.exists():
        path.write_bytes(content)
    return name
