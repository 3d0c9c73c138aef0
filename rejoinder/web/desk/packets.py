"""The finished file of a case: its letter with all exhibits as one PDF, and as a zip with what it was made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from agents.dispute.exhibits import gathered
from agents.dispute.nodes import letter_of, load_scene
from agents.state import CaseState
from knowledge.rails import rail
from prompts.render import Rendered
from rejoinder.domain.drafts import Draft, Sentence
from rejoinder.domain.evidence import Evidence
from rejoinder.domain.limits import FileLimits
from rejoinder.domain.packet import MadePacket
from rejoinder.errors import NotFound, TemplateError
from rejoinder.packets import finished, last_made, limits_of
from rejoinder.storage.packets import UPLOAD
from rejoinder.storage.pages import CasePage
from rejoinder.web.auth import AppVisitor, FormVisitor, Visitor
from rejoinder.web.context import AppDesk, Desk, RowId
from rejoinder.web.pages import download, page, see_other

router = APIRouter()

Form = Literal["pdf", "zip"]
CHINESE = "zh"


@dataclass(frozen=True, kw_only=True)
class FileView:
    """What the case's page shows of the finished file. `made` is None before it was made of what the case holds now.

    `uploads` are the files that were given; `not_in_letter` are those that the letter does not speak of yet.
    """

    made: MadePacket | None
    rail: str
    limits: FileLimits
    uploads: Sequence[Evidence]
    not_in_letter: frozenset[str]


def file_view(desk: Desk, shown: CasePage) -> FileView | None:
    """Return what is known of the finished file; None for a case without a letter."""
    if shown.dispute is None or shown.draft is None or shown.draft.kind != "letter":
        return None
    uploads = sorted(
        (item for item in shown.evidence if item.evidence_id.startswith(UPLOAD)), key=lambda item: item.captured_at
    )
    now = desk.clock()
    return FileView(
        made=last_made(desk.store, desk.files, shown, now=now),
        rail=rail(shown.dispute.processor).title,
        limits=limits_of(shown.dispute, now),
        uploads=uploads,
        not_in_letter=_not_in_letter(shown),
    )


def _not_in_letter(shown: CasePage) -> frozenset[str]:
    """Return the ids of the files that were given since the letter was written."""
    sentences = shown.draft.sentences if shown.draft else ()
    cited = {citation for sentence in sentences for citation in sentence.citations}
    return frozenset(item.evidence_id for item in shown.evidence if item.evidence_id.startswith(UPLOAD)) - cited


@router.get("/cases/{case_id}/packet.pdf")
def download_pdf(desk: AppDesk, visitor: AppVisitor, case_id: RowId) -> Response:
    """Hand out the finished file; it is made at the first download."""
    return _hand_out(desk, visitor, case_id, "pdf")


@router.get("/cases/{case_id}/packet.zip")
def download_zip(desk: AppDesk, visitor: AppVisitor, case_id: RowId) -> Response:
    """Hand out the finished file with its manifest and the originals of its exhibits."""
    return _hand_out(desk, visitor, case_id, "zip")


@router.post("/cases/{case_id}/packet")
def make(desk: AppDesk, visitor: FormVisitor, case_id: RowId) -> Response:
    """Make the finished file, again if it was made before, and show what came of it."""
    desk.store.case_page(case_id, visitor.merchant_ids)
    finished(desk.store, desk.files, case_id, made_at=desk.clock(), again=True)
    return see_other(f"/cases/{case_id}#file")


@router.get("/cases/{case_id}/letter")
def show_letter(request: Request, desk: AppDesk, visitor: AppVisitor, case_id: RowId) -> Response:
    """Show the letter with the same letter in Chinese beside it, for reading."""
    shown = desk.store.case_page(case_id, visitor.merchant_ids)
    if shown.draft is None or shown.draft.kind != "letter":
        raise NotFound(f"case {case_id} has no letter")
    read = letter_in(desk, shown, CHINESE)
    return page(
        request,
        "letter.html",
        case=shown.case,
        subject=shown.draft.subject,
        read_subject=read.subject if read else "",
        rows=side_by_side(shown.draft, read),
        translated=read is not None,
        edited=any(sentence.origin == "reviewer" for sentence in shown.draft.sentences),
    )


def letter_in(desk: Desk, shown: CasePage, language: str) -> Rendered | None:
    """Return the letter as the program writes it in another language; None where it cannot be written (any more)."""
    run = shown.shown_run
    if run is None or desk.store.judgement(shown.case.case_id) is None:
        return None
    scene = load_scene(CaseState(run_id=run.run_id, case_id=shown.case.case_id), desk.deps)
    added = _not_in_letter(shown)
    evidence = [item for item in gathered(shown.evidence, scene.order) if item.evidence_id not in added]
    try:
        return letter_of(scene, desk.deps, evidence, list(shown.passages), language)
    except TemplateError:
        return None


Paragraph = tuple[Sentence, ...]


def side_by_side(letter: Draft, read: Rendered | None) -> list[tuple[Paragraph, Paragraph]]:
    """Return the paragraphs in pairs; those of one language without a counterpart stand alone."""
    return list(zip_longest(letter.paragraphs, read.paragraphs if read else (), fillvalue=()))


def _hand_out(desk: Desk, visitor: Visitor, case_id: int, form: Form) -> Response:
    desk.store.case_page(case_id, visitor.merchant_ids)
    return hand_out(desk, case_id, form, visitor.login) or see_other(f"/cases/{case_id}#file")


def hand_out(desk: Desk, case_id: int, form: Form, actor: str) -> Response | None:
    """Return the finished file to be saved, and note who took it; None when it could not be made."""
    made = finished(desk.store, desk.files, case_id, made_at=desk.clock())
    if not made.is_made:
        return None
    desk.store.note_download(case_id, actor)
    content = desk.files.get(made.pdf_hash if form == "pdf" else made.zip_hash)
    return download(content, f"packet-case-{case_id}.{form}")
