"""Tests of a draft: what it states must be in what it cites, and it may promise only what policy allows."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agents.facts import Fact, facts_in, unsupported
from knowledge.commitments import commitments_in
from knowledge.names import names_in
from knowledge.prose import acts_of_the_shop, unknown_words
from rejoinder.domain.cases import Merchant
from rejoinder.domain.drafts import Draft, Problem, Sentence
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.mail import InboundMail
from tools.mail.cards import mask_cards
from tools.models.language import detect

ENOUGH_TO_TELL_LANGUAGE = 40
LONGEST_PROSE = 300
CUSTOMERS_WORDS = "mail:"
"""How the ids of evidence begin that a customer wrote: words, never proof."""

_NOT_PLAIN = re.compile(  # markup, invisible characters, and what could read as an address or a list
    r"[^\w .,;:!?'’‘“”„‚«»‹›\"()\-‐–—…¿¡，。！？、；：（）《》「」]|_|[.:,](?=[^\W\d_])|\s-\s.*\s-\s"
)
_ENDS = re.compile(r"[.!?。！？…][\"'”’»）)]?$")
_SHOUTED = re.compile(r"(?<!\w)[^\W\d_]{2,}(?!\w)")
_MAY_SHOUT = frozenset({"OK", "ID", "SMS", "PDF", "FAQ", "EU", "UK", "US", "USA", "LED", "USB"})
_SCRIPTS: Mapping[str, tuple[str, ...]] = {"zh": ("CJK UNIFIED", "LATIN")}
"""How the Unicode names of a language's letters begin, where not LATIN."""
_HAN_FIGURE = re.compile(
    r"[〇零二三四五六七八九两兩亿億]|[一十百千万]{2,}|[一百千](?=\s*[天日周月年元块欧美])|百|千(?!万)"
)
_WITH_DIGIT = re.compile(r"\S*\d\S*")
_LATIN_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, kw_only=True)
class CheckContext:
    """What a draft is held against. `allowed` are the promises that policy grants in this situation."""

    merchant: Merchant
    language: str
    sources: Mapping[str, str]
    allowed: frozenset[str] = frozenset()
    intents: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    mail_text: str = ""
    _support: dict[str, list[Fact]] = field(default_factory=dict)

    def support(self, source_id: str) -> list[Fact]:
        """Return the facts of one source, read once."""
        if source_id not in self._support:
            languages = dict.fromkeys(("en", self.language))
            self._support[source_id] = [f for code in languages for f in facts_in(self.sources[source_id], code)]
        return self._support[source_id]


def sources_of(evidence: Iterable[Evidence], passages: Iterable[Passage]) -> dict[str, str]:
    """Return the text that each evidence or passage id stands for."""
    texts = {
        item.evidence_id: "\n".join((*(f"{k}: {v}" for k, v in item.fields.items()), item.text)) for item in evidence
    }
    return texts | {passage.passage_id: f"{passage.title}\n{passage.text}" for passage in passages}


def run_checks(draft: Draft, context: CheckContext) -> list[Problem]:
    """Run every check; an empty list means that nothing was found wrong."""
    return [problem for check in CHECKS for problem in check(draft, context)]


def sentence_problems(sentence: Sentence, context: CheckContext) -> list[str]:
    """Return what is wrong with one sentence by itself, in words a model can be told."""
    lone = Draft(
        kind="reply", language=context.language, subject="", paragraphs=((sentence,),), template="", template_hash=""
    )
    return [problem.detail for check in PROSE_CHECKS for problem in check(lone, context)]


def slot_problems(sentences: Sequence[Sentence], context: CheckContext) -> list[str]:
    """Return what is wrong with the sentences of one slot, each by itself and all as they will be read together."""
    joint = "" if context.language in {"zh", "ja"} else " "
    whole = joint.join(sentence.text for sentence in sentences)
    found = [problem for sentence in sentences for problem in sentence_problems(sentence, context)]
    if len(sentences) > 1:
        found += sentence_problems(Sentence(text=whole, origin="model"), context)
    if not _ENDS.search(whole):
        found.append("does not end like a sentence")
    return list(dict.fromkeys(found))


def cites_what_exists(draft: Draft, context: CheckContext) -> Iterator[Problem]:
    """A citation must name evidence or a passage of this case."""
    for index, sentence in enumerate(draft.sentences):
        for source_id in sentence.citations:
            if source_id not in context.sources:
                yield Problem(code="unknown_citation", detail=f"cites {source_id!r}, which is not here", sentence=index)


