"""What a node of a graph needs, loaded in one round trip."""

from dataclasses import replace
from types import SimpleNamespace

from sqlalchemy import and_, bindparam, select

from rejoinder.domain.cases import Dispute, Merchant, RunView
from rejoinder.domain.orders import Order
from rejoinder.domain.reading import Reconciled
from rejoinder.errors import NotFound
from rejoinder.storage.cases import CASE, RUN, as_case, as_run
from rejoinder.storage.documents import load
from rejoinder.storage.messages import MESSAGE, stored
from rejoinder.storage.rows import Rows
from rejoinder.storage.tables import cases, disputes, merchants, messages, orders, runs

PARTS = {
    "run": (*RUN, runs.c.reconciled),
    "case": CASE,
    "message": MESSAGE,
    "merchant": (merchants.c.id, merchants.c.document),
}
"""What is asked of each table: the columns that are read here, and none of the long ones beside them."""

VIEW = (
    select(
        *(column.label(f"{name}__{column.name}") for name, columns in PARTS.items() for column in columns),
        disputes.c.document.label("dispute"),
        orders.c.document.label("order"),
    )
    .select_from(
        runs.join(cases, cases.c.id == runs.c.case_id)
        .join(messages, messages.c.id == runs.c.message_id)
        .join(merchants, merchants.c.id == runs.c.merchant_id)
        .outerjoin(disputes, disputes.c.case_id == cases.c.id)
        .outerjoin(orders, and_(orders.c.merchant_id == cases.c.merchant_id, orders.c.number == cases.c.order_number))
    )
    .where(runs.c.id == bindparam("run_id"))
)  # built once: every node of every run asks it


class ViewRows(Rows):
    """Joined reads of a run."""

    def view(self, run_id: int) -> RunView:
        """Return a run with all it is about: case, merchant, message, reading, dispute, matched order."""
        with self.reading() as connection:
            row = connection.execute(VIEW, {"run_id": run_id}).one_or_none()
        if row is None:
            raise NotFound(f"there is no run {run_id}")
        run, case, message, merchant = (_part(row, name) for name in PARTS)
        return RunView(
            run=as_run(run),
            case=as_case(case),
            merchant=replace(load(Merchant, merchant.document), merchant_id=merchant.id),
            message=stored(message),
            reconciled=load(Reconciled, run.reconciled) if run.reconciled else None,
            dispute=load(Dispute, row.dispute) if row.dispute else None,
            order=load(Order, row.order) if row.order else None,
        )


def _part(row, name: str):  # type: ignore[no-untyped-def] # rows are untyped in SQLAlchemy Core as well
    """Return the columns of one table in a joined row."""
    return SimpleNamespace(**{column.name: getattr(row, f"{name}__{column.name}") for column in PARTS[name]})
