from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.dispute.compelling import assess_ce3
from agents.dispute.first_party import assess_first_party
from agents.dispute.history import HistoryResult
from agents.dispute.purchases import Ce3Case, Purchase, ce3_case
from agents.dispute.subject import Subject
from prompts.findings import LANGUAGES, explain
from rejoinder.domain.cases import Dispute
from rejoinder.domain.judgement import Compared
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Access, Order, OrderLine, Payment, PostalAddress, Shipment

PAID_AT = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)
OPENED_AT = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 7, 2, 9, 0, tzinfo=UTC)

# Addresses of well-known public resolvers; addresses set aside for examples are refused, rightly.
IP = {"customer_ip": "9.9.9.9"}
DEVICE = {"device_fingerprint": "fp-7f31c2a9d4e0b8653f12aa90"}
DEVICE_ID = {"device_id": "A1B2-C3D4-E5F6-0718"}
ACCOUNT = {"account_id": "ana.prueba"}
EMAIL = {"customer_email": "ana@customer.example"}
HOME = PostalAddress(
    name="Ana Prueba", lines=("1 Sample Street",), city="Springfield", state="IL", postcode="62701", country="US"
)
SHIP = {"ship_to": HOME}
CDN = {"customer_ip": "104.16.0.1"}
SHORT_DEVICE = {"device_id": "A1B2C3D4E5F6"}
NO_POSTCODE = {"ship_to": replace(HOME, postcode="")}

Fields = Mapping[str, object]


def bought(number: str, days_before: int, *fields: Fields, **changes: object) -> Purchase:
    base = Purchase(
        order_number=number,
        payment_reference=f"ch_{number}",
        processor="stripe",
        paid_at=PAID_AT - timedelta(days=days_before),
        amount_minor=8990,
        network="visa",
        card_fingerprint="card-one",
        card_last4="1111",
        description="1 × Lamp",
    )
    given_fields = {name: value for part in fields for name, value in part.items()}
    return replace(base, **{**given_fields, **changes})  # type: ignore[arg-type]


