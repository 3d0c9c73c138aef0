"""Reviews, decisions, and what a reviewer changed."""

from collections.abc import Sequence
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from rejoinder.domain.drafts import Draft
from rejoinder.domain.review import Decision, Review, Route, Verdict
from rejoinder.errors import Conflict, NotFound
from rejoinder.storage.checkpoints import delete_threads
from rejoinder.storage.documents import load
from rejoinder.storage.drafts import insert_draft
from rejoinder.storage.queue import URGENT, case_lock, queue_job
from rejoinder.storage.rows import Rows, note
from rejoinder.storage.tables import cases, corrections, decisions, drafts, reviews, runs

SWEEP = 200


class ReviewLine(NamedTuple):
    """One line of the list of reviews."""

    review_id: int
    case_id: int
    merchant_id: int
    title: str
    kind: str
    intent: str
    language: str
    due_by: datetime | None
    opened_at: datetime
    reason: str
    """The first reason why a person must look."""


class ReviewRows(Rows):
    """The queue of questions to people."""

    def open_review(self, run_id: int) -> int:
        """Open the run's review, once; earlier open reviews of the case are withdrawn, for their draft is stale."""
        with self.begin() as connection:
            run = connection.execute(select(runs).where(runs.c.id == run_id).with_for_update()).one()
            known = connection.execute(select(reviews.c.id).where(reviews.c.run_id == run_id)).scalar_one_or_none()
            if known is not None:
                return int(known)
            case = update(cases).where(cases.c.id == run.case_id).values(status="in_review")
            due_by = connection.execute(case.returning(cases.c.respond_by)).scalar_one()
            newest = select(func.max(drafts.c.id)).where(drafts.c.run_id == run_id)
            values = {
                "merchant_id": run.merchant_id,
                "case_id": run.case_id,
                "run_id": run_id,
                "draft_id": connection.execute(newest).scalar_one(),
                "due_by": due_by,
            }
            review_id: int = connection.execute(insert(reviews).values(values).returning(reviews.c.id)).scalar_one()
            note(connection, "review_opened", case_id=run.case_id, review_id=review_id)
            _withdraw_stale(connection, run.case_id)
            return review_id

    def review(self, review_id: int) -> Review:
        """Return the review."""
        query = select(reviews, runs.c.route).join(runs, runs.c.id == reviews.c.run_id).where(reviews.c.id == review_id)
        with self.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(f"there is no review {review_id}")
        return as_review(row)

    def list_reviews(
        self, merchant_ids: Sequence[int], status: str = "open", limit: int = 200, after: int = 0
    ) -> Sequence[ReviewLine]:
        """Return reviews by deadline, those without one last, older first; `after` is the last review seen."""
        columns = (cases.c.title, cases.c.kind, cases.c.intent, cases.c.language)
        query = (
            select(reviews, runs.c.route["reasons"][0]["text"].astext.label("reason"), *columns)
            .join(cases, cases.c.id == reviews.c.case_id)
            .join(runs, runs.c.id == reviews.c.run_id)
            .where(reviews.c.merchant_id.in_(merchant_ids), reviews.c.status == status)
            .order_by(reviews.c.due_by.asc().nulls_last(), reviews.c.id)
            .limit(limit)
        )
        with self.reading() as connection:
            rows = connection.execute(query.where(_comes_after(connection, after)) if after else query).all()
        return [
            ReviewLine(
                r.id,
                r.case_id,
                r.merchant_id,
                r.title,
                r.kind,
                r.intent,
                r.language,
                r.due_by,
                r.opened_at,
                r.reason or "",
            )
            for r in rows
        ]

    def decision(self, review_id: int) -> Decision | None:
        """Return the decision, or None while the review is open."""
        with self.reading() as connection:
            row = connection.execute(select(decisions).where(decisions.c.review_id == review_id)).one_or_none()
        return _as_decision(row) if row else None

    def decision_of_run(self, run_id: int) -> Decision | None:
        """Return the decision on the run's review."""
        query = select(decisions).join(reviews, reviews.c.id == decisions.c.review_id).where(reviews.c.run_id == run_id)
        with self.reading() as connection:
            row = connection.execute(query).one_or_none()
        return _as_decision(row) if row else None

    def decide(
        self,
        review_id: int,
        version: int,
        verdict: Verdict,
        *,
        reviewer: str,
        reason: str = "",
        edited: Draft | None = None,
    ) -> Decision:
        """Record a decision with its edited draft, what was changed, and the job that goes on, in one transaction.

        Raises:
            Conflict: somebody decided or changed the review since this version; nothing was done.
        """
        with self.begin() as connection:
            return self.decide_within(
                connection, review_id, version, verdict, reviewer=reviewer, reason=reason, edited=edited
            )

    def decide_within(
        self,
        connection: Connection,
        review_id: int,
        version: int,
        verdict: Verdict,
        *,
        reviewer: str,
        reason: str = "",
        edited: Draft | None = None,
    ) -> Decision:
        """Decide as `decide` does, in a transaction that holds more."""
        row = _claim(connection, review_id, version)
        draft_id = row.draft_id
        if verdict == "edit":
            if edited is None:
                raise ValueError("an edit needs the edited draft")
            draft_id = insert_draft(connection, row.run_id, edited, reviewer)
            _keep_corrections(connection, row, edited, reason)
        approved = draft_id if verdict in {"approve", "edit"} else None
        values = {"verdict": verdict, "reviewer": reviewer, "reason": reason, "draft_id": approved}
        statement = insert(decisions).values(review_id=review_id, **values).returning(decisions)
        decided = _as_decision(connection.execute(statement).one())
        self.go_on(connection, row, decided)
        note(connection, verdict, actor=reviewer, case_id=row.case_id, review_id=review_id, reason=reason)
        return decided

    def go_on(self, connection: Connection, review: Row[Any], decided: Decision) -> None:
        """Queue the job that carries the decision out."""
        lock = case_lock(review.merchant_id, review.case_id)
        queue_job(connection, "resume_run", {"run_id": review.run_id}, lock=lock, priority=URGENT)

    def save_edit(self, review_id: int, version: int, text: str, reviewer: str, subject: str = "") -> int:
        """Keep an unfinished edit on the server, for every device; returns the new version.

        Raises:
            Conflict: somebody changed the review since this version.
        """
        statement = update(reviews).where(
            reviews.c.id == review_id, reviews.c.version == version, reviews.c.status == "open"
        )
        values = {"edit": {"subject": subject, "text": text, "reviewer": reviewer}, "version": version + 1}
        with self.begin() as connection:
            done = connection.execute(statement.values(values).returning(reviews.c.id)).scalar_one_or_none()
            if done is None:
                raise Conflict(_who_was_faster(connection, review_id))
        return version + 1

    def unfinished_edit(self, review_id: int) -> dict[str, str] | None:
        """Return the unfinished edit: its subject, its text and who wrote it."""
        with self.reading() as connection:
            edit = select(reviews.c.edit).where(reviews.c.id == review_id)
            found: dict[str, str] | None = connection.execute(edit).scalar_one_or_none()
            return found

    def remind_due_reviews(self, now: datetime) -> int:
        """Note reviews whose time has passed, once each; returns how many."""
        late = (
            select(reviews.c.id)
            .where(reviews.c.status == "open", reviews.c.reminded_at.is_(None), reviews.c.due_by < now)
            .order_by(reviews.c.due_by)
            .limit(SWEEP)
            .with_for_update(skip_locked=True)
        )
        reminded = update(reviews).where(reviews.c.id.in_(late)).values(reminded_at=now)
        with self.begin() as connection:
            rows = connection.execute(reminded.returning(reviews.c.id, reviews.c.case_id)).all()
            for row in rows:
                note(connection, "overdue", case_id=row.case_id, review_id=row.id)
        return len(rows)


