"""A draft beside what it cites: sentences with labels that lead to evidence and passages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rejoinder.domain.drafts import Draft, Problem, Sentence, blocking
from rejoinder.domain.evidence import Evidence, Passage

# What a reader looks for first; the database does not keep the order of fields.
FIELD_ORDER = (
    "order_number", "tracking_number", "reference", "status", "last_status", "total", "amount", "placed_at",
    "captured_at", "created_at", "carrier", "shipped_at", "promised_by", "delivered_at", "signed_by",
    "customer_name", "customer_email", "ship_to",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class EvidenceView:
    """Evidence under the label that sentences cite it by (`E1`, also its anchor)."""

    label: str
    item: Evidence
    cited: bool

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The fields, those first that a reader looks for first."""
        rank = {name: number for number, name in enumerate(FIELD_ORDER)}
        return sorted(self.item.fields.items(), key=lambda field: (rank.get(field[0], len(rank)), field[0]))


@dataclass(frozen=True, kw_only=True)
class PassageView:
    """A passage under its label (`P1`)."""

    label: str
    item: Passage
    cited: bool


@dataclass(frozen=True, kw_only=True)
class SentenceView:
    """A sentence with the labels of what it cites, the citations that lead nowhere, and its problems."""

    index: int
    sentence: Sentence
    labels: tuple[str, ...]
    lost: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True)
class DraftView:
    """All of a draft as the page shows it; `problems` are those of the whole."""

    paragraphs: tuple[tuple[SentenceView, ...], ...]
    evidence: tuple[EvidenceView, ...]
    passages: tuple[PassageView, ...]
    problems: tuple[Problem, ...]
    blocked: bool
    labels: Mapping[str, str]


def view_draft(
    draft: Draft | None, problems: Sequence[Problem], evidence: Iterable[Evidence], passages: Iterable[Passage]
) -> DraftView:
    """Return the draft with labels in the order in which its sentences cite; what nobody cites comes last."""
    sentences = draft.sentences if draft else ()
    cited = list(dict.fromkeys(source_id for sentence in sentences for source_id in sentence.citations))
    rank = {source_id: number for number, source_id in enumerate(cited)}
    by_use = sorted(evidence, key=lambda one: (rank.get(one.evidence_id, len(rank)), one.evidence_id))
    passages_by_use = sorted(passages, key=lambda one: (rank.get(one.passage_id, len(rank)), -one.score))
    labels = {one.evidence_id: f"E{number}" for number, one in enumerate(by_use, 1)}
    labels |= {one.passage_id: f"P{number}" for number, one in enumerate(passages_by_use, 1)}
    return DraftView(
        paragraphs=_paragraphs(draft, labels, problems),
        evidence=tuple(
            EvidenceView(label=labels[one.evidence_id], item=one, cited=one.evidence_id in rank) for one in by_use
        ),
        passages=tuple(
            PassageView(label=labels[one.passage_id], item=one, cited=one.passage_id in rank) for one in passages_by_use
        ),
        problems=tuple(one for one in problems if one.sentence is None or one.sentence >= len(sentences)),
        blocked=bool(blocking(problems)),
        labels=labels,
    )


def _paragraphs(
    draft: Draft | None, labels: dict[str, str], problems: Sequence[Problem]
) -> tuple[tuple[SentenceView, ...], ...]:
    paragraphs, index = [], 0
    for paragraph in draft.paragraphs if draft else ():
        views = []
        for sentence in paragraph:
            views.append(_sentence(index, sentence, labels, problems))
            index += 1
        paragraphs.append(tuple(views))
    return tuple(paragraphs)


def _sentence(index: int, sentence: Sentence, labels: dict[str, str], problems: Sequence[Problem]) -> SentenceView:
    return SentenceView(
        index=index,
        sentence=sentence,
        labels=tuple(labels[one] for one in sentence.citations if one in labels),
        lost=tuple(one for one in sentence.citations if one not in labels),
        problems=tuple(problem for problem in problems if problem.sentence == index),
    )
