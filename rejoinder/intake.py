"""From bytes that arrived to a stored message with its case and job, exactly once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rejoinder.domain.cases import DisputeEvent
from rejoinder.domain.mail import InboundMail
from rejoinder.errors import MailRejected, WebhookRejected
from tools.mail.cards import mask_cards
from tools.mail.parse import Limits, parse_mail
from tools.mail.redact import redact_file
from tools.processors.base import Processor, WebhookRequest


class Accepted(Protocol):
    """What became of a message; `new` is False when it was known."""

    @property
    def message_id(self) -> int:
        """The stored message."""

    @property
    def case_id(self) -> int:
        """The case it belongs to."""

    @property
    def run_id(self) -> int:
        """The run it started."""

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

    def accept_event(self, merchant_id: int, event: DisputeEvent, raw_file: str, received_at: datetime) -> Accepted:
        """Store a processor's event with its case, run and job; an event that is known changes nothing."""


class Files(Protocol):
    """Content-addressed files."""

    def put(self, content: bytes) -> str:
        """Keep bytes and return their sha256 in hex."""


Authenticate = Callable[[bytes, InboundMail, str], InboundMail]
"""Raw bytes, the mail in them and the mailbox's name to the mail with what its sender's checks came to."""


@dataclass(frozen=True, kw_only=True)
class Intake:
    """The way in: files first, then the row that names them. Without `authenticate` senders stay unchecked."""

    inbox: Inbox
    files: Files
    limits: Limits
    authenticate: Authenticate | None = None

    def accept_mail(self, merchant_id: int, mailbox: str, raw: bytes, received_at: datetime) -> Accepted | None:
        """Store one mail; None when it was quarantined because no parser reads it."""
        try:
            parsed = parse_mail(raw, self.limits)
        except MailRejected as problem:
            self.quarantine(merchant_id, mailbox, raw, str(problem), received_at)
            return None
        self._keep(parsed.files)
        raw_file = self.files.put(parsed.masked_raw)
        mail = self.authenticate(raw, parsed.mail, mailbox) if self.authenticate else parsed.mail
        return self.inbox.accept_mail(merchant_id, mailbox, mail, raw_file, received_at)

    def quarantine(self, merchant_id: int, mailbox: str, raw: bytes, reason: str, received_at: datetime) -> None:
        """Keep a mail that is not read any further; card numbers are masked in it as well."""
        masked = redact_file(raw, "text/plain", "", "utf-8", self.limits)
        raw_file = self.files.put(masked.raw)
        self.inbox.quarantine(merchant_id, mailbox, raw_file, reason, received_at)

    def _keep(self, files: Mapping[str, bytes]) -> None:
        for content in files.values():
            self.files.put(content)


class WebhookCalls(Protocol):
    """Where webhook calls are recorded."""

    def keep_webhook(
        self, processor: str, account: str, event_id: str, raw_file: str, received_at: datetime, problem: str = ""
    ) -> None:
        """Record a call, verified or rejected."""


@dataclass(frozen=True, kw_only=True)
class WebhookDoor:
    """One account at a processor: whose it is, and the secret that proves its webhooks."""

    merchant_id: int
    processor: Processor
    secret: str


@dataclass(frozen=True, kw_only=True)
class WebhookIntake:
    """The way in for processors: the raw body is kept whatever it is, and read only when proven."""

    inbox: Inbox
    calls: WebhookCalls
    files: Files

    def accept(self, door: WebhookDoor, request: WebhookRequest) -> int:
        """Store a webhook and return how many new events it held.

        Raises:
            WebhookRejected: not proven; the body is kept with the reason.
        """
        raw_file = self.files.put(mask_body(request.body))
        name, account, at = door.processor.name, request.account, request.received_at
        try:
            door.processor.verify(request, door.secret)
            event_id = door.processor.event_id(request)
            events = door.processor.parse(request)
        except WebhookRejected as problem:
            self.calls.keep_webhook(name, account, f"rejected:{raw_file}", raw_file, at, str(problem))
            raise
        self.calls.keep_webhook(name, account, event_id, raw_file, at)
        return sum(self.inbox.accept_event(door.merchant_id, event, raw_file, at).new for event in events)


def mask_body(body: bytes) -> bytes:
    """Return a webhook's body without card numbers; without any, the same bytes."""
    masked = mask_cards(body.decode("utf-8", "surrogateescape"))
    return masked.text.encode("utf-8", "surrogateescape") if masked.count else body
