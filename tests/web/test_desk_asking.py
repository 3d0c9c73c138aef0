"""Asking a colleague from the page of a case, and what the page tells of reminders."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from rejoinder.domain.cases import Merchant
from rejoinder.domain.judgement import Judgement
from rejoinder.domain.reminders import ReminderPlan
from rejoinder.storage.store import Store
from tests.scenes_desk import Opened, Scene
from tests.web.conftest import Browser

COLLEAGUE = "ops@lumen.example"
KIND = "delivery_signature"


@pytest.fixture
def asked_for(scene: Scene, merchant: Merchant) -> Opened:
    """A dispute that waits, with something worth asking for."""
    opened = scene.dispute_case(merchant)
    due = datetime.now(UTC) + timedelta(days=5)
    judged = Judgement(ask=KIND, due_by=due, merchant_by=due - timedelta(days=2))
    scene.store.save_judgement(opened.run_id, "not_received", judged)
    return opened


def name_colleague(store: Store, merchant: Merchant, **plan: object) -> None:
    store.save_merchant(replace(merchant, reminders=ReminderPlan(colleague=COLLEAGUE, **plan)))


def jobs(store: Store) -> list[str]:
    with store.begin() as connection:
        query = "SELECT task_name FROM procrastinate_jobs WHERE task_name = 'ask'"
        return list(connection.execute(text(query)).scalars())


def test_the_item_worth_asking_for_is_proposed_with_its_mail(
    browser: Browser, store: Store, merchant: Merchant, asked_for: Opened
) -> None:
    name_colleague(store, merchant)
    page = browser.get(f"/cases/{asked_for.case_id}").text
    first = page[page.index('<select id="ask-kind"') :]
    assert first.index(f'value="{KIND}"') < first.index("would help most") < first.index("</option>")
    assert f"Ask {COLLEAGUE} for" in page
    assert "Please reply to this mail and attach it" in page
    assert "Everyone is told again, and nothing is sent." in page


def test_a_question_is_queued_once_and_shown(
    browser: Browser, store: Store, merchant: Merchant, asked_for: Opened
) -> None:
    name_colleague(store, merchant)
    for _ in range(2):
        answer = browser.send_form(f"/cases/{asked_for.case_id}/ask", kind=KIND)
        assert answer.status_code == 200
    assert "The question is on its way." in answer.text
    (request,) = store.requests_of_case(asked_for.case_id)
    assert (request.recipient, request.kind, request.asked_by) == (COLLEAGUE, KIND, "mia")
    assert "Please reply to this mail and attach it" in request.body
    assert "shows who took the goods" in request.body
    assert jobs(store) == ["ask"]


def test_the_mail_is_in_the_language_of_the_settings(
    browser: Browser, store: Store, merchant: Merchant, asked_for: Opened
) -> None:
    name_colleague(store, merchant, language="zh")
    browser.send_form(f"/cases/{asked_for.case_id}/ask", kind=KIND)
    (request,) = store.requests_of_case(asked_for.case_id)
    assert request.language == "zh"
    assert "请直接回复这封邮件并附上材料" in request.body


@pytest.mark.parametrize("kind", ["", "nonsense", "order_confirmation'"])
def test_only_what_is_offered_can_be_asked_for(
    browser: Browser, store: Store, merchant: Merchant, asked_for: Opened, kind: str
) -> None:
    name_colleague(store, merchant)
    assert browser.send_form(f"/cases/{asked_for.case_id}/ask", kind=kind).status_code == 422
    assert store.requests_of_case(asked_for.case_id) == []


def test_without_a_colleague_the_page_says_how_to_name_one(browser: Browser, store: Store, asked_for: Opened) -> None:
    assert "[merchants.reminders]" in browser.get(f"/cases/{asked_for.case_id}").text
    assert browser.send_form(f"/cases/{asked_for.case_id}/ask", kind=KIND).status_code == 422
    assert store.requests_of_case(asked_for.case_id) == []


def test_another_merchants_case_cannot_be_asked_about(
    open_browser: Callable[..., Browser], store: Store, merchant: Merchant, asked_for: Opened, scene: Scene
) -> None:
    name_colleague(store, merchant)
    other = scene.merchant("other", "Other")
    stranger = open_browser("eve", (other.merchant_id,))
    assert stranger.send_form(f"/cases/{asked_for.case_id}/ask", kind=KIND).status_code == 404
    assert store.requests_of_case(asked_for.case_id) == []


def test_what_may_not_have_arrived_is_seen(
    browser: Browser, store: Store, merchant: Merchant, asked_for: Opened
) -> None:
    name_colleague(store, merchant, at_cutoff="submit_best")
    now = datetime.now(UTC)
    details = {"wanted": "submit_best", "done": "alert", "why": "problems"}
    _, mail_id = store.remind(asked_for.case_id, now, ("all", "cutoff"), ("queue", "mail"), now, details=details)
    assert store.claim_reminder(mail_id) is not None
    store.finish_reminder(mail_id, "uncertain", "no answer came")
    page = browser.get(f"/cases/{asked_for.case_id}").text
    assert "no answer came" in page
    assert "Uncertain: Nothing was sent (the checks found problems)" in page
    assert "The draft is approved by your rule" in page


def test_the_page_speaks_chinese(browser: Browser, store: Store, merchant: Merchant, asked_for: Opened) -> None:
    name_colleague(store, merchant)
    page = browser.get(f"/cases/{asked_for.case_id}", headers={"Accept-Language": "zh-CN"}).text
    assert f"向 {COLLEAGUE} 索要" in page
    assert "最有帮助" in page
