"""Reads the merchants' mailboxes: one owner a mailbox, however many processes run."""

import threading
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from rejoinder.errors import RejoinderError
from rejoinder.intake import Intake
from tools.mail.imap import Cursor, FetchedMail, ImapAccount, ImapMailbox, MailBatch

logger = structlog.get_logger(__name__)

BATCH = 100
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0


class Cursors(Protocol):
    """How far each mailbox was read, and who reads it."""

    def read_until(self, mailbox: str, folder: str) -> tuple[int, int] | None:
        """Return UIDVALIDITY and last UID of a folder."""

    def save_read_until(self, mailbox: str, folder: str, uidvalidity: int, last_uid: int) -> None:
        """Remember how far a folder was read; called after what was read is stored."""

    def own_mailbox(self, mailbox: str) -> AbstractContextManager[bool]:
        """Hold the mailbox for this process; gives False when another holds it."""


class MailboxPoller:
    """Reads one mailbox until told to stop; a lost server is tried again after growing pauses."""

    def __init__(
        self, *, merchant_id: int, account: ImapAccount, intake: Intake, cursors: Cursors, first_read: timedelta
    ) -> None:
        """Take the mailbox's surroundings; `first_read` is how old mail may be that is read at first, 0 for any."""
        self.first_read = first_read
        self.merchant_id = merchant_id
        self.account = account
        self.intake = intake
        self.cursors = cursors

    def run(self, stop: threading.Event, poll_seconds: float) -> None:
        """Read and wait until `stop` is set; another process that owns the mailbox is waited out."""
        pause = FIRST_PAUSE
        while not stop.is_set():
            try:
                with self.cursors.own_mailbox(self.account.name) as mine:
                    if mine:
                        self._stay(stop, poll_seconds)
                pause = FIRST_PAUSE
                stop.wait(poll_seconds)
            except RejoinderError as problem:
                logger.warning("mailbox_trouble", mailbox=self.account.name, problem=str(problem), pause=pause)
                stop.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def _stay(self, stop: threading.Event, poll_seconds: float) -> None:
        with ImapMailbox(self.account) as mailbox:
            while not stop.is_set():
                self.read(mailbox)
                mailbox.wait_for_mail(poll_seconds, stop)

    def read_once(self) -> int:
        """Read what is new and return how many mails that were."""
        with ImapMailbox(self.account) as mailbox:
            return self.read(mailbox)

    def read(self, mailbox: ImapMailbox) -> int:
        """Store everything after the cursor; the cursor is moved only after the mails are committed."""
        count = 0
        cursor = self._start(mailbox)
        for batch in mailbox.fetch_new(cursor, BATCH):
            self._store(batch)
            done = batch.cursor
            self.cursors.save_read_until(self.account.name, self.account.folder, done.uidvalidity, done.last_uid)
            count += len(batch.mails)
        return count

    def _start(self, mailbox: ImapMailbox) -> Cursor | None:
        """Return where to read on; a new or renumbered mailbox is not read back to its first mail."""
        known = self.cursors.read_until(self.account.name, self.account.folder)
        if known and known[0] == mailbox.select().uidvalidity:
            return Cursor(uidvalidity=known[0], last_uid=known[1])
        return mailbox.cursor_before(datetime.now(UTC) - self.first_read) if self.first_read else None

    def _store(self, batch: MailBatch) -> None:
        if batch.restarted:
            logger.warning("mailbox_renumbered", mailbox=self.account.name)
        for mail in batch.mails:
            self._store_one(mail)

    def _store_one(self, mail: FetchedMail) -> None:
        received_at = mail.internal_date or datetime.now(UTC)
        if mail.trouble:
            reason = f"the mail is {mail.trouble} ({mail.size} bytes); only its head was read"
            self.intake.quarantine(self.merchant_id, self.account.name, mail.raw, reason, received_at)
        else:
            self.intake.accept_mail(self.merchant_id, self.account.name, mail.raw, received_at)
