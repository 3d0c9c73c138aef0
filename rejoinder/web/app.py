"""The web application: the desk, the webhooks, and pages for what goes wrong."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from urllib.parse import quote

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from rejoinder.errors import Conflict, NotFound, ProviderUnavailable
from rejoinder.web.auth import LoginNeededError
from rejoinder.web.context import AppDesk, Desk
from rejoinder.web.desk import ROUTERS
from rejoinder.web.desk.login import login_form
from rejoinder.web.guard import HEADERS, Guard
from rejoinder.web.kept import form_of
from rejoinder.web.pages import page, see_other
from rejoinder.web.throttle import Throttle

logger = structlog.get_logger(__name__)

STATIC = Path(__file__).parent / "static"
TITLES = {
    403: "Not allowed",
    404: "Not found",
    405: "Not possible here",
    409: "Somebody was faster",
    422: "The form was incomplete",
    500: "Something went wrong",
    503: "Not there right now",
}


def create_app(desk: Desk, webhooks: APIRouter | None = None) -> FastAPI:
    """Return the application; it keeps nothing but failed logins, so that any number of processes may serve it."""
    app = FastAPI(title="Rejoinder", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = desk
    app.state.throttle = Throttle()
    app.add_middleware(Guard)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_api_route("/healthz", health, methods=["GET"])
    for router in ROUTERS:
        app.include_router(router)
    if webhooks is not None:
        app.include_router(webhooks)
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    return app


def health(desk: AppDesk) -> Response:
    """Tell whether this process serves and reaches its database."""
    desk.store.has_users()
    return PlainTextResponse("ok")


async def _login_needed(request: Request, _: Exception) -> Response:
    if request.method == "GET":
        wanted = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        return see_other(f"/login?next={quote(wanted)}")
    kept = await form_of(request)
    return login_form(request, kept.case_path if kept else "/", status_code=401, kept=kept)


def _not_found(request: Request, _: Exception) -> Response:
    return _problem(request, 404, "There is no such page, or it is not one of your merchants'.")


def _conflict(request: Request, problem: Exception) -> Response:
    case_id = request.path_params.get("case_id")
    values = {"case_id": case_id, "typed": getattr(request.state, "typed", "")}
    return page(request, "conflict.html", status_code=409, problem=str(problem), **values)


def _http_error(request: Request, problem: Exception) -> Response:
    if not isinstance(problem, HTTPException) or problem.status_code == 404:
        return _not_found(request, problem)
    return _problem(request, problem.status_code, problem.detail)


def _invalid(request: Request, problem: Exception) -> Response:
    errors = problem.errors() if isinstance(problem, RequestValidationError) else ()
    if any(error["loc"][0] == "path" for error in errors):
        return _not_found(request, problem)
    return _problem(request, 422, "Go back, fill in what is missing, and try again. Nothing was changed.")


def _away(request: Request, problem: Exception) -> Response:
    logger.error("database_away", path=request.url.path, problem=str(problem))
    return _problem(request, 503, "The database cannot be reached. Nothing was changed; try again in a moment.")


def _broken(request: Request, _: Exception) -> Response:
    response = _problem(request, 500, "It was logged. Go back, reload the case to see how it stands, and try again.")
    response.headers.update(HEADERS)  # this page is made outside of the guard
    return response


def _problem(request: Request, status_code: int, text: str) -> Response:
    title = TITLES.get(status_code, TITLES[500])
    return page(request, "problem.html", status_code=status_code, title=title, text=text)


HANDLERS: Mapping[type[Exception], Callable[[Request, Exception], Response | Awaitable[Response]]] = {
    LoginNeededError: _login_needed,
    NotFound: _not_found,
    Conflict: _conflict,
    ProviderUnavailable: _away,
    HTTPException: _http_error,
    RequestValidationError: _invalid,
    Exception: _broken,
}
