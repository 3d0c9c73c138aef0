"""The words of IMAP (RFC 3501): names and strings as sent, answers as read."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal, NamedTuple

from rejoinder.errors import BadInput

# What imaplib2 gives for one untagged answer: a line, or (line up to the literal, literal).
Piece = bytes | tuple[bytes, bytes]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHIFTED = re.compile(r"[^\x20-\x7e]+")
_UNSHIFT = re.compile(r"&([^-]*)-")
_TOKEN = re.compile(rb'\s*(?:(\()|(\))|"((?:[^"\\]|\\.)*)"|((?:[^\s()"\[\]]|\[[^\]]*\])+))')
_LITERAL_MARK = re.compile(rb"~?\{\d+\+?\}$")
_MESSAGE_START = re.compile(rb"\d+ \(")
_DATE = re.compile(rb"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_CODE = re.compile(rb"\[([A-Za-z0-9-]+)(?: ([^\]]*))?\]")


@dataclass(frozen=True, kw_only=True)
class FolderLine:
    """One folder of a LIST answer: its name as people write it, its separator, its attributes in lower case."""

    name: str
    separator: str
    attributes: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class FetchLine:
    """One message of FETCH answers; a field the server did not give is None."""

    uid: int
    size: int | None = None
    internal_date: datetime | None = None
    body: bytes | None = None


def encode_folder(name: str) -> str:
    """Write a folder's name in modified UTF-7 (RFC 3501 section 5.1.3)."""

    def shift(match: re.Match[str]) -> str:
        packed = base64.b64encode(match[0].encode("utf-16-be")).rstrip(b"=").replace(b"/", b",")
        return f"&{packed.decode('ascii')}-"

    return _SHIFTED.sub(shift, name.replace("&", "&-"))


def decode_folder(raw: bytes) -> str:
    """Read a folder's name; what is no modified UTF-7 is kept as it stands."""

    def unshift(match: re.Match[str]) -> str:
        if not match[1]:
            return "&"
        packed = match[1].replace(",", "/")
        try:
            return base64.b64decode(packed + "=" * (-len(packed) % 4)).decode("utf-16-be")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return match[0]

    return _UNSHIFT.sub(unshift, raw.decode("utf-8", "surrogateescape"))


def quote(text: str) -> str:
    """Write an ASCII string in quotes.

    Raises:
        BadInput: it holds a line break, another control character, or is not ASCII.
    """
    if not text.isascii() or not text.isprintable():
        raise BadInput(f"{text!r} cannot be sent to an IMAP server: line breaks, control or non-ASCII characters")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def quoted_folder(name: str) -> str:
    """Write a folder's name ready for a command.

    Raises:
        BadInput: the name is empty or holds a control character.
    """
    if not name or any(ord(char) < 32 or ord(char) == 127 for char in name):
        raise BadInput(f"{name!r} is no folder name; give one without line breaks")
    return quote(encode_folder(name))


def uid_set(uids: Sequence[int]) -> str:
    """Write ascending UIDs as ranges: `1:4,9`."""
    ranges: list[list[int]] = []
    for uid in uids:
        if ranges and uid == ranges[-1][1] + 1:
            ranges[-1][1] = uid
        else:
            ranges.append([uid, uid])
    return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in ranges)


def internal_date(moment: datetime) -> str:
    """Write an aware datetime as INTERNALDATE, quotes included."""
    text = f"{moment.day:02}-{_MONTHS[moment.month - 1]}-{moment.year:04} {moment:%H:%M:%S %z}"
    return f'"{text}"'


def search_date(moment: datetime) -> str:
    """Write the day of a datetime for SEARCH SINCE."""
    return f"{moment.day}-{_MONTHS[moment.month - 1]}-{moment.year:04}"


