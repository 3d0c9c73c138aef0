"""Files that reviewers give as evidence, and the letter written again with them."""

from typing import Annotated

from fastapi import APIRouter, File, Form, HTTPException, UploadFile
from starlette.responses import Response

from knowledge.reason_codes import evidence_titles, required_evidence
from prompts.exhibits import exhibit_title
from rejoinder.domain.cases import Dispute
from rejoinder.errors import BadInput, Conflict, NotFound
from rejoinder.uploads import MAX_BYTES, take_file
from rejoinder.web.auth import AppVisitor, FormVisitor
from rejoinder.web.context import AppDesk, RowId
from rejoinder.web.pages import download, see_other

router = APIRouter()


def kinds_for(dispute: Dispute, language: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return what a file may show, with its title: what the reason asks for, then everything else."""
    asked = required_evidence(dispute.network, dispute.reason_code, dispute.category)
    others = sorted(set(evidence_titles()) - set(asked), key=lambda kind: exhibit_title(kind, language))
    return [(kind, exhibit_title(kind, language)) for kind in asked], [
        (kind, exhibit_title(kind, language)) for kind in others
    ]


@router.post("/cases/{case_id}/evidence")
def give(
    desk: AppDesk,
    visitor: FormVisitor,
    case_id: RowId,
    file: Annotated[UploadFile, File()],
    kind: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Keep a file as evidence of the case."""
    shown = desk.store.case_page(case_id, visitor.merchant_ids)
    if shown.dispute is None:
        raise NotFound(f"case {case_id} is no dispute")
    content = file.file.read(MAX_BYTES + 1)
    name, media_type = file.filename or "", file.content_type or ""
    source = f"upload:{visitor.login}"
    try:
        given = take_file(desk.files, content, name, media_type, kind=kind, source=source, at=desk.clock())
    except BadInput as problem:
        raise HTTPException(422, str(problem)) from problem
    desk.store.add_upload(case_id, given, visitor.login)
    return see_other(f"/cases/{case_id}?done=given#file")


@router.get("/cases/{case_id}/evidence/{evidence_id}")
def download_given(desk: AppDesk, visitor: AppVisitor, case_id: RowId, evidence_id: str) -> Response:
    """Hand out a file that was given, as it is stored."""
    shown = desk.store.case_page(case_id, visitor.merchant_ids)
    found = next((item for item in shown.evidence if item.evidence_id == evidence_id and item.file_hash), None)
    if found is None:
        raise NotFound(f"case {case_id} has no file {evidence_id!r}")
    return download(desk.files.get(found.file_hash), found.fields.get("file_name", "file"))


@router.post("/cases/{case_id}/evidence/{evidence_id}/remove")
def remove(desk: AppDesk, visitor: FormVisitor, case_id: RowId, evidence_id: str) -> Response:
    """Take a file out of the evidence."""
    desk.store.case_page(case_id, visitor.merchant_ids)
    desk.store.remove_upload(case_id, evidence_id, visitor.login)
    return see_other(f"/cases/{case_id}?done=removed#file")


@router.post("/cases/{case_id}/runs/{run_id}/redraft")
def redraft(desk: AppDesk, visitor: FormVisitor, case_id: RowId, run_id: RowId) -> Response:
    """Gather the records and write the letter again; the draft on the page is withdrawn."""
    run = desk.store.case_page(case_id, visitor.merchant_ids).shown_run
    if run is None or run.run_id != run_id:
        raise Conflict("something newer came in for this case; look at it again")
    desk.store.redraft(run_id, visitor.login)
    return see_other(f"/cases/{case_id}?done=redrafted")
