"""Exhibits of every kind: what is printed of them, what is masked, and what is refused with a word of help."""

import os
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdf
import pypdfium2
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, TextStringObject

from rejoinder.domain.limits import FileLimits
from rejoinder.domain.packet import ExhibitSource, RecordTable
from rejoinder.errors import CardNumberFound, ExhibitRejected
from tests.tools.packet import samples
from tests.tools.packet.samples import CARD, upload
from tools.packet.blocks import Grid, Heading, PdfPage, Picture, Printed, Prose, Translated
from tools.packet.compose import PrintedExhibit
from tools.packet.exhibits import print_exhibit
from tools.packet.quality import BEST, LADDER
from tools.packet.recognition import unsearched_pictures

MASKED = "411111******1111"


def printed(source: ExhibitSource, limits: FileLimits = FileLimits()) -> Printed:  # noqa: B008 - frozen
    return print_exhibit(source, BEST, limits)


def text_of(result: Printed) -> str:
    return "\n".join(str(block) for block in result.blocks)


def card_pdf(text: str = f"Paid with {CARD}") -> bytes:
    return samples.pdf(2, text)


def annotated_pdf(contents: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=BytesIO(samples.pdf(1)))
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/FreeText"),
            NameObject("/Rect"): ArrayObject([FloatObject(n) for n in (50, 50, 300, 80)]),
            NameObject("/Contents"): TextStringObject(contents),
            NameObject("/DA"): TextStringObject("/Helv 12 Tf 0 g"),
        }
    )
    writer.add_annotation(0, note)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_record_is_tables_and_its_original_is_json() -> None:
    result = printed(samples.record(1))
    assert [type(block) for block in result.blocks] == [Grid, Heading, Grid]
    assert result.original.suffix == "json"
    assert b"AP123456789DE" in result.original.content


def test_a_thread_prints_each_message_with_its_header_and_its_translation() -> None:
    blocks = printed(samples.thread(1)).blocks
    assert [type(block) for block in blocks[:4]] == [Heading, Grid, Prose, Translated]
    assert blocks[0].text == "Message 1 of 3"
    assert [row[0] for row in blocks[1].rows] == ["From", "To", "Date", "Subject"]
    assert sum(isinstance(block, Grid) for block in blocks) == 3


def test_a_translation_follows_the_text_it_translates() -> None:
    source = replace(samples.policy(1), translation=samples.thread(1).messages[0].translation)
    assert [type(block) for block in printed(source).blocks] == [Prose, Translated]


def test_an_empty_exhibit_is_refused() -> None:
    with pytest.raises(ExhibitRejected, match="nothing in it"):
        printed(replace(samples.policy(1), text=" "))


# Files


def test_every_page_of_a_pdf_is_taken() -> None:
    blocks = printed(upload(1, "invoice.pdf", samples.pdf(3))).blocks
    assert [block.page for block in blocks] == [1, 2, 3]
    assert "Invoice 4711" in blocks[0].alt


def test_a_pdf_page_that_lies_across_is_known() -> None:
    assert printed(upload(1, "list.pdf", samples.pdf(1, wide=True))).blocks[0].wide


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.jpg", samples.photo(800, 600)),
        ("photo.png", samples.photo(800, 600, "PNG")),
        ("IMG_1.HEIC", samples.photo(800, 600, "HEIF")),
        ("photo.webp", samples.photo(800, 600, "WEBP")),
    ],
)
def test_pictures_of_all_kinds_become_one_that_every_viewer_shows(name: str, content: bytes) -> None:
    (picture,) = printed(upload(1, name, content)).blocks
    assert isinstance(picture, Picture)
    with Image.open(BytesIO(picture.content)) as image:
        assert image.format in ("JPEG", "PNG")
        assert not image.getexif()


def test_a_picture_that_lies_on_its_side_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    out = BytesIO()
    Image.new("RGB", (400, 200), "white").save(out, "JPEG", exif=exif)
    (picture,) = printed(upload(1, "side.jpg", out.getvalue())).blocks
    assert picture.height > picture.width
    with Image.open(BytesIO(picture.content)) as image:
        assert image.height > image.width


def test_a_see_through_picture_stands_on_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    (picture,) = printed(upload(1, "logo.png", out.getvalue())).blocks
    with Image.open(BytesIO(picture.content)) as image:
        assert image.convert("RGB").getpixel((10, 10)) == (255, 255, 255)


def test_a_large_picture_has_no_more_dots_than_paper_shows() -> None:
    (picture,) = printed(upload(1, "big.jpg", samples.photo(6000, 4000))).blocks
    with Image.open(BytesIO(picture.content)) as image:
        assert image.width <= 6.7 * BEST.dpi + 1


