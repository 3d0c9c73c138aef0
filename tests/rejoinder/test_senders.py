"""Notices whose senders are proven, not proven, or not who they say: what becomes of them in the whole program."""

from collections.abc import Callable

import pytest

from rejoinder.domain.authenticity import Authenticity
from rejoinder.domain.mail import InboundMail
from rejoinder.storage.documents import dump, load
from rejoinder.storage.pages import CasePage
from tests.fixtures_program import Shop
from tools.mail.parse import parse_mail

MAILBOX = {
    "name": "support",
    "address": "support@lumenoak.example",
    "deliver": "imap_drafts",
    "imap": {"host": "127.0.0.1", "user": "support", "password_env": "NONE"},
    "trusted_authserv": ["mx.lumenoak.example"],
}
PASSED = "dmarc=pass header.from={domain}"
FAILED = "dmarc=fail header.from={domain}"


@pytest.fixture
def guarded(open_shop: Callable[..., Shop]) -> Shop:
    """The sample shop, whose own mail server is believed."""
    return open_shop(mailboxes=[MAILBOX])


def notice(
    number: int, results: str, *, domain: str = "acmebank.example", due: str = "2026-12-04", server: str = "mx.lumenoak"
) -> bytes:
    return (
        f"Authentication-Results: {server}.example; {results.format(domain=domain)}\r\n"
        f"Received: from out.{domain} by mx.lumenoak.example; Fri, 20 Nov 2026 08:00:00 +0000\r\n"
        f"From: Disputes <notifications@{domain}>\r\nTo: support@lumenoak.example\r\n"
        f"Subject: A payment has been disputed\r\nMessage-ID: <{number}@{domain}>\r\n"
        "Date: Fri, 20 Nov 2026 08:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        "A customer has disputed a payment.\r\n\r\nDispute ID: CB-771204466\r\n"
        f"Disputed amount: 208.90 EUR\r\nReason: Product not received\r\nRespond by: {due}\r\n"
    ).encode()


def arrive(shop: Shop, raw: bytes) -> CasePage:
    run_id = shop.receive(raw)
    shop.program.worker.advance(run_id)
    return shop.page_of_run(run_id)


def reasons(page: CasePage) -> list[str]:
    assert page.review is not None
    return [reason.code for reason in page.review.route.reasons]


def test_a_proven_notice_is_a_dispute_without_objection_to_its_sender(guarded: Shop) -> None:
    page = arrive(guarded, notice(1, PASSED, domain="stripe.com"))
    mail = page.messages[0].mail
    assert mail is not None
    assert (mail.authenticity.verdict, mail.authenticity.domain) == ("verified", "stripe.com")
    assert page.dispute is not None
    assert page.dispute.processor == "stripe"
    assert "not_authentic" not in reasons(page)


def test_a_notice_nobody_vouches_for_opens_a_case_that_waits_for_a_person(guarded: Shop) -> None:
    page = arrive(guarded, notice(1, PASSED, domain="stripe.com", server="mx.elsewhere"))
    assert page.dispute is not None
    assert page.dispute.processor == "stripe"
    assert "not_authentic" in reasons(page)


def test_a_failed_notice_never_touches_a_known_dispute(guarded: Shop) -> None:
    known = arrive(guarded, notice(1, PASSED))
    forged = arrive(guarded, notice(2, FAILED, due="2027-01-31"))
    after = guarded.page(known.case.case_id)
    assert after.dispute == known.dispute
    assert after.case == known.case
    assert len(after.messages) == 1
    assert forged.case.case_id != known.case.case_id
    assert forged.dispute is not None
    assert forged.dispute.processor == "unproven"
    assert "not_authentic" in reasons(forged)


def test_a_failed_notice_in_the_thread_of_a_known_dispute_is_taken_out_of_it(guarded: Shop) -> None:
    known = arrive(guarded, notice(1, PASSED))
    answer = notice(2, FAILED).replace(b"Subject: A", b"References: <1@acmebank.example>\r\nSubject: A")
    forged = arrive(guarded, answer)
    assert forged.case.case_id != known.case.case_id
    assert guarded.page(known.case.case_id).dispute == known.dispute


def test_a_failed_word_of_the_end_is_seen_by_a_person(guarded: Shop) -> None:
    won = notice(3, FAILED).replace(b"A payment has been disputed", b"You won the dispute of a payment")
    page = arrive(
        guarded, won.replace(b"A customer has disputed a payment.", b"The dispute was decided in your favour.")
    )
    assert page.dispute is not None
    assert page.dispute.status == "unknown"
    assert "not_authentic" in reasons(page)


def test_a_known_source_that_its_own_policy_denies_is_set_aside_as_a_trick(guarded: Shop) -> None:
    known = arrive(guarded, notice(1, PASSED, domain="stripe.com"))
    forged = arrive(guarded, notice(2, FAILED, domain="stripe.com", due="2027-01-31"))
    assert forged.case.kind == "set_aside"
    assert guarded.page(known.case.case_id).dispute == known.dispute


def test_a_mail_stored_before_senders_were_checked_still_loads() -> None:
    stored = dump(parse_mail(notice(1, PASSED)).mail)
    del stored["authenticity"]
    assert load(InboundMail, stored).authenticity == Authenticity(verdict="unchecked")
