"""pymap, an IMAP server from PyPI, as a subprocess: one user, mail in memory, a new UIDVALIDITY at each start."""

import contextlib
import imaplib
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Self

from tests.servers.ports import free_port, wait_for_greeting

_RUN = "import sys; from pymap.main import main; sys.exit(main())"


class PymapServer:
    """One pymap with one user. All mail is lost at a restart."""

    def __init__(self, user: str = "shop", password: str = "secret") -> None:
        self.user, self.password = user, password
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start; returns once the server greets."""
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            _RUN,
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--no-tls",
        ]
        command += [
            "--no-service",
            "admin",
            "dict",
            "--demo-user",
            self.user,
            "--demo-password",
            self.password,
            "--demo-data",
        ]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._process = process
        wait_for_greeting(self.port, lambda: process.poll() is None)
        self._clear()

    def stop(self) -> None:
        """End the server at once, with its connections."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def restart(self) -> None:
        """Stop and start again on the same port: no mail, another UIDVALIDITY."""
        self.stop()
        time.sleep(1.1)  # pymap's UIDVALIDITY counts seconds
        self.start()

    def deliver(self, raw: bytes, folder: str = "INBOX") -> None:
        """File a mail, unseen."""
        with self._client() as client:
            client.append(folder, "", "", raw)

    def _clear(self) -> None:
        with self._client() as client:
            client.select("INBOX")
            client.store("1:*", "+FLAGS", "\\Deleted")
            client.expunge()

    @contextlib.contextmanager
    def _client(self) -> Iterator[imaplib.IMAP4]:
        client = imaplib.IMAP4("127.0.0.1", self.port, 10)
        client.login(self.user, self.password)
        try:
            yield client
        finally:
            client.logout()
