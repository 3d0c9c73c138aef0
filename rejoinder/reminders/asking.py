"""Asks a colleague for the one item that is missing, and takes what comes back into the case."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from rejoinder.delivery import MailChannel
from rejoinder.domain.evidence import Evidence
from rejoinder.domain.mail import Attachment, InboundMail, MailAddress
from rejoinder.domain.reminders import ColleagueRequest, SendStatus, message_key, subject_mark
from rejoinder.errors import BadInput, ConfigError, DeliveryUncertain, NotFound, ProviderRefused, ProviderUnavailable
from rejoinder.storage.files import FileStore
from rejoinder.storage.packets import UPLOAD
from rejoinder.storage.requests import Taken
from rejoinder.storage.store import Store
from rejoinder.uploads import take_file
from tools.mail.compose import Reply, compose_mail, message_id_of

logger = structlog.get_logger(__name__)

SMALLEST_PICTURE = 4_000
"""Bytes below which a picture in a mail is taken for a part of a signature."""
NOT_TAKEN = frozenset({"bounce", "auto_reply"})


@dataclass(frozen=True, kw_only=True)
class Colleagues:
    """Mail to and from the merchant's own people. `posts` are by the merchant's slug."""

    store: Store
    files: FileStore
    posts: Mapping[str, MailChannel] = field(default_factory=dict)

    def ask(self, request_id: int, now: datetime) -> SendStatus | None:
        """Send one request.

        Returns:
            How it ended; None when it was sent before.

        Raises:
            ProviderUnavailable: it did not leave and may be tried again.
        """
        request = self.store.claim_request(request_id)
        if request is None:
            return None
        raw_file = ""
        try:
            post = self._post(request)
            raw = _compose(request, post, now)
            raw_file = self.files.put(raw)
            answer = post.send(raw, [request.recipient])
        except ProviderUnavailable as problem:
            self.store.release_request(request_id, str(problem))
            raise
        except (BadInput, ConfigError, ProviderRefused) as problem:
            return self._end(request, "failed", str(problem), raw_file)
        except DeliveryUncertain as problem:
            return self._end(request, "uncertain", str(problem), raw_file)
        self._end(request, "sent", answer, raw_file)
        post.after_sent(raw)
        return "sent"

    def _post(self, request: ColleagueRequest) -> MailChannel:
        post = self.posts.get(self.store.merchant(request.merchant_id).slug)
        if post is None:
            raise ConfigError("no mailbox or no colleague in the settings any more")
        return post

    def _end(self, request: ColleagueRequest, status: SendStatus, answer: str, raw_file: str) -> SendStatus:
        self.store.finish_request(request.request_id, status, answer, raw_file)
        return status

    def take(self, message_id: int) -> int:
        """Take the files of a colleague's mail as evidence of what was asked for; returns how many were new.

        A mail that brings none is kept in the case as it is: that there is nothing is an answer too. Automatic replies
        answer nothing; a bounce makes the request one that failed.
        """
        message = self.store.message(message_id)
        mail = message.mail
        if mail is None:
            raise NotFound(f"message {message_id} is no mail")
        request = self.store.open_request(message_id)
        if mail.automatic == "bounce" and request is not None:
            self.store.bounced(message_id, request.request_id, f"it came back: {mail.subject}")
            return 0
        kind = request.kind if request else self._wanted(message.case_id)
        silent = mail.automatic in NOT_TAKEN
        taken = Taken(()) if silent else self._taken(mail, kind, message.received_at)
        answered = request.request_id if request and not silent else None
        return len(taken.evidence) if self.store.take_answer(message_id, taken, answered) else 0

    def give_up(self, message_id: int, problem: Exception) -> None:
        """Leave a colleague's mail to people, with what went wrong."""
        self.store.take_answer(message_id, Taken((), [f"{type(problem).__name__}: {problem}"]), None)

    def _wanted(self, case_id: int) -> str:
        """Return what would help the case most, for an answer to a reminder; empty when nobody said."""
        judgement = self.store.judgement(case_id)
        return judgement.ask if judgement else ""

    def _taken(self, mail: InboundMail, kind: str, at: datetime) -> Taken:
        if not kind:
            named = [file.filename for file in mail.attachments]
            return Taken((), [f"{name}: nothing was asked for, so a person must say what it shows" for name in named])
        found: list[Evidence] = []
        refused: list[str] = []
        for file in worth_taking(mail.attachments):
            try:
                found.append(self._take(file, mail, kind, at))
            except (BadInput, NotFound) as problem:
                refused.append(f"{file.filename}: {problem}")
        if not mail.attachments and mail.forwarded is not None:
            found.append(_forwarded(mail, mail.forwarded, kind, at))
        return Taken(found, refused)

    def _take(self, file: Attachment, mail: InboundMail, kind: str, at: datetime) -> Evidence:
        content = self.files.get(file.file_hash)
        source = f"mail:{mail.identity}"
        return take_file(self.files, content, file.filename, file.media_type, kind=kind, source=source, at=at)


def worth_taking(attachments: Iterable[Attachment]) -> Sequence[Attachment]:
    """Return the attachments without the small pictures of signatures; when there is nothing else, all of them."""
    files = tuple(attachments)
    small = [file for file in files if file.media_type.startswith("image/") and file.size < SMALLEST_PICTURE]
    return tuple(file for file in files if file not in small) or files


def _forwarded(mail: InboundMail, inner: InboundMail, kind: str, at: datetime) -> Evidence:
    """Return a mail that a colleague forwarded as a record of its own."""
    fields = {
        "sender": inner.sender.email,
        "subject": inner.subject,
        "sent_at": inner.sent_at.isoformat() if inner.sent_at else "",
    }
    return Evidence(
        evidence_id=f"{UPLOAD}{inner.identity[-12:]}",
        kind=kind,
        fields={name: value for name, value in fields.items() if value},
        text=inner.text,
        source=f"mail:{mail.identity}",
        captured_at=at,
    )


def _compose(request: ColleagueRequest, post: MailChannel, now: datetime) -> bytes:
    key = message_key("request", request.request_id, request.token)
    mail = Reply(
        sender=MailAddress(email=post.address, name=post.sender_name),
        subject=f"{request.subject} {subject_mark(request.case_id, request.token)}",
        body=request.body,
        date=now,
        message_id=message_id_of(key, post.address.rpartition("@")[2]),
        language=request.language,
    )
    return compose_mail(MailAddress(email=request.recipient), mail)
