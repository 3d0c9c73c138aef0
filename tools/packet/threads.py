"""Messages as they are printed: who wrote to whom, when, about what, and the words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rejoinder.domain.mail import InboundMail, MailAddress
from rejoinder.domain.packet import ThreadMessage
from tools.packet.blocks import Block, Grid, Heading, Prose, Translated
from tools.packet.masking import Masker
from tools.packet.written import instant

LEFT_OUT = "[The text of earlier messages, printed above, is not repeated.]"
_QUOTE_MARKS = re.compile(r"^[>|\s]+")


def message_of(mail: InboundMail, language: str = "en") -> ThreadMessage:
    """Return a mail as it is printed, with all its text."""
    return ThreadMessage(
        sender=_written(mail.sender),
        to=tuple(map(_written, mail.to)),
        cc=tuple(map(_written, mail.cc)),
        subject=mail.subject,
        sent_at=mail.sent_at,
        text=mail.text,
        files=tuple(attachment.filename for attachment in mail.attachments),
        language=language,
    )


def without_repeats(mails: Sequence[InboundMail]) -> tuple[ThreadMessage, ...]:
    """Return a thread, oldest first; what a mail quotes is left out, and said to be, where all of it stands above."""
    seen: set[str] = set()
    messages = []
    for mail in mails:
        message = message_of(mail)
        quoted = set(_lines(mail.quoted_text))
        if mail.new_text and quoted and quoted <= seen:
            words = (mail.new_text, mail.signature, LEFT_OUT)
            message = replace(message, text="\n\n".join(part for part in words if part))
        messages.append(message)
        seen.update(_lines(mail.text))
    return tuple(messages)


def message_blocks(messages: Sequence[ThreadMessage], masker: Masker) -> Iterator[Block]:
    """Yield the blocks of each message in turn."""
    for number, message in enumerate(messages, start=1):
        yield Heading(text=f"Message {number} of {len(messages)}")
        yield Grid(rows=tuple(masker.row(row) for row in _header(message)))
        yield Prose(text=masker.text(message.text), language=message.language)
        if message.translation:
            yield Translated(text=masker.text(message.translation.text), by=message.translation.by)


def _header(message: ThreadMessage) -> Iterator[tuple[str, str]]:
    yield "From", message.sender
    yield "To", ", ".join(message.to) or "(not given)"
    if message.cc:
        yield "Copy to", ", ".join(message.cc)
    yield "Date", instant(message.sent_at) if message.sent_at else "(not given)"
    yield "Subject", message.subject or "(none)"
    if message.files:
        yield "Attached", ", ".join(message.files)


def _written(address: MailAddress) -> str:
    return f"{address.name} <{address.email}>" if address.name else address.email


def _lines(text: str) -> Iterable[str]:
    return filter(None, (" ".join(_QUOTE_MARKS.sub("", line).split()) for line in text.splitlines()))
