"""All cases and what became of them."""

from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from rejoinder.storage.pages import TO_HAND_IN
from rejoinder.web.auth import AppVisitor, Visitor
from rejoinder.web.context import After, AppDesk, Desk
from rejoinder.web.desk.paging import paged
from rejoinder.web.desk.titles import intent_title, processor_title
from rejoinder.web.pages import page
from rejoinder.web.words import zone_of

router = APIRouter()

STATUSES = ("new", "working", "in_review", TO_HAND_IN, "sending", "answered", "closed", "failed")


@router.get("/cases")
def show_cases(request: Request, desk: AppDesk, visitor: AppVisitor, status: str = "", after: After = 0) -> Response:
    """Show cases, newest first, from behind the last one seen; those of one status when asked."""
    chosen = status if status in STATUSES else ""
    if chosen == TO_HAND_IN:
        return _show_to_hand_in(request, desk, visitor, after)
    listed = partial(desk.store.list_cases, visitor.merchant_ids, status=chosen)
    return page(
        request,
        "cases.html",
        **paged(listed, after, lambda line: line.case_id),
        counts=desk.store.count_cases(visitor.merchant_ids),
        statuses=STATUSES,
        chosen=chosen,
        now=desk.clock(),
        intent_title=intent_title,
    )


def _show_to_hand_in(request: Request, desk: Desk, visitor: Visitor, after: int) -> Response:
    """Show approved answers that nobody handed in yet, the nearest deadline first."""
    merchants = desk.merchants(visitor.merchant_ids)
    listed = partial(desk.store.list_to_hand_in, visitor.merchant_ids)
    return page(
        request,
        "to_hand_in.html",
        **paged(listed, after, lambda line: line.case_id),
        counts=desk.store.count_cases(visitor.merchant_ids),
        statuses=STATUSES,
        chosen=TO_HAND_IN,
        merchants=merchants,
        zones={merchant_id: zone_of(one.timezone) for merchant_id, one in merchants.items()},
        processor=processor_title,
        now=desk.clock(),
    )
