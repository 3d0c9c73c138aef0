"""The main job on real servers: a mail over IMAP, a draft, a browser, an answer over SMTP in the customer's mailbox."""

import email
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from rejoinder.processes import polling, web_server, working
from rejoinder.setup import make_user
from rejoinder.web.auth import MIN_PASSWORD
from tests.fixtures_program import Shop, mail
from tests.servers.certificates import Certificates
from tests.servers.dovecot import DovecotServer
from tests.servers.smtp import ReceivedMail, SmtpServer
from tools.mail.imap import ImapAccount, ImapMailbox

pytestmark = [pytest.mark.browser, pytest.mark.servers]

CHROMIUM = Path("/usr/bin/chromium")
PASSWORD = "x" * MIN_PASSWORD
SHOP_ADDRESS = "support@lumenoak.example"
CUSTOMER = "emily.carter@mailbox.example"
PATIENCE = 60.0


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{CHROMIUM} is missing")
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@dataclass
class Servers:
    """The merchant's and the customer's mailboxes on one Dovecot, and the SMTP server between them."""

    dovecot: DovecotServer
    smtp: SmtpServer

    def forward(self) -> None:
        """Deliver what SMTP took into the customer's mailbox, as the customer's server would."""
        taken: list[ReceivedMail] = self.smtp.received
        while taken:
            received = taken.pop(0)
            for recipient in received.recipients:
                self.dovecot.deliver(recipient, received.raw)


@pytest.fixture
def servers(own_dovecot: DovecotServer, certificates: Certificates) -> Iterator[Servers]:
    for user in (SHOP_ADDRESS, CUSTOMER):
        own_dovecot.add_user(user, PASSWORD)
    with SmtpServer(certificates=certificates, user="shop", password=PASSWORD) as smtp:
        yield Servers(own_dovecot, smtp)


def mailbox_settings(servers: Servers, certificates: Certificates, security: str, **changes: Any) -> dict[str, Any]:
    port = servers.dovecot.tls_port if security == "tls" else servers.dovecot.port
    ca_file = str(certificates.ca)
    return {
        "name": "support",
        "address": SHOP_ADDRESS,
        "sender_name": "Lumen & Oak",
        "imap": {
            "host": "localhost",
            "port": port,
            "security": security,
            "user": SHOP_ADDRESS,
            "password_env": "TEST_MAIL_PASSWORD",
            "ca_file": ca_file,
        },
        "smtp": {
            "host": "localhost",
            "port": servers.smtp.port,
            "security": "starttls",
            "user": "shop",
            "password_env": "TEST_MAIL_PASSWORD",
            "ca_file": ca_file,
        },
        **changes,
    }


def customers_mails(servers: Servers) -> list[EmailMessage]:
    """What a second login sees: the customer's own."""
    account = ImapAccount(
        host="127.0.0.1", port=servers.dovecot.port, security="plain", user=CUSTOMER, password=PASSWORD, name="customer"
    )
    with ImapMailbox(account) as mailbox:
        raws = [one.raw for batch in mailbox.fetch_new(None) for one in batch.mails]
    return [email.message_from_bytes(raw, policy=default) for raw in raws]


def until(ready: Callable[[], Any], what: str) -> Any:
    ends_at = time.monotonic() + PATIENCE
    while time.monotonic() < ends_at:
        if found := ready():
            return found
        time.sleep(0.2)
    pytest.fail(f"{what} did not happen within {PATIENCE} s")


@pytest.fixture
def running(
    open_shop: Callable[..., Shop], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., tuple[Shop, str]]]:
    """Run pollers, worker and web for real; gives the shop and the desk's address."""
    monkeypatch.setenv("TEST_MAIL_PASSWORD", PASSWORD)
    with ExitStack() as closing:

        def start(**settings: Any) -> tuple[Shop, str]:
            shop = open_shop(listen_port=0, poll_seconds=2, fetch_seconds=0.5, **settings)
            closing.enter_context(polling(shop.program))
            closing.enter_context(working(shop.program))
            server = web_server(shop.program)
            thread = threading.Thread(target=server.run)
            thread.start()
            closing.callback(thread.join)
            closing.callback(lambda: setattr(server, "should_exit", True))
            until(lambda: server.started, "the web server's start")
            return shop, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"

        yield start


