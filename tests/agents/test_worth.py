from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.dispute.ratios import MonthCounts, ratio_cost, ratio_effect
from agents.dispute.subject import Subject
from agents.dispute.terms import (
    TERM_NAMES,
    Chance,
    Outcomes,
    Terms,
    starting_terms,
    term_rows,
    win_chance,
    with_settings,
)
from agents.dispute.worth import Situation, hard_overrides, worth
from knowledge.worth import Level
from prompts.findings import explain
from rejoinder.domain.cases import Dispute
from rejoinder.domain.judgement import Finding
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Order, PostalAddress, Refund

ON = date(2026, 6, 1)
OPENED = datetime(2026, 6, 1, tzinfo=UTC)
EVEN = Chance(mean=Decimal("0.5"), low=Decimal("0.2"), high=Decimal("0.8"), basis="prior")
PLAIN: dict[str, Decimal] = {
    "prep_cost": Decimal(500),
    "reopening_chance": Decimal(0),
    "margin": Decimal(0),
    "least_win_chance": Decimal(0),
}


def terms(minor: int = 6000, currency: str = "USD", processor: str = "stripe", **settings: Any) -> Terms:
    amount = Money(amount_minor=minor, currency=currency)
    start = starting_terms(amount, EVEN, processor=processor, network="visa", on=ON)
    return with_settings(start, {name: Decimal(str(value)) for name, value in (PLAIN | settings).items()})


def usd(minor: int) -> Money:
    return Money(amount_minor=minor, currency="USD")


def a_finding(code: str) -> Finding:
    return Finding(code=code, verdict="holds")


def subject(stage: Any = "first", refunds: tuple[Refund, ...] = (), **changes: Any) -> Subject:
    dispute = Dispute(
        processor="stripe", reference="dp_1", status="needs_response", stage=stage, sources=("api",), amount=usd(6000)
    )
    order = Order(
        number="1001",
        placed_at=datetime(2026, 5, 1, tzinfo=UTC),
        status="delivered",
        total=usd(6000),
        customer_name="Ana Beispiel",
        customer_email="ana@example.test",
        lines=(),
        ship_to=PostalAddress(),
        refunds=refunds,
    )
    return Subject(dispute=replace(dispute, **changes), now=OPENED, opened_at=OPENED, order=order)


def refund(day: int, minor: int = 6000, status: str = "succeeded") -> Refund:
    at = datetime(2026, 5 if day > 0 else 6, abs(day), tzinfo=UTC)
    return Refund(reference="re_1", amount=usd(minor), status=status, created_at=at, arn="74" + "0" * 21)


def test_the_break_even_of_the_published_example():
    # 60.00 at stake, 5.00 of work, 15.00 fee that a win returns: 20 / 75
    found = worth(terms())
    assert found.break_even == Decimal("0.2667")
    assert found.ev_fight == usd(1750)  # 0.5 * 75.00 - 20.00
    assert found.ev_accept == usd(0)
    assert found.ev_refund_now is None
    assert found.advice == "fight"


def test_a_share_of_the_success_takes_its_part_of_what_is_won():
    found = worth(terms(success_share="0.30", contest_fee=0, prep_cost=0))
    assert found.ev_fight == usd(2100)  # 0.5 * 42.00
    assert found.break_even == 0


def test_a_win_that_may_be_challenged_again_is_worth_less():
    found = worth(terms(reopening_chance="0.19", prearb_loss=6000))
    assert found.ev_fight == usd(1180)  # 17.50 - 0.5 * 0.19 * 60.00


def test_a_fee_that_a_win_returns_counts_though_it_was_paid_already():
    assert worth(terms(processor="shopify")).ev_fight == usd(3250)  # 0.5 * (60.00 + 15.00) - 5.00
    assert worth(terms(processor="paypal")).ev_fight == usd(2500)  # that fee is gone either way


def test_before_a_chargeback_a_refund_spares_the_fee_and_the_ratio():
    found = worth(terms(win_chance="0.05", ratio_cost=800), Situation(stage="inquiry"))
    assert found.ev_refund_now == usd(-3700)  # -60.00 + 15.00 + 8.00
    assert found.refund_over_accept == usd(2300)
    assert found.advice == "refund_first"


def test_before_a_chargeback_a_good_case_is_answered():
    assert worth(terms(win_chance="0.9"), Situation(stage="inquiry")).advice == "fight"


def test_a_chance_below_the_least_is_not_taken():
    assert worth(terms(minor=60000, win_chance="0.1", least_win_chance="0.15", high_amount=10**6)).advice == "accept"


def test_work_and_fees_above_the_amount_never_pay():
    found = worth(terms(minor=400, win_chance=1))
    assert found.break_even is None
    assert found.advice == "accept"
    assert "accepting_is_final" in {finding.code for finding in found.findings}


def test_an_item_that_turns_the_sum_is_asked_for_first():
    lean = Situation(complete=False, ask_gain=Decimal("0.4"))
    assert worth(terms(win_chance="0.2"), lean).advice == "ask_more"
    assert worth(terms(win_chance="0.2"), replace(lean, ask_gain=Decimal(0))).advice == "accept"
    assert worth(terms(win_chance="0.5"), replace(lean, ask_gain=Decimal(0))).advice == "human"


