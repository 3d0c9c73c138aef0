"""Every reason code there is, taken the real way: from the code to a letter that passes all checks."""

import re

import pytest

from agents.checks import check_context, run_checks
from agents.dispute.coverage import kinds_of
from agents.dispute.gaps import find_gaps, matrix
from agents.dispute.judging import Given, judge
from agents.dispute.subject import Subject
from knowledge.reason_codes import (
    categories,
    evidence_titles,
    find,
    reason_codes,
    required_evidence,
    sources,
)
from knowledge.reason_words import deadline_rule, network_name, parties, plain_words, reason_test, reason_title
from prompts.findings import explain
from rejoinder.domain.drafts import Draft
from tests.prompts.cases import MERCHANT, NOW, Expected, case_for, case_with_nothing, expected

NETWORKS = sorted({code.network for code in expected()})
by_network = pytest.mark.parametrize("network", NETWORKS)


def of(network: str) -> list[Expected]:
    return [code for code in expected() if code.network == network]


def test_these_are_all_codes() -> None:
    assert len(expected()) == 429
    assert {(c.network, c.code) for c in expected()} == {(c.network, c.code) for c in reason_codes()}


@by_network
def test_a_code_has_the_category_that_is_known_for_it(network: str) -> None:
    found = {c.code: find(network, c.code) for c in of(network)}
    assert {code: one and one.category for code, one in found.items()} == {c.code: c.category for c in of(network)}


@by_network
def test_a_code_asks_for_the_evidence_that_is_known_for_it(network: str) -> None:
    for code in of(network):
        found = find(network, code.code)
        assert found is not None
        assert found.evidence_required == code.evidence
        asked = required_evidence(network, code.code, code.category)
        assert asked or found.representable == "no", code
        assert set(asked) <= set(evidence_titles())


@by_network
def test_a_code_has_a_time_to_answer_or_says_that_none_is_defined(network: str) -> None:
    for code in of(network):
        for language in ("en", "zh"):
            rule = deadline_rule(network, code.code, code.category, language)
            assert rule.days == code.days, code
            assert bool(rule.counted_from) == (code.days is not None), code


@by_network
def test_a_code_has_a_test_with_its_source_and_no_figure_of_its_own(network: str) -> None:
    for code in of(network):
        english, chinese = (reason_test(network, code.code, code.category, language) for language in ("en", "zh"))
        assert english.source == chinese.source
        assert english.source in sources()
        assert english.text.endswith(".")
        assert chinese.text.endswith("。")
        assert not re.search(r"[\d{}]", english.text + chinese.text)


@by_network
def test_the_letter_of_a_code_passes_all_checks_in_both_languages(network: str) -> None:
    wrong = []
    for code in of(network):
        case = case_for(code)
        english, chinese = case.draft("en"), case.draft("zh")
        for draft in (english, chinese):
            context = check_context(MERCHANT, None, draft.language, case.evidence, case.passages)
            wrong += [(code.code, draft.language, problem) for problem in run_checks(draft, context)]
        assert _said(english) == _said(chinese), code
        assert english.template == f"representment/en/{code.category}.md.j2"
        assert chinese.template == f"representment/zh/{code.category}.md.j2"
        assert len(english.body.split()) <= 450, code
    assert wrong == []


def _said(draft: Draft) -> list[list[tuple[str, ...]]]:
    return [[sentence.citations for sentence in paragraph] for paragraph in draft.paragraphs]


@by_network
def test_every_number_of_a_letter_is_cited_and_every_statement_has_an_exhibit(network: str) -> None:
    for code in of(network):
        letter = case_for(code).draft("en")
        body = [s for s in letter.sentences if not s.text.startswith("## ") and s.text != MERCHANT.signature]
        assert all(s.citations for s in body), code
        stated = _section(letter, "## Facts") + _section(letter, "## Response to the claim")
        assert stated
        heading = "Earlier purchases on the same card", "- Disputed, ", "- Earlier, "
        assert [t for t in stated if "Exhibit " not in t and not t.startswith(heading)] == [], code


