"""The readable text and the files of a MIME tree."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from tools.mail.charsets import decode_text
from tools.mail.html_text import HtmlText, html_to_text, strip_invisible
from tools.mail.mime import Limits, Part

_STUB = re.compile(
    r"view (?:this|it|the) (?:e-?mail|message|it)|html (?:e-?mail|version|format|compatible|capable|message)"
    r"|(?:does|do) not support html|enable html|in (?:your|a) (?:web )?browser|im browser|dans (?:votre|un) navigateur"
    r"|en (?:su|tu|el) navegador|no navegador|nel browser|в браузере|浏览器|瀏覽器|ブラウザ|브라우저|المتصفح|tarayıcı",
    re.IGNORECASE,
)
_STUB_LENGTH = 400
# A short plain text that lacks so many of the labelled values does not say what the HTML says.
_FEWEST_MISSING = 3
_CALENDARS = (
    "text/calendar",
    "text/x-vcard",
    "text/vcard",
    "text/csv",
    "text/rtf",
    "text/x-amp-html",
    "text/rfc822-headers",
    "text/xml",
    "text/css",
)
_WORD = re.compile(r"[^\W_]+")


@dataclass
class Body:
    """What a walk over the parts found; filled by `collect`."""

    pieces: list["Piece"] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)
    messages: list[Part] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


class Piece(NamedTuple):
    """One stretch of text in up to two forms."""

    plain: str
    html: str


class ReadText(NamedTuple):
    """Text of a body: all of it, the same with `> ` before lines of quoted mails, and what was hidden."""

    text: str
    marked: str
    hidden: str
    labels: tuple[str, ...]


def collect(root: Part, limits: Limits) -> Body:
    """Walk the tree and sort its leaves into text, files and attached mails."""
    body = Body()
    _update(body, root, limits)
    return body


def _update(body: Body, part: Part, limits: Limits) -> None:
    body.defects.extend(part.defects)
    kind = part.media_type
    if kind == "multipart/alternative":
        _update_alternative(body, part, limits)
    elif kind.startswith("multipart/"):
        if kind == "multipart/encrypted":
            body.defects.append("encrypted: the content cannot be read")
        for child in part.children:
            _update(body, child, limits)
    elif part.children:
        body.messages.append(part)
        body.files.append(part)
    elif _is_text(part, bool(body.pieces)):
        text = _text_of(body, part, limits)
        body.pieces.append(Piece("", text) if _is_markup(part, text) else Piece(text, ""))
    else:
        _update_files(body, part)


def _update_files(body: Body, part: Part) -> None:
    if part.media_type in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        signed = part.type_parameters.get("smime-type", "").startswith("signed")
        body.defects.append(
            "signed inside the file: the content is not read" if signed else "encrypted: the content cannot be read"
        )
    if part.raw_body.strip() or part.filename:
        body.files.append(part)


def _update_alternative(body: Body, part: Part, limits: Limits) -> None:
    inner = Body()
    for child in part.children:
        _update(inner, child, limits)
    plain = [piece.plain for piece in inner.pieces if piece.plain.strip()]
    marked_up = [piece.html for piece in inner.pieces if piece.html]
    # Alternatives say the same; parts of one mixed alternative follow each other.
    body.pieces.append(Piece("\n".join(plain), "\n".join(marked_up)))
    body.files.extend(inner.files)
    body.messages.extend(inner.messages)
    body.defects.extend(inner.defects)


def _is_text(part: Part, has_text: bool) -> bool:
    if not part.media_type.startswith("text/") or part.media_type in _CALENDARS:
        return False
    if part.disposition == "attachment":
        return False
    return not (part.filename and (has_text or part.disposition == "inline"))


def _is_markup(part: Part, text: str) -> bool:
    if part.media_type in ("text/html", "text/enriched", "text/watch-html", "text/xhtml", "text/richtext"):
        return True
    start = text[:200].lstrip().lower()
    return start.startswith(("<!doctype html", "<html"))


def _text_of(body: Body, part: Part, limits: Limits) -> str:
    label = part.type_parameters.get("charset", "") or _charset_of_html(part)
    content = part.content
    if len(content) > limits.text * 4:
        body.defects.append(f"a text of {len(content)} bytes was cut")
        content = content[: limits.text * 4]
    decoded = decode_text(content, label)
    if decoded.defect:
        body.defects.append(decoded.defect)
    text = decoded.text
    if len(text) > limits.text:
        body.defects.append(f"a text of {len(text)} characters was cut")
        text = text[: limits.text].rpartition("\n")[0] or text[: limits.text]
    if part.type_parameters.get("format", "").lower() == "flowed" and part.media_type == "text/plain":
        text = _unflow(text, part.type_parameters.get("delsp", "").lower() == "yes")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _charset_of_html(part: Part) -> str:
    if part.media_type != "text/html":
        return ""
    found = re.search(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", part.content[:4000], re.IGNORECASE)
    return found[1].decode("ascii", "replace") if found else ""


def _unflow(text: str, delete_space: bool) -> str:
    """Join the soft breaks of RFC 3676; the signature's `-- ` is none."""
    lines: list[str] = []
    open_depth = -1
    for line in text.replace("\r\n", "\n").split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        shown = content[:-1] if flows and delete_space else content
        if open_depth == depth and content != "-- ":
            lines[-1] += shown
        else:
            lines.append((">" * depth + " " if depth else "") + shown)
        open_depth = depth if flows else -1
    return "\n".join(lines)


