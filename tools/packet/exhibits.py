"""An exhibit of any kind, as blocks to print and an original to hand on."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from rejoinder.domain.limits import FileLimits
from rejoinder.domain.packet import ExhibitFile, ExhibitSource
from rejoinder.errors import ExhibitRejected
from tools.packet.blocks import Block, Grid, Heading, Original, Printed, Prose, Translated
from tools.packet.documents import is_docx, read_docx, read_eml, read_plain
from tools.packet.masking import Masker
from tools.packet.pdf_files import is_pdf, read_pdf
from tools.packet.pictures import is_picture, read_pictures
from tools.packet.quality import Quality
from tools.packet.threads import message_blocks

TAKEN = "PDF, JPEG, PNG, HEIC, Word (.docx), mail (.eml) and text (.txt)"
_CARRIES_FILES = "other files are attached to it"
_MOST_BYTES = 100_000_000


class _Read(NamedTuple):
    blocks: tuple[Block, ...]
    original: Original
    steps: tuple[str, ...] = ()


def print_exhibit(source: ExhibitSource, quality: Quality, limits: FileLimits) -> Printed:
    """Turn an exhibit into what is printed.

    Raises:
        ExhibitRejected: there is nothing in it, or its file cannot be used; the message names exhibit and file.
        CardNumberFound: its file shows a full card number that cannot be masked.
    """
    masker = Masker()
    file = _read_file(source, source.file, quality, limits, masker) if source.file else None
    blocks = (*_own_blocks(source, masker), *(file.blocks if file else ()), *_translation(source, masker))
    if not blocks:
        raise ExhibitRejected(f"{source.label} ({source.title}): there is nothing in it; leave it out")
    original = file.original if file else Original(content=_record_file(source), suffix="json")
    return Printed(blocks=blocks, original=original, masked=masker.count, steps=file.steps if file else ())


def _own_blocks(source: ExhibitSource, masker: Masker) -> Iterator[Block]:
    for table in source.tables:
        if table.title:
            yield Heading(text=masker.text(table.title))
        yield Grid(rows=tuple(masker.row(row, table.columns) for row in table.rows), columns=table.columns)
    if source.text.strip():
        yield Prose(text=masker.text(source.text), language=source.language)
    yield from message_blocks(source.messages, masker)


def _translation(source: ExhibitSource, masker: Masker) -> Iterator[Block]:
    if source.translation:
        yield Translated(text=masker.text(source.translation.text), by=source.translation.by)


def _read_file(source: ExhibitSource, file: ExhibitFile, quality: Quality, limits: FileLimits, masker: Masker) -> _Read:
    where, content = f"{source.label}, file {file.name!r}", file.content
    if not content or len(content) > _MOST_BYTES:
        raise ExhibitRejected(f"{where}: {len(content):,} bytes; 1 to {_MOST_BYTES:,} are taken")
    if _is_mail(file):
        return _Read(*read_eml(content, where, source.language, masker))
    if is_pdf(content):
        return _read_pdf(content, where, quality, limits)
    if is_docx(content):
        return _Read(*read_docx(content, where, source.language, quality, masker))
    if is_picture(content):
        return _read_picture(content, where, file.name, quality)
    if _is_text(file):
        return _Read(*read_plain(content, source.language, masker))
    raise ExhibitRejected(f"{where}: this type of file is not taken; save it as a PDF ({TAKEN} are)")


def _read_pdf(content: bytes, where: str, quality: Quality, limits: FileLimits) -> _Read:
    found = read_pdf(content, where, quality, skip_blank=limits.no_blank_pages)
    if not found.pages:
        raise ExhibitRejected(f"{where}: all its pages are blank; leave it out")
    original = Original(content=content, suffix="pdf")
    if found.carries_files:
        original = Original(content=b"", suffix="pdf", withheld=_CARRIES_FILES)
    numbers = ", ".join(map(str, found.left_out))
    return _Read(found.pages, original, (f"{where}: blank pages left out: {numbers}",) if numbers else ())


def _read_picture(content: bytes, where: str, name: str, quality: Quality) -> _Read:
    pictures = read_pictures(content, where, f"Picture from the file {name}", quality)
    blocks = tuple(replace(picture, alone=True) for picture in pictures)
    return _Read(blocks, Original(content=content, suffix=_picture_suffix(content)))


def _picture_suffix(content: bytes) -> str:
    starts = {
        b"\xff\xd8": "jpg",
        b"\x89P": "png",
        b"GI": "gif",
        b"II": "tif",
        b"MM": "tif",
        b"BM": "bmp",
        b"RI": "webp",
    }
    return starts.get(content[:2], "heic")


def _is_mail(file: ExhibitFile) -> bool:
    called_mail = file.media_type == "message/rfc822" or file.name.lower().endswith(".eml")
    return called_mail and not file.content.startswith(b"%PDF-")


def _is_text(file: ExhibitFile) -> bool:
    called_text = file.media_type == "text/plain" or file.name.lower().endswith((".txt", ".log", ".md"))
    return called_text and (b"\0" not in file.content or file.content.startswith((b"\xff\xfe", b"\xfe\xff")))


def _record_file(source: ExhibitSource) -> bytes:
    """Return what a record, thread or policy says, masked, as JSON that stays the same for the same source."""
    masker = Masker()
    record = {
        "title": source.title,
        "origin": source.origin,
        "captured_at": source.captured_at.isoformat(),
        "evidence_ids": source.evidence_ids,
        "language": source.language,
        "tables": [
            {
                "title": table.title,
                "columns": table.columns,
                "rows": [masker.row(row, table.columns) for row in table.rows],
            }
            for table in source.tables
        ],
        "text": source.text,
        "messages": [asdict(message) for message in source.messages],
        "translation": asdict(source.translation) if source.translation else None,
    }
    return (json.dumps(_masked(record, masker), ensure_ascii=False, indent=1, default=str) + "\n").encode()


def _masked(value: Any, masker: Masker) -> Any:
    if isinstance(value, str):
        return masker.text(value)
    if isinstance(value, dict):
        return {key: item if key == "tables" else _masked(item, masker) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item, masker) for item in value]
    return value
