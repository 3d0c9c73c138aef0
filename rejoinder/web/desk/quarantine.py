"""Mails that no parser reads: listed with what is wrong, and as they came for download."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from rejoinder.errors import NotFound
from rejoinder.web.auth import AppVisitor
from rejoinder.web.context import AppDesk, RowId
from rejoinder.web.pages import download, page

router = APIRouter()

LIMIT = 100


@router.get("/quarantine")
def show_quarantine(request: Request, desk: AppDesk, visitor: AppVisitor) -> Response:
    """Show mails that could not be read, newest first."""
    lines = desk.store.quarantined(visitor.merchant_ids, limit=LIMIT)
    return page(request, "quarantine.html", lines=lines, limit=LIMIT, now=desk.clock())


@router.get("/quarantine/{message_id}.eml")
def download_quarantined(desk: AppDesk, visitor: AppVisitor, message_id: RowId) -> Response:
    """Hand out the mail as it came."""
    message = desk.store.message(message_id)
    unread = message.mail is None and message.event is None
    if message.merchant_id not in visitor.merchant_ids or not unread:
        raise NotFound(f"there is no mail {message_id} in quarantine")
    return download(desk.files.get(message.raw_file), f"quarantined-{message_id}.eml")
