"""Keys made for a test, mails signed with them, and a zone of TXT records to look the keys up in."""

import base64
import hashlib
import random
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import dkim
from dkim.canonicalization import CanonicalizationPolicy

from rejoinder.errors import ProviderUnavailable
from tools.mail.authenticity.ed25519 import base_point, encoded, times

SIGNED = (b"from", b"to", b"subject", b"date", b"message-id")
_ORDER = 2**252 + 27742317777372353535851937790883648493


class RsaKey(NamedTuple):
    private_pem: bytes
    public: str


class Zone:
    """TXT records by name; a name in `silent` gets no answer."""

    def __init__(self, records: Mapping[str, str], silent: Sequence[str] = ()) -> None:
        self.records = records
        self.silent = silent
        self.asked: list[str] = []

    def __call__(self, name: str) -> Sequence[str]:
        self.asked.append(name)
        if name in self.silent:
            raise ProviderUnavailable(name)
        return [self.records[name]] if name in self.records else []


@cache
def rsa_key(bits: int = 1024, seed: int = 7) -> RsaKey:
    source = random.Random(seed)
    while True:
        p, q = _prime(source, bits // 2), _prime(source, bits // 2)
        modulus = p * q
        if modulus.bit_length() == bits and (p - 1) % 65537 and (q - 1) % 65537:
            break
    secret = pow(65537, -1, (p - 1) * (q - 1))
    numbers = (0, modulus, 65537, secret, p, q, secret % (p - 1), secret % (q - 1), pow(q, -1, p))
    public = _sequence(_integer(modulus), _integer(65537))
    of_kind = _sequence(_RSA_ENCRYPTION, b"\x05\x00")
    subject = _sequence(of_kind, _der(0x03, b"\x00" + public))
    return RsaKey(_pem(_sequence(*map(_integer, numbers))), base64.b64encode(subject).decode())


_RSA_ENCRYPTION = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"


def _sequence(*items: bytes) -> bytes:
    return _der(0x30, b"".join(items))


def _integer(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _der(tag: int, content: bytes) -> bytes:
    count = len(content)
    if count < 0x80:
        return bytes([tag, count]) + content
    digits = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def _pem(private: bytes) -> bytes:
    kind = b"RSA PRIVATE KEY"
    return b"-----BEGIN " + kind + b"-----\n" + base64.encodebytes(private) + b"-----END " + kind + b"-----\n"


def _prime(source: random.Random, bits: int) -> int:
    while True:
        number = source.getrandbits(bits) | (3 << bits - 2) | 1
        if all(number % small for small in (3, 5, 7, 11, 13, 17, 19, 23)) and all(
            pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7)
        ):
            return number


def sign_rsa(raw: bytes, domain: str, *, key: RsaKey | None = None, length: bool = False, expires: int = 0) -> bytes:
    """Return the mail with a DKIM signature of the domain, selector `s1`."""
    message = dkim.DKIM(raw)
    made = key or rsa_key()
    if expires:
        return _signed_by_hand(raw, domain, b"rsa-sha256", made, expires)
    return message.sign(b"s1", domain.encode(), made.private_pem, include_headers=SIGNED, length=length) + raw


class Ed25519Key:
    """A secret of 32 bytes and its public key (RFC 8032 §5.1.5)."""

    def __init__(self, seed: bytes) -> None:
        digest = hashlib.sha512(seed).digest()
        scalar = bytearray(digest[:32])
        scalar[0] &= 248
        scalar[31] = scalar[31] & 127 | 64
        self._scalar = int.from_bytes(scalar, "little")
        self._prefix = digest[32:]
        self.public = encoded(times(self._scalar, base_point()))

    def sign(self, message: bytes) -> bytes:
        nonce = int.from_bytes(hashlib.sha512(self._prefix + message).digest(), "little") % _ORDER
        commitment = encoded(times(nonce, base_point()))
        challenge = int.from_bytes(hashlib.sha512(commitment + self.public + message).digest(), "little") % _ORDER
        return commitment + ((nonce + challenge * self._scalar) % _ORDER).to_bytes(32, "little")


def sign_ed25519(raw: bytes, domain: str, key: Ed25519Key) -> bytes:
    """Return the mail with an Ed25519 signature of the domain (RFC 8463), selector `s1`."""
    return _signed_by_hand(raw, domain, b"ed25519-sha256", key, 0)


def _signed_by_hand(raw: bytes, domain: str, algorithm: bytes, key: RsaKey | Ed25519Key, expires: int) -> bytes:
    policy = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
    headers, body = dkim.rfc822_parse(raw)
    digest = base64.b64encode(hashlib.sha256(policy.canonicalize_body(body)).digest())
    until = b" x=%d;" % expires if expires else b""
    tags = b" v=1; a=%s; c=relaxed/relaxed; d=%s; s=s1;%s h=%s; bh=%s; b=" % (
        algorithm, domain.encode(), until, b":".join(SIGNED), digest,
    )  # fmt: skip
    hasher = dkim.HashThrough(hashlib.sha256())
    dkim.hash_headers(
        hasher, policy, policy.canonicalize_headers(headers), list(SIGNED), [b"DKIM-Signature", tags + b"\r\n"], {}
    )
    if isinstance(key, Ed25519Key):
        signature = key.sign(hasher.digest())
    else:
        signature = dkim.crypto.RSASSA_PKCS1_v1_5_sign(hasher, dkim.crypto.parse_pem_private_key(key.private_pem))
    return b"DKIM-Signature:" + tags + base64.b64encode(signature) + b"\r\n" + raw


def rsa_record(key: RsaKey | None = None) -> str:
    return f"v=DKIM1; k=rsa; p={(key or rsa_key()).public}"


def ed25519_record(key: Ed25519Key) -> str:
    return f"v=DKIM1; k=ed25519; p={base64.b64encode(key.public).decode()}"


def notice(
    sender: str = "Acme Pay <disputes@acmepay.example>", *, headers: str = "", body: str = "Dispute du_1 of 20 EUR."
) -> bytes:
    return (
        f"{headers}From: {sender}\r\nTo: shop@lumenoak.example\r\nSubject: Dispute du_1\r\n"
        f"Date: Fri, 20 Nov 2026 08:00:00 +0000\r\nMessage-ID: <n1@acmepay.example>\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    ).encode()
