"""A reply as bytes: the same input always gives the same bytes, in 7-bit ASCII wherever addresses allow it.

Headers are written here and not by `email.message`: that writes References as encoded words when an id is long,
and its bytes differ between Python versions, while what is approved must be what is sent.
"""

import base64
import binascii
import hashlib
import html
import re
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime

from rejoinder.domain.mail import InboundMail, MailAddress
from rejoinder.errors import BadInput
from tools.mail import reply_rules as rules

_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ps", "sd", "ug", "ur", "yi"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*/[A-Za-z0-9][A-Za-z0-9.+-]*")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_BREAKS = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_WORD_BYTES = 39  # of UTF-8 in one encoded word: 52 characters of base64, 64 with its frame
_MAX_QUOTE = 20_000


@dataclass(frozen=True, kw_only=True)
class OutgoingFile:
    """A file to attach."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What to answer with.

    `subject` empty: the original's, with one `Re: `. `cc`: nobody unless named here. `automatic`: sent without a
    person, and says so (RFC 3834). `quote_head` is the line above the quoted original; `quote` adds the original.
    """

    sender: MailAddress
    body: str
    date: datetime
    message_id: str
    language: str = ""
    subject: str = ""
    cc: tuple[MailAddress, ...] = ()
    automatic: bool = False
    quote: bool = False
    quote_head: str = ""
    attachments: tuple[OutgoingFile, ...] = ()


def message_id_for(delivery_id: int, domain: str, *, installation: str = "") -> str:
    """Return the Message-ID of a delivery, always the same; `installation` tells two of them under one domain apart.

    Raises:
        BadInput: the domain cannot stand in a Message-ID.
    """
    mark = f".{hashlib.sha256(installation.encode()).hexdigest()[:12]}" if installation else ""
    return message_id_of(f"rejoinder-delivery-{delivery_id}{mark}", domain)


def message_id_of(key: str, domain: str) -> str:
    """Return the Message-ID with this left part.

    Raises:
        BadInput: the domain cannot stand in a Message-ID.
    """
    if not _DOMAIN.fullmatch(domain):
        raise BadInput(f"{domain!r} is no domain; give it in ASCII, like shop.example")
    return f"<{key}@{domain}>"


def compose_reply(original: InboundMail, reply: Reply, *, own_addresses: Sequence[str] = ()) -> bytes:
    """Return the reply as RFC 5322 bytes with CRLF.

    Raises:
        BadInput: this mail must not be answered, or an address, id, language or file is not usable.
    """
    own = [*own_addresses, reply.sender.email]
    reason = rules.why_not_answer(original, own)
    if reason:
        raise BadInput(f"mail {original.identity!r} gets no reply: {reason}")
    thread = [
        ("In-Reply-To", rules.message_ids(original.message_id)[:1]),
        ("References", rules.reference_chain(original)),
    ]
    titled = replace(reply, subject=rules.one_line(reply.subject) or rules.reply_subject(original.subject))
    head = _head(rules.reply_target(original, own), titled, thread, "auto-replied")
    return head + _content(reply, original.text)


def compose_mail(to: MailAddress, mail: Reply) -> bytes:
    """Return a mail that answers none as RFC 5322 bytes with CRLF; its subject must be given.

    Raises:
        BadInput: an address, the id, the language or a file is not usable, or there is no subject.
    """
    if not rules.one_line(mail.subject):
        raise BadInput("a mail that answers none needs a subject")
    return _head(to, mail, [], "auto-generated") + _content(mail, "")


def _head(to: MailAddress, mail: Reply, thread: list[tuple[str, list[str]]], submitted: str) -> bytes:
    """Return the headers up to those of the content; `submitted` is how an automatic mail calls itself (RFC 3834)."""
    headers: list[tuple[str, list[str]]] = [
        ("From", [_mailbox(mail.sender)]),
        ("To", [_mailbox(to)]),
        ("Cc", [_mailbox(one) for one in mail.cc]),
        ("Subject", _words(rules.one_line(mail.subject))),
        ("Date", [_date(mail.date)]),
        ("Message-ID", [_own_id(mail.message_id)]),
        *thread,
        ("Content-Language", [_language(mail.language)] if mail.language else []),
        ("Auto-Submitted", [submitted] if mail.automatic else []),
        ("X-Auto-Response-Suppress", ["All"] if mail.automatic else []),
        ("MIME-Version", ["1.0"]),
    ]
    return "".join(_header(name, values) for name, values in headers if values).encode()


# Headers.


def _header(name: str, values: Sequence[str]) -> str:
    """Write one header, each value on a line of its own after the first."""
    joint = ",\r\n " if name in {"To", "Cc"} else "\r\n "
    return f"{name}: {joint.join(values)}\r\n"


def _mailbox(address: MailAddress) -> str:
    if not rules.is_address(address.email):
        raise BadInput(f"{address.email!r} is no mail address")
    local, _, domain = address.email.rpartition("@")
    email = f"{local}@{_ascii_domain(domain)}"
    name = rules.one_line(address.name)[:100]
    if not name:
        return email
    if _ATOMS.fullmatch(name) and "=?" not in name:
        phrase = name
    elif name.isascii() and "=?" not in name:
        phrase = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    else:
        phrase = "\r\n ".join(_encoded_words(name))
    return f"{phrase}\r\n <{email}>" if len(phrase) + len(email) > 60 else f"{phrase} <{email}>"


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError as exc:
        raise BadInput(f"{domain!r} cannot be written in ASCII: {exc}") from exc


