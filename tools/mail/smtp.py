"""The door that sends: one mail, one transaction, and the exact truth about whether it left."""

import base64
import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from rejoinder.errors import BadInput, DeliveryUncertain, ProviderError, ProviderRefused, ProviderUnavailable
from tools.mail.readiness import readable
from tools.mail.tls import client_context, connect_error

_BARE_BREAK = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_NO_ANSWER_YET = 0
_LINE_LIMIT = 998  # RFC 5322 section 2.1.1, without CRLF; longer lines get broken on the way
_ADDRESS = re.compile(r"[^\s<>\x00-\x1f\x7f@]+@[^\s<>\x00-\x1f\x7f@]+")


@dataclass(frozen=True, kw_only=True)
class SmtpAccount:
    """A server that takes our mail. Times in seconds; `answer_timeout` is the wait for the answer to the final dot.

    `from_address` is the merchant's own; its domain is also what we greet with.
    """

    host: str
    from_address: str
    port: int = 587
    security: Literal["tls", "starttls", "plain"] = "starttls"
    user: str = ""
    password: str | Callable[[], str] = field(default="", repr=False)
    ca_file: str | None = None
    name: str = ""
    connect_timeout: float = 20.0
    command_timeout: float = 60.0
    answer_timeout: float = 600.0

    @property
    def label(self) -> str:
        """What errors call the account."""
        return f"outgoing mail {(self.name or self.user or self.host)!r}"


@dataclass(frozen=True, kw_only=True)
class SmtpReceipt:
    """What the server said when it took the mail."""

    answer: str


def send(account: SmtpAccount, *, envelope_from: str, recipients: Sequence[str], raw: bytes) -> SmtpReceipt:
    """Send the bytes as they are to all recipients or to none.

    Raises:
        BadInput: an address or the bytes cannot be sent unchanged; nothing was sent.
        ProviderUnavailable: not sent; trying again is safe.
        ProviderRefused: not sent, and the server will not take it.
        DeliveryUncertain: the end of the mail was sent and no answer came; never to be repeated by itself.
    """
    _check_bytes(raw)
    sender, receivers = _address(envelope_from), [_address(one) for one in recipients]
    if not receivers:
        raise BadInput("a mail needs at least one recipient")
    with _session(account) as smtp:
        run = partial(_command, account, smtp)
        options = _options(account, smtp, raw, [sender, *receivers])
        run("MAIL FROM", partial(smtp.mail, sender, options))
        for receiver in receivers:
            run("RCPT TO", partial(smtp.rcpt, receiver), expected=(250, 251))
        run("DATA", partial(smtp.docmd, "DATA"), expected=(354,))
        run("the mail's text", partial(_send_text, smtp, raw), expected=(_NO_ANSWER_YET,))
        return _finish(account, smtp)


def _finish(account: SmtpAccount, smtp: smtplib.SMTP) -> SmtpReceipt:
    """Send the final dot and read the answer. From the first byte of the dot on, silence means `uncertain`."""
    try:
        if smtp.sock is not None:
            smtp.sock.settimeout(account.answer_timeout)
        smtp.send(b".\r\n")
        code, text = smtp.getreply()
    except OSError as exc:
        raise DeliveryUncertain(
            f"{account.label}: the mail was handed over and no answer came ({exc}); "
            "look into the sent mail or ask the recipient before sending again"
        ) from exc
    answer = _words(code, text)
    if 200 <= code < 300:
        return SmtpReceipt(answer=answer)
    if 400 <= code < 600:
        raise _no(account, "the mail", code, answer)
    raise DeliveryUncertain(f"{account.label}: {answer!r} says neither yes nor no; look before sending again")


def _send_text(smtp: smtplib.SMTP, raw: bytes) -> tuple[int, bytes]:
    """Send all but the final dot; an answer that comes early is a refusal, and the mail is not sent."""
    stuffed = raw.replace(b"\r\n.", b"\r\n..")
    smtp.send(b"." + stuffed if stuffed.startswith(b".") else stuffed)
    if smtp.sock is not None and readable(smtp.sock, 0):
        return smtp.getreply()
    return _NO_ANSWER_YET, b""


def _command(
    account: SmtpAccount,
    smtp: smtplib.SMTP,
    what: str,
    act: Callable[[], tuple[int, bytes]],
    expected: tuple[int, ...] = (250,),
) -> None:
    """Run one command before the end of the mail: whatever goes wrong here, nothing was sent."""
    try:
        code, text = act()
    except OSError as exc:  # smtplib's own errors are among them
        raise ProviderUnavailable(f"{account.label}: lost at {what} ({exc}); nothing was sent, tried again") from exc
    if code in expected:
        return
    if what == "RCPT TO":
        with contextlib.suppress(OSError):
            smtp.rset()
    raise _no(account, what, code, _words(code, text))


