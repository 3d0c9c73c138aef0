"""Whatever a customer writes is printed as it is and never run; no text breaks a packet."""

import re
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rejoinder.domain.limits import FileLimits
from rejoinder.errors import ExhibitRejected
from tests.tools.packet import samples
from tools.packet.compose import Layout, PrintedExhibit, compose
from tools.packet.exhibits import print_exhibit
from tools.packet.fonts import printable
from tools.packet.quality import BEST
from tools.packet.readback import page_texts

MARKUP = (
    '#eval("1+1") #import "x.typ": * #read("/etc/passwd") $x^2$ $ sum $ *bold* _it_ `raw` ```typ #x``` @ref <label> '
    "= Heading\n== Two\n- item\n+ item\n/ term: x\n\\ \\u{41} // comment /* comment */ [content] {code} ~ -- --- ... 'q' \"q\""
)
LETTERS = st.characters(
    codec="utf-8", categories=("L", "N", "P", "S", "Z", "M", "Cc", "Cf"), min_codepoint=0, max_codepoint=0x5FF
)


def printed_text(text: str) -> str:
    exhibit = replace(samples.policy(1), text=f"START {text}\n\nEND")
    printed = PrintedExhibit(exhibit, print_exhibit(exhibit, BEST, FileLimits()))
    pdf = compose(samples.letter(1), samples.FACTS, [printed], Layout(), samples.MADE_AT)
    pages = "".join(re.sub(r"(?s)\A.*?UTC\.|page \d+ of \d+\s*\Z", "", page) for page in page_texts(pdf)[1:])
    return solid(pages).partition("START")[2].rpartition("END")[0]


def solid(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_markup_is_printed_as_it_is() -> None:
    assert printed_text(MARKUP) == solid(MARKUP)


@pytest.mark.parametrize("field", ["title", "origin"])
def test_markup_in_a_heading_is_printed_as_it_is(field: str) -> None:
    exhibit = replace(samples.policy(1), **{field: MARKUP.replace("\n", " ")})
    printed = PrintedExhibit(exhibit, print_exhibit(exhibit, BEST, FileLimits()))
    pdf = compose(samples.letter(1), samples.FACTS, [printed], Layout(), samples.MADE_AT)
    assert solid(MARKUP) in solid(page_texts(pdf)[1])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.sampled_from("#$*_`@<>=-+/\\~[]{}()'\"&%^|;:,.!? \nabcXYZ019äéßшж中文日한"), max_size=80))
@example("#" * 50)
@example("x" * 300)
@example("\\" * 7 + "\n\n\n" + "}" * 9)
def test_any_mixture_of_signs_is_printed_as_it_is(text: str) -> None:
    assert printed_text(text) == solid(text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(LETTERS, max_size=60))
@example("a\x00b\x1bc\u202ed\u2066e\ufefff")
def test_no_text_breaks_a_packet(text: str) -> None:
    with suppress(ExhibitRejected):
        printed_text(text)


def test_control_and_direction_characters_are_dropped() -> None:
    assert printable("a\x00b\x1bc\u202ed\u2066e\ufefff\u00adg\th\r\ni", "x") == "abcdefg    h\ni"


def test_symbols_without_a_sign_are_named_and_letters_never() -> None:
    assert printable("ok \U0001f44d\U0001f3fd\ufe0f ✓", "x") == "ok [thumbs up sign] ✓"
    with pytest.raises(ExhibitRejected, match=r"x: no font here has 1 of its letters: \u0e01 \(U\+0E01\)"):
        printable("\u0e01", "x")


def test_a_link_too_long_for_a_line_stays_on_the_page() -> None:
    link = "https://track.example/" + "a1b2c3d4e5" * 30
    assert printed_text(link) == link


def test_a_card_number_cut_by_unseen_characters_is_masked() -> None:
    assert "411111******1111" in printed_text("Card 4111\u200b1111\u200b1111\u200b1111.")
