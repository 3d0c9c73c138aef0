"""What the rules conclude about a dispute, as the case page explains it: prose, and findings with what was compared."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Literal

from agents.dispute.clocks import Clocks
from agents.dispute.explanation import explanation_context, write_explanation
from prompts.exhibits import exhibit_title
from prompts.findings import explain
from rejoinder.domain.cases import Dispute, Merchant
from rejoinder.domain.judgement import Compared, Finding, Judgement
from rejoinder.domain.orders import Order
from rejoinder.errors import TemplateError
from rejoinder.web.told import told
from rejoinder.web.words import Words

CITED = {"finding": "finding", "dispute": "dispute:record", "order": "order"}
HEADING, ITEM = "## ", "- "
WORTH_PLACE = 2
"""Where the explanation says whether to contest: behind the meaning and the time."""
ADVICE = {
    "fight": "Contest it",
    "accept": "Accept it",
    "refund_first": "Refund first",
    "ask_more": "Get one more item first",
    "human": "A person decides",
}
OWN = ("clock_merchant", "clock_calendar_unknown")
NETWORK = ("clock_network_counted", "clock_network_unknown")
TERM = "term"
NUMBERED = frozenset({"order", "payment", "shipment", "refund"})
"""Records whose number a person knows them by."""
UNRECORDED = "not_recorded_at_sale"
DRAFT = "The draft "
ADVISED = "advice_"
"""The finding that stands above all others on the page, and need not stand there twice."""

MISSING = "Evidence is missing: {}."


@dataclass(frozen=True, kw_only=True)
class Side:
    """One record of a comparison: what it is, its number, under which label the page shows it, and its fields."""

    record: str
    number: str
    label: str
    values: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class FindingView:
    """A finding in words; `sides` are the records that were compared; `item` is what it speaks of without a name."""

    finding: Finding
    text: str
    item: str = ""
    sides: tuple[Side, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that were looked at, in the order of the finding."""
        return tuple(dict.fromkeys(name for side in self.sides for name in side.values))

    @property
    def beside(self) -> bool:
        """Tell whether the records hold a field in common, so that they can be read side by side."""
        return sum(len(side.values) for side in self.sides) > len(self.fields)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A stretch of a section: sentences that belong together, or a list of findings."""

    sentences: tuple[str, ...] = ()
    findings: tuple[FindingView, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the explanation under its heading: whether to contest, what speaks against the merchant, or else."""

    title: str
    blocks: tuple[Block, ...]
    about: Literal["worth", "harmful", ""] = ""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One of the three clocks: whose it is, until when, and why in words. `rules`: after it no answer counts."""

    name: str
    by: datetime | None
    rules: bool
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, kw_only=True)
class JudgementView:
    """All that the top of a dispute's page says; `against` stands there even where nothing was found."""

    title: str
    advice: str
    why: str
    ask: str
    completeness: int | None
    due_by: datetime | None
    merchant_by: datetime | None
    answerable: bool
    clocks: tuple[Clock, ...]
    sections: tuple[Section, ...]
    against: tuple[FindingView, ...] | None
    ratios: tuple[FindingView, ...]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A dispute with what is known of it and what the rules conclude; `clocks` only while it is open."""

    merchant: Merchant
    dispute: Dispute
    judgement: Judgement
    order: Order | None = None
    clocks: Clocks | None = None


def view_judgement(judged: Judged, labels: Mapping[str, str], words: Words) -> JudgementView:
    """Return the judgement in the reviewer's language; `labels` are those of the evidence on the page."""
    judgement = _sayable(judged.judgement, words.language)
    views = {one.text: one for one in _views(_findings(judgement), labels, words)}
    context = explanation_context(judged.merchant, judged.dispute, judgement, words.language, judged.order)
    written = write_explanation(context, CITED, words.language)
    lines = [tuple(one.text for one in paragraph) for paragraph in written.paragraphs]
    why = next((one for one in judgement.worth if one.code == f"advice_{judgement.advice}"), None)
    against = None if judgement.harmful is None else tuple(_views(judgement.harmful, labels, words))
    return JudgementView(
        title=context.title,
        advice=ADVICE.get(judgement.advice, ""),
        why=words.finding(why) if why else "",
        ask=exhibit_title(judgement.ask, words.language) if judgement.ask else "",
        completeness=round(float(judgement.completeness) * 100) if judgement.completeness else None,
        due_by=judgement.due_by,
        merchant_by=judgement.merchant_by,
        answerable=judgement.answerable,
        clocks=_clocks(judged, list(_views(judgement.clocks, labels, words))),
        sections=_sections(lines, views, ends_with_harm=against is not None),
        against=against,
        ratios=tuple(_views(judgement.ratios, labels, words)),
    )


def reteller(judgement: Judgement | None, words: Words) -> Callable[[str], str]:
    """Return what puts a sentence that a rule or a check wrote down in English into the reviewer's language.

    A sentence that repeats a finding becomes that finding; a missing item is called as the exhibits are.
    """
    findings = tuple(_findings(judgement)) if judgement else ()
    known = {english: words.finding(one) for one in findings if (english := _in_english(one))}
    if judgement and judgement.ask:
        missing = MISSING.format(exhibit_title(judgement.ask, words.language))
        known[MISSING.format(exhibit_title(judgement.ask, "en"))] = told(missing, words)

    def retell(text: str) -> str:
        bare = text.removeprefix(DRAFT)
        return next((known[one] for one in (text, bare, bare.removesuffix(".")) if one in known), told(text, words))

    return retell


