"""The lines of a letter: what in it is a heading, an item of a list, or plain text."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from rejoinder.domain.drafts import Draft


class LetterLine(NamedTuple):
    """One heading, item or paragraph, without its mark."""

    kind: Literal["heading", "item", "text"]
    text: str


_LISTS = (LetterLine("heading", "Exhibits"), LetterLine("heading", "附件"))


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


class LetterParts(NamedTuple):
    """What stands before the letter's list of exhibits, and what after it."""

    body: tuple[LetterLine, ...]
    ending: tuple[LetterLine, ...]


def without_list(letter: Draft) -> LetterParts:
    """Return a letter without its own list of exhibits, which the index stands in for; it may have none."""
    lines = tuple(letter_lines(letter))
    start = next((at for at, line in enumerate(lines) if line in _LISTS), len(lines))
    items = 0
    while start + 1 + items < len(lines) and lines[start + 1 + items].kind == "item":
        items += 1
    return LetterParts(lines[:start], lines[start + 1 + items :])


def _text(sentences: list[str]) -> Iterator[LetterLine]:
    if sentences:
        yield LetterLine("text", " ".join(sentences))


def _line(text: str) -> LetterLine:
    if text.startswith("## "):
        return LetterLine("heading", text.removeprefix("## ").strip())
    if text.startswith("- "):
        return LetterLine("item", text.removeprefix("- ").strip())
    return LetterLine("text", text)
