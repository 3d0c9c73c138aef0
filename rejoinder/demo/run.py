"""The demo: starts the sample merchant's mail servers, reads the mailbox, shows what became of every mail."""

import os
import shutil
import sys
import time
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import Progress
from rich.table import Table

from rejoinder.config import Settings
from rejoinder.demo.dispute import show_dispute
from rejoinder.demo.servers import PASSWORD, USER, MailServers, mail_servers
from rejoinder.processes import polling, web_server, working
from rejoinder.setup import import_orders, index_documents, make_user
from rejoinder.storage.embedded import default_data_dir
from rejoinder.storage.pages import CasePage
from rejoinder.wiring import Program, open_program

FOLDER = Path(__file__).parent
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""The instant at which the sample merchant's story plays."""
PASSWORD_VARIABLE = "REJOINDER_DEMO_MAIL_PASSWORD"  # noqa: S105 # the variable's name
LOGIN = "reviewer"
PATIENCE_SECONDS = 300.0


def run_demo(console: Console, *, keep: bool, port: int) -> None:
    """Show the whole product; `keep` leaves the desk running when a person is watching."""
    data_dir = _fresh_data_dir()
    os.environ[PASSWORD_VARIABLE] = PASSWORD
    console.print("[bold]Rejoinder demo[/]: a sample shop, its mailbox, and what becomes of every mail in it.")
    with mail_servers() as servers:
        console.print(
            f"A real IMAP server listens on port {servers.imap_port}, a real SMTP server on {servers.smtp_port}."
        )
        settings = demo_settings(data_dir, servers, port)
        console.print("Starting PostgreSQL; the first start also trains the local classifiers (one to two minutes).")
        with open_program(settings, clock=demo_clock()) as program:
            prepare(console, program)
            mails = sorted((FOLDER / "mails").glob("*.eml"))
            servers.file(mails)
            with polling(program), working(program):
                _watch(console, program, len(mails))
                print_table(console, program)
                show_dispute(console, program, program.merchants["lumenoak"], data_dir / "finished")
                _finish(console, program, servers, keep=keep and sys.stdout.isatty())


def demo_clock() -> "DemoClock":
    """Return a clock that starts at the story's instant and then runs."""
    return DemoClock(datetime.now(UTC))


class DemoClock:
    """Runs from the story's instant on."""

    def __init__(self, started_at: datetime) -> None:
        self._started_at = started_at

    def __call__(self) -> datetime:
        """Return the story's present."""
        return NOW + (datetime.now(UTC) - self._started_at)


def demo_settings(data_dir: Path, servers: MailServers, port: int) -> Settings:
    """Return the sample merchant's settings."""
    imap = {"host": "127.0.0.1", "port": servers.imap_port, "security": "plain", "user": USER}
    mailbox = {
        "name": "support",
        "address": USER,
        "sender_name": "Lumen & Oak",
        "imap": {**imap, "password_env": PASSWORD_VARIABLE},
        "smtp": {"host": "127.0.0.1", "port": servers.smtp_port, "security": "plain"},
        "trusted_authserv": ["mx.lumenoak.example"],
    }
    merchant = {
        "slug": "lumenoak",
        "name": "Lumen & Oak",
        "timezone": "Asia/Shanghai",
        "country": "CN",
        "website": "https://lumenoak.example",
        "signature": "Lumen & Oak",
        "mailboxes": [mailbox],
    }
    return Settings.model_validate(
        {
            "data_dir": data_dir,
            "listen_port": port,
            "poll_seconds": 5,
            "first_read_days": 0,
            "dns_lookups": False,
            "fetch_seconds": 1.0,
            "undo_seconds": 3,
            "merchants": [merchant],
        }
    )


def prepare(console: Console, program: Program) -> None:
    """Import the orders and index the policies."""
    merchant = program.merchants["lumenoak"]
    orders, products, _ = import_orders(program, merchant, FOLDER / "shop")
    counts = index_documents(program, merchant, FOLDER / "shop/documents", lambda path, what: None)
    console.print(f"Imported {orders.new} orders and {products.new} products, indexed {counts['indexed']} documents.")


def _fresh_data_dir() -> Path:
    """Return the demo's own folder, empty but for the trained classifier."""
    data_dir = default_data_dir().with_name("rejoinder-demo")
    for part in ("postgresql", "chroma", "files"):
        shutil.rmtree(data_dir / part, ignore_errors=True)
    return data_dir


