"""Notices whose fields a reviewer confirmed, and the sources learned from them, per merchant."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import insert

from rejoinder.domain.cases import Dispute
from rejoinder.domain.disputes import merge, standing
from rejoinder.domain.learned import LearnedSource
from rejoinder.domain.reading import Reconciled
from rejoinder.errors import Conflict
from rejoinder.storage.cases import keep_dispute, run_row
from rejoinder.storage.dispute_tables import learned_sources
from rejoinder.storage.documents import dump, load
from rejoinder.storage.messages import lock_disputes
from rejoinder.storage.redrafts import begin_anew
from rejoinder.storage.rows import Rows, note
from rejoinder.storage.tables import disputes, merchants


class LearnedRows(Rows):
    """Confirmed notices and learned sources."""

    def learned_source(self, merchant_id: int, domain: str) -> LearnedSource | None:
        """Return how the sender of this domain writes its notices, where the merchant's reviewers taught it."""
        with self.reading() as connection:
            return _source(connection, merchant_id, domain)

    def confirm_notice(
        self, run_id: int, confirmed: Reconciled, told: Dispute, learned: LearnedSource | None, *, reviewer: str
    ) -> None:
        """Let a run go on with the reading that a reviewer confirmed, and correct its dispute.

        `told` is the dispute as that reading tells it. The open question is withdrawn, for its draft was written
        from what was read before.

        Raises:
            Conflict: the run does not wait for a person any more, or another case holds the dispute.
        """
        with self.begin() as connection:
            run = run_row(connection, run_id, lock=True)
            if learned:
                _learn(connection, run.merchant_id, learned, reviewer)
            corrected = _correct(connection, run, told)
            read = {"reconciled": dump(confirmed), "readings": [dump(confirmed.reading)]}
            begin_anew(connection, run, respond_by=corrected.respond_by, **read)
            learned_domain = learned.domain if learned else ""
            note(connection, "fields_confirmed", actor=reviewer, case_id=run.case_id, learned=learned_domain)


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
    statement = insert(learned_sources).values(merchant_id=merchant_id, domain=learned.domain, **kept)
    connection.execute(statement.on_conflict_do_update(index_elements=["merchant_id", "domain"], set_=kept))


def _source(connection: Connection, merchant_id: int, domain: str) -> LearnedSource | None:
    mine = learned_sources.c.merchant_id == merchant_id, learned_sources.c.domain == domain
    document = connection.execute(select(learned_sources.c.document).where(*mine)).scalar_one_or_none()
    return load(LearnedSource, document) if document else None
