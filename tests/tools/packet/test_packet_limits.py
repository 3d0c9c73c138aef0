"""The limits of a rail: kept in steps that are told, or refused with the file and the limit."""

from io import BytesIO

import pytest
from PIL import Image

from rejoinder.domain.limits import PLAIN_NAME, FileLimits
from rejoinder.domain.packet import ExhibitSource, Packet
from rejoinder.errors import PacketTooLarge
from tests.tools.packet import samples
from tools.packet.build import build_packet
from tools.packet.exhibits import print_exhibit
from tools.packet.quality import LADDER, ladder_for


def made(exhibits: list[ExhibitSource], limits: FileLimits) -> Packet:
    return build_packet(samples.letter(len(exhibits)), samples.FACTS, exhibits, limits=limits, made_at=samples.MADE_AT)


def photographs(count: int) -> list[ExhibitSource]:
    return [samples.upload(n, f"{n}.jpg", samples.noise(1800, 1300, n)) for n in range(1, count + 1)]


def test_without_limits_nothing_is_changed() -> None:
    assert made(photographs(1), FileLimits()).steps == ()


def test_pictures_get_smaller_until_the_packet_fits_and_that_is_told() -> None:
    whole = len(made(photographs(2), FileLimits()).pdf)
    packet = made(photographs(2), FileLimits(max_bytes_total=whole // 3))
    assert len(packet.pdf) <= whole // 3
    assert packet.steps[0].startswith(f"to keep {whole // 3:,} bytes: pictures at 1")


def test_a_packet_that_stays_too_heavy_names_limit_and_file() -> None:
    with pytest.raises(
        PacketTooLarge, match=r"100,000 are allowed; heaviest: Exhibit 2 \(2\.jpg\) [\d,]+ bytes, Exhib"
    ):
        made(photographs(2), FileLimits(max_bytes_by_type={"pdf": 100_000}))


def test_short_exhibits_share_pages_where_pages_are_few() -> None:
    exhibits = list(samples.exhibits(12))
    packet = made(exhibits, FileLimits(max_pages=14))
    assert packet.pages <= 14
    assert packet.steps[0] == "to keep 14 pages: type of 10.5 pt, exhibits share pages"
    shared = [(one.first_page, one.last_page) for one in packet.manifest.exhibits]
    assert shared == sorted(shared)


def test_a_packet_that_stays_too_long_names_limit_and_exhibit() -> None:
    exhibits = [samples.record(1), samples.upload(2, "long.pdf", samples.pdf(20))]
    with pytest.raises(PacketTooLarge, match=r"22 pages at its shortest, 19 are allowed; longest: Exhibit 2 \(20\)"):
        made(exhibits, FileLimits(max_pages=19))


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (FileLimits(types=("jpg", "png")), "no PDF, only jpg, png"),
        (FileLimits(max_files=0), "takes no file"),
        (FileLimits(name_rule=r"[A-Z]{8}\.PDF"), "no file named 'packet.pdf'"),
    ],
)
def test_a_form_the_rail_does_not_take_is_refused_at_once(limits: FileLimits, told: str) -> None:
    with pytest.raises(PacketTooLarge, match=told):
        made([samples.record(1)], limits)


def test_the_name_suits_the_narrowest_rail() -> None:
    made([samples.record(1)], FileLimits(name_rule=PLAIN_NAME, max_name_chars=16, types=("pdf",), max_files=1))


def test_a_black_and_white_rail_gets_no_colour() -> None:
    source = samples.upload(1, "photo.jpg", samples.photo())
    quality = ladder_for(FileLimits(black_and_white=True))[0]
    (picture,) = print_exhibit(source, quality, FileLimits()).blocks
    with Image.open(BytesIO(picture.content)) as image:
        assert image.mode == "L"


def test_the_ladder_stays_under_the_finest_that_the_rail_takes() -> None:
    assert ladder_for(FileLimits()) == LADDER
    assert {step.dpi for step in ladder_for(FileLimits(max_dpi=100))} == {100}
