"""From the records of a case to the exhibits of its packet, under the labels by which the letter names them."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from agents import evidence as ev
from agents.dispute.letter import LEAD_EXHIBITS, RECORDS, exhibits_for
from agents.dispute.record_tables import order_of, record_tables, title_of
from prompts.records import origin_in_words
from rejoinder.domain.cases import Dispute, Merchant, StoredMessage
from rejoinder.domain.drafts import Draft, Sentence
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.orders import Order
from rejoinder.domain.packet import ExhibitFile, ExhibitSource, ThreadMessage, Weight
from rejoinder.errors import ExhibitRejected
from tools.models.language import UNKNOWN, detect
from tools.packet.threads import without_repeats
from tools.packet.written import long_day

_LISTED = re.compile(r"- (?P<label>Exhibit \d+): (?P<title>.+)")
_HEADING_MARK = re.compile(r"^#+ +", re.MULTILINE)
OF_ORDERS = ("order", "payment", "shipment", "refund", "access")
"""Records that belong to one order."""
_ENGLISH = "en"


@dataclass(frozen=True, kw_only=True)
class Records:
    """What exhibits may be made from. `messages` are mails of and to the customer alone, oldest first.

    `read_file` gives the bytes of an uploaded file by their hash.
    """

    merchant: Merchant
    dispute: Dispute
    order: Order | None
    evidence: Sequence[Evidence]
    passages: Sequence[Passage]
    messages: Sequence[StoredMessage]
    read_file: Callable[[str], bytes]


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An exhibit as the letter names it, and what the letter cites for it."""

    label: str
    title: str
    source_id: str

    @property
    def alias(self) -> str:
        """The kind of record (`order`, `mail`), or the prefix of an upload's id."""
        return self.source_id.partition(":")[0]


def exhibits_of(letter: Draft, records: Records) -> tuple[ExhibitSource, ...]:
    """Return the exhibits that the letter lists, in its order and with its labels.

    A letter without a list gets the exhibits there are, in the order in which a letter would list them.

    Raises:
        ExhibitRejected: the letter lists something that the case does not hold (any more).
    """
    cited = {citation for sentence in letter.sentences for citation in sentence.citations}
    return tuple(_exhibit(listed, cited, records) for listed in listed_exhibits(letter, records))


def listed_exhibits(letter: Draft, records: Records) -> tuple[Listed, ...]:
    """Return what the letter lists, else what it would."""
    lines = [(match, one) for one in letter.sentences if (match := _LISTED.fullmatch(one.text))]
    known = _known(records)
    if not lines:
        return known
    return tuple(_listed(match, sentence, known) for match, sentence in lines)


def _known(records: Records) -> tuple[Listed, ...]:
    citations = ev.aliases(gathered(records.evidence, records.order), list(records.passages))
    return tuple(
        Listed(label=one.label, title=one.title, source_id=citations[one.alias])
        for one in exhibits_for(records.dispute, citations, _ENGLISH)
    )


def gathered(evidence: Iterable[Evidence], order: Order | None) -> list[Evidence]:
    """Return the evidence of a case as its newest run gathered it: in that order, without records of another order.

    None for the order when it is not known (any more): then all records are kept.
    """
    own = [item.evidence_id for item in ev.order_evidence(order, "", order.placed_at)] if order else []
    rank = {evidence_id: number for number, evidence_id in enumerate(own)}
    kept = [item for item in evidence if not order or item.evidence_id in rank or _prefix(item) not in OF_ORDERS]
    return sorted(
        kept,
        key=lambda item: (
            rank.get(item.evidence_id, len(rank)),
            item.captured_at,
            item.fields.get("sent_at", ""),
            item.evidence_id,
        ),
    )


def _prefix(item: Evidence) -> str:
    return item.evidence_id.partition(":")[0]


def _listed(match: re.Match[str], sentence: Sentence, known: Sequence[Listed]) -> Listed:
    """Return a line of the list; one that a reviewer rewrote is the exhibit with its label or its title."""
    label, title = match["label"], match["title"]
    if sentence.citations:
        return Listed(label=label, title=title, source_id=sentence.citations[0])
    named = [one for one in known if one.title == title] or [one for one in known if one.label == label]
    if not named:
        raise ExhibitRejected(f"{label} ({title}): the case holds nothing of that name; take it out of the letter")
    return Listed(label=label, title=title, source_id=named[0].source_id)


def _exhibit(listed: Listed, cited: Iterable[str], records: Records) -> ExhibitSource:
    if listed.alias == "mail":
        return _thread(listed, records)
    passages = [one for one in records.passages if one.passage_id == listed.source_id]
    if passages:
        return _policy(listed, passages[0], records)
    items = _items(listed, set(cited), records)
    if not items:
        raise ExhibitRejected(
            f"{listed.label} ({listed.title}): the case does not hold {listed.source_id!r} any more; draft again"
        )
    return _record(listed, items, records) if listed.alias in RECORDS else _file(listed, items[0], records)


