"""Text and files from outside stay text and files; one merchant's cases stay theirs."""

import re

import pytest

from rejoinder.web.guard import MAX_FORM
from rejoinder.web.pages import download
from tests.scenes_desk import NOW, TEXT
from tests.web.conftest import PASSWORD_HASH

SCRIPT = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def test_markup_in_a_mail_is_shown_as_text(browser, scene, merchant):
    attachment = scene.attachment(f'{SCRIPT}".html', b"<script>alert(1)</script>")
    opened = scene.service_case(
        merchant,
        subject=SCRIPT,
        text=f"{SCRIPT} 1001 " + TEXT,
        new_text=f"{SCRIPT} 1001",
        hidden_text=SCRIPT,
        attachments=(attachment,),
    )
    for path in ("/", "/cases", f"/cases/{opened.case_id}"):
        shown = browser.get(path).text
        assert "<script>alert" not in shown
        assert "<img" not in shown
        assert "&lt;script&gt;" in shown


def test_markup_that_a_reviewer_typed_is_shown_as_text(browser, scene, merchant):
    opened = scene.service_case(merchant)
    path = f"/cases/{opened.case_id}/reviews/{opened.review_id}"
    browser.send_form(f"{path}/save", version=1, subject=SCRIPT, text=f"</textarea>{SCRIPT}")
    shown = browser.get(f"/cases/{opened.case_id}").text
    assert "</textarea><script>" not in shown
    assert "<script>alert" not in shown
    stale = browser.send_form(f"{path}/save", version=1, subject="x", text=f"</textarea>{SCRIPT}")
    assert stale.status_code == 409
    assert "<script>alert" not in stale.text


def test_names_that_turn_their_letters_around_are_straightened(browser, scene, merchant):
    attachment = scene.attachment("invoice\u202efdp.exe", b"MZ")
    opened = scene.service_case(merchant, attachments=(attachment,))
    shown = browser.get(f"/cases/{opened.case_id}").text
    assert "\u202e" not in shown
    assert "invoicefdp.exe" in shown


def test_an_attachment_is_saved_and_never_shown(browser, scene, merchant):
    attachment = scene.attachment("page.html", b"<script>alert(1)</script>")
    opened = scene.service_case(merchant, attachments=(attachment,))
    answer = browser.get(f"/cases/{opened.case_id}/messages/{opened.message_id}/files/0")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith('attachment; filename="page.html"')
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("filename", "kept"),
    [
        ('a"; filename="b.exe', "a__ filename=_b.exe"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie_ x=1.txt"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\temp\\x.pdf", "C__temp_x.pdf"),
        ("\ud800bad.txt", "bad.txt"),
        ("...", "file"),
        ("", "file"),
        ("x" * 500 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_no_filename_breaks_out_of_its_header(filename, kept):
    value = download(b"", filename).headers["content-disposition"]
    assert value.startswith(f'attachment; filename="{kept}"; ')
    assert re.fullmatch(r"[\x20-\x7e]+", value)


def test_a_name_in_another_script_is_kept_beside_a_plain_one():
    value = download(b"", "发票.pdf").headers["content-disposition"]
    assert value == "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E5%8F%91%E7%A5%A8.pdf"


@pytest.mark.parametrize("path", ["/login", "/", "/cases/1", "/static/desk.css", "/nowhere", "/healthz"])
def test_every_answer_carries_the_security_headers(browser, path):
    headers = browser.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_pages_hold_no_inline_script_or_style(browser, scene, merchant):
    opened = scene.service_case(merchant)
    for path in ("/", "/cases", f"/cases/{opened.case_id}", "/quarantine"):
        shown = browser.get(path).text
        assert re.findall(r"<script(?! src=)|<style|\sstyle=|\son\w+=", shown) == []


def test_there_is_no_api_description(browser):
    assert [browser.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404, 404, 404]


def test_a_huge_form_is_refused_before_it_is_read(browser):
    answer = browser.post(
        "/login", content=b"login=" + b"x" * MAX_FORM, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 413


def test_a_form_without_a_length_is_refused(browser):
    assert browser.post("/login", content=iter([b"login=x"])).status_code == 413


def test_cases_of_other_merchants_are_not_there(open_browser, scene, merchant, files):
    other = scene.merchant("nordlicht", "Nordlicht")
    theirs = scene.service_case(other, attachments=(scene.attachment("x.txt", b"x"),))
    letter = scene.dispute_case(other)
    mail_id = scene.store.quarantine(other.merchant_id, "help", files.put(b"raw"), "broken", NOW)
    own = scene.service_case(merchant)
    browser = open_browser("eva", (merchant.merchant_id,))
    case, review = f"/cases/{theirs.case_id}", f"/cases/{theirs.case_id}/reviews/{theirs.review_id}"
    reads = [
        case,
        f"{case}/messages/{theirs.message_id}.eml",
        f"{case}/messages/{theirs.message_id}/files/0",
        f"/cases/{own.case_id}/messages/{theirs.message_id}.eml",
        f"/cases/{letter.case_id}/letter.txt",
        f"/quarantine/{mail_id}.eml",
    ]
    assert {path: browser.get(path).status_code for path in reads} == dict.fromkeys(reads, 404)
    writes = [f"{review}/{verb}" for verb in ("approve", "edit", "save", "reject", "escalate")]
    writes += [f"{case}/runs/{theirs.run_id}/retry", f"/cases/{own.case_id}/reviews/{theirs.review_id}/approve"]
    fields = {"version": 1, "draft_id": theirs.draft_id, "text": "x", "reason": "x"}
    assert {path: browser.send_form(path, **fields).status_code for path in writes} == dict.fromkeys(writes, 404)
    assert scene.store.decision(theirs.review_id) is None
    assert "Nordlicht" not in browser.get("/").text
    assert f'"{case}"' not in browser.get("/cases").text


@pytest.mark.parametrize(
    "path", ["/cases/abc", "/cases/99999999999999999999", "/cases/0", "/cases/-1", "/quarantine/x.eml", "/cases/7"]
)
def test_addresses_that_lead_nowhere_are_a_plain_404(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


def test_a_user_made_anew_is_logged_out(browser, store):
    store.save_user("mia", PASSWORD_HASH)
    assert browser.get("/").url.path == "/login"
