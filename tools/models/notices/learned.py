"""A new source learned from one notice whose fields a reviewer confirmed, and later notices read with it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from rejoinder.domain.learned import LearnedField, LearnedSource
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.notices import DateOrder, NoticeCatalog
from rejoinder.domain.reading import FieldValue, Reading
from tools.models.notices.amounts import minor_units
from tools.models.notices.dates import DateRules, find_dates
from tools.models.notices.places import Stretch, places_of, stretches
from tools.models.notices.texts import bounded, fold, label_key
from tools.models.notices.words import Words, words_of

SURE = 0.95
_LESS_SURE = 0.8
_NUMBERS = ("dispute_reference", "payment_reference", "order_reference", "arn", "reason_code")
_DAYS = ("respond_by", "transaction_date")
_WORDS = ("buyer_name", "reason_text")
_LEARNABLE = (*_NUMBERS, *_DAYS, "amount_minor", "currency", "card_last4", "buyer_email", *_WORDS, "network")
_ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy", "ymd")
_TOKEN = re.compile(r"[A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?")
_AMOUNT = re.compile(r"(?<![\w.,])\d[\d.,' ]*\d(?!\w)|(?<![\w.,])\d(?!\w)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_FOUR = re.compile(r"\d{4}(?!\d)")
_NEAR = 30
_LONGEST_TEXT = 60_000
_LEAST_FIELDS = 2
_NUMBERED = re.compile(r"[a-z0-9_./#-]*\d[a-z0-9_./#-]*")
_EDGES = " \t:：=-–—*#|,;.。([（【"


@dataclass(frozen=True)
class _Text:
    """The text a notice is read from, with what decides its values."""

    text: str
    folded: str
    words: Words
    dates: DateRules
    currency: str


def learn(
    mail: InboundMail, confirmed: Mapping[str, str], catalog: NoticeCatalog, *, notice_type: str
) -> LearnedSource:
    """Learn how the sender of a mail writes its notices.

    `confirmed` are canonical values by the fields of a reading. A field is learned only when its place, read back,
    gives exactly the value that was confirmed; the others are left out.
    """
    inner = _innermost(mail)
    known = {name: value for name, value in confirmed.items() if value}
    text = _text(inner, catalog, _date_order(inner, known, catalog), known.get("currency", ""))
    spans = {name: list(_spans(text, name, value)) for name, value in known.items() if name in _LEARNABLE}
    fields = {}
    for name, found in spans.items():
        others = [one for other, all_ in spans.items() if other != name for one in all_[:1]]
        if place := _place(text, name, known[name], found, others):
            fields[name] = place
    reason, category = label_key(fold(known.get("reason_text", ""))), known.get("category", "")
    return LearnedSource(
        domain=mail.source_authenticity.domain,
        title=inner.sender.name or inner.sender.email,
        fields=fields,
        date_order=text.dates.order,
        currency=text.currency,
        subject=subject_shape(inner.subject, known),
        notice_type=notice_type,
        categories={reason: category} if reason and category else {},
    )


def read_learned(mail: InboundMail, reading: Reading, source: LearnedSource, catalog: NoticeCatalog) -> Reading:
    """Return the reading with what a learned source tells; unchanged when the mail is not such a notice.

    The mail must be proven to come from the source's domain. A list of several cases is left to the usual reading.
    """
    proven = mail.source_authenticity
    if proven.verdict != "verified" or proven.domain != source.domain or reading.cases:
        return reading
    inner = _innermost(mail)
    text = _text(inner, catalog, source.date_order, source.currency)
    found: dict[str, FieldValue] = {}
    for name, place in source.fields.items():
        if value := _read(text, name, place):
            found[name] = value
    if len(found) < max(_LEAST_FIELDS, len(source.fields) // 2):
        return reading
    found |= _currency(text, found) | _category(source, found)
    shift = mail.text.find(inner.text)
    fields = {**reading.fields, **{name: _moved(value, shift) for name, value in found.items()}}
    same_subject = subject_shape(inner.subject, {name: value.value for name, value in found.items()}) == source.subject
    usual = reading.notice_type if reading.kind == "dispute" else ""
    return replace(
        reading,
        kind="dispute",
        score=max(SURE, reading.score) if reading.kind == "dispute" else SURE,
        notice_source=source.name,
        notice_type=source.notice_type if same_subject else usual or "first_dispute",
        fields=fields,
        intents=(),
        note="",
    )


def subject_shape(subject: str, values: Mapping[str, str]) -> str:
    """Return a subject without what differs between notices: the values of its fields, and all numbers."""
    folded = fold(subject)
    for value in sorted(values.values(), key=len, reverse=True):
        if len(value) > 2:
            folded = folded.replace(fold(value), " ")
    return " ".join(label_key(_NUMBERED.sub(" ", folded)).split())


def _innermost(mail: InboundMail) -> InboundMail:
    while mail.forwarded is not None:
        mail = mail.forwarded
    return mail


def _text(mail: InboundMail, catalog: NoticeCatalog, order: DateOrder, currency: str) -> _Text:
    words = words_of(catalog)
    text = mail.text[:_LONGEST_TEXT]
    sent = mail.sent_at.date() if mail.sent_at else None
    return _Text(text, fold(text), words, DateRules(order=order, zones=words.zones, sent=sent), currency)


def _date_order(mail: InboundMail, confirmed: Mapping[str, str], catalog: NoticeCatalog) -> DateOrder:
    """Return the order of day and month that the confirmed dates prove, empty when several orders give them."""
    days = [confirmed[name] for name in _DAYS if name in confirmed]
    fitting = [
        order
        for order in _ORDERS
        if all(any(True for _ in _days(_text(mail, catalog, order, ""), day)) for day in days)
    ]
    return fitting[0] if days and len(fitting) == 1 else ""


def _place(text: _Text, name: str, value: str, spans: list[Stretch], others: list[Stretch]) -> LearnedField | None:
    for span in spans:
        for place in places_of(text.folded, span.start, span.end, others):
            bare = place if name in _WORDS else replace(place, after="")
            read = _read(text, name, bare)
            if read and _same(name, read.value, value):
                return bare
    return None


def _same(name: str, read: str, confirmed: str) -> bool:
    return read == confirmed or (name in _DAYS and len(confirmed) == 10 and read[:10] == confirmed)


def _spans(text: _Text, name: str, value: str) -> Iterator[Stretch]:
    """Yield where a confirmed value is printed."""
    if name == "amount_minor":
        yield from _amounts(text, value)
    elif name in _DAYS:
        yield from _days(text, value)
    elif name == "network":
        yield from _networks(text, value)
    else:
        yield from _printed(text, value)


def _printed(text: _Text, value: str) -> Iterator[Stretch]:
    sought = fold(value)
    at = text.folded.find(sought)
    while at >= 0:
        if bounded(text.folded, at, at + len(sought)):
            yield Stretch(at, at + len(sought))
        at = text.folded.find(sought, at + 1)


def _amounts(text: _Text, value: str) -> Iterator[Stretch]:
    currencies = (text.currency,) if text.currency else ()
    for match in _AMOUNT.finditer(text.folded):
        if str(minor_units(match[0], currencies)) == value:
            yield Stretch(*match.span())


def _days(text: _Text, value: str) -> Iterator[Stretch]:
    for day in find_dates(text.folded, text.dates):
        if day.value and day.value[:10] == value[:10]:
            yield Stretch(day.start, day.end)


def _networks(text: _Text, value: str) -> Iterator[Stretch]:
    for name, network, _ in text.words.networks:
        if network == value:
            yield from _printed(text, name)


def _read(text: _Text, name: str, place: LearnedField) -> FieldValue | None:
    """Return the one value that stands in a learned place; None when there are none or several."""
    found = [value for stretch in stretches(text.folded, place) if (value := _value(text, name, stretch))]
    return found[0] if found and len({value.value for value in found}) == 1 else None


def _value(text: _Text, name: str, stretch: Stretch) -> FieldValue | None:
    if name == "amount_minor":
        return _amount(text, stretch)
    if name in _DAYS:
        return _day(text, stretch)
    other = {"network": _network, "currency": _currency_in, **dict.fromkeys(_WORDS, _phrase)}.get(name)
    if other:
        return other(text, stretch)
    return _token(text, stretch, {"card_last4": _FOUR, "buyer_email": _EMAIL}.get(name, _TOKEN))


def _token(text: _Text, stretch: Stretch, pattern: re.Pattern[str]) -> FieldValue | None:
    for match in pattern.finditer(text.text, stretch.start, stretch.end):
        if match.start() - stretch.start > _NEAR:
            return None
        if pattern is _EMAIL or any(letter.isdigit() for letter in match[0]):
            return FieldValue(value=match[0], score=SURE, start=match.start(), end=match.end())
    return None


def _amount(text: _Text, stretch: Stretch) -> FieldValue | None:
    match = _AMOUNT.search(text.folded, stretch.start, stretch.end)
    if match is None or match.start() - stretch.start > _NEAR:
        return None
    minor = minor_units(match[0], _currencies(text, match.start()))
    return FieldValue(value=str(minor), score=SURE, start=match.start(), end=match.end()) if minor else None


def _currency_in(text: _Text, stretch: Stretch) -> FieldValue | None:
    meant = text.words.signs.means(text.text[stretch.start : stretch.end].split("\t")[0].strip(_EDGES))
    return FieldValue(value=meant[0], score=SURE) if len(meant) == 1 else None


def _day(text: _Text, stretch: Stretch) -> FieldValue | None:
    days = [day for day in find_dates(text.folded[stretch.start : stretch.end], text.dates) if day.start <= _NEAR]
    if not days or not days[0].value:
        return None
    start, end = stretch.start + days[0].start, stretch.start + days[0].end
    return FieldValue(value=days[0].value, score=SURE, start=start, end=end)


def _network(text: _Text, stretch: Stretch) -> FieldValue | None:
    part = text.folded[stretch.start : stretch.end]
    for name, network, _ in text.words.networks:
        at = part.find(name)
        if at >= 0 and bounded(part, at, at + len(name)):
            start = stretch.start + at
            return FieldValue(value=network, score=SURE, start=start, end=start + len(name))
    return None


def _phrase(text: _Text, stretch: Stretch) -> FieldValue | None:
    printed = text.text[stretch.start : stretch.end].split("\t")[0]
    phrase = printed.strip(_EDGES)
    if not phrase:
        return None
    start = stretch.start + printed.index(phrase)
    return FieldValue(value=phrase, score=SURE, start=start, end=start + len(phrase))


def _currency(text: _Text, found: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    """Return the currency of the amount: the one in its own place, printed beside it, or else the learned one."""
    amount = found.get("amount_minor")
    if amount is None or amount.start is None or "currency" in found:
        return {}
    possible = _currencies(text, amount.start)
    printed = bool(_printed_beside(text, amount.start))
    return (
        {"currency": FieldValue(value=possible[0], score=SURE if printed else _LESS_SURE)} if len(possible) == 1 else {}
    )


def _currencies(text: _Text, start: int) -> tuple[str, ...]:
    """Return what the money at a place may be; the learned currency decides only what it does not contradict."""
    printed = _printed_beside(text, start)
    if printed:
        return (text.currency,) if text.currency in printed else printed
    elsewhere = text.words.signs.codes_in(text.text, text.folded)
    return (text.currency,) if text.currency and (not elsewhere or text.currency in elsewhere) else ()


def _printed_beside(text: _Text, start: int) -> tuple[str, ...]:
    return next((m.currencies for m in text.words.signs.find(text.text, text.folded) if m.start <= start < m.end), ())


def _category(source: LearnedSource, found: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    reason = found.get("reason_text")
    category = source.categories.get(label_key(fold(reason.value))) if reason else None
    return {"category": FieldValue(value=category, score=SURE)} if category else {}


def _moved(value: FieldValue, by: int) -> FieldValue:
    if value.start is None or value.end is None or by < 0:
        return replace(value, start=None, end=None)
    return replace(value, start=value.start + by, end=value.end + by)


def with_confirmed(reading: Reading, fields: Mapping[str, str], source: LearnedSource | None) -> Reading:
    """Return the reading of a mail whose fields a reviewer confirmed: these, and none of them doubted."""
    return replace(
        reading,
        kind="dispute",
        score=1.0,
        notice_source=source.name if source else reading.notice_source,
        notice_type=reading.notice_type or "first_dispute",
        fields={name: _confirmed(reading.fields.get(name), value) for name, value in fields.items() if value},
        intents=(),
        note="",
    )


def _confirmed(read: FieldValue | None, value: str) -> FieldValue:
    return replace(read, score=1.0) if read and read.value == value else FieldValue(value=value, score=1.0)
