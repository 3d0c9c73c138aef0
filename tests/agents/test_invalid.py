from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.dispute.invalid import double_loss, invalid_checks
from agents.dispute.subject import Subject
from agents.dispute.time_limit import time_limit
from knowledge.compelling import issuer_limits
from knowledge.reason_codes import categories
from prompts.findings import LANGUAGES, explain
from rejoinder.domain.cases import Dispute
from rejoinder.domain.judgement import Finding
from rejoinder.domain.mail import InboundMail, MailAddress
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Access, Order, OrderLine, Payment, PostalAddress, Refund

PAID_AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
OPENED_AT = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 7, 3, 9, 0, tzinfo=UTC)
WHOLE = Money(amount_minor=8990, currency="EUR")
PART = Money(amount_minor=3000, currency="EUR")

PAYMENT = Payment(
    reference="ch_1", processor="stripe", amount=WHOLE, captured_at=PAID_AT, network="visa", card_last4="1111"
)
ORDER = Order(
    number="R-1042",
    placed_at=PAID_AT,
    status="delivered",
    total=WHOLE,
    customer_name="Ana Prueba",
    customer_email="ana@customer.example",
    lines=(OrderLine(sku="L1", title="Lamp", quantity=1, price=WHOLE),),
    ship_to=PostalAddress(name="Ana Prueba"),
    payments=(PAYMENT,),
)
DISPUTE = Dispute(
    processor="stripe",
    reference="dp_1",
    status="needs_response",
    stage="first",
    sources=("api",),
    payment_reference="ch_1",
    network="visa",
    reason_code="13.1",
    category="not_received",
    amount=WHOLE,
    card_last4="1111",
)
SUBJECT = Subject(dispute=DISPUTE, now=NOW, opened_at=OPENED_AT, order=ORDER, payment=PAYMENT)
FRAUD = replace(SUBJECT, dispute=replace(DISPUTE, reason_code="10.4", category="fraud_card_absent"))


def refund(amount: Money, days_after_payment: int, status: str = "succeeded", arn: str = "7" * 23) -> Refund:
    made_at = PAID_AT + timedelta(days=days_after_payment)
    return Refund(reference=f"re_{days_after_payment}", amount=amount, status=status, created_at=made_at, arn=arn)


def with_refunds(*refunds: Refund, subject: Subject = SUBJECT) -> Subject:
    return replace(subject, order=replace(ORDER, refunds=refunds))


def with_payment(subject: Subject = FRAUD, **changes: object) -> Subject:
    payment = replace(PAYMENT, **changes)  # type: ignore[arg-type]
    return replace(subject, payment=payment, order=replace(ORDER, payments=(payment,)))


def with_dispute(subject: Subject = SUBJECT, **changes: object) -> Subject:
    return replace(subject, dispute=replace(subject.dispute, **changes))  # type: ignore[arg-type]


def verdicts(subject: Subject) -> dict[str, str]:
    return {finding.code: finding.verdict for finding in spoken(invalid_checks(subject))}


