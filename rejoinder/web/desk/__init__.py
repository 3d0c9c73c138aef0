"""The pages of the review desk, one module each."""

from rejoinder.web.desk import case, cases, confirming, decisions, downloads, figures, login, quarantine, reviews, terms

ROUTERS = (
    login.router,
    reviews.router,
    cases.router,
    case.router,
    decisions.router,
    confirming.router,
    downloads.router,
    terms.router,
    figures.router,
    quarantine.router,
)
