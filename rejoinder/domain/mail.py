"""A mail as the rest of the program sees it: decoded, masked, split."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from rejoinder.domain.authenticity import Authenticity

Automatic = Literal["no", "auto_reply", "bounce", "list", "bulk"]


@dataclass(frozen=True, kw_only=True)
class MailAddress:
    """A name and an address as written in a header; the address in lower case."""

    email: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """One attached file; its bytes are in the file store under `file_hash` (sha256, hex).

    `text` is what can be read in it, masked; `unread` says in words why nothing can.
    """

    filename: str
    media_type: str
    size: int
    file_hash: str
    text: str = ""
    unread: str = ""


@dataclass(frozen=True, kw_only=True)
class InboundMail:
    """One mail. All text is masked: no full card number is in any field.

    `text` is the whole readable text, `new_text` what this sender wrote now, without quoted mails
    and signature. `hidden_text` was in the HTML but invisible to a reader; it is evidence of a trick
    and never read as content. `identity` is the same for every copy of the same mail.
    """

    identity: str
    message_id: str
    sender: MailAddress
    subject: str
    text: str
    new_text: str
    sent_at: datetime | None = None
    to: tuple[MailAddress, ...] = ()
    cc: tuple[MailAddress, ...] = ()
    reply_to: tuple[MailAddress, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    quoted_text: str = ""
    signature: str = ""
    hidden_text: str = ""
    automatic: Automatic = "no"
    attachments: tuple[Attachment, ...] = ()
    forwarded: "InboundMail | None" = None
    authentication_results: tuple[str, ...] = ()
    masked_cards: int = 0
    defects: tuple[str, ...] = field(default=())
    authenticity: Authenticity = field(default_factory=Authenticity)

    @property
    def source_authenticity(self) -> Authenticity:
        """What is known of the sender of the innermost mail; when an outer one failed, that."""
        if self.forwarded is None or self.authenticity.verdict == "failed":
            return self.authenticity
        return self.forwarded.source_authenticity
