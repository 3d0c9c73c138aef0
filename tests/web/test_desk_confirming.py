"""A reviewer confirms the fields of a notice of an unknown source; the next notice is read by what was taught."""

import re
from collections.abc import Callable, Iterator

import pytest

from rejoinder.storage.pages import CasePage
from tests.fixtures_program import Shop
from tests.web.conftest import Browser, desk_of

MAILBOX = {
    "name": "support",
    "address": "support@lumenoak.example",
    "deliver": "imap_drafts",
    "imap": {"host": "127.0.0.1", "user": "support", "password_env": "NONE"},
    "trusted_authserv": ["mx.lumenoak.example"],
}
CONFIRMED = {
    "dispute_reference": "HB-2026-004711",
    "order_reference": "LO-10401",
    "amount": "208,90",
    "currency": "EUR",
    "respond_by": "2026-12-04",
    "reason_text": "Ware kam nicht an",
    "category": "not_received",
}


def notice(
    number: int, reference: str, amount: str, due: str, *, results: str = "dmarc=pass header.from=hafenbank.example"
) -> bytes:
    return (
        f"Authentication-Results: mx.lumenoak.example; {results}\r\n"
        "From: Hafenbank <reklamation@hafenbank.example>\r\nTo: support@lumenoak.example\r\n"
        f"Subject: Chargeback {reference}\r\nMessage-ID: <{number}@hafenbank.example>\r\n"
        "Date: Fri, 20 Nov 2026 08:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"Guten Tag,\r\n\r\nein Karteninhaber hat eine Zahlung angefochten (Chargeback).\r\n\r\n"
        f"Unser Zeichen: {reference}\r\nIhr Kunde kaufte unter: LO-10401\r\nSumme: {amount}\r\n"
        f"Vorfall: Ware kam nicht an\r\nBitte erledigen bis {due}, sonst buchen wir ab.\r\n"
    ).encode()


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop(mailboxes=[MAILBOX])


@pytest.fixture
def browser(shop: Shop) -> Iterator[Browser]:
    with desk_of(shop) as one:
        yield one


def arrive(shop: Shop, raw: bytes) -> tuple[int, CasePage]:
    run_id = shop.receive(raw)
    shop.program.worker.advance(run_id)
    return run_id, shop.page_of_run(run_id)


def send(browser: Browser, page: CasePage, run_id: int, **changes: str):
    return browser.send_form(f"/cases/{page.case.case_id}/runs/{run_id}/confirm", **(CONFIRMED | changes))


def told(page: CasePage) -> tuple[str, str, str, str]:
    dispute = page.dispute
    assert dispute is not None
    due = dispute.respond_by.date().isoformat() if dispute.respond_by else ""
    return dispute.processor, dispute.reference, str(dispute.amount), due


def test_what_a_reviewer_confirms_corrects_the_case_and_is_used_for_the_next_notice(shop, browser):
    run_id, first = arrive(shop, notice(1, "HB-2026-004711", "208,90", "04/12/2026"))
    shown = browser.get(f"/cases/{first.case.case_id}").text
    assert "Confirm these fields" in shown
    assert "proven to come from hafenbank.example" in shown
    assert "The fields were confirmed." in send(browser, first, run_id).text

    shop.program.worker.advance(run_id)
    again = shop.page_of_run(run_id)
    assert again.case.case_id == first.case.case_id
    assert told(again) == ("learned:hafenbank.example", "HB-2026-004711", "208.90 EUR", "2026-12-04")
    assert again.review is not None
    assert again.review.status == "open"
    assert again.reconciled.reading.notice_source == "learned:hafenbank.example"
    assert again.case.order_number == "LO-10401"

    _, second = arrive(shop, notice(2, "HB-2027-000002", "86,05", "05/01/2027"))
    assert second.case.case_id != first.case.case_id
    assert told(second) == ("learned:hafenbank.example", "HB-2027-000002", "86.05 EUR", "2027-01-05")
    assert second.dispute.category == "not_received"
    page = browser.get(f"/cases/{second.case.case_id}").text
    assert "hafenbank.example (learned from a notice that a reviewer confirmed)" in page
    page = browser.get(f"/cases/{second.case.case_id}?lang=zh-CN").text
    assert "根据审核人确认过的通知学习得到" in page


