"""All queries in one object; what the state machines, the desk and the worker are given."""

from typing import Any

from sqlalchemy import Connection, Row, select, update

from rejoinder.domain.review import Decision
from rejoinder.storage.asked import AskedRows
from rejoinder.storage.cases import CaseRows
from rejoinder.storage.deliveries import DeliveryRows, was_taken_back
from rejoinder.storage.digests import DigestRows
from rejoinder.storage.drafts import DraftRows
from rejoinder.storage.figures import FigureRows
from rejoinder.storage.hand_ins import HandInRows
from rejoinder.storage.judgements import JudgementRows
from rejoinder.storage.learned_sources import LearnedRows
from rejoinder.storage.merchants import MerchantRows
from rejoinder.storage.orders import OrderRows
from rejoinder.storage.packets import PacketRows
from rejoinder.storage.pages import PageRows
from rejoinder.storage.passages import PassageRows
from rejoinder.storage.redrafts import RedraftRows
from rejoinder.storage.reminders import ReminderRows
from rejoinder.storage.requests import RequestRows
from rejoinder.storage.tables import cases, runs
from rejoinder.storage.views import ViewRows

OUTCOMES = {"reject": "rejected", "escalate": "escalated", "concede": "conceded"}


class Store(
    MerchantRows,
    RequestRows,
    CaseRows,
    DigestRows,
    OrderRows,
    DraftRows,
    ReminderRows,
    DeliveryRows,
    PassageRows,
    PageRows,
    ViewRows,
    LearnedRows,
    FigureRows,
    JudgementRows,
    HandInRows,
    PacketRows,
    RedraftRows,
    AskedRows,
):
    """Every method is one transaction; every write may happen twice and then changes nothing."""

    def go_on(self, connection: Connection, review: Row[Any], decided: Decision) -> None:
        """Queue the job that carries the decision out; after a take-back the graph has ended, so it is done here."""
        if not was_taken_back(connection, review.run_id):
            super().go_on(connection, review, decided)
        elif decided.draft_id is not None:
            run = connection.execute(select(runs).where(runs.c.id == review.run_id)).one()
            self._insert(connection, run, decided.draft_id)
        else:
            closed = update(cases).where(cases.c.id == review.case_id)
            connection.execute(closed.values(status="closed", outcome=OUTCOMES[decided.verdict]))
