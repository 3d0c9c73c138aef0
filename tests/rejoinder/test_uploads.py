"""Files that people give: kept as evidence, or refused in words before anything is stored."""

from datetime import UTC, datetime

import pytest

from rejoinder.errors import BadInput, CardNumberFound, ExhibitRejected
from rejoinder.storage.files import FileStore
from rejoinder.uploads import MAX_BYTES, take_file
from tests.tools.packet.samples import CARD, encrypted_pdf, pdf, photo, word

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def given(files: FileStore, content: bytes, name: str, kind: str = "delivery_photo", media_type: str = ""):
    return take_file(files, content, name, media_type, kind=kind, source="upload:mia", at=NOW)


def stored(files: FileStore) -> int:
    return sum(1 for path in files.root.rglob("*") if path.is_file()) if files.root.exists() else 0


def test_a_file_is_kept_with_its_bytes_name_and_readable_text(files):
    content = pdf(1, "Proof of delivery LO-10401")
    evidence = given(files, content, "C:\\scans\\proof.pdf", "delivery_confirmation", "application/pdf")
    assert evidence.evidence_id == f"upload:{evidence.file_hash[:12]}"
    assert files.get(evidence.file_hash) == content
    assert evidence.fields["file_name"] == "proof.pdf"
    assert "Proof of delivery LO-10401" in evidence.text
    assert (evidence.kind, evidence.source) == ("delivery_confirmation", "upload:mia")


@pytest.mark.parametrize(
    ("content", "name"),
    [(photo(), "door.jpg"), (photo(400, 300, "HEIF"), "door.heic"), (word(), "packing.docx"), (b"Left it.", "log.txt")],
)
def test_every_type_that_a_packet_prints_is_taken(files, content, name):
    assert given(files, content, name).fields["file_name"] == name


def test_a_card_number_in_a_text_is_masked_before_it_is_stored(files):
    evidence = given(files, f"Paid with {CARD} by phone".encode(), "note.txt", media_type="text/plain")
    assert CARD not in evidence.text
    assert CARD.encode() not in files.get(evidence.file_hash)


@pytest.mark.parametrize(
    ("content", "name"), [(pdf(1, f"Card {CARD}"), "slip.pdf"), (word(f"Card {CARD}"), "slip.docx")]
)
def test_a_card_number_that_cannot_be_masked_refuses_the_file(files, content, name):
    with pytest.raises(CardNumberFound, match="slip"):
        given(files, content, name)
    assert stored(files) == 0


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"MZ\x90\x00 a program", "photo.jpg.exe", "is not taken"),
        (b"<html><script>alert(1)</script></html>", "proof.html", "is not taken"),
        (b"", "empty.pdf", "0 bytes"),
        (encrypted_pdf(), "locked.pdf", "locked.pdf"),
    ],
)
def test_a_file_that_no_packet_prints_is_refused_by_its_name(files, content, name, words):
    with pytest.raises(ExhibitRejected, match=words):
        given(files, content, name)
    assert stored(files) == 0


def test_what_a_file_is_called_does_not_make_it_one(files):
    with pytest.raises(ExhibitRejected):
        given(files, b"MZ\x90\x00 a program", "proof.pdf", media_type="application/pdf")


def test_a_file_too_big_or_of_no_kind_is_refused(files):
    with pytest.raises(BadInput, match="bytes"):
        given(files, b"x" * (MAX_BYTES + 1), "big.txt")
    with pytest.raises(BadInput, match="Choose"):
        given(files, b"x", "a.txt", kind="holiday_photo")
