"""A dispute's page explains what the rules conclude, in the reviewer's language, with the records they compared."""

import ast
import html
import re
from pathlib import Path

import pytest

import agents
from agents.dispute.terms import TERM_NAMES
from rejoinder import demo
from rejoinder.domain.judgement import Compared, Finding, Judgement
from rejoinder.domain.lifecycle import LOSSES
from rejoinder.domain.money import Money
from rejoinder.processes import web_app
from rejoinder.web.desk.judgement_view import ADVICE, Judged, reteller, view_judgement
from rejoinder.web.desk.weighing import PROBLEMS, read_terms, text_of, weigh_again
from rejoinder.web.told import told
from rejoinder.web.words import Words, catalogue
from tests.web.conftest import PASSWORD_HASH, Browser

ENGLISH, CHINESE = Words("en"), Words("zh-CN")
MAILS = Path(demo.__file__).parent / "mails"
AGENTS = Path(agents.__path__[0])
TELLING = {"routing.py": {"text", "automatic_if"}, "checks.py": {"detail"}}


def read(browser: Browser, path: str) -> str:
    return html.unescape(browser.get(path).text)


def judged_case(shop, mail: str) -> int:
    """A dispute that went through the whole graph, as a real notice tells it."""
    run_id = shop.receive((MAILS / f"{mail}.eml").read_bytes())
    shop.program.worker.advance(run_id)
    return shop.page_of_run(run_id).case.case_id


@pytest.fixture
def shop_browser(shop):
    shop.program.store.save_user("mia", PASSWORD_HASH)
    with Browser(web_app(shop.program), base_url="http://desk.example") as browser:
        browser.log_in("mia")
        yield browser


def test_a_fraud_dispute_is_explained_with_the_pair_side_by_side(shop, shop_browser):
    page = read(shop_browser, f"/cases/{judged_case(shop, '09-adyen-visa-10-4')}")
    assert "The cardholder says: I did not make this payment" in page
    assert "This dispute qualifies for Visa Compelling Evidence 3.0." in page
    device = page[page.index("The device is the same in all three orders.") :]
    row = re.search(r'<tr><th scope="row">Device[^<]*</th>(.*?)</tr>', device, re.DOTALL)[1]
    assert len(set(re.findall(r"<td>(.*?)</td>", row))) == 1
    assert row.count("<td>") == 3
    assert "Nothing was found in your records and messages that speaks against you." in page
    assert "What this notice means" in page
    assert "Whose limit" in page
    assert "fees.adyen" not in page


def test_the_same_page_is_whole_in_chinese(shop, shop_browser):
    case_id = judged_case(shop, "01-stripe-not-received")
    shop_browser.get("/?lang=zh-CN")
    page = read(shop_browser, f"/cases/{case_id}")
    top = page[page.index('<section class="card verdict') : page.index('id="message-')]
    shown = re.sub(r"<[^>]+>", " ", re.sub(r'<span class="dim block">.*?</span>', "", top))
    assert "建议：" in shown
    assert "发卡行未确认账单地址" in shown
    assert "争议只能答复一次" in shown
    assert set(re.findall(r"[A-Za-z]{4,}", shown)) <= NAMES


NAMES = {
    "Visa",
    "visa",
    "VAMP",
    "Stripe",
    "vTzR",
    "Emily",
    "Carter",
    "Asia",
    "Shanghai",
    "Product",
    "received",
    "section",
}
"""Names, references, and the words of the notice itself."""


def test_harmful_evidence_is_always_shown(browser, scene, merchant):
    opened = scene.dispute_case(merchant)
    page = read(browser, f"/cases/{opened.case_id}")
    assert "What speaks against you" in page


def test_a_decided_dispute_shows_what_was_concluded_then(browser, scene, merchant, store):
    opened = scene.dispute_case(merchant)
    judgement = Judgement(harmful=(), advice="accept", completeness="0.25", answerable=False)
    store.save_judgement(opened.run_id, "not_received", judgement)
    store.decide(opened.review_id, 1, "reject", reviewer="mia", reason="too late")
    page = read(browser, f"/cases/{opened.case_id}")
    assert "Accept it" in page
    assert "Evidence: 25 % complete" in page
    assert "Save and reckon anew" not in page


def test_a_service_case_has_no_judgement(browser, scene, merchant):
    assert "What it is worth" not in read(browser, f"/cases/{scene.service_case(merchant).case_id}")


def test_records_with_a_field_in_common_stand_side_by_side(scene, merchant, store):
    compared = (
        Compared(record="order", field="device_id", value="d-1", evidence_id="order:1"),
        Compared(record="order", field="device_id", value="d-1", evidence_id="order:2"),
    )
    finding = Finding(code="ce3_device", verdict="holds", compared=compared)
    unknown = Finding(code="of_an_older_version", verdict="holds")
    opened = scene.dispute_case(merchant)
    dispute = store.case_page(opened.case_id, [merchant.merchant_id]).dispute
    judged = Judged(
        merchant=merchant,
        dispute=dispute,
        judgement=Judgement(compelling=(finding, unknown), harmful=(finding,), advice="fight"),
    )
    view = view_judgement(judged, {"order:1": "E1"}, ENGLISH)
    (harm,) = view.against
    assert (harm.beside, [side.label for side in harm.sides], harm.fields) == (True, ["E1", ""], ("device_id",))
    assert [section.about for section in view.sections][-1] == "harmful"
    assert view.advice == "Contest it"


