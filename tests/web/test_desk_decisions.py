"""What a reviewer may do, alone and while somebody else does it too."""

from datetime import timedelta

import pytest

from rejoinder.domain.drafts import Problem
from rejoinder.domain.review import Reason, Route
from rejoinder.web.desk.editing import edited_draft, text_of
from tests.scenes_desk import LETTER, REPLY, SUPERVISED


def address(opened, verb):
    return f"/cases/{opened.case_id}/reviews/{opened.review_id}/{verb}"


def test_the_second_reviewer_is_told_who_was_first(open_browser, scene, merchant, store):
    opened = scene.service_case(merchant)
    mia, tom = open_browser("mia"), open_browser("tom")
    assert mia.send_form(address(opened, "approve"), version=1, draft_id=opened.draft_id).status_code == 200
    answer = tom.send_form(address(opened, "edit"), version=1, subject="Hi", text="My own careful words.")
    assert answer.status_code == 409
    assert "mia decided this review in the meantime: approve" in answer.text
    assert f'href="/cases/{opened.case_id}"' in answer.text
    assert "My own careful words." in answer.text
    assert store.decision(opened.review_id).reviewer == "mia"


def test_a_saved_edit_is_there_for_the_next_reviewer_and_changes_the_version(open_browser, scene, merchant, store):
    opened = scene.service_case(merchant)
    mia, tom = open_browser("mia"), open_browser("tom")
    mia.send_form(address(opened, "save"), version=1, subject="A better subject", text="First words.\r\n\r\nMore.")
    shown = tom.get(f"/cases/{opened.case_id}").text
    assert "unfinished, by mia" in shown
    assert "First words.\n\nMore." in shown
    assert 'value="A better subject"' in shown
    assert tom.send_form(address(opened, "approve"), version=1, draft_id=opened.draft_id).status_code == 409
    assert store.decision(opened.review_id) is None


def test_an_edit_keeps_the_citations_of_sentences_that_were_not_touched(browser, scene, merchant, store):
    opened = scene.service_case(merchant)
    text = text_of(REPLY).replace("Thank you for asking about your order.", "Thank you for your patience.")
    browser.send_form(
        address(opened, "edit"), version=1, subject=REPLY.subject, text=text.replace("\n", "\r\n"), reason="warmer"
    )
    decision = store.decision(opened.review_id)
    edited = store.draft(decision.draft_id)
    assert (decision.verdict, decision.reason) == ("edit", "warmer")
    before = {one.text: one for one in REPLY.sentences}
    kept = [one for one in edited.sentences if one.origin != "reviewer"]
    assert [one.text for one in edited.sentences if one.origin == "reviewer"] == ["Thank you for your patience."]
    assert len(kept) == len(REPLY.sentences) - 1
    assert all(one == before[one.text] for one in kept)
    assert [len(paragraph) for paragraph in edited.paragraphs] == [len(paragraph) for paragraph in REPLY.paragraphs]


@pytest.mark.parametrize("draft", [REPLY, LETTER])
def test_text_that_was_not_touched_is_the_same_draft(draft):
    assert edited_draft(draft, draft.subject, text_of(draft)) == draft


def test_a_sentence_written_twice_keeps_the_citation_once():
    text = "Hello Anna Weber,\n\nHello Anna Weber,"
    first, second = edited_draft(REPLY, "x", text).sentences
    assert first.citations == ("order:1001",)
    assert (second.citations, second.origin) == ((), "reviewer")


def test_blank_lines_end_paragraphs_however_many_there_are():
    edited = edited_draft(REPLY, "", "\n\n one \ntwo\n \t\n\n\nthree\n\n")
    assert [[one.text for one in paragraph] for paragraph in edited.paragraphs] == [["one", "two"], ["three"]]
    assert edited.subject == REPLY.subject


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" \n ", "The text is empty."),
        ("My card is 4111 1111 1111 1111.", "full card number"),
        ("x" * 100_001, "too long"),
    ],
)
@pytest.mark.parametrize("verb", ["edit"])
def test_an_edit_that_cannot_be_taken_is_shown_again(browser, scene, merchant, store, text, said, verb):
    opened = scene.service_case(merchant)
    answer = browser.send_form(address(opened, verb), version=1, subject="Kept subject", text=text)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Kept subject"' in answer.text
    assert store.decision(opened.review_id) is None


@pytest.mark.parametrize("verb", ["save", "reject", "escalate"])
def test_no_card_number_is_stored(browser, scene, merchant, store, verb):
    opened = scene.service_case(merchant)
    card = "4111 1111 1111 1111"
    answer = browser.send_form(address(opened, verb), version=1, text=card, reason=card, subject="x")
    assert answer.status_code == 422
    assert store.unfinished_edit(opened.review_id) is None
    assert store.decision(opened.review_id) is None


@pytest.mark.parametrize("verb", ["reject", "escalate"])
def test_rejecting_and_escalating_need_a_reason(browser, scene, merchant, store, verb):
    opened = scene.service_case(merchant)
    assert browser.send_form(address(opened, verb), version=1, reason=" \t ").status_code == 422
    assert store.decision(opened.review_id) is None
    shown = browser.send_form(address(opened, verb), version=1, reason="The customer called.").text
    decision = store.decision(opened.review_id)
    assert (decision.verdict, decision.reason, decision.draft_id) == (verb, "The customer called.", None)
    assert "The customer called." in shown