def _watch(console: Console, program: Program, total: int) -> None:
    merchant_ids = [program.merchants["lumenoak"].merchant_id]
    ends_at = time.monotonic() + PATIENCE_SECONDS
    with Progress(console=console, transient=False) as progress:
        task = progress.add_task("Reading and answering", total=total)
        while time.monotonic() < ends_at:
            done, seen = _settled(program, merchant_ids)
            progress.update(task, completed=done)
            if seen >= total and done >= seen:
                return
            time.sleep(0.3)


def _settled(program: Program, merchant_ids: list[int]) -> tuple[int, int]:
    """Return how many messages have come to rest, and how many were taken in."""
    counts = program.store.count_messages(merchant_ids)
    return counts.settled, counts.total


def print_table(console: Console, program: Program) -> None:
    """Print what became of every mail."""
    merchant_ids = [program.merchants["lumenoak"].merchant_id]
    table = Table(title="What became of every mail", title_justify="left", show_lines=False)
    for heading in ("Case", "From and subject", "It is", "Order", "Found", "Goes to", "Why"):
        table.add_column(heading, overflow="fold")
    lines = program.store.list_cases(merchant_ids)
    for line in reversed(lines):
        page = program.store.case_page(line.case_id, merchant_ids)
        table.add_row(*_row(page))
    console.print(table)


def _row(page: CasePage) -> tuple[str, ...]:
    mails = [message.mail for message in page.messages if message.mail]
    first = mails[0] if mails else None
    extra = f" (+{len(mails) - 1} more)" if len(mails) > 1 else ""
    head = f"{escape(first.sender.email)}\n{escape(first.subject)}{extra}" if first else ""
    reading = page.reconciled.reading if page.reconciled else None
    if page.dispute:
        what = f"dispute: {page.dispute.category}\n{page.dispute.amount or ''}"
    elif reading and reading.kind == "service":
        what = f"{page.case.intent} ({reading.language})"
    else:
        what = reading.kind if reading else page.case.status
    found = f"{len(page.evidence)} records, {len(page.passages)} passages" if page.evidence else ""
    target = page.route.target if page.route else "set aside"
    why = (
        page.route.reasons[0].text
        if page.route
        else page.set_aside or page.outcome or (page.run.error if page.run else "")
    )
    return str(page.case.case_id), head, what, page.case.order_number, found, target, escape(why)


def _finish(console: Console, program: Program, servers: MailServers, *, keep: bool) -> None:
    password = make_user(program.store, LOGIN)
    if not keep:
        _approve_one(console, program, servers)
        console.print("Run `make demo` in a terminal to keep the review desk open in a browser.")
        return
    server = web_server(program)
    address = f"http://127.0.0.1:{server.config.port}"
    console.print(
        Panel(
            f"The review desk: [bold]{address}[/]\nLogin [bold]{LOGIN}[/], password [bold]{password}[/]\n"
            "Approve an answer: it leaves by SMTP and lands in its thread. Ctrl+C ends the demo.",
            title="Now you",
        )
    )
    server.run()


def _approve_one(console: Console, program: Program, servers: MailServers) -> None:
    """Approve the first answer to a customer, as a reviewer would, and show what the customer received."""
    merchant_ids = [program.merchants["lumenoak"].merchant_id]
    reviews = [line for line in program.store.list_reviews(merchant_ids) if line.kind == "service"]
    if not reviews:
        return
    review = program.store.review(reviews[0].review_id)
    program.store.decide(review.review_id, review.version, "approve", reviewer=LOGIN)
    console.print(f"\nA reviewer approves the answer of case {review.case_id} …")
    ends_at = time.monotonic() + 60
    while time.monotonic() < ends_at and not servers.delivered():
        time.sleep(0.3)
    for raw in servers.delivered()[:1]:
        mail = message_from_bytes(raw, policy=default)
        body = mail.get_body(("plain",))
        heads = "\n".join(f"{name}: {mail[name]}" for name in ("From", "To", "Subject", "In-Reply-To"))
        text = body.get_content() if body else ""
        console.print(Panel(escape(f"{heads}\n\n{text.strip()}"), title="Arrived at the customer, in the thread"))