def _no(account: SmtpAccount, what: str, code: int, answer: str) -> ProviderError:
    if 500 <= code < 600:
        return ProviderRefused(f"{account.label}: the server refuses {what} ({answer!r}); nothing was sent")
    return ProviderUnavailable(f"{account.label}: not now, at {what} ({answer!r}); nothing was sent, tried again later")


# Connecting.


@contextlib.contextmanager
def _session(account: SmtpAccount) -> Iterator[smtplib.SMTP]:
    smtp = _connect(account)
    try:
        _greet_and_log_in(account, smtp)
        yield smtp
        with contextlib.suppress(OSError):
            if smtp.sock is not None:
                smtp.sock.settimeout(5.0)  # the mail is sent; a slow goodbye must not matter
            smtp.quit()
    finally:
        smtp.close()


def _connect(account: SmtpAccount) -> smtplib.SMTP:
    domain = account.from_address.rpartition("@")[2] or "localhost"
    greeting = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    context = None if account.security == "plain" else client_context(account.ca_file)
    try:
        if account.security == "tls":
            return smtplib.SMTP_SSL(
                account.host, account.port, greeting, timeout=account.connect_timeout, context=context
            )
        smtp = smtplib.SMTP(account.host, account.port, greeting, timeout=account.connect_timeout)
        if context is not None:
            _start_tls(account, smtp, context)
    except smtplib.SMTPConnectError as exc:
        raise _no(account, "the connection", exc.smtp_code, _words(exc.smtp_code, exc.smtp_error)) from exc
    except OSError as exc:
        raise connect_error(account.label, account.host, account.port, exc) from exc
    return smtp


def _start_tls(account: SmtpAccount, smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
    """Turn the connection into TLS, or close it: nothing goes on in clear."""
    try:
        smtp.ehlo()
        code, text = smtp.starttls(context=context) if smtp.has_extn("starttls") else (502, b"not offered")
    except smtplib.SMTPServerDisconnected:
        smtp.close()
        raise
    except smtplib.SMTPResponseException as exc:
        code, text = exc.smtp_code, exc.smtp_error if isinstance(exc.smtp_error, bytes) else exc.smtp_error.encode()
    except OSError:
        smtp.close()
        raise
    if code != 220:
        smtp.close()
        raise _no(account, "STARTTLS; nothing goes in clear", code, _words(code, text))


def _greet_and_log_in(account: SmtpAccount, smtp: smtplib.SMTP) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(account.command_timeout)
    _command(account, smtp, "EHLO", smtp.ehlo)
    if not account.user:
        return
    password = account.password if isinstance(account.password, str) else account.password()
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    run = partial(_command, account, smtp, "the login")
    if "PLAIN" in offered:
        run(partial(smtp.docmd, "AUTH PLAIN", _base64(f"\0{account.user}\0{password}")), expected=(235,))
    elif "LOGIN" in offered:
        run(partial(smtp.docmd, "AUTH LOGIN", _base64(account.user)), expected=(334,))
        run(partial(smtp.docmd, _base64(password)), expected=(235,))
    else:
        raise ProviderRefused(f"{account.label}: the server offers no login with a password; check port and security")


def _options(account: SmtpAccount, smtp: smtplib.SMTP, raw: bytes, addresses: Sequence[str]) -> list[str]:
    """Return the words of MAIL FROM this mail needs."""
    words = [f"SIZE={len(raw)}"] if smtp.has_extn("size") else []
    header = raw.partition(b"\r\n\r\n")[0]
    if not raw.isascii():
        _needs(account, smtp, "8bitmime")
        words.append("BODY=8BITMIME")
    if not header.isascii() or not all(address.isascii() for address in addresses):
        _needs(account, smtp, "smtputf8")
        words.append("SMTPUTF8")
    return words


def _needs(account: SmtpAccount, smtp: smtplib.SMTP, extension: str) -> None:
    if not smtp.has_extn(extension):
        raise ProviderRefused(f"{account.label}: the server does not offer {extension.upper()}, which this mail needs")


# What may be sent.


def _check_bytes(raw: bytes) -> None:
    if not raw.endswith(b"\r\n") or _BARE_BREAK.search(raw):
        raise BadInput("a mail to send needs CRLF at the end of every line and no other line break")
    if b"\0" in raw or any(len(line) > _LINE_LIMIT for line in raw.split(b"\r\n")):
        raise BadInput(f"a mail to send holds a zero byte or a line of more than {_LINE_LIMIT} bytes")


def _address(address: str) -> str:
    """Return the address as the envelope needs it: its domain in ASCII."""
    if not _ADDRESS.fullmatch(address):
        raise BadInput(f"{address!r} is no mail address")
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as exc:
        raise BadInput(f"{address!r} has a domain that cannot be written in ASCII: {exc}") from exc


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _words(code: int, text: bytes | str) -> str:
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(plain.split())}"[:300]
