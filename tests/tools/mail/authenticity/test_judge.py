from pathlib import Path

import pytest

from knowledge.notice_catalog import notice_catalog
from prompts.findings import explain
from rejoinder.domain.authenticity import Authenticity
from rejoinder.errors import MailRejected
from tests.tools.mail.authenticity.signing import (
    Ed25519Key,
    Zone,
    ed25519_record,
    notice,
    rsa_record,
    sign_ed25519,
    sign_rsa,
)
from tools.mail.authenticity import Authenticator
from tools.mail.mime import DEFAULT_LIMITS
from tools.mail.parse import parse_mail

SOURCES = tuple(notice_catalog().sources.values())
TRUSTED = ("mx.lumenoak.example",)
STRIPE = "Stripe <notifications@stripe.com>"
STRIPE_ZONE = {"s1._domainkey.stripe.com": rsa_record(), "_dmarc.stripe.com": "v=DMARC1; p=reject; sp=reject"}


def judged(raw: bytes, zone: Zone | None = None, trusted: tuple[str, ...] = ()) -> Authenticity:
    authenticator = Authenticator(sources=SOURCES, look_up=zone, limits=DEFAULT_LIMITS)
    return authenticator.judge(raw, parse_mail(raw).mail, trusted).source_authenticity


def codes(found: Authenticity) -> list[str]:
    return [f"{check.code}.{check.verdict}" for check in found.checks]


def test_a_mail_that_its_domain_signed_is_verified() -> None:
    found = judged(sign_rsa(notice(STRIPE), "stripe.com"), Zone(STRIPE_ZONE))
    assert (found.verdict, found.domain, codes(found)) == ("verified", "stripe.com", ["dkim_valid.holds"])


def test_ed25519_verifies_too() -> None:
    key = Ed25519Key(b"s" * 32)
    zone = Zone({"s1._domainkey.stripe.com": ed25519_record(key)})
    assert judged(sign_ed25519(notice(STRIPE), "stripe.com", key), zone).verdict == "verified"


def test_a_changed_mail_fails() -> None:
    raw = sign_rsa(notice(STRIPE), "stripe.com").replace(b"20 EUR", b"90 EUR")
    found = judged(raw, Zone(STRIPE_ZONE))
    assert found.verdict == "failed"
    assert found.domain == ""
    assert "dkim_broken.fails" in codes(found)


def test_a_subdomain_may_sign_for_its_organisation_unless_told_otherwise() -> None:
    raw = sign_rsa(notice(STRIPE), "mail.stripe.com")
    zone = {"s1._domainkey.mail.stripe.com": rsa_record()}
    assert judged(raw, Zone(zone)).verdict == "verified"
    strict = {**zone, "_dmarc.stripe.com": "v=DMARC1; p=none; adkim=s"}
    assert judged(raw, Zone(strict)).verdict == "unverified"


def test_the_signature_of_another_domain_proves_nothing() -> None:
    raw = sign_rsa(notice(STRIPE), "evil.example")
    zone = {"s1._domainkey.evil.example": rsa_record()}
    assert codes(judged(raw, Zone(zone))) == ["dkim_other.unknown"]
    refused = judged(raw, Zone(zone | STRIPE_ZONE))
    assert refused.verdict == "failed"
    assert codes(refused) == ["dkim_other.unknown", "policy_refuses.fails"]


@pytest.mark.parametrize(
    ("policy", "sender", "verdict"),
    [
        ("v=DMARC1; p=reject", "a@acmepay.example", "failed"),
        ("v=DMARC1;p=quarantine", "a@acmepay.example", "failed"),
        ("v=DMARC1; p=none", "a@acmepay.example", "unverified"),
        ("v=DMARC1; p=reject; sp=none", "a@mail.acmepay.example", "unverified"),
        ("v=DMARC1; p=none; sp=reject", "a@mail.acmepay.example", "failed"),
        ("v=spf1 -all", "a@acmepay.example", "unverified"),
    ],
)
def test_an_unsigned_mail_follows_the_policy_of_its_domain(policy: str, sender: str, verdict: str) -> None:
    assert judged(notice(sender), Zone({"_dmarc.acmepay.example": policy})).verdict == verdict


def test_an_expired_signature_proves_nothing() -> None:
    raw = sign_rsa(notice(STRIPE), "stripe.com", expires=1_600_000_000)
    assert judged(raw, Zone({"s1._domainkey.stripe.com": rsa_record()})).verdict == "unverified"
    assert judged(raw, Zone(STRIPE_ZONE)).verdict == "failed"