def _section(letter: Draft, heading: str) -> list[str]:
    texts = [s.text for s in letter.sentences]
    if heading not in texts:
        return []
    rest = texts[texts.index(heading) + 1 :]
    return rest[: next((n for n, text in enumerate(rest) if text.startswith("## ")), None)]


@by_network
def test_nothing_is_missing_once_every_record_asked_for_is_there(network: str) -> None:
    for code in of(network):
        case = case_for(code)
        required = required_evidence(network, code.code, code.category)
        assert set(required) <= kinds_of(case.evidence, policy=True), code


@by_network
def test_without_records_every_code_misses_what_it_asks_for(network: str) -> None:
    for code in of(network):
        needs = matrix(network, code.code, code.category, goods="")
        missing = {gap.need.evidence_id for gap in find_gaps(needs, frozenset(), category=code.category).gaps}
        optional = {need.evidence_id for need in needs if need.optional}
        assert set(required_evidence(network, code.code, code.category)) - optional <= missing, code


@by_network
def test_every_code_is_judged_and_every_finding_has_words(network: str) -> None:
    for code in of(network):
        case = case_for(code)
        subject = Subject(dispute=case.dispute, now=NOW, opened_at=NOW, order=case.order, mails=case.mails)
        judgement = judge(subject, case.evidence, Given(merchant=MERCHANT, policy=True))
        assert judgement.advice in {"fight", "accept", "refund_first", "ask_more", "human"}, code
        said = (
            *judgement.clocks, *judgement.invalid, *judgement.compelling, *(judgement.harmful or ()),
            *(judgement.gaps or ()), *judgement.worth,
        )  # fmt: skip
        assert judgement.clocks
        assert all(explain(finding, language) for finding in said for language in ("en", "zh")), code


@by_network
def test_the_other_side_and_the_reason_have_names(network: str) -> None:
    for code in of(network):
        assert parties(network, "en").rail in {"card", "wallet", "bank"}
        assert "_" not in network_name(network)
        assert not reason_title(network, code.code).endswith(")"), code


@pytest.mark.parametrize("category", categories())
def test_a_category_has_plain_words_of_its_own_in_both_languages(category: str) -> None:
    english, chinese = plain_words(category, "en"), plain_words(category, "zh")
    assert category == "general" or english != plain_words("general", "en")
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in vars(chinese).values())
    assert all(text.isascii() or "’" in text or "“" in text for text in vars(english).values())


def test_an_unknown_code_still_gets_a_letter_that_passes_all_checks() -> None:
    case = case_for(Expected("visa", "99.9", "general", None, ()))
    draft = case.draft()
    assert run_checks(draft, check_context(MERCHANT, None, "en", case.evidence, case.passages)) == []
    assert draft.template == "representment/en/general.md.j2"


@by_network
def test_with_nothing_but_the_notice_a_letter_says_only_what_the_notice_says(network: str) -> None:
    for code in of(network):
        case = case_with_nothing(code)
        for language in ("en", "zh"):
            draft = case.draft(language)
            context = check_context(MERCHANT, None, language, case.evidence, [])
            assert run_checks(draft, context) == [], code
            assert {cited for s in draft.sentences for cited in s.citations} == {"dispute:record"}
            assert not {"## Facts", "## 事实", "## Exhibits", "## 附件"} & {s.text for s in draft.sentences}


@pytest.mark.parametrize(
    ("network", "code", "said"),
    [
        ("visa", "10.4", "cardholder authentication “authenticated, ECI 05”, with which the liability for this reason"),
        ("visa", "13.6", "EUR 89.90 was refunded on 26 May 2026, before the dispute was raised"),
        ("visa", "10.5", "EUR 89.90 was refunded on 26 May 2026, before the dispute was raised"),
    ],
)
def test_a_ground_that_makes_the_dispute_invalid_leads_the_response(network: str, code: str, said: str) -> None:
    case = case_for(next(c for c in expected() if (c.network, c.code) == (network, code)))
    assert said in _section(case.draft(), "## Response to the claim")[0]
