"""Long lists in pages, forms whose login had ended, a reviewer's own sentences, and answers that may have left."""

import html
import json
import re

import pytest

from rejoinder.web.desk import paging
from rejoinder.web.kept import KeptForm, unpacked
from tests.scenes_desk import NOW
from tests.web.conftest import PASSWORD


def links(page: str) -> list[str]:
    return re.findall(r'href="/cases/(\d+)"', page)


def fields_of(page: str) -> dict[str, str]:
    """The fields of the first form that a kept form was put into."""
    found = re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page)
    area = re.search(r'<textarea[^>]*name="text"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    return {name: html.unescape(value) for name, value in found} | ({"text": html.unescape(area[1])} if area else {})


def test_the_list_of_cases_goes_on_where_it_ended(browser, scene, merchant, monkeypatch):
    monkeypatch.setattr(paging, "LIMIT", 2)
    ids = [str(scene.service_case(merchant).case_id) for _ in range(5)]
    first = browser.get("/cases?status=in_review").text
    assert links(first) == [ids[4], ids[3]]
    further = html.unescape(re.search(r'rel="next" href="([^"]+)"', first)[1])
    second = browser.get(further).text
    assert links(second) == [ids[2], ids[1]]
    last = browser.get(html.unescape(re.search(r'rel="next" href="([^"]+)"', second)[1])).text
    assert links(last) == [ids[0]]
    assert 'rel="next"' not in last
    assert "To the beginning" in last


def test_the_list_of_reviews_goes_on_in_the_order_of_deadlines(browser, scene, merchant, monkeypatch):
    monkeypatch.setattr(paging, "LIMIT", 1)
    late = scene.service_case(merchant)
    urgent = scene.dispute_case(merchant)
    first = browser.get("/").text
    assert links(first) == [str(urgent.case_id)]
    assert links(browser.get(re.search(r'rel="next" href="([^"]+)"', first)[1]).text) == [str(late.case_id)]


def test_unreadable_mails_go_on_where_they_ended(browser, scene, merchant, store, monkeypatch):
    monkeypatch.setattr(paging, "LIMIT", 1)
    for number in range(2):
        store.quarantine(merchant.merchant_id, "help", scene.files.put(b"x%d" % number), f"problem {number}", NOW)
    first = browser.get("/quarantine").text
    assert "problem 1" in first
    assert "problem 0" in browser.get(re.search(r'rel="next" href="([^"]+)"', first)[1]).text


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30])
def test_a_page_that_cannot_be_is_refused(browser, after):
    assert browser.get(f"/cases?after={after}").status_code == 422


def test_a_form_whose_login_had_ended_is_sent_after_a_new_login(browser, scene, merchant, store):
    opened = scene.service_case(merchant)
    token = browser.form_token()
    browser.cookies.clear()
    path = f"/cases/{opened.case_id}/reviews/{opened.review_id}/save"
    sent = {"form_token": token, "version": "1", "subject": "Re: <your> order", "text": "Hello Anna,\n\nI am on it."}
    asked = browser.post(path, data=sent)
    assert asked.status_code == 401
    assert "what you wrote will be here" in asked.text
    kept = fields_of(asked.text)["kept"]
    assert token not in kept
    wrong = browser.post("/login", data={"login": "mia", "password": "wrong", "kept": kept})
    assert fields_of(wrong.text)["kept"] == kept
    offered = browser.post("/login", data={"login": "mia", "password": PASSWORD, "kept": kept})
    assert store.unfinished_edit(opened.review_id) is None, "logging in sends nothing"
    fields = fields_of(offered.text)
    assert (fields["subject"], fields["text"]) == ("Re: <your> order", "Hello Anna,\n\nI am on it.")
    done = browser.post(path, data=fields)
    assert "Your text was saved." in done.text
    assert store.unfinished_edit(opened.review_id)["text"] == "Hello Anna,\n\nI am on it."


