"""Headers: raw bytes to names, values, addresses, dates and ids."""

import binascii
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.message import Message
from email.utils import collapse_rfc2231_value, getaddresses, parsedate_to_datetime
from typing import NamedTuple

from rejoinder.domain.mail import MailAddress
from tools.mail.charsets import decode_text

_ENCODED_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_FOLD = re.compile(rb"[\r\n]+[ \t]*")
_NAME = re.compile(rb"([!-9;-\xff]{1,100})[ \t]*:")
_SIMPLE = re.compile(r'\s*"?([^"<>@,;:\\()\[\]]*?)"?\s*<([^<>@\s,;:"]{1,200}@[^<>@\s,;:"]{1,250})>\s*\Z')
_BARE = re.compile(r"[^<>@\s,;:\"()]{1,200}@[^<>@\s,;:\"()]{1,250}\Z")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
_PARAMETER = re.compile(r";\s*([\w!#$%&'*+.^`|~-]{1,60})\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"?|([^;\s]*))", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]+")
_LONGEST = 64 * 1024
_MOST_ADDRESSES = 1000
_MOST_REFERENCES = 200


class Header(NamedTuple):
    """One header: name in lower case, value as sent (folds included), place of the value in the source."""

    name: str
    value: bytes
    start: int
    end: int


class HeaderBlock(NamedTuple):
    """The headers of one part and where its body begins."""

    headers: tuple[Header, ...]
    body_start: int


class _Line(NamedTuple):
    start: int
    end: int


def read_headers(source: bytes, start: int, end: int) -> HeaderBlock:
    """Read the header lines from `start`; the blank line ends them, and so does a line that is no header."""
    headers: list[Header] = []
    name, value_start, at = "", start, start
    body_start = end
    while at < end:
        line = _line(source, at, end)
        first = source[at]
        if first in b"\r\n" and not source[at : line.end].strip(b"\r\n"):
            body_start = line.end
            break
        if first not in b" \t" or not name:
            match = _NAME.match(source, at, line.end)
            if not match and not _is_noise(source, line, bool(name)):
                body_start = at
                break
            if match:
                if name:
                    headers.append(Header(name, source[value_start:at], value_start, at))
                name, value_start = match[1].decode("latin-1").lower(), match.end()
        at = line.end
    if name:
        stop = min(at, end)
        headers.append(Header(name, source[value_start:stop], value_start, stop))
    return HeaderBlock(tuple(headers), body_start)


def _line(source: bytes, at: int, end: int) -> _Line:
    line_end = source.find(b"\n", at, end)
    return _Line(at, end if line_end < 0 else line_end + 1)


def _is_noise(source: bytes, line: _Line, inside: bool) -> bool:
    """Tell a mangled line between headers, as some gateways leave, from the start of a body."""
    if source.startswith((b">From ", b"From "), line.start):
        return True
    following = _line(source, line.end, min(len(source), line.end + 1000))
    return (
        inside
        and _NAME.match(source, following.start, following.end) is not None
        and b": " in source[following.start : following.end]
    )


def header_text(value: bytes) -> str:
    """Decode a header value: folds, RFC 2047 words, raw 8-bit bytes of any charset."""
    value = _FOLD.sub(b" ", value[:_LONGEST]).strip()
    if b"=?" not in value:
        return _tidy(_plain(value))
    pieces: list[str] = []
    words: list[tuple[str, bytes]] = []
    at = 0
    for match in _ENCODED_WORD.finditer(value):
        between = value[at : match.start()]
        if between.strip() or not words:
            pieces.append(_decode_words(words) + _plain(between))
            words = []
        words.append((match[1].split(b"*", 1)[0].decode("ascii", "replace"), _word_bytes(match[2], match[3])))
        at = match.end()
    pieces.append(_decode_words(words) + _plain(value[at:]))
    return _tidy("".join(pieces))


def _decode_words(words: list[tuple[str, bytes]]) -> str:
    # Neighbours of one charset are joined first: senders split multi-byte characters between words.
    pieces: list[str] = []
    at = 0
    while at < len(words):
        label = words[at][0].lower()
        stop = at
        while stop < len(words) and words[stop][0].lower() == label:
            stop += 1
        pieces.append(_decode_run(label, [word for _, word in words[at:stop]]))
        at = stop
    return "".join(pieces)


def _decode_run(label: str, run: list[bytes]) -> str:
    if label.startswith(("iso-2022", "utf-16", "utf-7", "hz")):
        return "".join(decode_text(word, label).text for word in run)
    return decode_text(b"".join(run), label).text