def test_an_override_goes_to_a_person_but_a_refund_given_before_is_always_contested():
    assert worth(terms(), Situation(overrides=(a_finding("vip_customer"),))).advice == "human"
    refunded = hard_overrides(subject(refunds=(refund(20),)), terms())
    assert [finding.code for finding in refunded] == ["already_refunded"]
    assert worth(terms(win_chance="0.01"), Situation(overrides=refunded)).advice == "fight"


def test_an_override_that_does_not_hold_overrides_nothing():
    unknown = Finding(code="vip_customer", verdict="unknown")
    assert worth(terms(), Situation(overrides=(unknown,))).advice == "fight"


@pytest.mark.parametrize(
    ("about", "code"),
    [
        (subject(refunds=(refund(-2),)), "refunded_while_disputed"),
        (subject(stage="arbitration"), "late_stage"),
        (subject(network="visa", reason_code="10.5"), None),
        (subject(refunds=(refund(20, minor=1000),)), None),
        (subject(refunds=(refund(20, status="failed"),)), None),
    ],
)
def test_what_takes_the_decision_from_the_sum(about: Subject, code: str | None):
    assert [finding.code for finding in hard_overrides(about, terms())] == ([code] if code else [])


def test_a_high_amount_and_what_people_know_go_to_a_person():
    found = hard_overrides(subject(), terms(high_amount=6000), known=frozenset({"account_takeover"}))
    assert [finding.code for finding in found] == ["account_takeover", "high_amount"]


def test_a_second_round_is_accepted_unless_there_is_something_new_and_enough_at_stake():
    again = Situation(stage="prearb")
    assert worth(terms(minor=50000), again).advice == "accept"
    assert worth(terms(minor=50000), replace(again, new_evidence=True)).advice == "human"
    assert worth(terms(minor=5000), replace(again, new_evidence=True)).advice == "accept"


def test_every_term_has_a_label_and_an_origin_in_both_languages():
    rows = term_rows(terms())
    assert tuple(row.name for row in rows) == TERM_NAMES
    for row in rows:
        for language in ("en", "zh"):
            assert explain(row.label, language)
            assert explain(row.origin, language)


def test_a_term_nobody_knows_is_named_and_counted_as_nothing():
    found = worth(terms(processor="adyen", currency="EUR"))
    assert [f.missing for f in found.findings if f.code == "term_missing"] == ["contest_fee"]


def test_a_fee_in_another_currency_is_turned_by_a_rough_rate():
    assert terms(currency="EUR").contest_fee.value == 1350
    assert terms(currency="JPY").contest_fee.value == 2250
    assert terms(currency="ISK").contest_fee.source == "missing"


def test_giving_up_a_win_costs_the_amount_and_fighting_on_is_cheaper_only_for_large_ones():
    start = starting_terms(usd(10000), EVEN, processor="stripe", network="visa", on=ON)
    large = starting_terms(usd(300000), EVEN, processor="stripe", network="visa", on=ON)
    assert start.prearb_loss.value == 10000
    assert large.prearb_loss.value == 263277  # 0.75 * (3000.00 + 500.00) + 7.77 of work


@pytest.mark.parametrize(
    ("name", "value"), [("win_chance", "1.1"), ("amount", "-1"), ("contest_fee_returned", "0.5"), ("luck", "1")]
)
def test_a_setting_out_of_its_range_is_refused(name: str, value: str):
    with pytest.raises(ValueError, match=name):
        with_settings(terms(), {name: Decimal(value)})


def test_a_setting_replaces_what_was_assumed():
    changed = with_settings(terms(), {"contest_fee": Decimal(2000)})
    assert (changed.contest_fee.value, changed.contest_fee.source) == (2000, "setting")


def test_the_guess_rules_until_own_outcomes_speak():
    guess = win_chance("not_received", "decisive")
    assert (guess.mean, guess.basis) == (Decimal("0.6750"), "prior")
    learnt = win_chance("not_received", "decisive", Outcomes(won=2, lost=18))
    assert (learnt.mean, learnt.basis, learnt.cases) == (Decimal("0.2643"), "outcomes", 20)  # (5.4 + 2) / 28
    assert learnt.high - learnt.low < guess.high - guess.low


@pytest.mark.parametrize("level", ["decisive", "strong", "some", "none"])
def test_the_interval_holds_the_mean(level: Level):
    for category in ("not_received", "counterfeit", "no_such_category"):
        chance = win_chance(category, level)
        assert 0 <= chance.low < chance.mean < chance.high <= 1


def test_a_chance_whose_interval_spans_the_break_even_is_called_open():
    codes = {f.code for f in worth(terms(), Situation(chance=EVEN)).findings}
    assert {"win_chance", "chance_too_wide", "break_even", "counts_either_way"} <= codes