def as_review(row: Row[Any]) -> Review:
    """Return a row of reviews joined with its run's route."""
    return Review(
        review_id=row.id,
        case_id=row.case_id,
        run_id=row.run_id,
        draft_id=row.draft_id,
        status=row.status,
        version=row.version,
        route=load(Route, row.route),
        opened_at=row.opened_at,
        due_by=row.due_by,
    )


def _as_decision(row: Row[Any]) -> Decision:
    return Decision(
        review_id=row.review_id,
        verdict=row.verdict,
        reviewer=row.reviewer,
        decided_at=row.decided_at,
        draft_id=row.draft_id,
        reason=row.reason,
    )


def _withdraw_stale(connection: Connection, case_id: int) -> None:
    """Leave only the review of the case's newest message open, whichever run came here last."""
    opened = select(reviews.c.id, reviews.c.run_id).where(reviews.c.case_id == case_id, reviews.c.status == "open")
    stale = connection.execute(opened.order_by(reviews.c.run_id.desc()).with_for_update()).all()[1:]
    if not stale:
        return
    named = reviews.c.id.in_([row.id for row in stale])
    connection.execute(update(reviews).where(named).values(status="withdrawn", version=reviews.c.version + 1))
    run_ids = [row.run_id for row in stale]
    connection.execute(update(runs).where(runs.c.id.in_(run_ids)).values(status="done"))
    delete_threads(connection, run_ids)
    for row in stale:
        note(connection, "review_withdrawn", case_id=case_id, review_id=row.id)


