"""The MIME tree of a mail as spans of its bytes.

The standard library's tree forgets where a part began, and its parser recurses once per level. Masking
cards in the kept raw copy needs the exact span of every part, and hostile mails need bounds, so the
structure is read here; headers, parameters, dates and encodings are left to the standard library.
"""

import binascii
import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from rejoinder.errors import MailTooDeep, MailTooLarge, MailTooManyParts
from tools.mail.headers import Header, parameters, read_headers

_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_MEDIA_TYPE = re.compile(r"\s*([\w!#$&.+^-]{1,60})\s*/\s*([\w!#$&.+^-]{1,100})")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much of a mail is read: bytes, parts, depth and characters of text."""

    size: int = 25 * 1024 * 1024
    parts: int = 500
    depth: int = 20
    text: int = 1_000_000


DEFAULT_LIMITS = Limits()


class Span(NamedTuple):
    """Bytes `start` up to `end` of a source."""

    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part: its headers and where its body lies in `source`; `gaps` are preamble and epilogue."""

    source: bytes
    headers: tuple[Header, ...]
    head: Span
    body: Span
    media_type: str
    children: "tuple[Part, ...]" = ()
    gaps: tuple[Span, ...] = ()
    defects: tuple[str, ...] = ()

    def header(self, name: str) -> bytes:
        """Return the raw value of the first header of that (lower case) name, empty when missing."""
        for header in self.headers:
            if header.name == name:
                return header.value
        return b""

    @cached_property
    def type_parameters(self) -> dict[str, str]:
        """Parameters of Content-Type."""
        return parameters(self.header("content-type"))

    @cached_property
    def disposition_parameters(self) -> dict[str, str]:
        """Parameters of Content-Disposition."""
        return parameters(self.header("content-disposition"))

    @cached_property
    def disposition(self) -> str:
        """`attachment`, `inline` or empty."""
        return self.header("content-disposition").split(b";", 1)[0].strip().decode("ascii", "replace").lower()

    @cached_property
    def encoding(self) -> str:
        """Content-Transfer-Encoding in lower case."""
        value = self.header("content-transfer-encoding").split(b";", 1)[0].strip(b" \t\r\n\"'")
        return value.decode("ascii", "replace").lower()

    @cached_property
    def filename(self) -> str:
        """The name as written, decoded, not yet safe."""
        return self.disposition_parameters.get("filename", "") or self.type_parameters.get("name", "")

    @property
    def raw_body(self) -> bytes:
        """The body as sent."""
        return self.source[self.body.start : self.body.end]

    @cached_property
    def content(self) -> bytes:
        """The body with its transfer encoding undone."""
        return undo_encoding(self.raw_body, self.encoding)


@dataclass
class _Budget:
    limits: Limits
    parts: int = 0

    def update_count(self, depth: int) -> None:
        self.parts += 1
        if self.parts > self.limits.parts:
            raise MailTooManyParts(f"more than {self.limits.parts} parts")
        if depth > self.limits.depth:
            raise MailTooDeep(f"parts nested more than {self.limits.depth} deep")


def read_structure(raw: bytes, limits: Limits = DEFAULT_LIMITS) -> Part:
    """Read the tree of parts.

    Raises:
        MailRejected: a limit is passed; the message names it and the size found.
    """
    if len(raw) > limits.size:
        raise MailTooLarge(f"{len(raw)} bytes, the limit is {limits.size}")
    # Same length, so spans hold for the original too.
    source = raw if b"\n" in raw else raw.replace(b"\r", b"\n")
    return _read_part(source, Span(_first_header(source), len(source)), "text/plain", _Budget(limits), 0)


def _first_header(source: bytes) -> int:
    start = 0
    while source[start : start + 1] in (b"\r", b"\n") and source[start : start + 1]:
        start += 1
    if source[start : start + 5] == b"From " or source[start : start + 6] == b">From ":
        end = source.find(b"\n", start)
        start = end + 1 if end >= 0 else len(source)
    return start


def _read_part(source: bytes, span: Span, default: str, budget: _Budget, depth: int) -> Part:
    budget.update_count(depth)
    headers, body_start = read_headers(source, span.start, span.end)
    body = Span(body_start, span.end)
    written = next((header.value for header in headers if header.name == "content-type"), b"")
    media_type, defects = _media_type(written, default)
    part = Part(
        source=source,
        headers=headers,
        head=Span(span.start, body_start),
        body=body,
        media_type=media_type,
        defects=defects,
    )
    if media_type.startswith("multipart/"):
        return _read_multipart(part, budget, depth)
    if media_type in ("message/rfc822", "message/global", "message/news") and not _is_attached_file(part):
        return _read_message(part, budget, depth)
    return part


