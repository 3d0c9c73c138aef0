import pytest

from knowledge.reason_codes import (
    categories,
    evidence_titles,
    find,
    reason_codes,
    required_evidence,
    sources,
    windows,
)


def test_all_codes_are_there_once():
    keys = {(entry.network, entry.code.casefold()) for entry in reason_codes()}

    assert len(reason_codes()) == 429
    assert len(keys) == 429


def test_every_code_names_a_known_category_window_and_source():
    for entry in reason_codes():
        assert entry.category in categories(), entry
        assert entry.window in windows(), entry
        assert entry.source in sources(), entry
        assert entry.confidence in {"high", "medium", "low"}, entry


def test_every_evidence_id_is_in_the_evidence_catalogue():
    known = set(evidence_titles())

    for entry in (*reason_codes(), *categories().values()):
        assert set(entry.evidence_required) | set(entry.evidence_compelling) <= known, entry


def test_a_code_that_was_replaced_names_codes_of_its_own_network():
    for entry in reason_codes():
        assert all(find(entry.network, code) for code in entry.replaced_by), entry


@pytest.mark.parametrize(
    ("network", "written", "code"),
    [
        ("visa", "10.4", "10.4"),
        ("Visa", "104", "10.4"),
        ("visa", "1040", "10.4"),
        ("visa", "V10.4", "10.4"),
        ("visa", "Visa 13.1", "13.1"),
        ("visa", "12.6.1", "12.6.1"),
        ("visa", "0083", "83"),
        ("visa", "１３．３", "13.3"),
        ("mastercard", "53", "4853"),
        ("mastercard", "4853-Cardholder Dispute", "4853"),
        ("amex", "с08", "C08"),
        ("amex", "004", "004"),
        ("discover", "RN", "RN2"),
        ("discover", "ua02", "UA02"),
        ("discover", "4755", "RG"),
        ("paypal", "merchandise or service not received", "MERCHANDISE_OR_SERVICE_NOT_RECEIVED"),
    ],
)
def test_a_code_is_found_however_it_is_written(network, written, code):
    assert find(network, written).code == code


@pytest.mark.parametrize(("network", "code"), [("amex", "4"), ("visa", "99.9"), ("nobody", "10.4"), ("visa", "")])
def test_an_unknown_code_is_none(network, code):
    assert find(network, code) is None


def test_the_same_digits_mean_different_things_in_two_networks():
    assert find("discover", "4755").category == "not_received"
    assert find("amex", "4755").category == "no_authorization"


def test_the_category_tells_what_is_needed_when_the_code_does_not():
    not_received = categories()["not_received"].evidence_required

    assert required_evidence("visa", "13.1", "") == not_received
    assert required_evidence("", "", "not_received") == not_received
    assert required_evidence("mastercard", "4853", "not_received") == not_received
    assert required_evidence("visa", "99", "unheard_of") == ()