def test_a_draft_with_problems_needs_the_reviewers_word(browser, scene, merchant, store):
    problem = Problem(code="unsupported_fact", detail="states the date 'x', which is not in what it cites", sentence=3)
    opened = scene.service_case(merchant, problems=(problem,))
    shown = browser.get(f"/cases/{opened.case_id}").text
    assert "This sentence states the date &#39;x&#39;" in shown
    fields = {"version": 1, "draft_id": opened.draft_id}
    assert browser.send_form(address(opened, "approve"), **fields).status_code == 422
    assert store.decision(opened.review_id) is None
    assert browser.send_form(address(opened, "approve"), **fields, looked="yes").status_code == 200


def test_only_the_draft_that_was_on_the_page_is_approved(browser, scene, merchant, store):
    opened = scene.service_case(merchant)
    answer = browser.send_form(address(opened, "approve"), version=1, draft_id=opened.draft_id + 1)
    assert answer.status_code == 409
    assert store.decision(opened.review_id) is None


def test_a_queued_answer_can_be_taken_back_and_decided_again(browser, scene, merchant, store):
    opened = scene.service_case(merchant)
    browser.send_form(address(opened, "edit"), version=1, subject="Edited", text="Other words.")
    edited_id = store.decision(opened.review_id).draft_id
    delivery_id = store.queue_delivery(opened.run_id, edited_id)
    store.finish_run(opened.run_id)
    path = f"/cases/{opened.case_id}"
    assert "Take back" in browser.get(path).text
    shown = browser.send_form(f"{path}/deliveries/{delivery_id}/take-back").text
    assert "the review is open again" in shown
    assert "Other words." in shown
    assert f'name="draft_id" value="{edited_id}"' in shown
    version = store.review(opened.review_id).version
    browser.send_form(address(opened, "approve"), version=version, draft_id=edited_id)
    assert [one.status for one in store.case_page(opened.case_id, [merchant.merchant_id]).deliveries] == [
        "cancelled",
        "queued",
    ]


def test_what_has_left_cannot_be_taken_back(browser, scene, merchant, store):
    opened = scene.service_case(merchant)
    store.decide(opened.review_id, 1, "approve", reviewer="mia")
    delivery_id = store.queue_delivery(opened.run_id, opened.draft_id)
    store.claim_delivery(delivery_id)
    answer = browser.send_form(f"/cases/{opened.case_id}/deliveries/{delivery_id}/take-back")
    assert answer.status_code == 409
    assert store.delivery(delivery_id).status == "sending"


def test_an_answer_that_a_rule_approved_opens_a_review_when_taken_back(browser, scene, merchant, store):
    accepted = store.accept_mail(merchant.merchant_id, "help", scene.mail(), "", scene.now)
    draft_id = store.save_draft(accepted.run_id, REPLY)
    store.save_check(accepted.run_id, draft_id, (), SUPERVISED)
    delivery_id = store.queue_delivery(accepted.run_id, draft_id)
    store.finish_run(accepted.run_id)
    path = f"/cases/{accepted.case_id}"
    assert "approved by a rule, no person saw it" in browser.get(path).text
    assert "Approve and send" in browser.send_form(f"{path}/deliveries/{delivery_id}/take-back").text


def test_a_failed_run_says_why_and_can_be_tried_again(browser, scene, merchant, store):
    accepted = store.accept_mail(merchant.merchant_id, "help", scene.mail(), "", scene.now)
    store.fail_run(accepted.run_id, "no template is called 'reply/xx'")
    path = f"/cases/{accepted.case_id}"
    assert "no template is called &#39;reply/xx&#39;" in browser.get(path).text
    browser.send_form(f"{path}/runs/{accepted.run_id}/retry")
    assert store.run(accepted.run_id).status == "queued"


def test_a_letter_is_not_sent_but_downloaded(browser, scene, merchant):
    opened = scene.dispute_case(merchant)
    shown = browser.get(f"/cases/{opened.case_id}").text
    assert "Nothing is sent: you download the letter" in shown
    answer = browser.get(f"/cases/{opened.case_id}/letter.txt")
    assert answer.text.startswith("Response to dispute dp_1, Visa 13.1\n\nWe contest this dispute. The parcel left")
    assert "attachment" in answer.headers["content-disposition"]


def test_the_draft_on_the_page_is_the_one_the_review_asks_about(browser, scene, merchant, store):
    opened = scene.service_case(merchant)
    newer = scene.mail(
        subject="Re: Where is my order 1001?", in_reply_to=store.message(opened.message_id).mail.message_id
    )
    accepted = store.accept_mail(merchant.merchant_id, "help", newer, "", scene.now + timedelta(minutes=1))
    assert accepted.case_id == opened.case_id
    shown = browser.get(f"/cases/{opened.case_id}").text
    assert "A newer message came in" in shown
    assert f'name="draft_id" value="{opened.draft_id}"' in shown
    assert "Your order 1001 is on its way" in shown


def test_a_newer_message_withdraws_the_review_that_was_looked_at(browser, scene, merchant, store):
    opened = scene.service_case(merchant)
    newer = scene.mail(in_reply_to=store.message(opened.message_id).mail.message_id)
    accepted = store.accept_mail(merchant.merchant_id, "help", newer, "", scene.now)
    draft_id = store.save_draft(accepted.run_id, REPLY)
    store.save_check(accepted.run_id, draft_id, (), Route(target="review", reasons=(Reason(code="x", text="x"),)))
    store.open_review(accepted.run_id)
    answer = browser.send_form(address(opened, "approve"), version=1, draft_id=opened.draft_id)
    assert answer.status_code == 409
    assert "a newer message came in; this draft was withdrawn" in answer.text
