"""The command line."""

import ctypes
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rejoinder.errors import RejoinderError

if TYPE_CHECKING:
    from rejoinder.domain.cases import Merchant
    from rejoinder.wiring import Program

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Answers chargebacks and customer mail with evidence.",
)
console = Console() if sys.stdout.isatty() else Console(width=160)

M_ARENA_MAX, M_MMAP_THRESHOLD = -8, -3  # malloc.h
HEAPS, LARGE = 2, 128 * 1024

ConfigOption = Annotated[Path | None, typer.Option("--config", help="Configuration file; rejoinder.toml by default.")]
MerchantOption = Annotated[str, typer.Option("--merchant", help="Slug of the merchant; needless when there is one.")]


def main() -> None:
    """Run a command; an expected error is one line and exit status 1."""
    try:
        app()
    except RejoinderError as problem:
        Console(stderr=True).print(f"[red]{type(problem).__name__}:[/] {escape(str(problem))}", soft_wrap=True)
        raise SystemExit(1) from None


@app.command()
def demo(
    keep: Annotated[bool, typer.Option(help="Leave the desk running until Ctrl+C.")] = True,
    port: Annotated[int, typer.Option(help="Port of the desk; 0 takes a free one.")] = 8642,
) -> None:
    """Show the whole product on a sample merchant: a real mailbox is read, every mail gets its answer."""
    from rejoinder.demo.run import run_demo

    run_demo(console, keep=keep, port=port)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where to write rejoinder.toml.")] = Path("."),
    name: Annotated[str, typer.Option(prompt="Name of the shop")] = "My Shop",
    address: Annotated[str, typer.Option(prompt="Mail address of its support mailbox")] = "support@shop.example",
    imap_host: Annotated[str, typer.Option(prompt="IMAP server")] = "imap.shop.example",
    timezone: Annotated[str, typer.Option(prompt="Time zone")] = "UTC",
    login: Annotated[str, typer.Option(help="Login of the first reviewer.")] = "admin",
) -> None:
    """Write a first configuration, make the database and the first reviewer."""
    from rejoinder.config import load_settings
    from rejoinder.setup import make_user, write_configuration
    from rejoinder.wiring import open_program

    path = folder / "rejoinder.toml"
    slug = "".join(char if char.isascii() and char.isalnum() else "-" for char in name.lower()).strip("-") or "shop"
    website = f"https://{address.rpartition('@')[2]}"
    write_configuration(
        path, name=name, slug=slug, address=address, imap_host=imap_host, timezone=timezone, website=website
    )
    with open_program(load_settings(path)) as program:
        password = make_user(program.store, login)
    console.print(f"Wrote [bold]{path}[/]. Edit it, then: rejoinder doctor, rejoinder up")
    console.print(
        f"Reviewer [bold]{login}[/], password [bold]{password}[/] (shown once; `rejoinder user` sets another)"
    )


@app.command()
def user(login: str, config: ConfigOption = None) -> None:
    """Create a reviewer or set a password anew."""
    from rejoinder.setup import make_user

    password = typer.prompt("Password (at least 10 characters)", hide_input=True, confirmation_prompt=True)
    with _program(config) as program:
        make_user(program.store, login, password)
    console.print(f"{login} can log in.")


@app.command(name="import")
def import_(path: Path, merchant: MerchantOption = "", config: ConfigOption = None) -> None:
    """Read orders, payments, parcels, refunds and products from JSON or a folder of CSV tables."""
    from rich.progress import Progress

    from rejoinder.setup import import_orders

    with _program(config) as program, Progress(console=console) as progress:
        chosen = _merchant(program, merchant)
        orders, products, bad = import_orders(
            program, chosen, path, lambda found: progress.track(found, description="Orders")
        )
    for what, counts in (("orders", orders), ("products", products)):
        console.print(f"{what}: {counts.new} new, {counts.changed} changed, {counts.same} as before")
    for row in bad:
        console.print(f"[yellow]left out[/] {escape(row.file)} line {row.line}: {escape(row.reason)}")
    if bad:
        raise typer.Exit(2)


@app.command()
def index(folder: Path, merchant: MerchantOption = "", config: ConfigOption = None) -> None:
    """Index policies and product texts (Markdown, HTML, PDF, text) with the days they were in force."""
    from rejoinder.setup import index_documents

    with _program(config) as program:
        counts = index_documents(
            program,
            _merchant(program, merchant),
            folder,
            lambda path, what: console.print(f"{escape(path.name)}: {escape(what)}"),
        )
    console.print(", ".join(f"{count} {what}" for what, count in counts.items()))
    if counts["rejected"]:
        raise typer.Exit(2)