def approve_in_browser(browser: Browser, address: str, login: str, password: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Name").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="return the desk lamp").first.click()
    expect(page.get_by_text("30 days").first).to_be_visible()
    page.get_by_role("button", name="Approve").first.click()
    context.close()


@pytest.mark.parametrize("security", ["tls", "starttls", "plain"])
def test_a_mail_is_answered_in_its_thread(
    running: Callable[..., tuple[Shop, str]],
    servers: Servers,
    certificates: Certificates,
    chromium: Browser,
    security: str,
) -> None:
    shop, address = running(mailboxes=[mailbox_settings(servers, certificates, security)])
    password = make_user(shop.program.store, "ana")
    servers.dovecot.deliver(SHOP_ADDRESS, mail(subject="I want to return the desk lamp"))
    until(lambda: shop.program.store.list_reviews([shop.merchant_id]), "a review")
    approve_in_browser(chromium, address, "ana", password)
    until(lambda: servers.smtp.received, "an answer by SMTP")
    servers.forward()
    (answer,) = customers_mails(servers)
    assert answer["In-Reply-To"] == "<one@mailbox.example>"
    assert answer["References"] == "<one@mailbox.example>"
    assert answer["Subject"] == "Re: I want to return the desk lamp"
    assert answer["From"].addresses[0].addr_spec == SHOP_ADDRESS
    body = answer.get_body(("plain",))
    assert body is not None
    assert "30 days" in body.get_content()
    (line,) = shop.program.store.list_cases([shop.merchant_id])
    until(lambda: shop.page(line.case_id).case.status == "answered", "the case's end")
    assert b"In-Reply-To" in shop.program.files.get(shop.page(line.case_id).deliveries[0].raw_file)
    sent = ImapAccount(
        host="127.0.0.1", port=servers.dovecot.port, security="plain", user=SHOP_ADDRESS, password=PASSWORD, name="shop"
    )
    with ImapMailbox(sent) as mailbox:
        if folder := mailbox.special_folders().sent:
            until(lambda: mailbox.find_by_message_id(folder, answer["Message-ID"]), "a copy in Sent")


def test_an_answer_may_go_into_the_drafts_folder_instead(
    running: Callable[..., tuple[Shop, str]], servers: Servers, certificates: Certificates
) -> None:
    settings = mailbox_settings(servers, certificates, "tls", deliver="imap_drafts")
    shop, _ = running(mailboxes=[settings])
    servers.dovecot.deliver(SHOP_ADDRESS, mail())
    (line,) = until(lambda: shop.program.store.list_reviews([shop.merchant_id]), "a review")
    review = shop.program.store.review(line.review_id)
    shop.program.store.decide(review.review_id, review.version, "approve", reviewer="ana")
    page = until(lambda: (p := shop.page(line.case_id)).case.status == "answered" and p, "a filed draft")
    assert page.deliveries[0].answer.startswith("filed in")
    assert servers.smtp.received == []


def test_the_mail_server_may_restart_at_any_time(
    running: Callable[..., tuple[Shop, str]], servers: Servers, certificates: Certificates
) -> None:
    shop, _ = running(mailboxes=[mailbox_settings(servers, certificates, "tls")])
    servers.dovecot.deliver(SHOP_ADDRESS, mail(message_id="<before@mailbox.example>"))
    until(lambda: shop.program.store.count_messages([shop.merchant_id]).total == 1, "the first mail")
    servers.dovecot.restart()
    servers.dovecot.deliver(SHOP_ADDRESS, mail(message_id="<after@mailbox.example>"))
    until(lambda: shop.program.store.count_messages([shop.merchant_id]).total == 2, "the second mail")
