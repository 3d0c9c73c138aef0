from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.dispute.coverage import kinds_of
from agents.dispute.gaps import completeness, find_gaps, impossible_items, level_of, matrix
from agents.dispute.harmful import harmful
from agents.dispute.subject import Subject
from agents.evidence import order_evidence
from knowledge.matrix import evidence_entries, refuted_by, weight_shares
from knowledge.reason_codes import categories, evidence_titles, reason_codes
from prompts.findings import explain
from rejoinder.domain.cases import Dispute
from rejoinder.domain.judgement import Finding
from rejoinder.domain.money import Money
from rejoinder.domain.orders import GOODS, Access, Order, Payment, PostalAddress, Refund, Scan, Shipment

NOW = datetime(2026, 4, 10, tzinfo=UTC)
ORDERED = datetime(2026, 3, 2, tzinfo=UTC)
TOTAL = Money(amount_minor=8990, currency="EUR")


def payment(**changes: Any) -> Payment:
    values: dict[str, Any] = {"reference": "pi_1", "processor": "stripe", "amount": TOTAL, "captured_at": ORDERED}
    return Payment(**values | changes)


def order(**changes: Any) -> Order:
    values: dict[str, Any] = {
        "number": "R-1042",
        "placed_at": ORDERED,
        "status": "delivered",
        "total": TOTAL,
        "customer_name": "Ana Beispiel",
        "customer_email": "ana@example.test",
        "lines": (),
        "ship_to": PostalAddress(name="Ana Beispiel", city="Köln", country="DE"),
        "payments": (payment(),),
    }
    return Order(**values | changes)


def subject(of: Order) -> Subject:
    dispute = Dispute(
        processor="stripe", reference="dp_1", status="needs_response", stage="first", sources=("api",), network="visa"
    )
    return Subject(dispute=dispute, now=NOW, opened_at=NOW, order=of, payment=of.payments[0])


def kinds(of: Order) -> frozenset[str]:
    return kinds_of(order_evidence(of, "orders", NOW), policy=False)


def weight_of(evidence_id: str, *about: str) -> str:
    return next((need.weight for need in matrix(*about) if need.evidence_id == evidence_id), "")


# --- records to catalogue


@pytest.mark.parametrize(
    ("changes", "evidence_id"),
    [
        ({"account_id": "u-7"}, "account_history"),
        ({"device_id": "dev-1234567890123"}, "device_fingerprint"),
        ({"bill_to": PostalAddress(city="Köln", country="DE")}, "billing_address"),
        ({"accesses": (Access(at=ORDERED, what="login"),)}, "digital_access_log"),
        ({"accesses": (Access(at=ORDERED, what="download of guide.pdf"),)}, "download_log"),
        ({"payments": (payment(avs_result="Y"),)}, "avs_result"),
        ({"payments": (payment(cvv_result="M"),)}, "cvv_result"),
        ({"payments": (payment(three_d_secure="authenticated, ECI 05"),)}, "three_ds_authentication"),
    ],
)
def test_a_record_stands_for_an_entry_of_the_catalogue(changes: dict[str, Any], evidence_id: str):
    assert evidence_id in kinds(order(**changes))
    assert evidence_id not in kinds(order())


@pytest.mark.parametrize("result", ["N", "U", "G", "S", "unavailable", "no_match", "fail", "not_checked"])
def test_a_check_that_failed_or_was_not_made_stands_for_nothing(result: str):
    checked = kinds(order(payments=(payment(avs_result=result, cvv_result=result),)))
    assert not {"avs_result", "cvv_result"} & checked


@pytest.mark.parametrize("changes", [{"three_d_secure": "not authenticated"}, {"three_d_secure": "failed"}, {"three_d_secure": "Y", "liability_shift": False}])  # fmt: skip
def test_an_authentication_without_shift_stands_for_nothing(changes: dict[str, Any]):
    assert "three_ds_authentication" not in kinds(order(payments=(payment(**changes),)))


