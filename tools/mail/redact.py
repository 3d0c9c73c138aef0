"""The raw copy of a mail without card numbers: only the parts that held one are written anew."""

import base64
import binascii
import html
import quopri
import re
import tomllib
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from rejoinder.errors import MailRejected
from tools.mail.cards import Masked, find_cards, find_codes, mask_cards, star_out
from tools.mail.charsets import decode_text
from tools.mail.headers import Header, header_text
from tools.mail.mime import Limits, Part, Span, read_structure

_WORDS = tomllib.loads((Path(__file__).parent / "redact_words.toml").read_text("utf-8"))
_TEXT_TYPES, _TEXT_NAMES = tuple(_WORDS["text_types"]), tuple(_WORDS["text_names"])
_KEPT_HEADERS = frozenset(_WORDS["kept_headers"])
_INLINE_TAG = re.compile(
    r"<!--.*?-->|</?(?:b|i|u|em|strong|span|font|a|wbr|small|big|code|tt|mark|nobr|sup|sub|bdi|bdo|abbr|ins)\b[^<>]{0,20000}>",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP = re.compile(r"<!--.*?-->|<[^<>]{0,20000}>|&(?:#x?[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});|\s+", re.DOTALL)
_OTHER_MARKUP = re.compile(r"<!--.*?-->|<[^<>]{0,20000}>|\s+", re.DOTALL)


@dataclass(frozen=True)
class Redacted:
    """Bytes without card numbers, and how many cards and codes were masked."""

    raw: bytes
    count: int


class _Change(NamedTuple):
    start: int
    end: int
    new: bytes


def redact_mail(raw: bytes, root: Part, limits: Limits) -> Redacted:
    """Mask card numbers in the headers and text parts of a mail; without any, the same bytes come back."""
    changes: list[_Change] = []
    count = 0
    for change, found in _changes(root, limits):
        changes.append(change)
        count += found
    if not changes:
        return Redacted(raw, 0)
    pieces, at = [], 0
    for change in sorted(changes):
        if change.start < at:
            continue
        pieces += [raw[at : change.start], change.new]
        at = change.end
    return Redacted(b"".join((*pieces, raw[at:])), count)


def redact_file(content: bytes, media_type: str, filename: str, charset: str, limits: Limits) -> Redacted:
    """Mask card numbers in a file of a text type; other files come back as they are."""
    if not is_text(media_type, filename):
        return Redacted(content, 0)
    if media_type in ("message/rfc822", "message/global") or filename.lower().endswith(".eml"):
        try:
            return redact_mail(content, read_structure(content, limits), limits)
        except MailRejected:
            return _redact_text(content, charset, is_html=False)
    return _redact_text(content, charset, is_html=_is_html(media_type, filename))


def is_text(media_type: str, filename: str) -> bool:
    """Is a file of this type or name text that a card number could stand in?"""
    return media_type.startswith(_TEXT_TYPES) or filename.lower().endswith(_TEXT_NAMES)


def _is_html(media_type: str, filename: str) -> bool:
    return media_type in (
        "text/html",
        "application/xhtml+xml",
        "application/xml",
        "text/xml",
    ) or filename.lower().endswith((".htm", ".html", ".xml"))


def _changes(part: Part, limits: Limits) -> Iterator[tuple[_Change, int]]:
    for header in part.headers:
        yield from _header_change(header)
    if not part.children:
        yield from _body_change(part, limits)
        return
    for gap in part.gaps:
        yield from _gap_change(part.source, gap)
    if part.children[0].source is not part.source:
        redacted = redact_mail(part.content, part.children[0], limits)
        if redacted.count:
            yield _Change(part.body.start, part.body.end, _encode(redacted.raw, part)), redacted.count
        return
    for child in part.children:
        yield from _changes(child, limits)


def _gap_change(source: bytes, gap: Span) -> Iterator[tuple[_Change, int]]:
    text = source[gap.start : gap.end].decode("latin-1")
    masked = mask_cards(text)
    if masked.text != text:
        yield _Change(gap.start, gap.end, masked.text.encode("latin-1")), masked.count + masked.codes


def _header_change(header: Header) -> Iterator[tuple[_Change, int]]:
    if header.name in _KEPT_HEADERS or (header.name == "content-type" and b"boundary" in header.value.lower()):
        return
    if not _digits(header.value) and b"=?" not in header.value:
        return
    # In place first: names, folds and parameters stay as they were.
    written = header.value.decode("latin-1")
    masked = mask_cards(written)
    if masked.text != written:
        yield _Change(header.start, header.end, masked.text.encode("latin-1")), masked.count + masked.codes
        written = masked.text
    if b"=?" in header.value:
        decoded = header_text(written.encode("latin-1"))
        masked = mask_cards(decoded)
        if masked.text != decoded:
            yield _Change(header.start, header.end, _encoded_words(masked.text)), masked.count + masked.codes


def _digits(value: bytes) -> bool:
    return sum(value.count(bytes((digit,))) for digit in b"0123456789") >= 3 or not value.isascii()


def _encoded_words(text: str) -> bytes:
    words = []
    for at in range(0, len(text), 15):
        words.append(b"=?utf-8?B?" + base64.b64encode(text[at : at + 15].encode("utf-8", "replace")) + b"?=")
    return b" " + b"\r\n ".join(words) + b"\r\n"


def _body_change(part: Part, limits: Limits) -> Iterator[tuple[_Change, int]]:
    if not is_text(part.media_type, part.filename):
        return
    redacted = redact_file(
        part.content, part.media_type, part.filename, part.type_parameters.get("charset", ""), limits
    )
    if redacted.count:
        yield _Change(part.body.start, part.body.end, _encode(redacted.raw, part)), redacted.count


def _encode(content: bytes, part: Part) -> bytes:
    raw = part.raw_body
    line_end = b"\r\n" if b"\r\n" in raw else b"\n"
    if part.encoding == "base64":
        lines = base64.encodebytes(content)
    elif part.encoding.startswith("quoted"):
        lines = quopri.encodestring(content.replace(b"\r\n", b"\n"))
    elif part.encoding in ("uuencode", "x-uuencode", "uue", "x-uue"):
        chunks = [binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45)]
        lines = b"begin 644 masked\n" + b"".join(chunks) + b"`\nend\n"
    else:
        return content
    tail = b"" if raw.endswith((b"\n", b"\r")) else b"\n"
    lines = lines.removesuffix(b"\n") if tail else lines
    return lines.replace(b"\n", line_end)