def parse_date(raw: bytes) -> datetime | None:
    """Read an INTERNALDATE in UTC; None when it is none."""
    match = _DATE.match(raw)
    if match is None:
        return None
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = (g.decode("ascii") for g in match.groups())
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    try:
        zone = timezone(-offset if sign == "-" else offset)
        number = _MONTHS.index(month.title()) + 1
        return datetime(int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def response_codes(answer: Iterable[object]) -> dict[str, str]:
    """Return the bracketed codes of an answer's texts, upper case: `{"APPENDUID": "1 5"}`."""
    found: dict[str, str] = {}
    for item in answer:
        if isinstance(item, bytes) and (match := _CODE.match(item.lstrip())):
            found[match[1].decode("ascii").upper()] = (match[2] or b"").decode("ascii", "replace")
    return found


def numbers(pieces: Iterable[object]) -> list[int]:
    """Return the distinct numbers of SEARCH answers, ascending."""
    words = (word for piece in pieces if isinstance(piece, bytes) for word in piece.split())
    return sorted({int(word) for word in words if word.isdigit()})


def folder_lines(pieces: Iterable[Piece | None]) -> list[FolderLine]:
    """Read LIST answers; a line that is none is left out."""
    found = []
    for piece in pieces:
        tokens = list(_tokens([piece])) if piece else []
        close = next((place for place, token in enumerate(tokens) if token.kind == ")"), 0)
        if not close or len(tokens) < close + 3:
            continue
        separator, name = tokens[close + 1], tokens[close + 2]
        attributes = frozenset(token.value.decode("ascii", "replace").lower() for token in tokens[1:close])
        text = "" if separator.kind == "nil" else separator.value.decode("ascii", "replace")
        found.append(FolderLine(name=decode_folder(name.value), separator=text, attributes=attributes))
    return found


def fetch_lines(pieces: Iterable[Piece | None]) -> dict[int, FetchLine]:
    """Read FETCH answers by UID, joining several for one UID; answers without UID (news of flags) are left out."""
    found: dict[int, FetchLine] = {}
    for message in _messages(pieces):
        fields = _fields(message)
        uid = _number(fields.get(b"UID"))
        if uid is None:
            continue
        known = found.get(uid, FetchLine(uid=uid))
        body = next((value for name, value in fields.items() if name.startswith(b"BODY[")), None)
        size = _number(fields.get(b"RFC822.SIZE"))
        found[uid] = FetchLine(
            uid=uid,
            size=known.size if size is None else size,
            internal_date=parse_date(fields.get(b"INTERNALDATE") or b"") or known.internal_date,
            body=known.body if body is None else body,
        )
    return found


def _messages(pieces: Iterable[Piece | None]) -> Iterator[list[Piece]]:
    """Group the pieces of each message: a piece that starts with `n (` opens a new one."""
    group: list[Piece] = []
    for piece in pieces:
        if piece is None:
            continue
        line = piece[0] if isinstance(piece, tuple) else piece
        if group and _MESSAGE_START.match(line):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _fields(message: Sequence[Piece]) -> dict[bytes, bytes | None]:
    """Pair names and values of one FETCH answer; NIL and nested lists (FLAGS) become None."""
    tokens = list(_tokens(message))[2:]  # after the sequence number and the opening parenthesis
    fields: dict[bytes, bytes | None] = {}
    place = 0
    while place + 1 < len(tokens):
        name, value = tokens[place], tokens[place + 1]
        place += 2
        if value.kind == "(":
            place = _after_list(tokens, place)
        fields[name.value.upper()] = value.value if value.kind == "text" else None
    return fields


def _after_list(tokens: Sequence["_Token"], place: int) -> int:
    depth = 1
    while place < len(tokens) and depth:
        depth += {"(": 1, ")": -1}.get(tokens[place].kind, 0)
        place += 1
    return place


class _Token(NamedTuple):
    kind: Literal["(", ")", "nil", "text"]
    value: bytes = b""


def _tokens(pieces: Sequence[Piece]) -> Iterator[_Token]:
    """Split an answer into parentheses, atoms, strings and literals."""
    for piece in pieces:
        line = _LITERAL_MARK.sub(b"", piece[0]) if isinstance(piece, tuple) else piece
        for match in _TOKEN.finditer(line):
            yield _token(match)
        if isinstance(piece, tuple):
            yield _Token("text", piece[1])


def _token(match: re.Match[bytes]) -> _Token:
    if match[1]:
        return _Token("(")
    if match[2]:
        return _Token(")")
    if match[3] is not None:
        return _Token("text", re.sub(rb"\\(.)", rb"\1", match[3]))
    return _Token("nil") if match[4].upper() == b"NIL" else _Token("text", match[4])


def _number(raw: bytes | None) -> int | None:
    return int(raw) if raw and raw.isdigit() else None
