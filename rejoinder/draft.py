"""One mail on the spot: what it is, what was found, what would be answered, and where that would go."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from rejoinder.domain.cases import Merchant
from rejoinder.errors import ImportRejected
from rejoinder.storage.pages import CasePage
from rejoinder.wiring import Program


def show_draft(console: Console, program: Program, merchant: Merchant, path: Path) -> None:
    """Take a mail file through the graph and print the result; it becomes a case like any other, waiting for review.

    Raises:
        ImportRejected: there is no such file, or it cannot be read as a mail.
    """
    if not path.is_file():
        raise ImportRejected(f"there is no file {str(path)!r}")
    own = [mailbox.name for given, mailbox in program.settings.mailboxes if given.slug == merchant.slug]
    mailbox = own[0] if own else "draft"
    accepted = program.intake.accept_mail(merchant.merchant_id, mailbox, path.read_bytes(), program.clock())
    if accepted is None:
        raise ImportRejected(f"{path.name!r} cannot be read as a mail within the limits; it was put into quarantine")
    if accepted.new:
        program.worker.advance(accepted.run_id)
    print_page(console, program.store.case_page(accepted.case_id, [merchant.merchant_id]))


def print_page(console: Console, page: CasePage) -> None:
    """Print a case: reading, order, evidence, draft, route."""
    _print_reading(console, page)
    _print_evidence(console, page)
    if page.draft:
        body = "\n\n".join(
            "\n".join(_marked(s.text, s.citations) for s in paragraph) for paragraph in page.draft.paragraphs
        )
        console.print(Panel(body, title=escape(page.draft.subject), title_align="left"))
    for problem in page.problems:
        console.print(f"[yellow]{problem.code}[/] {escape(problem.detail)}")
    _print_route(console, page)


def _print_route(console: Console, page: CasePage) -> None:
    if page.route:
        console.print(f"[bold]Goes to: {page.route.target}[/]")
        for reason in page.route.reasons:
            console.print(f"  because: {escape(reason.text)}")
        for wish in page.route.automatic_if:
            console.print(f"  automatic with: {escape(wish)}", style="dim")
    elif page.set_aside:
        console.print(f"[bold]Set aside[/]: {escape(page.set_aside)}")


def _print_evidence(console: Console, page: CasePage) -> None:
    table = Table("Evidence", "Says", title="What was found", title_justify="left")
    for item in page.evidence:
        says = ", ".join(f"{name}: {value}" for name, value in list(item.fields.items())[:6])
        table.add_row(escape(item.evidence_id), escape(says))
    for passage in page.passages:
        table.add_row(escape(passage.title), escape(passage.text[:160].replace("\n", " ")))
    if table.row_count:
        console.print(table)


def _print_reading(console: Console, page: CasePage) -> None:
    if page.reconciled is None:
        return
    reading = page.reconciled.reading
    table = Table("Read", "Value", "Sure", title=f"It is: {reading.kind}", title_justify="left")
    table.add_row("language", reading.language, "")
    if reading.notice_source or reading.notice_type:
        table.add_row("notice", f"{reading.notice_source} {reading.notice_type}", "")
    for intent in reading.intents[:3]:
        table.add_row("intent", intent.intent, f"{intent.score:.2f}")
    for name, value in reading.fields.items():
        table.add_row(name, escape(value.value), f"{value.score:.2f}")
    for match in page.matches[:3]:
        table.add_row(
            "order", f"{escape(match.order_number)}: {escape('; '.join(match.reasons))}", f"{match.score:.2f}"
        )
    if reading.flags:
        table.add_row("flags", ", ".join(reading.flags), "")
    console.print(table)


def _marked(text: str, citations: tuple[str, ...]) -> str:
    cited = f" [dim]\\[{', '.join(escape(c) for c in citations)}][/]" if citations else ""
    return f"{escape(text)}{cited}"
