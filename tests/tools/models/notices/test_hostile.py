"""Texts made to be slow are read in time that grows with their length."""

import time

import pytest

from tests.tools.models.notices.mails import read

LENGTH = 60_000
SECONDS = 20.0


@pytest.mark.parametrize(
    "piece",
    [" ", "\t", "\n", "=", "|", ",", ":", "- ", "1 ", "十", "12.12.2026 ", "USD 45.00 ", "case number: ", "dispute "],
    ids=repr,
)
def test_a_long_text_of_one_piece_is_read_in_time(piece: str) -> None:
    read("warm@harbor-acquiring.example", "x", "y")
    start = time.monotonic()
    read("disputes@harbor-acquiring.example", "Chargeback", piece * (LENGTH // len(piece)) + "Case number: CB-1")
    assert time.monotonic() - start < SECONDS
