"""The demo's dispute: a notice in Chinese, what it means in Chinese, and the finished file in English."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from agents import evidence as ev
from agents.dispute.explanation import explanation_context, write_explanation
from rejoinder.domain.cases import Merchant
from rejoinder.domain.drafts import Sentence
from rejoinder.packets import finished
from rejoinder.storage.pages import CasePage
from rejoinder.wiring import Program
from tools.packet.manifest import verify

LANGUAGE = "zh"


def show_dispute(console: Console, program: Program, merchant: Merchant, folder: Path) -> None:
    """Explain the dispute whose notice came in Chinese, and put its finished file into the folder."""
    page = _in_chinese(program, merchant)
    if page is None:
        return
    console.print(Panel(escape(_explained(program, merchant, page)), title=f"Case {page.case.case_id}, in Chinese"))
    made = finished(program.store, program.files, page.case.case_id, made_at=program.clock())
    for problem in made.problems:
        console.print(f"[yellow]{problem.code}[/] {escape(problem.detail)}")
    if not made.is_made:
        return
    folder.mkdir(parents=True, exist_ok=True)
    pdf, archive = (folder / f"case-{page.case.case_id}.{ending}" for ending in ("pdf", "zip"))
    pdf.write_bytes(program.files.get(made.pdf_hash))
    archive.write_bytes(program.files.get(made.zip_hash))
    checked = verify(archive)
    console.print(
        f"The finished file in English: {made.pages} pages, {made.exhibits} exhibits, {made.size / 1000:.0f} kB.\n"
        f"  {pdf}\n  {archive} ({'; '.join(checked) or 'every hash in it is right'})"
    )


def _in_chinese(program: Program, merchant: Merchant) -> CasePage | None:
    for line in program.store.list_cases([merchant.merchant_id]):
        page = program.store.case_page(line.case_id, [merchant.merchant_id])
        read = page.reconciled.reading.language if page.reconciled else ""
        if page.dispute and page.dispute.stage == "first" and page.draft and read == LANGUAGE:
            return page
    return None


def _explained(program: Program, merchant: Merchant, page: CasePage) -> str:
    judgement = program.store.judgement(page.case.case_id)
    if page.dispute is None or judgement is None:
        return ""
    order = program.store.order(merchant.merchant_id, page.case.order_number)
    context = explanation_context(merchant, page.dispute, judgement, LANGUAGE, order)
    rendered = write_explanation(context, ev.aliases(list(page.evidence), list(page.passages)), LANGUAGE)
    return "\n".join([rendered.subject, "", *(_line(paragraph) for paragraph in rendered.paragraphs)])


def _line(paragraph: Sequence[Sentence]) -> str:
    text = "".join(sentence.text for sentence in paragraph)
    return f"\n{text.removeprefix('## ')}" if text.startswith("## ") else text