def read_text(pieces: list[Piece], is_reply: bool) -> ReadText:
    """Choose for each piece the form that says more, and join them."""
    read = [_read_piece(piece, is_reply) for piece in pieces if piece.plain.strip() or piece.html.strip()]
    return ReadText(
        "\n\n".join(one.text for one in read if one.text),
        "\n\n".join(one.marked for one in read if one.marked),
        "\n".join(one.hidden for one in read if one.hidden),
        tuple(label for one in read for label in one.labels),
    )


def _read_piece(piece: Piece, is_reply: bool) -> ReadText:
    plain, spelled = strip_invisible(piece.plain.strip("\n"))
    if not piece.html:
        return ReadText(plain.rstrip(), plain.rstrip(), spelled, ())
    page = html_to_text(piece.html)
    hidden = "\n".join(text for text in (spelled, page.hidden_text) if text)
    if _is_stub(plain, page):
        return ReadText(page.text, page.marked(is_reply), hidden, ())
    # Of a full plain text the HTML adds only the labelled values that the plain text lacks.
    missing = _missing_labels(plain, page)
    return ReadText(
        "\n\n".join((plain.rstrip(), *(["\n".join(missing)] if missing else []))), plain.rstrip(), hidden, missing
    )


def _is_stub(plain: str, page: HtmlText) -> bool:
    bare = plain.strip()
    if not bare:
        return True
    shown = page.text
    if len(bare) < _STUB_LENGTH and len(shown) > len(bare) and _STUB.search(bare):
        return True
    if bare.startswith(("<!DOCTYPE", "<html")):
        return True
    if len(bare) < _STUB_LENGTH and len(shown) > len(bare) and len(_missing_labels(bare, page)) >= _FEWEST_MISSING:
        return True
    return len(bare) < 40 and len(shown) > 4 * len(bare)


def _missing_labels(plain: str, page: HtmlText) -> tuple[str, ...]:
    words = None
    missing = []
    for line in page.lines:
        if line.labelled and line.quote != 1:
            if words is None:
                words = set(_WORD.findall(plain.lower()))
            value = _WORD.findall(line.text.rpartition(": ")[2].lower())
            if value and len(line.text) <= 500 and not words.issuperset(value):
                missing.append(line.text)
    return tuple(missing)
