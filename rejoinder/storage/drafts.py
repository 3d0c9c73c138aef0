"""Evidence a case rests on, and the drafts written from it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Executable, Select, Table, bindparam, column, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from rejoinder.domain.drafts import Draft, Problem
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.review import Route
from rejoinder.errors import NotFound
from rejoinder.storage.columns import Key, any_key
from rejoinder.storage.documents import cleaned, dump, load
from rejoinder.storage.rows import Rows
from rejoinder.storage.tables import drafts, evidence, runs, used_passages


def _keeping(table: Table, key: str) -> Executable:
    """Return the statement that stores documents of a case under their keys, all in one, each newer one in place."""
    given = func.unnest(bindparam("keys", type_=ARRAY(Key)), bindparam("documents", type_=ARRAY(JSONB)))
    rows = given.table_valued(column("key", Key), column("document", JSONB)).render_derived()
    chosen = select(bindparam("case_id", type_=BigInteger), rows.c.key, rows.c.document)
    statement = insert(table).from_select(["case_id", key, "document"], chosen)
    return statement.on_conflict_do_update(
        index_elements=["case_id", key], set_={"document": statement.excluded.document}
    )


def _kept(table: Table, key: str) -> Select[Any]:
    """Return the query for documents of a case by their keys."""
    named = table.c[key] == any_key("keys")
    return select(table.c[key].label("key"), table.c.document).where(table.c.case_id == bindparam("case_id"), named)


KEEP_EVIDENCE, EVIDENCE = _keeping(evidence, "evidence_id"), _kept(evidence, "evidence_id")
KEEP_PASSAGES, PASSAGES = _keeping(used_passages, "passage_id"), _kept(used_passages, "passage_id")


class DraftRows(Rows):
    """Evidence, passages, drafts and what the checks found."""

    def save_evidence(self, case_id: int, found: Sequence[Evidence]) -> None:
        """Keep evidence under its stable ids; captured again, the newer capture counts."""
        self._keep(KEEP_EVIDENCE, case_id, {item.evidence_id: dump(item) for item in found})

    def evidence(self, case_id: int, evidence_ids: Sequence[str]) -> Sequence[Evidence]:
        """Return the case's evidence with these ids, in this order."""
        return [load(Evidence, document) for document in self._documents(EVIDENCE, case_id, evidence_ids)]

    def save_passages(self, case_id: int, passages: Sequence[Passage]) -> None:
        """Keep the passages as they were retrieved for the case."""
        self._keep(KEEP_PASSAGES, case_id, {passage.passage_id: dump(passage) for passage in passages})

    def passages(self, case_id: int, passage_ids: Sequence[str]) -> Sequence[Passage]:
        """Return the case's passages with these ids, in this order."""
        return [load(Passage, document) for document in self._documents(PASSAGES, case_id, passage_ids)]

    def _keep(self, statement: Executable, case_id: int, documents: Mapping[str, Any]) -> None:
        keys = sorted(documents)  # two that keep the same wait for each other in one order
        if keys:
            given = {"case_id": case_id, "keys": keys, "documents": [documents[key] for key in keys]}
            with self.alone() as connection:
                connection.execute(statement, given)

    def _documents(self, query: Select[Any], case_id: int, keys: Sequence[str]) -> Sequence[Any]:
        """Return the case's documents with these keys, in this order; unknown keys are left out."""
        with self.reading() as connection:
            rows = connection.execute(query, {"case_id": case_id, "keys": list(keys)})
            found = {row.key: row.document for row in rows}
        return [found[key] for key in keys if key in found]

    def save_draft(self, run_id: int, draft: Draft) -> int:
        """Keep the draft; the same draft of the same run again returns the same id."""
        with self.alone() as connection:
            return insert_draft(connection, run_id, draft, "program")

    def draft(self, draft_id: int) -> Draft:
        """Return the draft."""
        with self.reading() as connection:
            document = connection.execute(select(drafts.c.document).where(drafts.c.id == draft_id)).scalar_one_or_none()
        if document is None:
            raise NotFound(f"there is no draft {draft_id}")
        return load(Draft, document)

    def save_check(self, run_id: int, draft_id: int, problems: Sequence[Problem], route: Route) -> None:
        """Keep what the checks found and where the draft goes."""
        with self.begin() as connection:
            found = [dump(problem) for problem in problems]
            connection.execute(update(drafts).where(drafts.c.id == draft_id).values(problems=found))
            connection.execute(update(runs).where(runs.c.id == run_id).values(route=dump(route)))

    def problems(self, draft_id: int) -> Sequence[Problem]:
        """Return what the checks found on the draft."""
        with self.reading() as connection:
            found = connection.execute(select(drafts.c.problems).where(drafts.c.id == draft_id)).scalar_one_or_none()
        return [load(Problem, problem) for problem in found or []]


def insert_draft(connection: Connection, run_id: int, draft: Draft, author: str) -> int:
    """Store a draft of a run once; drafts are never changed."""
    document: dict[str, Any] = cleaned(dump(draft))
    digest = hashlib.sha256(json.dumps([author, document], sort_keys=True).encode()).hexdigest()
    case_id = select(runs.c.case_id).where(runs.c.id == run_id).scalar_subquery()
    values = {
        "content_hash": digest,
        "body_hash": load(Draft, document).body_hash,
        "document": document,
        "author": author,
    }
    statement = insert(drafts).values(run_id=run_id, case_id=case_id, **values).on_conflict_do_nothing()
    draft_id: int | None = connection.execute(statement.returning(drafts.c.id)).scalar_one_or_none()
    if draft_id is None:
        known = select(drafts.c.id).where(drafts.c.run_id == run_id, drafts.c.content_hash == digest)
        draft_id = connection.execute(known).scalar_one()
    return int(draft_id)