def test_goods_sent_where_the_issuer_confirmed_the_address():
    same = {"bill_to": PostalAddress(name="Ana Beispiel", city="Köln", country="DE")}
    assert "delivery_address_match" in kinds(order(**same, payments=(payment(avs_result="Y"),)))
    assert "delivery_address_match" not in kinds(order(**same, payments=(payment(avs_result="N"),)))
    elsewhere = {"bill_to": PostalAddress(city="Lyon", country="FR")}
    assert "delivery_address_match" not in kinds(order(**elsewhere, payments=(payment(avs_result="Y"),)))


# --- the matrix


def test_every_piece_of_evidence_has_its_source_and_words():
    assert set(evidence_entries()) == set(evidence_titles())
    for name in evidence_titles():
        for language in ("en", "zh"):
            assert explain(Finding(code=f"need_{name}", verdict="holds"), language)


def test_every_reason_asks_for_something_that_decides_whatever_was_sold():
    for code in reason_codes():
        for goods in GOODS:
            needs = matrix(code.network, code.code, code.category, goods)
            assert any(need.weight == "decisive" and not need.optional for need in needs), (code.code, goods)
            assert len({need.evidence_id for need in needs}) == len(needs)


def test_what_was_sold_decides_what_is_asked_for():
    assert weight_of("delivery_signature", "visa", "13.1", "not_received", "physical") == "decisive"
    assert weight_of("digital_access_log", "visa", "13.1", "not_received", "physical") == ""
    assert weight_of("digital_access_log", "visa", "13.1", "not_received", "digital") == "decisive"
    assert weight_of("delivery_signature", "visa", "13.1", "not_received", "digital") == ""
    assert weight_of("service_completion", "visa", "13.1", "not_received", "travel") == "decisive"


def test_who_rules_decides_what_weighs():
    assert weight_of("delivery_confirmation", "visa", "13.1", "not_received", "physical") == "strong"
    assert weight_of("delivery_confirmation", "paypal", "", "not_received", "physical") == "decisive"
    history = "prior_undisputed_transactions"
    assert weight_of(history, "visa", "10.4", "fraud_card_absent", "physical") == "decisive"
    assert weight_of(history, "visa", "83", "fraud_card_absent", "physical") == "strong"
    assert weight_of(history, "amex", "F29", "fraud_card_absent", "physical") == "strong"


def test_an_unknown_reason_is_general():
    assert matrix("", "", "no_such_category", "")


# --- gaps


def test_the_one_item_worth_asking_for_is_the_signature():
    needs = matrix("visa", "13.1", "not_received", "physical")
    there = frozenset({"delivery_confirmation", "carrier_tracking", "order_confirmation"})
    gaps = find_gaps(needs, there, category="not_received")
    assert gaps.level == "strong"
    assert gaps.ask
    assert gaps.ask.need.evidence_id == "delivery_signature"
    assert gaps.ask.gain == Decimal("0.2")  # 0.675 - 0.475
    assert not gaps.complete
    assert [f.code for f in gaps.findings][-2:] == ["ask_for", "need_delivery_signature"]


def test_with_the_decisive_item_there_is_nothing_to_ask_for():
    needs = matrix("visa", "13.1", "not_received", "physical")
    gaps = find_gaps(needs, frozenset({"delivery_signature"}), category="not_received")
    assert gaps.level == "decisive"
    assert gaps.complete
    assert gaps.ask_gain == 0


def test_a_first_customer_without_3ds_cannot_be_proven_to_be_the_cardholder():
    of = order(payments=(payment(avs_result="Y"),))
    needs = matrix("visa", "10.4", "fraud_card_absent", "physical")
    gaps = find_gaps(needs, kinds(of), category="fraud_card_absent", impossible=impossible_items(subject(of)))
    assert gaps.unprovable
    assert gaps.unprovable.code == "cannot_be_proven"
    assert {row.field for row in gaps.unprovable.compared} == {"three_d_secure", "earlier_orders"}
    for language in ("en", "zh"):
        assert all(explain(finding, language) for finding in gaps.findings)