def _words(text: str) -> list[str]:
    """Return unstructured text as lines of at most 70 characters; encoded words when it is not plain ASCII."""
    if not text.isascii() or "=?" in text or any(len(word) > 60 for word in text.split(" ")):
        return _encoded_words(text)
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) > 65:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines


def _encoded_words(text: str) -> list[str]:
    """Return RFC 2047 words, none of them splitting a character."""
    chunks = [b""]
    for char in text:
        if len(chunks[-1]) + len(char.encode()) > _WORD_BYTES:
            chunks.append(b"")
        chunks[-1] += char.encode()
    return [f"=?utf-8?b?{base64.b64encode(chunk).decode('ascii')}?=" for chunk in chunks]


def _date(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise BadInput("the date of a mail needs a time zone")
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0))


def _own_id(message_id: str) -> str:
    if rules.message_ids(message_id) != [message_id]:
        raise BadInput(f"{message_id!r} is no Message-ID; take it from message_id_for")
    return message_id


def _language(language: str) -> str:
    if not _LANGUAGE.fullmatch(language):
        raise BadInput(f"{language!r} is no language tag, like de or zh-CN")
    return language


# Content.


def _content(reply: Reply, answered: str) -> bytes:
    """Return content headers, an empty line and the content, with the answered text quoted."""
    body = _plain(reply.body)
    quoted = _plain(answered[:_MAX_QUOTE]) if reply.quote else ""
    head = rules.one_line(reply.quote_head)
    content = _text_part("plain", "\n".join([body, *_quote_lines(head, quoted)]))
    mark = hashlib.sha256(reply.message_id.encode() + content).hexdigest()[:32]
    if reply.language.split("-")[0].lower() in _RIGHT_TO_LEFT:
        page = _text_part("html", _right_to_left(_language(reply.language), body, head, quoted))
        content = _multipart("alternative", f"=_alternative_{mark}", [content, page])
    if reply.attachments:
        files = [_attachment(one) for one in reply.attachments]
        content = _multipart("mixed", f"=_mixed_{mark}", [content, *files])
    return content


def _plain(text: str) -> str:
    """Return the text with line feeds as its only line breaks and no control characters but tabs."""
    cleaned = _CONTROLS.sub("", _BREAKS.sub("\n", text)).encode("utf-8", "ignore").decode("utf-8")
    return cleaned.rstrip("\n") + "\n"


def _quote_lines(head: str, quoted: str) -> list[str]:
    if not quoted:
        return []
    lines = [f">{line}" if line.startswith(">") or not line else f"> {line}" for line in quoted.splitlines()]
    return [*([head] if head else []), *lines, ""]


def _text_part(subtype: str, text: str) -> bytes:
    """Return a text part: quoted-printable when mostly ASCII, else base64 (Chinese, Arabic, Russian)."""
    content = text.replace("\n", "\r\n").encode()
    plain = sum(byte < 128 for byte in content)
    if plain * 3 >= len(content) * 2:
        name, encoded = "quoted-printable", binascii.b2a_qp(content, istext=True)
    else:
        name, encoded = "base64", _base64_lines(content)
    header = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {name}\r\n\r\n"
    return header.encode("ascii") + encoded


def _right_to_left(language: str, body: str, head: str, quoted: str) -> str:
    """Return a minimal page that reads from right to left; mail programs show plain text from left to right."""
    parts = [f"<p>{_html_lines(part)}</p>" for part in body.strip("\n").split("\n\n")]
    if quoted:
        parts += [f"<p>{_html_lines(head)}</p>"] if head else []
        parts.append(f'<blockquote dir="auto">{_html_lines(quoted.rstrip())}</blockquote>')
    page = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="rtl"><head><meta charset="utf-8"></head>\n'
        f'<body dir="rtl">\n{page}\n</body></html>\n'
    )


def _html_lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>\n")


def _attachment(file: OutgoingFile) -> bytes:
    if not _MEDIA_TYPE.fullmatch(file.media_type):
        raise BadInput(f"{file.media_type!r} is no media type, like application/pdf")
    name = re.sub(r'[/\\"]', "_", rules.one_line(file.filename))[:80] or "attachment"
    lines = [f"Content-Type: {file.media_type}", "Content-Transfer-Encoding: base64"]
    lines += ["Content-Disposition: attachment;", f" {_filename(name)}"]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + _base64_lines(file.content)


def _filename(name: str) -> str:
    """Return the parameter, in RFC 2231 form when the name is not ASCII."""
    if name.isascii():
        return f'filename="{name}"'
    return "filename*=utf-8''" + urllib.parse.quote(name, safe="")


def _multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """Join parts. The boundary holds `=_`, which neither quoted-printable nor base64 can produce."""
    line = boundary.encode("ascii")
    header = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")
    return header + b"".join(b"--" + line + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + line + b"--\r\n"


def _base64_lines(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")
