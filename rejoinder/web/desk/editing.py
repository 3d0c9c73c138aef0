"""A draft as text to edit, and edited text as a draft again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from rejoinder.domain.drafts import Draft, Sentence
from rejoinder.errors import BadInput
from rejoinder.web.pages import visible
from tools.mail.cards import mask_cards

MAX_TEXT = 100_000
MAX_SUBJECT = 250


def text_of(draft: Draft) -> str:
    """Return the draft with one sentence a line and a blank line between paragraphs."""
    return "\n\n".join("\n".join(visible(one.text) for one in paragraph) for paragraph in draft.paragraphs)


def edited_draft(draft: Draft, subject: str, text: str) -> Draft:
    """Return the draft with these words; a sentence that was not touched keeps what it cites and promises.

    Raises:
        BadInput: nothing is left, it is too long, or somebody typed a card number; the message is for the reviewer.
    """
    if len(text) > MAX_TEXT:
        raise BadInput("The text is too long.")
    known: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in draft.sentences:
        known[visible(sentence.text)].append(sentence)
    paragraphs = tuple(
        tuple(known[line].pop(0) if known[line] else Sentence(text=line, origin="reviewer") for line in lines)
        for lines in _paragraphs(text.splitlines())
    )
    edited = replace(draft, subject=visible(subject)[:MAX_SUBJECT] or draft.subject, paragraphs=paragraphs)
    if not edited.sentences:
        raise BadInput("The text is empty. Write an answer, or reject the draft.")
    refuse_cards(edited.subject, *(one.text for one in edited.sentences if one.origin == "reviewer"))
    return edited


def refuse_cards(*texts: str) -> None:
    """Refuse text with a full card number before anything is stored.

    Raises:
        BadInput: there is one.
    """
    if any(mask_cards(text).count for text in texts):
        raise BadInput("The text holds a full card number. Leave only its last four digits.")


def _paragraphs(lines: Iterable[str]) -> Iterator[list[str]]:
    paragraph: list[str] = []
    for line in (*map(visible, lines), ""):
        if line:
            paragraph.append(line)
        elif paragraph:
            yield paragraph
            paragraph = []
