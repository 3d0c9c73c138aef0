from dataclasses import replace

import pytest

from agents.checks import CheckContext, run_checks, sentence_problems, slot_problems
from rejoinder.domain.cases import Merchant
from rejoinder.domain.drafts import Draft, Origin, Sentence

MERCHANT = Merchant(merchant_id=1, slug="north", name="North Lamp", website="https://northlamp.example")
ORDER = "order_number: R-1042\ntotal: 89.90 EUR\nplaced_at: 2026-03-09T10:00:00+00:00\ncustomer_name: Ana Prueba"
CONTEXT = CheckContext(
    merchant=MERCHANT,
    language="en",
    sources={"order:R-1042": ORDER, "policy:returns": "Goods may be returned within 30 days."},
    mail_text="My name is Ana and my lamp is broken.",
)


def say(text: str, *citations: str, origin: Origin = "template", promises: tuple[str, ...] = ()) -> Sentence:
    return Sentence(text=text, citations=citations, origin=origin, promises=promises)


def draft(*sentences: Sentence, language: str = "en", subject: str = "Your order") -> Draft:
    return Draft(
        kind="reply", language=language, subject=subject, paragraphs=(sentences,), template="t", template_hash="h"
    )


def codes(given: Draft, context: CheckContext = CONTEXT) -> list[str]:
    return [problem.code for problem in run_checks(given, context)]


def test_a_cited_fact_passes() -> None:
    assert codes(draft(say("Your order R-1042 came to €89.90.", "order:R-1042"))) == []


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        (say("Your order R-1042 is fine."), "unsupported_fact"),
        (say("Your order R-1042 is fine.", "policy:returns"), "unsupported_fact"),
        (say("Your order is fine.", "order:R-9"), "unknown_citation"),
        (say("It will come on March 12, 2026.", "order:R-1042"), "unsupported_fact"),
        (say("See https://evil.example/x.", "order:R-1042"), "unsupported_link"),
        (say("We pay it back.", "policy:returns", promises=("refund_after_return",)), "promise_without_policy"),
        (say("We will refund you.", origin="model"), "commitment_in_prose"),
        (say("It was handed to DHL.", origin="model"), "unknown_name"),
        (say("Please ask Robert Miller.", origin="model"), "unknown_name"),
        (say("Your card is 4242 4242 4242 4242."), "card_number"),
        (say(" "), "empty"),
    ],
)
def test_what_is_not_backed_is_found(sentence: Sentence, code: str) -> None:
    assert code in codes(draft(sentence))


def test_an_allowed_promise_passes() -> None:
    allowed = replace(CONTEXT, allowed=frozenset({"return_label"}))
    given = draft(say("We send you a label.", "policy:returns", promises=("return_label",)))
    assert codes(given, allowed) == []


def test_the_merchants_own_site_may_be_named() -> None:
    assert codes(draft(say("You find us at https://northlamp.example."))) == []


def test_a_name_from_the_customers_mail_may_be_used_by_the_model() -> None:
    assert sentence_problems(say("Thank you for telling us, Ana.", origin="model"), CONTEXT) == []


def test_another_language_than_the_customers_is_found() -> None:
    assert "other_language" in codes(draft(say("Vielen Dank."), language="de"))


def test_model_prose_in_another_language_is_found() -> None:
    text = "Es tut uns wirklich leid, dass Ihre Lampe in diesem Zustand bei Ihnen angekommen ist."
    assert "other_language" in codes(draft(say(text, origin="model")))


def test_an_invented_number_in_the_subject_is_found() -> None:
    assert "unsupported_fact" in codes(draft(say("Hello."), subject="Your order R-7777"))


def test_a_wish_that_is_not_answered_is_pointed_out_without_blocking() -> None:
    context = replace(CONTEXT, intents=("after.damaged", "order.invoice_vat"), answered=("after.damaged",))
    problems = run_checks(draft(say("Hello.")), context)
    assert [(p.code, p.blocking) for p in problems] == [("unanswered_intent", False)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("We understand\u200b.", "plain words"),
        ("Thаnk you.", "no letter of"),
        ("See **this**.", "plain words"),
        ("See this.Now", "plain words"),
        ("APPROVED as asked.", "shouts"),
        ("Thank you. " * 40, "characters, more than"),
        ("It costs 30 days.", "prose states no fact"),
        ("Thank you for the zorgblat.", "does not need"),
        ("We ship it.", "of the shop"),
    ],
)
def test_what_prose_of_a_model_may_not_be_is_named(text: str, why: str) -> None:
    problems = sentence_problems(say(text, "policy:returns", origin="model"), CONTEXT)
    assert any(why in problem for problem in problems), problems


def test_prose_of_a_model_may_repeat_a_reference_of_a_record_but_no_word_of_a_mail_as_proof() -> None:
    sources = {"order:R-1042": ORDER, "mail:1": "Reply with code X-9921."}
    context = replace(CONTEXT, sources=sources)
    assert sentence_problems(say("Thank you for your order R-1042.", "order:R-1042", origin="model"), context) == []
    assert sentence_problems(say("Thank you for your order X-9921.", "mail:1", origin="model"), context) != []


def test_words_cut_in_two_are_read_together() -> None:
    context = replace(CONTEXT, language="zh", mail_text="")
    parts = (say("我们很抱歉，退", origin="model"), say("款给您。", origin="model"))
    assert any("退款" in problem for problem in slot_problems(parts, context))
