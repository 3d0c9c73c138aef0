"""Mails that no parser reads: listed with what is wrong, and as they came for download."""

from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from rejoinder.errors import NotFound
from rejoinder.web.auth import AppVisitor
from rejoinder.web.context import After, AppDesk, RowId
from rejoinder.web.desk.paging import paged
from rejoinder.web.pages import download, page

router = APIRouter()


@router.get("/quarantine")
def show_quarantine(request: Request, desk: AppDesk, visitor: AppVisitor, after: After = 0) -> Response:
    """Show mails that could not be read, newest first, from behind the last one seen."""
    listed = partial(desk.store.quarantined, visitor.merchant_ids)
    return page(request, "quarantine.html", **paged(listed, after, lambda line: line.message_id), now=desk.clock())


@router.get("/quarantine/{message_id}.eml")
def download_quarantined(desk: AppDesk, visitor: AppVisitor, message_id: RowId) -> Response:
    """Hand out the mail as it came."""
    message = desk.store.message(message_id)
    unread = message.mail is None and message.event is None
    if message.merchant_id not in visitor.merchant_ids or not unread:
        raise NotFound(f"there is no mail {message_id} in quarantine")
    return download(desk.files.get(message.raw_file), f"quarantined-{message_id}.eml")
