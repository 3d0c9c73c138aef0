"""The zip of a packet: what is in it, and that a change to any part is found offline."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from rejoinder.domain.limits import FileLimits
from rejoinder.domain.packet import Packet
from tests.tools.packet import samples
from tools.packet.build import build_packet
from tools.packet.manifest import verify

Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def packet() -> Packet:
    exhibits = [
        samples.record(1),
        samples.upload(2, "invoice.pdf", samples.pdf(2)),
        samples.upload(3, "a.docx", word()),
    ]
    return build_packet(samples.letter(3), samples.FACTS, exhibits, limits=FileLimits(), made_at=samples.MADE_AT)


def word() -> bytes:
    return samples.word(f"Paid with {samples.CARD}.")


def parts_of(packet: Packet) -> Parts:
    with zipfile.ZipFile(BytesIO(packet.archive)) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def written(folder: Path, parts: Mapping[str, bytes]) -> Path:
    path = folder / "packet.zip"
    with zipfile.ZipFile(path, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return path


def test_it_holds_packet_manifest_and_originals(packet: Packet) -> None:
    assert list(parts_of(packet)) == ["packet.pdf", "manifest.json", "exhibits/01.json", "exhibits/02.pdf"]


def test_the_manifest_names_hash_origin_and_pages_of_each_exhibit(packet: Packet) -> None:
    parts = parts_of(packet)
    manifest = json.loads(parts["manifest.json"])
    assert manifest["sha256"] == hashlib.sha256(packet.pdf).hexdigest()
    assert (manifest["pages"], manifest["size"]) == (packet.pages, len(packet.pdf))
    assert manifest["letter_hash"] == samples.letter(3).body_hash
    first, second, third = manifest["exhibits"]
    assert first["origin"] == "tracking records of Acme Parcel"
    assert first["captured_at"] == "2026-03-20T09:30:00+00:00"
    assert second["sha256"] == hashlib.sha256(parts["exhibits/02.pdf"]).hexdigest()
    assert (second["first_page"], second["last_page"]) == (3, 4)
    assert (third["file"], bool(third["withheld"]), third["masked"]) == ("", True, 1)


def test_the_manifest_holds_the_key_facts_in_canonical_form(packet: Packet) -> None:
    facts = json.loads(parts_of(packet)["manifest.json"])["key_facts"]
    assert facts["amount"] == "1289.90 USD"
    assert facts["transaction_date"] == "2026-02-03"
    assert facts["tracking_numbers"] == "AP123456789DE, AP123456790DE"


def test_an_untouched_packet_has_no_problem(packet: Packet, tmp_path: Path) -> None:
    path = tmp_path / "packet.zip"
    path.write_bytes(packet.archive)
    assert verify(path) == []


def with_a_changed_byte(parts: Parts) -> Parts:
    content = parts["exhibits/01.json"]
    return parts | {"exhibits/01.json": content.replace(b"Hamburg", b"Homburg")}


def with_a_changed_packet(parts: Parts) -> Parts:
    return parts | {"packet.pdf": parts["packet.pdf"] + b"\n"}


def without_an_exhibit(parts: Parts) -> Parts:
    return {name: content for name, content in parts.items() if name != "exhibits/02.pdf"}


def with_an_extra_file(parts: Parts) -> Parts:
    return parts | {"exhibits/99.txt": b"new"}


def without_a_manifest(parts: Parts) -> Parts:
    return {name: content for name, content in parts.items() if name != "manifest.json"}


def with_a_manifest_of_other_facts(parts: Parts) -> Parts:
    return parts | {"manifest.json": parts["manifest.json"].replace(b"1289.90 USD", b"12.90 USD")}


def with_a_manifest_of_another_kind(parts: Parts) -> Parts:
    return parts | {"manifest.json": b'{"format": "other"}'}


def with_another_pdf_and_its_hash(parts: Parts) -> Parts:
    other = samples.pdf(1)
    manifest = json.loads(parts["manifest.json"]) | {"sha256": hashlib.sha256(other).hexdigest()}
    return parts | {"packet.pdf": other, "manifest.json": json.dumps(manifest).encode()}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (with_a_changed_byte, "exhibits/01.json was changed"),
        (with_a_changed_packet, "packet.pdf was changed"),
        (without_an_exhibit, "exhibits/02.pdf is missing"),
        (with_an_extra_file, "exhibits/99.txt is not in the manifest"),
        (without_a_manifest, "manifest.json is missing or cannot be read"),
        (with_a_manifest_of_other_facts, "packet.pdf: Disputed amount reads '1289.90 USD', it should be '12.90 USD'"),
        (with_a_manifest_of_another_kind, "manifest.json is missing or cannot be read"),
        (with_another_pdf_and_its_hash, "packet.pdf has 1 pages, the manifest says 5"),
    ],
)
def test_every_change_is_found(packet: Packet, tmp_path: Path, change: Callable[[Parts], Parts], told: str) -> None:
    assert told in verify(written(tmp_path, change(parts_of(packet))))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_found(packet: Packet, tmp_path: Path) -> None:
    path = written(tmp_path, parts_of(packet))
    with zipfile.ZipFile(path, "a") as target:
        target.writestr("packet.pdf", b"another")
    assert "packet.pdf is there more than once" in verify(path)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_packet_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "packet.zip"
    path.write_bytes(content)
    assert verify(path)


def test_every_byte_of_the_zip_that_is_flipped_is_found(packet: Packet, tmp_path: Path) -> None:
    path = tmp_path / "packet.zip"
    small = replace(packet).archive
    for at in range(40, len(small) // 2, len(small) // 40):
        path.write_bytes(small[:at] + bytes((small[at] ^ 0xFF,)) + small[at + 1 :])
        assert verify(path), at
