"""From a template to a draft, and better prose for its slots where a model is configured and behaves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from agents.checks import LONGEST_PROSE, CheckContext, slot_problems
from agents.deps import Writer
from prompts.render import Rendered
from rejoinder.domain.drafts import Draft, DraftKind, ProposedAction, Sentence
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.mail import InboundMail
from rejoinder.errors import ModelError, ProviderUnavailable

TRIES = 2
LONGEST_COMPLAINT = 2000


def draft_of(rendered: Rendered, kind: DraftKind, language: str, actions: Sequence[ProposedAction] = ()) -> Draft:
    """Return rendered text as a draft."""
    return Draft(
        kind=kind,
        language=language,
        subject=rendered.subject,
        paragraphs=rendered.paragraphs,
        template=rendered.template,
        template_hash=rendered.template_hash,
        proposed_actions=tuple(actions),
    )


def with_model_prose(
    draft: Draft,
    writer: Writer,
    mail: InboundMail,
    context: CheckContext,
    sources: tuple[Sequence[Evidence], Sequence[Passage]],
) -> Draft:
    """Replace slots by the model's sentences where every one of them passes the checks.

    What fails is written again once with the complaint; then the template's sentence stays.
    """
    better = draft
    complaint = ""
    for _ in range(TRIES):
        try:
            offered = writer.write(draft, mail, *sources, complaint)
        except (ModelError, ProviderUnavailable):
            return better
        passed, complaint = _sort_out(offered, draft, context)
        better = _fill(better, passed)
        if not complaint:
            break
    return better


def _sort_out(
    offered: Mapping[str, Sequence[Sentence]], draft: Draft, context: CheckContext
) -> tuple[dict[str, tuple[Sentence, ...]], str]:
    slots = {sentence.slot for sentence in draft.sentences if sentence.slot}
    passed: dict[str, tuple[Sentence, ...]] = {}
    complaints = []
    for slot, sentences in offered.items():
        marked = tuple(replace(s, origin="model", slot=slot, promises=()) for s in sentences if s.text.strip())
        problems = _problems(marked, context) if slot in slots else [f"there is no such slot as {slot[:20]!r}"]
        if problems:
            complaints += [f"{slot[:20]}: {problem}" for problem in problems]
        elif marked:
            passed[slot] = marked
    return passed, "\n".join(complaints)[:LONGEST_COMPLAINT]


def _problems(sentences: tuple[Sentence, ...], context: CheckContext) -> list[str]:
    length = sum(len(sentence.text) for sentence in sentences)
    if length > LONGEST_PROSE:
        return [f"has {length} characters, more than {LONGEST_PROSE}"]
    return slot_problems(sentences, context) if sentences else []


def _fill(draft: Draft, passed: Mapping[str, tuple[Sentence, ...]]) -> Draft:
    if not passed:
        return draft
    paragraphs = []
    written: set[str] = set()
    for paragraph in draft.paragraphs:
        sentences: list[Sentence] = []
        for sentence in paragraph:
            if sentence.slot not in passed:
                sentences.append(sentence)
            elif sentence.slot not in written:
                written.add(sentence.slot)
                sentences += passed[sentence.slot]
        if sentences:
            paragraphs.append(tuple(sentences))
    return replace(draft, paragraphs=tuple(paragraphs))
