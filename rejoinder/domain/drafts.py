"""Proposed outgoing text, sentence by sentence, each with what it cites."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Origin = Literal["template", "model", "reviewer"]
DraftKind = Literal["reply", "letter"]


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence. `citations` are evidence or passage ids; `promises` name what it commits the merchant to."""

    text: str
    citations: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
    origin: Origin = "template"
    slot: str = ""


@dataclass(frozen=True, kw_only=True)
class ProposedAction:
    """An act in the merchant's own system that a person must confirm; Rejoinder never carries it out."""

    kind: str
    reason: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What would be sent. Never changed: an edit is a new draft. `paragraphs` hold sentences in order."""

    kind: DraftKind
    language: str
    subject: str
    paragraphs: tuple[tuple[Sentence, ...], ...]
    template: str
    template_hash: str
    proposed_actions: tuple[ProposedAction, ...] = ()

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences in reading order."""
        return tuple(sentence for paragraph in self.paragraphs for sentence in paragraph)

    @property
    def body(self) -> str:
        """The text as it will be sent: a blank line between paragraphs, no markers."""
        joint = "" if self.language.split("-")[0] in {"zh", "ja"} else " "
        return "\n\n".join(joint.join(s.text for s in paragraph) for paragraph in self.paragraphs)

    @property
    def body_hash(self) -> str:
        """sha256 of subject and body; approval is for exactly this."""
        return hashlib.sha256(f"{self.subject}\n\n{self.body}".encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What a check found wrong with a draft. `sentence` is an index into `Draft.sentences`, or None for the whole."""

    code: str
    detail: str
    sentence: int | None = None
    blocking: bool = True


def blocking(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return those that keep a draft, or the file made of it, from leaving without a person's word."""
    return tuple(problem for problem in problems if problem.blocking)
