"""What the pages show."""

from datetime import timedelta

from tests.scenes_desk import NOW


def test_open_reviews_stand_by_deadline_with_late_ones_marked(browser, scene, merchant):
    plain = scene.service_case(merchant)
    late = scene.dispute_case(merchant, respond_by=NOW - timedelta(days=1))
    shown = browser.get("/").text
    assert shown.index(f'"/cases/{late.case_id}"') < shown.index(f'"/cases/{plain.case_id}"')
    assert "Late:" in shown
    assert "The merchant wants to see every answer" in shown
    assert "(Europe/Berlin)" in shown


def test_a_case_shows_mail_draft_evidence_and_why_a_person_must_look(browser, scene, merchant):
    opened = scene.service_case(merchant)
    shown = browser.get(f"/cases/{opened.case_id}").text
    assert "What the customer wants is not sure enough (0.87)." in shown
    assert '<mark id="read-order_reference" title="Order reference">1001</mark>' in shown
    assert 'href="#E1"' in shown
    assert 'id="E1"' in shown
    assert "Fri 6 Mar 2026, 12:03 (Europe/Berlin)" in shown
    assert "from 1 Jan 2026" in shown
    assert "<bdi>anna@example.org</bdi>" in shown


def test_approving_decides_and_queues_the_next_step(browser, scene, merchant, store):
    opened = scene.service_case(merchant)
    answer = browser.send_form(
        f"/cases/{opened.case_id}/reviews/{opened.review_id}/approve", version=1, draft_id=opened.draft_id
    )
    assert answer.url.path == f"/cases/{opened.case_id}"
    assert "Approved." in answer.text
    assert store.decision(opened.review_id).reviewer == "mia"
