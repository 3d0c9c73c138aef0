"""DKIM signatures (RFC 6376, Ed25519 by RFC 8463), checked over the raw bytes with keys from DNS."""

import base64
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import dkim  # type: ignore[import-untyped]
from dkim.util import InvalidTagValueList, parse_tag_value  # type: ignore[import-untyped]

from rejoinder.errors import ProviderUnavailable
from tools.mail.authenticity.dns import LookUp
from tools.mail.authenticity.domains import normal
from tools.mail.authenticity.ed25519 import is_signed

SignatureState = Literal["valid", "partial", "broken", "no_key", "expired", "unreadable", "unchecked"]
# What junk in a signature, a key or a mail makes dkimpy raise; each means that nothing is proven.
_UNREADABLE = (
    dkim.DKIMException,
    InvalidTagValueList,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
)
_KEY = re.compile(r"(?:^|;)\s*p\s*=\s*[A-Za-z0-9+/]")
_MOST_SIGNATURES = 6
_MOST_SEALS = 5
_SILENT = logging.Logger("dkimpy")
_SILENT.addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Signature:
    """One DKIM signature: the domain that made it, and what the check came to."""

    domain: str
    state: SignatureState


def check_signatures(raw: bytes, look_up: LookUp | None) -> tuple[Signature, ...]:
    """Check the topmost signatures of a mail; without `look_up` each one is unchecked."""
    try:
        message = _Message(raw, logger=_SILENT)
    except _UNREADABLE:
        return ()
    count = sum(name.lower() == b"dkim-signature" for name, _ in message.headers)
    return tuple(_check(message, number, look_up) for number in range(min(count, _MOST_SIGNATURES)))


def check_seals(raw: bytes, look_up: LookUp) -> bool | None:
    """Tell whether the ARC chain (RFC 8617) of a mail is whole; None when it has none or DNS does not answer."""
    try:
        chain = dkim.ARC(raw, logger=_SILENT)
        sealed = sum(name.lower() == b"arc-seal" for name, _ in chain.headers)
        if not 0 < sealed <= _MOST_SEALS:
            return None
        return bool(chain.verify(dnsfunc=_dns_function(look_up))[0] == dkim.CV_Pass)
    except ProviderUnavailable:
        return None
    except _UNREADABLE:
        return False


class _Message(dkim.DKIM):  # type: ignore[misc]
    """A mail whose Ed25519 signatures are checked too; dkimpy itself needs libsodium for them."""

    def verify_sig(self, sig: dict[bytes, bytes], include_headers: list[bytes], sig_header: Any, dnsfunc: Any) -> bool:
        if sig[b"a"] != b"ed25519-sha256":
            return bool(super().verify_sig(sig, include_headers, sig_header, dnsfunc))
        record = parse_tag_value(dnsfunc(sig[b"s"] + b"._domainkey." + sig[b"d"] + b".") or b"")
        if record.get(b"k") != b"ed25519":
            raise dkim.KeyFormatError("the key is of another kind")
        self.ktag, self.pk = b"ed25519", _Ed25519Key(base64.b64decode(record[b"p"]))
        return bool(self.verify_sig_process(sig, include_headers, sig_header, dnsfunc)) and self.pk.signed


class _Ed25519Key:
    """A public key as dkimpy asks it; what it found is kept, for dkimpy reads errors of a library that is not there."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.signed = False

    def verify(self, digest: bytes, signature: bytes) -> None:
        self.signed = is_signed(self._key, digest, signature)


def _check(message: _Message, number: int, look_up: LookUp | None) -> Signature:
    tags = _tags(message, number)
    domain = normal(tags.get(b"d", b"").decode("ascii", "replace"))
    if not domain:
        return Signature("", "unreadable")
    if _expired(tags):
        return Signature(domain, "expired")
    if look_up is None:
        return Signature(domain, "unchecked")
    try:
        return Signature(domain, _state(message, number, tags, _dns_function(look_up)))
    except ProviderUnavailable:
        return Signature(domain, "unchecked")
    except dkim.KeyFormatError:
        return Signature(domain, "no_key")
    except dkim.ValidationError as exc:
        return Signature(domain, "broken" if "body hash" in str(exc) else "unreadable")
    except _UNREADABLE:
        return Signature(domain, "unreadable")


def _state(message: _Message, number: int, tags: dict[bytes, bytes], dnsfunc: "_DnsFunction") -> SignatureState:
    if not dnsfunc(tags.get(b"s", b"") + b"._domainkey." + tags[b"d"] + b"."):
        return "no_key"
    if not message.verify(number, dnsfunc=dnsfunc):
        return "broken"
    whole = b"l" not in tags and b"from" in message.include_headers
    return "valid" if whole else "partial"


def _tags(message: _Message, number: int) -> dict[bytes, bytes]:
    written = [value for name, value in message.headers if name.lower() == b"dkim-signature"][number]
    try:
        found: dict[bytes, bytes] = parse_tag_value(re.sub(rb"\r\n[ \t]", b" ", written))
    except InvalidTagValueList:
        return {}
    return found


def _expired(tags: dict[bytes, bytes]) -> bool:
    written = tags.get(b"x", b"")
    return written.isdigit() and len(written) < 20 and int(written) < time.time()


_DnsFunction = Callable[..., bytes | None]


def _dns_function(look_up: LookUp) -> _DnsFunction:
    """Return the lookup as dkimpy calls it: one key record as bytes, None where there is none."""

    def first(name: bytes, timeout: float = 0) -> bytes | None:
        records = look_up(name.decode("ascii", "replace").rstrip(".").lower())
        keys = [record for record in records if _KEY.search(record)]
        return keys[0].encode("ascii", "replace") if keys else None

    return first
