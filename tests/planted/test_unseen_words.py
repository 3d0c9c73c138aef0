"""Admissions and cancellations in wordings of which no list holds a copy."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.admissions import admissions_in, cancellation_in

UNSEEN = tomllib.loads((Path(__file__).parent / "unseen.toml").read_text("utf-8"))
WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
NOT_HEARD = ["Ya no lo quiero, cancélelo por favor."]


def _sentences(kind: str) -> Iterator[str]:
    for spoken in UNSEEN.values():
        yield from spoken[kind]


@pytest.mark.parametrize("language", UNSEEN)
def test_what_a_merchant_admits_is_heard(language: str) -> None:
    assert [text for text in UNSEEN[language]["admits"] if not admissions_in(text)] == []


def test_what_a_customer_cancels_is_heard_but_for_a_no_that_belongs_elsewhere() -> None:
    assert [text for text in _sentences("cancels") if not cancellation_in(text)] == NOT_HEARD


@pytest.mark.parametrize("language", UNSEEN)
def test_what_harms_nobody_is_not_heard(language: str) -> None:
    harmless = [*UNSEEN[language]["neutral"], *(WORDS[language][name] for name in ("question", "answer", "thanks"))]
    assert [text for text in harmless if admissions_in(text) or cancellation_in(text)] == []


def test_what_one_side_says_is_not_heard_of_the_other() -> None:
    assert [text for text in _sentences("admits") if cancellation_in(text)] == []
