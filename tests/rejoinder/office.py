"""The sample shop with a colleague, a chat and a dispute: real mail server, real webhook, real database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from sqlalchemy import text

from rejoinder.domain.cases import DisputeEvent
from rejoinder.domain.money import Money
from rejoinder.domain.reminders import Reminder
from rejoinder.jobs import sweep_once
from rejoinder.storage.pages import CasePage
from tests.clock import NOW
from tests.fixtures_program import Shop
from tests.servers.chat import ChatServer
from tests.servers.smtp import SmtpServer

COLLEAGUE = "ops@lumenoak.example"
CHAT_ENV = "REJOINDER_TEST_CHAT"
DUE = NOW + timedelta(days=10)


@dataclass(frozen=True)
class Office:
    """A shop whose people can be reached."""

    shop: Shop
    post: SmtpServer
    chat: ChatServer

    def open_case(self, reference: str = "dp_1", **changes: Any) -> int:
        """Let a processor tell of a dispute, and draft its letter."""
        accepted = self.shop.program.store.accept_event(
            self.shop.merchant_id, dispute_event(reference, **changes), "", NOW
        )
        self.shop.program.worker.advance(accepted.run_id)
        return self.page_of_run(accepted.run_id).case.case_id

    def page_of_run(self, run_id: int) -> CasePage:
        return self.shop.page_of_run(run_id)

    def look(self, now: datetime) -> int:
        """Look at the deadlines and send what is to be sent, as the jobs do; returns how many cases were told of."""
        reminded: int = sweep_once(self.shop.program, now)["reminded"]
        for reminder_id in self.queued():
            self.shop.program.reminders.send(reminder_id, now)
        return reminded

    def queued(self) -> list[int]:
        query = text("SELECT id FROM reminders WHERE status = 'queued' ORDER BY id")
        with self.shop.program.store.begin() as connection:
            return list(connection.execute(query).scalars())

    def told(self, case_id: int) -> list[tuple[str, str, str]]:
        return [(one.step, one.channel, one.status) for one in self.reminders(case_id)]

    def reminders(self, case_id: int) -> list[Reminder]:
        return list(self.shop.program.store.reminders_of_case(case_id))

    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(one.raw, policy=policy.default) for one in self.post.received]  # type: ignore[misc]

    def carry_out(self, case_id: int) -> CasePage:
        """Carry a decision out, as the job does."""
        run = self.shop.page(case_id).run
        assert run is not None
        self.shop.program.worker.advance(run.run_id)
        return self.shop.page(case_id)


def dispute_event(reference: str = "dp_1", **changes: Any) -> DisputeEvent:
    values: dict[str, Any] = {
        "processor": "stripe",
        "account": "main",
        "event_id": f"evt_{reference}",
        "event_type": "created",
        "reference": reference,
        "payment_reference": "ch_3Q00067694LumenOakX",
        "occurred_at": NOW,
        "status": "needs_response",
        "stage": "first",
        "raw_status": "needs_response",
        "amount": Money(amount_minor=14900, currency="EUR"),
        "network": "visa",
        "reason_code": "13.1",
        "category": "not_received",
        "respond_by": DUE,
    }
    return DisputeEvent(**values | changes)


@contextmanager
def office(open_shop: Any, monkeypatch: Any, **reminders: Any) -> Iterator[Office]:
    """Open the shop with a colleague and a chat."""
    with ExitStack() as closing:
        post, chat = closing.enter_context(SmtpServer()), closing.enter_context(ChatServer())
        monkeypatch.setenv(CHAT_ENV, chat.url)
        monkeypatch.setenv("REJOINDER_TEST_MAIL", "secret")
        mailbox = {
            "name": "support",
            "address": "support@lumenoak.example",
            "sender_name": "Lumen & Oak",
            "copy_to_sent": False,
            "imap": {"host": "127.0.0.1", "user": "support", "password_env": "REJOINDER_TEST_MAIL"},
            "smtp": {"host": "127.0.0.1", "port": post.port, "security": "plain"},
        }
        plan = {"colleague": COLLEAGUE, "channels": [{"name": "team", "url_env": CHAT_ENV}], **reminders}
        shop = open_shop(mailboxes=[mailbox], reminders=plan, public_url="https://desk.lumenoak.example")
        yield Office(shop, post, chat)