def _redact_text(content: bytes, charset: str, is_html: bool) -> Redacted:
    decoded = decode_text(content, charset)
    masked = mask_html_source(decoded.text) if is_html else mask_cards(decoded.text)
    text, count = masked.text, masked.count + masked.codes
    if not count:
        return Redacted(content, 0)
    try:
        # A codec that does not give back what it read (mislabelled bytes) is left for UTF-8.
        if decoded.text.encode(decoded.codec) == content:
            return Redacted(text.encode(decoded.codec), count)
    except UnicodeError:
        pass
    return Redacted(_masked_bytes(content, count) or text.encode("utf-8", "replace"), count)


def _masked_bytes(content: bytes, count: int) -> bytes:
    """Mask in the bytes themselves, which keeps broken characters as they were; empty when that misses any."""
    masked = mask_cards(content.decode("latin-1"))
    return masked.text.encode("latin-1") if masked.count + masked.codes == count else b""


def mask_html_source(source: str) -> Masked:
    """Mask card numbers in HTML, also those that tags and entities cut, digit by digit in place."""
    count = codes = 0
    if _holds_any(html.unescape(_OTHER_MARKUP.sub(" ", _INLINE_TAG.sub("", source)))):
        shown, places = _project(source)
        cards, secrets = find_cards(shown), find_codes(shown)
        stars = [places(offset) for span in cards for offset in span.digits[6:-4]]
        stars += [places(offset) for start, end in secrets for offset in range(start, end)]
        source = _star_spans(source, stars)
        count, codes = len(cards), len(secrets)
    # What stands in attributes and comments is no shown text, and is kept all the same.
    cards, secrets = find_cards(source), find_codes(source)
    inside = [offset for span in cards for offset in span.digits[6:-4]]
    inside += [offset for start, end in secrets for offset in range(start, end)]
    text = star_out(source, inside) if inside else source
    return Masked(text, count + len(cards), codes + len(secrets))


def _holds_any(text: str) -> bool:
    return bool(find_cards(text) or find_codes(text))


def _project(source: str) -> tuple[str, Callable[[int], Span]]:
    """Return the text without markup and a function from its offsets to places in the source."""
    pieces: list[str] = []
    starts: list[int] = []
    origins: list[Span] = []
    length = at = 0
    for match in _MARKUP.finditer(source):
        for piece, origin in (
            (source[at : match.start()], Span(at, match.start())),
            (_shown(match[0]), Span(*match.span())),
        ):
            if piece:
                pieces.append(piece)
                starts.append(length)
                origins.append(origin)
                length += len(piece)
        at = match.end()
    pieces.append(source[at:])
    starts.append(length)
    origins.append(Span(at, len(source)))

    def place(offset: int) -> Span:
        index = bisect_right(starts, offset) - 1
        origin = origins[index]
        if len(pieces[index]) != origin.end - origin.start:
            return origin
        start = origin.start + offset - starts[index]
        return Span(start, start + 1)

    return "".join(pieces), place


def _shown(markup: str) -> str:
    if markup.startswith("&"):
        return html.unescape(markup)
    return "" if markup.startswith("<!--") or _INLINE_TAG.fullmatch(markup) else " "


def _star_spans(source: str, spans: list[Span]) -> str:
    pieces, at = [], 0
    for span in sorted(set(spans)):
        pieces += [source[at : span.start], "*"]
        at = span.end
    return "".join((*pieces, source[at:]))
