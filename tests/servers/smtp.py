"""SMTP servers for tests: aiosmtpd in process, keeping what it got, and a scripted one that misbehaves on order."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.certificates import Certificates


@dataclass(frozen=True, kw_only=True)
class ReceivedMail:
    """One mail as it came, its bytes with CRLF and without the final dot."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    options: tuple[str, ...]


@dataclass
class SmtpRules:
    """What the server answers; may be changed between two mails. Recipients map to answers."""

    recipients: dict[str, str] = field(default_factory=dict)
    mail_from: str = ""
    data: str = "250 2.0.0 taken"


class SmtpServer:
    """aiosmtpd in a thread, on a free port; a context manager."""

    def __init__(
        self, *, certificates: Certificates | None = None, tls: bool = False, user: str = "", password: str = ""
    ) -> None:
        self.received: list[ReceivedMail] = []
        self.rules = SmtpRules()
        self.resets = 0
        self._needs_login = bool(user)
        context = _server_context(certificates) if certificates else None
        options: dict[str, Any] = {"decode_data": False, "enable_SMTPUTF8": True, "hostname": "127.0.0.1", "port": 0}
        if user:
            options |= {"auth_require_tls": False, "authenticator": _check(user, password)}
        if context is not None:
            options["ssl_context" if tls else "tls_context"] = context
        self._controller = _Controller(self, **options)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port it listens on."""
        server = self._controller.server
        assert server is not None
        port: int = server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        return port

    def start(self) -> None:
        """Start listening."""
        self._controller.start()

    def stop(self) -> None:
        """Stop and close."""
        self._controller.stop()

    # aiosmtpd's hooks.

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer MAIL FROM by rule."""
        if self._needs_login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if self.rules.mail_from:
            return self.rules.mail_from
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer RCPT TO by rule."""
        answer = self.rules.recipients.get(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Count resets."""
        self.resets += 1
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail when the rule takes it."""
        if self.rules.data.startswith("2"):
            raw = envelope.original_content
            assert isinstance(raw, bytes)
            self.received.append(
                ReceivedMail(
                    sender=str(envelope.mail_from),
                    recipients=tuple(envelope.rcpt_tos),
                    raw=raw,
                    options=tuple(str(one) for one in envelope.mail_options),
                )
            )
        return self.rules.data


class _Controller(Controller):
    """Speaks STARTTLS when given a `tls_context`; greets itself with TLS when given an `ssl_context`."""

    def _trigger_server(self) -> None:
        """Knock at the port really in use; aiosmtpd's own probe does not know it, and would have to speak TLS."""
        assert self.server is not None
        socket.create_connection(self.server.sockets[0].getsockname()[:2], 5).close()  # type: ignore[attr-defined]


def _check(user: str, password: str) -> Callable[..., AuthResult]:
    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, proof: Any) -> AuthResult:
        known = isinstance(proof, LoginPassword) and (proof.login, proof.password) == (user.encode(), password.encode())
        return AuthResult(success=known, handled=False)

    return authenticate


def _server_context(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.cert, certificates.key)
    return context


class ScriptedServer:
    """Plays one connection after another: `play(connection)` talks; used for what no good server does."""

    def __init__(self, play: Callable[["Talk"], None]) -> None:
        self._play = play
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.heard: list[bytes] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            connection.settimeout(10)
            with connection, contextlib.suppress(OSError, EOFError):
                self._play(Talk(connection, self.heard, self._over))


class Talk:
    """One connection of a `ScriptedServer`."""

    def __init__(self, connection: socket.socket, heard: list[bytes], over: threading.Event) -> None:
        self.connection, self.heard, self.over = connection, heard, over
        self._rest = b""

    def say(self, *lines: str) -> None:
        """Send lines."""
        for line in lines:
            self.connection.sendall(line.encode() + b"\r\n")

    def hear(self, end: bytes = b"\r\n") -> bytes:
        """Return what comes up to and with `end`."""
        while end not in self._rest:
            received = self.connection.recv(65536)
            if not received:
                raise EOFError
            self._rest += received
        heard, mark, self._rest = self._rest.partition(end)
        self.heard.append(heard + mark)
        return heard + mark

    def answer(self, answers: Sequence[str]) -> None:
        """Hear a line and say the next answer, for each of them."""
        for answer in answers:
            self.hear()
            self.say(answer)

    def hang(self, seconds: float = 30.0) -> None:
        """Say nothing until the test is over."""
        self.over.wait(seconds)
