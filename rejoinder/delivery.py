"""From the outbox to sent, at most once: only the approved bytes, never again when the answer was lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rejoinder.domain.cases import Run, StoredMessage
from rejoinder.domain.drafts import Draft
from rejoinder.domain.mail import InboundMail, MailAddress
from rejoinder.domain.review import Delivery, DeliveryStatus
from rejoinder.errors import BadInput, DeliveryUncertain, ProviderRefused, ProviderUnavailable
from tools.mail.compose import Reply, compose_reply, message_id_for
from tools.mail.parse import parse_mail
from tools.mail.reply_rules import reply_target


class Outbox(Protocol):
    """The rows of deliveries."""

    def claim_delivery(self, delivery_id: int) -> Delivery | None:
        """Move queued to sending for exactly one caller; None when it is not to be sent (now)."""

    def finish_delivery(self, delivery_id: int, status: DeliveryStatus, answer: str, raw_file: str) -> None:
        """Record how a send ended."""

    def release_delivery(self, delivery_id: int, answer: str) -> None:
        """Put a delivery that surely did not leave back into the queue."""

    def keep_sent_mail(self, delivery_id: int, mail: InboundMail, raw_file: str, counterpart: str) -> None:
        """Keep what was sent as a message of the case."""

    def draft(self, draft_id: int) -> Draft:
        """Return the draft."""

    def run(self, run_id: int) -> Run:
        """Return the run."""

    def message(self, message_id: int) -> StoredMessage:
        """Return the message that a run answers."""


class Files(Protocol):
    """Content-addressed files."""

    def put(self, content: bytes) -> str:
        """Keep bytes and return their sha256 in hex."""


class MailChannel(Protocol):
    """One mailbox's way out."""

    @property
    def address(self) -> str:
        """The mailbox's own address."""

    @property
    def sender_name(self) -> str:
        """The name that goes with it."""

    def send(self, raw: bytes, recipients: Sequence[str]) -> str:
        """Send, or put into Drafts, and return the server's answer."""

    def after_sent(self, raw: bytes) -> None:
        """Keep a copy in the Sent folder; its failure is not the delivery's."""


@dataclass(frozen=True, kw_only=True)
class Deliverer:
    """Sends what the outbox holds. `channels` are by mailbox name."""

    outbox: Outbox
    files: Files
    channels: Mapping[str, MailChannel]

    def deliver(self, delivery_id: int) -> DeliveryStatus | None:
        """Send one delivery.

        Returns:
            How it ended; None when there was nothing to do (sent before, taken back, not due yet).

        Raises:
            ProviderUnavailable: it did not leave and may be tried again.
        """
        delivery = self.outbox.claim_delivery(delivery_id)
        if delivery is None:
            return None
        if delivery.channel == "none":
            letter = self.files.put(self.outbox.draft(delivery.draft_id).body.encode())
            self.outbox.finish_delivery(delivery_id, "sent", "ready for download", letter)
            return "sent"
        return self._send(delivery)

    def _send(self, delivery: Delivery) -> DeliveryStatus:
        channel = self.channels.get(delivery.mailbox)
        if channel is None:
            return self._end(delivery, "failed", f"no mailbox is called {delivery.mailbox!r} in the settings")
        try:
            raw, recipients = self.compose(delivery, channel)
        except BadInput as problem:
            return self._end(delivery, "failed", str(problem))
        raw_file = self.files.put(raw)
        try:
            answer = channel.send(raw, recipients)
        except ProviderUnavailable as problem:
            self.outbox.release_delivery(delivery.delivery_id, str(problem))
            raise
        except ProviderRefused as problem:
            return self._end(delivery, "failed", str(problem), raw_file)
        except DeliveryUncertain as problem:
            return self._end(delivery, "uncertain", str(problem), raw_file)
        self.outbox.finish_delivery(delivery.delivery_id, "sent", answer, raw_file)
        self.outbox.keep_sent_mail(delivery.delivery_id, parse_mail(raw).mail, raw_file, recipients[0])
        channel.after_sent(raw)
        return "sent"

    def compose(self, delivery: Delivery, channel: MailChannel) -> tuple[bytes, Sequence[str]]:
        """Return the mail of a delivery and its recipients; the same delivery always gives the same bytes."""
        draft = self.outbox.draft(delivery.draft_id)
        if draft.body_hash != delivery.approved_hash:
            raise BadInput(f"delivery {delivery.delivery_id} would not send what was approved; it stays here")
        original = self._answered(delivery)
        sender = MailAddress(email=channel.address, name=channel.sender_name)
        reply = Reply(
            sender=sender,
            subject=draft.subject,
            body=draft.body,
            date=delivery.not_before,
            message_id=message_id_for(delivery.delivery_id, channel.address.rpartition("@")[2]),
            language=draft.language,
            automatic=delivery.automatic,
        )
        raw = compose_reply(original, reply, own_addresses=[channel.address])
        return raw, [reply_target(original, [channel.address]).email]

    def _answered(self, delivery: Delivery) -> InboundMail:
        mail = self.outbox.message(self.outbox.run(delivery.run_id).message_id).mail
        if mail is None:
            raise BadInput(f"case {delivery.case_id} has no mail to answer")
        return mail

    def _end(self, delivery: Delivery, status: DeliveryStatus, answer: str, raw_file: str = "") -> DeliveryStatus:
        self.outbox.finish_delivery(delivery.delivery_id, status, answer, raw_file)
        return status
