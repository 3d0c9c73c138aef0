"""What each rail gives a merchant, carried over from the pages it names."""

from datetime import date

import pytest

from knowledge.rails import Circumstances, network_rules, rail, rails
from rejoinder.domain.lifecycle import Move, fold
from tools.processors import stripe

TODAY = date(2026, 3, 9)
NAMED = (
    "stripe", "adyen", "paypal", "shopify", "square", "checkout", "airwallex", "braintree", "klarna", "acquirer",
)  # fmt: skip


def of(network="", stage="first", **more):
    return Circumstances(**{"network": network, "stage": stage, "day": TODAY} | more)


def test_every_rail_of_the_plan_is_there():
    assert set(NAMED) <= set(rails())


def test_a_processor_without_a_file_gets_the_strictest_common_limits():
    limits = rail("no_such_bank").limits_for("visa")
    assert (limits.max_bytes_total, limits.max_pages, limits.max_bytes_by_type["pdf"]) == (4_500_000, 19, 2_000_000)
    assert limits.takes_name("01_LETTER.pdf")
    assert not limits.takes_name("01 the letter of representment.pdf")


def test_mastercard_takes_nineteen_pages_everywhere_and_four_for_a_request():
    for name in NAMED:
        assert rail(name).limits_for("mastercard").max_pages == 19, name
    assert rail("adyen").limits_for("mastercard", "inquiry").max_pages == 4


def test_the_rails_limit_and_the_networks_hold_together():
    stripe_amex = rail("stripe").limits_for("amex")
    assert (stripe_amex.max_bytes_total, stripe_amex.max_pages_per_file) == (4_500_000, 20)
    assert rail("stripe").limits_for("discover").max_bytes_total == 3_000_000
    assert rail("adyen").limits_for("visa").bytes_for("pdf") == 2_000_000
    optblue = rail("checkout").limits_for("amex_optblue")
    assert (optblue.max_bytes_total, optblue.black_and_white, optblue.no_blank_pages) == (1_000_000, True, True)


@pytest.mark.parametrize(
    ("network", "country", "day", "days"),
    [
        ("visa", "DE", TODAY, 18),
        ("visa", "US", TODAY, 9),
        ("visa", "CA", date(2025, 7, 21), 9),
        ("visa", "CA", date(2025, 7, 20), 18),
        ("mastercard", "US", TODAY, 40),
        ("amex", "", TODAY, 14),
        ("discover", "", TODAY, 25),
        ("unionpay", "", TODAY, 30),
        ("jcb", "", TODAY, 40),
    ],
)
def test_adyen_gives_so_many_days(network, country, day, days):
    found = rail("adyen").answer_time(of(network, country=country, day=day))
    assert found is not None
    assert found.days == days


def test_the_narrowest_entry_rules():
    klarna = rail("klarna")
    assert klarna.answer_time(of("klarna")).days == 21
    assert klarna.answer_time(of("klarna", category="fraud_card_absent")).days == 7
    assert klarna.answer_time(of("klarna", "prearb")).days == 10


def test_an_unknown_time_to_answer_stays_unknown():
    assert rail("stripe").answer_time(of("visa")) is None
    assert rail("acquirer").answer_time(of("visa")) is None


def test_hours_are_kept_as_hours():
    assert rail("airwallex").answer_time(of("visa", "alert")).hours == 65


@pytest.mark.parametrize(
    ("processor", "network", "stage", "means"),
    [
        ("stripe", "visa", "first", "lost"),
        ("shopify", "visa", "first", "staged_is_sent"),
        ("braintree", "visa", "first", "accepted"),
        ("paypal", "paypal", "first", "decided_for_buyer"),
        ("airwallex", "visa", "alert", "accepted"),
        ("airwallex", "visa", "prearb", "accepted"),
        ("airwallex", "visa", "first", "unknown"),
        ("klarna", "klarna", "first", "lost"),
        ("stripe", "amex", "inquiry", "chargeback"),
        ("stripe", "visa", "prearb", "liability_accepted"),
        ("acquirer", "visa", "first", "unknown"),
    ],
)
def test_silence_means(processor, network, stage, means):
    assert rail(processor).silence(of(network, stage)) == means


def test_evidence_goes_into_the_processors_fields():
    assert rail("stripe").field_of("digital_access_log") == "access_activity_log"
    assert rail("stripe").field_of("carrier_tracking") == "shipping_tracking_number"
    assert rail("paypal").field_of("carrier_tracking") == "PROOF_OF_FULFILLMENT"
    assert rail("paypal").field_of("avs_result") == "OTHER"
    assert rail("braintree").field_of("three_ds_authentication") == "PROOF_OF_3D_SECURE"


def test_adyen_names_its_fields_with_each_dispute():
    assert rail("adyen").fields_per_dispute
    assert rail("adyen").field_of("carrier_tracking") == ""


@pytest.mark.parametrize(
    ("processor", "words", "state", "stage"),
    [
        ("stripe", ("warning_needs_response",), "inquiry_open", "inquiry"),
        ("adyen", ("DISPUTE_DEFENSE_PERIOD_ENDED", "Undefended"), "expired", "first"),
        ("adyen", ("PREARBITRATION_OPEN",), "prearb_open", "prearb"),
        ("paypal", ("CHARGEBACK", "WAITING_FOR_SELLER_RESPONSE"), "needs_response", "first"),
        ("shopify", ("inquiry", "needs_response"), "inquiry_open", "inquiry"),
        ("shopify", ("chargeback", "needs_response"), "needs_response", "first"),
        ("square", ("PROCESSING",), "submitted", "first"),
        ("checkout", ("canceled",), "withdrawn", "first"),
        ("airwallex", ("PRE_CHARGEBACK", "REQUIRES_RESPONSE"), "alert_open", "alert"),
        ("braintree", ("retrieval", "open"), "inquiry_open", "inquiry"),
        ("braintree", ("chargeback", "auto_accepted"), "accepted", "first"),
        ("klarna", ("CLOSED", "WON"), "won_provisional", "unknown"),
    ],
)
def test_a_processors_word_means(processor, words, state, stage):
    found = rail(processor).meaning(*words)
    assert found is not None
    assert (found.state, found.stage) == (state, stage)


def test_money_alone_moves_no_state():
    found = rail("adyen").meaning("CHARGEBACK")
    assert found is not None
    assert (found.state, found.funds) == (None, "withdrawn")


def test_an_unknown_word_has_no_meaning():
    assert rail("stripe").meaning("brand_new_status") is None
    assert rail("adyen").meaning("DISPUTE_DEFENSE_PERIOD_ENDED") is None


def test_the_code_of_stripe_says_the_same_as_its_table():
    spoken = {"won_provisional": "won"}
    table = {word: spoken.get(meaning.state, meaning.state) for word, meaning in rail("stripe").words.items()}
    assert table == stripe.STATUS


def test_every_word_of_every_rail_can_be_told():
    for name, one in rails().items():
        for word, meaning in (one.words | one.events).items():
            move = Move(event_id=word, witness="processor", stage=meaning.stage, state=meaning.state)
            assert fold([move]).state == (meaning.state or "unknown"), (name, word)


def test_a_win_can_be_reopened_for_a_hundred_days_at_visa_and_mastercard():
    rules = network_rules()
    assert (rules["visa"].provisional_days, rules["mastercard"].provisional_days) == (100, 100)
    assert rules["discover"].provisional_days is None
