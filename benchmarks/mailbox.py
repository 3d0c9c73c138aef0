"""A real IMAP server with one mailbox on loopback: Dovecot where it is installed, else pymap."""

import imaplib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from getpass import getuser
from grp import getgrgid
from pathlib import Path
from string import Template

from benchmarks.place import PASSWORD_ENV, SECRETS, free_port, stop

USER, PASSWORD = "support", SECRETS[PASSWORD_ENV]
DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
MAIL_UID = 65534
"""Dovecot as root refuses to read mail as root."""
START_SECONDS = 15.0
_RUN_PYMAP = "import sys; from pymap.main import main; sys.exit(main())"


@dataclass(frozen=True)
class Mailbox:
    """A running server: its name and port; `deliver` files mails in the inbox."""

    server: str
    port: int

    def deliver(self, mails: Sequence[bytes]) -> None:
        """Put mails into the inbox, unseen."""
        client = imaplib.IMAP4("127.0.0.1", self.port, 20)
        client.login(USER, PASSWORD)
        for raw in mails:
            client.append("INBOX", "", "", raw)
        client.logout()


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Run a server with an empty inbox while the block runs.

    Raises:
        TimeoutError: it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="rejoinder-mail-") as folder:
        port = free_port()
        command = _dovecot(Path(folder), port) if DOVECOT else _pymap(port)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        try:
            _wait_for(port, process)
            if not DOVECOT:
                _clear(port)
            yield Mailbox("Dovecot" if DOVECOT else "pymap", port)
        finally:
            stop(process)


def _dovecot(folder: Path, port: int) -> list[str]:
    as_root = os.geteuid() == 0
    folder.chmod(0o755)
    mail = folder / "mail"
    mail.mkdir()
    uid, gid = (MAIL_UID, MAIL_UID) if as_root else (os.getuid(), os.getgid())
    os.chown(mail, uid, gid)
    me, group = getuser(), getgrgid(os.getgid()).gr_name
    users = f"default_internal_user = {me}\ndefault_login_user = {me}\ndefault_internal_group = {group}"
    values = {"folder": folder, "port": port, "uid": uid, "gid": gid, "password": PASSWORD}
    ours = {"users": "", "chroot": ""} if as_root else {"users": users, "chroot": "chroot ="}
    template = Template((Path(__file__).parent / "dovecot.conf.in").read_text(encoding="utf-8"))
    config = folder / "dovecot.conf"
    config.write_text(template.substitute(values | ours))
    return [str(DOVECOT), "-F", "-c", str(config)]


def _pymap(port: int) -> list[str]:
    command = [sys.executable, "-W", "ignore", "-c", _RUN_PYMAP, "--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    options = ["--no-service", "admin", "dict", "--demo-data", "--demo-user", USER, "--demo-password", PASSWORD]
    return command + options


def _clear(port: int) -> None:
    client = imaplib.IMAP4("127.0.0.1", port, 10)
    client.login(USER, PASSWORD)
    client.select("INBOX")
    client.store("1:*", "+FLAGS", "\\Deleted")
    client.expunge()
    client.logout()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    ends_at = time.monotonic() + START_SECONDS
    while time.monotonic() < ends_at and process.poll() is None:
        try:
            imaplib.IMAP4("127.0.0.1", port, 2).logout()
        except (OSError, imaplib.IMAP4.error):
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("no IMAP server started; `scripts/install-test-servers.sh` installs Dovecot")