def test_without_dns_a_signed_mail_is_unchecked_and_an_unsigned_one_unverified() -> None:
    signed = judged(sign_rsa(notice(STRIPE), "stripe.com"))
    assert (signed.verdict, codes(signed)) == ("unchecked", ["dkim_unchecked.unknown"])
    assert judged(notice(STRIPE)).verdict == "unverified"


def test_one_lookup_without_an_answer_ends_the_asking() -> None:
    raw = sign_rsa(sign_rsa(notice(STRIPE), "stripe.com"), "relay.example")
    zone = Zone(STRIPE_ZONE, silent=["_dmarc.stripe.com"])
    assert judged(raw, zone).verdict == "unchecked"
    assert zone.asked == ["_dmarc.stripe.com"]


def test_the_own_servers_word_makes_lookups_needless() -> None:
    head = "Authentication-Results: mx.lumenoak.example; dmarc=pass header.from=stripe.com\r\n"
    zone = Zone({})
    found = judged(notice(STRIPE, headers=head), zone, TRUSTED)
    assert (found.verdict, found.domain, zone.asked) == ("verified", "stripe.com", [])


def test_forged_results_are_not_believed() -> None:
    head = "Authentication-Results: mx.lumenoak.example; dmarc=pass header.from=stripe.com\r\n"
    way = "Received: from evil.example by mx.lumenoak.example with SMTP; Fri, 20 Nov 2026 08:00:00 +0000\r\n"
    inside = "Received: from a by evil.example with SMTP; Fri, 20 Nov 2026 07:59:00 +0000\r\n"
    assert judged(notice(STRIPE, headers=way + inside + head), Zone(STRIPE_ZONE), TRUSTED).verdict == "failed"
    unnamed = judged(notice(STRIPE, headers=head), Zone(STRIPE_ZONE))
    assert (unnamed.verdict, codes(unnamed)[0]) == ("failed", "results_ignored.unknown")


@pytest.mark.parametrize("line", ["From: other@evil.example", "Subject: Dispute du_9", "Content-Type: text/html"])
def test_a_line_that_was_put_in_twice_fails(line: str) -> None:
    raw = sign_rsa(notice(STRIPE), "stripe.com")
    found = judged(f"{line}\r\n".encode() + raw, Zone(STRIPE_ZONE))
    assert found.verdict == "failed"
    assert "header_repeated.fails" in codes(found)


def test_several_senders_of_several_domains_fail() -> None:
    assert "several_senders.fails" in codes(judged(notice("a@stripe.com, b@evil.example")))


def test_a_look_alike_fails_however_well_it_is_signed() -> None:
    raw = sign_rsa(notice("Stripe <disputes@stripe-disputes.example>"), "stripe-disputes.example")
    found = judged(raw, Zone({"s1._domainkey.stripe-disputes.example": rsa_record()}))
    assert (found.verdict, codes(found)) == ("failed", ["dkim_valid.holds", "lookalike_words.fails"])


def test_a_known_name_with_another_ending_is_doubted_when_it_signs_and_fails_when_not() -> None:
    raw = notice("Klarna <disputes@klarna.be>")
    signed = judged(sign_rsa(raw, "klarna.be"), Zone({"s1._domainkey.klarna.be": rsa_record()}))
    assert signed.verdict == "unverified"
    assert judged(raw, Zone({})).verdict == "failed"


PAGE = '<p>Dispute</p><a href="{href}">{text}</a>'


def html(sender: str, href: str, text: str) -> bytes:
    return notice(sender, body=PAGE.format(href=href, text=text)).replace(b"text/plain", b"text/html")


def test_a_link_that_shows_a_source_and_leads_elsewhere_fails_unless_the_source_sent_it() -> None:
    sender = "Help <help@acmepay.example>"
    found = judged(html(sender, "https://evil.example/x", "https://dashboard.stripe.com"))
    assert (found.verdict, codes(found)[-1]) == ("failed", "link_mismatch.fails")
    raw = sign_rsa(html(STRIPE, "https://clicks.example/x", "https://dashboard.stripe.com"), "stripe.com")
    own = judged(raw, Zone(STRIPE_ZONE))
    assert (own.verdict, codes(own)[1:]) == ("verified", ["link_mismatch.unknown", "links_elsewhere.unknown"])


