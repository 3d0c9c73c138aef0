"""Questions to the merchant's own people, and the mails in which they answer."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from rejoinder.domain.cases import Merchant
from rejoinder.domain.evidence import Evidence
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.reminders import ColleagueRequest, SendStatus, mark_in, named_in
from rejoinder.storage import outgoing
from rejoinder.storage.cases import LOST_AFTER, SWEEP, has_job
from rejoinder.storage.dispute_tables import colleague_requests, reminders
from rejoinder.storage.documents import dump, load
from rejoinder.storage.messages import MessageRows
from rejoinder.storage.queue import URGENT, case_lock, queue_job
from rejoinder.storage.redrafts import begin_anew
from rejoinder.storage.rows import note
from rejoinder.storage.tables import cases, evidence, merchants, messages, reviews, runs

OPEN_LIMIT = 50
"""How many of a case's mails to colleagues are compared with the mark of a subject."""


class Ours(NamedTuple):
    """A mail of ours to a colleague: of which case, to whom, and its token."""

    case_id: int
    recipient: str
    token: str


class Taken(NamedTuple):
    """What was taken from a colleague's mail: evidence, and what was refused in words."""

    evidence: Sequence[Evidence]
    refused: Sequence[str] = ()


class RequestRows(MessageRows):
    """Requests and the answers to them."""

    def ask_colleague(
        self, case_id: int, kind: str, *, language: str, recipient: str, subject: str, body: str, asked_by: str
    ) -> int:
        """Put a question into the outbox with the job that sends it; while one for this kind is open, that one stays.

        Returns:
            The id of the request.
        """
        case = select(cases.c.merchant_id).where(cases.c.id == case_id).with_for_update()
        values = {"language": language, "subject": subject, "body": body, "asked_by": asked_by, "status": "queued"}
        with self.begin() as connection:
            whose = {"merchant_id": connection.execute(case).scalar_one(), "case_id": case_id, "kind": kind}
            known = connection.execute(_open_request(case_id, kind)).scalar_one_or_none()
            if known is not None:
                return int(known)
            row = {**whose, **values, "recipient": recipient.lower(), "token": outgoing.new_token()}
            statement = insert(colleague_requests).values(row).returning(colleague_requests.c.id)
            request_id = int(connection.execute(statement).scalar_one())
            outgoing.queue_send(connection, "ask", "request_id", request_id)
            note(connection, "colleague_asked", actor=asked_by, case_id=case_id, kind=kind, to=recipient)
        return request_id

    def requests_of_case(self, case_id: int) -> Sequence[ColleagueRequest]:
        """Return the case's requests, oldest first."""
        query = select(colleague_requests).where(colleague_requests.c.case_id == case_id)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(colleague_requests.c.id)).all()
        return [as_request(row) for row in rows]

    def claim_request(self, request_id: int) -> ColleagueRequest | None:
        """Move queued to sending for exactly one caller."""
        with self.begin() as connection:
            row = outgoing.claim(connection, colleague_requests, request_id)
        return as_request(row) if row else None

    def finish_request(self, request_id: int, status: SendStatus, answer: str, raw_file: str = "") -> None:
        """Record how a send ended."""
        with self.begin() as connection:
            outgoing.end(connection, colleague_requests, request_id, status, answer, raw_file=raw_file)

    def release_request(self, request_id: int, answer: str) -> None:
        """Put a request that surely did not leave back into the queue."""
        with self.begin() as connection:
            outgoing.release(connection, colleague_requests, request_id, answer)

    def give_up_request(self, request_id: int, answer: str) -> None:
        """Mark a queued request as failed after its last try; it can be asked again."""
        with self.begin() as connection:
            outgoing.end(connection, colleague_requests, request_id, "failed", answer, before=("queued",))

    def requeue_lost_requests(self, now: datetime) -> int:
        """Queue a job for requests that wait to be sent, and for answers that wait to be taken, and have none."""
        waits = messages.c.direction == "colleague", messages.c.status == "stored"
        old = messages.c.received_at < now - LOST_AFTER, ~has_job("message_id", messages.c.id)
        lost = select(messages).where(*waits, *old).order_by(messages.c.id).limit(SWEEP)
        with self.begin() as connection:
            rows = connection.execute(lost.with_for_update(skip_locked=True)).all()
            for row in rows:
                _queue_answer(connection, row.merchant_id, row.case_id, row.id)
            return len(rows) + outgoing.requeue_lost(connection, colleague_requests, "ask", "request_id", now)

    def mark_stuck_requests(self, since: datetime) -> int:
        """Mark requests that a killed worker left half sent as uncertain."""
        with self.begin() as connection:
            return outgoing.mark_stuck(connection, colleague_requests, since)

    def file_colleagues(
        self, connection: Connection, merchant_id: int, message_id: int, mail: InboundMail
    ) -> int | None:
        """Put a colleague's mail into the case that our mail to them was about, with the job that takes its files.

        It names one of our mails by an id that only its reader can know, or carries that mail's mark in its subject. A
        copy of our own mail that comes back is put there as well, and nothing is done with it. A mail whose sender's
        checks failed is nobody's.
        """
        copy = bool(named_in([mail.message_id]))
        ours = next(_answered(connection, merchant_id, mail), None)
        if ours is None or (mail.authenticity.verdict == "failed" and not copy):
            return None
        whole = select(func.coalesce(cases.c.merged_into, cases.c.id)).where(cases.c.id == ours.case_id)
        case_id = int(connection.execute(whole).scalar_one())
        filed = {"case_id": case_id, "direction": "out" if copy else "colleague"}
        connection.execute(update(messages).where(messages.c.id == message_id).values(filed))
        if not copy:
            _queue_answer(connection, merchant_id, case_id, message_id)
            note(connection, "colleague_wrote", actor=mail.sender.email, case_id=case_id, message_id=message_id)
        return case_id

    def open_request(self, message_id: int) -> ColleagueRequest | None:
        """Return the request that a colleague's mail answers: the one it names, else the newest that is open."""
        asked = select(colleague_requests).join(messages, messages.c.case_id == colleague_requests.c.case_id)
        query = asked.where(messages.c.id == message_id).order_by(colleague_requests.c.id.desc())
        mail = self.message(message_id).mail
        named = {one.token for one in named_in(_ids(mail))} if mail else set()
        with self.reading() as connection:
            found = [as_request(row) for row in connection.execute(query)]
        chosen = [one for one in found if one.token in named] or [one for one in found if one.answered_at is None]
        return chosen[0] if chosen else None

    def take_answer(self, message_id: int, taken: Taken, request_id: int | None) -> bool:
        """Keep what a colleague's mail brought as evidence, once, and let a letter that waits be written again.

        `request_id` is the request that is answered with it; None for none, as by an automatic reply.
        """
        with self.begin() as connection:
            done = update(messages).where(messages.c.id == message_id, messages.c.status == "stored")
            row = connection.execute(done.values(status="taken").returning(messages)).one_or_none()
            if row is None:
                return False
            for item in taken.evidence:
                _keep(connection, row.case_id, item)
            if request_id is not None:
                answered = update(colleague_requests).where(colleague_requests.c.id == request_id)
                connection.execute(answered.values(answered_at=row.received_at, changed_at=func.now()))
            found: dict[str, Any] = {"files": len(taken.evidence), "refused": list(taken.refused)}
            note(connection, "colleague_answered", actor=row.counterpart, case_id=row.case_id, **found)
            if taken.evidence:
                _draft_again(connection, row.case_id, row.counterpart)
        return True

    def bounced(self, message_id: int, request_id: int, answer: str) -> None:
        """Record that a request came back, so that it can be asked again."""
        with self.begin() as connection:
            came_back = update(messages).where(messages.c.id == message_id, messages.c.status == "stored")
            if connection.execute(came_back.values(status="taken")).rowcount:
                outgoing.end(connection, colleague_requests, request_id, "failed", answer, before=("sent", "uncertain"))


