"""Mails as they came and their attachments, for download only."""

from fastapi import APIRouter
from starlette.responses import Response

from rejoinder.domain.cases import StoredMessage
from rejoinder.errors import NotFound
from rejoinder.web.auth import AppVisitor, Visitor
from rejoinder.web.context import AppDesk, Desk, RowId
from rejoinder.web.desk.mail_view import all_attachments
from rejoinder.web.pages import download

router = APIRouter()


@router.get("/cases/{case_id}/messages/{message_id}.eml")
def download_mail(desk: AppDesk, visitor: AppVisitor, case_id: RowId, message_id: RowId) -> Response:
    """Hand out a mail as it came."""
    message = _message(desk, visitor, case_id, message_id)
    return download(desk.files.get(message.raw_file), f"case-{case_id}-message-{message_id}.eml")


@router.get("/cases/{case_id}/messages/{message_id}/files/{number}")
def download_attachment(desk: AppDesk, visitor: AppVisitor, case_id: RowId, message_id: RowId, number: int) -> Response:
    """Hand out an attachment; numbers start at 0."""
    message = _message(desk, visitor, case_id, message_id)
    found = all_attachments(message.mail) if message.mail else ()
    if not 0 <= number < len(found):
        raise NotFound(f"message {message_id} has no file {number}")
    return download(desk.files.get(found[number].file_hash), found[number].filename)


def _message(desk: Desk, visitor: Visitor, case_id: int, message_id: int) -> StoredMessage:
    messages = desk.store.case_page(case_id, visitor.merchant_ids).messages
    found = next((one for one in messages if one.message_id == message_id), None)
    if found is None or found.mail is None:
        raise NotFound(f"case {case_id} has no mail {message_id}")
    return found
