"""Dovecot with its own configuration: in clear and STARTTLS on one port, TLS on another, mail in Maildirs."""

import getpass
import grp
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from tests.servers.certificates import Certificates
from tests.servers.ports import free_port, wait_for_greeting

PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")

_MAIL_UID = 65534  # Dovecot as root refuses to read mail as root

_CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 200
{users}
passdb {{
  driver = passwd-file
  args = scheme=plain {folder}/passwords/%u
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  {chroot}
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Entwürfe {{
    special_use = \\Drafts
    auto = subscribe
  }}
  mailbox "Sent Messages" {{
    special_use = \\Sent
    auto = subscribe
  }}
}}
"""


class DovecotServer:
    """One Dovecot; `port` for clear and STARTTLS, `tls_port` for TLS. A context manager."""

    def __init__(self, certificates: Certificates) -> None:
        if PROGRAM is None:
            raise RuntimeError("Dovecot is not installed; run scripts/install-test-servers.sh")
        # A folder of its own: a socket's path has at most 107 bytes, and pytest's folders are closed to Dovecot's users.
        self.folder, self.certificates = Path(tempfile.mkdtemp(prefix="dovecot-")), certificates
        self.port, self.tls_port = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._delivered = 0
        self._as_root = os.geteuid() == 0
        self.folder.chmod(0o755)
        (self.folder / "passwords").mkdir()
        (self.folder / "mail").mkdir()
        self._own(self.folder / "mail")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Write the configuration and start; returns once the server greets."""
        config = self.folder / "dovecot.conf"
        me, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
        users = f"default_internal_user = {me}\ndefault_login_user = {me}\ndefault_internal_group = {group}\n"
        users = "" if self._as_root else users
        values = {
            "folder": self.folder, "cert": self.certificates.cert, "key": self.certificates.key, "users": users,
            "uid": _MAIL_UID if self._as_root else os.getuid(), "gid": _MAIL_UID if self._as_root else os.getgid(),
            "chroot": "" if self._as_root else "chroot =", "port": self.port, "tls_port": self.tls_port,
        }  # fmt: skip
        config.write_text(_CONFIG.format(**values))
        process = subprocess.Popen([str(PROGRAM), "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=None)
        self._process = process
        try:
            wait_for_greeting(self.port, lambda: process.poll() is None)
        except RuntimeError as exc:
            self.stop()
            log = self.folder / "log"
            raise RuntimeError(f"{exc}; see {log}: {log.read_text() if log.exists() else ''}") from None

    def stop(self) -> None:
        """End the server and its connections."""
        process, self._process = self._process, None
        if process is None:
            return
        children = self._children(process.pid)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for child in children:  # an imap process outlives its master while a client idles
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def restart(self) -> None:
        """Stop and start again on the same ports."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Stop all its processes where they are, as a machine that hangs."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let its processes go on."""
        self._signal(signal.SIGCONT)

    def add_user(self, user: str, password: str) -> None:
        """Let a user log in."""
        (self.folder / "passwords" / user).write_text(f"{user}:{{PLAIN}}{password}\n")

    def deliver(self, user: str, raw: bytes, folder: str = "") -> Path:
        """Put a mail into a folder (as Maildir names it, INBOX by default), as a delivery agent would."""
        base = self.folder / "mail" / user
        box = base / f".{folder}" if folder else base
        for name in ("tmp", "new", "cur"):
            if not (box / name).is_dir():
                (box / name).mkdir(parents=True)
                self._own(base, box, box / name)
        self._delivered += 1
        target = box / "new" / f"{int(time.time())}.M{self._delivered:08}.test"
        waiting = box / "tmp" / target.name
        waiting.write_bytes(raw)
        self._own(waiting)
        waiting.rename(target)
        return target

    def flags(self, user: str) -> list[str]:
        """Return the letters of the flags each mail of the INBOX carries; a mail never opened by a client has none."""
        box = self.folder / "mail" / user
        return [path.name.partition(":2,")[2] for name in ("new", "cur") for path in sorted((box / name).iterdir())]

    def _own(self, *paths: Path) -> None:
        if self._as_root:
            for path in paths:
                os.chown(path, _MAIL_UID, _MAIL_UID)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            for pid in [self._process.pid, *self._children(self._process.pid)]:
                os.kill(pid, number)

    def _children(self, parent: int) -> list[int]:
        path = Path(f"/proc/{parent}/task/{parent}/children")
        return [int(pid) for pid in path.read_text().split()] if path.exists() else []