def _word_bytes(kind: bytes, payload: bytes) -> bytes:
    if kind in b"qQ":
        return binascii.a2b_qp(payload, header=True)
    clean = payload.replace(b" ", b"").rstrip(b"=")
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    try:
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
    except binascii.Error:
        return b""


def _plain(value: bytes) -> str:
    return value.decode("ascii") if value.isascii() else decode_text(value).text


def _tidy(text: str) -> str:
    return _CONTROL.sub("", text.replace("\n", " ").replace("\r", " ")).strip()


def parameters(value: bytes) -> dict[str, str]:
    """Return the parameters of a structured header, RFC 2231 pieces joined and decoded, names in lower case."""
    text = _FOLD.sub(b" ", value[:_LONGEST]).decode("utf-8", "surrogateescape")
    plain: dict[str, str] = {}
    extended: dict[str, str] = {}
    for match in _PARAMETER.finditer(text):
        name = match[1].lower()
        written = match[2].replace('\\"', '"').replace("\\\\", "\\") if match[2] is not None else match[3]
        if "*" in name:
            extended[name] = written
        else:
            plain.setdefault(name, written)
    found = {name: _parameter_text(written) for name, written in plain.items()}
    return {**found, **_rfc2231(extended)} if extended else found


def _parameter_text(written: str) -> str:
    if written.isascii() and "=?" not in written:
        return written
    return header_text(written.encode("utf-8", "surrogateescape"))


def _rfc2231(extended: dict[str, str]) -> dict[str, str]:
    message = Message()
    message["Content-Type"] = "x/x" + "".join(
        f'; {name}="{_quoted(value)}"' for name, value in sorted(extended.items())[:200]
    )
    try:
        pairs = message.get_params([], unquote=True) or []
        found = {name.lower(): collapse_rfc2231_value(value) for name, value in pairs if value}
    except (ValueError, TypeError, LookupError, IndexError):
        return {}
    return {name: value for name, value in found.items() if "*" not in name and name != "x/x"}


def _quoted(value: str) -> str:
    return value.encode("ascii", "replace").decode("ascii").replace("\\", "").replace('"', "")


def addresses(values: Iterable[bytes]) -> tuple[MailAddress, ...]:
    """Read the addresses of all headers given, in order; groups are flattened, what is no address is left out."""
    found: list[MailAddress] = []
    for value in values:
        found.extend(_addresses_of(_FOLD.sub(b" ", value[:_LONGEST])))
    return tuple(found[:_MOST_ADDRESSES])


def _addresses_of(value: bytes) -> list[MailAddress]:
    text = _plain(value).strip()
    simple = _SIMPLE.match(text[:1000])
    if simple and len(text) < 1000:
        return [MailAddress(email=simple[2].lower(), name=_display_name(simple[1]))]
    if _BARE.match(text):
        return [MailAddress(email=text.lower())]
    try:
        pairs = getaddresses([_CONTROL.sub("", text)])
    except (ValueError, IndexError, TypeError, AttributeError, RecursionError):
        pairs = []
    read = [MailAddress(email=email.strip().lower(), name=_display_name(name)) for name, email in pairs if "@" in email]
    return read or _addresses_in(text)


def _addresses_in(text: str) -> list[MailAddress]:
    found = re.findall(r"[\w.+=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}", text[:5000])
    return [MailAddress(email=email.lower()) for email in found]


def _display_name(name: str) -> str:
    if "=?" in name:
        name = header_text(name.encode("utf-8", "replace"))
    return _tidy(name).strip("\"' ")


def header_date(value: bytes) -> datetime | None:
    """Read a Date header as aware UTC; None when it cannot be read. `-0000` counts as UTC."""
    text = _tidy(_plain(_FOLD.sub(b" ", value[:200])))
    if not text:
        return None
    try:
        when = parsedate_to_datetime(text)
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def message_ids(value: bytes) -> tuple[str, ...]:
    """Return the `<ids>` of a header, in order; a lone id without brackets gets them."""
    text = _plain(_FOLD.sub(b" ", value[:_LONGEST]))
    found = tuple(_MESSAGE_ID.findall(text)[-_MOST_REFERENCES:])
    bare = text.strip()
    if not found and "@" in bare and " " not in bare and len(bare) < 500:
        return (f"<{bare.strip('<>')}>",)
    return found