def as_request(row: Row[Any]) -> ColleagueRequest:
    """Return a row as a request."""
    return ColleagueRequest(
        request_id=row.id,
        merchant_id=row.merchant_id,
        case_id=row.case_id,
        kind=row.kind,
        language=row.language,
        recipient=row.recipient,
        subject=row.subject,
        body=row.body,
        status=row.status,
        token=row.token,
        asked_by=row.asked_by,
        created_at=row.created_at,
        answered_at=row.answered_at,
        answer=row.answer,
    )


def _open_request(case_id: int, kind: str) -> Any:
    table = colleague_requests
    mine = table.c.case_id == case_id, table.c.kind == kind
    return select(table.c.id).where(
        *mine, table.c.answered_at.is_(None), table.c.status.not_in(["failed", "cancelled"])
    )


def _ids(mail: InboundMail) -> tuple[str, ...]:
    return (mail.in_reply_to, *reversed(mail.references), mail.message_id)


def _answered(connection: Connection, merchant_id: int, mail: InboundMail) -> Iterator[Ours]:
    """Yield our mails to colleagues that a mail answers, the nearest first; what follows an answer belongs to it."""
    for named in named_in(_ids(mail)):
        found = _ours(connection, merchant_id, named.what, number=named.number)
        yield from (one for one in found if one.token == named.token and _is_of(mail, one.recipient))
    sender = mail.sender.email.lower()
    marked = mark_in(mail.subject)
    if marked is not None:
        case_id, beginning = marked
        found = [
            one for what in ("request", "reminder") for one in _ours(connection, merchant_id, what, case_id=case_id)
        ]
        yield from (one for one in found if one.token.startswith(beginning) and one.recipient == sender)
    before = [one for one in (mail.in_reply_to, *mail.references) if one]
    theirs = messages.c.direction == "colleague", messages.c.counterpart == sender
    earlier = select(messages.c.case_id).where(
        messages.c.merchant_id == merchant_id, messages.c.message_header.in_(before), *theirs
    )
    yield from (Ours(case_id, sender, "") for case_id in connection.execute(earlier.limit(1)).scalars())


