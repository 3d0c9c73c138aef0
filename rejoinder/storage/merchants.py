"""Merchants, and the people who may see their cases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from rejoinder.domain.cases import Merchant
from rejoinder.errors import NotFound
from rejoinder.storage.documents import dump, load
from rejoinder.storage.rows import Rows
from rejoinder.storage.tables import merchants, sessions, users


class User(NamedTuple):
    """A reviewer; no merchants named means all of them."""

    user_id: int
    login: str
    password_hash: str
    merchant_ids: tuple[int, ...]
    role: str = "reviewer"


class Session(NamedTuple):
    """A login that holds; `form_token` goes into every form."""

    user: User
    form_token: str


class MerchantRows(Rows):
    """Merchants and users."""

    def save_merchant(self, merchant: Merchant) -> Merchant:
        """Create or update the merchant with this slug; returns it with its id."""
        document = dump(replace(merchant, merchant_id=0))
        with self.begin() as connection:
            statement = insert(merchants).values(slug=merchant.slug, document=document)
            statement = statement.on_conflict_do_update(index_elements=["slug"], set_={"document": document})
            found = connection.execute(statement.returning(merchants.c.id)).scalar_one()
        return replace(merchant, merchant_id=found)

    def merchant(self, merchant_id: int) -> Merchant:
        """Return the merchant."""
        with self.reading() as connection:
            row = connection.execute(select(merchants).where(merchants.c.id == merchant_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no merchant {merchant_id}")
        return replace(load(Merchant, row.document), merchant_id=row.id)

    def merchants(self) -> Sequence[Merchant]:
        """Return all merchants by slug."""
        with self.reading() as connection:
            rows = connection.execute(select(merchants).order_by(merchants.c.slug)).all()
        return [replace(load(Merchant, row.document), merchant_id=row.id) for row in rows]

    def save_user(
        self, login: str, password_hash: str, merchant_ids: Sequence[int] = (), role: str = "reviewer"
    ) -> int:
        """Create a user or set the password anew; a new password ends the user's sessions."""
        values = {"password_hash": password_hash, "merchant_ids": list(merchant_ids), "role": role}
        with self.begin() as connection:
            statement = insert(users).values(login=login, **values)
            statement = statement.on_conflict_do_update(index_elements=["login"], set_=values)
            user_id: int = connection.execute(statement.returning(users.c.id)).scalar_one()
            connection.execute(delete(sessions).where(sessions.c.user_id == user_id))
        return user_id

    def user(self, login: str) -> User | None:
        """Return the user with this login."""
        with self.reading() as connection:
            row = connection.execute(select(users).where(users.c.login == login)).one_or_none()
        return _as_user(row) if row else None

    def has_users(self) -> bool:
        """Tell whether anybody can log in."""
        with self.reading() as connection:
            return connection.execute(select(users.c.id).limit(1)).one_or_none() is not None

    def open_session(self, user_id: int, token_hash: str, form_token: str, ends_at: datetime) -> None:
        """Keep a login; sessions that have ended are forgotten on the way."""
        with self.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.ends_at < func.now()))
            values = {"user_id": user_id, "token_hash": token_hash, "form_token": form_token, "ends_at": ends_at}
            connection.execute(insert(sessions).values(values))

    def session(self, token_hash: str, now: datetime) -> Session | None:
        """Return the login behind a token that still holds."""
        query = (
            select(users, sessions.c.form_token)
            .join(sessions, sessions.c.user_id == users.c.id)
            .where(sessions.c.token_hash == token_hash, sessions.c.ends_at > now)
        )
        with self.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return Session(_as_user(row), row.form_token)

    def close_session(self, token_hash: str) -> None:
        """Forget a login."""
        with self.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


def _as_user(row: Row[Any]) -> User:
    return User(row.id, row.login, row.password_hash, tuple(row.merchant_ids), row.role)