def case(shared: tuple[Fields, ...], ages: tuple[int, ...], **changes: object) -> Ce3Case:
    base = Ce3Case(
        network="visa",
        code="10.4",
        purchase=bought("D", 0, *shared),
        priors=tuple(bought(f"P{at}", age, *shared) for at, age in enumerate(ages, 1)),
        opened_at=OPENED_AT,
        respond_by=NOW + timedelta(days=10),
        kind_of_goods="merchandise",
        provided=Compared(record="shipment", field="delivered_at", value="2026-06-24", evidence_id="shipment:1Z"),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def other(value: Purchase, **changes: object) -> Purchase:
    return replace(value, **changes)  # type: ignore[arg-type]


def change_prior(given_case: Ce3Case, at: int, **changes: object) -> Ce3Case:
    priors = list(given_case.priors)
    priors[at] = other(priors[at], **changes)
    return replace(given_case, priors=tuple(priors))


def differing(given_case: Ce3Case, field: str, *values: object) -> Ce3Case:
    disputed, *rest = values
    priors = tuple(other(prior, **{field: value}) for prior, value in zip(given_case.priors, rest, strict=True))
    return replace(given_case, purchase=other(given_case.purchase, **{field: disputed}), priors=priors)


BASE = case((IP, DEVICE), (200, 250))
STRANGERS = ("9.9.9.9", "8.8.8.8", "8.8.4.4")

VECTORS = {
    1: (case((IP, DEVICE), (200, 300)), "qualified", "ce3_pair"),
    2: (case((IP, SHIP), (150, 180)), "qualified", "ce3_pair"),
    3: (differing(case((DEVICE, ACCOUNT), (150, 180)), "customer_ip", *STRANGERS), "qualified", "ce3_pair"),
    4: (case((SHIP, EMAIL, ACCOUNT), (150, 180)), "not_qualified", "ce3_no_main"),
    5: (case((DEVICE, DEVICE_ID), (150, 180)), "not_qualified", "ce3_too_little_shared"),
    6: (
        differing(
            differing(case((SHIP,), (150, 180)), "customer_ip", "9.9.9.9", "9.9.9.9", "8.8.8.8"),
            "device_id",
            "A1B2-C3D4-E5F6-0718",
            "FFFF-C3D4-E5F6-0718",
            "A1B2-C3D4-E5F6-0718",
        ),
        "not_qualified",
        "ce3_too_little_shared",
    ),
    7: (case((IP, DEVICE), (90, 200)), "not_qualified", "ce3_too_few"),
    8: (case((IP, DEVICE), (200, 400, 250)), "qualified", "ce3_pair"),
    9: (case((IP, ACCOUNT), (365, 200)), "boundary", "ce3_pair"),
    10: (case((IP, ACCOUNT), (120, 200)), "boundary", "ce3_pair"),
    11: (
        case((IP, ACCOUNT), (110, 200), opened_at=PAID_AT + timedelta(days=15)),
        "boundary",
        "ce3_pair",
    ),
    12: (change_prior(BASE, 1, fraud_reported=True), "not_qualified", "ce3_too_few"),
    13: (change_prior(BASE, 1, disputed=True), "not_qualified", "ce3_too_few"),
    14: (replace(BASE, code="10.5"), "not_applicable", "ce3_other_reason"),
    15: (replace(BASE, network="mastercard", code="4837"), "not_applicable", "ce3_other_reason"),
    16: (change_prior(BASE, 1, card_fingerprint="card-two"), "not_qualified", "ce3_too_few"),
    17: (change_prior(BASE, 1, amount_minor=0), "not_qualified", "ce3_too_few"),
    18: (case((CDN, ACCOUNT), (200, 250)), "not_qualified", "ce3_too_little_shared"),
    19: (case((IP, EMAIL, {"account_id": "guest"}), (200, 250)), "qualified", "ce3_pair"),
    20: (case((SHORT_DEVICE, ACCOUNT), (200, 250)), "requires_action", "ce3_pair_with_gaps"),
    21: (case((DEVICE, NO_POSTCODE), (200, 250)), "requires_action", "ce3_pair_with_gaps"),
    22: (case((IP, DEVICE, SHIP, EMAIL, ACCOUNT), (200,)), "not_qualified", "ce3_too_few"),
    23: (replace(BASE, kind_of_goods=""), "requires_action", "ce3_pair_with_gaps"),
    24: (replace(BASE, answered=True), "not_qualified", "history_answered"),
    25: (case((ACCOUNT,), (130, 160)), "not_qualified", "ce3_too_little_shared"),
}
MISSING = {
    20: "device_id",
    21: "ship_to.postcode",
    22: "earlier_order",
    23: "merchandise_or_services",
    25: "customer_ip",
}


def codes(result: HistoryResult) -> set[str]:
    return {finding.code for finding in result.findings}


@pytest.mark.parametrize("number", VECTORS)
def test_every_published_vector_is_decided_as_published(number: int) -> None:
    given_case, verdict, reason = VECTORS[number]
    result = assess_ce3(given_case, NOW)
    assert (result.verdict, result.findings[0].code) == (verdict, reason)


@pytest.mark.parametrize(("number", "missing"), MISSING.items())
def test_the_one_datum_missing_is_named(number: int, missing: str) -> None:
    assert assess_ce3(VECTORS[number][0], NOW).missing == missing


@pytest.mark.parametrize("number", VECTORS)
def test_every_verdict_can_be_said_in_both_languages(number: int) -> None:
    result = assess_ce3(VECTORS[number][0], NOW)
    assert all(explain(finding, language) for finding in result.findings for language in LANGUAGES)


def test_the_pair_named_leaves_out_the_payment_that_is_too_old() -> None:
    result = assess_ce3(VECTORS[8][0], NOW)
    assert [purchase.order_number for purchase in result.pair] == ["P1", "P3"]
    assert result.elements == ("ip", "device")
    assert "ce3_prior_window" not in codes(result)


def test_the_shared_values_are_shown_raw_with_the_records_they_come_from() -> None:
    shown = assess_ce3(VECTORS[3][0], NOW).findings[0].compared
    assert {(one.field, one.value, one.evidence_id) for one in shown} == {
        (field, value, f"order:{order}")
        for field, value in (*DEVICE.items(), *ACCOUNT.items())
        for order in ("D", "P1", "P2")
    }


def test_an_edge_of_a_content_network_is_named_as_what_fails() -> None:
    assert "identifier_ip_shared" in codes(assess_ce3(VECTORS[18][0], NOW))


def test_an_ipv6_address_matches_in_any_spelling() -> None:
    given_case = differing(
        case((ACCOUNT,), (200, 250)), "customer_ip", "2620:fe::fe", "2620:00fe::00fe", "2620:FE:0:0:0:0:0:FE"
    )
    assert assess_ce3(given_case, NOW).verdict == "qualified"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("customer_ip", "10.0.0.8", "identifier_ip_private"),
        ("customer_ip", "0.0.0.0", "identifier_ip_private"),
        ("customer_ip", "unknown", "identifier_ip_invalid"),
        ("device_id", "00000000-0000-0000-0000-000000000000", "identifier_device_blank"),
        ("device_fingerprint", "Mozilla/5.0 (X11; Linux x86_64)", "identifier_device_browser"),
        ("customer_email", "sales@customer.example", "identifier_email_role"),
        ("customer_email", "x1@marketplace.amazon.de", "identifier_email_relay"),
        ("customer_email", "not given", "identifier_email_invalid"),
        ("account_id", "guest-88", "identifier_account_guest"),
        ("account_id", "8841", "identifier_account_opaque"),
        ("account_id", "0b7f0e5e-8d0c-4d4e-9a43-0f6d1d0f7a11", "identifier_account_opaque"),
    ],
)
def test_what_proves_nothing_is_refused_and_named(field: str, value: str, code: str) -> None:
    result = assess_ce3(case(({field: value},), (200, 250)), NOW)
    assert result.verdict == "not_qualified"
    finding = next(finding for finding in result.findings if finding.code == code)
    assert finding.compared[0].value == value


