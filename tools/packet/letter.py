"""The lines of a letter: what in it is a heading, an item of a list, or plain text."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from rejoinder.domain.drafts import Draft

EXHIBITS = "Exhibits"
"""Heading of the letter's own list of exhibits, which the index with pages stands in for."""


class LetterLine(NamedTuple):
    """One heading, item or paragraph, without its mark."""

    kind: Literal["heading", "item", "text"]
    text: str


def letter_lines(letter: Draft) -> Iterator[LetterLine]:
    """Yield the lines in reading order; sentences of one paragraph stand in one line."""
    for paragraph in letter.paragraphs:
        plain: list[str] = []
        for sentence in paragraph:
            line = _line(sentence.text)
            if line.kind != "text":
                yield from _text(plain)
                plain = []
                yield line
            else:
                plain.append(line.text)
        yield from _text(plain)


def _text(sentences: list[str]) -> Iterator[LetterLine]:
    if sentences:
        yield LetterLine("text", " ".join(sentences))


def _line(text: str) -> LetterLine:
    if text.startswith("## "):
        return LetterLine("heading", text.removeprefix("## ").strip())
    if text.startswith("- "):
        return LetterLine("item", text.removeprefix("- ").strip())
    return LetterLine("text", text)
