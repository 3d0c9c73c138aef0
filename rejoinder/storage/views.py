"""What a node of a graph needs, loaded in one round trip."""

from dataclasses import replace

from sqlalchemy import and_, bindparam, select

from rejoinder.domain.cases import Dispute, Merchant, RunView
from rejoinder.domain.orders import Order
from rejoinder.domain.reading import Reconciled
from rejoinder.errors import NotFound
from rejoinder.storage.cases import as_case, as_run
from rejoinder.storage.documents import load
from rejoinder.storage.messages import stored
from rejoinder.storage.rows import Rows
from rejoinder.storage.tables import cases, disputes, merchants, messages, orders, runs

PARTS = {"run": runs, "case": cases, "message": messages, "merchant": merchants}
VIEW = (
    select(
        *(column.label(f"{name}__{column.name}") for name, table in PARTS.items() for column in table.c),
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


class _Part:
    """The columns of one table in a joined row."""

    def __init__(self, values: dict[str, object]) -> None:
        self.__dict__.update(values)


def _part(row, name: str):  # type: ignore[no-untyped-def] # rows are untyped in SQLAlchemy Core as well
    prefix = f"{name}__"
    return _Part({key.removeprefix(prefix): value for key, value in row._mapping.items() if key.startswith(prefix)})
