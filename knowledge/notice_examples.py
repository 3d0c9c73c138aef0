"""Mails as people read them: the examples from which is guessed what no rule knows.

A file a language in `notices/examples/`; in a text `{role|value}` marks what a value means.
"""

import re

from knowledge.catalog import FOLDER, hash_of, read_toml
from rejoinder.domain.notices import Mark, NoticeExample

ROLES = (
    "amount", "respond_by", "transaction_date", "dispute_reference", "order_reference", "payment_reference", "arn",
    "card_last4", "buyer_name",
)  # fmt: skip
_MARK = re.compile(rf"\{{({'|'.join(ROLES)})\|([^{{}}|]*)\}}")


def notice_examples() -> list[NoticeExample]:
    """Return the examples of all languages."""
    return [example for language in example_languages() for example in examples_in(language)]


def examples_hash() -> str:
    """Return a hash of all that guesses about notices are learned from; what was learned from other files is stale."""
    return hash_of(
        [*sorted((FOLDER / "notices").rglob("*.toml")), *sorted((FOLDER / "intents/examples").glob("*.toml"))]
    )


def example_languages() -> tuple[str, ...]:
    """Return the languages that have examples."""
    return tuple(sorted(path.stem for path in (FOLDER / "notices/examples").glob("*.toml")))


def examples_in(language: str) -> list[NoticeExample]:
    """Return the examples of one language; their first line is the subject."""
    return [
        _example(language, table["kind"], table.get("category", ""), table["text"])
        for table in read_toml(f"notices/examples/{language}.toml")["example"]
    ]


def _example(language: str, kind: str, category: str, marked: str) -> NoticeExample:
    subject, _, body = marked.strip().partition("\n")
    text, marks = _unmarked(body.strip())
    return NoticeExample(language, kind, category, _unmarked(subject)[0], text, tuple(marks))


def _unmarked(marked: str) -> tuple[str, list[Mark]]:
    """Return a text without its marks, and where the values stand in it."""
    text, marks, at = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[at : match.start()]
        marks.append(Mark(match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        at = match.end()
    return text + marked[at:], marks
