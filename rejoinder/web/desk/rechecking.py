"""What a reviewer wrote, held against the evidence of the case: shown before it is approved, never forbidden."""

import hashlib
from collections.abc import Iterator

from agents.checks import CheckContext, check_context
from agents.facts import Fact, facts_in, unsupported
from knowledge.commitments import grants_in
from knowledge.names import names_in
from rejoinder.domain.cases import Merchant
from rejoinder.domain.drafts import Draft
from rejoinder.domain.mail import InboundMail
from rejoinder.storage.pages import CasePage

Unbacked = tuple[str, tuple[str, ...]]
"""A sentence of the reviewer's, and all that is wrong with it in words."""


def unbacked(edited: Draft, before: Draft, shown: CasePage, merchant: Merchant) -> tuple[Unbacked, ...]:
    """Return what the reviewer's own sentences and subject state or promise that nothing of the case bears out."""
    context = check_context(merchant, _mail(shown), edited.language, shown.evidence, shown.passages)
    support = _support(context, before)
    found = [
        (sentence.text, tuple(_of_sentence(sentence.text, edited, context, support)))
        for sentence in edited.sentences
        if sentence.origin == "reviewer"
    ]
    if edited.subject != before.subject:
        found.append((edited.subject, tuple(_of_facts(edited.subject, edited.language, support))))
    return tuple((text, details) for text, details in found if details)


def digest_of(edited: Draft) -> str:
    """Return what a confirmation names: exactly these words."""
    return hashlib.sha256(f"{edited.subject}\n\n{edited.body}".encode()).hexdigest()[:16]


def _of_sentence(text: str, draft: Draft, context: CheckContext, support: list[Fact]) -> Iterator[str]:
    yield from _of_facts(text, draft.language, support)
    known = " ".join((*context.sources.values(), context.mail_text, context.merchant.name, context.merchant.signature))
    for name in names_in(text, draft.language):
        if name.casefold() not in known.casefold():
            yield f"names {name!r}, which nothing here names"
    for words in grants_in(text, draft.language) if draft.kind == "reply" else ():
        yield f"promises or grants something with {words!r}: no rule of the policy was asked"


def _of_facts(text: str, language: str, support: list[Fact]) -> Iterator[str]:
    for fact in unsupported(facts_in(text, language), support):
        yield f"states the {fact.kind} {fact.words!r}, which no evidence bears out"


def _support(context: CheckContext, before: Draft) -> list[Fact]:
    """Return the facts of every source of the case, of the mail that is answered, and of the merchant."""
    merchant = context.merchant
    own = facts_in(f"{merchant.website} {merchant.name} {merchant.signature}", "en")
    languages = dict.fromkeys(("en", before.language))
    mailed = [fact for code in languages for fact in facts_in(context.mail_text, code)]
    return [*own, *mailed, *(fact for source_id in context.sources for fact in context.support(source_id))]


def _mail(shown: CasePage) -> InboundMail | None:
    run = shown.shown_run
    answered = next((one for one in shown.messages if run and one.message_id == run.message_id), None)
    return answered.mail if answered else None
