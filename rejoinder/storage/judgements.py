"""What the rules concluded about disputes, and the records that only those rules ask for."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from rejoinder.domain.cases import Dispute, MonthOfCards
from rejoinder.domain.judgement import Judgement
from rejoinder.domain.orders import Order
from rejoinder.storage.dispute_tables import judgements
from rejoinder.storage.documents import dump, load
from rejoinder.storage.rows import Rows, note
from rejoinder.storage.tables import cases, disputes, orders, payments, reviews, runs

WON = ("won",)
LOST = ("lost", "expired")
MAX_EARLIER = 100


class JudgementRows(Rows):
    """Judgements, and what they look at beside the case's own records."""

    def save_judgement(self, run_id: int, category: str, judgement: Judgement) -> None:
        """Keep what was concluded about the run's case, in place of what was before; settings of people stay."""
        values = {"category": category, "level": judgement.level, "document": dump(judgement), "changed_at": func.now()}
        whose = select(runs.c.case_id).where(runs.c.id == run_id).scalar_subquery()
        statement = insert(judgements).values(case_id=whose, **values)
        with self.begin() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["case_id"], set_=values))

    def judgement(self, case_id: int) -> Judgement | None:
        """Return what the rules concluded about a case; None while nobody looked."""
        query = select(judgements.c.document).where(judgements.c.case_id == case_id)
        with self.reading() as connection:
            document = connection.execute(query).scalar_one_or_none()
        return load(Judgement, document) if document else None

    def term_settings(self, case_id: int) -> Mapping[str, str]:
        """Return the terms of the expected value that a person set for this case, by name."""
        query = select(judgements.c.settings).where(judgements.c.case_id == case_id)
        with self.reading() as connection:
            return dict(connection.execute(query).scalar_one_or_none() or {})

    def set_term_settings(self, case_id: int, settings: Mapping[str, str], actor: str) -> None:
        """Keep the terms that a person set, in place of those before."""
        values = {"settings": dict(settings)}
        statement = insert(judgements).values(case_id=case_id, **values)
        with self.begin() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["case_id"], set_=values))
            note(connection, "terms_set", actor=actor, case_id=case_id, settings=dict(settings))

    def earlier_orders(self, merchant_id: int, order: Order) -> Sequence[Order]:
        """Return the customer's orders before this one: by mail address, or paid with the same card; newest first."""
        cards = [payment.card_fingerprint for payment in order.payments if payment.card_fingerprint]
        paid = select(payments.c.order_number).where(
            payments.c.merchant_id == merchant_id, payments.c.card_fingerprint.in_(cards)
        )
        same = or_(orders.c.customer_email == order.customer_email.lower(), orders.c.number.in_(paid))
        query = (
            select(orders.c.document)
            .where(orders.c.merchant_id == merchant_id, orders.c.number != order.number, same)
            .where(orders.c.placed_at < order.placed_at)
            .order_by(orders.c.placed_at.desc())
            .limit(MAX_EARLIER)
        )
        with self.reading() as connection:
            return [load(Order, document) for document in connection.execute(query).scalars()]

    def other_disputes(
        self, merchant_id: int, case_id: int, *, orders: Sequence[str], payments: Sequence[str]
    ) -> Sequence[Dispute]:
        """Return the merchant's other disputes on these orders or payments."""
        same = (
            disputes.c.payment_reference.in_([reference for reference in payments if reference]),
            cases.c.order_number.in_([number for number in orders if number]),
        )
        query = (
            select(disputes.c.document)
            .join(cases, cases.c.id == disputes.c.case_id)
            .where(disputes.c.merchant_id == merchant_id, disputes.c.case_id != case_id, or_(*same))
            .limit(MAX_EARLIER)
        )
        with self.reading() as connection:
            return [load(Dispute, document) for document in connection.execute(query).scalars()]

    def letters_in_review(self, merchant_id: int) -> Mapping[int, Order]:
        """Return the runs whose letter waits for a person and nobody has edited, each with its order as it is now."""
        query = (
            select(runs.c.id, orders.c.document)
            .join(cases, cases.c.id == runs.c.case_id)
            .join(reviews, reviews.c.run_id == runs.c.id)
            .join(orders, and_(orders.c.merchant_id == cases.c.merchant_id, orders.c.number == cases.c.order_number))
            .where(cases.c.merchant_id == merchant_id, cases.c.kind == "dispute")
            .where(runs.c.status == "waiting", reviews.c.status == "open", reviews.c.edit.is_(None))
        )
        with self.reading() as connection:
            return {row.id: load(Order, row.document) for row in connection.execute(query)}

    def outcomes(self, merchant_id: int, category: str, level: str) -> tuple[int, int]:
        """Return how many of the merchant's own cases of this category and level of evidence were won, and lost."""
        decided = (
            select(
                func.count().filter(disputes.c.status.in_(WON)),
                func.count().filter(disputes.c.status.in_(LOST)),
            )
            .select_from(disputes.join(judgements, judgements.c.case_id == disputes.c.case_id))
            .where(disputes.c.merchant_id == merchant_id)
            .where(judgements.c.category == category, judgements.c.level == level)
        )
        with self.reading() as connection:
            won, lost = connection.execute(decided).one()
        return int(won), int(lost)

    def month_of_cards(self, merchant_id: int, network: str, month: date, zone: ZoneInfo) -> MonthOfCards:
        """Count a network's disputes and payments in the month of a day, and its payments in the month before."""
        first, after = _month(month, zone)
        before, _ = _month(month.replace(day=1) - timedelta(days=1), zone)
        mine = disputes.c.merchant_id == merchant_id, disputes.c.document["network"].astext == network
        fraud = disputes.c.document["category"].astext.in_(["fraud_card_absent", "fraud_card_present"])
        opened = cases.c.created_at >= first, cases.c.created_at < after
        counted = (
            select(func.count(), func.count().filter(fraud))
            .select_from(disputes.join(cases, cases.c.id == disputes.c.case_id))
            .where(*mine, *opened)
        )
        paid = payments.c.merchant_id == merchant_id, payments.c.network == network
        now = payments.c.captured_at >= first, payments.c.captured_at < after
        then = payments.c.captured_at >= before, payments.c.captured_at < first
        settled = select(
            func.count().filter(*now), func.count().filter(*now, payments.c.fraud_reported), func.count().filter(*then)
        ).where(*paid, payments.c.captured_at >= before, payments.c.captured_at < after)
        with self.reading() as connection:
            disputed, as_fraud = connection.execute(counted).one()
            this, reported, previous = connection.execute(settled).one()
        return MonthOfCards(
            disputes=disputed, fraud_disputes=as_fraud, fraud_reports=reported, settled=this, settled_before=previous
        )


def _month(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first instant of the month of a day, and that of the next."""
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return datetime.combine(first, time(), zone), datetime.combine(after, time(), zone)
