"""Raw bytes of a mail to an `InboundMail`: decoded, masked, split; any bytes are read or refused, never crash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from email.utils import parsedate_to_datetime

from rejoinder.domain.mail import Attachment, InboundMail, MailAddress
from tools.mail.attachment_text import TextBudget
from tools.mail.attachments import read_attachment
from tools.mail.automatic import automatic_kind
from tools.mail.body import Body, ReadText, collect, read_text
from tools.mail.cards import mask_cards
from tools.mail.forwarded import Inner, inner_mail, is_forward_subject, is_reply_subject
from tools.mail.headers import addresses, header_date, header_text, message_ids
from tools.mail.mime import DEFAULT_LIMITS, Limits, Part, read_structure
from tools.mail.quotes import SplitReply, split_reply
from tools.mail.redact import redact_mail

__all__ = ["DEFAULT_LIMITS", "Limits", "ParsedMail", "parse_mail"]

_MOST_DEFECTS = 30


@dataclass(frozen=True, kw_only=True)
class ParsedMail:
    """A mail, the bytes of its files by hash, and its raw bytes with card numbers masked.

    Without a card number `masked_raw` is the raw mail, byte for byte. In PDFs, Office files and pictures only the
    text that was read is masked; their bytes are kept as they came.
    """

    mail: InboundMail
    files: Mapping[str, bytes]
    masked_raw: bytes


def parse_mail(raw: bytes, limits: Limits = DEFAULT_LIMITS) -> ParsedMail:
    """Parse one mail.

    Raises:
        MailRejected: a limit is passed; the message names the limit and the size found.
    """
    root = read_structure(raw, limits)
    files = _Files()
    mail = _read_mail(root, limits, files)
    return ParsedMail(mail=mail, files=files.contents, masked_raw=redact_mail(raw, root, limits).raw)


class _Files:
    """The bytes of a mail's files by hash, and what may still be spent on reading them."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.budget = TextBudget()


