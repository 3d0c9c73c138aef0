import pytest

from rejoinder.domain.limits import PLAIN_NAME, FileLimits, strictest

RAIL = FileLimits(types=("pdf", "jpg", "png"), max_bytes_by_type={"pdf": 2_000_000, "jpg": 10_000_000})
NETWORK = FileLimits(types=("pdf", "tiff"), max_pages=19, max_bytes_total=18_000_000, languages=("en",))


def test_the_stricter_of_two_limits_holds():
    both = RAIL.within(NETWORK)
    assert both.types == ("pdf",)
    assert (both.max_pages, both.max_bytes_total, both.languages) == (19, 18_000_000, ("en",))


def test_a_file_is_bound_by_its_type_and_by_the_total():
    assert RAIL.bytes_for("pdf") == 2_000_000
    assert RAIL.bytes_for("png") is None
    assert strictest(RAIL, FileLimits(max_bytes_total=500)).bytes_for("pdf") == 500


def test_no_limits_limit_nothing():
    assert strictest() == FileLimits()
    assert FileLimits().takes_name("any name at all.pdf")


def test_the_order_of_limits_does_not_matter_to_sizes():
    assert strictest(RAIL, NETWORK).max_bytes_by_type == strictest(NETWORK, RAIL).max_bytes_by_type


def test_names_are_short_and_plain_where_the_rail_says_so():
    limits = FileLimits(name_rule=PLAIN_NAME, max_name_chars=16)
    assert limits.takes_name("01_LETTER.pdf")
    assert not limits.takes_name("01 LETTER.pdf")
    assert not limits.takes_name("a_name_of_many_letters.pdf")
    assert not limits.takes_name("01_信.pdf")


def test_names_keep_both_rules():
    both = FileLimits(name_rule="[a-z0-9]+.pdf").within(FileLimits(name_rule="0.*"))
    assert both.takes_name("01letter.pdf")
    assert not both.takes_name("letter.pdf")
    assert not both.takes_name("01 letter.pdf")


def test_limits_without_a_common_type_are_refused():
    with pytest.raises(ValueError, match="tiff"):
        FileLimits(types=("pdf",)).within(FileLimits(types=("tiff",)))
