"""Who may use the desk: passwords, sessions on the server, and forms that no other site can send."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

COOKIE = "rejoinder_session"
SESSION_LENGTH = timedelta(hours=12)
MIN_PASSWORD = 10

_hasher = PasswordHasher()


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A reviewer who is logged in. `merchant_ids` are the merchants they may see."""

    user_id: int
    login: str
    merchant_ids: tuple[int, ...]
    form_token: str


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
