"""What the desk shows: one case whole, and lists of cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, literal, select
from sqlalchemy import case as case_when

from rejoinder.domain.cases import Case, Dispute, Run, StoredMessage
from rejoinder.domain.drafts import Draft, Problem
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.orders import Match
from rejoinder.domain.reading import Reading, Reconciled
from rejoinder.domain.review import Decision, Delivery, Review, Route
from rejoinder.errors import NotFound
from rejoinder.storage.cases import as_case, as_run
from rejoinder.storage.deliveries import as_delivery
from rejoinder.storage.documents import load
from rejoinder.storage.hand_ins import awaits_hand_in
from rejoinder.storage.messages import stored
from rejoinder.storage.reviews import as_review
from rejoinder.storage.rows import Rows
from rejoinder.storage.tables import (
    audit,
    cases,
    decisions,
    deliveries,
    disputes,
    drafts,
    evidence,
    messages,
    reviews,
    runs,
    used_passages,
)

TO_HAND_IN = "to_hand_in"
_SHOWN_STATUS = case_when((awaits_hand_in(), literal(TO_HAND_IN)), else_=cases.c.status).label("shown_status")


class AuditLine(NamedTuple):
    """One line of what happened."""

    at: datetime
    actor: str
    action: str
    details: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """All that is known of a case; lists are oldest first.

    `run` is the newest. While a review is open, `shown_run` is the run it asks about, whose reading, matches, route
    and draft are shown even when a newer message has come in; else it is the newest as well. An approved letter is
    shown until there is a newer draft.
    """

    case: Case
    outcome: str
    run: Run | None
    shown_run: Run | None
    set_aside: str
    messages: tuple[StoredMessage, ...]
    dispute: Dispute | None
    reconciled: Reconciled | None
    readings: tuple[Reading, ...]
    matches: tuple[Match, ...]
    evidence: tuple[Evidence, ...]
    passages: tuple[Passage, ...]
    draft_id: int | None
    draft: Draft | None
    problems: tuple[Problem, ...]
    route: Route | None
    review: Review | None
    decision: Decision | None
    deliveries: tuple[Delivery, ...]
    audit: tuple[AuditLine, ...]


class CaseLine(NamedTuple):
    """One line of a list of cases; `status` is the case's own, or `to_hand_in`."""

    case_id: int
    kind: str
    status: str
    outcome: str
    title: str
    intent: str
    language: str
    order_number: str
    created_at: datetime


class MessageCounts(NamedTuple):
    """How many messages came in, and how many have come to rest: read, drafted, or kept in quarantine."""

    total: int
    settled: int


class PageRows(Rows):
    """Pages of the desk; each names the merchants the visitor may see."""

    def case_page(self, case_id: int, merchant_ids: Sequence[int]) -> CasePage:
        """Return a case whole.

        Raises:
            NotFound: no such case of these merchants.
        """
        mine = select(cases).where(cases.c.id == case_id, cases.c.merchant_id.in_(merchant_ids))
        with self.reading() as connection:
            case = connection.execute(mine).one_or_none()
            if case is None:
                raise NotFound(f"there is no case {case_id}")
            rows = partial(_rows_of, connection, case_id)
            newest, run, review, draft, decided = _chosen(connection, case_id)
            disputed = next(iter(rows(disputes)), None)
            return CasePage(
                case=as_case(case),
                outcome=case.outcome,
                run=as_run(newest) if newest else None,
                shown_run=as_run(run) if run else None,
                set_aside=run.set_aside if run else "",
                messages=tuple(stored(row) for row in rows(messages, messages.c.id)),
                dispute=load(Dispute, disputed.document) if disputed else None,
                reconciled=load(Reconciled, run.reconciled) if run and run.reconciled else None,
                readings=tuple(load(Reading, one) for one in (run.readings if run else None) or ()),
                matches=tuple(load(Match, one) for one in (run.matches if run else None) or ()),
                evidence=tuple(load(Evidence, row.document) for row in rows(evidence)),
                passages=tuple(load(Passage, row.document) for row in rows(used_passages)),
                draft_id=draft.id if draft else None,
                draft=load(Draft, draft.document) if draft else None,
                problems=tuple(load(Problem, one) for one in (draft.problems if draft else ())),
                route=load(Route, run.route) if run and run.route else None,
                review=review,
                decision=_decision(decided) if decided else None,
                deliveries=tuple(as_delivery(row) for row in rows(deliveries, deliveries.c.id)),
                audit=tuple(AuditLine(r.at, r.actor, r.action, r.details) for r in rows(audit, audit.c.id)),
            )

    def list_cases(
        self, merchant_ids: Sequence[int], *, status: str = "", limit: int = 200, after: int = 0
    ) -> Sequence[CaseLine]:
        """Return cases, newest first; `after` is the last case seen.

        What is to be handed in has no other status; `list_to_hand_in` lists it by deadline.
        """
        query = select(cases, _SHOWN_STATUS).where(cases.c.merchant_id.in_(merchant_ids), cases.c.status != "merged")
        if status:
            query = query.where(cases.c.status == status, ~awaits_hand_in())
        if after:
            query = query.where(cases.c.id < after)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(cases.c.id.desc()).limit(limit)).all()
        return [
            CaseLine(
                r.id, r.kind, r.shown_status, r.outcome, r.title, r.intent, r.language, r.order_number, r.created_at
            )
            for r in rows
        ]

    def count_cases(self, merchant_ids: Sequence[int]) -> dict[str, int]:
        """Return how many cases there are in each status, `to_hand_in` among them."""
        query = select(_SHOWN_STATUS, func.count()).where(cases.c.merchant_id.in_(merchant_ids)).group_by(_SHOWN_STATUS)
        with self.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def count_messages(self, merchant_ids: Sequence[int]) -> MessageCounts:
        """Return how many messages came in and how many of them have come to rest."""
        moving = runs.c.status.in_(["queued", "running"])
        query = (
            select(func.count(), func.count().filter(moving))
            .select_from(messages.outerjoin(runs, runs.c.message_id == messages.c.id))
            .where(messages.c.merchant_id.in_(merchant_ids), messages.c.direction == "in")
        )
        with self.reading() as connection:
            total, busy = connection.execute(query).one()
        return MessageCounts(total=total, settled=total - busy)

    def case_of_review(self, review_id: int, merchant_ids: Sequence[int]) -> int:
        """Return the case of a review of these merchants.

        Raises:
            NotFound: no such review.
        """
        query = select(reviews.c.case_id).where(reviews.c.id == review_id, reviews.c.merchant_id.in_(merchant_ids))
        with self.reading() as connection:
            found: int | None = connection.execute(query).scalar_one_or_none()
        if found is None:
            raise NotFound(f"there is no review {review_id}")
        return found


