from dataclasses import replace
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

from rejoinder.domain.cases import MonthOfCards
from rejoinder.domain.judgement import Finding, Judgement
from rejoinder.domain.orders import Order
from rejoinder.storage.store import Store
from tests.storage.examples import NOW, a_dispute, accept, an_event, an_order, merchant_of

UTC_ZONE = ZoneInfo("UTC")
JUDGEMENT = Judgement(
    worth=(Finding(code="break_even", verdict="holds", values={"chance": "68"}),), advice="fight", level="strong",
    due_by=NOW + timedelta(days=9),
)  # fmt: skip


def paid(order: Order, reference: str, **changes: object) -> Order:
    return replace(order, payments=(replace(order.payments[0], reference=reference, **changes),))  # type: ignore[arg-type]


def disputed(store: Store, merchant_id: int, number: int, status: str = "needs_response") -> tuple[int, int]:
    """A dispute of a processor, as a run and its case."""
    accepted = store.accept_event(merchant_id, an_event(f"evt_{number}", f"dp_{number}"), "", NOW)
    told = a_dispute(f"dp_{number}", payment_reference=f"pi_{number}", status=status, network="visa")
    return accepted.run_id, store.open_dispute(accepted.run_id, told)


def test_a_judgement_is_kept_and_a_persons_terms_outlive_the_next_one(store: Store) -> None:
    merchant_id = merchant_of(store)
    run_id, case_id = disputed(store, merchant_id, 1)
    assert store.judgement(case_id) is None
    store.save_judgement(run_id, "not_received", JUDGEMENT)
    store.set_term_settings(case_id, {"win_chance": "0.5"}, "ana")
    store.save_judgement(run_id, "not_received", replace(JUDGEMENT, advice="accept"))
    assert store.judgement(case_id) == replace(JUDGEMENT, advice="accept")
    assert store.term_settings(case_id) == {"win_chance": "0.5"}


def test_earlier_orders_are_those_of_the_same_address_or_card_before_this_one(store: Store) -> None:
    merchant_id, other = merchant_of(store), merchant_of(store, "other")
    base = an_order()
    card = {"card_fingerprint": "fp_1"}
    order = paid(replace(base, number="A-5", placed_at=NOW), "pi_5", **card)
    earlier = [
        paid(replace(base, number="A-1", placed_at=NOW - timedelta(days=3)), "pi_1"),
        paid(
            replace(base, number="A-2", placed_at=NOW - timedelta(days=2), customer_email="b@x.example"), "pi_2", **card
        ),
        paid(replace(base, number="A-3", placed_at=NOW - timedelta(days=1), customer_email="c@x.example"), "pi_3"),
        paid(replace(base, number="A-6", placed_at=NOW + timedelta(days=1)), "pi_6", **card),
    ]
    store.upsert_orders(merchant_id, [order, *earlier])
    store.upsert_orders(other, [paid(replace(base, number="X-1", placed_at=NOW - timedelta(days=9)), "pi_9", **card)])
    assert [found.number for found in store.earlier_orders(merchant_id, order)] == ["A-2", "A-1"]


def test_other_disputes_are_those_on_the_same_payments_of_the_same_merchant(store: Store) -> None:
    merchant_id, other = merchant_of(store), merchant_of(store, "other")
    _, case_id = disputed(store, merchant_id, 1)
    disputed(store, merchant_id, 2)
    disputed(store, other, 3)
    found = store.other_disputes(merchant_id, case_id, orders=["", "A-1"], payments=["", "pi_1", "pi_2", "pi_3"])
    assert [dispute.reference for dispute in found] == ["dp_2"]


def test_outcomes_count_decided_cases_of_a_category_and_level(store: Store) -> None:
    merchant_id = merchant_of(store)
    for number, status in enumerate(("won", "won", "lost", "expired", "needs_response"), start=1):
        run_id, _ = disputed(store, merchant_id, number, status)
        store.save_judgement(run_id, "not_received", JUDGEMENT)
    run_id, _ = disputed(store, merchant_id, 9, "won")
    store.save_judgement(run_id, "not_received", replace(JUDGEMENT, level="some"))
    assert store.outcomes(merchant_id, "not_received", "strong") == (2, 2)
    assert store.outcomes(merchant_id, "duplicate", "strong") == (0, 0)


def test_a_month_of_cards_ends_with_its_last_day_in_the_merchants_zone(store: Store) -> None:
    merchant_id = merchant_of(store)
    accept(store, merchant_id)
    _, case_id = disputed(store, merchant_id, 1)
    month = store.case(case_id).created_at.astimezone(UTC).date().replace(day=1)
    first = NOW.replace(year=month.year, month=month.month, day=1, hour=0)
    base = an_order()
    payments = [
        ("in", first, {}),
        ("reported", first + timedelta(hours=1), {"fraud_reported": True}),
        ("before", first - timedelta(seconds=1), {}),
        ("long-before", first - timedelta(days=40), {}),
        ("other-network", first, {"network": "mastercard"}),
    ]
    store.upsert_orders(
        merchant_id,
        [
            paid(replace(base, number=name), name, **{"network": "Visa", "captured_at": at, **changes})
            for name, at, changes in payments
        ],
    )
    counted = store.month_of_cards(merchant_id, "visa", date(month.year, month.month, 15), UTC_ZONE)
    assert counted == MonthOfCards(disputes=1, fraud_disputes=0, fraud_reports=1, settled=2, settled_before=1)