@pytest.mark.parametrize(
    "packed",
    [
        "",
        "{",
        "[]",
        json.dumps({"action": "https://evil.example/cases/1/x", "fields": []}),
        json.dumps({"action": "//evil.example/cases/1", "fields": []}),
        json.dumps({"action": "/logout", "fields": []}),
        json.dumps({"action": "/cases/1/../../logout", "fields": []}),
        json.dumps({"action": "/cases/1/edit", "fields": [["a", 1]]}),
        json.dumps({"action": "/cases/1/edit", "fields": [["a", "b"]] * 100}),
    ],
)
def test_only_forms_of_cases_are_kept(packed):
    assert unpacked(packed) is None


def test_a_kept_form_comes_back_as_it_was():
    form = KeptForm(action="/cases/1/reviews/2/reject", fields=(("version", "1"), ("reason", "“quoted” 原因")))
    assert unpacked(form.packed()) == form
    assert (form.written, form.case_path) == ((("reason", "“quoted” 原因"),), "/cases/1")


def edit(browser, opened, text: str, **more: str):
    path = f"/cases/{opened.case_id}/reviews/{opened.review_id}/edit"
    return browser.send_form(path, version=1, subject="Re: Where is my order 1001?", text=text, **more)


def test_what_nothing_bears_out_is_shown_before_it_is_approved(browser, scene, merchant, store):
    opened = scene.service_case(merchant)
    text = "Hello Anna Weber,\n\nYour parcel 1001 arrives on 4 May 2026 and you get 15.00 EUR back."
    refused = edit(browser, opened, text)
    page = html.unescape(refused.text)
    assert refused.status_code == 422
    assert "states the date '4 May 2026', which no evidence bears out" in page
    assert "states the amount '15.00 EUR', which no evidence bears out" in page
    assert store.decision(opened.review_id) is None
    confirm = re.search(r'name="looked" value="(\w+)"', page)[1]
    other = edit(browser, opened, text.replace("4 May", "5 May"), looked=confirm)
    assert other.status_code == 422, "a confirmation is for exactly these words"
    assert "Your edited text was approved." in edit(browser, opened, text, looked=confirm).text
    assert store.decision(opened.review_id).verdict == "edit"


def test_what_the_evidence_bears_out_needs_no_second_word(browser, scene, merchant, store):
    opened = scene.service_case(merchant)
    text = "Hello Anna Weber,\n\nYour order 1001 is with ParcelKing, number PK123456785, and will soon be there."
    assert "Your edited text was approved." in edit(browser, opened, text).text


def test_a_promise_in_the_reviewers_own_words_is_pointed_out_in_chinese(browser, scene, merchant):
    opened = scene.service_case(merchant)
    browser.get("/?lang=zh-CN")
    page = html.unescape(edit(browser, opened, "We will refund you in full.").text)
    assert "作了承诺或同意" in page
    assert "还没有发送：请检查您自己写的句子。" in page


def uncertain(scene, merchant, store):
    opened = scene.service_case(merchant)
    store.decide(opened.review_id, 1, "approve", reviewer="mia")
    delivery_id = store.queue_delivery(opened.run_id, opened.draft_id)
    store.claim_delivery(delivery_id)
    store.finish_delivery(delivery_id, "uncertain", "connection lost after DATA", "")
    return opened, delivery_id


@pytest.mark.parametrize(
    ("arrived", "said", "status"), [("yes", "the answer arrived", "sent"), ("no", "it did not arrive", "cancelled")]
)
def test_a_person_says_whether_an_uncertain_answer_arrived(browser, scene, merchant, store, arrived, said, status):
    opened, delivery_id = uncertain(scene, merchant, store)
    path = f"/cases/{opened.case_id}/deliveries/{delivery_id}/settle"
    assert said in browser.send_form(path, arrived=arrived).text
    assert store.delivery(delivery_id).status == status
    assert (store.review(opened.review_id).status == "open") == (arrived == "no")
    again = browser.send_form(path, arrived="yes")
    assert again.status_code == 409
    assert "is not uncertain any more" in again.text


def test_an_uncertain_answer_of_another_case_is_not_settled(browser, scene, merchant, store):
    _, delivery_id = uncertain(scene, merchant, store)
    other = scene.service_case(merchant)
    path = f"/cases/{other.case_id}/deliveries/{delivery_id}/settle"
    assert browser.send_form(path, arrived="yes").status_code == 404
    assert store.delivery(delivery_id).status == "uncertain"
