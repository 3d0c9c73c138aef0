"""What a reviewer may do with a case. Every form leads back to the case's page."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import Response

from rejoinder.domain.drafts import blocking
from rejoinder.domain.review import Verdict
from rejoinder.errors import BadInput, Conflict, NotFound
from rejoinder.web.auth import FormVisitor, Visitor
from rejoinder.web.context import AppDesk, Desk, RowId
from rejoinder.web.desk.case import EditForm, case_response
from rejoinder.web.desk.editing import MAX_TEXT, edited_draft, refuse_cards
from rejoinder.web.desk.file_check import against_file, word_on
from rejoinder.web.desk.rechecking import digest_of, unbacked
from rejoinder.web.pages import see_other, visible

router = APIRouter()

MAX_REASON = 2000
AGAINST_FILE = "Nothing was approved yet: look at what stands against the finished file."
UNBACKED = "Nothing was sent yet: look at what your own sentences state."

Version = Annotated[int, Form(ge=1, le=2**31 - 1)]
Reason = Annotated[str, Form(max_length=MAX_REASON)]


@router.post("/cases/{case_id}/reviews/{review_id}/approve")
def approve(
    request: Request,
    desk: AppDesk,
    visitor: FormVisitor,
    case_id: RowId,
    review_id: RowId,
    version: Version,
    draft_id: Annotated[int, Form()],
    looked: Annotated[str, Form()] = "",
    file_looked: Annotated[str, Form()] = "",
) -> Response:
    """Approve exactly the draft that was on the page; problems of it, or of its file, need the reviewer's word."""
    _own(desk, visitor, case_id, review_id)
    if desk.store.review(review_id).draft_id != draft_id:
        raise Conflict("this draft is no longer the one to decide on; look at the new one")
    if not looked and blocking(desk.store.problems(draft_id)):
        raise HTTPException(422, "The draft has problems. Edit it, or tick that you checked what is marked.")
    against = against_file(desk, desk.store.case_page(case_id, visitor.merchant_ids))
    if against and file_looked != word_on(against):
        return case_response(request, desk, visitor, case_id, file_refused=True)
    desk.store.decide(review_id, version, "approve", reviewer=visitor.login)
    if against:
        desk.store.note_file_confirmed(case_id, visitor.login, against)
    return _back(case_id, "approve")


@router.post("/cases/{case_id}/reviews/{review_id}/edit")
def edit(
    request: Request,
    desk: AppDesk,
    visitor: FormVisitor,
    case_id: RowId,
    review_id: RowId,
    version: Version,
    subject: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    reason: Reason = "",
    looked: Annotated[str, Form()] = "",
    file_looked: Annotated[str, Form()] = "",
) -> Response:
    """Approve the reviewer's own text; what nothing bears out needs a second word, for exactly these words.

    So does what stands against the file that they would lead to.
    """
    _own(desk, visitor, case_id, review_id)
    request.state.typed = text[:MAX_TEXT]
    draft_id = desk.store.review(review_id).draft_id
    if draft_id is None:
        raise NotFound(f"review {review_id} has no draft to edit")
    draft = desk.store.draft(draft_id)
    typed = EditForm(subject=subject, text=text[:MAX_TEXT], reason=reason)
    try:
        edited = edited_draft(draft, subject, text)
        refuse_cards(reason)
    except BadInput as problem:
        return case_response(request, desk, visitor, case_id, refused=replace(typed, problem=str(problem)))
    shown = desk.store.case_page(case_id, visitor.merchant_ids)
    found = unbacked(edited, draft, shown, desk.store.merchant(shown.case.merchant_id))
    against = against_file(desk, shown, edited)
    if found and looked != digest_of(edited):
        asked = replace(typed, problem=UNBACKED, unbacked=found, confirms=digest_of(edited), against=against)
        return case_response(request, desk, visitor, case_id, refused=asked)
    if against and file_looked != word_on(against):
        confirmed = digest_of(edited) if found else ""
        asked = replace(typed, problem=AGAINST_FILE, unbacked=found, confirms=confirmed, against=against)
        return case_response(request, desk, visitor, case_id, refused=asked)
    why = visible(reason)
    desk.store.decide(review_id, version, "edit", reviewer=visitor.login, reason=why, edited=edited)
    if against:
        desk.store.note_file_confirmed(case_id, visitor.login, against)
    return _back(case_id, "edit")


