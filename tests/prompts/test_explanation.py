"""What a merchant reads about a dispute, and what a colleague is asked for."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agents import evidence as ev
from agents.dispute.explanation import (
    explanation_context,
    language_of,
    request_context,
    write_explanation,
    write_request,
)
from agents.facts import facts_in, unsupported
from knowledge.reason_codes import categories
from prompts.contexts import ExplanationContext, values_of
from prompts.render import Rendered
from rejoinder.domain.cases import Dispute, Stage
from rejoinder.domain.judgement import Finding, Judgement
from tests.prompts.cases import MERCHANT, NOW, Expected, SampleCase, case_for, expected
from tests.prompts.golden import assert_golden, shown

LANGUAGES = ("en", "zh")
STAGES: tuple[Stage, ...] = ("alert", "inquiry", "first", "prearb", "arbitration", "compliance", "unknown")
CODE = next(code for code in expected() if (code.network, code.code) == ("visa", "13.1"))
JUDGEMENT = Judgement(
    clocks=(
        Finding(
            code="clock_processor_told", verdict="holds", values={"title": "Acme Pay", "by": "12 July 2026, 21:59"}
        ),
    ),
    invalid=(
        Finding(code="time_limit", verdict="fails", values={"days": "49", "limit": "120", "last": "540"}),
        Finding(code="amount_above_payment", verdict="holds", values={"disputed": "95.00 EUR", "paid": "89.90 EUR"}),
        Finding(code="refund_arn", verdict="unknown", values={"refunded_on": "2026-05-26"}, missing="arn"),
    ),
    harmful=(),
    gaps=(),
    worth=(Finding(code="accepting_is_final", verdict="holds"),),
    advice="ask_more",
    ask="delivery_photo",
)


def citations_of(case: SampleCase) -> dict[str, str]:
    return dict(ev.aliases(case.evidence, case.passages))


def explained(code: Expected, language: str, judgement: Judgement = JUDGEMENT) -> tuple[ExplanationContext, Rendered]:
    case = case_for(code)
    context = explanation_context(MERCHANT, case.dispute, judgement, language, case.order)
    return context, write_explanation(context, citations_of(case), language)


def text_of(rendered: Rendered) -> str:
    return "\n".join(s.text for paragraph in rendered.paragraphs for s in paragraph)


def shape(rendered: Rendered) -> list[list[tuple[str, ...]]]:
    return [[s.citations for s in paragraph] for paragraph in rendered.paragraphs]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_explanation_reads_as_somebody_approved_it(language: str) -> None:
    _, full = explained(CODE, language)
    bare = replace(case_for(CODE).dispute, respond_by=None, reason_code="", reason_text="", network="", amount=None)
    nothing = explanation_context(MERCHANT, bare, Judgement(), language)
    sparse = write_explanation(nothing, {"dispute": "dispute:record"}, language)
    parts = [f"===== {kind}\n{shown(text, language)}" for kind, text in (("full", full), ("only the notice", sparse))]
    assert_golden("\n".join(parts), f"explanation/{language}/dispute.txt")


@pytest.mark.parametrize("category", categories())
def test_each_category_is_explained_with_the_same_sentences_in_both_languages(category: str) -> None:
    code = next(code for code in expected() if code.category == category)
    (_, english), (_, chinese) = (explained(code, language) for language in LANGUAGES)
    assert shape(english) == shape(chinese)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("network", sorted({code.network for code in expected()}))
def test_every_number_of_an_explanation_comes_from_its_context(network: str, language: str) -> None:
    for code in (code for code in expected() if code.network == network):
        context, rendered = explained(code, language)
        given = facts_in(f"{_all_words(context)} | {_record_words(case_for(code))}", language)
        assert unsupported(facts_in(text_of(rendered), language), given) == [], code


def _all_words(context: ExplanationContext) -> str:
    texts: list[str] = []
    for value in values_of(context).values():
        texts += [str(value)] if isinstance(value, str | int) else []
        texts += [str(one) for one in value] if isinstance(value, tuple) else []
    return " | ".join(texts)


def _record_words(case: SampleCase) -> str:
    return " | ".join(value for item in case.evidence for value in item.fields.values())


@pytest.mark.parametrize("network", sorted({code.network for code in expected()}))
def test_a_merchant_learns_the_time_to_answer_or_that_none_is_defined(network: str) -> None:
    for code in (code for code in expected() if code.network == network):
        case = case_for(code)
        unknown = replace(case.dispute, respond_by=None)
        for language, none in (("en", "No time to answer is defined"), ("zh", "对此没有规定答复期限")):
            context = explanation_context(MERCHANT, unknown, Judgement(), language)
            text = text_of(write_explanation(context, citations_of(case), language))
            shown_days = re.search(rf"(?<!\d){code.days}(?!\d)", text) if code.days else None
            assert bool(shown_days) if code.days else none in text, code


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_has_its_words_in_both_languages(stage: Stage) -> None:
    case = case_for(CODE)
    texts = []
    for language in LANGUAGES:
        dispute: Dispute = replace(case.dispute, stage=stage, funds="withdrawn")
        context = explanation_context(MERCHANT, dispute, JUDGEMENT, language, case.order)
        texts.append(write_explanation(context, citations_of(case), language))
    assert shape(texts[0]) == shape(texts[1])
    assert "already been taken" in text_of(texts[0])


def test_grounds_are_sorted_by_what_they_do_for_the_merchant() -> None:
    context, rendered = explained(CODE, "en")
    assert context.invalid == (
        "The dispute is for 95.00 EUR, the payment was 89.90 EUR. No more than the payment can be disputed.",
    )
    assert "within the issuer's 120 days" in context.ruled_out[0]
    assert "(ARN) of the refund of 2026-05-26 is missing" in context.gaps[0]
    assert "The item most worth asking for: Photo at delivery." in text_of(rendered)
    assert "Nothing was found in your records" in text_of(rendered)


def test_what_nobody_looked_for_is_not_denied() -> None:
    _, rendered = explained(CODE, "en", Judgement())
    assert "What speaks against you" not in text_of(rendered)
    assert "What is missing" not in text_of(rendered)
    assert "has not been weighed yet" in text_of(rendered)


def test_what_was_looked_for_and_not_found_is_said() -> None:
    _, rendered = explained(CODE, "en", Judgement(gaps=(), harmful=()))
    assert "Nothing that this kind of dispute asks for is missing." in text_of(rendered)


def test_an_unknown_code_is_said_to_be_unknown() -> None:
    case = case_for(CODE)
    context = explanation_context(MERCHANT, replace(case.dispute, reason_code="99.9"), JUDGEMENT, "zh", case.order)
    assert "目录中没有这个代码" in text_of(write_explanation(context, citations_of(case), "zh"))


def test_what_cannot_be_contested_is_said_to_be_so() -> None:
    code = next(code for code in expected() if code.network == "sepa_dd")
    _, rendered = explained(code, "en", replace(JUDGEMENT, advice=""))
    assert "This cannot be contested with the customer’s bank" in text_of(rendered)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_to_a_colleague_asks_for_one_item(language: str) -> None:
    case = case_for(CODE)
    context = request_context(
        MERCHANT,
        case.dispute,
        "delivery_photo",
        language,
        order=case.order,
        by=datetime(2026, 7, 9, 9, 0, tzinfo=UTC),
        colleague="Li Wei" if language == "en" else "李伟",
    )
    rendered = write_request(context, citations_of(case), language)
    bare = write_request(
        request_context(MERCHANT, case.dispute, "delivery_photo", language), {"dispute": "d"}, language
    )
    parts = [f"===== {kind}\n{shown(text, language)}" for kind, text in (("full", rendered), ("bare", bare))]
    assert_golden("\n".join(parts), f"request/{language}/ask_colleague.txt")


def test_both_languages_ask_a_colleague_the_same() -> None:
    case = case_for(CODE)
    mails = []
    for language in LANGUAGES:
        context = request_context(MERCHANT, case.dispute, "chip_emv_record", language, order=case.order, by=NOW)
        mails.append(write_request(context, citations_of(case), language))
    assert shape(mails[0]) == shape(mails[1])


@pytest.mark.parametrize(("wanted", "spoken"), [("zh", "zh"), ("zh-CN", "zh"), ("en", "en"), ("de", "en"), ("", "en")])
def test_a_merchant_is_spoken_to_in_chinese_or_english(wanted: str, spoken: str) -> None:
    assert language_of(wanted) == spoken