def spoken(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings, each of which can be said in each language; what holds shows two values compared."""
    assert all(explain(finding, language) for finding in findings for language in LANGUAGES)
    assert all(len(finding.compared) > 1 for finding in findings if finding.verdict == "holds")
    assert all(finding.missing for finding in findings if finding.verdict == "unknown")
    return findings


def found(subject: Subject, code: str) -> Finding:
    return next(finding for finding in spoken(invalid_checks(subject)) if finding.code == code)


def test_a_plain_dispute_has_no_ground_of_invalidity() -> None:
    assert verdicts(SUBJECT) == {"refunded_before": "fails", "time_limit": "fails"}


# --- money given back


def test_a_full_refund_before_the_dispute_makes_it_invalid() -> None:
    finding = found(with_refunds(refund(WHOLE, 10)), "refunded_before")
    assert finding.verdict == "holds"
    assert [(one.record, one.evidence_id) for one in finding.compared] == [
        ("refund", "refund:re_10"),
        ("dispute", "dispute:record"),
    ]


def test_two_refunds_that_make_the_whole_count_as_the_whole() -> None:
    rest = Money(amount_minor=5990, currency="EUR")
    assert verdicts(with_refunds(refund(PART, 5), refund(rest, 10)))["refunded_before"] == "holds"


@pytest.mark.parametrize(
    ("disputed", "verdict"),
    [(8990, "holds"), (5991, "holds"), (5990, "fails"), (3001, "fails"), (3000, "unknown"), (1000, "unknown")],
)
def test_a_refund_of_a_part_is_held_against_what_was_left(disputed: int, verdict: str) -> None:
    subject = with_refunds(refund(PART, 10))
    subject = with_dispute(subject, amount=Money(amount_minor=disputed, currency="EUR"))
    assert verdicts(subject)["refunded_in_part"] == verdict


def test_a_refund_after_the_dispute_is_no_ground_but_is_told() -> None:
    assert verdicts(with_refunds(refund(WHOLE, 31)))["refunded_after"] == "fails"


def test_a_refund_without_its_arn_asks_for_it() -> None:
    subject = with_refunds(refund(WHOLE, 10, arn=""))
    assert verdicts(subject)["refunded_before"] == "holds"
    assert found(subject, "refund_arn").missing == "arn"


def test_a_refund_counts_only_when_it_went_through() -> None:
    assert verdicts(with_refunds(refund(WHOLE, 10, "failed")))["refund_failed"] == "fails"
    pending = verdicts(with_refunds(refund(WHOLE, 10, "pending")))
    assert (pending["refund_pending"], pending["refunded_before"]) == ("unknown", "fails")


def test_without_the_date_of_the_dispute_a_refund_may_be_earlier_or_later() -> None:
    subject = replace(with_refunds(refund(WHOLE, 10)), opened_at=None)
    assert found(subject, "refunded_sometime").missing == "opened_at"


def test_a_refund_of_an_order_with_two_payments_may_be_of_the_other_one() -> None:
    second = replace(PAYMENT, reference="ch_2", captured_at=PAID_AT + timedelta(days=9))
    order = replace(ORDER, payments=(PAYMENT, second), refunds=(refund(WHOLE, 10),))
    assert found(replace(SUBJECT, order=order), "refund_of_which_payment").missing == "refund_payment"


def test_a_refund_in_another_currency_is_not_compared() -> None:
    dollars = refund(Money(amount_minor=8990, currency="USD"), 10)
    assert verdicts(with_refunds(dollars))["refund_not_comparable"] == "unknown"


def test_a_cancelled_order_without_refund_is_owed() -> None:
    order = replace(ORDER, cancelled_at=PAID_AT + timedelta(days=2))
    assert verdicts(replace(SUBJECT, order=order))["cancelled_not_refunded"] == "fails"
    paid_back = replace(order, refunds=(refund(WHOLE, 3),))
    assert "cancelled_not_refunded" not in verdicts(replace(SUBJECT, order=paid_back))


# --- another dispute or payment


def test_a_second_dispute_of_one_payment_at_one_stage_is_a_duplicate() -> None:
    subject = replace(SUBJECT, other_disputes=(replace(DISPUTE, reference="dp_0"),))
    finding = found(subject, "duplicate_dispute")
    assert finding.verdict == "holds"
    assert finding.compared[1].record == "dispute dp_0"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"stage": "inquiry"}, "duplicate_dispute_stage"),
        ({"amount": PART}, "duplicate_dispute_parts"),
    ],
)
def test_what_may_be_another_stage_or_part_is_left_open(changes: dict[str, object], code: str) -> None:
    other = replace(DISPUTE, reference="dp_0", **changes)  # type: ignore[arg-type]
    subject = replace(with_dispute(amount=PART), other_disputes=(other,))
    assert verdicts(subject)[code] == "unknown"


def test_a_dispute_of_another_payment_is_no_duplicate() -> None:
    other = replace(DISPUTE, reference="dp_0", payment_reference="ch_9")
    assert verdicts(replace(SUBJECT, other_disputes=(other,))) == verdicts(SUBJECT)


def test_the_same_arn_is_the_same_payment_at_any_processor() -> None:
    arn = "74208856154000000000001"
    other = replace(DISPUTE, processor="adyen", reference="x", payment_reference="", arn=arn)
    subject = replace(with_dispute(arn=arn), other_disputes=(other,))
    assert verdicts(subject)["duplicate_dispute"] == "holds"


def test_a_dispute_without_a_payment_of_ours_is_asked_about() -> None:
    assert found(replace(SUBJECT, payment=None), "no_such_payment").missing == "payment"


def test_another_arn_is_another_transaction() -> None:
    subject = with_payment(with_dispute(arn="1" * 23), arn="2" * 23)
    assert verdicts(subject)["other_payment_arn"] == "holds"


def test_another_card_or_network_is_asked_about() -> None:
    subject = with_dispute(card_last4="4242", network="mastercard", reason_code="4853")
    shown = verdicts(subject)
    assert (shown["other_payment_card_last4"], shown["other_payment_network"]) == ("unknown", "unknown")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"transaction_date": "2026-05-01"}, "other_payment_transaction_date"),
        ({"buyer_email": "somebody@else.example"}, "other_payment_buyer_email"),
        ({"order_reference": "R-1043"}, "other_order_named"),
        ({"reason_code": "99.9"}, "reason_unknown"),
    ],
)
def test_what_the_dispute_says_of_another_purchase_is_asked_about(changes: dict[str, object], code: str) -> None:
    assert found(with_dispute(**changes), code).verdict == "unknown"


@pytest.mark.parametrize(
    "changes",
    [
        {"transaction_date": "2026-05-28"},
        {"transaction_date": "soon"},
        {"buyer_email": "Ana@Customer.example"},
        {"order_reference": "#r-1042"},
        {"order_reference": "gid://order/5501"},
        {"buyer_email": "ana.at.paypal@else.example", "network": "paypal", "reason_code": ""},
    ],
)
def test_what_may_be_the_same_purchase_raises_no_question(changes: dict[str, object]) -> None:
    asked = {"other_payment_transaction_date", "other_payment_buyer_email", "other_order_named", "reason_unknown"}
    assert not asked & verdicts(with_dispute(**changes)).keys()


def test_more_than_was_paid_cannot_be_disputed() -> None:
    assert verdicts(with_dispute(amount=Money(amount_minor=8991, currency="EUR")))["amount_above_payment"] == "holds"


def test_amounts_in_two_currencies_are_not_compared() -> None:
    shown = verdicts(with_dispute(amount=Money(amount_minor=99990, currency="USD")))
    assert shown["currency_differs"] == "unknown"
    assert "amount_above_payment" not in shown


# --- the issuer's time


@pytest.mark.parametrize(
    ("network", "code", "category", "days", "verdict"),
    [
        ("visa", "10.4", "fraud_card_absent", 120, "fails"),
        ("visa", "10.4", "fraud_card_absent", 123, "unknown"),
        ("visa", "10.4", "fraud_card_absent", 124, "holds"),
        ("visa", "13.1", "not_received", 124, "unknown"),
        ("visa", "13.1", "not_received", 540, "unknown"),
        ("visa", "13.1", "not_received", 544, "holds"),
        ("mastercard", "4853", "general", 200, "unknown"),
        ("mastercard", "4837", "fraud_card_absent", 200, "holds"),
        ("amex", "C08", "not_received", 600, "unknown"),
        ("amex", "F29", "fraud_card_absent", 200, "holds"),
        ("unionpay", "", "fraud_card_absent", 180, "fails"),
        ("paypal", "", "not_received", 200, "holds"),
    ],
)
def test_a_dispute_is_late_only_beyond_every_doubt(
    network: str, code: str, category: str, days: int, verdict: str
) -> None:
    dispute = replace(DISPUTE, network=network, reason_code=code, category=category)
    subject = replace(SUBJECT, dispute=dispute, opened_at=PAID_AT + timedelta(days=days))
    assert verdicts(subject)["time_limit"] == verdict


CERTAINTY = ("fails", "unknown", "holds")


@given(
    st.integers(min_value=0, max_value=800),
    st.integers(min_value=0, max_value=800),
    st.sampled_from(sorted(issuer_limits().days)),
    st.sampled_from(sorted(categories())),
)
def test_a_later_dispute_is_never_more_in_time(days: int, more: int, network: str, category: str) -> None:
    dispute = replace(DISPUTE, network=network, reason_code="", category=category)
    early, late = (
        next(time_limit(replace(SUBJECT, dispute=dispute, opened_at=PAID_AT + timedelta(days=age)))).verdict
        for age in (days, days + more)
    )
    assert CERTAINTY.index(early) <= CERTAINTY.index(late)


@pytest.mark.parametrize(
    ("subject", "missing"),
    [
        (with_dispute(network="girocard"), "issuer_limit"),
        (replace(SUBJECT, opened_at=None), "opened_at"),
        (replace(SUBJECT, payment=None), "payment"),
    ],
)
def test_what_is_missing_for_the_time_limit_is_named(subject: Subject, missing: str) -> None:
    assert found(subject, "time_limit_unchecked").missing == missing


def test_the_categories_of_the_limits_are_those_of_the_catalogue() -> None:
    assert set(issuer_limits().delayed_categories) <= set(categories())


# --- 3-D Secure


@pytest.mark.parametrize(
    ("network", "code", "payment", "finding", "verdict"),
    [
        ("visa", "10.4", {"eci": "05"}, "three_ds", "holds"),
        ("visa", "10.4", {"eci": "5"}, "three_ds", "holds"),
        ("visa", "10.4", {"eci": "06"}, "three_ds_probable", "unknown"),
        ("visa", "10.4", {"eci": "06", "liability_shift": True}, "three_ds", "holds"),
        ("visa", "10.4", {"eci": "06", "liability_shift": False}, "three_ds", "fails"),
        ("visa", "10.4", {"eci": "07"}, "three_ds", "fails"),
        ("mastercard", "4837", {"eci": "02"}, "three_ds", "holds"),
        ("mastercard", "4837", {"eci": "01"}, "three_ds", "holds"),
        ("mastercard", "4837", {"eci": "00"}, "three_ds", "fails"),
        ("mastercard", "4837", {"eci": "06"}, "three_ds", "fails"),
        ("amex", "F29", {"eci": "05"}, "three_ds_probable", "unknown"),
        ("visa", "10.4", {"three_d_secure": "authenticated"}, "three_ds", "holds"),
        ("visa", "10.4", {"three_d_secure": "exempted"}, "three_ds", "fails"),
        ("visa", "10.4", {"three_d_secure": "merchant initiated"}, "three_ds", "fails"),
        ("visa", "10.4", {"eci": "05", "three_d_secure": "exempted"}, "three_ds_conflict", "unknown"),
        ("visa", "10.4", {"eci": "07", "liability_shift": True}, "three_ds_conflict", "unknown"),
        ("visa", "10.4", {"eci": "05", "liability_shift": False}, "three_ds_conflict", "unknown"),
        ("visa", "10.4", {}, "three_ds_unrecorded", "unknown"),
        ("visa", "13.1", {"eci": "05"}, "three_ds_other_reason", "fails"),
    ],
)
def test_three_d_secure_shifts_liability_for_fraud_by_the_networks_own_indicator(
    network: str, code: str, payment: dict[str, object], finding: str, verdict: str
) -> None:
    category = "not_received" if code == "13.1" else "fraud_card_absent"
    subject = with_payment(
        with_dispute(network=network, reason_code=code, category=category), network=network, **payment
    )
    shown = {code: verdict for code, verdict in verdicts(subject).items() if code.startswith("three_ds")}
    assert shown == {finding: verdict}


# --- the wrong code


def wrote(text: str, sender: str = "ana@customer.example") -> InboundMail:
    return InboundMail(
        identity="a" * 64,
        message_id="<1@customer.example>",
        sender=MailAddress(email=sender),
        subject="Order",
        text=text,
        new_text=text,
        sent_at=OPENED_AT,
    )


def test_a_buyer_who_complains_of_delivery_may_or_may_not_be_the_cardholder() -> None:
    subject = replace(FRAUD, mails=(wrote("Hello. My lamp has not arrived yet."),))
    finding = found(subject, "code_against_mail")
    assert (finding.verdict, finding.missing) == ("unknown", "writer_is_cardholder")
    assert finding.compared[1].value == "My lamp has not arrived yet."
    assert finding.compared[1].evidence_id == f"mail:{'a' * 16}"


@pytest.mark.parametrize(
    "text",
    [
        "My lamp has not arrived. I have opened a dispute with my bank.",
        "我的台灯一直没有收到。我已经向银行提出了争议。",
    ],
)
def test_a_buyer_who_filed_the_dispute_over_delivery_shows_the_fraud_code_wrong(text: str) -> None:
    assert verdicts(replace(FRAUD, mails=(wrote(text),)))["code_against_mail"] == "holds"


@pytest.mark.parametrize(
    "mail",
    [
        wrote("I do not recognise this charge. I have not received anything from you."),
        wrote("My lamp has not arrived.", sender="somebody@else.example"),
        wrote("Thank you for the quick answer."),
    ],
)
def test_words_that_do_not_own_to_the_purchase_say_nothing(mail: InboundMail) -> None:
    assert "code_against_mail" not in verdicts(replace(FRAUD, mails=(mail,)))


def test_the_issuers_own_words_may_belie_the_code() -> None:
    subject = with_dispute(FRAUD, reason_text="Cardholder says the merchandise was not received.")
    assert verdicts(subject)["code_against_reason_text"] == "holds"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("The lamp arrived today, thank you.", "holds"),
        ("台灯今天收到了，谢谢。", "holds"),
        ("When will it arrive? Has it arrived at your depot?", None),
        ("The lamp has not arrived.", None),
        ("The first parcel arrived. The second one is missing, it has not arrived.", None),
        ("The tracking says it was delivered, but it did not arrive.", None),
    ],
)
def test_the_customers_own_word_of_a_receipt_speaks_against_the_claim(text: str, verdict: str | None) -> None:
    assert verdicts(replace(SUBJECT, mails=(wrote(text),))).get("receipt_against_claim") == verdict


def test_a_receipt_may_be_of_another_order_of_the_same_customer() -> None:
    several = replace(SUBJECT, mails=(wrote("The lamp arrived."),), earlier_orders=(replace(ORDER, number="R-9"),))
    assert found(several, "receipt_against_claim").verdict == "unknown"


def test_a_digital_good_that_was_used_was_received() -> None:
    used = Access(at=PAID_AT + timedelta(hours=2), what="download")
    digital = replace(ORDER, goods="digital", accesses=(used,))
    assert verdicts(replace(SUBJECT, order=digital))["digital_not_received"] == "holds"


def test_a_use_before_the_payment_proves_nothing() -> None:
    used = Access(at=PAID_AT - timedelta(hours=2), what="download")
    digital = replace(ORDER, goods="digital", accesses=(used,))
    assert found(replace(SUBJECT, order=digital), "digital_not_received").missing == "digital_access_log"


def test_a_cancelled_subscription_that_was_none_is_asked_about() -> None:
    subject = with_dispute(reason_code="13.2", category="cancelled_recurring")
    assert found(subject, "not_recurring").missing == "subscription_contract"


DUPLICATE = with_dispute(reason_code="12.6.1", category="duplicate")
SECOND = replace(PAYMENT, reference="ch_2", captured_at=PAID_AT + timedelta(minutes=3))


def test_one_order_charged_twice_is_a_true_duplicate() -> None:
    subject = replace(DUPLICATE, order=replace(ORDER, payments=(PAYMENT, SECOND)))
    assert verdicts(subject)["second_charge"] == "fails"


def test_two_orders_of_one_price_are_no_duplicate() -> None:
    twin = replace(ORDER, number="R-1043", payments=(SECOND,))
    finding = found(replace(DUPLICATE, earlier_orders=(twin,)), "second_charge")
    assert (finding.verdict, finding.values) == ("holds", {"order": "R-1042", "other": "R-1043"})


def test_a_duplicate_of_which_only_one_charge_is_known_is_asked_about() -> None:
    assert verdicts(DUPLICATE)["second_charge"] == "unknown"


def test_a_renewal_for_the_same_price_is_no_duplicate() -> None:
    renewal = replace(SECOND, captured_at=PAID_AT + timedelta(days=30))
    plan = replace(ORDER, goods="subscription", payments=(PAYMENT, renewal))
    assert verdicts(replace(DUPLICATE, order=plan))["second_charge"] == "unknown"


def test_nothing_known_is_no_error() -> None:
    bare = Dispute(processor="", reference="mail:1", status="unknown", stage="unknown", sources=("mail",))
    assert set(verdicts(Subject(dispute=bare, now=NOW)).values()) == {"unknown"}


# --- money leaving twice


@pytest.mark.parametrize(
    ("changes", "code", "verdict"),
    [
        ({}, "double_loss", "holds"),
        ({"status": "submitted"}, "double_loss", "holds"),
        ({"status": "lost"}, "double_loss", "holds"),
        ({"status": "accepted"}, "double_loss", "holds"),
        ({"status": "prearb_open", "stage": "prearb"}, "double_loss", "holds"),
        ({"status": "unknown", "stage": "unknown"}, "double_loss", "holds"),
        ({"status": "prevented"}, "double_loss_returned", "holds"),
        ({"status": "won"}, "double_loss_reopened", "unknown"),
        ({"status": "inquiry_open", "stage": "inquiry", "funds": "held"}, "double_loss_held", "unknown"),
    ],
)
def test_a_refund_beside_a_dispute_is_blocked(changes: dict[str, object], code: str, verdict: str) -> None:
    finding = double_loss(with_dispute(**changes))
    assert finding is not None
    assert [(one.code, one.verdict) for one in spoken((finding,))] == [(code, verdict)]
    assert {one.record for one in finding.compared} == {"dispute", "payment"}


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "inquiry_open", "stage": "inquiry"},
        {"status": "alert_open", "stage": "alert"},
        {"status": "withdrawn"},
        {"status": "won", "outcome_final": True},
    ],
)
def test_a_refund_that_is_paid_once_is_not_blocked(changes: dict[str, object]) -> None:
    assert double_loss(with_dispute(**changes)) is None


@pytest.mark.parametrize("status", ["succeeded", "pending"])
def test_what_was_refunded_is_not_refunded_again(status: str) -> None:
    subject = with_refunds(refund(WHOLE, 10, status), subject=with_dispute(status="inquiry_open", stage="inquiry"))
    finding = double_loss(subject)
    assert finding is not None
    assert finding.code == "double_loss_refunded"