class _Masker:
    """Masks text and counts what it masked."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, text: str) -> str:
        masked = mask_cards(text)
        self.count += masked.count
        return masked.text


@dataclass(frozen=True, kw_only=True)
class _Envelope:
    """The headers that end up in the mail, masked."""

    message_id: str
    sender: MailAddress
    subject: str
    sent_at: datetime | None
    zone: tzinfo | None
    in_reply_to: str
    references: tuple[str, ...]

    @property
    def is_reply(self) -> bool:
        return bool(self.in_reply_to or self.references) or is_reply_subject(self.subject)


def _read_mail(root: Part, limits: Limits, files: _Files) -> InboundMail:
    masker = _Masker()
    envelope = _envelope(root, masker)
    body = collect(root, limits)
    attachments = _read_files(body, limits, files, masker)
    read = read_text(body.pieces, envelope.is_reply)
    text = masker(read.text)
    split = _split(read, text, envelope)
    kind = automatic_kind(
        _header_map(root), root.media_type, root.type_parameters.get("report-type", "").lower(), envelope.sender.email
    )
    forwarded = None if kind == "bounce" else _forwarded(body, text, envelope, limits, files)
    if forwarded is None and not split.new_text and not envelope.is_reply:
        split = SplitReply(text, "", split.signature)
    return InboundMail(
        identity=_identity(envelope, text, attachments),
        message_id=envelope.message_id,
        sender=envelope.sender,
        subject=envelope.subject,
        text=text,
        new_text=split.new_text,
        sent_at=envelope.sent_at,
        to=_people(root, "to", masker),
        cc=_people(root, "cc", masker),
        reply_to=_people(root, "reply-to", masker),
        in_reply_to=envelope.in_reply_to,
        references=envelope.references,
        quoted_text=split.quoted_text,
        signature=split.signature,
        hidden_text=masker(read.hidden),
        automatic=kind,
        attachments=attachments,
        forwarded=forwarded,
        authentication_results=tuple(header_text(value) for value in _values(root, "authentication-results")),
        masked_cards=masker.count,
        defects=_defects(root, body, envelope),
    )


def _envelope(root: Part, masker: _Masker) -> _Envelope:
    senders = _people(root, "from", masker) or _people(root, "sender", masker)
    written = root.header("from")
    sender = senders[0] if senders else MailAddress(email="", name=masker(header_text(written)[:200]))
    ids = message_ids(root.header("message-id"))
    answered = message_ids(root.header("in-reply-to"))
    return _Envelope(
        message_id=ids[0] if ids else "",
        sender=sender,
        subject=masker(header_text(root.header("subject"))),
        sent_at=header_date(root.header("date")),
        zone=_zone(root),
        in_reply_to=answered[0] if answered else "",
        references=message_ids(b" ".join(_values(root, "references"))),
    )


def _values(root: Part, name: str) -> list[bytes]:
    return [header.value for header in root.headers if header.name == name]


def _people(root: Part, name: str, masker: _Masker) -> tuple[MailAddress, ...]:
    found = addresses(_values(root, name))
    return tuple(MailAddress(email=masker(one.email), name=masker(one.name)) for one in found)


def _zone(root: Part) -> tzinfo | None:
    try:
        return parsedate_to_datetime(header_text(root.header("date"))[:200]).tzinfo
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _header_map(root: Part) -> dict[str, str]:
    first: dict[str, str] = {}
    for header in root.headers:
        if header.name not in first:
            first[header.name] = (
                header_text(header.value) if header.name == "subject" else header.value.decode("latin-1").strip()
            )
    return first


def _read_files(body: Body, limits: Limits, files: _Files, masker: _Masker) -> tuple[Attachment, ...]:
    found = []
    for part in body.files:
        file = read_attachment(part, limits, files.budget)
        files.contents[file.attachment.file_hash] = file.content
        masker.count += file.masked
        found.append(file.attachment)
    return tuple(found)


def _split(read: ReadText, text: str, envelope: _Envelope) -> SplitReply:
    split = split_reply(text if read.marked == read.text else mask_cards(read.marked).text)
    if read.labels and not envelope.is_reply:
        labels = mask_cards("\n".join(read.labels)).text
        return split._replace(new_text=f"{split.new_text}\n\n{labels}".strip())
    return split


def _forwarded(body: Body, text: str, envelope: _Envelope, limits: Limits, files: _Files) -> InboundMail | None:
    """Open the inner mail: an attached one first, else one forwarded in the text. A reply is no forward."""
    if envelope.is_reply and not is_forward_subject(envelope.subject):
        return None
    if body.messages:
        return _read_mail(body.messages[0].children[0], limits, files)
    inner = inner_mail(text, envelope.subject, envelope.zone)
    return _inner_to_mail(inner) if inner else None


def _inner_to_mail(inner: Inner) -> InboundMail:
    split = split_reply(inner.text)
    return InboundMail(
        identity=_digest(
            ["", inner.sender.email, inner.sent_at.isoformat() if inner.sent_at else "", inner.subject, inner.text]
        ),
        message_id="",
        sender=inner.sender,
        subject=inner.subject,
        text=inner.text,
        new_text=split.new_text,
        sent_at=inner.sent_at,
        to=inner.to,
        quoted_text=split.quoted_text,
        signature=split.signature,
    )


def _identity(envelope: _Envelope, text: str, attachments: tuple[Attachment, ...]) -> str:
    # Received, Delivered-To and X- headers differ between copies of one mail; these do not.
    sent_at = envelope.sent_at.isoformat() if envelope.sent_at else ""
    files = [attachment.file_hash for attachment in attachments]
    return _digest([envelope.message_id, envelope.sender.email, sent_at, envelope.subject, text, *files])


def _digest(values: list[str]) -> str:
    return hashlib.sha256(json.dumps(values).encode("ascii")).hexdigest()


def _defects(root: Part, body: Body, envelope: _Envelope) -> tuple[str, ...]:
    found = list(body.defects)
    if not envelope.sender.email:
        found.append("no sender")
    if root.header("date") and envelope.sent_at is None:
        found.append("Date that cannot be read")
    if not root.headers:
        found.append("no headers")
    return tuple(dict.fromkeys(found))[:_MOST_DEFECTS]
