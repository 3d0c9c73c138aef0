"""The sample merchant's mail servers: IMAP in a process of its own, SMTP that files what it takes under Delivered."""

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from rejoinder.errors import ProviderUnavailable

USER = "support@lumenoak.example"
PASSWORD = "lamp-oak-demo"  # noqa: S105 # of a server that listens on loopback and ends with the demo
DELIVERED = "Delivered"
START_SECONDS = 20.0
_RUN = "import sys; from pymap.main import main; sys.exit(main())"


@dataclass(frozen=True)
class MailServers:
    """Ports of the running servers."""

    imap_port: int
    smtp_port: int

    def file(self, mails: list[Path]) -> None:
        """Put mails into the inbox, as a mail server would."""
        with _client(self.imap_port) as client:
            for path in mails:
                raw = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
                client.append("INBOX", "", _arrival(raw), raw)

    def delivered(self) -> list[bytes]:
        """Return what customers received, oldest first."""
        with _client(self.imap_port) as client:
            client.select(DELIVERED, readonly=True)
            numbers = client.search(None, "ALL")[1][0].split()
            return [client.fetch(number, "(RFC822)")[1][0][1] for number in numbers]  # type: ignore[index,misc]


@contextmanager
def mail_servers() -> Iterator[MailServers]:
    """Run both servers on free loopback ports while the block runs.

    Raises:
        ProviderUnavailable: a server did not start.
    """
    port = _free_port()
    command = [sys.executable, "-W", "ignore", "-c", _RUN, "--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    command += ["--no-service", "admin", "dict", "--demo-user", USER, "--demo-password", PASSWORD, "--demo-data"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait_for(port, process)
        _prepare(port)
        controller = Controller(_Filer(port), hostname="127.0.0.1", port=_free_port())
        controller.start()
        try:
            yield MailServers(imap_port=port, smtp_port=controller.port)
        finally:
            controller.stop()
    finally:
        process.terminate()
        process.wait(10)


def _arrival(raw: bytes) -> str:
    """Return the mail's own date as the time at which the server got it."""
    return imaplib.Time2Internaldate(parsedate_to_datetime(message_from_bytes(raw)["Date"]))


class _Filer:
    """Takes every mail and files it where the customer would find it."""

    def __init__(self, imap_port: int) -> None:
        self._port = imap_port

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 # aiosmtpd's name
        with _client(self._port) as client:
            client.append(DELIVERED, "", "", envelope.content)
        return "250 2.0.0 filed"


def _prepare(port: int) -> None:
    with _client(port) as client:
        client.select("INBOX")
        client.store("1:*", "+FLAGS", "\\Deleted")
        client.expunge()
        client.close()
        for folder in (DELIVERED, "Drafts", "Sent"):
            client.create(folder)


@contextmanager
def _client(port: int) -> Iterator[imaplib.IMAP4]:
    client = imaplib.IMAP4("127.0.0.1", port, 10)
    client.login(USER, PASSWORD)
    try:
        yield client
    finally:
        client.logout()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    ends_at = time.monotonic() + START_SECONDS
    while time.monotonic() < ends_at and process.poll() is None:
        try:
            imaplib.IMAP4("127.0.0.1", port, 2).logout()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise ProviderUnavailable("the demo's IMAP server did not start; `pip show pymap` tells whether it is installed")
