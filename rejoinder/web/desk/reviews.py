"""The front page: what waits for a person, the most urgent first."""

from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from rejoinder.web.auth import AppVisitor
from rejoinder.web.context import After, AppDesk
from rejoinder.web.desk.paging import paged
from rejoinder.web.desk.titles import intent_title
from rejoinder.web.pages import page
from rejoinder.web.words import zone_of

router = APIRouter()


@router.get("/")
def show_reviews(request: Request, desk: AppDesk, visitor: AppVisitor, after: After = 0) -> Response:
    """Show open reviews by deadline, from behind the last one seen."""
    merchants = desk.merchants(visitor.merchant_ids)
    listed = partial(desk.store.list_reviews, visitor.merchant_ids)
    return page(
        request,
        "reviews.html",
        **paged(listed, after, lambda line: line.review_id),
        counts=desk.store.count_cases(visitor.merchant_ids),
        merchants=merchants,
        zones={merchant_id: zone_of(one.timezone) for merchant_id, one in merchants.items()},
        now=desk.clock(),
        intent_title=intent_title,
    )
