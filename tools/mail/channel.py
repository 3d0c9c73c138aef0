"""A mailbox's way out: SMTP with a copy in Sent, or a draft in the merchant's own Drafts folder."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from rejoinder.errors import BadInput, DeliveryUncertain, ProviderError, ProviderUnavailable
from tools.mail.imap import ImapAccount, ImapMailbox
from tools.mail.reply_rules import message_ids
from tools.mail.smtp import SmtpAccount, send

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class SmtpChannel:
    """Sends; a copy goes to the Sent folder when `sent_copy` names the mailbox."""

    address: str
    sender_name: str
    account: SmtpAccount
    sent_copy: ImapAccount | None = None

    def send(self, raw: bytes, recipients: Sequence[str]) -> str:
        """Send and return the server's answer."""
        return send(self.account, envelope_from=self.address, recipients=recipients, raw=raw).answer

    def after_sent(self, raw: bytes) -> None:
        """Keep a copy in Sent; when that fails the mail is sent all the same."""
        if self.sent_copy is None:
            return
        try:
            with ImapMailbox(self.sent_copy) as mailbox:
                if folder := mailbox.special_folders().sent:
                    mailbox.append(folder, raw, ("\\Seen",))
        except (ProviderError, BadInput) as problem:
            logger.warning("no_copy_in_sent", mailbox=self.sent_copy.name, problem=str(problem))


@dataclass(frozen=True, kw_only=True)
class DraftsChannel:
    """Puts answers into Drafts, for a person to send from their own mail program."""

    address: str
    sender_name: str
    account: ImapAccount

    def send(self, raw: bytes, recipients: Sequence[str]) -> str:
        """File the draft once.

        Raises:
            ProviderUnavailable: it was not filed; trying again is safe, for a draft that is there is found.
            DeliveryUncertain: the connection was lost while filing.
        """
        with ImapMailbox(self.account) as mailbox:
            folder = mailbox.special_folders().drafts
            if not folder:
                raise BadInput(f"mailbox {self.account.name!r} has no Drafts folder; name one in its settings")
            if mailbox.find_by_message_id(folder, _message_id(raw)):
                return f"was in {folder!r} already"
            try:
                mailbox.append(folder, raw, ("\\Draft",))
            except ProviderUnavailable as problem:
                raise DeliveryUncertain(f"lost the mailbox while filing a draft: {problem}") from problem
        return f"filed in {folder!r}"

    def after_sent(self, raw: bytes) -> None:
        """Nothing: the merchant's own program keeps its copy."""


def _message_id(raw: bytes) -> str:
    head = raw.split(b"\r\n\r\n", 1)[0].decode("ascii", "replace").replace("\r\n ", " ")
    line = next((line for line in head.split("\r\n") if line.lower().startswith("message-id:")), "")
    return next(iter(message_ids(line)), "")
