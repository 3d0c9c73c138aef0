"""One logged-in IMAP connection: commands under a watchdog, every failure in our own words."""

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

from rejoinder.errors import BadInput, ProviderRefused, ProviderUnavailable
from tools.mail import imap_syntax as syntax
from tools.mail.imap_account import Authenticator, ImapAccount, PasswordLogin
from tools.mail.imap_wire import NO_LIMIT, ImapAbort, ImapError, StartTlsError, Wire, WireSettings
from tools.mail.tls import client_context, connect_error

_LOOK_SECONDS = 0.2  # how often a waiting connection looks at `stop`
_PASSING_CODES = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"})  # RFC 5530
_LOST = (ImapError, OSError, EOFError)


class ImapSession:
    """A connection of one thread; dropped after any exception, because imaplib2 may hold a lock for ever."""

    def __init__(self, account: ImapAccount) -> None:
        """Connect and log in."""
        self.account = account
        self.capabilities: frozenset[str] = frozenset()
        self.can_idle = False
        self._owner = threading.get_ident()
        self._wire: Wire | None = _connect(account)
        try:
            self._log_in()
        except BaseException:
            self.drop()
            raise

    def close(self) -> None:
        """Log out and close; quick and silent when the connection is gone already."""
        wire, self._wire = self._wire, None
        if wire is None:
            return
        with wire.watched(5.0, 5.0), contextlib.suppress(*_LOST):
            wire.logout()
        wire.drop()

    def drop(self) -> None:
        """Close without a word to the server."""
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.drop()

    @contextlib.contextmanager
    def call(self, what: str, *, seconds: float = 0.0, secret: bool = False) -> Iterator[Wire]:
        """Run commands under the watchdog; whatever they raise drops the connection."""
        if threading.get_ident() != self._owner:
            raise RuntimeError("an ImapMailbox belongs to the thread that opened it; open one per thread")
        wire, account = self._wire, self.account
        if wire is None:
            raise ProviderUnavailable(f"{account.label}: the connection is closed; open the mailbox again")
        wire.byte_budget = NO_LIMIT
        try:
            with wire.watched(account.command_timeout + seconds, account.call_timeout + seconds):
                yield wire
        except BadInput:
            raise
        except _LOST as exc:
            cut = wire.cut_reason
            self.drop()
            if secret:  # the library's text of a failed login may hold what was sent
                raise _failure(account.label, what, exc, cut or "the server broke off") from None
            raise _failure(account.label, what, exc, cut or str(exc)) from exc
        except BaseException:
            self.drop()
            raise

    def refused(self, what: str, answer: Sequence[object], advice: str) -> ProviderRefused:
        """Build the error for an answer NO."""
        return ProviderRefused(f"{self.account.label} {what} (answer: {_text(answer)!r}); {advice}")

    def search(self, criteria: str) -> list[int]:
        """Return the UIDs found in the open folder, ascending; `criteria` is ASCII and quoted."""
        with self.call("searching") as wire:
            typ, answer = wire.uid("SEARCH", criteria.encode("ascii"))
        if typ != "OK":
            raise self.refused("did not search", answer, "try another server")
        return syntax.numbers(answer)

    def noop(self) -> None:
        """Let the server tell its news."""
        with self.call("asking for news") as wire:
            wire.noop()

    def idle(self, seconds: float, stop: threading.Event) -> None:
        """Wait in IDLE until the server has news, the time is over or `stop` is set."""
        ended = threading.Event()
        outcomes: list[tuple[Any, Any, Any]] = []

        def report(outcome: tuple[Any, Any, Any]) -> None:
            outcomes.append(outcome)
            ended.set()

        with self.call("waiting for mail", seconds=seconds) as wire:
            ends_at = time.monotonic() + seconds
            wire.idle(timeout=int(seconds) + 3600, callback=report)
            while not ended.wait(_LOOK_SECONDS) and time.monotonic() < ends_at and not stop.is_set():
                pass
            wire.end_idle()
            ended.wait()  # the watchdog ends this at the latest
            answer, _, failure = outcomes[0]
            if failure is not None:
                raise failure[0](failure[1])
        if answer[0] != "OK":
            self.can_idle = False  # offered, but refused: ask from time to time instead

    def _log_in(self) -> None:
        with self.call("logging in", secret=True) as wire:
            offered = frozenset(wire.capabilities)
            typ, answer = ("OK", []) if wire.state == "AUTH" else self._prove(wire, offered)
        if typ != "OK":
            codes = syntax.response_codes(answer)
            if _PASSING_CODES & codes.keys():
                raise ProviderUnavailable(f"{self.account.label}: login is not possible now ({_text(answer)})")
            raise self.refused("did not accept the login", answer, "check user name and password (an app password?)")
        with self.call("asking for capabilities") as wire:
            _, answer = wire.capability()  # what was told before the login is no longer true
            self.capabilities = frozenset(str(answer[-1] or b"", "ascii", "replace").upper().split())
            self.can_idle = "IDLE" in self.capabilities
            if "ID" in self.capabilities:
                wire.id('("name" "rejoinder")')  # some servers refuse to open folders for clients without a name

    def _prove(self, wire: Wire, offered: frozenset[str]) -> tuple[str, list[Any]]:
        proof = self.account.proof()
        if f"AUTH={proof.mechanism}" in offered:
            return _authenticate(wire, proof)
        if not isinstance(proof, PasswordLogin):
            return "NO", [f"{proof.mechanism} is not offered".encode()]
        if "LOGINDISABLED" in offered:
            return "NO", [b"the server takes no password on this connection; set security to tls or starttls"]
        return wire.login_line(syntax.quote(proof.user), proof.password.encode())


def _connect(account: ImapAccount) -> Wire:
    settings = WireSettings(
        host=account.host,
        port=account.port,
        security=account.security,
        context=None if account.security == "plain" else client_context(account.ca_file),
        connect_timeout=account.connect_timeout,
    )
    try:
        return Wire(settings)
    except StartTlsError as exc:
        raise ProviderRefused(
            f"{account.label}: {account.host!r} port {account.port} offers no STARTTLS ({exc}); "
            "nothing was sent in clear; use security tls, usually port 993"
        ) from exc
    except OSError as exc:
        raise connect_error(account.label, account.host, account.port, exc) from exc
    except ImapError as exc:
        raise ProviderUnavailable(
            f"{account.label}: {account.host!r} port {account.port} gave no IMAP greeting ({exc}); tried again"
        ) from exc


def _failure(label: str, what: str, exc: BaseException, why: str) -> ProviderUnavailable | ProviderRefused:
    if isinstance(exc, ImapError) and not isinstance(exc, ImapAbort):
        return ProviderRefused(f"{label}: the server takes {what} for an error ({why}); check host and port")
    return ProviderUnavailable(f"{label}: lost while {what} ({why}); tried again later")


def _authenticate(wire: Wire, proof: Authenticator) -> tuple[str, list[Any]]:
    """Run a SASL exchange; a refusal is a value here, as with every other command."""
    try:
        typ, answer = wire.authenticate(proof.mechanism, proof.respond)
    except ImapError as exc:
        if wire.Terminate or not exc.args or not isinstance(exc.args[0], bytes):
            raise
        return "NO", [exc.args[0]]
    return typ, answer


def _text(answer: Sequence[object]) -> str:
    """Return the server's words, at most 200 characters."""
    return " ".join(item.decode("utf-8", "replace") for item in answer if isinstance(item, bytes))[:200]
