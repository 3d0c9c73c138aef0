"""Who gets in, and whose forms are taken."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rejoinder.web.app import create_app
from rejoinder.web.desk.login import local_path
from rejoinder.web.throttle import PER_LOGIN_AND_ADDRESS, WINDOW, Throttle
from tests.web.conftest import PASSWORD, PASSWORD_HASH, Browser

NOW = datetime(2026, 3, 20, tzinfo=UTC)


def test_the_right_password_leads_to_the_page_that_was_asked_for(open_browser, store):
    store.save_user("mia", PASSWORD_HASH)
    browser = open_browser()
    asked = browser.get("/cases")
    assert asked.url.path == "/login"
    assert 'name="next" value="/cases"' in asked.text
    answer = browser.post("/login", data={"login": "mia", "password": PASSWORD, "next": "/cases"})
    assert answer.url.path == "/cases"


@pytest.mark.parametrize(("login", "password"), [("mia", "wrong"), ("nobody", PASSWORD), ("mia\0", "x"), ("", "")])
def test_a_wrong_name_and_a_wrong_password_look_the_same(open_browser, store, login, password):
    store.save_user("mia", PASSWORD_HASH)
    browser = open_browser()
    answer = browser.post("/login", data={"login": login or "ghost", "password": password or "x"})
    assert answer.status_code == 401
    assert "do not fit together" in answer.text
    assert browser.get("/").url.path == "/login"


def test_guessing_is_slowed_down_even_with_the_right_password_at_last(open_browser, store):
    store.save_user("mia", PASSWORD_HASH)
    browser = open_browser()
    for _ in range(PER_LOGIN_AND_ADDRESS):
        assert browser.post("/login", data={"login": "mia", "password": "wrong"}).status_code == 401
    answer = browser.post("/login", data={"login": "mia", "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "600"


def test_the_throttle_forgets_after_a_while_and_on_success():
    throttle = Throttle()
    for _ in range(PER_LOGIN_AND_ADDRESS):
        assert throttle.begin("mia", "1.2.3.4", NOW)
    assert not throttle.begin("mia", "1.2.3.4", NOW)
    assert throttle.begin("mia", "5.6.7.8", NOW)
    assert throttle.begin("mia", "1.2.3.4", NOW + WINDOW)
    throttle.succeed("mia", "1.2.3.4")
    assert throttle.begin("mia", "1.2.3.4", NOW + WINDOW)


def test_logging_out_ends_the_session_on_the_server(browser):
    token = browser.cookies["rejoinder_session"]
    browser.send_form("/logout")
    browser.cookies.set("rejoinder_session", token)
    assert browser.get("/").url.path == "/login"


def test_the_database_never_holds_a_token(browser, store):
    token = browser.cookies["rejoinder_session"]
    with store.begin() as connection:
        kept = connection.exec_driver_sql("SELECT token_hash FROM sessions").scalars().all()
    assert kept
    assert token not in kept


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(open_browser, desk, store):
    store.save_user("mia", PASSWORD_HASH)
    secure = Browser(create_app(replace(desk, public_url="https://desk.example")), base_url="https://desk.example")
    cookies = {}
    for name, browser in {"http": open_browser(), "https": secure}.items():
        answer = browser.post("/login", data={"login": "mia", "password": PASSWORD}, follow_redirects=False)
        cookies[name] = answer.headers["set-cookie"]
    secure.close()
    assert all("HttpOnly" in cookie and "SameSite=lax" in cookie for cookie in cookies.values())
    assert "Secure" in cookies["https"]
    assert "Secure" not in cookies["http"]


@pytest.mark.parametrize("token", ["", "wrong", "ü"])
def test_a_form_without_the_sessions_token_is_refused(browser, scene, merchant, store, token):
    opened = scene.service_case(merchant)
    path = f"/cases/{opened.case_id}/reviews/{opened.review_id}/approve"
    answer = browser.post(path, data={"form_token": token, "version": 1, "draft_id": opened.draft_id})
    assert answer.status_code == 403
    assert store.decision(opened.review_id) is None


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://desk.example.evil.example"])
def test_a_form_of_another_origin_is_refused_even_with_the_token(browser, scene, merchant, store, origin):
    opened = scene.service_case(merchant)
    path = f"/cases/{opened.case_id}/reviews/{opened.review_id}/approve"
    fields = {"form_token": browser.form_token(), "version": 1, "draft_id": opened.draft_id}
    assert browser.post(path, data=fields, headers={"Origin": origin}).status_code == 403
    assert store.decision(opened.review_id) is None
    assert browser.post(path, data=fields, headers={"Origin": "http://desk.example"}).status_code == 200


def test_a_login_form_of_another_origin_is_refused(open_browser, store):
    store.save_user("mia", PASSWORD_HASH)
    data = {"login": "mia", "password": PASSWORD}
    assert open_browser().post("/login", data=data, headers={"Origin": "https://evil.example"}).status_code == 403


def test_a_form_token_of_another_session_is_refused(open_browser, merchant):
    mia, tom = open_browser("mia"), open_browser("tom")
    assert mia.post("/logout", data={"form_token": tom.form_token()}).status_code == 403


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/\n/evil", "/\t/evil"]
)
def test_no_login_leads_away_from_the_desk(path):
    assert local_path(path) == "/"


def test_every_page_needs_a_login(open_browser):
    browser = open_browser()
    for path in ("/", "/cases", "/cases/1", "/cases/1/letter.txt", "/figures", "/quarantine", "/quarantine/1.eml"):
        assert browser.get(path).url.path == "/login", path
    answer = browser.post("/cases/1/reviews/1/approve", data={"version": 1, "draft_id": 1}, follow_redirects=False)
    assert answer.status_code == 401
    assert 'name="password"' in answer.text
