"""A mailbox's address, limits and proof of identity."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

Security = Literal["tls", "starttls", "plain"]


class Authenticator(Protocol):
    """One SASL exchange; the door for OAuth 2 (XOAUTH2, OAUTHBEARER) beside passwords."""

    @property
    def mechanism(self) -> str:
        """The SASL mechanism's name."""
        ...

    def respond(self, challenge: bytes) -> bytes | None:
        """Return the answer to a challenge, not encoded; None ends the exchange."""
        ...


@dataclass(frozen=True, kw_only=True)
class PasswordLogin:
    """A user name and a password (SASL PLAIN, else LOGIN)."""

    user: str
    password: str = field(repr=False)
    mechanism: str = "PLAIN"

    def respond(self, challenge: bytes) -> bytes | None:
        """Return the PLAIN message (RFC 4616)."""
        return f"\0{self.user}\0{self.password}".encode()


@dataclass(frozen=True, kw_only=True)
class ImapAccount:
    """A mailbox and how to reach it. `password` may be called at each login; `authenticator` replaces it.

    `max_bytes`: a larger mail is reported as oversized, with its header only. `batch_bytes`: a batch ends early
    when its mails add up to more. `command_timeout`: seconds without a byte; `call_timeout`: seconds a call may last.
    """

    host: str
    user: str
    password: str | Callable[[], str] = field(default="", repr=False)
    port: int = 993
    security: Security = "tls"
    ca_file: str | None = None
    authenticator: Authenticator | None = None
    name: str = ""
    folder: str = "INBOX"
    drafts_folder: str = ""
    sent_folder: str = ""
    connect_timeout: float = 20.0
    command_timeout: float = 60.0
    call_timeout: float = 600.0
    max_bytes: int = 50_000_000
    batch_bytes: int = 25_000_000
    poll_seconds: float = 30.0

    @property
    def label(self) -> str:
        """What errors call the account."""
        return f"mailbox {(self.name or self.user)!r}"

    def proof(self) -> Authenticator:
        """Return what to log in with, the password fetched now."""
        if self.authenticator is not None:
            return self.authenticator
        password = self.password if isinstance(self.password, str) else self.password()
        return PasswordLogin(user=self.user, password=password)
