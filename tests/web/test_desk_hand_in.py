"""After an approval: what is left to do, the word that it is done, and a letter whose file cannot be made."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rejoinder.domain.cases import DisputeEvent
from rejoinder.domain.disputes import move_of
from tests.scenes_desk import Opened
from tests.tools.packet.samples import photo
from tests.web.test_desk_packets import give


def soon(**ahead: float) -> datetime:
    return datetime.now(UTC) + timedelta(**ahead)


@pytest.fixture
def approved(browser, scene, merchant) -> Opened:
    opened = scene.dispute_case(merchant, respond_by=soon(days=3))
    approve(browser, opened)
    return opened


def approve(browser, opened, **fields):
    path = f"/cases/{opened.case_id}/reviews/{opened.review_id}/approve"
    return browser.send_form(path, version=1, draft_id=opened.draft_id, **fields)


def say(browser, opened, **fields):
    return browser.send_form(f"/cases/{opened.case_id}/handed-in", **{"stage": "first"} | fields)


def tell(store, merchant, opened, status: str) -> None:
    """Let the processor tell more, now."""
    event = DisputeEvent(
        processor="stripe",
        account="lumen",
        event_id=f"evt_{status}",
        event_type="charge.dispute.updated",
        reference="dp_1",
        payment_reference="ch_1",
        occurred_at=datetime.now(UTC),
        status=status,
        stage="first",
        raw_status=status,
    )
    accepted = store.accept_event(merchant.merchant_id, event, "", event.occurred_at)
    told = replace(store.dispute(opened.case_id), moves=(move_of(event),))
    assert store.open_dispute(accepted.run_id, told) == opened.case_id


def test_an_approved_letter_says_what_is_left_to_do(browser, approved):
    shown = browser.get(f"/cases/{approved.case_id}").text
    block = shown[shown.index('id="hand-in"') :]
    assert block.index("Download the finished file (PDF)") < block.index("Hand it in at Stripe.")
    assert block.index("Hand it in at Stripe.") < block.index("I handed it in")
    assert "Open the dispute dp_1 there" in block
    assert '<span class="tag bad">To hand in</span>' in shown
    assert "If nobody decides" not in shown
    assert "outbox" not in shown


def test_nothing_is_left_to_do_before_the_decision(browser, scene, merchant):
    opened = scene.dispute_case(merchant)
    assert 'id="hand-in"' not in browser.get(f"/cases/{opened.case_id}").text
    assert say(browser, opened).status_code == 422


def test_who_handed_it_in_and_when_is_kept_and_can_be_taken_back(browser, approved, store):
    answer = say(browser, approved, confirmation="  CN-77 <b>ok</b> ")
    assert "Noted: it was handed in." in answer.text
    assert "mia said that it was handed in at Stripe:" in answer.text
    assert "CN-77 &lt;b&gt;ok&lt;/b&gt;" in answer.text
    assert "I handed it in" not in answer.text
    assert store.dispute(approved.case_id).status == "submitted"
    (word,) = store.hand_ins(approved.case_id)
    again = browser.send_form(f"/cases/{approved.case_id}/handed-in/{word.hand_in_id}/take-back")
    assert "I handed it in" in again.text
    assert store.dispute(approved.case_id).status == "needs_response"


def test_a_word_sent_twice_is_kept_once(browser, approved, store):
    for _ in range(2):
        assert say(browser, approved).status_code == 200
    assert len(store.hand_ins(approved.case_id)) == 1


def test_a_processor_that_knows_of_the_answer_leaves_nothing_to_do(browser, approved, store, merchant):
    tell(store, merchant, approved, "submitted")
    shown = browser.get(f"/cases/{approved.case_id}").text
    assert "Stripe has the answer. Nothing is left to do." in shown
    assert "I handed it in" not in shown


def test_a_word_that_the_processor_bore_out_cannot_be_taken_back(browser, approved, store, merchant):
    say(browser, approved)
    (word,) = store.hand_ins(approved.case_id)
    tell(store, merchant, approved, "submitted")
    shown = browser.get(f"/cases/{approved.case_id}").text
    assert "mia said that it was handed in at Stripe:" in shown
    assert "Stripe has the answer." in shown
    assert "/take-back" not in shown
    answer = browser.send_form(f"/cases/{approved.case_id}/handed-in/{word.hand_in_id}/take-back")
    assert answer.status_code == 409


def test_a_processor_that_asks_again_is_shown(browser, approved, store, merchant):
    say(browser, approved)
    tell(store, merchant, approved, "needs_response")
    shown = browser.get(f"/cases/{approved.case_id}").text
    assert "mia said that it was handed in, but Stripe has asked again since." in shown
    assert "I handed it in" in shown


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"stage": "prearb"}, 409),
        ({"stage": "nonsense"}, 422),
        ({"confirmation": "x" * 101}, 422),
        ({"confirmation": "4111 1111 1111 1111"}, 422),
    ],
)
def test_what_does_not_fit_is_refused(browser, approved, store, fields, status):
    assert say(browser, approved, **fields).status_code == status
    assert store.hand_ins(approved.case_id) == []


def test_the_word_needs_the_form_of_the_desk_and_a_case_of_ones_own(browser, open_browser, approved, store, merchant):
    assert browser.post(f"/cases/{approved.case_id}/handed-in", data={"stage": "first"}).status_code == 403
    stranger = open_browser("zoe", (merchant.merchant_id + 1,))
    assert say(stranger, approved).status_code == 404
    say(browser, approved)
    (word,) = store.hand_ins(approved.case_id)
    path = f"/cases/{approved.case_id}/handed-in/{word.hand_in_id}/take-back"
    assert stranger.send_form(path).status_code == 404
    assert store.dispute(approved.case_id).status == "submitted"


def test_the_list_shows_what_is_to_be_handed_in_by_deadline(browser, scene, merchant, store):
    later = scene.dispute_case(merchant, respond_by=soon(days=5))
    sooner = scene.dispute_case(merchant, respond_by=soon(hours=5))
    scene.dispute_case(merchant, respond_by=soon(hours=1))
    for opened in (later, sooner):
        approve(browser, opened)
    assert "To hand in <b>2</b>" in browser.get("/").text
    listed = browser.get("/cases?status=to_hand_in").text
    assert listed.count('class="go"') == 2
    assert listed.index(f'"/cases/{sooner.case_id}"') < listed.index(f'"/cases/{later.case_id}"')
    assert browser.get("/cases").text.count('<span class="tag bad">To hand in</span>') == 2
    say(browser, sooner)
    assert browser.get("/cases?status=to_hand_in").text.count('class="go"') == 1
    assert store.count_cases([merchant.merchant_id])["to_hand_in"] == 1


def test_the_page_speaks_chinese(browser, approved):
    page = browser.get(f"/cases/{approved.case_id}", headers={"Accept-Language": "zh-CN"}).text
    assert "还需要做的事" in page
    assert "我已提交" in page
    assert "到Stripe提交。" in page
    assert "待提交" in browser.get("/cases?status=to_hand_in", headers={"Accept-Language": "zh-CN"}).text


@pytest.fixture
def broken(browser, scene, merchant, store, files) -> Opened:
    """A letter whose file cannot be made."""
    opened = scene.dispute_case(merchant, respond_by=soon(days=3))
    assert give(browser, opened.case_id, photo(), "door.jpg").status_code == 200
    (given,) = store.uploads(opened.case_id)
    spoilt = replace(given, file_hash=files.put(b"%PDF-1.7 broken"), fields={"file_name": "label.pdf"})
    store.add_upload(opened.case_id, spoilt, "mia")
    return opened


def confirmation_in(page: str) -> str:
    start = page.index('name="file_looked" value="') + len('name="file_looked" value="')
    return page[start : page.index('"', start)]


def test_a_letter_whose_file_cannot_be_made_needs_a_second_word(browser, broken, store, merchant):
    first = approve(browser, broken)
    assert first.status_code == 422
    assert "Nothing was approved yet: look at what stands against the finished file." in first.text
    assert "label.pdf" in first.text
    assert store.decision(broken.review_id) is None
    assert approve(browser, broken, file_looked="anything").status_code == 422
    assert approve(browser, broken, file_looked=confirmation_in(first.text)).status_code == 200
    assert store.decision(broken.review_id).verdict == "approve"
    (noted,) = [
        one for one in store.case_page(broken.case_id, [merchant.merchant_id]).audit if one.action == "file_confirmed"
    ]
    assert (noted.actor, noted.details["problems"]) == ("mia", ["exhibit_rejected"])


def test_an_edited_letter_whose_file_cannot_be_made_needs_a_second_word(browser, broken, store):
    path = f"/cases/{broken.case_id}/reviews/{broken.review_id}/edit"
    words = {"version": 1, "subject": "Our answer", "text": "We contest this dispute."}
    first = browser.send_form(path, **words)
    assert first.status_code == 422
    assert "We contest this dispute.</textarea>" in first.text
    assert store.decision(broken.review_id) is None
    form = first.text[first.text.index('id="edit"') :]
    assert browser.send_form(path, **words, file_looked=confirmation_in(form)).status_code == 200
    assert store.decision(broken.review_id).verdict == "edit"


def test_a_file_that_can_be_made_asks_for_nothing(browser, scene, merchant, store):
    opened = scene.dispute_case(merchant)
    assert approve(browser, opened).status_code == 200
    assert store.decision(opened.review_id).verdict == "approve"