def _in_english(finding: Finding) -> str:
    try:
        return explain(finding, "en")
    except TemplateError:
        return ""


def _findings(judgement: Judgement) -> Iterator[Finding]:
    yield from (*judgement.clocks, *judgement.invalid, *judgement.compelling, *(judgement.harmful or ()))
    yield from (*(judgement.gaps or ()), *judgement.worth, *judgement.ratios)


def _sayable(judgement: Judgement, language: str) -> Judgement:
    """Leave out what an earlier version of the program had other words for."""

    def kept(findings: Iterable[Finding]) -> tuple[Finding, ...]:
        return tuple(one for one in findings if _has_words(one, language))

    return replace(
        judgement,
        clocks=kept(judgement.clocks),
        invalid=kept(judgement.invalid),
        compelling=kept(judgement.compelling),
        gaps=None if judgement.gaps is None else kept(judgement.gaps),
        harmful=None if judgement.harmful is None else kept(judgement.harmful),
        worth=kept(_with_label(one, language) for one in judgement.worth),
        ratios=kept(judgement.ratios),
    )


def _with_label(finding: Finding, language: str) -> Finding:
    """Name a missing term by its label, not by the entry that lacks it."""
    label = Finding(code=f"term_{finding.missing}", verdict="holds")
    if finding.code != "term_missing" or not _has_words(label, language):
        return finding
    return replace(finding, values={"basis": explain(label, language)})


def _has_words(finding: Finding, language: str) -> bool:
    try:
        return bool(explain(finding, language))
    except TemplateError:
        return False


def _views(findings: Iterable[Finding], labels: Mapping[str, str], words: Words) -> Iterator[FindingView]:
    for finding in findings:
        shown = [one for one in finding.compared if one.record != TERM]
        item = words.code(shown[0].field) if finding.code == UNRECORDED and shown else ""
        sides = tuple(_sides(shown, labels))
        yield FindingView(finding=finding, text=words.finding(finding), item=item, sides=sides)


def _sides(compared: Sequence[Compared], labels: Mapping[str, str]) -> Iterator[Side]:
    """Yield a column for each record; the same field of the same record twice makes a second column."""
    columns: list[tuple[str, str, dict[str, str]]] = []
    for one in compared:
        fitting = (c for c in columns if c[:2] == (one.record, one.evidence_id) and one.field not in c[2])
        column = next(fitting, None)
        if column is None:
            column = (one.record, one.evidence_id, {})
            columns.append(column)
        column[2][one.field] = one.value
    for record, evidence_id, values in columns:
        kind, _, number = evidence_id.partition(":")
        yield Side(
            record=record,
            number=number if kind in NUMBERED else "",
            label=labels.get(evidence_id, ""),
            values=values,
        )


def _clocks(judged: Judged, views: Sequence[FindingView]) -> tuple[Clock, ...]:
    clocks = judged.clocks
    if clocks is None:
        return ()
    own = tuple(one for one in views if one.finding.code in OWN)
    network = tuple(one for one in views if one.finding.code in NETWORK)
    rest = tuple(one for one in views if one not in (*own, *network))
    return (
        Clock(name="You", by=clocks.merchant_by, rules=False, findings=own),
        Clock(name="Processor", by=clocks.processor_by, rules=clocks.ruled_by == "processor", findings=rest),
        Clock(name="Card network", by=clocks.network_by, rules=clocks.ruled_by == "network", findings=network),
    )


def _sections(
    paragraphs: Sequence[tuple[str, ...]], views: Mapping[str, FindingView], *, ends_with_harm: bool
) -> tuple[Section, ...]:
    """Cut the explanation at its headings."""
    cut: list[tuple[str, list[tuple[str, ...]]]] = []
    for paragraph in paragraphs:
        if paragraph[0].startswith(HEADING):
            cut.append((paragraph[0].removeprefix(HEADING), []))
        elif cut:
            cut[-1][1].append(paragraph)
    last = len(cut) - 1 if ends_with_harm else None
    return tuple(
        Section(
            title=title,
            blocks=tuple(_blocks(body, views)),
            about="harmful" if place == last else "worth" if place == WORTH_PLACE else "",
        )
        for place, (title, body) in enumerate(cut)
    )


def _blocks(paragraphs: Sequence[tuple[str, ...]], views: Mapping[str, FindingView]) -> Iterator[Block]:
    for is_item, group in groupby(paragraphs, lambda paragraph: paragraph[0].startswith(ITEM)):
        if is_item:
            texts = [" ".join(paragraph).removeprefix(ITEM) for paragraph in group]
            found = [views.get(text) or _only_words(text) for text in texts]
            yield Block(findings=tuple(one for one in found if not one.finding.code.startswith(ADVISED)))
        else:
            yield from (Block(sentences=paragraph) for paragraph in group)


def _only_words(text: str) -> FindingView:
    return FindingView(finding=Finding(code="", verdict="holds"), text=text)
