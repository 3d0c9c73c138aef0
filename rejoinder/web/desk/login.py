"""Log in and out."""

from typing import Annotated

import anyio
from fastapi import APIRouter, Form, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from rejoinder.storage.merchants import User
from rejoinder.web.auth import (
    COOKIE,
    FormVisitor,
    close_session,
    open_session,
    password_fits,
    same_origin,
    set_session_cookie,
    visitor_of,
)
from rejoinder.web.context import AppDesk, Desk
from rejoinder.web.kept import MAX_KEPT, KeptForm, unpacked
from rejoinder.web.pages import page, see_other

router = APIRouter()

HASHES_AT_A_TIME = anyio.CapacityLimiter(2)
"""Each comparison takes 64 MiB and a core for a while; a flood of logins must not take the process down."""


@router.get("/login")
def show_login(request: Request, desk: AppDesk, next: str = "/") -> Response:  # noqa: A002 # the name in the address
    """Show the form."""
    return login_form(request, next, has_users=desk.store.has_users())


@router.post("/login")
async def log_in(
    request: Request,
    desk: AppDesk,
    login: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)],
    next: Annotated[str, Form(max_length=500)] = "/",  # noqa: A002
    kept: Annotated[str, Form(max_length=MAX_KEPT)] = "",
) -> Response:
    """Open a session, or show the form again without saying what was wrong; a form that was kept is offered again."""
    if not same_origin(desk, request):
        raise HTTPException(403, "This form did not come from a page of this desk. Go back, reload, and try again.")
    address = request.client.host if request.client else ""
    if not request.app.state.throttle.begin(login, address, desk.clock()):
        problem = "Too many failed logins. Wait ten minutes, then try again."
        return login_form(request, next, problem=problem, status_code=429, login=login, kept=unpacked(kept))
    user = await anyio.to_thread.run_sync(_known_user, desk, login, password, limiter=HASHES_AT_A_TIME)
    if user is None:
        problem = "This name and password do not fit together."
        return login_form(request, next, problem=problem, status_code=401, login=login, kept=unpacked(kept))
    request.app.state.throttle.succeed(login, address)
    token = await run_in_threadpool(open_session, desk, user)
    form = unpacked(kept)
    response = await run_in_threadpool(_offer, request, desk, form, token) if form else see_other(local_path(next))
    set_session_cookie(desk, response, token)
    return response


@router.post("/logout")
def log_out(request: Request, desk: AppDesk, _: FormVisitor) -> Response:
    """End the session on the server and in the browser."""
    close_session(desk, request)
    response = see_other("/login")
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=desk.secure)
    return response


def local_path(path: str) -> str:
    """Return the path when it leads to a page of the desk, else the front page: no redirect leaves it."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if safe else "/"


def _known_user(desk: Desk, login: str, password: str) -> User | None:
    user = desk.store.user(login.replace("\0", ""))
    return user if password_fits(user.password_hash if user else None, password) else None


def login_form(
    request: Request,
    path: str,
    *,
    problem: str = "",
    status_code: int = 200,
    login: str = "",
    has_users: bool = True,
    kept: KeptForm | None = None,
) -> Response:
    """Return the page to log in on, with the form that a visitor had sent when their login had ended."""
    values = {"next": local_path(path), "problem": problem, "login": login, "has_users": has_users, "kept": kept}
    response = page(request, "login.html", status_code=status_code, **values)
    if status_code == 429:
        response.headers["Retry-After"] = "600"
    return response


def _offer(request: Request, desk: Desk, form: KeptForm, token: str) -> Response:
    """Show what was kept, to be sent by a click: nothing is done by logging in."""
    request.state.visitor = visitor_of(desk, token)
    return page(request, "kept.html", form=form)
