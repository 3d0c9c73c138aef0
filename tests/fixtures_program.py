"""The whole program over a fresh database, with the sample merchant's orders and policies."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import rejoinder.demo
from knowledge.documents import documents_in, read_document
from rejoinder.config import Settings
from rejoinder.storage.pages import CasePage
from rejoinder.wiring import Program, open_program
from tests.clock import NOW
from tools.orders.files import load

SHOP = Path(rejoinder.demo.__file__).parent / "shop"
MODELS = Path(tempfile.gettempdir()) / "rejoinder-tests-models"


@dataclass(frozen=True)
class Shop:
    """A program and its one merchant."""

    program: Program
    merchant_id: int

    def receive(self, raw: bytes, mailbox: str = "support") -> int:
        """Take a mail in and return its run."""
        accepted = self.program.intake.accept_mail(self.merchant_id, mailbox, raw, NOW)
        assert accepted is not None
        run_id: int = accepted.run_id
        return run_id

    def page(self, case_id: int) -> CasePage:
        """Return the case."""
        return self.program.store.case_page(case_id, [self.merchant_id])

    def page_of_run(self, run_id: int) -> CasePage:
        """Return the case of a run."""
        return self.page(self.program.store.run(run_id).case_id)

    def approve(self, run_id: int) -> None:
        """Approve the run's draft and carry the decision out."""
        review = self.page_of_run(run_id).review
        assert review is not None
        self.program.store.decide(review.review_id, review.version, "approve", reviewer="test")
        self.program.worker.advance(run_id)


def settings_for(tmp_path: Path, database_url: str, **changes: Any) -> Settings:
    """Return settings of the sample merchant; `changes` go into the merchant unless they are top-level."""
    MODELS.mkdir(exist_ok=True)
    models = tmp_path / "models"
    if not models.exists():
        models.symlink_to(MODELS)
    top = {name: changes.pop(name) for name in list(changes) if name in Settings.model_fields}
    merchant = {
        "slug": "lumenoak",
        "name": "Lumen & Oak",
        "website": "https://lumenoak.example",
        "timezone": "Asia/Shanghai",
        **changes,
    }
    ours = {"data_dir": tmp_path, "database_url": database_url, "undo_seconds": 0, "dns_lookups": False}
    return Settings.model_validate({**ours, "merchants": [merchant], **top})


@pytest.fixture
def open_shop(postgres_url: str, tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """Open the sample shop, with settings changed by keywords; closed after the test."""
    with ExitStack() as closing:

        def opened(**changes: Any) -> Shop:
            settings = settings_for(tmp_path, postgres_url, **changes)
            program = closing.enter_context(open_program(settings, clock=lambda: NOW))
            merchant_id = program.merchants["lumenoak"].merchant_id
            loaded = load(SHOP)
            program.store.upsert_orders(merchant_id, loaded.orders)
            program.store.upsert_products(merchant_id, loaded.products)
            for path in documents_in(SHOP / "documents"):
                program.library.index(merchant_id, read_document(path, SHOP / "documents"))
            return Shop(program, merchant_id)

        yield opened


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    """The sample shop with its usual settings."""
    return open_shop()


def mail(
    *,
    sender: str = "emily.carter@mailbox.example",
    subject: str = "Return",
    body: str = "Hello, I would like to return the desk lamp of order LO-10401. How does that work? Thanks, Emily",
    message_id: str = "<one@mailbox.example>",
    headers: str = "",
) -> bytes:
    """Return a mail as a server would hand it over."""
    return (
        f"From: {sender}\r\nTo: support@lumenoak.example\r\nSubject: {subject}\r\nMessage-ID: {message_id}\r\n"
        f"Date: Fri, 20 Nov 2026 08:00:00 +0000\r\n{headers}Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    ).encode()
