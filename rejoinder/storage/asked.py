"""Disputes by their order: those there are, and those that a person tells us of before any notice came."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from rejoinder.domain.cases import Dispute
from rejoinder.domain.digests import DigestRow
from rejoinder.errors import Conflict
from rejoinder.storage.cases import find_known_dispute, keep_dispute
from rejoinder.storage.digests import new_dispute_case, start_read_run
from rejoinder.storage.documents import dump, load
from rejoinder.storage.messages import Accepted, insert_message, lock_disputes
from rejoinder.storage.rows import Rows, note
from rejoinder.storage.tables import cases, disputes, messages


class AskedRows(Rows):
    """Disputes by their order."""

    def disputes_on(self, merchant_id: int, order_number: str) -> Sequence[tuple[int, Dispute]]:
        """Return the disputes of an order with the ids of their cases, newest first."""
        query = (
            select(disputes.c.case_id, disputes.c.document)
            .join(cases, cases.c.id == disputes.c.case_id)
            .where(cases.c.merchant_id == merchant_id, cases.c.order_number == order_number)
            .order_by(disputes.c.case_id.desc())
        )
        with self.reading() as connection:
            return [(row.case_id, load(Dispute, row.document)) for row in connection.execute(query)]

    def note_file_for_order(self, merchant_id: int, order_number: str, reason: str, actor: str) -> None:
        """Keep in the audit trail that a file was made for an order, with no case."""
        with self.begin() as connection:
            named = {"order": order_number, "reason": reason}
            note(connection, "file_made_for_order", actor=actor, merchant_id=merchant_id, about=named)

    def open_asked(self, merchant_id: int, told: DigestRow, received_at: datetime, actor: str) -> Accepted:
        """Open a case for a dispute that a person tells of; the notice that comes later finds it by its payment.

        Raises:
            Conflict: a case is about this dispute already.
        """
        dispute = told.dispute
        values = {"identity": told.mail.identity, "mail": dump(told.mail), "received_at": received_at}
        with self.begin() as connection:
            lock_disputes(connection, merchant_id, dispute.processor)
            known = find_known_dispute(connection, merchant_id, dispute, case_id=None)
            message_id = None if known else insert_message(connection, merchant_id, values)
            if message_id is None:
                which = f"case {known.case_id}" if known else "a case"
                raise Conflict(f"{which} is about this dispute already")
            case_id = new_dispute_case(connection, merchant_id, told)
            keep_dispute(connection, merchant_id, case_id, dispute, None)
            connection.execute(update(messages).where(messages.c.id == message_id).values(case_id=case_id))
            run_id = start_read_run(connection, merchant_id, case_id, message_id, told)
            note(connection, "asked_for", actor=actor, case_id=case_id, order=dispute.order_reference)
        return Accepted(message_id, case_id, run_id, True)