@router.post("/cases/{case_id}/reviews/{review_id}/save")
def save(
    request: Request,
    desk: AppDesk,
    visitor: FormVisitor,
    case_id: RowId,
    review_id: RowId,
    version: Version,
    subject: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
) -> Response:
    """Keep the reviewer's text on the server without sending it."""
    _own(desk, visitor, case_id, review_id)
    kept = text[:MAX_TEXT].replace("\0", "").replace("\r\n", "\n")
    request.state.typed = kept
    try:
        refuse_cards(subject, kept)
    except BadInput as problem:
        refused = EditForm(subject=subject, text=kept, problem=str(problem))
        return case_response(request, desk, visitor, case_id, refused=refused)
    desk.store.save_edit(review_id, version, kept, visitor.login, visible(subject))
    return _back(case_id, "saved")


@router.post("/cases/{case_id}/reviews/{review_id}/reject")
def reject(
    desk: AppDesk, visitor: FormVisitor, case_id: RowId, review_id: RowId, version: Version, reason: Reason
) -> Response:
    """Let nothing be sent, and say why."""
    return _refuse(desk, visitor, case_id, review_id, version, "reject", reason)


@router.post("/cases/{case_id}/reviews/{review_id}/escalate")
def escalate(
    desk: AppDesk, visitor: FormVisitor, case_id: RowId, review_id: RowId, version: Version, reason: Reason
) -> Response:
    """Take the case out of the queue for somebody who answers it outside, and say why."""
    return _refuse(desk, visitor, case_id, review_id, version, "escalate", reason)


@router.post("/cases/{case_id}/runs/{run_id}/retry")
def retry(desk: AppDesk, visitor: FormVisitor, case_id: RowId, run_id: RowId) -> Response:
    """Try a failed run again from where it stopped."""
    run = desk.store.case_page(case_id, visitor.merchant_ids).run
    if run is None or run.run_id != run_id:
        raise Conflict("something newer came in for this case; look at it again")
    desk.store.retry_run(run_id, visitor.login)
    return _back(case_id, "retry")


@router.post("/cases/{case_id}/deliveries/{delivery_id}/take-back")
def take_back(desk: AppDesk, visitor: FormVisitor, case_id: RowId, delivery_id: RowId) -> Response:
    """Take an answer back that has not left yet."""
    deliveries = desk.store.case_page(case_id, visitor.merchant_ids).deliveries
    if all(one.delivery_id != delivery_id for one in deliveries):
        raise NotFound(f"there is no delivery {delivery_id}")
    desk.store.take_back(delivery_id, visitor.login)
    return _back(case_id, "taken_back")


@router.post("/cases/{case_id}/deliveries/{delivery_id}/settle")
def settle(
    desk: AppDesk,
    visitor: FormVisitor,
    case_id: RowId,
    delivery_id: RowId,
    arrived: Annotated[Literal["yes", "no"], Form()],
) -> Response:
    """Record whether an uncertain answer arrived; one that did not goes back to review."""
    deliveries = desk.store.case_page(case_id, visitor.merchant_ids).deliveries
    if all(one.delivery_id != delivery_id for one in deliveries):
        raise NotFound(f"there is no delivery {delivery_id}")
    desk.store.settle_uncertain(delivery_id, arrived=arrived == "yes", actor=visitor.login)
    return _back(case_id, "arrived" if arrived == "yes" else "not_arrived")


def _refuse(
    desk: Desk, visitor: Visitor, case_id: int, review_id: int, version: int, verdict: Verdict, reason: str
) -> Response:
    _own(desk, visitor, case_id, review_id)
    why = visible(reason)
    if not why:
        raise HTTPException(422, "Say why: the reason is kept with the case. Go back and add it.")
    try:
        refuse_cards(why)
    except BadInput as problem:
        raise HTTPException(422, str(problem)) from problem
    desk.store.decide(review_id, version, verdict, reviewer=visitor.login, reason=why)
    return _back(case_id, verdict)


def _own(desk: Desk, visitor: Visitor, case_id: int, review_id: int) -> None:
    if desk.store.case_of_review(review_id, visitor.merchant_ids) != case_id:
        raise NotFound(f"case {case_id} has no review {review_id}")


def _back(case_id: int, done: str) -> Response:
    return see_other(f"/cases/{case_id}?done={done}")