def test_a_telephone_number_is_a_login_the_customer_knows() -> None:
    assert assess_ce3(case((IP, {"account_id": "13800138000"}), (200, 250)), NOW).verdict == "qualified"


def test_a_plus_tag_is_part_of_the_address() -> None:
    given_case = differing(
        case((IP,), (200, 250)),
        "customer_email",
        "ana+a@customer.example",
        "ana@customer.example",
        "ana@customer.example",
    )
    assert assess_ce3(given_case, NOW).verdict == "not_qualified"


def test_unknown_cards_are_asked_for_not_assumed() -> None:
    given_case = change_prior(BASE, 0, card_fingerprint="")
    result = assess_ce3(given_case, NOW)
    assert (result.verdict, result.missing) == ("requires_action", "card_fingerprint")


def test_a_certain_pair_is_preferred_to_one_with_an_unknown_card() -> None:
    given_case = change_prior(case((IP, DEVICE), (200, 220, 250)), 0, card_fingerprint="")
    assert [purchase.order_number for purchase in assess_ce3(given_case, NOW).pair] == ["P2", "P3"]


def test_a_safe_pair_is_preferred_to_a_newer_one_on_the_edge() -> None:
    result = assess_ce3(case((IP, DEVICE), (120, 250, 300)), NOW)
    assert result.verdict == "qualified"
    assert [purchase.order_number for purchase in result.pair] == ["P2", "P3"]


def test_more_shared_elements_are_preferred() -> None:
    given_case = change_prior(case((IP, DEVICE, EMAIL), (200, 220, 250)), 0, customer_email="eve@customer.example")
    assert [purchase.order_number for purchase in assess_ce3(given_case, NOW).pair] == ["P2", "P3"]


def test_without_the_date_of_the_dispute_nothing_is_certain() -> None:
    result = assess_ce3(replace(BASE, opened_at=None), NOW)
    assert (result.verdict, result.missing) == ("boundary", "opened_at")


def test_goods_without_a_record_of_delivery_are_asked_for() -> None:
    result = assess_ce3(replace(BASE, provided=None), NOW)
    assert (result.verdict, result.missing) == ("requires_action", "delivery_or_use")


def test_goods_that_came_back_cannot_be_certified() -> None:
    back = Compared(record="order", field="status", value="returned", evidence_id="order:D")
    assert assess_ce3(replace(BASE, withheld=back), NOW).findings[0].code == "history_provided"


def test_after_the_deadline_nothing_qualifies() -> None:
    assert assess_ce3(replace(BASE, respond_by=NOW - timedelta(hours=1)), NOW).findings[0].code == "history_late"


