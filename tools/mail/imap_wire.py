"""One imaplib2 connection made safe: verified TLS, one lock around it, a watchdog that ends what overstays.

imaplib2 3.6 leaves TLS unverified, uses one TLS object from two threads, cannot time out a connect, can wait
for ever on a lock or on an answer that its dead reader will never read, and prints to stderr. What is overridden
here is tested against real servers in `tests/tools/mail/test_imap.py`; run that before taking a newer imaplib2.
"""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import imaplib2

from tools.mail.imap_account import Security
from tools.mail.readiness import readable, writable

ImapError: type[Exception] = imaplib2.IMAP4.error
ImapAbort: type[Exception] = imaplib2.IMAP4.abort  # the connection is lost; other errors are refusals (BAD)

_LINE_LIMIT = 8192
_READ_SIZE = 65536
_JOIN_SECONDS = 5.0
NO_LIMIT = 1 << 62


class StartTlsError(Exception):
    """The server does not offer STARTTLS as it should; going on would send the password in clear."""


@dataclass(frozen=True, kw_only=True)
class WireSettings:
    """How to reach the server; times in seconds."""

    host: str
    port: int
    security: Security
    context: ssl.SSLContext | None
    connect_timeout: float


class Wire(imaplib2.IMAP4):  # type: ignore[misc]
    """An imaplib2 connection. Use it from one thread, one command at a time, each inside `watched`.

    After any exception it must be dropped with `drop`: imaplib2 may hold a lock it will never release.
    """

    def __init__(self, settings: WireSettings) -> None:
        self.settings = settings
        self.cut_reason = ""
        self.byte_budget = NO_LIMIT
        self._moved_at = time.monotonic()
        self._io_lock = threading.Lock()
        self._greeting = b""
        self._greeted = threading.Event()
        try:
            super().__init__(settings.host, settings.port, timeout=None)
        finally:
            self._greeted.set()

    # What imaplib2 lets a subclass change.

    def open_socket(self) -> socket.socket:
        """Connect, and finish TLS before imaplib2 starts its threads; its own STARTTLS hangs."""
        settings = self.settings
        sock = socket.create_connection((settings.host, settings.port), settings.connect_timeout)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if settings.security == "starttls":
                self._greeting = _ask_for_tls(sock, time.monotonic() + settings.connect_timeout)
            if settings.context is not None:
                sock.settimeout(settings.connect_timeout)
                sock = settings.context.wrap_socket(sock, server_hostname=settings.host)
            sock.setblocking(False)
        except BaseException:
            sock.close()
            raise
        return sock

    def read(self, size: int) -> bytes:
        """Return at least one byte; also what TLS has decrypted already, which no poll would announce."""
        while not self.Terminate:
            with self._io_lock:
                received = self._receive(size)
            if received is None:
                readable(self.sock, 1.0)
                continue
            if not received:
                raise ConnectionError("the server closed the connection")
            self._moved_at = time.monotonic()
            self.byte_budget -= len(received)
            if self.byte_budget < 0:
                raise ConnectionError("the server sent far more than was asked for")
            return received
        raise ConnectionError("closed here")

    def send(self, data: bytes) -> None:
        """Send all of it, never blocking inside the lock."""
        rest = memoryview(data)
        while rest:
            if self.Terminate:
                raise ConnectionError("closed here")
            with self._io_lock:
                sent = self._transmit(rest)
            if sent is None:
                writable(self.sock, 1.0)
                continue
            self._moved_at = time.monotonic()
            rest = rest[sent:]

    def shutdown(self) -> None:
        """End the connection; the descriptor is closed only after the threads have ended."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def _receive(self, size: int) -> bytes | None:
        try:
            received: bytes = self.sock.recv(max(size, _READ_SIZE) if size > 1 else size)
            pending = getattr(self.sock, "pending", None)
            while received and pending is not None and (more := pending()):
                received += self.sock.recv(more)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None
        return received

    def _transmit(self, rest: memoryview) -> int | None:
        try:
            sent: int = self.sock.send(rest[:_READ_SIZE])
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None
        return sent

    def _reader(self) -> None:
        if self._greeting:
            self.inq.put(self._greeting)
        if not self._greeted.is_set():
            self._start_watch(self._greeted, self.settings.connect_timeout, self.settings.connect_timeout)
        super()._reader()

    def _close_threads(self) -> None:
        self.Terminate = True
        self.ouq.put(None)
        self.shutdown()
        self.inq.put((self.abort, "connection closed"))
        for thread in (self.wrth, self.rdth, self.inth):
            thread.join(_JOIN_SECONDS)
        self.sock.close()

    def _print_log(self) -> None:
        """Print nothing: imaplib2 writes its last commands to stderr."""

    # What is added.

    @contextlib.contextmanager
    def watched(self, silence: float, limit: float) -> Iterator[None]:
        """Cut the connection when it moves no byte for `silence` seconds, or after `limit` seconds in all."""
        done = threading.Event()
        self._start_watch(done, silence, limit)
        try:
            yield
        finally:
            done.set()

    def login_line(self, user: str, password: bytes) -> tuple[str, list[Any]]:
        """Send LOGIN with the password as a literal, so that any byte is possible; `user` is quoted already."""
        self.literal = password
        try:
            typ, answer = self._simple_command("LOGIN", user)
            if typ == "OK":
                self.state = "AUTH"
        finally:
            self._release_state_change()
        return typ, answer

    def end_idle(self) -> None:
        """Send DONE if the connection idles; the callback of `idle` reports the end."""
        self._end_idle()

    def cut(self, reason: str) -> None:
        """End the connection now, from any thread, and wake whoever waits for an answer."""
        self.cut_reason = self.cut_reason or reason
        self.Terminate = True
        self.shutdown()
        self.inq.put((self.abort, reason))
        with self.commands_lock:
            waiting = list(self.tagged_commands.values())
            self.tagged_commands.clear()
        for request in waiting:
            request.abort(self.abort, reason)
        self.state_change_free.set()

    def drop(self) -> None:
        """Cut the connection and end its threads."""
        self.cut(self.cut_reason or "dropped")
        self._close_threads()

    def _start_watch(self, done: threading.Event, silence: float, limit: float) -> None:
        self._moved_at = time.monotonic()
        threading.Thread(target=self._watch, args=(done, silence, limit), name="imap watchdog", daemon=True).start()

    def _watch(self, done: threading.Event, silence: float, limit: float) -> None:
        ends_at = time.monotonic() + limit
        while True:
            now = time.monotonic()
            left = min(self._moved_at + silence, ends_at) - now
            if left <= 0:
                break
            if done.wait(left):
                return
        word = "no answer" if now < ends_at else "no end of the answer"
        self.cut(f"{word} after {silence if now < ends_at else limit:g} s")


def _ask_for_tls(sock: socket.socket, ends_at: float) -> bytes:
    """Greet, send STARTTLS and return the greeting; nothing may follow the OK, or somebody in between wrote it."""
    greeting = _line(sock, ends_at)
    if greeting.upper().startswith(b"* BYE"):
        raise ConnectionError("the server greeted with BYE")
    if not greeting.upper().startswith(b"* OK"):
        raise StartTlsError(f"greeted with {greeting[:60]!r}")
    sock.sendall(b"t0 STARTTLS\r\n")
    while not (answer := _line(sock, ends_at)).startswith(b"t0 "):
        if not answer.startswith(b"* "):
            raise StartTlsError(f"answered {answer[:60]!r}")
    if not answer.upper().startswith(b"T0 OK"):
        raise StartTlsError(f"answered {answer[:60]!r}")
    return greeting


def _line(sock: socket.socket, ends_at: float) -> bytes:
    """Read one line byte by byte, so that nothing behind it is taken from the TLS handshake."""
    line = b""
    while not line.endswith(b"\n"):
        left = ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("no greeting in time")
        sock.settimeout(left)
        byte = sock.recv(1)
        if not byte or len(line) > _LINE_LIMIT:
            raise ConnectionError("no greeting of an IMAP server")
        line += byte
    return line