def _comes_after(connection: Connection, review_id: int) -> Any:
    """Return the test for what stands behind a review in the list."""
    query = select(reviews.c.due_by).where(reviews.c.id == review_id)
    due_by = connection.execute(query).scalar_one_or_none()
    later_id = reviews.c.id > review_id
    if due_by is None:
        return and_(reviews.c.due_by.is_(None), later_id)
    return or_(reviews.c.due_by.is_(None), reviews.c.due_by > due_by, and_(reviews.c.due_by == due_by, later_id))


def _claim(connection: Connection, review_id: int, version: int) -> Row[Any]:
    """Move the review from open to decided for exactly one caller."""
    statement = update(reviews).where(
        reviews.c.id == review_id, reviews.c.version == version, reviews.c.status == "open"
    )
    values = {"status": "decided", "version": version + 1, "edit": None}
    row = connection.execute(statement.values(values).returning(reviews)).one_or_none()
    if row is None:
        raise Conflict(_who_was_faster(connection, review_id))
    return row


def _who_was_faster(connection: Connection, review_id: int) -> str:
    query = (
        select(reviews.c.status, reviews.c.edit, decisions.c.reviewer, decisions.c.verdict)
        .outerjoin(decisions, decisions.c.review_id == reviews.c.id)
        .where(reviews.c.id == review_id)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return f"there is no review {review_id}"
    if row.reviewer:
        return f"{row.reviewer} decided this review in the meantime: {row.verdict}"
    if row.status == "withdrawn":
        return "a newer message came in; this draft was withdrawn"
    who = (row.edit or {}).get("reviewer", "somebody")
    return f"{who} changed this draft in the meantime; look at it again"


def _keep_corrections(connection: Connection, row: Row[Any], edited: Draft, reason: str) -> None:
    stored = connection.execute(select(drafts.c.document).where(drafts.c.id == row.draft_id)).scalar_one()
    before = load(Draft, stored)
    rows = [
        {
            "merchant_id": row.merchant_id,
            "case_id": row.case_id,
            "review_id": row.id,
            "template": before.template,
            "language": before.language,
            "slot": slot,
            "before": old,
            "after": new,
            "reason": reason,
        }
        for slot, old, new in changed_sentences(before, edited)
    ]
    if rows:
        connection.execute(insert(corrections).values(rows))


def changed_sentences(before: Draft, after: Draft) -> list[tuple[str, str, str]]:
    """Return slot, old and new words of what differs, aligned sentence by sentence."""
    old, new = [s.text for s in before.sentences], [s.text for s in after.sentences]
    found = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag != "equal":
            slot = before.sentences[a1].slot if a1 < a2 else ""
            found.append((slot, " ".join(old[a1:a2]), " ".join(new[b1:b2])))
    if before.subject != after.subject:
        found.append(("subject", before.subject, after.subject))
    return found
