"""Representment letters: with a full record, a sparse one, and none."""

from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import meta

from prompts import contexts, render
from prompts.contexts import Exhibit, LetterContext, LetterMessage
from rejoinder.domain.cases import Dispute
from rejoinder.domain.drafts import Sentence
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Refund
from rejoinder.errors import TemplateError
from tests.prompts.golden import assert_golden, shown
from tests.prompts.scenes import ARRIVED, CITATIONS, MERCHANT, NOW, PAYMENT, POLICY, REFUNDS, SHIPMENT, at, eur

CATEGORIES = (
    "not_received",
    "not_as_described",
    "fraud_card_absent",
    "unrecognized",
    "credit_not_processed",
    "cancelled_recurring",
    "duplicate",
    "cancelled_merchandise",
    "general",
)
FILES = sorted((render.FOLDER / "representment").glob("*.j2"))
TITLES = {
    "order": "Order record",
    "shipment": "Carrier record",
    "payment": "Payment record",
    "refund": "Refund record",
    "mail": "Correspondence with the customer",
    "policy": "Policy in force on the day of the order",
    "product": "Product description",
}
DISPUTE = Dispute(
    processor="acme",
    reference="du_1",
    status="open",
    stage="first",
    sources=("api",),
    network="visa",
    reason_code="13.1",
    reason_text="Merchandise / services not received",
    amount=eur(8990),
    transaction_date="2026-03-04",
    card_last4="4242",
    arn="7" * 23,
)
ORDER = replace(
    ARRIVED["order"], customer_ip="203.0.113.7", ship_to=replace(ARRIVED["order"].ship_to, lines=("8 rue Sala",))
)


def usd(minor: int) -> Money:
    return Money(amount_minor=minor, currency="USD")


def exhibits(*aliases: str) -> tuple[Exhibit, ...]:
    return tuple(Exhibit(f"Exhibit {n}", TITLES[alias], alias) for n, alias in enumerate(aliases, start=1))


FULL = LetterContext(
    merchant=MERCHANT,
    dispute=DISPUTE,
    now=NOW,
    order=ORDER,
    payment=replace(PAYMENT, descriptor="LUMEN*OAK", three_d_secure="authenticated", avs_result="Y", cvv_result="M"),
    shipment=ARRIVED["shipment"],
    refunds=(REFUNDS["succeeded"],),
    messages=(LetterMessage(at(3, 15), "anna@example.org", "Lamp", "The lamp is here, thank you."),),
    policy=POLICY,
    policy_text="You may return goods within 30 days of delivery.",
    exhibits=exhibits(*TITLES),
)
SPARSE = LetterContext(
    merchant=MERCHANT,
    dispute=replace(DISPUTE, arn="", card_last4="", network="", reason_code="", reason_text="", transaction_date=""),
    now=NOW,
    order=replace(ORDER, payments=()),
    shipment=SHIPMENT,
    exhibits=exhibits("order", "shipment"),
)
NOTHING = LetterContext(
    merchant=MERCHANT,
    dispute=Dispute(processor="acme", reference="du_1", status="open", stage="inquiry", sources=()),
    now=NOW,
)


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_letter_reads_as_somebody_approved_it(category: str) -> None:
    parts = [
        f"===== {kind}\n{shown(_render(category, context), 'en')}"
        for kind, context in (("full", FULL), ("sparse", SPARSE), ("nothing but the dispute", NOTHING))
    ]
    assert_golden("\n".join(parts), f"representment/{category}.txt")


def _render(category: str, context: LetterContext) -> render.Rendered:
    return render.render(f"representment/{category}", context, language="en", citations=CITATIONS)


def _sentences(category: str, context: LetterContext) -> list[Sentence]:
    return [sentence for paragraph in _render(category, context).paragraphs for sentence in paragraph]


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_sentence_but_headings_cites(category: str) -> None:
    uncited = [s.text for s in _sentences(category, FULL) if not s.citations and not s.text.startswith("## ")]
    assert uncited == ["Mia, Lumen & Oak"]


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_record_without_an_exhibit_is_not_spoken_of(category: str) -> None:
    text = " ".join(s.text for s in _sentences(category, replace(FULL, exhibits=exhibits("order"))))
    assert "ParcelKing" not in text
    assert "pay_1" not in text
    assert "Exhibit 2" not in text


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_letter_fits_on_a_page(category: str) -> None:
    words = " ".join(s.text for s in _sentences(category, FULL)).split()
    assert len(words) <= 350


def test_a_refund_of_the_whole_amount_leads_the_request() -> None:
    text = " ".join(s.text for s in _sentences("not_received", FULL))
    assert "The disputed amount of EUR 89.90 has already been refunded (Exhibit 4)" in text
    assert "EUR 89.90 was refunded, reference re_1" in text


@pytest.mark.parametrize(
    "refund",
    [replace(REFUNDS["succeeded"], amount=eur(1000)), replace(REFUNDS["succeeded"], amount=usd(99999))],
)
def test_a_partial_refund_is_conceded_in_the_request(refund: Refund) -> None:
    text = " ".join(s.text for s in _sentences("not_received", replace(FULL, refunds=(refund,))))
    assert "for the part of the payment that has not been refunded" in text


def test_a_refund_that_has_not_arrived_is_not_conceded() -> None:
    text = " ".join(s.text for s in _sentences("not_received", replace(FULL, refunds=(REFUNDS["pending"],))))
    assert "reverse this dispute in full" in text
    assert "its state is “pending”" in text


def test_a_mail_address_in_another_case_is_still_the_customer() -> None:
    message = LetterMessage(None, "Anna@Example.org", "", "Hello")
    text = " ".join(s.text for s in _sentences("general", replace(FULL, messages=(message,))))
    assert "The customer wrote: “Hello”" in text


def test_letters_are_in_english_only() -> None:
    assert not render.template_exists("representment/general", "de")
    with pytest.raises(TemplateError, match="English only"):
        render.render("representment/general", FULL, language="de", citations=CITATIONS)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_a_template_asks_only_for_fields_of_its_context(file: Path) -> None:
    environment = render._environment("en")
    variables = meta.find_undeclared_variables(environment.parse(file.read_text(encoding="utf-8")))
    assert variables <= set(contexts.values_of(FULL))
