import pytest

from knowledge import compelling
from knowledge.catalog import read_toml
from knowledge.lexicon import concepts
from knowledge.reason_codes import find

OWN_LISTS = {"user_agents", "accounts", "mailboxes", "wrong_code", "duplicates"}


def tables() -> dict[str, dict[str, object]]:
    found = read_toml(compelling.FILE)
    return {**{name: table for name, table in found.items() if name != "eci"}, **found["eci"]}


@pytest.mark.parametrize("name", tables())
def test_every_figure_says_how_sure_it_is_and_where_it_was_read(name: str) -> None:
    table = tables()[name]
    assert table["confidence"] in {"high", "medium", "low"}
    assert table["read"]
    assert bool(table["sources"]) != (name in OWN_LISTS)


def test_the_codes_of_the_rules_are_in_the_catalogue() -> None:
    rules = (compelling.visa_ce3(), compelling.mastercard_first_party())
    assert all(find(rule.network, code) for rule in rules for code in rule.codes)


def test_the_safe_window_lies_inside_the_outer_one() -> None:
    rule = compelling.visa_ce3()
    assert rule.outer_days.least <= rule.safe_days.least < rule.safe_days.most <= rule.outer_days.most


def test_the_telling_concepts_are_in_the_lexicon() -> None:
    telling = compelling.telling_concepts()
    assert {*telling.owns_purchase, *telling.files_dispute, *telling.denies_purchase} <= set(concepts())


def test_no_indicator_says_two_things() -> None:
    for table in compelling.eci_tables().values():
        said = [*table.full, *table.attempted, *table.none]
        assert len(said) == len(set(said))


def test_every_shared_network_can_be_read() -> None:
    assert len(compelling.shared_networks()) > 40