def test_reasons_that_repeat_a_finding_are_said_as_findings():
    avs = Finding(code="avs_failed", verdict="holds", values={"first": "N"})
    retell = reteller(Judgement(harmful=(avs,), ask="delivery_photo"), CHINESE)
    assert retell("The draft The bank did not confirm the billing address (N)..") == "发卡行未确认账单地址（N）。"
    assert retell("Evidence is missing: Photo of the delivery.") != "Evidence is missing: Photo of the delivery."
    assert retell("a word of yesterday") == "a word of yesterday"


def told_texts() -> list[str]:
    """Every sentence that the rules of routing and the checks of drafts may write down, with sample values."""
    found: list[str] = []
    for file, names in TELLING.items():
        tree = ast.parse((AGENTS / file).read_text(encoding="utf-8"))
        values = [node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg in names]
        values += [node.value for node in ast.walk(tree) if isinstance(node, ast.Yield)]
        values += [
            value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict)
            for value in node.value.values
        ]
        found += [sample for value in values for sample in samples(value) if " " in sample]
    return found


def samples(node: ast.AST | None) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*samples(node.body), *samples(node.orelse)]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(part.value if isinstance(part, ast.Constant) else "'sample'" for part in node.values)]
    return []


@pytest.mark.parametrize("text", sorted(set(told_texts())))
def test_every_sentence_of_routing_and_checks_is_told_in_chinese(text):
    assert re.search("[\u4e00-\u9fff]", told(text, CHINESE)), text
    assert told(text, ENGLISH) == text


def test_values_inside_a_sentence_are_told_too():
    assert told("The merchant wants to see every answer to 'dispute'.", CHINESE) == "商户要求查看每一封关于争议的答复。"
    inner = "The draft states the date '18 March 2026', which is not in what it cites."
    assert told(inner, CHINESE) == "草稿问题：写了日期 '18 March 2026'，但所引用的材料中没有。"


def test_titles_of_advice_and_problems_are_translated():
    assert {*ADVICE.values(), *PROBLEMS.values(), "You", "Card network"} - set(catalogue("zh-CN")) == set()


def terms_of(browser: Browser, case_id: int) -> dict[str, str]:
    page = browser.get(f"/cases/{case_id}").text
    typed = dict(re.findall(r'id="term-\w+" name="(\w+)"[^>]* value="([^"]*)"', page))
    chosen = re.findall(r'<select id="term-\w+" name="(\w+)".*?<option value="(\d)" selected', page, re.DOTALL)
    return typed | dict(chosen)


def test_a_changed_term_is_reckoned_with_at_once_and_can_be_given_up(browser, scene, merchant, store):
    opened = scene.dispute_case(merchant)
    before = terms_of(browser, opened.case_id)
    assert set(before) == set(TERM_NAMES)
    path = f"/cases/{opened.case_id}/runs/{opened.run_id}/terms"
    done = html.unescape(browser.send_form(path, **before | {"win_chance": "3", "prep_cost": "250,00"}).text)
    assert "Saved. Everything was reckoned anew." in done
    assert "Accept it" in done
    assert "2 set by you" in done
    assert dict(store.term_settings(opened.case_id)) == {"win_chance": "0.03", "prep_cost": "25000"}
    assert store.judgement(opened.case_id).advice == "accept"
    after = terms_of(browser, opened.case_id)
    browser.send_form(path, **after | {"win_chance": "", "prep_cost": before["prep_cost"]})
    assert dict(store.term_settings(opened.case_id)) == {}
    assert terms_of(browser, opened.case_id) == before


@pytest.mark.parametrize(
    ("name", "typed", "kind"),
    [
        ("win_chance", "120", "share"),
        ("win_chance", "-1", "share"),
        ("prep_cost", "a lot", "money"),
        ("prep_cost", "1.234", "money"),
        ("prep_cost", "NaN", "money"),
        ("amount", "1e400", "money"),
        ("contest_fee_returned", "2", "yes_or_no"),
    ],
)
def test_a_term_that_cannot_be_has_its_problem_at_the_field(browser, scene, merchant, store, name, typed, kind):
    opened = scene.dispute_case(merchant)
    path = f"/cases/{opened.case_id}/runs/{opened.run_id}/terms"
    answer = browser.send_form(path, **terms_of(browser, opened.case_id) | {name: typed})
    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert f'id="problem-{name}" role="alert">{PROBLEMS[kind]}' in page
    assert dict(store.term_settings(opened.case_id)) == {}


def test_terms_of_a_decided_case_are_not_changed(browser, scene, merchant, store):
    opened = scene.dispute_case(merchant)
    store.decide(opened.review_id, 1, "approve", reviewer="mia")
    path = f"/cases/{opened.case_id}/runs/{opened.run_id}/terms"
    assert browser.send_form(path, win_chance="3").status_code == 409
    assert dict(store.term_settings(opened.case_id)) == {}


def test_terms_of_another_merchants_case_are_not_there(open_browser, scene, merchant, store):
    opened = scene.dispute_case(scene.merchant("nordlicht", "Nordlicht"))
    browser = open_browser("kim", (merchant.merchant_id,))
    path = f"/cases/{opened.case_id}/runs/{opened.run_id}/terms"
    assert browser.send_form(path, win_chance="3").status_code == 404


def test_what_stands_in_the_form_asks_for_nothing(desk, scene, merchant, store):
    opened = scene.dispute_case(merchant)
    weighed = weigh_again(desk, store.case_page(opened.case_id, [merchant.merchant_id]))
    shown = {name: text_of(name, getattr(weighed.starting, name), "EUR") for name in TERM_NAMES}
    assert read_terms(weighed.starting, shown) == ({}, {})
    assert weighed.sum.terms.amount.value == Money(amount_minor=8990, currency="EUR").amount_minor
    assert weighed.subject.dispute.status not in LOSSES
