"""Orders beside their disputes, and the finished file for an order with one click."""

from collections.abc import Iterator

import pytest

from rejoinder.web.app import create_app
from rejoinder.web.context import Desk
from tests.clock import NOW
from tests.fixtures_program import Shop
from tests.rejoinder.test_packets import STRIPE_NOTICE
from tests.web.conftest import PASSWORD_HASH, Browser
from tools.packet.readback import read_key_facts


@pytest.fixture
def browser(shop: Shop) -> Iterator[Browser]:
    program = shop.program
    desk = Desk(store=program.store, files=program.files, clock=lambda: NOW, knowledge=program.library)
    program.store.save_user("mia", PASSWORD_HASH, ())
    with Browser(create_app(desk), base_url="http://desk.example", raise_server_exceptions=False) as one:
        one.log_in("mia")
        yield one


def ask(browser: Browser, shop: Shop, **fields: object):
    asked = {"merchant_id": shop.merchant_id, "number": "LO-10401", "reason": "visa:13.1", "form": "pdf"}
    return browser.send_form("/orders/file", **(asked | fields))


def test_one_click_beside_an_order_hands_out_its_file(browser, shop):
    shown = browser.get("/orders?q=lo-10401").text
    assert "Emily Carter" in shown
    assert '<option value="visa:13.1">Visa 13.1: ' in shown
    answer = ask(browser, shop, reference="case 4711")
    assert answer.headers["content-disposition"].startswith('attachment; filename="packet-LO-10401.pdf"')
    facts = read_key_facts(answer.content)
    assert (facts["dispute_reference"], facts["reason_code"]) == ("case 4711", "13.1")
    assert ask(browser, shop, form="zip").content.startswith(b"PK")
    assert shop.program.store.list_cases([shop.merchant_id]) == []


def test_an_order_is_found_by_its_parcel_payment_and_customer(browser):
    for asked in ("1Z84W66131860913", "ch_3Q00012345LumenOakX", "emily.carter@mailbox.example"):
        assert "LO-10401" in browser.get("/orders", params={"q": asked}).text
    assert "There is no such order." in browser.get("/orders?q=LO-99999").text
    assert "There is no such order." not in browser.get("/orders").text


def test_an_order_shows_its_disputes(browser, shop):
    run_id = shop.receive(STRIPE_NOTICE.read_bytes())
    shop.program.worker.advance(run_id)
    case_id = shop.program.store.run(run_id).case_id
    assert f'href="/cases/{case_id}#file"' in browser.get("/orders?q=LO-10401").text


def test_a_case_can_be_opened_for_it(browser, shop):
    answer = ask(browser, shop, form="case")
    [line] = shop.program.store.list_cases([shop.merchant_id])
    assert answer.url.path == f"/cases/{line.case_id}"
    assert ask(browser, shop, form="case").status_code == 409


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"reason": ""}, 422, "Choose the reason of the dispute."),
        ({"reason": "visa:99.9"}, 422, "no reason code"),
        ({"number": "LO-99999"}, 404, "no such page"),
        ({"merchant_id": 999}, 404, "no such page"),
    ],
)
def test_what_cannot_be_made_is_refused(browser, shop, fields, status, words):
    answer = ask(browser, shop, **fields)
    assert answer.status_code == status
    assert words in answer.text
