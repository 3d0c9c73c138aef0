"""The front page: what waits for a person, the most urgent first."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from rejoinder.web.auth import AppVisitor
from rejoinder.web.context import AppDesk
from rejoinder.web.desk.titles import intent_title
from rejoinder.web.pages import page
from rejoinder.web.words import zone_of

router = APIRouter()

LIMIT = 200


@router.get("/")
def show_reviews(request: Request, desk: AppDesk, visitor: AppVisitor) -> Response:
    """Show open reviews by deadline."""
    merchants = desk.merchants(visitor.merchant_ids)
    return page(
        request,
        "reviews.html",
        lines=desk.store.list_reviews(visitor.merchant_ids, limit=LIMIT),
        limit=LIMIT,
        counts=desk.store.count_cases(visitor.merchant_ids),
        merchants=merchants,
        zones={merchant_id: zone_of(one.timezone) for merchant_id, one in merchants.items()},
        now=desk.clock(),
        intent_title=intent_title,
    )