def test_a_reminder_of_a_learned_source_updates_the_case_it_reminds_of(shop, browser):
    run_id, first = arrive(shop, notice(1, "HB-2026-004711", "208,90", "04/12/2026"))
    send(browser, first, run_id)
    shop.program.worker.advance(run_id)
    _, reminded = arrive(shop, notice(2, "HB-2026-004711", "208,90", "04/12/2026"))
    assert reminded.case.case_id == first.case.case_id


def test_from_a_sender_that_is_not_proven_nothing_is_learned(shop, browser):
    run_id, first = arrive(shop, notice(1, "HB-2026-004711", "208,90", "04/12/2026", results="spf=none"))
    assert "The sender is not proven" in browser.get(f"/cases/{first.case.case_id}").text
    send(browser, first, run_id)
    shop.program.worker.advance(run_id)
    again = shop.page_of_run(run_id)
    assert told(again) == ("unknown", "HB-2026-004711", "208.90 EUR", "2026-12-04")
    assert shop.program.store.learned_source(shop.merchant_id, "hafenbank.example") is None


def test_what_one_merchant_taught_is_not_anothers(shop, browser):
    run_id, first = arrive(shop, notice(1, "HB-2026-004711", "208,90", "04/12/2026"))
    send(browser, first, run_id)
    assert shop.program.store.learned_source(shop.merchant_id, "hafenbank.example") is not None
    assert shop.program.store.learned_source(shop.merchant_id + 1, "hafenbank.example") is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount": "1.208"}, "Write the amount like 1208.90"),
        ({"amount": "12", "currency": "Euro"}, "Write the amount like 1208.90"),
        ({"respond_by": "04/12/2026"}, "Write days like 2026-12-04."),
        ({"respond_by": "2026-12-04T17:00"}, "Write days like 2026-12-04."),
        ({"card_last4": "12"}, "four digits"),
        ({"category": "because"}, "Choose one of the categories."),
        ({"reason_text": "4111 1111 1111 1111"}, "full card number"),
        (dict.fromkeys(CONFIRMED, ""), "Confirm at least two values."),
    ],
)
def test_what_cannot_be_read_is_refused_and_changes_nothing(shop, browser, changes, words):
    run_id, first = arrive(shop, notice(1, "HB-2026-004711", "208,90", "04/12/2026"))
    answer = send(browser, first, run_id, **changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert shop.page_of_run(run_id).dispute == first.dispute


def test_a_second_confirmation_of_the_same_page_is_told_that_it_came_late(shop, browser):
    run_id, first = arrive(shop, notice(1, "HB-2026-004711", "208,90", "04/12/2026"))
    assert send(browser, first, run_id).status_code == 200
    assert send(browser, first, run_id).status_code == 409


def test_a_reference_that_another_case_holds_is_not_taken_from_it(shop, browser):
    run_id, first = arrive(shop, notice(1, "HB-2026-004711", "208,90", "04/12/2026"))
    send(browser, first, run_id)
    shop.program.worker.advance(run_id)
    other_run, other = arrive(shop, notice(2, "HB-2026-009999", "5,00", "04/12/2026"))
    assert other.case.case_id != first.case.case_id
    assert send(browser, other, other_run).status_code == 409


def test_a_notice_of_a_known_source_has_no_such_form(shop, browser):
    raw = notice(
        1, "du_1QZcDUMMY0000000000000001", "208,90 EUR", "2026-12-04", results="dmarc=pass header.from=stripe.com"
    )
    _, page = arrive(shop, raw.replace(b"hafenbank.example", b"stripe.com"))
    assert page.dispute is not None
    assert "Confirm these fields" not in browser.get(f"/cases/{page.case.case_id}").text


def test_the_form_is_plain_html_that_is_filled_in_with_what_was_read(shop, browser):
    _, page = arrive(shop, notice(1, "HB-2026-004711", "208,90 EUR", "2026-12-04"))
    shown = browser.get(f"/cases/{page.case.case_id}").text
    assert re.search(r'<input id="confirm-amount" name="amount"[^>]*value="208.90"', shown)
    assert '<form method="post" action="/cases/' in shown
