"""A mail as the case page shows it: what was written now, the rest folded away, what was read of it marked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rejoinder.domain.cases import StoredMessage
from rejoinder.domain.mail import Attachment, InboundMail
from rejoinder.domain.reading import FieldValue


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of text; `field` names what was read there."""

    text: str
    field: str = ""


@dataclass(frozen=True, kw_only=True)
class MailView:
    """A message with its text in three parts; `before` and `after` are quoted mails and signatures."""

    message: StoredMessage
    sent: bool
    answered: bool
    before: tuple[Piece, ...] = ()
    new: tuple[Piece, ...] = ()
    after: tuple[Piece, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @property
    def marked(self) -> frozenset[str]:
        """The fields that are marked somewhere in the text."""
        return frozenset(piece.field for part in (self.before, self.new, self.after) for piece in part if piece.field)


def view_mail(message: StoredMessage, fields: Mapping[str, FieldValue], *, sent: bool, answered: bool) -> MailView:
    """Return the message with these fields marked."""
    if message.mail is None:
        return MailView(message=message, sent=sent, answered=answered)
    text = message.mail.text
    start, end = new_part(message.mail)
    spans = spans_of(fields, len(text))
    return MailView(
        message=message,
        sent=sent,
        answered=answered,
        before=pieces(text, 0, start, spans),
        new=pieces(text, start, end, spans),
        after=pieces(text, end, len(text), spans),
        attachments=all_attachments(message.mail),
    )


def new_part(mail: InboundMail) -> tuple[int, int]:
    """Return where the new text stands in the whole; the whole where it is not in one piece, or empty."""
    new = mail.new_text.strip()
    start = mail.text.find(new) if new else -1
    return (start, start + len(new)) if start >= 0 else (0, len(mail.text))


def spans_of(fields: Mapping[str, FieldValue], length: int) -> list[tuple[int, int, str]]:
    """Return start, end and name of fields that stand in a text of this length, none over another."""
    found: list[tuple[int, int, str]] = []
    told = [(value.start, value.end, name) for name, value in fields.items()]
    known = [(start, end, name) for start, end, name in told if start is not None and end is not None]
    for start, end, name in sorted(known):
        if 0 <= start < end <= length and (not found or found[-1][1] <= start):
            found.append((start, end, name))
    return found


def pieces(text: str, start: int, end: int, spans: Sequence[tuple[int, int, str]]) -> tuple[Piece, ...]:
    """Return the part of the text cut at the spans; a part of blanks only is nothing."""
    if not text[start:end].strip():
        return ()
    found, here = [], start
    for first, last, name in spans:
        first, last = max(first, start), min(last, end)
        if first < last:
            found += [Piece(text=text[here:first]), Piece(text=text[first:last], field=name)]
            here = last
    found.append(Piece(text=text[here:end]))
    return tuple(piece for piece in found if piece.text)


def all_attachments(mail: InboundMail) -> tuple[Attachment, ...]:
    """Return the files of a mail, then those of the mail it forwards."""
    return tuple(_attachments(mail))


def _attachments(mail: InboundMail | None) -> Iterable[Attachment]:
    while mail is not None:
        yield from mail.attachments
        mail = mail.forwarded
