"""Two hundred disputes with one planted fault each, and clean ones beside them, through the whole program.

The page `docs/explanation/planted-faults.md` says what becomes of each kind and lists what is not caught: it is held
against what happens here, in both directions.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.fixtures_program import Shop
from tests.planted.faults import Planted
from tests.planted.files import CARD
from tests.planted.kinds import CLEAN, FAULTY, KINDS, clean_cases, faulty_cases
from tests.planted.play import Seen, play

PAGE = Path(__file__).parents[2] / "docs/explanation/planted-faults.md"
Outcomes = Sequence[tuple[Planted, str]]
IN_PACKET = {"another customer", "card number"}
"""Kinds whose finished file is made and read as well."""


@pytest.mark.timeout(900)  # a minute by itself, several beside others
def test_each_planted_fault_is_caught_or_routed_or_on_the_list(planted_shop: Shop) -> None:
    became = [(one, outcome(one, play(planted_shop, one.case, with_packet=one.kind in IN_PACKET))) for one in FAULTS]
    page = PAGE.read_text("utf-8")
    assert missed(became) == listed(page)
    assert counted(became) == printed(page)
    assert list(places_of_cards(planted_shop)) == []


def test_nothing_harmful_is_found_where_nothing_is_wrong(planted_shop: Shop) -> None:
    alarms = {}
    for case in clean_cases():
        seen = play(planted_shop, case, with_packet=False)
        blocking = {problem.code for problem in seen.page.problems if problem.blocking}
        if found := seen.harmful | blocking | ({"set_aside"} if seen.page.set_aside else set()):
            alarms[case.number] = sorted(found)
    assert alarms == {}


def test_the_cases_are_two_hundred_and_always_the_same() -> None:
    assert (len(FAULTS), len(list(clean_cases()))) == (FAULTY, CLEAN)
    again = [(one.fault.name, one.case.order, one.case.notice, one.case.letters) for one in faulty_cases()]
    assert again == [(one.fault.name, one.case.order, one.case.notice, one.case.letters) for one in FAULTS]
    assert {one.case.place.language for one in FAULTS} == {"en", "de", "fr", "es", "pt", "it", "ru", "zh", "ja", "ko", "ar", "tr"}  # fmt: skip
    assert {one.case.notice.way for one in FAULTS} == {"webhook", "adyen", "paypal", "shopify", "pingpong"}
    assert len({(one.case.notice.network, one.case.category) for one in FAULTS}) > 20


def outcome(one: Planted, seen: Seen) -> str:
    """Tell what became of a fault: caught by its name, routed to a person because of it, or missed."""
    wanted = one.fault
    unmade = seen.packet is not None and not seen.packet.pdf_hash
    if unmade or any(words in seen.shown for words in wanted.kept_out):
        return "missed"
    if wanted.caught & seen.codes or not wanted.caught | wanted.routed:
        return "caught"
    return "routed" if wanted.routed & seen.reasons else "missed"


def missed(became: Outcomes) -> set[tuple[str, str]]:
    return {(one.kind, one.fault.name) for one, what in became if what == "missed"}


def listed(page: str) -> set[tuple[str, str]]:
    """Return the faults that the page lists as not caught."""
    return {(row[0], row[1]) for row in _rows(page, "## What is not caught") if row[0] in KINDS}


def counted(became: Outcomes) -> dict[str, tuple[int, ...]]:
    counts = Counter((one.kind, what) for one, what in became)
    return {kind: tuple(counts[kind, what] for what in ("caught", "routed", "missed")) for kind in KINDS}


def printed(page: str) -> dict[str, tuple[int, ...]]:
    """Return the figures of the page, by kind: caught, routed, missed."""
    return {row[0]: tuple(map(int, row[2:5])) for row in _rows(page, "## What becomes of them") if row[0] in KINDS}


def places_of_cards(shop: Shop) -> Iterator[str]:
    """Yield every table and file of the program in which the whole number of the planted card stands."""
    numbers = (CARD, CARD.replace(" ", ""), CARD.replace(" ", "-"))
    with shop.program.store.begin() as connection:
        tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        for name in connection.execute(text(tables)).scalars().all():
            dump = repr(connection.execute(text(f'SELECT t::text FROM "{name}" t')).all())
            if any(number in dump for number in numbers):
                yield name
    for path in shop.program.settings.files_dir.rglob("*"):
        if path.is_file() and any(number.encode() in path.read_bytes() for number in numbers):
            yield path.name


def _rows(page: str, heading: str) -> Iterator[list[str]]:
    """Yield the cells of each row of the table below a heading."""
    section = page.partition(f"{heading}\n")[2].partition("\n## ")[0]
    for line in re.findall(r"(?m)^\|(.+)\|$", section):
        yield [cell.strip() for cell in line.split("|")]


FAULTS = faulty_cases()
