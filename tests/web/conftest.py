"""A desk over a real database, with a merchant, a reviewer and somebody logged in."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from rejoinder.domain.cases import Merchant
from rejoinder.storage.files import FileStore
from rejoinder.storage.store import Store
from rejoinder.web.app import create_app
from rejoinder.web.auth import hash_password
from rejoinder.web.context import Desk, WayOut
from tests.fixtures_program import Shop
from tests.scenes_desk import Scene

PASSWORD = "correct horse battery"
PASSWORD_HASH = hash_password(PASSWORD)
WAYS_OUT = {"help": WayOut(address="help@lumen.example")}


class Browser(TestClient):
    """A client that fills in forms as a person would."""

    def log_in(self, login: str, password: str = PASSWORD) -> None:
        answer = self.post("/login", data={"login": login, "password": password})
        assert answer.status_code == 200, answer.text

    def form_token(self) -> str:
        return re.search(r'name="form_token" value="([^"]+)"', self.get("/cases").text)[1]

    def send_form(self, path: str, **fields: object) -> object:
        return self.post(path, data={"form_token": self.form_token(), **fields})


@contextmanager
def desk_of(shop: Shop) -> Iterator[Browser]:
    """Open the desk of a whole program with somebody logged in."""
    desk = Desk(store=shop.program.store, files=shop.program.files, clock=lambda: datetime.now(UTC))
    shop.program.store.save_user("mia", PASSWORD_HASH, ())
    with Browser(create_app(desk), base_url="http://desk.example", raise_server_exceptions=False) as one:
        one.log_in("mia")
        yield one


@pytest.fixture
def scene(store: Store, files: FileStore) -> Scene:
    return Scene(store, files)


@pytest.fixture
def merchant(scene: Scene) -> Merchant:
    return scene.merchant()


@pytest.fixture
def desk(store: Store, files: FileStore) -> Desk:
    return Desk(store=store, files=files, clock=lambda: datetime.now(UTC), ways_out=WAYS_OUT)


@pytest.fixture
def open_browser(desk: Desk) -> Iterator[Callable[[str], Browser]]:
    """Opens a browser, logged in when a name is given; that user is made when missing and sees all merchants."""
    app = create_app(desk)
    browsers = []

    def open_one(login: str = "", merchant_ids: tuple[int, ...] = ()) -> Browser:
        browser = Browser(app, base_url="http://desk.example", raise_server_exceptions=False)
        browsers.append(browser)
        if login:
            desk.store.save_user(login, PASSWORD_HASH, merchant_ids)
            browser.log_in(login)
        return browser

    yield open_one
    for browser in browsers:
        browser.close()


@pytest.fixture
def browser(open_browser: Callable[[str], Browser], merchant: Merchant) -> Browser:
    return open_browser("mia")
