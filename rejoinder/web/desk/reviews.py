"""The front page: what waits for a person, the most urgent first."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from rejoinder.web.auth import AppVisitor
from rejoinder.web.context import After, AppDesk
from rejoinder.web.desk.titles import intent_title
from rejoinder.web.pages import page
from rejoinder.web.words import zone_of

router = APIRouter()

LIMIT = 50


@router.get("/")
def show_reviews(request: Request, desk: AppDesk, visitor: AppVisitor, after: After = 0) -> Response:
    """Show open reviews by deadline, from behind the last one seen."""
    merchants = desk.merchants(visitor.merchant_ids)
    lines = desk.store.list_reviews(visitor.merchant_ids, limit=LIMIT + 1, after=after)
    return page(
        request,
        "reviews.html",
        lines=lines[:LIMIT],
        more=lines[LIMIT - 1].review_id if len(lines) > LIMIT else 0,
        after=after,
        counts=desk.store.count_cases(visitor.merchant_ids),
        merchants=merchants,
        zones={merchant_id: zone_of(one.timezone) for merchant_id, one in merchants.items()},
        now=desk.clock(),
        intent_title=intent_title,
    )
