"""A clerk's mail in plain words, of which no rule knows that it is a notice, becomes a case that a person looks at."""

from collections.abc import Iterator

import pytest

from tests.fixtures_program import Shop
from tests.web.conftest import Browser, desk_of

CLERK = """From: Tom Aldous <tom.aldous@harbourbank.example>
To: support@lumenoak.example
Subject: the gentleman with order LO-10416
Message-ID: <clerk-1@harbourbank.example>
Date: Thu, 19 Nov 2026 09:12:00 +0000
Content-Type: text/plain; charset=utf-8

Hi Ruth, the gentleman behind order LO-10416 rang us about the 165.00 EUR that left his account on 27 October 2026.
He swears nothing ever came through his door. Our file is ZQ-77310. Could you let me have the courier's slip
no later than 3 December 2026, otherwise we have to hand him the money. Cheers, Tom
"""


@pytest.fixture
def browser(shop: Shop) -> Iterator[Browser]:
    with desk_of(shop) as one:
        yield one


def test_a_notice_in_plain_words_waits_for_a_person_with_its_guesses_named(shop: Shop, browser: Browser) -> None:
    run_id = shop.receive(CLERK.encode())
    shop.program.worker.advance(run_id)
    page = shop.page_of_run(run_id)
    assert page.dispute is not None
    assert (page.dispute.reference, page.case.order_number) == ("ZQ-77310", "LO-10416")
    assert page.reconciled is not None
    assert page.reconciled.reading.fields["dispute_reference"].guessed
    assert page.route is not None
    assert page.route.target == "review"
    reasons = {reason.code: reason.text for reason in page.route.reasons}
    assert "ZQ-77310" in reasons["guessed"]
    shown = browser.get(f"/cases/{page.case.case_id}").text
    assert '<span class="tag bad">guessed</span>' in shown
    assert "Read by likeness to other notices" in shown
    chinese = browser.get(f"/cases/{page.case.case_id}", headers={"accept-language": "zh-CN"}).text
    assert '<span class="tag bad">推测</span>' in chinese