def test_two_captures_of_one_order_are_one_purchase() -> None:
    assert (
        assess_ce3(change_prior(case((IP, DEVICE), (200, 200)), 1, order_number="P1"), NOW).verdict == "not_qualified"
    )


def test_code_spelled_otherwise_is_the_same_code() -> None:
    assert assess_ce3(replace(BASE, code="104"), NOW).verdict == "qualified"


# --- properties

ages = st.integers(min_value=1, max_value=450)
priors = st.lists(
    st.builds(
        lambda age, ip, device, account, clean, card: bought(
            "X",
            age,
            customer_ip=ip,
            device_id=device,
            account_id=account,
            fraud_reported=not clean,
            card_fingerprint=card,
        ),
        ages,
        st.sampled_from(["9.9.9.9", "8.8.8.8", "104.16.0.1", ""]),
        st.sampled_from(["A1B2-C3D4-E5F6-0718", "A1B2C3D4E5F6", ""]),
        st.sampled_from(["ana.prueba", "guest", ""]),
        st.booleans(),
        st.sampled_from(["card-one", "card-two", ""]),
    ),
    max_size=6,
).map(
    lambda found: [
        replace(prior, order_number=f"P{at}", payment_reference=f"ch_P{at}") for at, prior in enumerate(found)
    ]
)
DISPUTED = bought("D", 0, IP, DEVICE_ID, ACCOUNT)


