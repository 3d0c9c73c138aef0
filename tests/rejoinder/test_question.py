"""The mail that asks a colleague has words for everything that can be asked for, in both languages."""

from dataclasses import replace
from datetime import timedelta

import pytest

from knowledge.reason_codes import evidence_titles
from rejoinder.domain.cases import Dispute, Merchant
from rejoinder.domain.judgement import Judgement
from rejoinder.domain.reminders import ReminderPlan
from rejoinder.reminders.question import question
from tests.clock import NOW

MERCHANT = Merchant(merchant_id=1, slug="shop", name="Shop", timezone="Asia/Shanghai")
DISPUTE = Dispute(processor="stripe", reference="dp_1", status="needs_response", stage="first", sources=("webhook",))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", sorted(evidence_titles()))
def test_everything_can_be_asked_for(kind: str, language: str) -> None:
    merchant = replace(MERCHANT, reminders=ReminderPlan(language=language))
    mail = question(merchant, DISPUTE, kind, NOW, order=None, judgement=None)
    assert "dp_1" in mail.title
    assert kind not in mail.title + mail.text


def test_only_an_instant_that_lies_ahead_is_named() -> None:
    judged = Judgement(merchant_by=NOW - timedelta(hours=1), due_by=NOW + timedelta(hours=20))
    mail = question(MERCHANT, DISPUTE, "delivery_photo", NOW, order=None, judgement=judged)
    assert "It is needed by 21 November 2026, 13:00 (China Standard Time)." in mail.text
    late = replace(judged, due_by=NOW - timedelta(minutes=1))
    assert "needed by" not in question(MERCHANT, DISPUTE, "delivery_photo", NOW, order=None, judgement=late).text
