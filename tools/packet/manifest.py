"""The manifest of a packet, the zip that holds both, and the check that nothing in it was changed."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from rejoinder.domain.packet import ExhibitSource, Manifest, ManifestExhibit
from rejoinder.errors import ExhibitRejected
from tools.packet.blocks import Original
from tools.packet.compose import PrintedExhibit
from tools.packet.limits import NAME
from tools.packet.pages import PageRange
from tools.packet.readback import misread_facts

FORMAT = "rejoinder-packet/1"
MANIFEST = "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_READABLE_BY_ALL = 0o644 << 16
_UNIX = 3
_COMPRESSIBLE = (".json", ".txt", ".eml")
_MOST_UNPACKED = 1_000_000_000


def manifest_exhibits(exhibits: Sequence[PrintedExhibit], ranges: Sequence[PageRange]) -> tuple[ManifestExhibit, ...]:
    """Return the entries of the exhibits, in order."""
    return tuple(
        _entry(number, exhibit.source, exhibit.printed.original, exhibit.printed.masked, range_)
        for number, (exhibit, range_) in enumerate(zip(exhibits, ranges, strict=True), start=1)
    )


def manifest_json(manifest: Manifest) -> bytes:
    """Return the manifest as JSON; days and instants ISO 8601, key facts as canonical text."""
    values = {"format": FORMAT} | asdict(manifest) | {"key_facts": manifest.key_facts.as_text()}
    return (json.dumps(values, ensure_ascii=False, indent=1, default=_as_text) + "\n").encode()


def archive(pdf: bytes, manifest: Manifest, originals: Mapping[str, bytes]) -> bytes:
    """Return the zip; the same parts give the same bytes."""
    out = BytesIO()
    parts = {NAME: pdf, MANIFEST: manifest_json(manifest)} | dict(originals)
    with zipfile.ZipFile(out, "w", compresslevel=6) as target:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED if name.endswith(_COMPRESSIBLE) else zipfile.ZIP_STORED
            info.external_attr, info.create_system = _READABLE_BY_ALL, _UNIX
            target.writestr(info, content)
    return out.getvalue()


def verify(path: Path) -> list[str]:
    """Check a packet's zip, offline; return what is wrong with it in words, nothing when all is as it was made.

    Finds parts changed, missing or added since, and key facts in the PDF other than those of the manifest. Who
    made the packet it cannot tell: a manifest written anew agrees with itself.
    """
    try:
        with zipfile.ZipFile(path) as parts:
            return list(_problems(parts))
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError, RuntimeError) as exc:
        return [f"{path.name} cannot be read as a zip: {exc}"]


def _entry(number: int, source: ExhibitSource, original: Original, masked: int, pages: PageRange) -> ManifestExhibit:
    content = original.content
    return ManifestExhibit(
        label=source.label,
        title=source.title,
        kind=source.kind,
        origin=source.origin,
        captured_at=source.captured_at,
        evidence_ids=source.evidence_ids,
        first_page=pages.first,
        last_page=pages.last,
        file="" if original.withheld else f"exhibits/{number:02}.{original.suffix}",
        sha256="" if original.withheld else hashlib.sha256(content).hexdigest(),
        masked=masked,
        withheld=original.withheld,
    )


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _problems(parts: zipfile.ZipFile) -> Iterator[str]:
    names = parts.namelist()
    if sum(part.file_size for part in parts.infolist()) > _MOST_UNPACKED:
        yield "it is far too large when unpacked"
        return
    manifest = _manifest(parts)
    if manifest is None:
        yield f"{MANIFEST} is missing or cannot be read"
        return
    hashes = _hashes(manifest)
    yield from (f"{name} is there more than once" for name in sorted({n for n in names if names.count(n) > 1}))
    yield from (f"{name} is missing" for name in hashes if name not in names)
    yield from (f"{name} is not in the manifest" for name in names if name not in hashes and name != MANIFEST)
    for name, expected in hashes.items():
        if name in names and hashlib.sha256(parts.read(name)).hexdigest() != expected:
            yield f"{name} was changed"
    if manifest["file"] in names:
        yield from _packet_problems(parts.read(manifest["file"]), manifest)


def _manifest(parts: zipfile.ZipFile) -> dict[str, Any] | None:
    try:
        manifest = json.loads(parts.read(MANIFEST))
        is_ours = manifest["format"] == FORMAT
        _hashes(manifest), manifest["pages"], dict(manifest["key_facts"])
    except (KeyError, ValueError, TypeError):
        return None
    return manifest if is_ours else None


def _hashes(manifest: Mapping[str, Any]) -> dict[str, str]:
    exhibits = {one["file"]: one["sha256"] for one in manifest["exhibits"] if one["file"]}
    return {manifest["file"]: manifest["sha256"]} | exhibits


def _packet_problems(pdf: bytes, manifest: Mapping[str, Any]) -> Iterator[str]:
    try:
        pages = len(PdfReader(BytesIO(pdf)).pages)
        misread = misread_facts(pdf, manifest["key_facts"])
    except (PyPdfError, ExhibitRejected, ValueError, KeyError, IndexError, TypeError, AttributeError) as exc:
        yield f"{manifest['file']} cannot be read: {exc}"
        return
    if pages != manifest["pages"]:
        yield f"{manifest['file']} has {pages} pages, the manifest says {manifest['pages']}"
    yield from (f"{manifest['file']}: {problem.detail}" for problem in misread)
