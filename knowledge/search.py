"""The merchant's documents, found: by exact words and by meaning, within the days they were in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from chromadb.api import ClientAPI
from chromadb.api.models.Collection import Collection

from knowledge.embedding import Embedder
from knowledge.split import split
from rejoinder.domain.documents import Document, PassageText
from rejoinder.domain.evidence import Passage

ALWAYS_FROM = 0
ALWAYS_TO = 99_999_999
BATCH = 200
RANK_CONSTANT = 60
"""Constant of reciprocal rank fusion (Cormack et al. 2009)."""
POLICY_CHARS = 4000


class TextStore(Protocol):
    """Documents and passages as rows: the exact words, and the truth of what Chroma holds."""

    def document_hash(self, merchant_id: int, key: str) -> str | None:
        """Return the content hash of an indexed document."""

    def document_passages(self, merchant_id: int, key: str) -> Sequence[str]:
        """Return the passage ids of an indexed document."""

    def document_keys(self, merchant_id: int) -> Sequence[str]:
        """Return the keys of all indexed documents."""

    def replace_document(self, merchant_id: int, document: Document, passages: Sequence[PassageText]) -> None:
        """Store a document with its passages in place of what was there under its key."""

    def remove_document(self, merchant_id: int, key: str) -> None:
        """Remove a document with its passages."""

    def policy_document(self, merchant_id: int, topic: str, on: date) -> Document | None:
        """Return the newest document of the topic in force on that day."""

    def fulltext(self, merchant_id: int, words: str, topic: str | None, on: date | None, limit: int) -> Sequence[str]:
        """Return ids of passages that share words with the text, best first."""

    def passages_by_id(self, merchant_id: int, passage_ids: Sequence[str]) -> Sequence[Passage]:
        """Return the passages with these ids, in this order; unknown ids are left out."""


@dataclass(frozen=True, kw_only=True)
class FoundPolicy:
    """A policy in force: its facts, and the text that states them."""

    facts: Mapping[str, Any]
    passage: Passage


@dataclass(frozen=True, kw_only=True)
class Library:
    """One way to all merchants' documents; each merchant has a collection of its own."""

    client: ClientAPI
    embedder: Embedder
    texts: TextStore

    def index(self, merchant_id: int, document: Document) -> bool:
        """Index a document; False when this very version is there already."""
        collection = self._collection(merchant_id)
        old = list(self.texts.document_passages(merchant_id, document.key))
        known = self.texts.document_hash(merchant_id, document.key) == document.content_hash
        if known and len(collection.get(ids=old, include=[])["ids"]) == len(old):
            return False
        passages = split(document)
        for start in range(0, len(passages), BATCH):
            self._add(collection, document, passages[start : start + BATCH])
        stale = sorted(set(old) - {passage.passage_id for passage in passages})
        if stale:
            collection.delete(ids=stale)
        self.texts.replace_document(merchant_id, document, passages)
        return True

    def remove(self, merchant_id: int, key: str) -> None:
        """Forget a document."""
        old = list(self.texts.document_passages(merchant_id, key))
        if old:
            self._collection(merchant_id).delete(ids=old)
        self.texts.remove_document(merchant_id, key)

    def _add(self, collection: Collection, document: Document, passages: Sequence[PassageText]) -> None:
        texts = [f"{document.title}. {p.heading}\n{p.text}" for p in passages]
        collection.upsert(
            ids=[p.passage_id for p in passages],
            embeddings=self.embedder.embed(texts, document.language),  # type: ignore[arg-type]
            metadatas=[
                {
                    "topic": document.topic,
                    "from": _number(document.in_force_from, ALWAYS_FROM),
                    "to": _number(document.in_force_to, ALWAYS_TO),
                }
                for _ in passages
            ],
        )

    def policy(self, merchant_id: int, topic: str, on: date) -> FoundPolicy | None:
        """Return the policy of a topic in force on that day."""
        document = self.texts.policy_document(merchant_id, topic, on)
        if document is None:
            return None
        passage = Passage(
            passage_id=f"policy:{topic}:{document.content_hash[:12]}",
            document=document.key,
            title=document.title,
            topic=topic,
            text=f"{document.text[:POLICY_CHARS]}\n\n{_facts_text(document.facts)}".strip(),
            score=1.0,
            in_force_from=document.in_force_from,
            in_force_to=document.in_force_to,
        )
        return FoundPolicy(facts=document.facts, passage=passage)

    def search(
        self,
        merchant_id: int,
        query: str,
        *,
        topic: str | None = None,
        on: date | None = None,
        limit: int = 5,
        language: str = "en",
    ) -> list[Passage]:
        """Return passages, best first: exact words and meaning fused by reciprocal rank."""
        by_words = self.texts.fulltext(merchant_id, query, topic, on, 4 * limit)
        by_meaning = self._nearest(merchant_id, query, topic, on, 4 * limit, language)
        scores: dict[str, float] = {}
        for ranking in (by_words, by_meaning):
            for rank, passage_id in enumerate(ranking):
                scores[passage_id] = scores.get(passage_id, 0.0) + 1 / (RANK_CONSTANT + rank + 1)
        best = sorted(scores, key=lambda passage_id: (-scores[passage_id], passage_id))[:limit]
        return list(self.texts.passages_by_id(merchant_id, best))

    def _nearest(
        self, merchant_id: int, query: str, topic: str | None, on: date | None, limit: int, language: str
    ) -> list[str]:
        found = self._collection(merchant_id).query(
            query_embeddings=self.embedder.embed([query], language),  # type: ignore[arg-type]
            n_results=limit,
            where=_where(topic, on),
            include=[],
        )
        return list(found["ids"][0])

    def _collection(self, merchant_id: int) -> Collection:
        return self.client.get_or_create_collection(
            name=f"merchant-{merchant_id}-{self.embedder.name}",
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine"}},
        )


def _where(topic: str | None, on: date | None) -> Any:
    tests: list[dict[str, Any]] = []
    if topic:
        tests.append({"topic": topic})
    if on:
        tests += [{"from": {"$lte": _number(on, 0)}}, {"to": {"$gt": _number(on, 0)}}]
    return None if not tests else tests[0] if len(tests) == 1 else {"$and": tests}


def _number(day: date | None, default: int) -> int:
    return int(f"{day:%Y%m%d}") if day else default


def _facts_text(facts: Mapping[str, Any]) -> str:
    """Return the plain facts as lines; what lists and tables hold must stand in the text itself."""
    plain = {name: value for name, value in facts.items() if isinstance(value, (str, int, float))}
    return "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in sorted(plain.items()))
