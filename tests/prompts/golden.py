"""Texts a person has read and found good. `UPDATE_GOLDEN=1 pytest tests/prompts` writes them anew: read the diff."""

import os
from pathlib import Path

from prompts.render import Rendered
from rejoinder.domain.drafts import Sentence

GOLDEN = Path(__file__).parents[1] / "data" / "golden"


def shown(rendered: Rendered, language: str) -> str:
    """Return a text as sent, then what each marked sentence cites."""
    joint = "" if language == "zh" else " "
    body = "\n\n".join(joint.join(s.text for s in paragraph) for paragraph in rendered.paragraphs)
    sentences = [s for paragraph in rendered.paragraphs for s in paragraph]
    marks = [f"    {_mark(s)} < {s.text[:60]}" for s in sentences if _mark(s)]
    return "\n".join([f"Subject: {rendered.subject}", "", body, "", *marks, ""])


def _mark(sentence: Sentence) -> str:
    slot = [f"@{sentence.slot}"] if sentence.slot else []
    return " ".join([*slot, *sentence.citations, *(f"+{promise}" for promise in sentence.promises)])


def assert_golden(text: str, name: str) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
