"""The pages of the review desk, one module each."""

from rejoinder.web.desk import (
    asking,
    case,
    cases,
    confirming,
    decisions,
    downloads,
    figures,
    handing_in,
    links,
    login,
    orders,
    packets,
    quarantine,
    reviews,
    terms,
    uploads,
)

ROUTERS = (
    login.router,
    reviews.router,
    cases.router,
    case.router,
    decisions.router,
    confirming.router,
    downloads.router,
    packets.router,
    handing_in.router,
    orders.router,
    uploads.router,
    asking.router,
    links.router,
    terms.router,
    figures.router,
    quarantine.router,
)
