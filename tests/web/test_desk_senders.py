"""What a case page tells of a mail's sender."""

import pytest

from rejoinder.domain.authenticity import Authenticity
from rejoinder.domain.judgement import Finding

PROVEN = Finding(code="dkim_valid", verdict="holds", values={"domain": "acmepay.example"})
LOOK_ALIKE = Finding(
    code="lookalike_words",
    verdict="fails",
    values={"domain": "<b>stripe</b>-help.example", "known": "stripe.com", "title": "Stripe", "place": "from"},
)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "The sender is proven: acmepay.example"), ("zh-CN", "发件人已核实：acmepay.example")],
)
def test_a_proven_sender_is_named(browser, scene, merchant, language, words):
    found = Authenticity(verdict="verified", domain="acmepay.example", checks=(PROVEN,))
    opened = scene.service_case(merchant, authenticity=found)
    assert words in browser.get(f"/cases/{opened.case_id}?lang={language}").text


def test_a_failed_sender_is_shown_with_its_reasons_and_as_text_only(browser, scene, merchant):
    opened = scene.service_case(merchant, authenticity=Authenticity(verdict="failed", checks=(LOOK_ALIKE,)))
    shown = browser.get(f"/cases/{opened.case_id}").text
    assert "This mail does not come from whom it says" in shown
    assert "the name of Stripe with words added" in shown
    assert "&lt;b&gt;stripe&lt;/b&gt;-help.example" in shown
    assert "<b>stripe</b>" not in shown


def test_the_sender_inside_a_forwarded_mail_is_judged_by_itself(browser, scene, merchant):
    by = Finding(code="forwarded", verdict="unknown", values={"sender": "li@lumen.example", "inner": "a@stripe.com"})
    inner = scene.mail(authenticity=Authenticity(verdict="unverified", checks=(by,)))
    opened = scene.service_case(merchant, forwarded=inner)
    shown = browser.get(f"/cases/{opened.case_id}").text
    assert "Nothing proves who sent this mail" in shown
    assert "li@lumen.example forwarded this mail." in shown


def test_a_finding_of_an_earlier_version_does_not_break_the_page(browser, scene, merchant):
    old = Finding(code="said_otherwise_once", verdict="holds")
    opened = scene.service_case(merchant, authenticity=Authenticity(verdict="unverified", checks=(old,)))
    assert "Said otherwise once" in browser.get(f"/cases/{opened.case_id}").text


def test_a_mail_stored_before_senders_were_checked_shows_no_verdict(browser, scene, merchant):
    opened = scene.service_case(merchant)
    assert "Who sent this mail could not be checked" not in browser.get(f"/cases/{opened.case_id}").text
