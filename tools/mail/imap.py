"""The door to a merchant's mailbox: read new mail without altering it, wait for more, file a draft or a sent copy.

One connection, one owner thread, one command at a time; after any failure the connection is dropped
and the mailbox has to be opened again.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rejoinder.errors import BadInput, ProviderUnavailable
from tools.mail import imap_syntax as syntax
from tools.mail.folder_names import DRAFT_NAMES, SENT_NAMES
from tools.mail.imap_account import Authenticator, ImapAccount, PasswordLogin, Security
from tools.mail.imap_session import ImapSession
from tools.mail.imap_wire import Wire

__all__ = [
    "AppendedMail", "Authenticator", "Cursor", "FetchedMail", "FolderState", "ImapAccount", "ImapMailbox", "MailBatch",
    "PasswordLogin", "Security", "SpecialFolders",
]  # fmt: skip

Trouble = Literal["", "oversized", "unreadable"]

IDLE_SECONDS = 300.0  # a server that died silently is noticed only when IDLE ends
_FLAGS = frozenset({"\\Seen", "\\Answered", "\\Flagged", "\\Draft"})


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """How far a folder was read: every UID up to `last_uid` of this `uidvalidity` is done."""

    uidvalidity: int
    last_uid: int


@dataclass(frozen=True, kw_only=True)
class FolderState:
    """A folder as it was opened; `uidnext` is 0 when the server does not tell."""

    uidvalidity: int
    uidnext: int
    exists: int


@dataclass(frozen=True, kw_only=True)
class FetchedMail:
    """One mail as the server gave it.

    `trouble` is `oversized` (raw holds the header only) or `unreadable` (the mail exists, the server
    gives no bytes; raw is empty): such a mail is to be quarantined visibly.
    """

    uid: int
    raw: bytes
    internal_date: datetime | None
    size: int
    trouble: Trouble = ""


@dataclass(frozen=True, kw_only=True)
class MailBatch:
    """Mails in UID order and the cursor to store once they are committed.

    `mails` may be empty: all were deleted in between. `restarted`: the folder's UIDVALIDITY is not the
    stored one, reading began at its first mail again, and known mails come once more.
    """

    mails: tuple[FetchedMail, ...]
    cursor: Cursor
    restarted: bool = False


@dataclass(frozen=True, kw_only=True)
class SpecialFolders:
    """Where drafts and sent mail belong; empty when the server has no such folder."""

    drafts: str
    sent: str


@dataclass(frozen=True, kw_only=True)
class AppendedMail:
    """Where an appended mail lies (RFC 4315)."""

    uidvalidity: int
    uid: int


class ImapMailbox:
    """One connection to a mailbox; a context manager, used by the thread that opened it.

    Raises:
        ProviderUnavailable: may pass; open the mailbox again later.
        ProviderRefused: the server said no (login, certificate, folder); a person looks.
    """

    def __init__(self, account: ImapAccount) -> None:
        self.account = account
        self._live: ImapSession | None = None
        self._opened: tuple[str, FolderState] | None = None

    def __enter__(self) -> "ImapMailbox":
        self._live = ImapSession(self.account)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Log out and close; quick and silent when the connection is gone already."""
        if self._live is not None:
            self._live.close()
        self._live = self._opened = None

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server offers, in upper case, asked after the login."""
        return self._session.capabilities

    @property
    def _session(self) -> ImapSession:
        if self._live is None:
            raise ProviderUnavailable(f"{self.account.label} is not open; open it with `with ImapMailbox(account)`")
        return self._live

    def select(self, folder: str = "") -> FolderState:
        """Open a folder read-only (EXAMINE), by default the account's; flags stay as they are."""
        name = folder or self.account.folder
        self._opened = None
        with self._session.call(f"opening {name!r}") as wire:
            typ, answer = wire.select(syntax.quoted_folder(name), readonly=True)
            if typ == "OK":
                state = FolderState(
                    uidvalidity=_code_number(wire, "UIDVALIDITY"),
                    uidnext=_code_number(wire, "UIDNEXT"),
                    exists=_last_number(answer),
                )
        if typ != "OK":
            raise self._session.refused(
                f"has no folder {name!r}, or may not read it", answer, "check the folder's name"
            )
        if not state.uidvalidity:
            raise self._session.refused(
                f"keeps no lasting numbers in {name!r} (no UIDVALIDITY)", answer, "use another server"
            )
        self._opened = (name, state)
        return state

    def fetch_new(self, cursor: Cursor | None, batch: int = 100) -> Iterator[MailBatch]:
        """Yield all mail after the cursor, oldest first, at most `batch` mails and `batch_bytes` at a time.

        Store a batch's cursor once its mails are committed: an interrupted reading goes on from there.
        """
        state = self.select()
        restarted = cursor is not None and cursor.uidvalidity != state.uidvalidity
        last = 0 if cursor is None or restarted else cursor.last_uid
        uids = [] if 0 < state.uidnext <= last + 1 else self._session.search(f"UID {last + 1}:*")
        uids = [uid for uid in uids if uid > last]  # `n:*` always names the last mail
        if restarted and not uids:
            yield MailBatch(mails=(), cursor=Cursor(uidvalidity=state.uidvalidity, last_uid=0), restarted=True)
        for start in range(0, len(uids), batch):
            for part in self._parts(state, uids[start : start + batch]):
                self._go_back_to(state)
                mails = tuple(self._fetch(part))
                done = Cursor(uidvalidity=state.uidvalidity, last_uid=part[-1].uid)
                yield MailBatch(mails=mails, cursor=done, restarted=restarted)

    def cursor_before(self, since: datetime) -> Cursor:
        """Return the cursor from which `fetch_new` reads mail of that day (the server's) and later only."""
        state = self.select()
        found = self._session.search(f"SINCE {syntax.search_date(since)}")
        everything = state.uidnext - 1 if state.uidnext else max(self._session.search("ALL"), default=0)
        return Cursor(uidvalidity=state.uidvalidity, last_uid=found[0] - 1 if found else everything)

    def wait_for_mail(self, timeout: float, stop: threading.Event | None = None) -> bool:
        """Wait until mail may have come (True), `timeout` seconds passed or `stop` is set (False)."""
        stopper = stop or threading.Event()
        ends_at = time.monotonic() + timeout
        if self._opened is None or self._opened[0] != self.account.folder:
            self.select()
        self._session.noop()  # mail that came before IDLE begins is not announced by it
        while not self._mail_announced():
            left = ends_at - time.monotonic()
            if left <= 0 or stopper.is_set():
                return False
            if self._session.can_idle:
                self._session.idle(min(left, IDLE_SECONDS), stopper)
            else:
                stopper.wait(min(left, self.account.poll_seconds))
                self._session.noop()
        return True

    def append(
        self, folder: str, raw: bytes, flags: Sequence[str] = (), date: datetime | None = None
    ) -> AppendedMail | None:
        """File a mail; its place when the server tells (UIDPLUS), else None.

        When the connection is lost the mail may be there or not: ask `find_by_message_id` before filing it again.
        """
        if any(flag not in _FLAGS for flag in flags):
            raise BadInput(f"{flags!r} holds an unknown flag; known are {', '.join(sorted(_FLAGS))}")
        name, moment = syntax.quoted_folder(folder), syntax.internal_date(date) if date else None
        with self._session.call(f"filing a mail in {folder!r}") as wire:
            typ, answer = wire.append(name, f"({' '.join(flags)})" if flags else None, moment, raw)
        if typ != "OK":
            raise self._session.refused(
                f"took no mail into {folder!r}", answer, "check that the folder exists and has room"
            )
        place = syntax.response_codes(answer).get("APPENDUID", "").split()
        if len(place) != 2 or not all(number.isdigit() for number in place):
            return None
        return AppendedMail(uidvalidity=int(place[0]), uid=int(place[1]))

    def find_by_message_id(self, folder: str, message_id: str) -> list[int]:
        """Return the UIDs of the mails in a folder that carry this Message-ID, ascending."""
        criterion = f"HEADER Message-ID {syntax.quote(message_id)}"
        self.select(folder)
        return self._session.search(criterion)

    def special_folders(self) -> SpecialFolders:
        """Return the drafts and sent folders: as configured, as marked (RFC 6154), or by their usual names."""
        account = self.account
        if account.drafts_folder and account.sent_folder:
            return SpecialFolders(drafts=account.drafts_folder, sent=account.sent_folder)
        marked = {"LIST-EXTENDED", "SPECIAL-USE"} <= self.capabilities
        with self._session.call("listing folders") as wire:
            typ, answer = wire.list('""', '"*" RETURN (SPECIAL-USE)' if marked else '"*"')
        listed = syntax.folder_lines(answer) if typ == "OK" else []
        lines = [line for line in listed if "\\noselect" not in line.attributes]
        return SpecialFolders(
            drafts=account.drafts_folder or _special(lines, "\\drafts", DRAFT_NAMES),
            sent=account.sent_folder or _special(lines, "\\sent", SENT_NAMES),
        )

    def _mail_announced(self) -> bool:
        """Tell whether the server named a number of mails since the folder was opened or last asked."""
        with self._session.call("looking for news") as wire:
            return _last_number(wire.response("EXISTS")[1]) > 0

    def _go_back_to(self, state: FolderState) -> None:
        """Open the account's folder again if another one was opened between two batches."""
        if self._opened is not None and self._opened[0] == self.account.folder:
            return
        if self.select().uidvalidity != state.uidvalidity:
            raise ProviderUnavailable(f"{self.account.label}: the folder was renewed while reading; tried again later")

    def _parts(self, state: FolderState, uids: Sequence[int]) -> Iterator[list[syntax.FetchLine]]:
        """Ask for sizes, and split where the mails would fill `batch_bytes`. A vanished mail keeps its UID."""
        self._go_back_to(state)
        lines = self._ask(uids, "(UID RFC822.SIZE INTERNALDATE)", len(uids) * 1000)
        part: list[syntax.FetchLine] = []
        weight = 0
        for uid in uids:
            line = lines.get(uid) or syntax.FetchLine(uid=uid)
            size = min(line.size or 0, self.account.max_bytes)
            if part and weight + size > self.account.batch_bytes:
                yield part
                part, weight = [], 0
            part.append(line)
            weight += size
        yield part

    def _fetch(self, part: Sequence[syntax.FetchLine]) -> Iterator[FetchedMail]:
        large = {line.uid for line in part if (line.size or 0) > self.account.max_bytes}
        small = [line for line in part if line.uid not in large]
        expected = 2 * sum(line.size or 0 for line in small)
        bodies = self._ask([line.uid for line in small], "(UID BODY.PEEK[])", expected) if small else {}
        bodies |= self._ask(sorted(large), "(UID BODY.PEEK[HEADER])", 0) if large else {}
        missing = [line.uid for line in part if _body(bodies, line.uid) is None]
        still_there = self._rescue(missing, large, bodies) if missing else set()
        for line in part:
            raw = _body(bodies, line.uid)
            if raw is None and line.uid not in still_there:
                continue
            trouble: Trouble = "unreadable" if raw is None else "oversized" if line.uid in large else ""
            size, raw = len(raw or b"") if line.size is None else line.size, raw or b""
            yield FetchedMail(uid=line.uid, raw=raw, internal_date=line.internal_date, size=size, trouble=trouble)

    def _rescue(self, missing: list[int], large: set[int], update_bodies: dict[int, syntax.FetchLine]) -> set[int]:
        """Ask one by one for mails a batch did not give, and return those that were not deleted."""
        self._session.noop()  # lets the server forget deleted mails before it searches
        there = self._session.search(f"UID {syntax.uid_set(missing)}")
        for uid in there:
            item = "(UID BODY.PEEK[HEADER])" if uid in large else "(UID BODY.PEEK[])"
            update_bodies |= self._ask([uid], item, self.account.max_bytes)
        return set(there)

    def _ask(self, uids: Sequence[int], items: str, expected: int) -> dict[int, syntax.FetchLine]:
        """Fetch items of some mails; what the server does not give is missing from the result."""
        with self._session.call("reading mail") as wire:
            wire.byte_budget = expected + 1_000_000 + 200_000 * len(uids)
            typ, answer = wire.uid("FETCH", syntax.uid_set(uids), items)
            if typ != "OK":  # some of the mails were deleted; those before them lie in the pool
                answer = wire.response("FETCH")[1]
        return syntax.fetch_lines(answer)


def _code_number(wire: Wire, code: str) -> int:
    return _last_number(wire.response(code)[1])


def _last_number(answer: Sequence[object]) -> int:
    last = answer[-1] if answer else None
    return int(last) if isinstance(last, bytes) and last.isdigit() else 0


def _body(lines: dict[int, syntax.FetchLine], uid: int) -> bytes | None:
    line = lines.get(uid)
    return line.body if line else None


def _special(lines: Sequence[syntax.FolderLine], attribute: str, names: frozenset[str]) -> str:
    marked = [line.name for line in lines if attribute in line.attributes]
    if marked:
        return marked[0]
    usual = (line for line in lines if _last_part(line).casefold() in names)
    return min((line.name for line in usual), key=lambda name: (len(name), name), default="")


def _last_part(line: syntax.FolderLine) -> str:
    return line.name.rsplit(line.separator, 1)[-1] if line.separator else line.name
