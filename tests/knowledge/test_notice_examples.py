"""The examples from which the reader of notices learns are whole."""

from collections import Counter

import pytest

from knowledge.notice_catalog import languages
from knowledge.notice_examples import example_languages, examples_in, notice_examples
from knowledge.reason_codes import categories
from rejoinder.domain.notices import NONE, NOTICE_TYPES

FEWEST = 150


def test_every_language_whose_notices_are_read_has_examples():
    assert example_languages() == languages()


@pytest.mark.parametrize("language", example_languages())
def test_the_examples_of_a_language_use_known_words(language: str) -> None:
    examples = examples_in(language)
    assert len(examples) >= FEWEST
    assert {example.kind for example in examples} <= {NONE, *NOTICE_TYPES}
    assert {example.category for example in examples} - {""} <= set(categories())


def test_what_is_no_notice_has_no_marks_and_no_reason():
    assert [e.subject for e in notice_examples() if e.kind == NONE and (e.marks or e.category)] == []


def test_no_mark_is_left_open_empty_or_of_an_unknown_role():
    left = [e for e in notice_examples() if "{" in e.text + e.subject or any(m.start == m.end for m in e.marks)]
    assert left == []


def test_no_example_is_told_twice():
    counted = Counter(f"{example.subject}\n{example.text}" for example in notice_examples())
    assert [text for text, times in counted.items() if times > 1] == []


def test_a_mark_stands_where_its_value_does():
    example = next(e for e in notice_examples() if any(mark.role == "respond_by" for mark in e.marks))
    mark = next(mark for mark in example.marks if mark.role == "respond_by")
    assert any(letter.isdigit() for letter in example.text[mark.start : mark.end])
