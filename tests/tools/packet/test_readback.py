"""Reading a packet back: from the PDF alone, also where its values are awkward."""

from dataclasses import fields, replace
from datetime import date

import pytest

from rejoinder.domain.drafts import Sentence, blocking
from rejoinder.domain.limits import FileLimits
from rejoinder.domain.money import Money
from rejoinder.domain.packet import KeyFacts
from tests.tools.packet import samples
from tools.packet.build import build_packet
from tools.packet.readback import misread_facts, misread_pages, read_key_facts


def pdf_of(facts: KeyFacts) -> bytes:
    # A letter without figures of its own: only the table may be read.
    letter = samples.letter(1)
    return build_packet(letter, facts, [samples.record(1)], limits=FileLimits(), made_at=samples.MADE_AT).pdf


AWKWARD = {
    "all there is": replace(
        samples.FACTS, refunded=Money(amount_minor=5000, currency="USD"), refund_references=("re_1Abc", "re_2Def")
    ),
    "as little as can be": KeyFacts(dispute_reference="dp_1"),
    "values that are names of others": replace(
        samples.FACTS, merchant="Order Carrier Network", carrier="Reason Merchant", descriptor="CARD*ORDER"
    ),
    "Chinese": replace(samples.FACTS, merchant="深圳市光明灯具有限公司", carrier="顺丰速运"),
    "long values": replace(
        samples.FACTS,
        reason="Cancelled recurring transaction, or a transaction that the cardholder does not recognise at all",
        tracking_numbers=tuple(f"1Z999AA1012345678{n}" for n in range(6)),
        dispute_reference="PP-D-" + "0123456789abcdef" * 4,
    ),
    "no cents": replace(samples.FACTS, amount=Money(amount_minor=1289900, currency="JPY")),
    "three digits of cents": replace(samples.FACTS, amount=Money(amount_minor=1234567, currency="KWD")),
    "markup": replace(samples.FACTS, merchant="#eval $x$ *bold* <label> @ref \\ // [ok]"),
    "a parcel like a card": replace(samples.FACTS, tracking_numbers=("4111111111111111",)),
}


@pytest.mark.parametrize("facts", AWKWARD.values(), ids=AWKWARD.keys())
def test_what_is_printed_is_read_back(facts: KeyFacts) -> None:
    assert misread_facts(pdf_of(facts), facts.as_text()) == []


@pytest.mark.parametrize("left_out", [one.name for one in fields(KeyFacts) if one.name != "dispute_reference"])
def test_names_are_told_apart_wherever_they_stand(left_out: str) -> None:
    """Without one fact, all later ones stand in the other column."""
    default = next(one.default for one in fields(KeyFacts) if one.name == left_out)
    facts = replace(AWKWARD["all there is"], **{left_out: default})
    assert misread_facts(pdf_of(facts), facts.as_text()) == []


def test_values_are_read_in_canonical_form() -> None:
    shown = read_key_facts(pdf_of(samples.FACTS))
    assert shown["amount"] == "1289.90 USD"
    assert shown["delivered_on"] == "2026-02-09"
    assert shown["card_last4"] == "1111"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"amount": Money(amount_minor=128991, currency="USD")}, "Disputed amount reads '1289.90 USD'"),
        ({"amount": Money(amount_minor=128990, currency="EUR")}, "it should be '1289.90 EUR'"),
        ({"transaction_date": date(2026, 3, 2)}, "Transaction date reads '2026-02-03', it should be '2026-03-02'"),
        ({"arn": "74537606077000012345679"}, "ARN reads"),
        ({"refunded": Money(amount_minor=1, currency="USD")}, "Refunded '0.01 USD' is missing"),
        ({"carrier": ""}, "Carrier reads 'Acme Parcel', it should be ''"),
    ],
)
def test_what_differs_is_named(change: dict[str, object], told: str) -> None:
    (problem,) = misread_facts(pdf_of(samples.FACTS), replace(samples.FACTS, **change).as_text())
    assert told in problem.detail


def test_a_page_without_number_label_or_with_a_card_number_is_named() -> None:
    texts = ["Letter\npage 1 of 2", f"{samples.CARD}\npage 1 of 2"]
    details = [p.detail for p in misread_pages(texts, samples.letter(0), ["Exhibit 1"], known=())]
    assert "page 2 is not numbered as page 2 of 2" in details
    assert "page 2 shows a full card number" in details
    assert "no page is headed 'Exhibit 1'" in details
    assert not any("page 2 shows" in p.detail for p in misread_pages(texts, samples.letter(0), [], [samples.CARD]))


def test_a_letter_that_quotes_arabic_over_two_lines_is_read_back_word_by_word() -> None:
    said = "“مرحباً، متى سيصل طلبي؟ لن أكون في المنزل الأسبوع القادم.”"
    plain = samples.letter(1)
    quoting = Sentence(text=f"- 11 February 2026: The customer wrote: {said} (Exhibit 1).")
    letter = replace(plain, paragraphs=(*plain.paragraphs[:6], (quoting,), *plain.paragraphs[6:]))
    packet = build_packet(letter, samples.FACTS, [samples.record(1)], limits=FileLimits(), made_at=samples.MADE_AT)
    assert blocking(packet.problems) == ()
