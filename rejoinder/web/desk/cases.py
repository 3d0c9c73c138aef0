"""All cases and what became of them."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from rejoinder.web.auth import AppVisitor
from rejoinder.web.context import AppDesk
from rejoinder.web.desk.titles import intent_title
from rejoinder.web.pages import page

router = APIRouter()

LIMIT = 200
STATUSES = ("new", "working", "in_review", "sending", "answered", "closed", "failed")


@router.get("/cases")
def show_cases(request: Request, desk: AppDesk, visitor: AppVisitor, status: str = "") -> Response:
    """Show cases, newest first; those of one status when asked."""
    chosen = status if status in STATUSES else ""
    return page(
        request,
        "cases.html",
        lines=desk.store.list_cases(visitor.merchant_ids, status=chosen, limit=LIMIT),
        limit=LIMIT,
        counts=desk.store.count_cases(visitor.merchant_ids),
        statuses=STATUSES,
        chosen=chosen,
        now=desk.clock(),
        intent_title=intent_title,
    )
