"""Messages: stored once with their case, run and job, or kept in quarantine."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Connection, Row, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from rejoinder.domain.cases import DisputeEvent, StoredMessage
from rejoinder.domain.mail import InboundMail, MailAddress
from rejoinder.errors import NotFound
from rejoinder.storage.documents import dump, load
from rejoinder.storage.engine import our_errors, plain_url
from rejoinder.storage.queue import queue_run
from rejoinder.storage.rows import Rows, note
from rejoinder.storage.tables import cases, disputes, mail_cursors, messages, runs, webhook_calls

TITLE_LIMIT = 200
MAX_REFERENCES = 100
MAX_PARTICIPANTS = 100

MESSAGE = (
    messages.c.id,
    messages.c.merchant_id,
    messages.c.case_id,
    messages.c.received_at,
    messages.c.mailbox,
    messages.c.raw_file,
    messages.c.mail,
    messages.c.event,
)
"""The columns that `stored` reads."""


class Accepted(NamedTuple):
    """What became of a message; `new` is False when it was known and nothing was done."""

    message_id: int
    case_id: int
    run_id: int
    new: bool


class Quarantined(NamedTuple):
    """A mail that no parser reads."""

    message_id: int
    mailbox: str
    raw_file: str
    problem: str
    received_at: datetime


class MessageRows(Rows):
    """Messages in, and how far each mailbox was read."""

    def accept_mail(
        self, merchant_id: int, mailbox: str, mail: InboundMail, raw_file: str, received_at: datetime
    ) -> Accepted:
        """Store a mail with its case, run and job in one transaction; a mail that is known changes nothing.

        A colleague's mail about a case is put there and starts no run: `run_id` is 0.
        """
        values = {
            "identity": mail.identity,
            "mailbox": mailbox,
            "message_header": mail.message_id,
            "counterpart": mail.sender.email.lower(),
            "participants": participants((mail.sender, *mail.reply_to, *mail.cc)),
            "raw_file": raw_file,
            "mail": dump(mail),
            "received_at": received_at,
        }
        with self.begin() as connection:
            message_id = insert_message(connection, merchant_id, values)
            if message_id is None:
                return _known(connection, merchant_id, mail.identity)
            filed_in = self.file_colleagues(connection, merchant_id, message_id, mail)
            if filed_in is not None:
                return Accepted(message_id, filed_in, 0, True)
            case_id = _case_of_thread(connection, merchant_id, mail)
            return _start(connection, merchant_id, message_id, case_id, title=mail.subject)

    def file_colleagues(
        self, connection: Connection, merchant_id: int, message_id: int, mail: InboundMail
    ) -> int | None:
        """Put a mail of the merchant's own people into the case it is about; None for everybody else's."""
        return None

    def accept_event(self, merchant_id: int, event: DisputeEvent, raw_file: str, received_at: datetime) -> Accepted:
        """Store a processor's event with its case, run and job; an event that is known changes nothing."""
        identity = f"event:{event.processor}:{event.account}:{event.event_id}"
        values = {
            "identity": identity,
            "raw_file": raw_file,
            "counterpart": event.processor,
            "dispute_key": f"{event.processor}:{event.reference}",
            "event": dump(event),
            "received_at": received_at,
        }
        with self.begin() as connection:
            message_id = insert_message(connection, merchant_id, values)
            if message_id is None:
                return _known(connection, merchant_id, identity)
            lock_disputes(connection, merchant_id, event.processor)
            case_id = _case_of_event(connection, merchant_id, event)
            title = f"{event.processor} {event.reference}"
            return _start(connection, merchant_id, message_id, case_id, title=title, respond_by=event.respond_by)

    def quarantine(self, merchant_id: int, mailbox: str, raw_file: str, reason: str, received_at: datetime) -> int:
        """Keep a mail that cannot be read, visible to people; the same bytes once."""
        identity = f"raw:{raw_file}"
        values = {
            "identity": identity,
            "mailbox": mailbox,
            "raw_file": raw_file,
            "status": "quarantined",
            "problem": reason,
            "received_at": received_at,
        }
        with self.begin() as connection:
            message_id = insert_message(connection, merchant_id, values)
            if message_id is not None:
                note(connection, "quarantined", merchant_id=merchant_id, message_id=message_id, reason=reason)
                return message_id
            where = (messages.c.merchant_id == merchant_id, messages.c.identity == identity)
            known: int = connection.execute(select(messages.c.id).where(*where)).scalar_one()
            return known

    def quarantined(self, merchant_ids: Sequence[int], limit: int = 100, after: int = 0) -> Sequence[Quarantined]:
        """Return mails that no parser reads, newest first; `after` is the last mail seen."""
        query = (
            select(messages)
            .where(messages.c.merchant_id.in_(merchant_ids), messages.c.status == "quarantined")
            .order_by(messages.c.id.desc())
            .limit(limit)
        )
        with self.reading() as connection:
            rows = connection.execute(query.where(messages.c.id < after) if after else query).all()
        return [Quarantined(row.id, row.mailbox, row.raw_file, row.problem, row.received_at) for row in rows]

    def message(self, message_id: int) -> StoredMessage:
        """Return the message that started a run."""
        with self.reading() as connection:
            row = connection.execute(select(messages).where(messages.c.id == message_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no message {message_id}")
        return stored(row)

    def mails_with(self, merchant_id: int, email: str, limit: int = 20) -> Sequence[StoredMessage]:
        """Return mails exchanged with this address in any case of the merchant, oldest first."""
        query = (
            select(messages)
            .where(messages.c.merchant_id == merchant_id, messages.c.counterpart == email.lower())
            .where(messages.c.mail.is_not(None))
            .order_by(messages.c.id.desc())
            .limit(limit)
        )
        with self.reading() as connection:
            rows = connection.execute(query).all()
        return [stored(row) for row in reversed(rows)]

    def keep_webhook(
        self,
        processor: str,
        account: str,
        event_id: str,
        raw_file: str,
        received_at: datetime,
        problem: str = "",
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Record a webhook call, verified or rejected; a repeat adds nothing."""
        values = {
            "processor": processor,
            "account": account,
            "event_id": event_id,
            "raw_file": raw_file,
            "headers": dict(headers or {}),
            "status": "rejected" if problem else "verified",
            "problem": problem,
            "received_at": received_at,
        }
        with self.begin() as connection:
            connection.execute(insert(webhook_calls).values(values).on_conflict_do_nothing())

    def read_until(self, mailbox: str, folder: str) -> tuple[int, int] | None:
        """Return UIDVALIDITY and last UID of a folder."""
        query = select(mail_cursors).where(mail_cursors.c.mailbox == mailbox, mail_cursors.c.folder == folder)
        with self.reading() as connection:
            row = connection.execute(query).one_or_none()
        return (row.uidvalidity, row.last_uid) if row else None

    def save_read_until(self, mailbox: str, folder: str, uidvalidity: int, last_uid: int) -> None:
        """Remember how far a folder was read."""
        values = {"uidvalidity": uidvalidity, "last_uid": last_uid}
        statement = insert(mail_cursors).values(mailbox=mailbox, folder=folder, **values)
        with self.begin() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["mailbox", "folder"], set_=values))

    @contextmanager
    def own_mailbox(self, mailbox: str) -> Iterator[bool]:
        """Hold a mailbox for this process while the connection lives; gives False when another holds it.

        The connection is not one of the engine's: it is held for days.
        """
        with our_errors():
            connection = psycopg.connect(plain_url(self.engine), autocommit=True)
        try:
            with our_errors():
                query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
                row = connection.execute(query, (f"mailbox:{mailbox}",)).fetchone()
            yield bool(row and row[0])
            with suppress(psycopg.Error):
                connection.execute("SELECT pg_advisory_unlock_all()")  # a closed connection lets go only later
        finally:
            connection.close()


def participants(addresses: Iterable[MailAddress]) -> list[str]:
    """Return addresses in lower case, each once."""
    return sorted({address.email.lower() for address in addresses} - {""})[:MAX_PARTICIPANTS]


def lock_disputes(connection: Connection, merchant_id: int, processor: str) -> None:
    """Let one transaction at a time decide which case holds a dispute of this merchant and processor."""
    name = f"disputes:{merchant_id}:{processor}"
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def stored(row: Row[Any]) -> StoredMessage:
    """Return a row as a message."""
    return StoredMessage(
        message_id=row.id,
        merchant_id=row.merchant_id,
        case_id=row.case_id or 0,
        received_at=row.received_at,
        mailbox=row.mailbox,
        raw_file=row.raw_file,
        mail=load(InboundMail, row.mail) if row.mail else None,
        event=load(DisputeEvent, row.event) if row.event else None,
    )


def insert_message(connection: Connection, merchant_id: int, values: dict[str, Any]) -> int | None:
    """Store a message; None when one with its identity is there."""
    statement = insert(messages).values(merchant_id=merchant_id, **values).on_conflict_do_nothing()
    found: int | None = connection.execute(statement.returning(messages.c.id)).scalar_one_or_none()
    return found


def _known(connection: Connection, merchant_id: int, identity: str) -> Accepted:
    query = (
        select(messages.c.id, messages.c.case_id, runs.c.id.label("run_id"))
        .outerjoin(runs, runs.c.message_id == messages.c.id)
        .where(messages.c.merchant_id == merchant_id, messages.c.identity == identity)
    )
    row = connection.execute(query).one()
    return Accepted(row.id, row.case_id or 0, row.run_id or 0, False)


def _start(
    connection: Connection,
    merchant_id: int,
    message_id: int,
    case_id: int | None,
    *,
    title: str,
    respond_by: datetime | None = None,
) -> Accepted:
    if case_id is None:
        values = {"merchant_id": merchant_id, "kind": "unknown", "status": "new", "title": title[:TITLE_LIMIT]}
        case_id = connection.execute(insert(cases).values(values).returning(cases.c.id)).scalar_one()
    due = connection.execute(select(cases.c.respond_by).where(cases.c.id == case_id)).scalar_one() or respond_by
    connection.execute(update(messages).where(messages.c.id == message_id).values(case_id=case_id))
    run = {"merchant_id": merchant_id, "case_id": case_id, "message_id": message_id}
    run_id: int = connection.execute(insert(runs).values(run).returning(runs.c.id)).scalar_one()
    queue_run(connection, merchant_id, case_id, run_id, respond_by=due)
    note(connection, "received", merchant_id=merchant_id, case_id=case_id, message_id=message_id, run_id=run_id)
    return Accepted(message_id, case_id, run_id, True)


def _case_of_thread(connection: Connection, merchant_id: int, mail: InboundMail) -> int | None:
    """Return the case a mail answers into: it names one of our messages, and its sender took part in that exchange.

    Whoever only quotes an id gets a case of their own.
    """
    named = [reference for reference in (mail.in_reply_to, *mail.references[-MAX_REFERENCES:]) if reference]
    sender = mail.sender.email.lower()
    if not named or not sender:
        return None
    took_part = or_(messages.c.counterpart == sender, messages.c.participants.contains([sender]))
    query = (
        select(messages.c.case_id)
        .where(messages.c.merchant_id == merchant_id, messages.c.message_header.in_(named))
        .where(messages.c.case_id.is_not(None), took_part)
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    found: int | None = connection.execute(query).scalar_one_or_none()
    return found


def _case_of_event(connection: Connection, merchant_id: int, event: DisputeEvent) -> int | None:
    """Return the case of the same dispute; else one that a mail opened for the same payment."""
    mine = disputes.c.merchant_id == merchant_id, disputes.c.processor == event.processor
    earlier = messages.c.merchant_id == merchant_id, messages.c.case_id.is_not(None)
    tries = [
        select(disputes.c.case_id).where(*mine, disputes.c.reference == event.reference),
        select(messages.c.case_id)
        .where(*earlier, messages.c.dispute_key == f"{event.processor}:{event.reference}")
        .order_by(messages.c.id),
    ]
    if event.payment_reference:
        paid = select(disputes.c.case_id).where(*mine, disputes.c.payment_reference == event.payment_reference)
        only_mailed = disputes.c.document["sources"] == literal(["mail"], JSONB)
        tries.append(paid.where(only_mailed).order_by(disputes.c.id.desc()))
    for query in tries:
        found: int | None = connection.execute(query.limit(1)).scalar_one_or_none()
        if found is not None:
            return found
    return None
