"""Evidence as the tables of an exhibit: fields with what they are called, then items, scans or uses."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo

from knowledge.rails import rails
from knowledge.reason_words import network_name
from prompts.records import column_names, field_labels, table_heading
from rejoinder.domain.evidence import Evidence
from rejoinder.domain.packet import RecordTable
from tools.packet.written import long_day

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_MONEY = re.compile(r"(-?)(\d+)(\.\d+)? ([A-Z]{3})")
_ITEM = re.compile(r"(?P<count>\d+) × (?P<title>.+) \((?P<sku>[^()]*)\) at (?P<price>\S+ [A-Z]{3})")
_ANSWERS = {"true": "Yes", "false": "No"}
_ALSO_PAID = "paid_"
_MOMENTS = ("placed_at", "captured_at", "shipped_at", "created_at", "sent_at")


def record_tables(item: Evidence, record: str, zone: tzinfo, title: str = "") -> Iterator[RecordTable]:
    """Yield the tables of one piece of evidence; `record` is its alias, `zone` that in which times are printed."""
    labels = field_labels("order" if record == "earlier" else record)
    rank = {name: number for number, name in enumerate(labels)}
    names = sorted(item.fields, key=lambda name: (rank.get(name, len(rank)), name))
    rows = tuple((labels.get(name) or _named(name), printed(name, item.fields[name], zone)) for name in names)
    if rows:
        yield RecordTable(title=title, rows=rows)
    below = _BELOW.get(record)
    if below and item.text.strip():
        lines = tuple(_READERS[below](line, zone) for line in item.text.splitlines() if line.strip())
        yield RecordTable(title=table_heading(below), columns=column_names(below), rows=lines)


def title_of(item: Evidence, several: bool) -> str:
    """Return what a record is called where an exhibit holds several; empty where it is the only one."""
    return item.evidence_id.partition(":")[2] if several else ""


def order_of(item: Evidence) -> str:
    """Return what records of one kind are sorted by: when they came to be."""
    found = (item.fields[name] for name in _MOMENTS if name in item.fields)
    first = next(found, "")
    return datetime.fromisoformat(first).astimezone(UTC).isoformat() if _INSTANT.fullmatch(first) else first


def printed(name: str, value: str, zone: tzinfo) -> str:
    """Return a canonical value as the letter writes it: days with their month as a word, amounts as banks do."""
    if _INSTANT.fullmatch(value):
        return _moment(value, zone)
    if found := _MONEY.fullmatch(value):
        sign, whole, rest, currency = found.groups()
        return f"{currency} {sign}{int(whole):,}{rest or ''}"
    return _SAID.get(name, _as_is)(value)


def _moment(value: str, zone: tzinfo) -> str:
    at = datetime.fromisoformat(value).astimezone(zone)
    offset = f"{at:%z}"
    named = "UTC" if offset == "+0000" else f"UTC{offset[:3]}:{offset[3:5]}"
    return f"{long_day(at)}, {at:%H:%M} ({named})"


def _named(name: str) -> str:
    if name.startswith(_ALSO_PAID):
        return f"Paid, {name.removeprefix(_ALSO_PAID)}"
    return name.replace("_", " ").capitalize()


def _processor(name: str) -> str:
    known = rails().get(name)
    return known.title if known else name


def _as_is(value: str) -> str:
    return value


def _item_row(line: str, zone: tzinfo) -> tuple[str, ...]:
    found = _ITEM.fullmatch(line)
    if found is None:
        return ("", line, "", "")
    return (found["count"], found["title"], found["sku"], printed("price", found["price"], zone))


def _scan_row(line: str, zone: tzinfo) -> tuple[str, ...]:
    at, _, rest = line.partition(" ")
    status, _, told = rest.partition(" ")
    return (printed("at", at, zone), _named(status), told)


def _use_row(line: str, zone: tzinfo) -> tuple[str, ...]:
    at, _, what = line.partition(" ")
    return (printed("at", at, zone), what)


_SAID: Mapping[str, Callable[[str], str]] = {
    "status": _named,
    "last_status": _named,
    "goods": _named,
    "network": network_name,
    "processor": _processor,
    "liability_shift": lambda value: _ANSWERS.get(value, value),
}
"""Fields that hold stored words, which are printed as people write them."""
_BELOW = {"order": "items", "earlier": "items", "shipment": "scans", "access": "uses"}
_READERS: Mapping[str, Callable[[str, tzinfo], tuple[str, ...]]] = {
    "items": _item_row,
    "scans": _scan_row,
    "uses": _use_row,
}
