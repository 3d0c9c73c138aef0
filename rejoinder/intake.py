"""From bytes that arrived to a stored message with its case and job, exactly once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rejoinder.domain.cases import DisputeEvent
from rejoinder.domain.mail import InboundMail
from rejoinder.errors import MailRejected
from tools.mail.parse import Limits, parse_mail
from tools.mail.redact import redact_file


class Accepted(Protocol):
    """What became of a message; `new` is False when it was known."""

    @property
    def message_id(self) -> int:
        """The stored message."""

    @property
    def case_id(self) -> int:
        """The case it belongs to."""

    @property
    def new(self) -> bool:
        """Whether this call stored it."""


class Inbox(Protocol):
    """Where messages are stored; one transaction a call."""

    def accept_mail(
        self, merchant_id: int, mailbox: str, mail: InboundMail, raw_file: str, received_at: datetime
    ) -> Accepted:
        """Store a mail with its case, run and job; a mail that is known changes nothing."""

    def quarantine(self, merchant_id: int, mailbox: str, raw_file: str, reason: str, received_at: datetime) -> int:
        """Keep a mail that cannot be read, visible to people."""

    def accept_event(
        self, merchant_id: int, event: DisputeEvent, raw_file: str, received_at: datetime
    ) -> Accepted:
        """Store a processor's event with its case, run and job; an event that is known changes nothing."""


class Files(Protocol):
    """Content-addressed files."""

    def put(self, content: bytes) -> str:
        """Keep bytes and return their sha256 in hex."""


@dataclass(frozen=True, kw_only=True)
class Intake:
    """The way in: files first, then the row that names them."""

    inbox: Inbox
    files: Files
    limits: Limits

    def accept_mail(self, merchant_id: int, mailbox: str, raw: bytes, received_at: datetime) -> Accepted | None:
        """Store one mail; None when it was quarantined because no parser reads it."""
        try:
            parsed = parse_mail(raw, self.limits)
        except MailRejected as problem:
            self.quarantine(merchant_id, mailbox, raw, str(problem), received_at)
            return None
        self._keep(parsed.files)
        raw_file = self.files.put(parsed.masked_raw)
        return self.inbox.accept_mail(merchant_id, mailbox, parsed.mail, raw_file, received_at)

    def quarantine(self, merchant_id: int, mailbox: str, raw: bytes, reason: str, received_at: datetime) -> None:
        """Keep a mail that is not read any further; card numbers are masked in it as well."""
        masked = redact_file(raw, "text/plain", "", "utf-8", self.limits)
        raw_file = self.files.put(masked.raw)
        self.inbox.quarantine(merchant_id, mailbox, raw_file, reason, received_at)

    def _keep(self, files: Mapping[str, bytes]) -> None:
        for content in files.values():
            self.files.put(content)