def test_a_parcel_that_came_back_cannot_be_proven_delivered():
    back = Shipment(tracking_number="1Z1", carrier="ups", scans=(Scan(at=ORDERED, status="returned"),))
    of = order(shipments=(back,))
    needs = matrix("visa", "13.1", "not_received", "physical")
    assert find_gaps(needs, kinds(of), category="not_received", impossible=impossible_items(subject(of))).unprovable


def test_what_the_records_refute_does_not_count_as_there():
    of = order(payments=(payment(), payment(reference="pi_2")))
    about = subject(of)
    impossible = impossible_items(about, harmful(about, []))
    needs = matrix("visa", "12.6.1", "duplicate", "physical")
    there = kinds(of) | {"duplicate_distinct_proof"}
    gaps = find_gaps(needs, there, category="duplicate", impossible=impossible)
    assert gaps.unprovable
    assert gaps.level != "decisive"


@pytest.mark.parametrize(
    ("status", "day", "level"), [("succeeded", 5, "decisive"), ("pending", 5, "strong"), ("succeeded", 11, "strong")]
)
def test_only_a_refund_made_before_the_dispute_proves_one(status: str, day: int, level: str):
    made = Refund(reference="re_1", amount=TOTAL, status=status, created_at=datetime(2026, 4, day, tzinfo=UTC))
    of = order(refunds=(made,))
    there = kinds_of(order_evidence(of, "orders", NOW), policy=True)
    needs = matrix("visa", "13.6", "credit_not_processed", "physical")
    found = find_gaps(needs, there, category="credit_not_processed", impossible=impossible_items(subject(of)))
    assert found.level == level


def test_a_harmful_finding_refutes_only_where_it_holds():
    cancelled = Finding(code="customer_cancelled_first", verdict="holds")
    about = subject(order())
    assert "cancellation_log" in impossible_items(about, [cancelled])
    assert "cancellation_log" not in impossible_items(about, [replace(cancelled, verdict="unknown")])


def test_what_can_be_refuted_is_in_the_catalogue():
    codes = ("customer_cancelled_first", "charged_twice", "admission_lost", "delivered_elsewhere", "avs_failed")
    for code in codes:
        assert refuted_by(code)
        assert set(refuted_by(code)) <= set(evidence_titles())


# --- properties


def test_the_shares_of_the_weights_add_up():
    assert sum(weight_shares().values()) == 1


CODES = st.sampled_from(reason_codes())
THERE = st.frozensets(st.sampled_from(sorted(evidence_titles())))


@given(CODES, st.sampled_from([*GOODS, ""]), THERE)
def test_completeness_is_a_share(code: Any, goods: str, there: frozenset[str]):
    needs = matrix(code.network, code.code, code.category, goods)
    assert 0 <= completeness(needs, there) <= 1
    assert completeness(needs, frozenset(evidence_titles())) == 1


@given(CODES, st.sampled_from([*GOODS, ""]), THERE, THERE)
def test_more_evidence_never_makes_a_file_less_complete_or_worse(
    code: Any, goods: str, there: frozenset[str], more: frozenset[str]
):
    needs = matrix(code.network, code.code, code.category, goods)
    order_of = ("none", "some", "strong", "decisive")
    assert completeness(needs, there) <= completeness(needs, there | more)
    assert order_of.index(level_of(needs, there)) <= order_of.index(level_of(needs, there | more))


@given(CODES, st.sampled_from(GOODS), THERE)
def test_every_need_is_there_or_a_gap(code: Any, goods: str, there: frozenset[str]):
    needs = matrix(code.network, code.code, code.category, goods)
    found = find_gaps(needs, there, category=code.category)
    named = {need.evidence_id for need in found.present} | {gap.need.evidence_id for gap in found.gaps}
    assert named >= {need.evidence_id for need in needs if not need.optional}
    gains = [gap.expected_gain for gap in found.gaps]
    assert gains == sorted(gains, reverse=True)
    assert min(gains, default=0) >= 0


def test_all_categories_are_in_the_matrix():
    for category in categories():
        assert matrix("", "", category, "physical")
