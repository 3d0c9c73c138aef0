"""Mails forwarded inside the text of another: where the inner mail starts, who wrote it, what it says."""

import re
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from rejoinder.domain.mail import MailAddress
from tools.mail.header_blocks import HeaderBlock, header_block_at
from tools.mail.headers import addresses
from tools.mail.months import month_number
from tools.mail.quote_words import quote_words
from tools.mail.quotes import is_separator

_QUOTE_MARK = re.compile(r"^[ \t]{0,4}>[ \t]?", re.MULTILINE)
_SEARCHED_LINES = 2000
_BLOCK_WITHIN = 6
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?[年년./-]\s?(\d{1,2})\s?[月월./-]\s?(\d{1,2})")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?!\d)")
_NAMED = re.compile(
    r"(?<!\d)(\d{1,2})\.?\s+(?:de\s+)?([^\W\d]{3,12})\.?,?\s+(?:de\s+|del\s+)?(\d{4})|([^\W\d]{3,12})\.?\s+(\d{1,2}),?\s+(\d{4})"
)
_CLOCK = re.compile(
    r"(午後|下午|오후|PM|pm)?\s?(\d{1,2})[:.h時点](\d{2})(?:[:.](\d{2}))?\s?(午後|下午|오후|[AaPp]\.?\s?[Mm])?"
)
_ZONE = re.compile(r"(?:GMT|UTC)?\s?([+-])(\d{2}):?(\d{2})(?!\d)|\b(?:GMT|UTC|Z)\b")


class Inner(NamedTuple):
    """What an inline forward tells of the inner mail; the text is still unsplit."""

    sender: MailAddress
    to: tuple[MailAddress, ...]
    subject: str
    sent_at: datetime | None
    text: str


def is_forward_subject(subject: str) -> bool:
    """Does the subject say "forwarded" first? A reply to a forward is a reply."""
    words = quote_words()
    forward = words.forward_prefix.match(subject)
    return forward is not None and not (
        words.reply_prefix.match(subject) and forward[0].strip(" :：([").lower() in ("vb", "vs")
    )


def is_reply_subject(subject: str) -> bool:
    """Does the subject say "reply" first?"""
    return quote_words().reply_prefix.match(subject) is not None


def inner_mail(text: str, subject: str, zone: tzinfo | None) -> Inner | None:
    """Open the mail forwarded inside `text`; None when there is none, or only a quoted one.

    `zone` is the forwarding mail's own: its program wrote the inner date, mostly without a zone.
    """
    lines = text.split("\n")[:_SEARCHED_LINES]
    forwarded = is_forward_subject(subject)
    for at, line in enumerate(lines):
        if len(line) > 200 or not line.strip():
            continue
        marker = quote_words().forwarded.match(line) is not None
        if marker or (forwarded and is_separator(line)):
            block = _block_below(lines, at + 1)
            if block:
                return _read(text, block, zone)
        elif forwarded and (block := header_block_at(lines, at)):
            return _read(text, block, zone)
    return None


def _block_below(lines: list[str], start: int) -> HeaderBlock | None:
    for at in range(start, min(len(lines), start + _BLOCK_WITHIN)):
        if block := header_block_at(lines, at, behind_marker=True):
            return block
    return None


def _read(text: str, block: HeaderBlock, zone: tzinfo | None) -> Inner:
    fields = block.fields
    body = "\n".join(text.split("\n")[block.end :])
    if all(line.lstrip().startswith(">") for line in body.split("\n")[:20] if line.strip()):
        body = _QUOTE_MARK.sub("", body)
    senders = addresses([_cleaned(fields.get("from", "")).encode()])
    sender = senders[0] if senders else MailAddress(email="", name=fields.get("from", "")[:200])
    return Inner(
        sender,
        addresses([_cleaned(fields.get("to", "")).replace(";", ",").encode()]),
        fields.get("subject", ""),
        read_date(fields.get("sent", ""), zone),
        body.strip("\n"),
    )


def _cleaned(written: str) -> str:
    return re.sub(r"<mailto:[^<>]*>|\[mailto:([^\[\]]*)\]", lambda found: f"<{found[1]}>" if found[1] else "", written)[
        :2000
    ].strip(" ;；")


def read_date(written: str, zone: tzinfo | None) -> datetime | None:
    """Read a date as mail programs print it, in any of our languages; None when it is ambiguous or has no zone."""
    written = written.strip()[:200]
    if not written:
        return None
    try:
        exact = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        exact = None
    if exact and exact.tzinfo:
        return exact.astimezone(UTC)
    try:
        return _read_printed(written, zone)
    except (ValueError, OverflowError):
        return None


def _read_printed(written: str, zone: tzinfo | None) -> datetime | None:
    day = _year_month_day(written)
    offset = _written_zone(written) or zone
    if not day or offset is None:
        return None
    without_day = _YEAR_FIRST.sub(" ", _DAY_FIRST.sub(" ", written))
    clock = _CLOCK.search(without_day)
    if not clock:
        return None
    hour = int(clock[2])
    late = (clock[1] or clock[5] or "").lower()
    if late and (late[0] == "p" or late in ("午後", "下午", "오후")) and hour < 12:
        hour += 12
    if late.startswith("a") and hour == 12:
        hour = 0
    return datetime(*day, hour, int(clock[3]), int(clock[4] or 0), tzinfo=offset).astimezone(UTC)


def _year_month_day(written: str) -> tuple[int, int, int] | None:
    if found := _YEAR_FIRST.search(written):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _NAMED.search(written):
        month = month_number(found[2] or found[4])
        return (int(found[3] or found[6]), month, int(found[1] or found[5])) if month else None
    if found := _DAY_FIRST.search(written):
        first, second = int(found[1]), int(found[2])
        if first > 12 or first == second or "." in found[0]:
            return int(found[3]), second, first
        return (int(found[3]), first, second) if second > 12 else None
    return None


def _written_zone(written: str) -> tzinfo | None:
    found = _ZONE.search(written)
    if not found:
        return None
    parsed = datetime.strptime(f"{found[1]}{found[2]}{found[3]}", "%z") if found[1] else None
    return parsed.tzinfo if parsed else UTC
