"""Disputes that a person tells us of, before any notice came."""

from datetime import datetime

from sqlalchemy import update

from rejoinder.domain.digests import DigestRow
from rejoinder.errors import Conflict
from rejoinder.storage.cases import find_known_dispute, keep_dispute
from rejoinder.storage.digests import new_dispute_case, start_read_run
from rejoinder.storage.documents import dump
from rejoinder.storage.messages import Accepted, insert_message, lock_disputes
from rejoinder.storage.rows import Rows, note
from rejoinder.storage.tables import messages


class AskedRows(Rows):
    """Disputes that people told us of."""

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
