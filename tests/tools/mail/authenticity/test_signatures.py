import time

import pytest

from tests.tools.mail.authenticity.signing import (
    Ed25519Key,
    Zone,
    ed25519_record,
    notice,
    rsa_key,
    rsa_record,
    sign_ed25519,
    sign_rsa,
)
from tools.mail.authenticity.ed25519 import is_signed
from tools.mail.authenticity.signatures import check_signatures

DOMAIN = "acmepay.example"
KEY = f"s1._domainkey.{DOMAIN}"


def states(raw: bytes, zone: Zone | None) -> list[tuple[str, str]]:
    return [(one.domain, one.state) for one in check_signatures(raw, zone)]


def test_a_signature_by_rsa_is_valid() -> None:
    assert states(sign_rsa(notice(), DOMAIN), Zone({KEY: rsa_record()})) == [(DOMAIN, "valid")]


def test_a_signature_by_ed25519_is_valid() -> None:
    key = Ed25519Key(bytes(range(32)))
    assert states(sign_ed25519(notice(), DOMAIN, key), Zone({KEY: ed25519_record(key)})) == [(DOMAIN, "valid")]


def test_lines_without_carriage_returns_change_nothing() -> None:
    signed = sign_rsa(notice(), DOMAIN).replace(b"\r\n", b"\n")
    assert states(signed, Zone({KEY: rsa_record()})) == [(DOMAIN, "valid")]


@pytest.mark.parametrize(
    ("before", "after"), [(b"20 EUR", b"90 EUR"), (b"Subject: Dispute du_1", b"Subject: Dispute du_2")]
)
@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_changed_mail_breaks_the_signature(before: bytes, after: bytes, kind: str) -> None:
    key = Ed25519Key(b"k" * 32)
    signed = sign_rsa(notice(), DOMAIN) if kind == "rsa" else sign_ed25519(notice(), DOMAIN, key)
    zone = Zone({KEY: rsa_record() if kind == "rsa" else ed25519_record(key)})
    assert before in signed
    assert states(signed.replace(before, after), zone) == [(DOMAIN, "broken")]


def test_the_key_of_somebody_else_does_not_fit() -> None:
    signed = sign_rsa(notice(), DOMAIN, key=rsa_key(seed=11))
    assert states(signed, Zone({KEY: rsa_record()})) == [(DOMAIN, "broken")]


@pytest.mark.parametrize("record", ["", "v=DKIM1; k=rsa; p=", "v=spf1 -all"])
def test_a_domain_without_a_key_signs_nothing(record: str) -> None:
    assert states(sign_rsa(notice(), DOMAIN), Zone({KEY: record} if record else {})) == [(DOMAIN, "no_key")]


def test_a_key_that_is_too_short_proves_nothing() -> None:
    short = rsa_key(768)
    assert states(sign_rsa(notice(), DOMAIN, key=short), Zone({KEY: rsa_record(short)})) == [(DOMAIN, "no_key")]


def test_a_signature_of_a_part_of_the_text_is_partial() -> None:
    signed = sign_rsa(notice(), DOMAIN, length=True) + b"Pay at once.\r\n"
    assert states(signed, Zone({KEY: rsa_record()})) == [(DOMAIN, "partial")]


def test_an_expired_signature_is_told_apart() -> None:
    zone = Zone({KEY: rsa_record()})
    long_ago, ahead = 1_600_000_000, int(time.time()) + 3600
    assert states(sign_rsa(notice(), DOMAIN, expires=long_ago), zone) == [(DOMAIN, "expired")]
    assert states(sign_rsa(notice(), DOMAIN, expires=ahead), zone) == [(DOMAIN, "valid")]


def test_without_an_answer_of_dns_it_stays_unchecked() -> None:
    signed = sign_rsa(notice(), DOMAIN)
    assert states(signed, Zone({}, silent=[KEY])) == [(DOMAIN, "unchecked")]
    assert states(signed, None) == [(DOMAIN, "unchecked")]


def test_each_signature_is_checked_by_itself() -> None:
    twice = sign_rsa(sign_rsa(notice(), DOMAIN), "relay.example")
    assert states(twice, Zone({KEY: rsa_record()})) == [("relay.example", "no_key"), (DOMAIN, "valid")]


@pytest.mark.parametrize(
    "junk",
    [
        b"DKIM-Signature: \r\n",
        b"DKIM-Signature: v=1; v=1\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256; d=acmepay.example; s=s1; h=from; bh=!!; b=??\r\n",
        b"DKIM-Signature: v=1; a=ed25519-sha256; d=acmepay.example; s=s1; h=from; bh=AAAA; b=AAAA\r\n",
        b"DKIM-Signature: v=9; a=rsa-sha256; d=acmepay.example; s=\xff; h=from; bh=AAAA; b=AAAA\r\n",
    ],
)
def test_junk_proves_nothing_and_raises_nothing(junk: bytes) -> None:
    zone = Zone({KEY: rsa_record()})
    assert "valid" not in {state for _, state in states(junk + notice(), zone)}


def test_many_signatures_are_not_all_asked_for() -> None:
    zone = Zone({})
    check_signatures(b"".join(sign_rsa(notice(), DOMAIN).partition(b"From:")[0] for _ in range(50)) + notice(), zone)
    assert len(zone.asked) <= 6


# RFC 8032 §7.1: secret, public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_standard_hold(public: str, message: str, signature: str) -> None:
    key, text, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert is_signed(key, text, signed)
    assert not is_signed(key, text + b"\0", signed)
    assert not is_signed(key, text, signed[:32] + bytes(32))
    assert not is_signed(key[:31], text, signed)