def _ours(
    connection: Connection, merchant_id: int, what: str, *, number: int | None = None, case_id: int | None = None
) -> list[Ours]:
    table = colleague_requests if what == "request" else reminders
    where = table.c.id == number if case_id is None else table.c.case_id == case_id
    query = select(table).where(table.c.merchant_id == merchant_id, where).order_by(table.c.id.desc())
    rows = connection.execute(query.limit(OPEN_LIMIT)).all()
    if what == "request":
        return [Ours(row.case_id, row.recipient, row.token) for row in rows]
    document = connection.execute(select(merchants.c.document).where(merchants.c.id == merchant_id)).scalar_one()
    colleague = load(Merchant, document).reminders.colleague
    return [Ours(row.case_id, colleague, row.token) for row in rows]


def _is_of(mail: InboundMail, recipient: str) -> bool:
    """Tell whether a mail that names ours is of the merchant's people: of the house we wrote to, or a bounce of it.

    A copy of our own mail comes from us.
    """
    sender = mail.sender.email.lower()
    house = recipient.rpartition("@")[2]
    return sender.rpartition("@")[2] == house or mail.automatic == "bounce" or bool(named_in([mail.message_id]))


def _queue_answer(connection: Connection, merchant_id: int, case_id: int, message_id: int) -> None:
    lock = case_lock(merchant_id, case_id)
    queue_job(connection, "take_answer", {"message_id": message_id}, lock=lock, priority=URGENT)


def _keep(connection: Connection, case_id: int, item: Evidence) -> None:
    values = {"document": dump(item)}
    statement = insert(evidence).values(case_id=case_id, evidence_id=item.evidence_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["case_id", "evidence_id"], set_=values))


def _draft_again(connection: Connection, case_id: int, actor: str) -> None:
    """Let the run that waits for a person begin anew; one that is still to be worked on finds the evidence anyway."""
    asked = select(runs).join(reviews, reviews.c.run_id == runs.c.id)
    waits = asked.where(runs.c.case_id == case_id, runs.c.status == "waiting", reviews.c.status == "open")
    run = connection.execute(waits.order_by(runs.c.id.desc()).limit(1).with_for_update(of=runs)).one_or_none()
    if run is None:
        return
    due = select(cases.c.respond_by).where(cases.c.id == case_id)
    begin_anew(connection, run, respond_by=connection.execute(due).scalar_one())
    note(connection, "drafted_again", actor=actor, case_id=case_id, run_id=run.id)
