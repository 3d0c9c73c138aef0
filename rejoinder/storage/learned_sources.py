"""What reviewers confirmed of notices, and the sources learned from it, per merchant."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from rejoinder.domain.cases import Dispute
from rejoinder.domain.disputes import merge, standing
from rejoinder.domain.learned import LearnedSource
from rejoinder.errors import Conflict
from rejoinder.storage.cases import keep_dispute, run_row
from rejoinder.storage.checkpoints import delete_threads
from rejoinder.storage.documents import dump, load
from rejoinder.storage.messages import lock_disputes
from rejoinder.storage.queue import queue_run
from rejoinder.storage.rows import Rows, note
from rejoinder.storage.tables import (
    cases,
    confirmed_notices,
    disputes,
    learned_sources,
    merchants,
    messages,
    reviews,
    runs,
)


class LearnedRows(Rows):
    """Confirmed fields and learned sources."""

    def learned_source(self, merchant_id: int, domain: str) -> LearnedSource | None:
        """Return how the sender of this domain writes its notices, where the merchant's reviewers taught it."""
        with self.begin() as connection:
            return _source(connection, merchant_id, domain)

    def confirmed_fields(self, merchant_id: int, identity: str) -> Mapping[str, str]:
        """Return the fields that a reviewer confirmed of the mail with this identity; none when nobody did."""
        mine = confirmed_notices.c.merchant_id == merchant_id, confirmed_notices.c.identity == identity
        with self.begin() as connection:
            found = connection.execute(select(confirmed_notices.c.fields).where(*mine)).scalar_one_or_none()
        return dict(found or {})

    def confirm_notice(
        self,
        run_id: int,
        fields: Mapping[str, str],
        told: Dispute,
        learned: LearnedSource | None,
        *,
        reviewer: str,
    ) -> None:
        """Keep the confirmed fields of a run's mail, correct its dispute by them, and let the run begin anew.

        `told` is the dispute as the confirmed fields tell it. The open question is withdrawn, for its draft was written
        from what was read before.

        Raises:
            Conflict: the run does not wait for a person any more, or another case holds the dispute.
        """
        with self.begin() as connection:
            run = run_row(connection, run_id, lock=True)
            _withdraw(connection, run)
            identity = connection.execute(
                select(messages.c.identity).where(messages.c.id == run.message_id)
            ).scalar_one()
            kept = {"fields": dict(fields), "reviewer": reviewer}
            _upsert(connection, confirmed_notices, {"merchant_id": run.merchant_id, "identity": identity}, kept)
            if learned:
                _learn(connection, run.merchant_id, learned, reviewer)
            corrected = _correct(connection, run, told)
            connection.execute(update(cases).where(cases.c.id == run.case_id).values(status="working"))
            connection.execute(update(runs).where(runs.c.id == run.id).values(status="queued", error=""))
            delete_threads(connection, [run.id])
            queue_run(connection, run.merchant_id, run.case_id, run.id, respond_by=corrected.respond_by)
            learned_domain = learned.domain if learned else ""
            note(connection, "fields_confirmed", actor=reviewer, case_id=run.case_id, learned=learned_domain)


def _withdraw(connection: Connection, run: Row[Any]) -> None:
    """Take back the run's open question, so that the run can ask anew."""
    asked = reviews.c.run_id == run.id, reviews.c.status == "open"
    if run.status != "waiting" or connection.execute(delete(reviews).where(*asked)).rowcount != 1:
        raise Conflict("this notice does not wait for a person any more; look at the case again")


def _correct(connection: Connection, run: Row[Any], told: Dispute) -> Dispute:
    """Let the case's dispute say what was confirmed; what other messages told of its course stays."""
    lock_disputes(connection, run.merchant_id, told.processor)
    known = connection.execute(
        select(disputes).where(disputes.c.case_id == run.case_id).with_for_update()
    ).one_or_none()
    same = disputes.c.processor == told.processor, disputes.c.reference == told.reference
    other = select(disputes.c.case_id).where(disputes.c.merchant_id == run.merchant_id, *same)
    holder = connection.execute(other.where(disputes.c.case_id != run.case_id)).scalar_one_or_none()
    if holder is not None:
        raise Conflict(f"case {holder} is about this dispute already")
    corrected = _corrected(load(Dispute, known.document), told) if known else told
    keep_dispute(connection, run.merchant_id, run.case_id, corrected, known)
    return corrected


def _corrected(known: Dispute, told: Dispute) -> Dispute:
    own = {move.event_id for move in told.moves}
    others = tuple(move for move in known.moves if move.event_id not in own)
    return merge(told, standing(replace(known, moves=others))) if others else told


def _learn(connection: Connection, merchant_id: int, learned: LearnedSource, reviewer: str) -> None:
    connection.execute(select(merchants.c.id).where(merchants.c.id == merchant_id).with_for_update())
    known = _source(connection, merchant_id, learned.domain)
    kept = {"document": dump(known.joined(learned) if known else learned), "reviewer": reviewer}
    _upsert(connection, learned_sources, {"merchant_id": merchant_id, "domain": learned.domain}, kept)


def _source(connection: Connection, merchant_id: int, domain: str) -> LearnedSource | None:
    mine = learned_sources.c.merchant_id == merchant_id, learned_sources.c.domain == domain
    document = connection.execute(select(learned_sources.c.document).where(*mine)).scalar_one_or_none()
    return load(LearnedSource, document) if document else None


def _upsert(connection: Connection, table: Any, key: dict[str, Any], values: dict[str, Any]) -> None:
    statement = insert(table).values(**key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