SHARE = st.decimals(0, 1, places=3)
SOME_TERMS = st.fixed_dictionaries(
    {
        "win_chance": SHARE,
        "success_share": st.decimals(0, "0.5", places=3),
        "reopening_chance": st.decimals(0, "0.4", places=3),
        "contest_fee": st.integers(0, 5000),
        "contest_fee_returned": st.integers(0, 1),
        "prep_cost": st.integers(0, 5000),
        "ratio_cost": st.integers(0, 1000),
    }
)
STAGE = st.sampled_from(["alert", "inquiry", "first"])


@given(st.integers(1, 10**6), SOME_TERMS, SHARE, STAGE)
def test_a_better_chance_is_never_worth_less(minor: int, some: dict[str, Any], other: Decimal, stage: Any):
    low, high = sorted((some["win_chance"], other))
    worse, better = (
        worth(terms(minor, **{**some, "win_chance": chance}), Situation(stage=stage)) for chance in (low, high)
    )
    assert worse.ev_fight.amount_minor <= better.ev_fight.amount_minor


@given(st.integers(1, 10**6), SOME_TERMS, STAGE)
def test_the_break_even_is_where_contesting_starts_to_pay(minor: int, some: dict[str, Any], stage: Any):
    found = worth(terms(minor, **some), Situation(stage=stage))
    if found.break_even is None:
        assert found.ev_fight.amount_minor <= 0
    elif some["win_chance"] > found.break_even + Decimal("0.0001"):
        assert found.ev_fight.amount_minor >= 0
    elif some["win_chance"] < found.break_even - Decimal("0.0001"):
        assert found.ev_fight.amount_minor <= 0


@given(st.integers(1, 10**6), SOME_TERMS, STAGE)
def test_every_finding_has_words_in_both_languages(minor: int, some: dict[str, Any], stage: Any):
    chance = win_chance("not_received", "strong")
    for finding in worth(terms(minor, **some), Situation(stage=stage, chance=chance)).findings:
        assert explain(finding, "en")
        assert explain(finding, "zh")


def counts(**changes: Any) -> MonthCounts:
    values: dict[str, Any] = {
        "month": date(2026, 5, 1),
        "region": "EU",
        "disputes": 1600,
        "fraud_disputes": 1000,
        "fraud_reports": 700,
        "settled": 100_000,
        "settled_before": 100_000,
    }
    return MonthCounts(**values | changes)


@pytest.mark.parametrize(
    ("month", "verdict"),
    [
        # 700 + 600 = 1,300 cases, or 700 + 1,600 = 2,300: 130 or 230 basis points
        (counts(), "unknown"),
        (counts(fraud_reports=1000), "holds"),
        (counts(disputes=700, fraud_disputes=100), "fails"),
        (counts(fraud_reports=1000, month=date(2026, 3, 1)), "unknown"),
        (counts(settled=1_000_000), "fails"),
        (counts(region=""), "unknown"),
        (counts(settled=0), "unknown"),
    ],
)
def test_both_readings_of_visas_ratio(month: MonthCounts, verdict: str):
    found = ratio_effect(month, "visa")
    assert found.verdict == verdict
    assert explain(found, "en")
    assert explain(found, "zh")


def test_the_leg_of_the_amount_in_cemea():
    month = counts(region="CEMEA", disputes=300, fraud_disputes=0, fraud_reports=0, settled=10_000)
    assert ratio_effect(month, "visa").missing == "acquirer_count"
    assert ratio_effect(replace(month, fraud_amount=usd(8_000_000)), "visa").verdict == "holds"
    assert ratio_effect(replace(month, fraud_amount=usd(7_000_000)), "visa").verdict == "fails"


@pytest.mark.parametrize(
    ("disputes", "before", "verdict", "program"),
    [
        (100, 6_666, "holds", "ECM"),
        (100, 6_667, "fails", "ECM"),
        (99, 100, "fails", "ECM"),
        (300, 10_000, "holds", "HECM"),
        (300, 10_001, "holds", "ECM"),
    ],
)
def test_mastercards_programmes_need_both_legs(disputes: int, before: int, verdict: str, program: str):
    found = ratio_effect(counts(disputes=disputes, settled_before=before, months_over=4), "mastercard")
    assert (found.verdict, found.values["program"]) == (verdict, program)
    assert explain(found, "zh")


def test_a_network_without_known_threshold_is_said():
    found = ratio_effect(counts(), "amex")
    assert found.verdict == "unknown"
    assert explain(found, "en")


def test_one_more_dispute_costs_nothing_far_from_a_threshold():
    assert ratio_cost(counts(disputes=100, fraud_disputes=0), "visa", "USD").value == 0
    assert ratio_cost(counts(), "visa", "USD").value == 800
    assert ratio_cost(counts(disputes=90, settled_before=6_000, months_over=1), "mastercard", "USD").value == 500


def test_a_finding_names_the_records_it_compared():
    (found,) = hard_overrides(subject(refunds=(refund(-2),)), terms())
    assert [row.evidence_id for row in found.compared] == ["refund:re_1", "dispute:record"]
    assert "2026-06-02" in explain(found, "en")