def test_a_link_to_a_look_alike_fails() -> None:
    found = judged(html("a@acmepay.example", "https://paypal.com.evil.example/login", "Log in"))
    assert "lookalike_subdomain.fails" in codes(found)


def test_an_answer_that_would_go_elsewhere_is_told() -> None:
    found = judged(notice(STRIPE, headers="Reply-To: x@evil.example\r\n"))
    assert "reply_elsewhere.unknown" in codes(found)


def forwarded(inner: bytes) -> bytes:
    head = (
        "From: Li <li@lumenoak.example>\r\nTo: support@lumenoak.example\r\nSubject: Fwd: Dispute du_1\r\n"
        "Message-ID: <f1@lumenoak.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsee below\r\n'
        "--b\r\nContent-Type: message/rfc822\r\n\r\n"
    )
    return head.encode() + inner + b"\r\n--b--\r\n"


def test_a_forwarded_text_is_not_the_sources_own() -> None:
    body = (
        "see\r\n\r\n---------- Forwarded message ---------\r\nFrom: Stripe <notifications@stripe.com>\r\n"
        "Date: Fri, 20 Nov 2026 at 08:00\r\nSubject: Dispute du_1\r\nTo: <shop@lumenoak.example>\r\n\r\n"
        "Dispute du_1 of 20 EUR.\r\n"
    )
    raw = notice("Li <li@lumenoak.example>", body=body).replace(b"Subject: Dispute", b"Subject: Fwd: Dispute", 1)
    signed = sign_rsa(raw, "lumenoak.example")
    found = judged(signed, Zone({"s1._domainkey.lumenoak.example": rsa_record()}))
    assert (found.verdict, codes(found)) == ("unverified", ["forwarded.unknown"])


def test_an_attached_mail_is_proven_by_its_own_signature() -> None:
    inner = sign_rsa(notice(STRIPE), "stripe.com")
    assert judged(forwarded(inner), Zone(STRIPE_ZONE)).verdict == "verified"
    assert judged(forwarded(inner.replace(b"20 EUR", b"90 EUR")), Zone(STRIPE_ZONE)).verdict == "failed"
    unsigned = judged(forwarded(notice(STRIPE)), Zone({}))
    assert (unsigned.verdict, codes(unsigned)) == ("unverified", ["forwarded.unknown", "dkim_absent.unknown"])


def test_results_inside_an_attached_mail_are_nobodys_word() -> None:
    head = "Authentication-Results: mx.lumenoak.example; dmarc=pass header.from=stripe.com\r\n"
    assert judged(forwarded(notice(STRIPE, headers=head)), Zone({}), TRUSTED).verdict == "unverified"


def test_an_attached_mail_is_not_saved_by_a_look_alike_that_brings_it() -> None:
    raw = forwarded(sign_rsa(notice(STRIPE), "stripe.com")).replace(b"li@lumenoak", b"li@stripe-disputes")
    assert judged(raw, Zone(STRIPE_ZONE)).verdict == "failed"


def test_a_mail_without_a_sender_fails() -> None:
    assert codes(judged(b"Subject: x\r\n\r\nDispute")) == ["no_sender.fails"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_finding_has_its_words(language: str) -> None:
    raws = [
        sign_rsa(notice(STRIPE), "stripe.com"),
        sign_rsa(notice(STRIPE), "stripe.com").replace(b"20 EUR", b"90 EUR"),
        notice("a@stripe.com, b@evil.example", headers="Reply-To: x@paypa1.com\r\n"),
        forwarded(notice(STRIPE)),
        html("a@acmepay.example", "https://stripe.com.evil.example/x", "https://dashboard.stripe.com"),
        sign_rsa(notice("a@klarna.be"), "klarna.be"),
    ]
    for raw in raws:
        for zone in (None, Zone(STRIPE_ZONE), Zone({"s1._domainkey.klarna.be": rsa_record()})):
            for check in judged(raw, zone).checks:
                assert explain(check, language)


def test_every_mail_of_other_libraries_is_judged(shared_data: Path) -> None:
    folder = shared_data / "eml"
    zone = Zone({})
    paths = [
        path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in (".eml", ".txt", ".msg", "")
    ]
    assert len(paths) > 500
    for path in paths:
        raw = path.read_bytes()
        try:
            mail = parse_mail(raw).mail
        except MailRejected:
            continue
        authenticator = Authenticator(sources=SOURCES, look_up=zone, limits=DEFAULT_LIMITS)
        for check in authenticator.judge(raw, mail, TRUSTED).source_authenticity.checks:
            assert explain(check, "zh")
