"""A whole packet: opens everywhere, is tagged, searchable, numbered, the same each time, and says what it should."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from PIL import Image

from rejoinder.domain.drafts import blocking
from rejoinder.domain.limits import FileLimits
from rejoinder.domain.packet import Packet, decisive_first
from rejoinder.errors import ExhibitRejected, PacketMisread
from tests.tools.packet import samples
from tests.tools.packet.tags import faults
from tools.packet import build
from tools.packet.build import build_packet
from tools.packet.compose import compose
from tools.packet.readback import page_texts

NO_LIMITS = FileLimits()


def made(count: int, **changes: object) -> Packet:
    given = {"letter": samples.letter(count), "key_facts": samples.FACTS, "exhibits": samples.exhibits(count)} | changes
    return build_packet(**given, limits=NO_LIMITS, made_at=samples.MADE_AT)


@pytest.fixture(scope="module")
def packets() -> Mapping[int, Packet]:
    return {count: made(count) for count in (1, 12, 60)}


@pytest.fixture(params=(1, 12, 60))
def packet(request: pytest.FixtureRequest, packets: Mapping[int, Packet]) -> Packet:
    return packets[request.param]


def test_pypdf_and_pdfium_open_it_and_agree_on_its_pages(packet: Packet) -> None:
    assert len(pypdf.PdfReader(BytesIO(packet.pdf), strict=True).pages) == packet.pages
    document = pypdfium2.PdfDocument(packet.pdf)
    assert len(document) == packet.pages
    document.close()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_poppler_opens_it_without_a_complaint(packet: Packet, tmp_path: Path) -> None:
    path = tmp_path / "packet.pdf"
    path.write_bytes(packet.pdf)
    told = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True)
    assert re.search(rf"^Pages:\s+{packet.pages}$", told.stdout, re.MULTILINE)
    assert re.search(r"^Tagged:\s+yes$", told.stdout, re.MULTILINE)
    read = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True)
    complaints = {*told.stderr.splitlines(), *read.stderr.splitlines()}
    assert complaints <= {"Syntax Error: Suspects object is wrong type (boolean)"}  # Poppler's mistake: it is a boolean
    assert "USD 1,289.90" in read.stdout


def test_its_tags_have_no_fault(packet: Packet) -> None:
    assert faults(packet.pdf) == []


def test_it_declares_the_standards_where_no_foreign_page_is_in_it(packets: Mapping[int, Packet]) -> None:
    assert b"pdfuaid:part" in packets[1].pdf
    assert b"pdfaid:part" in packets[1].pdf
    assert b"pdfuaid:part" not in packets[12].pdf


def test_every_exhibit_has_a_bookmark_with_its_page(packet: Packet) -> None:
    reader = pypdf.PdfReader(BytesIO(packet.pdf))
    marks = [(mark.title, reader.get_destination_page_number(mark) + 1) for mark in reader.outline]
    assert marks[0] == ("Response to dispute dp_1QxT7c2Fa", 1)
    assert marks[1:] == [(f"{one.label} — {one.title}", one.first_page) for one in packet.manifest.exhibits]


def test_every_page_has_its_exhibit_and_its_number(packet: Packet) -> None:
    texts = page_texts(packet.pdf)
    for number, text in enumerate(texts, start=1):
        assert f"page {number} of {packet.pages}" in text
    for exhibit in packet.manifest.exhibits:
        for number in range(exhibit.first_page, exhibit.last_page + 1):
            assert texts[number - 1].startswith(f"{exhibit.label} — {exhibit.title}")


def test_the_letter_stands_on_page_one_with_the_page_of_what_it_cites(packets: Mapping[int, Packet]) -> None:
    packet = packets[12]
    first = page_texts(packet.pdf)[0]
    third = packet.manifest.exhibits[2].first_page
    assert f"(Exhibit 3, p. {third})" in " ".join(first.split())
    assert packet.manifest.exhibits[0].first_page == 2
    assert "long_letter" not in {problem.code for problem in packet.problems}


@pytest.mark.parametrize(
    "words",
    ["我想知道订单", "直接ご連絡ください。", "주문번호", "придёт", "παραγγελία", "[thumbs up sign]", "look lovely ❤"],
)
def test_text_of_every_script_is_found(packets: Mapping[int, Packet], words: str) -> None:
    assert words in "".join(page_texts(packets[12].pdf))


def test_arabic_is_found_whatever_the_order_in_which_a_viewer_gives_its_letters(packets: Mapping[int, Packet]) -> None:
    page = packets[12].manifest.exhibits[4].first_page - 1
    text = pypdf.PdfReader(BytesIO(packets[12].pdf)).pages[page].extract_text()
    assert "الطلب" in text or "الطلب"[::-1] in text


def test_only_the_fonts_of_the_packages_are_in_it_and_all_are_embedded(packets: Mapping[int, Packet]) -> None:
    reader = pypdf.PdfReader(BytesIO(packets[12].pdf))
    names = {
        str(font.get_object()["/BaseFont"]).partition("+")[2].removesuffix("-Identity-H")
        for page in reader.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert names == {"NotoSansCJKsc-Regular", "DejaVuSans"}


def test_the_same_input_gives_the_same_bytes() -> None:
    exhibits = samples.exhibits(12)
    one, other = made(12, exhibits=exhibits), made(12, exhibits=exhibits)
    assert one.pdf == other.pdf
    assert one.archive == other.archive


def test_no_path_of_the_machine_is_in_it(packets: Mapping[int, Packet]) -> None:
    assert b"/tmp" not in packets[12].pdf
    assert b"site-packages" not in packets[12].archive


def test_a_packet_without_exhibits_is_a_letter() -> None:
    packet = made(0, letter=samples.letter(0), exhibits=())
    assert packet.pages == 1


@pytest.mark.parametrize("limits", [NO_LIMITS, FileLimits(max_pages=14)], ids=["roomy", "dense"])
def test_every_picture_and_page_is_large_enough_to_be_read(limits: FileLimits) -> None:
    exhibits = samples.exhibits(12)
    packet = build_packet(samples.letter(12), samples.FACTS, exhibits, limits=limits, made_at=samples.MADE_AT)
    document = pypdfium2.PdfDocument(packet.pdf)
    kinds = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM)
    bounds = [shown.get_bounds() for page in document for shown in page.get_objects(filter=kinds, max_depth=1)]
    document.close()
    assert len(bounds) == 7  # four pictures, three pages
    assert min(right - left for left, _, right, _ in bounds) > 300


def test_each_page_of_a_fax_gets_a_page_and_a_translation_the_next() -> None:
    frames = [Image.new("L", (1600, 2200), shade) for shade in (100, 150, 200)]
    out = BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    translation = samples.thread(1).messages[0].translation
    fax = samples.upload(1, "fax.tiff", out.getvalue(), translation=translation, text="As received by fax.")
    packet = made(1, exhibits=(fax,))
    assert packet.manifest.exhibits[0].pages == 5


def test_labels_that_stand_twice_are_refused() -> None:
    with pytest.raises(ExhibitRejected, match="Exhibit 1"):
        made(1, exhibits=(samples.record(1), samples.policy(1)))


def test_letters_of_no_font_are_named_with_their_exhibit() -> None:
    thai = replace(samples.policy(1), text="สวัสดี")
    with pytest.raises(ExhibitRejected, match=r"Exhibit 1: no font here has 5 of its letters: .*U\+0E2A"):
        made(1, exhibits=(thai,))


def test_problems_are_named_and_only_the_grave_ones_block() -> None:
    german = replace(samples.policy(2), text="Lieferung in zehn Tagen.", language="de")
    packet = made(2, letter=samples.letter(3), exhibits=(german, samples.record(1)))
    assert {(problem.code, problem.blocking) for problem in packet.problems} == {
        ("unknown_exhibit", True),
        ("order", False),
        ("untranslated", False),
    }
    assert [problem.code for problem in blocking(packet.problems)] == ["unknown_exhibit"]


def test_a_rail_that_reads_english_only_is_not_sent_what_is_untranslated() -> None:
    german = replace(samples.policy(1), text="Lieferung in zehn Tagen.", language="de")
    packet = build_packet(
        samples.letter(1), samples.FACTS, [german], limits=FileLimits(languages=("en",)), made_at=samples.MADE_AT
    )
    assert [(problem.code, problem.blocking) for problem in packet.problems] == [("untranslated", True)]


def test_decisive_exhibits_are_put_first() -> None:
    order = decisive_first([samples.policy(1), samples.thread(2), samples.record(3)])
    assert [exhibit.label for exhibit in order] == ["Exhibit 3", "Exhibit 2", "Exhibit 1"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (replace(samples.FACTS, amount=replace(samples.FACTS.amount, amount_minor=128900)), "Disputed amount reads"),
        (replace(samples.FACTS, arn=""), "ARN .* is missing"),
        (replace(samples.FACTS, delivered_on=None), "Delivered on .* is missing"),
    ],
)
def test_a_packet_that_says_something_else_is_stopped(
    monkeypatch: pytest.MonkeyPatch, wrong: object, told: str
) -> None:
    def miscompose(letter, facts, *rest):
        return compose(letter, wrong, *rest)

    monkeypatch.setattr(build, "compose", miscompose)
    with pytest.raises(PacketMisread, match=told):
        made(1)


def test_a_sentence_lost_from_the_letter_stops_the_packet(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(letter, *rest):
        return compose(replace(letter, paragraphs=letter.paragraphs[:-1]), *rest)

    monkeypatch.setattr(build, "compose", forgetful)
    with pytest.raises(PacketMisread, match="Mara Example"):
        made(1)
