"""No query may read a table that grows from end to end."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import event

from rejoinder.domain.documents import Document, PassageText
from rejoinder.storage.columns import metadata
from rejoinder.storage.store import Store
from tests.storage.examples import (
    NOW,
    RAW,
    a_dispute,
    a_draft,
    a_passage,
    a_product,
    accept,
    an_event,
    an_evidence,
    an_order,
    in_review,
    merchant_of,
)

GROWING = {
    "cases", "messages", "disputes", "runs", "evidence", "used_passages", "drafts", "reviews", "decisions", "corrections",
    "deliveries", "orders", "payments", "products", "documents", "passages", "audit", "webhook_calls",
}  # fmt: skip
INDEXES = {str(index.name): table.name for table in metadata.sorted_tables for index in table.indexes}
INDEXES |= {f"pk_{table.name}": table.name for table in metadata.sorted_tables}
EXPLAINED = ("SELECT", "UPDATE", "DELETE")


@contextmanager
def statements(store: Store) -> Iterator[dict[str, Any]]:
    """Collect the statements that are executed, with parameters of each."""
    seen: dict[str, Any] = {}

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.startswith(EXPLAINED):
            seen.setdefault(re.sub(r"%\(\w+\)s::\w+", "?", statement), (statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(store.engine, "before_cursor_execute", note)


def scans(store: Store, statement: str, parameters: Any) -> set[str]:
    """Return the growing tables that no index leads into, whatever their size."""
    with store.begin() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_material = off")
        cursor.execute(f"EXPLAIN {statement}", parameters)
        plan = "".join(f"{row[0]}\n" for row in cursor.fetchall())
    # An index read without a condition on it is a scan as well.
    name = r"Bitmap Index Scan on (\S+)|Index(?: Only)? Scan(?: Backward)? using (\S+) on \w+"
    blind = re.findall(rf"(?:{name})[^\n]*\n(?!\s+Index Cond)", plan)
    tables = {INDEXES[one or other] for one, other in blind if (one or other) in INDEXES}
    return (set(re.findall(r"Seq Scan on (\w+)", plan)) | tables) & GROWING


def test_every_query_of_a_run_and_of_the_desk_follows_an_index(store: Store) -> None:
    shop = merchant_of(store)
    with statements(store) as seen:
        walk(store, shop)
    assert len(seen) > 60
    found = {text: scans(store, *given) for text, given in seen.items()}
    assert {text: tables for text, tables in found.items() if tables} == {}


def test_a_scan_is_noticed(store: Store) -> None:
    assert scans(store, "SELECT * FROM messages WHERE raw_file = %(x)s", {"x": "r"}) == {"messages"}
    assert scans(store, "SELECT id FROM messages ORDER BY id", {}) == {"messages"}
    assert scans(store, "SELECT * FROM messages WHERE id = %(x)s", {"x": 1}) == set()


def walk(store: Store, shop: int) -> None:
    """Call everything that a busy installation calls."""
    store.upsert_orders(shop, [an_order()])
    store.upsert_products(shop, [a_product()])
    document = Document(key="d", title="t", topic="returns", text="x", content_hash="h")
    store.replace_document(shop, document, [PassageText(passage_id="d#1", position=1, heading="h", text="return it")])
    lookups(store, shop)
    accepted, draft_id, review_id = in_review(store, shop)
    accept(store, shop)
    accept(store, shop, "m2", in_reply_to="<m1@example.com>")
    store.save_evidence(accepted.case_id, [an_evidence()])
    store.evidence(accepted.case_id, ["order:1001"])
    store.save_passages(accepted.case_id, [a_passage()])
    store.passages(accepted.case_id, ["returns#1"])
    store.save_match(accepted.run_id, [], "1001")
    store.save_edit(review_id, 1, "half", "lee")
    desk(store, shop, accepted.case_id, review_id)
    store.decide(review_id, 2, "edit", reviewer="lee", edited=a_draft("Edited."))
    delivery_id = store.queue_delivery(accepted.run_id, draft_id)
    store.claim_delivery(delivery_id)
    store.finish_delivery(delivery_id, "sent", "250", RAW)
    store.finish_run(accepted.run_id)
    disputes(store, shop)
    sweeps(store)


def lookups(store: Store, shop: int) -> None:
    store.candidate_orders(shop, numbers=["1001", "1Z999AA11001"], emails=["ana@example.com"], payments=["pi_1001"])
    store.orders_by_payment(shop, amount_minor=8990, currency="EUR", card_last4="4242", around=date(2026, 3, 9))
    store.order(shop, "1001")
    store.products(shop, ["LAMP-1"])
    store.find_products(shop, "lamp")
    store.fulltext(shop, "return", "returns", date(2026, 3, 9), 5)
    store.passages_by_id(shop, ["d#1"])
    store.policy_document(shop, "returns", date(2026, 3, 9))
    store.open_dispute_on(shop, "1001")
    store.mails_with(shop, "ana@example.com")


def desk(store: Store, shop: int, case_id: int, review_id: int) -> None:
    store.list_reviews([shop])
    store.list_reviews([shop], after=review_id)
    store.list_cases([shop])
    store.list_cases([shop], status="in_review")
    store.case_page(case_id, [shop])
    store.case_of_review(review_id, [shop])
    store.count_cases([shop])
    store.quarantined([shop])
    store.decision_of_run(1)
    store.view(1)


def disputes(store: Store, shop: int) -> None:
    event_ = store.accept_event(shop, an_event(), RAW, NOW)
    store.accept_event(shop, an_event("evt_2"), RAW, NOW)
    store.open_dispute(event_.run_id, a_dispute())
    store.open_dispute(event_.run_id, a_dispute("dp_9", sources=("mail",)))
    store.dispute(event_.case_id)
    store.set_aside(event_.run_id, "x")
    store.fail_run(event_.run_id, "x")
    store.retry_run(event_.run_id, "lee")


def sweeps(store: Store) -> None:
    now = datetime.now(UTC)
    store.requeue_lost_runs(now)
    store.requeue_lost_deliveries(now)
    store.mark_stuck_deliveries(now)
    store.remind_due_reviews(now)