def test_each_page_of_a_fax_is_taken() -> None:
    out = BytesIO()
    pages = [Image.new("L", (300, 400), shade) for shade in (0, 128, 255)]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    assert len(printed(upload(1, "fax.tiff", out.getvalue())).blocks) == 3


def test_a_word_file_keeps_the_order_of_its_parts() -> None:
    blocks = printed(upload(1, "packing.docx", samples.word())).blocks
    assert [type(block) for block in blocks] == [Heading, Prose, Grid, Picture, Prose]
    assert "• Three lamps" in blocks[1].text
    assert blocks[2].columns == ("Item", "Count", "Weight")


def test_a_saved_mail_is_printed_as_a_message() -> None:
    result = printed(upload(1, "lamps.eml", samples.EML))
    assert "they arrived today. <3" in text_of(result)
    assert result.original.content == samples.EML


def test_a_text_of_another_charset_is_read() -> None:
    result = printed(upload(1, "log.txt", "订单已送达，客户签收。谢谢您的购买。".encode("gb18030"), language="zh"))
    assert "客户签收" in text_of(result)


# What cannot be used is refused with the file's name and the next step


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("locked.pdf", samples.encrypted_pdf(), "password"),
        ("broken.pdf", b"%PDF-1.7\nnothing", "broken.*print it to a new PDF"),
        ("cut.jpg", samples.photo()[:3000], "broken.*JPEG"),
        ("broken.docx", samples.word()[:2000], "not taken"),
        ("sheet.xlsx", b"PK\x03\x04 nothing", "save it as a PDF"),
        ("program.exe", b"MZ\x00\x00", "save it as a PDF"),
        ("empty.pdf", b"", "0 bytes"),
        ("text.txt", b"ab\0\0cd", "save it as a PDF"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(name: str, content: bytes, told: str) -> None:
    with pytest.raises(ExhibitRejected, match=told) as refused:
        printed(upload(1, name, content))
    assert f"Exhibit 1, file {name!r}" in str(refused.value)


def test_a_pdf_locked_against_changes_only_is_taken() -> None:
    assert isinstance(printed(upload(1, "locked.pdf", samples.encrypted_pdf(""))).blocks[0], PdfPage)


def test_blank_pages_are_left_out_where_the_rail_wants_none_and_that_is_said() -> None:
    writer = pypdf.PdfWriter(clone_from=BytesIO(samples.pdf(2)))
    writer.insert_blank_page(index=1)
    out = BytesIO()
    writer.write(out)
    source = upload(1, "scan.pdf", out.getvalue())
    assert len(printed(source).blocks) == 3
    result = printed(source, FileLimits(no_blank_pages=True))
    assert [block.page for block in result.blocks] == [1, 3]
    assert result.steps == ("Exhibit 1, file 'scan.pdf': blank pages left out: 2",)


def test_a_filled_form_and_a_note_become_part_of_the_page() -> None:
    (page,) = printed(upload(1, "note.pdf", annotated_pdf("Left with a neighbour"))).blocks
    document = pypdfium2.PdfDocument(page.content)
    assert list(document[0].get_objects())
    assert len(pypdf.PdfReader(BytesIO(page.content)).pages[0].get("/Annots", ())) == 0
    document.close()


# Card numbers


@pytest.mark.parametrize(
    "source",
    [
        replace(samples.policy(1), text=f"Paid with {CARD}, CVV 123."),
        replace(samples.record(1), tables=(RecordTable(rows=(("Paid with", CARD),)),)),
        replace(samples.thread(1), messages=(replace(samples.thread(1).messages[1], text=f"My card: {CARD}"),)),
        upload(1, "note.txt", f"Paid with {CARD}".encode()),
        upload(1, "mail.eml", samples.EML.replace(b"arrived", CARD.encode())),
    ],
)
def test_a_card_number_in_text_is_masked_in_the_packet_and_in_the_original(source: ExhibitSource) -> None:
    result = printed(source)
    assert MASKED in text_of(result)
    assert CARD not in text_of(result)
    assert CARD.encode() not in result.original.content
    assert b"4111111111111111" not in result.original.content
    assert result.masked >= 1


def test_the_original_of_a_word_file_with_a_card_number_is_withheld() -> None:
    result = printed(upload(1, "packing.docx", samples.word(f"Paid with {CARD}.")))
    assert MASKED in text_of(result)
    assert (result.original.content, bool(result.original.withheld)) == (b"", True)


def test_a_tracking_number_that_looks_like_a_card_stays() -> None:
    tables = (
        RecordTable(rows=(("Tracking number", "4111111111111111"),)),
        RecordTable(columns=("Tracking number", "Status"), rows=(("4111111111111111", "Delivered"),)),
    )
    assert printed(replace(samples.record(1), tables=tables)).masked == 0


def test_a_card_number_in_a_pdf_names_file_and_page() -> None:
    with pytest.raises(CardNumberFound, match=r"Exhibit 1, file 'receipt\.pdf', page 1") as found:
        printed(upload(1, "receipt.pdf", card_pdf()))
    assert "4111" not in str(found.value)


def test_a_card_number_that_was_only_cropped_away_is_found() -> None:
    writer = pypdf.PdfWriter(clone_from=BytesIO(card_pdf()))
    for page in writer.pages:
        page.cropbox.upper_right = (500, 300)
    out = BytesIO()
    writer.write(out)
    with pytest.raises(CardNumberFound, match="page 1"):
        printed(upload(1, "cropped.pdf", out.getvalue()))


def test_a_card_number_in_a_note_on_a_pdf_is_found() -> None:
    with pytest.raises(CardNumberFound, match="note or form field"):
        printed(upload(1, "note.pdf", annotated_pdf(f"Card {CARD}")))


def test_a_card_number_in_the_data_about_a_picture_is_found() -> None:
    info, out = PngInfo(), BytesIO()
    info.add_text("Comment", f"Card {CARD}")
    Image.new("L", (50, 50)).save(out, "PNG", pnginfo=info)
    with pytest.raises(CardNumberFound, match="data about the picture"):
        printed(upload(1, "card.png", out.getvalue()))


def test_a_card_number_in_a_pdf_attached_to_a_mail_is_found() -> None:
    head = samples.EML.partition(b"Content-Type")[0]
    boundary = b"--b\r\nContent-Type: "
    raw = (
        head
        + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        + boundary
        + b"text/plain\r\n\r\nSee the file.\r\n"
        + boundary
        + b'application/pdf; name="receipt.pdf"\r\nContent-Transfer-Encoding: binary\r\n\r\n'
        + card_pdf()
        + b"\r\n--b--\r\n"
    )
    with pytest.raises(CardNumberFound, match=r"attached receipt\.pdf, page 1"):
        printed(upload(1, "mail.eml", raw))


@pytest.fixture
def recognizing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the text recognition, which reads what is written in a file."""
    script = tmp_path / "tesseract"
    script.write_text(f'#!/bin/sh\ncat > /dev/null\ncat "{tmp_path / "seen.txt"}"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path / "seen.txt"


def scan() -> bytes:
    out = BytesIO()
    Image.open(BytesIO(samples.photo())).save(out, "PDF")
    return out.getvalue()


@pytest.mark.parametrize(
    "source",
    [upload(1, "photo.jpg", samples.photo()), upload(1, "scan.pdf", scan()), upload(1, "w.docx", samples.word())],
)
def test_a_card_number_that_only_a_picture_shows_is_found_where_it_can_be_read(
    recognizing: Path, source: ExhibitSource
) -> None:
    exhibits = [PrintedExhibit(source, printed(source))]
    recognizing.write_text("A door")
    assert unsearched_pictures(exhibits) == ()
    recognizing.write_text(f"Receipt, card {CARD}")
    with pytest.raises(CardNumberFound, match="Exhibit 1, "):
        unsearched_pictures(exhibits)


def test_pictures_that_nothing_can_read_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    sources = (samples.record(1), upload(2, "a.jpg", samples.photo()), upload(3, "b.pdf", samples.pdf(1)))
    assert unsearched_pictures([PrintedExhibit(one, printed(one)) for one in sources]) == ("Exhibit 2",)


# Quality


def test_each_step_of_the_ladder_makes_a_photograph_smaller() -> None:
    source = upload(1, "photo.jpg", samples.noise(2400, 1800))
    sizes = [len(print_exhibit(source, quality, FileLimits()).blocks[0].content) for quality in LADDER]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == len(LADDER)


def test_pictures_inside_a_pdf_are_made_smaller_too() -> None:
    out = BytesIO()
    Image.open(BytesIO(samples.noise(2400, 1800))).save(out, "PDF", quality=95)
    source = upload(1, "scan.pdf", out.getvalue())
    sizes = [len(print_exhibit(source, quality, FileLimits()).blocks[0].content) for quality in LADDER]
    assert sizes[-1] < sizes[0] / 5