def states_only_what_it_cites(draft: Draft, context: CheckContext) -> Iterator[Problem]:
    """Every number, date, amount, reference, time and link of a sentence is in what the sentence cites."""
    for index, sentence in enumerate(draft.sentences):
        if sentence.origin == "reviewer":
            continue
        support = [fact for cited in sentence.citations if cited in context.sources for fact in context.support(cited)]
        support += _of_merchant(context.merchant)
        text = (
            re.sub(r"\(Exhibit \d+\)|\bExhibit \d+\b", "", sentence.text) if draft.kind == "letter" else sentence.text
        )
        for fact in unsupported(facts_in(text, draft.language), support):
            code = "unsupported_link" if fact.kind == "link" else "unsupported_fact"
            detail = f"states the {fact.kind} {fact.words!r}, which is not in what it cites"
            yield Problem(code=code, detail=detail, sentence=index)
    for fact in unsupported(facts_in(draft.subject, draft.language), _everything(context)):
        yield Problem(code="unsupported_fact", detail=f"the subject states {fact.words!r}, which no evidence bears out")


def _of_merchant(merchant: Merchant) -> tuple[Fact, ...]:
    return facts_in(f"{merchant.website} {merchant.name} {merchant.signature}", "en")


def _everything(context: CheckContext) -> list[Fact]:
    return [
        *(fact for source_id in context.sources for fact in context.support(source_id)),
        *facts_in(context.mail_text, context.language),
    ]


def names_only_known(draft: Draft, context: CheckContext) -> Iterator[Problem]:
    """A name of a person, firm or place in prose that no template fixed is in the evidence or the customer's mail."""
    known = " ".join((*context.sources.values(), context.mail_text, context.merchant.name, context.merchant.signature))
    folded = known.casefold()
    for index, sentence in enumerate(draft.sentences):
        if sentence.origin != "model":
            continue
        for name in names_in(sentence.text, draft.language):
            if name.casefold() not in folded:
                yield Problem(code="unknown_name", detail=f"names {name!r}, which nothing here names", sentence=index)


def prose_is_plain(draft: Draft, context: CheckContext) -> Iterator[Problem]:
    """Prose of a model is short: letters of its language and usual punctuation, no markup, nothing hidden."""
    for index, sentence in enumerate(draft.sentences):
        if sentence.origin == "model":
            for detail in _not_plain(unicodedata.normalize("NFC", sentence.text), draft.language):
                yield Problem(code="prose_not_plain", detail=detail, sentence=index)


def _not_plain(text: str, language: str) -> Iterator[str]:
    if len(text) > LONGEST_PROSE:
        yield f"has {len(text)} characters, more than {LONGEST_PROSE}"
    if match := _NOT_PLAIN.search(text):
        yield f"holds {match[0]!a}: prose is plain words and sentences"
    scripts = _SCRIPTS.get(language, ("LATIN",))
    for letter in dict.fromkeys(text):
        if letter.isalnum() and not letter.isascii() and not unicodedata.name(letter, "").startswith(scripts):
            yield f"holds {letter!a}, which is no letter of {language!r}"
    for word in _SHOUTED.findall(text):
        if word.isupper() and word not in _MAY_SHOUT and language not in {"zh", "ja"}:
            yield f"shouts {word!r}"


def prose_states_nothing(draft: Draft, context: CheckContext) -> Iterator[Problem]:
    """Prose of a model repeats at most a reference from a record it cites; a customer's own mail proves nothing."""
    for index, sentence in enumerate(draft.sentences):
        if sentence.origin != "model":
            continue
        records = [cited for cited in sentence.citations if cited in context.sources]
        support = [f for cited in records if not cited.startswith(CUSTOMERS_WORDS) for f in context.support(cited)]
        languages = dict.fromkeys((draft.language, "en"))
        stated = [fact for code in languages for fact in facts_in(sentence.text, code)]
        repeated = {fact for fact in stated if fact.kind == "reference"} - set(unsupported(stated, support))
        figures = _HAN_FIGURE.findall(sentence.text) if draft.language == "zh" else []
        for words in dict.fromkeys((*(fact.words for fact in stated if fact not in repeated), *figures)):
            detail = f"states {words!r}: prose states no fact"
            yield Problem(code="fact_in_prose", detail=detail, sentence=index)