def _is_attached_file(part: Part) -> bool:
    return part.encoding in ("uuencode", "x-uuencode")


def _media_type(written: bytes, default: str) -> tuple[str, tuple[str, ...]]:
    if not written.strip():
        return default, ()
    match = _MEDIA_TYPE.match(written[:300].decode("latin-1"))
    if match:
        return f"{match[1]}/{match[2]}".lower(), ()
    word = written.split(b";", 1)[0].strip().lower()
    return ("text/html" if word == b"html" else default), ("broken Content-Type",)


def _read_message(part: Part, budget: _Budget, depth: int) -> Part:
    if part.encoding in ("base64", "quoted-printable"):
        source = part.content
        span = Span(_first_header(source), len(source))
    else:
        source, span = part.source, part.body
    child = _read_part(source, span, "text/plain", budget, depth + 1)
    return _with(part, children=(child,))


def _read_multipart(part: Part, budget: _Budget, depth: int) -> Part:
    boundary = part.type_parameters.get("boundary", "").rstrip()
    delimiters = _delimiters(part.source, part.body, boundary.encode("utf-8", "surrogateescape")) if boundary else []
    if not delimiters:
        return _with(part, media_type="text/plain", defects=(*part.defects, "multipart without parts: read as text"))
    default = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
    children = []
    closed = False
    for index, mark in enumerate(delimiters):
        if mark.closes:
            closed = True
            break
        end = delimiters[index + 1].start if index + 1 < len(delimiters) else part.body.end
        children.append(_read_part(part.source, Span(min(mark.end, end), end), default, budget, depth + 1))
    last = delimiters[len(children)].end if closed else part.body.end
    gaps = (Span(part.body.start, delimiters[0].start), Span(last, part.body.end))
    defects = part.defects if closed else (*part.defects, "multipart without its closing boundary")
    return _with(part, children=tuple(children), gaps=gaps, defects=defects)


def _with(part: Part, **changes: object) -> Part:
    values = {name: getattr(part, name) for name in Part.__dataclass_fields__}
    return Part(**{**values, **changes})


class _Delimiter(NamedTuple):
    start: int  # where the part before ends: before the line break that belongs to the delimiter
    end: int
    closes: bool


def _delimiters(source: bytes, span: Span, boundary: bytes) -> list[_Delimiter]:
    found = []
    mark = b"--" + boundary
    at = source.find(mark, span.start, span.end)
    while at >= 0:
        line_end = source.find(b"\n", at, span.end)
        line_end = span.end if line_end < 0 else line_end + 1
        tail = source[at + len(mark) : min(line_end, at + len(mark) + 1000)]
        starts_line = at == span.start or source[at - 1 : at] in (b"\n", b"\r")
        closes = tail.startswith(b"--")
        if starts_line and (not tail.strip() or (closes and not tail[2:].strip())):
            found.append(_Delimiter(_before_line_break(source, at, span.start), line_end, closes))
        at = source.find(mark, at + len(mark), span.end)
    return found


def _before_line_break(source: bytes, at: int, floor: int) -> int:
    if at > floor and source[at - 1 : at] == b"\n":
        at -= 1
    if at > floor and source[at - 1 : at] == b"\r":
        at -= 1
    return at


def undo_encoding(body: bytes, encoding: str) -> bytes:
    """Undo a transfer encoding as far as the bytes allow; an unknown encoding leaves them as they are."""
    if encoding == "base64":
        return decode_base64(body)
    if encoding in ("quoted-printable", "quotedprintable", "quoted_printable"):
        return binascii.a2b_qp(body)
    if encoding in ("uuencode", "x-uuencode", "uue", "x-uue"):
        return _decode_uu(body)
    return body


def decode_base64(body: bytes) -> bytes:
    """Decode base64 that may hold junk, miss padding, or be several pieces one after the other."""
    clean = body.translate(None, _NOT_BASE64)
    pieces = [piece for piece in clean.split(b"=") if piece]
    decoded = []
    for piece in pieces:
        spare = len(piece) % 4
        if spare == 1:
            piece = piece[:-1]
            spare = 0
        decoded.append(binascii.a2b_base64(piece + b"=" * (-spare % 4)))
    return b"".join(decoded)


def _decode_uu(body: bytes) -> bytes:
    decoded = []
    inside = False
    for line in body.splitlines():
        if line.startswith(b"begin "):
            inside = True
        elif line.strip() == b"end":
            break
        elif inside and line:
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                decoded.append(binascii.a2b_uu(line))
            except binascii.Error:
                decoded.append(_uu_line(line[:length]))
    return b"".join(decoded) if inside else body


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        return b""
