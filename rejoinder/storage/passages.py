"""Documents and passages as rows: exact words, and the truth of what the vector store holds."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from rejoinder.domain.documents import Document, PassageText
from rejoinder.domain.evidence import Passage
from rejoinder.storage.columns import any_key
from rejoinder.storage.documents import dump, load
from rejoinder.storage.rows import Rows
from rejoinder.storage.tables import documents, passages
from rejoinder.storage.words import query_of, vector_of

BATCH = 500


class PassageRows(Rows):
    """A merchant's documents."""

    def document_hash(self, merchant_id: int, key: str) -> str | None:
        """Return the content hash of an indexed document."""
        query = select(documents.c.content_hash).where(documents.c.merchant_id == merchant_id, documents.c.key == key)
        with self.reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def document_keys(self, merchant_id: int) -> Sequence[str]:
        """Return the keys of all indexed documents."""
        query = select(documents.c.key).where(documents.c.merchant_id == merchant_id).order_by(documents.c.key)
        with self.reading() as connection:
            return connection.execute(query).scalars().all()

    def document_passages(self, merchant_id: int, key: str) -> Sequence[str]:
        """Return the passage ids of an indexed document."""
        mine = (passages.c.merchant_id == merchant_id, passages.c.document_key == key)
        with self.reading() as connection:
            return connection.execute(select(passages.c.passage_id).where(*mine)).scalars().all()

    def replace_document(self, merchant_id: int, document: Document, pieces: Sequence[PassageText]) -> None:
        """Store a document with its passages in place of what was there under its key."""
        values = {
            "topic": document.topic,
            "content_hash": document.content_hash,
            "in_force_from": document.in_force_from,
            "in_force_to": document.in_force_to,
            "document": dump(document),
        }
        rows = [_passage_row(merchant_id, document, piece) for piece in pieces]
        with self.begin() as connection:
            statement = insert(documents).values(merchant_id=merchant_id, key=document.key, **values)
            connection.execute(statement.on_conflict_do_update(index_elements=["merchant_id", "key"], set_=values))
            connection.execute(delete(passages).where(*_passages_of(merchant_id, document.key)))
            for start in range(0, len(rows), BATCH):
                statement = insert(passages).values(rows[start : start + BATCH])
                connection.execute(statement.on_conflict_do_nothing())

    def remove_document(self, merchant_id: int, key: str) -> None:
        """Remove a document with its passages."""
        mine = documents.c.merchant_id == merchant_id, documents.c.key == key
        with self.begin() as connection:
            connection.execute(select(documents.c.key).where(*mine).with_for_update())
            connection.execute(delete(passages).where(*_passages_of(merchant_id, key)))
            connection.execute(delete(documents).where(*mine))

    def policy_document(self, merchant_id: int, topic: str, on: date) -> Document | None:
        """Return the newest document of the topic in force on that day."""
        query = (
            select(documents.c.document)
            .where(documents.c.merchant_id == merchant_id, documents.c.topic == topic, _in_force(on))
            .order_by(documents.c.in_force_from.desc().nulls_last(), documents.c.key)
            .limit(1)
        )
        with self.reading() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return load(Document, found) if found else None

    def fulltext(self, merchant_id: int, words: str, topic: str | None, on: date | None, limit: int) -> Sequence[str]:
        """Return ids of passages that share words with the text, best first."""
        asked = query_of(words)
        if not asked:
            return []
        query = _sharing_words(of_topic=bool(topic), in_force=on is not None)
        given = {"merchant_id": merchant_id, "asked": asked, "topic": topic, "on": on, "limit": limit}
        with self.reading() as connection:
            return connection.execute(query, given).scalars().all()

    def passages_by_id(self, merchant_id: int, passage_ids: Sequence[str]) -> Sequence[Passage]:
        """Return the passages with these ids, in this order; unknown ids are left out."""
        given = {"merchant_id": merchant_id, "passage_ids": list(passage_ids)}
        with self.reading() as connection:
            found = {row.passage_id: _as_passage(row) for row in connection.execute(BY_ID, given)}
        return [found[passage_id] for passage_id in passage_ids if passage_id in found]


def _passages_of(merchant_id: int, key: str) -> tuple[ColumnElement[bool], ...]:
    return passages.c.merchant_id == merchant_id, passages.c.document_key == key


def _passage_row(merchant_id: int, document: Document, piece: PassageText) -> dict[str, Any]:
    return {
        "merchant_id": merchant_id,
        "passage_id": piece.passage_id,
        "document_key": document.key,
        "position": piece.position,
        "heading": piece.heading,
        "text": piece.text,
        "words": vector_of(f"{document.title} {piece.heading} {piece.text}"),
    }


def _joined(*columns: Any) -> Any:
    same = and_(documents.c.merchant_id == passages.c.merchant_id, documents.c.key == passages.c.document_key)
    return select(*columns).select_from(passages).join(documents, same)


BY_ID = _joined(
    passages.c.passage_id,
    passages.c.heading,
    passages.c.text,
    documents.c.document["key"].astext.label("document"),
    documents.c.document["title"].astext.label("title"),
    documents.c.topic,
    documents.c.in_force_from,
    documents.c.in_force_to,
).where(
    passages.c.merchant_id == bindparam("merchant_id"),
    passages.c.passage_id == any_key("passage_ids"),
)


@cache
def _sharing_words(*, of_topic: bool, in_force: bool) -> Select[Any]:
    """Return the query for ids of passages that share words, best first; each kind is built once."""
    asked = func.to_tsquery("simple", bindparam("asked"))
    query = _joined(passages.c.passage_id).where(
        passages.c.merchant_id == bindparam("merchant_id"), passages.c.words.op("@@")(asked)
    )
    if of_topic:
        query = query.where(documents.c.topic == bindparam("topic"))
    if in_force:
        query = query.where(_in_force(bindparam("on", type_=Date)))
    best_first = func.ts_rank(passages.c.words, asked).desc(), passages.c.passage_id
    found: Select[Any] = query.order_by(*best_first).limit(bindparam("limit"))
    return found


def _in_force(on: Any) -> Any:
    return and_(
        or_(documents.c.in_force_from.is_(None), documents.c.in_force_from <= on),
        or_(documents.c.in_force_to.is_(None), documents.c.in_force_to > on),
    )


def _as_passage(row: Any) -> Passage:
    return Passage(
        passage_id=row.passage_id,
        document=row.document,
        title=f"{row.title}: {row.heading}" if row.heading else row.title,
        topic=row.topic,
        text=row.text,
        score=0.0,
        in_force_from=row.in_force_from,
        in_force_to=row.in_force_to,
    )
