"""The finished file on the case's page: made, shown, downloaded, refused in words; files given; links without a login."""

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from rejoinder.links import PacketLinks
from rejoinder.web.app import create_app
from rejoinder.web.context import Desk
from tests.clock import NOW
from tests.fixtures_program import Shop
from tests.rejoinder.test_packets import STRIPE_NOTICE
from tests.tools.packet.samples import encrypted_pdf, photo
from tests.web.conftest import PASSWORD_HASH, Browser
from tools.packet.readback import page_texts


def give(browser: Browser, case_id: int, content: bytes, name: str, kind: str = "delivery_photo"):
    return browser.post(
        f"/cases/{case_id}/evidence",
        data={"form_token": browser.form_token(), "kind": kind},
        files={"file": (name, content)},
    )


def links(desk: Desk) -> PacketLinks:
    return PacketLinks(store=desk.store, public_url=desk.public_url, clock=desk.clock)


def test_the_finished_file_is_offered_and_downloaded_as_a_file(browser, scene, merchant, store):
    opened = scene.dispute_case(merchant)
    assert "Download the finished file (PDF)" in browser.get(f"/cases/{opened.case_id}").text
    answer = browser.get(f"/cases/{opened.case_id}/packet.pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="packet-case-{opened.case_id}.pdf"')
    shown = browser.get(f"/cases/{opened.case_id}").text
    assert "4 pages, 3 exhibits" in shown
    assert "What Stripe takes" in shown
    assert "At most 4.5 MB a file" in shown
    assert [line.actor for line in _audit(store, opened, merchant) if line.action == "file_downloaded"] == ["mia"]


def test_the_zip_holds_file_manifest_and_originals(browser, scene, merchant):
    opened = scene.dispute_case(merchant)
    with zipfile.ZipFile(BytesIO(browser.get(f"/cases/{opened.case_id}/packet.zip").content)) as parts:
        assert {"packet.pdf", "manifest.json", "exhibits/01.json"} <= set(parts.namelist())


def test_a_reply_to_a_customer_has_no_finished_file(browser, scene, merchant):
    opened = scene.service_case(merchant)
    assert "Finished file" not in browser.get(f"/cases/{opened.case_id}").text
    assert browser.get(f"/cases/{opened.case_id}/packet.pdf").status_code == 404


def test_another_merchants_file_is_not_there(open_browser, scene, merchant):
    opened = scene.dispute_case(merchant)
    stranger = open_browser("zoe", (merchant.merchant_id + 1,))
    for path in ("packet.pdf", "packet.zip", "letter", "evidence/upload:1"):
        assert stranger.get(f"/cases/{opened.case_id}/{path}").status_code == 404
    assert give(stranger, opened.case_id, photo(), "door.jpg").status_code == 404


def test_a_given_file_is_listed_handed_out_and_taken_out_again(browser, scene, merchant, store):
    opened = scene.dispute_case(merchant)
    answer = give(browser, opened.case_id, photo(), "<b>door</b>.jpg")
    assert "The file was added." in answer.text
    assert "not in the letter yet" in answer.text
    [given] = store.uploads(opened.case_id)
    assert given.source == "upload:mia"
    handed = browser.get(f"/cases/{opened.case_id}/evidence/{given.evidence_id}")
    assert handed.content == photo()
    assert handed.headers["content-disposition"].startswith("attachment;")
    assert handed.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in handed.headers["content-security-policy"]
    browser.send_form(f"/cases/{opened.case_id}/evidence/{given.evidence_id}/remove")
    assert store.uploads(opened.case_id) == []


@pytest.mark.parametrize(
    ("content", "name", "kind", "words"),
    [
        (encrypted_pdf(), "locked.pdf", "delivery_photo", "locked.pdf"),
        (b"MZ\x90\x00", "photo.exe", "delivery_photo", "is not taken"),
        (photo(), "door.jpg", "nonsense", "Choose what the file shows."),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(browser, scene, merchant, store, content, name, kind, words):
    opened = scene.dispute_case(merchant)
    answer = give(browser, opened.case_id, content, name, kind)
    assert answer.status_code == 422
    assert words in answer.text
    assert store.uploads(opened.case_id) == []


def test_a_file_needs_the_form_of_the_desk(browser, scene, merchant, store):
    opened = scene.dispute_case(merchant)
    answer = browser.post(
        f"/cases/{opened.case_id}/evidence", data={"kind": "delivery_photo"}, files={"file": ("a.jpg", photo())}
    )
    assert answer.status_code == 403
    assert store.uploads(opened.case_id) == []


def test_a_bigger_form_is_only_taken_for_files(browser, scene, merchant):
    opened = scene.dispute_case(merchant)
    big = b"x" * (2 * 1024 * 1024)
    assert give(browser, opened.case_id, big, "log.txt").status_code == 200
    assert browser.post("/login", data={"login": "mia", "password": "x" * len(big)}).status_code == 413


def test_what_stands_against_the_file_is_shown_instead_of_it(browser, scene, merchant, store, files):
    opened = scene.dispute_case(merchant)
    assert give(browser, opened.case_id, b"Left at the door.", "log.txt").status_code == 200
    [given] = store.uploads(opened.case_id)
    broken = replace(given, file_hash=files.put(b"%PDF-1.7 broken"), fields={"file_name": "label.pdf"})
    store.add_upload(opened.case_id, broken, "mia")
    answer = browser.get(f"/cases/{opened.case_id}/packet.pdf")
    assert answer.url.path == f"/cases/{opened.case_id}"
    assert "It could not be made:" in answer.text
    assert "label.pdf" in answer.text
    assert "Download the finished file (PDF)" not in answer.text


def test_a_link_hands_out_one_file_without_a_login_and_is_noted(open_browser, desk, scene, merchant, store):
    opened = scene.dispute_case(merchant, respond_by=datetime.now(UTC) + timedelta(days=3))
    link = links(desk).link_for(opened.case_id)
    stranger = open_browser()
    answer = stranger.get(link)
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-disposition"].startswith("attachment;")
    [noted] = [line for line in _audit(store, opened, merchant) if line.action == "file_downloaded"]
    assert (noted.actor, bool(noted.details["link_until"])) == ("link", True)
    assert stranger.get(f"{link}x").status_code == 404
    assert stranger.get(f"/cases/{opened.case_id}/packet.pdf").url.path == "/login"


def test_a_link_ends_when_the_case_is_closed(open_browser, desk, scene, merchant, store):
    opened = scene.dispute_case(merchant, respond_by=datetime.now(UTC) + timedelta(days=3))
    link = links(desk).link_for(opened.case_id)
    store.close_case(opened.run_id, "rejected")
    store.decide(opened.review_id, 1, "reject", reviewer="mia", reason="not worth it")
    store.close_case(opened.run_id, "rejected")
    assert store.case(opened.case_id).status == "closed"
    assert open_browser().get(link).status_code == 404


@pytest.fixture
def at_the_shop(shop: Shop) -> Iterator[Browser]:
    program = shop.program
    desk = Desk(store=program.store, files=program.files, clock=lambda: NOW, knowledge=program.library)
    program.store.save_user("mia", PASSWORD_HASH, ())
    with Browser(create_app(desk), base_url="http://desk.example", raise_server_exceptions=False) as one:
        one.log_in("mia")
        yield one


def test_a_given_file_is_in_the_letter_after_drafting_again_and_in_the_packet(at_the_shop, shop):
    browser, store = at_the_shop, shop.program.store
    run_id = shop.receive(STRIPE_NOTICE.read_bytes())
    shop.program.worker.advance(run_id)
    case_id = store.run(run_id).case_id
    give(browser, case_id, b"The courier handed it over at the front door.", "door.txt")
    answer = browser.send_form(f"/cases/{case_id}/runs/{run_id}/redraft")
    assert "A new draft will be there in a moment." in answer.text
    shop.program.worker.advance(run_id)
    assert "not in the letter yet" not in browser.get(f"/cases/{case_id}").text
    said = " ".join(page_texts(browser.get(f"/cases/{case_id}/packet.pdf").content))
    assert "Photo at delivery" in said
    assert "handed it over at the front door" in said


def test_the_letter_stands_beside_the_same_in_chinese(at_the_shop, shop):
    run_id = shop.receive(STRIPE_NOTICE.read_bytes())
    shop.program.worker.advance(run_id)
    shown = at_the_shop.get(f"/cases/{shop.program.store.run(run_id).case_id}/letter").text
    assert "The merchant asks the issuer to reverse this dispute in full" in shown
    assert "承运商记录" in shown
    give(at_the_shop, shop.program.store.run(run_id).case_id, b"The courier left it at the door.", "door.txt")
    shown = at_the_shop.get(f"/cases/{shop.program.store.run(run_id).case_id}/letter").text
    assert "送达照片" not in shown
    letter = shop.page_of_run(run_id).draft
    assert shown.count("<tr><td") == len(letter.paragraphs) + 1


def _audit(store, opened, merchant):
    return store.case_page(opened.case_id, [merchant.merchant_id]).audit
