"""What columns of all tables are made of: text that PostgreSQL can hold, keys that fit an index, instants."""

import hashlib
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Identity,
    MetaData,
    TypeDecorator,
    any_,
    bindparam,
    func,
)
from sqlalchemy import Text as PlainText
from sqlalchemy.dialects.postgresql import ARRAY

from rejoinder.storage.documents import storable

KEY_LIMIT = 250
"""Characters a looked-up text may have; PostgreSQL's index entries end at 2,704 bytes."""


class Text(TypeDecorator[str]):
    """Text from anywhere: what PostgreSQL cannot hold is replaced."""

    impl = PlainText
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text as it can be stored."""
        return value if value is None else storable(value)


class Key(Text):
    """Text that is looked up by equality; a longer one is stored, and compared, as its hash."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text, or `sha256:` and its hash."""
        if value is None or len(value) <= KEY_LIMIT:
            return super().process_bind_param(value, dialect)
        return "sha256:" + hashlib.sha256(storable(value).encode()).hexdigest()


def any_key(name: str) -> Any:
    """Return the parameter for a list of keys, one of which a column must equal; its length changes no statement."""
    return any_(bindparam(name, type_=ARRAY(Key)))


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def row_id() -> Column[int]:
    """Return the number that identifies a row."""
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def refers_to(table: str, **options: bool) -> Column[int]:
    """Return the column that names a row of a table, `case_id` for `cases`."""
    name = {"cases": "case", "messages": "message", "merchants": "merchant", "drafts": "draft"}.get(table, table[:-1])
    return Column(f"{name}_id", BigInteger, ForeignKey(f"{table}.id"), nullable=options.get("nullable", False))


def instant(name: str, *, nullable: bool = False, now: bool = False) -> Column[object]:
    """Return a column of aware instants; `now` fills it in."""
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=func.now() if now else None)