def prose_uses_known_words(draft: Draft, context: CheckContext) -> Iterator[Problem]:
    """Prose of a model uses the words that customers and shops use, and those of the mail it answers."""
    spoken = f"{context.mail_text} {context.merchant.name}"
    for index, sentence in enumerate(draft.sentences):
        if sentence.origin != "model":
            continue
        unknown = unknown_words(_WITH_DIGIT.sub(" ", sentence.text), draft.language, spoken)
        if draft.language in {"zh", "ja"}:
            unknown = [word for word in _LATIN_WORD.findall(sentence.text) if word.casefold() not in spoken.casefold()]
        if unknown:
            detail = f"uses words that plain prose does not need: {', '.join(unknown[:5])}"
            yield Problem(code="unknown_words", detail=detail, sentence=index)


def promises_only_allowed(draft: Draft, context: CheckContext) -> Iterator[Problem]:
    """A sentence commits the merchant only to what policy grants; model prose commits to nothing."""
    for index, sentence in enumerate(draft.sentences):
        for promise in sentence.promises:
            if promise not in context.allowed:
                yield Problem(
                    code="promise_without_policy", detail=f"promises {promise!r}, which no rule allows", sentence=index
                )
        if sentence.origin == "model":
            for words in commitments_in(sentence.text, draft.language):
                detail = f"speaks of {words!r}: prose may not promise, grant or report an act"
                yield Problem(code="commitment_in_prose", detail=detail, sentence=index)
            for words in acts_of_the_shop(sentence.text, draft.language):
                detail = f"says {words!r}: of the shop prose says only that it understands, is sorry or thanks"
                yield Problem(code="commitment_in_prose", detail=detail, sentence=index)


def speaks_the_customers_language(draft: Draft, context: CheckContext) -> Iterator[Problem]:
    """The reply is in the language the customer wrote in."""
    if draft.kind == "letter":
        return
    if context.language not in {"und", draft.language}:
        detail = f"the customer wrote in {context.language!r}, the draft is in {draft.language!r}"
        yield Problem(code="other_language", detail=detail)
    body = " ".join(sentence.text for sentence in draft.sentences if sentence.origin == "model")
    if len(body) >= ENOUGH_TO_TELL_LANGUAGE and (seen := detect(body)) != draft.language:
        yield Problem(code="other_language", detail=f"the prose reads as {seen!r}, not {draft.language!r}")


def holds_no_card(draft: Draft, context: CheckContext) -> Iterator[Problem]:
    """No full card number leaves, whoever wrote it."""
    if mask_cards(f"{draft.subject}\n{draft.body}").count:
        yield Problem(code="card_number", detail="holds a full card number")


def says_something(draft: Draft, context: CheckContext) -> Iterator[Problem]:
    """A draft has a subject and a body."""
    if not draft.subject.strip() or not draft.body.strip():
        yield Problem(code="empty", detail="the subject or the body is empty")


def answers_each_wish(draft: Draft, context: CheckContext) -> Iterator[Problem]:
    """What the mail asks beside its first wish is pointed out, so that nothing is overlooked."""
    for intent in context.intents:
        if intent not in context.answered:
            detail = f"the mail also asks about {intent!r}, which the draft does not answer"
            yield Problem(code="unanswered_intent", detail=detail, blocking=False)


Check = Callable[[Draft, CheckContext], Iterator[Problem]]

PROSE_CHECKS: Sequence[Check] = (
    prose_is_plain,
    cites_what_exists,
    states_only_what_it_cites,
    prose_states_nothing,
    names_only_known,
    prose_uses_known_words,
    promises_only_allowed,
    holds_no_card,
)

CHECKS: Sequence[Check] = (
    says_something,
    cites_what_exists,
    states_only_what_it_cites,
    prose_is_plain,
    prose_states_nothing,
    names_only_known,
    prose_uses_known_words,
    promises_only_allowed,
    speaks_the_customers_language,
    holds_no_card,
    answers_each_wish,
)


def check_context(
    merchant: Merchant,
    mail: InboundMail | None,
    language: str,
    evidence: Sequence[Evidence],
    passages: Sequence[Passage],
) -> CheckContext:
    """Return the context of a case's evidence, before promises and intents are known."""
    text = f"{mail.subject}\n{mail.new_text}" if mail else ""
    return CheckContext(merchant=merchant, language=language, sources=sources_of(evidence, passages), mail_text=text)
