"""All cases and what became of them."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from rejoinder.web.auth import AppVisitor
from rejoinder.web.context import After, AppDesk
from rejoinder.web.desk.titles import intent_title
from rejoinder.web.pages import page

router = APIRouter()

LIMIT = 50
STATUSES = ("new", "working", "in_review", "sending", "answered", "closed", "failed")


@router.get("/cases")
def show_cases(request: Request, desk: AppDesk, visitor: AppVisitor, status: str = "", after: After = 0) -> Response:
    """Show cases, newest first, from behind the last one seen; those of one status when asked."""
    chosen = status if status in STATUSES else ""
    lines = desk.store.list_cases(visitor.merchant_ids, status=chosen, limit=LIMIT + 1, after=after)
    return page(
        request,
        "cases.html",
        lines=lines[:LIMIT],
        more=lines[LIMIT - 1].case_id if len(lines) > LIMIT else 0,
        after=after,
        counts=desk.store.count_cases(visitor.merchant_ids),
        statuses=STATUSES,
        chosen=chosen,
        now=desk.clock(),
        intent_title=intent_title,
    )