def _items(listed: Listed, cited: set[str], records: Records) -> list[Evidence]:
    """Return the evidence of an exhibit: what is listed, and others of its kind that the letter or the order names."""
    own = {item.evidence_id for item in gathered(records.evidence, records.order) if _prefix(item) in OF_ORDERS}
    wanted = {listed.source_id}
    if listed.alias in RECORDS and listed.alias != "order":
        wanted |= {name for name in cited | own if name.startswith(f"{listed.alias}:")}
    found = [item for item in records.evidence if item.evidence_id in wanted]
    return sorted(found, key=lambda item: (order_of(item), item.evidence_id))


def _record(listed: Listed, items: Sequence[Evidence], records: Records) -> ExhibitSource:
    zone = ZoneInfo(records.merchant.timezone)
    several = len(items) > 1
    tables = (table for item in items for table in record_tables(item, listed.alias, zone, title_of(item, several)))
    return ExhibitSource(
        label=listed.label,
        title=listed.title,
        kind="record",
        origin=origin_in_words(items[0].source, records.merchant.name),
        captured_at=max(item.captured_at for item in items).astimezone(UTC),
        weight=_weight(listed.alias, records.dispute),
        evidence_ids=tuple(item.evidence_id for item in items),
        tables=tuple(tables),
        text="\n\n".join(item.text for item in items) if listed.alias == "product" else "",
    )


def _file(listed: Listed, item: Evidence, records: Records) -> ExhibitSource:
    """Return an upload as an exhibit; evidence without a file is printed as a record."""
    weight = _weight(item.kind, records.dispute)
    if not item.file_hash:
        return replace(_record(listed, [item], records), weight=weight, text=item.text)
    name = item.fields.get("file_name", "file")
    content = records.read_file(item.file_hash)
    return ExhibitSource(
        label=listed.label,
        title=listed.title,
        kind="file",
        origin=f"{origin_in_words(item.source, records.merchant.name)}, {name}",
        captured_at=item.captured_at.astimezone(UTC),
        weight=weight,
        evidence_ids=(item.evidence_id,),
        file=ExhibitFile(name=name, content=content, media_type=item.fields.get("media_type", "")),
        language=_language(item.text),
    )


def _policy(listed: Listed, passage: Passage, records: Records) -> ExhibitSource:
    captured = [item.captured_at for item in records.evidence]
    return ExhibitSource(
        label=listed.label,
        title=listed.title,
        kind="policy",
        origin=f"{passage.title} ({passage.document}), {_in_force(passage)}",
        captured_at=(max(captured) if captured else datetime.now(UTC)).astimezone(UTC),
        weight=_weight("policy", records.dispute),
        evidence_ids=(passage.passage_id,),
        text=_HEADING_MARK.sub("", passage.text),
        language=_language(passage.text),
    )


def _in_force(passage: Passage) -> str:
    """Say when a text was in force; `in_force_to` is the first day on which it was no more."""
    first, after = passage.in_force_from, passage.in_force_to
    since = f" from {long_day(first)}" if first else ""
    until = f" until before {long_day(after)}" if after else ""
    return f"in force{since}{until}" if since or until else "in force without dates"


def _thread(listed: Listed, records: Records) -> ExhibitSource:
    """Return the correspondence: every thread of which a message is evidence, whole."""
    known = {item.evidence_id: item for item in records.evidence if item.evidence_id.startswith("mail:")}
    chosen = [one for one in records.messages if one.mail and _evidence_id(one.mail) in known]
    threads = {one.case_id for one in chosen}
    whole = [one.mail for one in records.messages if one.mail and one.case_id in threads]
    if not whole:
        raise ExhibitRejected(f"{listed.label} ({listed.title}): the messages are not stored any more; draft again")
    captured = max(item.captured_at for item in known.values())
    return ExhibitSource(
        label=listed.label,
        title=listed.title,
        kind="thread",
        origin=origin_in_words("mailbox", records.merchant.name),
        captured_at=captured.astimezone(UTC),
        weight=_weight("mail", records.dispute),
        evidence_ids=tuple(sorted(known)),
        messages=tuple(_messages(whole)),
    )


def _messages(mails: Sequence[InboundMail]) -> Iterator[ThreadMessage]:
    for mail, message in zip(mails, without_repeats(mails), strict=True):
        yield replace(message, language=_language(mail.new_text or mail.text))


def _evidence_id(mail: InboundMail) -> str:
    return ev.mail_evidence(mail, "mailbox", datetime.now(UTC)).evidence_id


def _language(text: str) -> str:
    """Return the language of a text; one too short to tell is taken for English."""
    found = detect(text)
    return _ENGLISH if found == UNKNOWN else found


def _weight(alias: str, dispute: Dispute) -> Weight:
    return "decisive" if alias in LEAD_EXHIBITS.get(dispute.category, ("order",)) else "supporting"