def _rows_of(connection: Connection, case_id: int, table: Any, *order: Any) -> Sequence[Any]:
    return connection.execute(select(table).where(table.c.case_id == case_id).order_by(*order)).all()


class _Chosen(NamedTuple):
    """What of a case is shown: its newest review, and the rows of its newest run, the run shown, draft and decision."""

    newest: Any
    run: Any
    review: Review | None
    draft: Any
    decided: Any


def _chosen(connection: Connection, case_id: int) -> _Chosen:
    rows = partial(_rows_of, connection, case_id)
    known = rows(runs, runs.c.id.desc())
    newest = next(iter(known), None)
    reviewed = next(iter(rows(reviews, reviews.c.id.desc())), None)
    review_run = next((row for row in known if reviewed and row.id == reviewed.run_id), None)
    run = review_run if reviewed and reviewed.status == "open" else newest
    drafted = rows(drafts, drafts.c.id.desc())
    of_run = [row for row in drafted if run and row.run_id == run.id]
    decided = _decided(connection, reviewed)
    return _Chosen(
        newest=newest,
        run=run,
        review=as_review(_with_route(reviewed, review_run)) if reviewed and review_run else None,
        draft=_shown_draft(of_run, decided, reviewed) or _approved_letter(drafted, decided),
        decided=decided,
    )


def _decided(connection: Connection, reviewed: Any) -> Any:
    if reviewed is None:
        return None
    return connection.execute(select(decisions).where(decisions.c.review_id == reviewed.id)).one_or_none()


def _shown_draft(drafted: Sequence[Any], decided: Any, reviewed: Any) -> Any:
    """Return the draft that was decided on or that an approval would send, else the newest."""
    asked = reviewed.draft_id if reviewed is not None and reviewed.status == "open" else None
    chosen_id = decided.draft_id if decided is not None else asked
    chosen = (row for row in drafted if row.id == chosen_id)
    return next(chosen, drafted[0] if drafted else None)


def _approved_letter(drafted: Sequence[Any], decided: Any) -> Any:
    approved = (row for row in drafted if decided is not None and row.id == decided.draft_id)
    return next((row for row in approved if row.document["kind"] == "letter"), None)


class _ReviewWithRoute(NamedTuple):
    id: int
    case_id: int
    run_id: int
    draft_id: int | None
    status: str
    version: int
    route: Any
    opened_at: datetime
    due_by: datetime | None


def _with_route(review: Any, run: Any) -> Any:
    return _ReviewWithRoute(
        review.id,
        review.case_id,
        review.run_id,
        review.draft_id,
        review.status,
        review.version,
        run.route,
        review.opened_at,
        review.due_by,
    )


def _decision(row: Any) -> Decision:
    return Decision(
        review_id=row.review_id,
        verdict=row.verdict,
        reviewer=row.reviewer,
        decided_at=row.decided_at,
        draft_id=row.draft_id,
        reason=row.reason,
    )
