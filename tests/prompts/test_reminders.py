"""Reminders say the same in both languages, whatever happened, and a chat never gets more than it may."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from prompts.contexts import ReminderContext
from prompts.render import Rendered, render
from rejoinder.domain.cases import Dispute, Merchant
from rejoinder.domain.money import Money
from rejoinder.errors import TemplateError

ZONE = ZoneInfo("Asia/Shanghai")
DUE = datetime(2026, 11, 30, 9, 0, tzinfo=UTC).astimezone(ZONE)
MERCHANT = Merchant(merchant_id=1, slug="shop", name="Shop")
DISPUTE = Dispute(
    processor="stripe",
    reference="dp_secret",
    status="needs_response",
    stage="first",
    sources=("webhook",),
    amount=Money(amount_minor=14900, currency="EUR"),
    buyer_email="buyer@mailbox.example",
    card_last4="3611",
)
WHYS = {
    "submit_best": ("too_late", "no_question", "problems", "not_proven", "file_not_ready"),
    "accept": ("too_late", "no_question"),
}
STORIES = [
    *product((("mail", "", ""), ("all", "", "")), ("alert", "submit_best", "accept"), (200, 30, 1, 0)),
    *product((("cutoff", "alert", ""),), ("alert",), (1, -1)),
    *product((("cutoff", "submit_best", ""),), ("submit_best",), (1,)),
    *product((("cutoff", "accept", ""),), ("accept",), (1,)),
    *((("cutoff", "alert", why), choice, -1 if why == "too_late" else 1) for choice in WHYS for why in WHYS[choice]),
]

APPROVED = [
    *product((("mail", "", ""), ("cutoff", "", ""), ("cutoff", "alert", ""), ("last", "", "")), ("alert",), (30, 0, -1))
]
"""Stories of an answer that is approved and not handed in."""


def told(name: str, language: str, story: Any, **changes: Any) -> Rendered:
    (step, done, why), choice, hours = story
    values: dict[str, Any] = {
        "merchant": MERCHANT,
        "dispute": DISPUTE,
        "case_number": "12",
        "step": step,
        "due_by": DUE,
        "cutoff_by": DUE - timedelta(hours=2),
        "hours_left": hours,
        "choice": choice,
        "done": done,
        "why": why,
        "ask": "Proof",
        "missing": ("It is missing.",),
        "desk_url": "https://desk.example/cases/12",
        "file_url": "https://desk.example/file/abc",
    }
    context = ReminderContext(**values | changes)
    return render(f"reminder/{name}", context, language=language, citations={"dispute": "dispute:record"})


def shape(rendered: Rendered) -> list[list[tuple[str, ...]]]:
    return [[sentence.citations for sentence in paragraph] for paragraph in rendered.paragraphs]


@pytest.mark.parametrize("name", ["mail", "chat"])
@pytest.mark.parametrize("story", STORIES, ids=str)
def test_both_languages_say_the_same(name: str, story: Any) -> None:
    assert shape(told(name, "en", story)) == shape(told(name, "zh", story))


@pytest.mark.parametrize("name", ["mail", "chat"])
@pytest.mark.parametrize("story", APPROVED, ids=str)
@pytest.mark.parametrize("without", [(), ("file_url",), ("desk_url",), ("rail",)], ids=str)
def test_both_languages_say_the_same_of_what_is_left_to_do(name: str, story: Any, without: tuple[str, ...]) -> None:
    changes = {"to_hand_in": True, "rail": "Stripe", **dict.fromkeys(without, "")}
    assert shape(told(name, "en", story, **changes)) == shape(told(name, "zh", story, **changes))


def test_the_mail_says_what_is_left_to_do_and_nothing_of_a_decision() -> None:
    rendered = told("mail", "en", APPROVED[0], to_hand_in=True, rail="Stripe")
    lines = [one.text for paragraph in rendered.paragraphs for one in paragraph]
    steps = [line for line in lines if line[:2] in {"1.", "2.", "3."}]
    assert steps == [
        "1. Download the finished file, by a link that only you should have: https://desk.example/file/abc",
        "2. Hand it in where you answer disputes at Stripe.",
        "3. Then mark it as handed in: https://desk.example/cases/12",
    ]
    assert not [line for line in lines if "decide" in line or "help most" in line]


@pytest.mark.parametrize("story", STORIES, ids=str)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_chat_gets_the_number_the_amount_the_deadline_and_the_way(language: str, story: Any) -> None:
    rendered = told("chat", language, story)
    said = rendered.subject + "".join(one.text for paragraph in rendered.paragraphs for one in paragraph)
    for there in ("12", "EUR 149.00", "17:00", "https://desk.example/cases/12"):
        assert there in said
    for private in ("dp_secret", "buyer@", "3611", "Proof", "missing", "/file/"):
        assert private not in said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_choice_without_words_is_an_error(language: str) -> None:
    with pytest.raises(TemplateError):
        told("mail", language, (("mail", "", ""), "pray", 10))
    with pytest.raises(TemplateError):
        told("mail", language, (("cutoff", "alert", "no_reason"), "submit_best", 1))


def test_how_long_is_left_is_said_in_words_people_use() -> None:
    said = [told("chat", "en", (("mail", "", ""), "alert", hours)).subject for hours in (-1, 0, 1, 47, 48, 100)]
    assert [one.partition(":")[0] for one in said] == [
        "The time is over",
        "Less than an hour left",
        "1 hour left",
        "47 hours left",
        "2 days left",
        "4 days left",
    ]
