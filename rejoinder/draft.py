"""Work on the spot: one mail with its draft, one order with its finished file, one case with its packet."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from agents.dispute.beforehand import Asked
from rejoinder.beforehand import keep, prepare
from rejoinder.domain.cases import Merchant
from rejoinder.domain.drafts import Problem
from rejoinder.errors import ImportRejected
from rejoinder.packets import finished
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


def show_order_draft(
    console: Console, program: Program, merchant: Merchant, asked: Asked, *, language: str, out: Path, keep_case: bool
) -> bool:
    """Print what a dispute of this order and reason means and what is missing, and write the finished file.

    Returns:
        Whether there is a file; what stands against it is printed.
    """
    found = prepare(program.store, program.files, program.deps, merchant, asked, language=language)
    body = "\n\n".join("\n".join(s.text for s in paragraph) for paragraph in found.explanation.paragraphs)
    console.print(Panel(Markdown(body), title=escape(found.explanation.subject), title_align="left"))
    for sentence in found.missing:
        console.print(f"[yellow]missing[/] {escape(sentence)}", soft_wrap=True)
    _print_problems(console, found.problems)
    if keep_case:
        kept = keep(program.store, merchant, asked, actor="command line", now=program.clock())
        program.worker.advance(kept.run_id)
        console.print(f"case {kept.case_id} waits for a review in the desk")
    if found.packet is None:
        return False
    _write(console, out, found.packet.pdf, found.packet.archive)
    return True


def write_packet(console: Console, program: Program, case_id: int, folder: Path) -> bool:
    """Write the finished file of a case into a folder.

    Returns:
        Whether there is one; what stands against it is printed.
    """
    made = finished(program.store, program.files, case_id, made_at=program.clock())
    _print_problems(console, made.problems)
    if not made.is_made:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    _write(console, folder / "packet.pdf", program.files.get(made.pdf_hash), program.files.get(made.zip_hash))
    program.store.note_download(case_id, "command line")
    return True


def _write(console: Console, path: Path, pdf: bytes, archive: bytes) -> None:
    for target, content in ((path, pdf), (path.with_suffix(".zip"), archive)):
        target.write_bytes(content)
        console.print(f"wrote {escape(str(target))}, {len(content):,} bytes")


def _print_problems(console: Console, problems: Sequence[Problem]) -> None:
    for problem in problems:
        colour = "red" if problem.blocking else "yellow"
        console.print(f"[{colour}]{problem.code}[/] {escape(problem.detail)}", soft_wrap=True)


def print_page(console: Console, page: CasePage) -> None:
    """Print a case: reading, order, evidence, draft, route."""
    _print_reading(console, page)
    _print_evidence(console, page)
    if page.draft:
        body = "\n\n".join(
            "\n".join(_marked(s.text, s.citations) for s in paragraph) for paragraph in page.draft.paragraphs
        )
        console.print(Panel(body, title=escape(page.draft.subject), title_align="left"))
    _print_problems(console, page.problems)
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
