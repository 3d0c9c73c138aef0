"""Evidence a case rests on, and the drafts written from it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from rejoinder.domain.drafts import Draft, Problem
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.review import Route
from rejoinder.errors import NotFound
from rejoinder.storage.documents import cleaned, dump, load
from rejoinder.storage.rows import Rows
from rejoinder.storage.tables import drafts, evidence, runs, used_passages


class DraftRows(Rows):
    """Evidence, passages, drafts and what the checks found."""

    def save_evidence(self, case_id: int, found: Sequence[Evidence]) -> None:
        """Keep evidence under its stable ids; captured again, the newer capture counts."""
        self._keep(evidence.c.evidence_id, case_id, {item.evidence_id: dump(item) for item in found})

    def evidence(self, case_id: int, evidence_ids: Sequence[str]) -> Sequence[Evidence]:
        """Return the case's evidence with these ids, in this order."""
        query = select(evidence).where(evidence.c.case_id == case_id, evidence.c.evidence_id.in_(evidence_ids))
        with self.reading() as connection:
            found = {row.evidence_id: load(Evidence, row.document) for row in connection.execute(query)}
        return [found[evidence_id] for evidence_id in evidence_ids if evidence_id in found]

    def save_passages(self, case_id: int, passages: Sequence[Passage]) -> None:
        """Keep the passages as they were retrieved for the case."""
        self._keep(used_passages.c.passage_id, case_id, {passage.passage_id: dump(passage) for passage in passages})

    def _keep(self, key: Column[str], case_id: int, documents: Mapping[str, Any]) -> None:
        statement = insert(key.table)
        statement = statement.on_conflict_do_update(
            index_elements=["case_id", key.name], set_={"document": statement.excluded.document}
        )
        rows = [{"case_id": case_id, key.name: name, "document": documents[name]} for name in sorted(documents)]
        if rows:
            with self.begin() as connection:
                connection.execute(statement, rows)

    def passages(self, case_id: int, passage_ids: Sequence[str]) -> Sequence[Passage]:
        """Return the case's passages with these ids, in this order."""
        named = used_passages.c.passage_id.in_(passage_ids)
        query = select(used_passages).where(used_passages.c.case_id == case_id, named)
        with self.reading() as connection:
            found = {row.passage_id: load(Passage, row.document) for row in connection.execute(query)}
        return [found[passage_id] for passage_id in passage_ids if passage_id in found]

    def save_draft(self, run_id: int, draft: Draft) -> int:
        """Keep the draft; the same draft of the same run again returns the same id."""
        with self.begin() as connection:
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