@app.command()
def draft(
    mail: Annotated[Path | None, typer.Argument(help="A mail as a file (.eml).")] = None,
    order: Annotated[str, typer.Option("--order", help="Number of an order, where no notice came.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Reason code of the dispute, such as 13.1.")] = "",
    network: Annotated[str, typer.Option(help="visa, mastercard …; that of the order's payment by default.")] = "",
    processor: Annotated[str, typer.Option(help="stripe, adyen …; that of the order's payment by default.")] = "",
    reference: Annotated[str, typer.Option(help="Reference of the dispute, where it is known.")] = "",
    language: Annotated[str, typer.Option(help="en or zh, of the explanation; the merchant's by default.")] = "",
    out: Annotated[Path, typer.Option(help="The PDF to write; the zip is written beside it.")] = Path("packet.pdf"),
    keep: Annotated[bool, typer.Option("--keep", help="Open a case for it, to be reviewed in the desk.")] = False,
    merchant: MerchantOption = "",
    config: ConfigOption = None,
) -> None:
    """Do one mail on the spot, or make the finished file for an order and a reason. Nothing is sent."""
    from agents.dispute.beforehand import Asked
    from rejoinder.draft import show_draft, show_order_draft

    if (mail is None) == (not order) or bool(order) != bool(reason):
        raise typer.BadParameter("name a mail, or an order and a reason (--order and --reason)")
    with _program(config) as program:
        whose = _merchant(program, merchant)
        if mail:
            show_draft(console, program, whose, mail)
            return
        asked = Asked(order_number=order, reason_code=reason, network=network, processor=processor, reference=reference)
        if not show_order_draft(console, program, whose, asked, language=language, out=out, keep_case=keep):
            raise typer.Exit(1)


@app.command()
def packet(
    case: Annotated[int, typer.Argument(help="Number of the case.")],
    out: Annotated[Path, typer.Option(help="Folder to write packet.pdf and packet.zip into.")] = Path("."),
    config: ConfigOption = None,
) -> None:
    """Write the finished file of a case: the letter with its exhibits, and the zip with its manifest."""
    from rejoinder.draft import write_packet

    with _program(config, shared=True) as program:
        if not write_packet(console, program, case, out):
            raise typer.Exit(1)


@app.command()
def verify(path: Annotated[Path, typer.Argument(help="A packet.zip.")]) -> None:
    """Check a packet's zip, offline: nothing changed, missing or added since it was made."""
    from tools.packet.manifest import verify as problems_in

    problems = problems_in(path)
    for problem in problems:
        console.print(f"[red]no[/] {escape(problem)}", soft_wrap=True)
    if problems:
        raise typer.Exit(1)
    console.print(f"[green]ok[/] {escape(path.name)} is as it was made")


@app.command()
def lint() -> None:
    """Look for gaps and contradictions in what is known of reason codes, evidence and processors."""
    from knowledge.lint import problems

    found = problems()
    for problem in found:
        console.print(f"[red]no[/] {escape(problem)}", soft_wrap=True)
    if found:
        raise typer.Exit(1)
    console.print("[green]ok[/] no gap and no contradiction")


@app.command()
def up(config: ConfigOption = None) -> None:
    """Run everything in one process: mailboxes, worker, webhooks and the desk."""
    from rejoinder.processes import polling, web_server, working

    with _program(config) as program, polling(program), working(program):
        console.print(f"The desk is at http://{program.settings.listen_host}:{program.settings.listen_port}")
        web_server(program).run()


@app.command()
def serve(config: ConfigOption = None) -> None:
    """Run the desk and the webhooks only."""
    from rejoinder.processes import web_server

    with _program(config, shared=True) as program:
        web_server(program).run()


@app.command()
def work(config: ConfigOption = None) -> None:
    """Run a worker only; start as many as you need."""
    from rejoinder.processes import working

    with _program(config, shared=True) as program, working(program):
        _wait_for_the_end()


@app.command()
def poll(
    once: Annotated[bool, typer.Option(help="Read what is new and end.")] = False, config: ConfigOption = None
) -> None:
    """Read the mailboxes only."""
    from rejoinder.processes import pollers_of, polling

    with _program(config, shared=True) as program:
        if once:
            for poller in pollers_of(program):
                console.print(f"{poller.account.name}: {poller.read_once()} new")
            return
        with polling(program):
            _wait_for_the_end()


@app.command()
def doctor(config: ConfigOption = None) -> None:
    """Check settings, database, mailboxes, documents and templates, and say what to do."""
    from rejoinder.doctor import examine

    findings = examine(config)
    table = Table("", "What", "Finding")
    for finding in findings:
        table.add_row("[green]ok[/]" if finding.good else "[red]no[/]", finding.what, escape(finding.words))
    console.print(table)
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


def _program(config: Path | None, *, shared: bool = False):  # type: ignore[no-untyped-def] # imports stay lazy
    from rejoinder.config import load_settings
    from rejoinder.wiring import open_program

    _give_memory_back()
    return open_program(load_settings(config), shared=shared)


def _give_memory_back() -> None:
    """Let the threads share two heaps, and large pieces go back at once: glibc's heaps keep what was once needed."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(M_ARENA_MAX, HEAPS)
        mallopt(M_MMAP_THRESHOLD, LARGE)


def _merchant(program: "Program", slug: str) -> "Merchant":
    known = program.merchants
    if not slug and len(known) == 1:
        return next(iter(known.values()))
    if slug not in known:
        names = ", ".join(sorted(known)) or "none"
        raise typer.BadParameter(f"--merchant must be one of: {names}")
    return known[slug]


def _wait_for_the_end() -> None:
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    ended.wait()


if __name__ == "__main__":
    main()