@given(priors, st.randoms(use_true_random=False))
def test_the_order_of_earlier_payments_does_not_matter(found: list[Purchase], random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first = assess_ce3(replace(BASE, purchase=DISPUTED, priors=tuple(found)), NOW)
    assert first == assess_ce3(replace(BASE, purchase=DISPUTED, priors=tuple(shuffled)), NOW)


RANK = {"qualified": 3, "boundary": 2, "requires_action": 1, "not_qualified": 0}


@given(priors, priors)
def test_more_earlier_payments_never_make_a_verdict_worse(found: list[Purchase], more: list[Purchase]) -> None:
    added = [replace(prior, order_number=f"Q{at}", payment_reference=f"ch_Q{at}") for at, prior in enumerate(more)]
    before = assess_ce3(replace(BASE, purchase=DISPUTED, priors=tuple(found)), NOW)
    after = assess_ce3(replace(BASE, purchase=DISPUTED, priors=(*found, *added)), NOW)
    assert RANK[after.verdict] >= RANK[before.verdict]


@given(priors)
def test_a_pair_that_is_named_meets_every_condition_by_itself(found: list[Purchase]) -> None:
    result = assess_ce3(replace(BASE, purchase=DISPUTED, priors=tuple(found)), NOW)
    alone = assess_ce3(replace(BASE, purchase=DISPUTED, priors=result.pair), NOW)
    assert not result.pair or (alone.verdict, alone.pair) == (result.verdict, result.pair)


@given(priors)
def test_every_finding_can_be_said(found: list[Purchase]) -> None:
    result = assess_ce3(replace(BASE, purchase=DISPUTED, priors=tuple(found)), NOW)
    assert all(explain(finding, language) for finding in result.findings for language in LANGUAGES)
    assert all(finding.missing for finding in result.findings if finding.verdict == "unknown")


# --- from records


def order(number: str, paid_at: datetime, **changes: object) -> Order:
    price = Money(amount_minor=8990, currency="USD")
    payment = Payment(
        reference=f"ch_{number}",
        processor="stripe",
        amount=price,
        captured_at=paid_at,
        network="visa",
        card_last4="1111",
        card_fingerprint="card-one",
    )
    base = Order(
        number=number,
        placed_at=paid_at,
        status="delivered",
        total=price,
        customer_name="Ana Prueba",
        customer_email="ana@customer.example",
        lines=(OrderLine(sku="L1", title="Lamp", quantity=1, price=price),),
        ship_to=HOME,
        customer_ip="9.9.9.9",
        account_id="ana.prueba",
        shipments=(Shipment(tracking_number="1Z", carrier="ups", delivered_at=paid_at + timedelta(days=4)),),
        payments=(payment,),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


DISPUTE = Dispute(
    processor="stripe",
    reference="dp_1",
    status="needs_response",
    stage="first",
    sources=("api",),
    network="visa",
    reason_code="10.4",
    respond_by=NOW + timedelta(days=10),
)
TODAY = order("D", PAID_AT)
EARLIER = (order("P1", PAID_AT - timedelta(days=200)), order("P2", PAID_AT - timedelta(days=250)))
SUBJECT = Subject(
    dispute=DISPUTE, now=NOW, opened_at=OPENED_AT, order=TODAY, payment=TODAY.payments[0], earlier_orders=EARLIER
)


def judged(subject: Subject) -> HistoryResult:
    found = ce3_case(subject)
    assert found is not None
    return assess_ce3(found, subject.now)


def test_records_of_the_shop_qualify() -> None:
    result = judged(SUBJECT)
    assert (result.verdict, result.elements) == ("qualified", ("ip", "address", "email", "account"))


def test_without_an_order_there_is_no_case() -> None:
    assert ce3_case(replace(SUBJECT, order=None)) is None


def test_an_earlier_payment_known_only_as_another_dispute_is_not_clean() -> None:
    disputed_too = replace(DISPUTE, reference="dp_0", payment_reference="ch_P2")
    assert judged(replace(SUBJECT, other_disputes=(disputed_too,))).verdict == "not_qualified"


def test_a_renewal_does_not_borrow_the_address_of_the_sign_up() -> None:
    first = order("S", PAID_AT - timedelta(days=250)).payments[0]
    renewals = tuple(
        replace(first, reference=f"ch_{at}", captured_at=PAID_AT - timedelta(days=age))
        for at, age in enumerate((250, 160, 130, 0))
    )
    plan = order("S", PAID_AT - timedelta(days=250), goods="subscription", payments=renewals)
    result = judged(replace(SUBJECT, order=plan, payment=renewals[-1], earlier_orders=()))
    assert (result.verdict, result.missing) == ("not_qualified", "customer_ip")


def test_a_digital_good_that_was_used_was_provided() -> None:
    used = replace(
        TODAY, goods="digital", shipments=(), accesses=(Access(at=PAID_AT + timedelta(hours=1), what="download"),)
    )
    assert judged(replace(SUBJECT, order=used)).verdict == "qualified"


# --- Mastercard First-Party Trust

FIRST_PARTY = replace(case((IP, DEVICE, SHIP, EMAIL, ACCOUNT), (30,)), network="mastercard", code="4837")


def test_one_of_each_group_shared_with_an_earlier_order_qualifies() -> None:
    result = assess_first_party(FIRST_PARTY, NOW)
    assert (result.verdict, result.elements) == ("qualified", ("device", "address", "account"))
    assert "fp_route" in codes(result)


def test_without_an_earlier_order_the_sources_differ() -> None:
    assert assess_first_party(replace(FIRST_PARTY, priors=()), NOW).verdict == "boundary"


def test_an_earlier_order_that_was_disputed_does_not_count() -> None:
    assert assess_first_party(change_prior(FIRST_PARTY, 0, disputed=True), NOW).verdict == "boundary"


@pytest.mark.parametrize(
    ("shared", "code"),
    [
        ((SHIP, EMAIL, ACCOUNT), "fp_no_device"),
        ((IP, ACCOUNT), "fp_no_delivery"),
        ((DEVICE, SHIP), "fp_no_identity"),
    ],
)
def test_the_group_without_data_is_named(shared: tuple[Fields, ...], code: str) -> None:
    given_case = replace(case(shared, (30,)), network="mastercard", code="4837")
    result = assess_first_party(given_case, NOW)
    assert (result.verdict, result.findings[0].code) == ("not_qualified", code)
    assert all(explain(finding, language) for finding in result.findings for language in LANGUAGES)


def test_one_element_is_not_used_for_two_groups() -> None:
    given_case = replace(case((DEVICE, EMAIL), (30,)), network="mastercard", code="4837")
    assert assess_first_party(given_case, NOW).findings[0].code == "fp_no_identity"


def test_first_party_trust_is_for_one_code() -> None:
    assert assess_first_party(BASE, NOW).verdict == "not_applicable"


def test_days_are_calendar_days_in_utc() -> None:
    late = PAID_AT.replace(hour=23, minute=59)
    given_case = replace(BASE, purchase=other(BASE.purchase, paid_at=late), opened_at=late)
    early = change_prior(given_case, 0, paid_at=datetime.combine(date(2026, 2, 19), datetime.min.time(), UTC))
    assert assess_ce3(early, NOW).verdict == "qualified"
