"""Who may use the desk: passwords, sessions on the server, and forms that no other site can send."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import Depends, Form, HTTPException, Request
from starlette.responses import Response

from rejoinder.storage.merchants import User
from rejoinder.web.context import AppDesk, Desk

COOKIE = "rejoinder_session"
SESSION_LENGTH = timedelta(hours=12)
MIN_PASSWORD = 10

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's: as hard, a third of the memory


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A reviewer who is logged in. `merchant_ids` are the merchants they may see."""

    user_id: int
    login: str
    merchant_ids: tuple[int, ...]
    form_token: str


class LoginNeededError(Exception):
    """The page is for reviewers who are logged in."""


def hash_password(password: str) -> str:
    """Return an argon2id hash.

    Raises:
        ValueError: the password is too short.
    """
    if len(password) < MIN_PASSWORD:
        raise ValueError(f"a password needs at least {MIN_PASSWORD} characters")
    return _hasher.hash(password)


_NOBODY = _hasher.hash(secrets.token_hex(16))


def password_fits(stored: str | None, password: str) -> bool:
    """Compare in the same time whether or not the user exists."""
    try:
        return _hasher.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def open_session(desk: Desk, user: User) -> str:
    """Keep a login and return its token; the database knows only the token's hash."""
    token = secrets.token_urlsafe(32)
    ends_at = desk.clock() + SESSION_LENGTH
    desk.store.open_session(user.user_id, _hash(token), secrets.token_urlsafe(32), ends_at)
    return token


def close_session(desk: Desk, request: Request) -> None:
    """Forget the visitor's login."""
    desk.store.close_session(_hash(request.cookies.get(COOKIE, "")))


def set_session_cookie(desk: Desk, response: Response, token: str) -> None:
    """Give the browser its token; scripts cannot read it and other sites' forms do not carry it."""
    length = int(SESSION_LENGTH.total_seconds())
    response.set_cookie(COOKIE, token, max_age=length, httponly=True, samesite="lax", secure=desk.secure)


def same_origin(desk: Desk, request: Request) -> bool:
    """Tell whether a form comes from the desk itself; every browser names the origin of a POST."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
    return origin == _origin_of(desk.public_url) or urlsplit(origin).netloc == request.headers.get("host")


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def visitor_of(desk: Desk, token: str) -> Visitor | None:
    """Return who a session's token belongs to; None where the session has ended."""
    session = desk.store.session(_hash(token), desk.clock()) if token else None
    if session is None:
        return None
    user = session.user
    merchant_ids = user.merchant_ids or tuple(one.merchant_id for one in desk.store.merchants())
    return Visitor(user_id=user.user_id, login=user.login, merchant_ids=merchant_ids, form_token=session.form_token)


def _visitor(request: Request, desk: AppDesk) -> Visitor:
    visitor = visitor_of(desk, request.cookies.get(COOKIE, ""))
    if visitor is None:
        raise LoginNeededError
    request.state.visitor = visitor
    return visitor


AppVisitor = Annotated[Visitor, Depends(_visitor)]


def _form_visitor(
    request: Request, desk: AppDesk, visitor: AppVisitor, form_token: Annotated[str, Form()] = ""
) -> Visitor:
    fits = hmac.compare_digest(visitor.form_token.encode(), form_token.encode())
    if not fits or not same_origin(desk, request):
        raise HTTPException(403, "This form did not come from a page of this desk. Go back, reload, and try again.")
    return visitor


FormVisitor = Annotated[Visitor, Depends(_form_visitor)]
