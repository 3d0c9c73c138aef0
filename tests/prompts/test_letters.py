"""Representment letters: with a full record, a sparse one, and none."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from jinja2 import meta

from knowledge.reason_codes import categories
from knowledge.reason_words import parties, reason_test
from prompts import contexts, render
from prompts.contexts import Exhibit, LetterContext, LetterFinding, LetterMessage, SharedIdentifiers
from prompts.exhibits import exhibit_title
from rejoinder.domain.cases import Dispute
from rejoinder.domain.drafts import Sentence
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Access, Refund
from rejoinder.errors import TemplateError
from tests.prompts.golden import assert_golden, shown
from tests.prompts.scenes import (
    ARRIVED,
    MERCHANT,
    NOW,
    PAYMENT,
    POLICY,
    REFUNDS,
    SHIPMENT,
    at,
    eur,
)
from tests.prompts.scenes import (
    CITATIONS as RECORDS_CITED,
)

CATEGORIES = tuple(categories())
LANGUAGES = ("en", "zh")
FILES = sorted((render.FOLDER / "representment").glob("*/*.j2"))
RECORDS = ("order", "shipment", "payment", "refund", "mail", "policy", "product")
CITATIONS = RECORDS_CITED | {alias: f"id-{alias}" for alias in ("access", "earlier", "chip_emv_record")}
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
    return tuple(
        Exhibit(
            f"Exhibit {n}", exhibit_title(alias, "en"), alias, attached=alias not in (*RECORDS, "access", "earlier")
        )
        for n, alias in enumerate(aliases, start=1)
    )


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
    exhibits=exhibits(*RECORDS),
    network_name="Visa",
    reason_title="Merchandise/Services Not Received",
    test="The reason has a test of its own.",
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
DIGITAL = replace(
    FULL,
    order=replace(
        ORDER,
        goods="digital",
        account_id="anna-weber",
        shipments=(),
        accesses=(
            Access(at=at(3, 4, 11), what="download", ip="203.0.113.7", device_id="dev-77a1"),
            Access(at=at(3, 9), what="session", ip="203.0.113.7"),
        ),
    ),
    shipment=None,
    refunds=(),
    exhibits=exhibits("access", "order", "payment", "mail", "policy"),
)
EARLIER = tuple(
    replace(ORDER, number=number, placed_at=ORDER.placed_at - timedelta(days=days))
    for number, days in (("0871", 150), ("0802", 190))
)
DECISIVE = replace(
    FULL,
    refunds=(replace(REFUNDS["succeeded"], amount=eur(2000)),),
    remaining=eur(6990),
    findings=(LetterFinding("EUR 20.00 was refunded before the dispute was raised", ("refund:re_1",)),),
    ce3=SharedIdentifiers(("ip", "email", "address"), EARLIER),
    exhibits=exhibits("earlier", "payment", "order", "shipment", "refund", "mail", "chip_emv_record"),
)
CONTEXTS = {"full": FULL, "sparse": SPARSE, "nothing": NOTHING, "digital": DIGITAL, "decisive": DECISIVE}


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_reads_as_somebody_approved_it(category: str, language: str) -> None:
    parts = [
        f"===== {kind}\n{shown(_render(category, _worded(context, category, language), language), language)}"
        for kind, context in (("full", FULL), ("sparse", SPARSE), ("nothing but the dispute", NOTHING))
    ]
    assert_golden("\n".join(parts), f"representment/{language}/{category}.txt")


def _worded(context: LetterContext, category: str, language: str) -> LetterContext:
    words = parties("visa", language)
    return replace(
        context,
        test=reason_test("", "", category, language).text,
        claimant=words.claimant,
        decider=words.decider,
        exhibits=tuple(e._replace(title=exhibit_title(e.alias, language)) for e in context.exhibits),
    )


def _render(category: str, context: LetterContext, language: str = "en") -> render.Rendered:
    return render.render(f"representment/{category}", context, language=language, citations=CITATIONS)


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS)
def test_the_chinese_letter_says_and_cites_the_same_in_the_same_order(category: str, context: LetterContext) -> None:
    english, chinese = (_render(category, _worded(context, category, language), language) for language in LANGUAGES)
    assert _shape(english) == _shape(chinese)


def _shape(rendered: render.Rendered) -> list[list[tuple[str, tuple[str, ...]]]]:
    kinds = ("## ", "- ")
    return [
        [(next((kind for kind in kinds if s.text.startswith(kind)), ""), s.citations) for s in paragraph]
        for paragraph in rendered.paragraphs
    ]


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
    assert len(words) <= 450


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


def test_letters_are_in_english_and_chinese_only() -> None:
    assert not render.template_exists("representment/general", "de")
    with pytest.raises(TemplateError, match="representment/de/general"):
        render.render("representment/general", FULL, language="de", citations=CITATIONS)


@pytest.mark.parametrize("category", CATEGORIES)
def test_facts_are_dated_and_few(category: str) -> None:
    for context in CONTEXTS.values():
        body = [s.text for s in _sentences(category, context)]
        facts = body[body.index("## Facts") + 1 :] if "## Facts" in body else []
        facts = facts[: next((n for n, t in enumerate(facts) if t.startswith("## ")), None)]
        assert len(facts) <= 7
        assert all(re.match(r"- \d{1,2} \w+ \d{4}", text) for text in facts)


def test_what_decides_comes_first_in_the_response() -> None:
    paragraphs = _render("fraud_card_absent", DECISIVE).paragraphs
    texts = [" ".join(s.text for s in paragraph) for paragraph in paragraphs]
    response = texts[texts.index("## Response to the claim") + 1 :]
    assert response[0] == "EUR 20.00 was refunded before the dispute was raised (Exhibit 5)."
    assert response[1].startswith("Earlier purchases on the same card")
    assert response[3].startswith("- Earlier, 5 October 2025: order 0871")
    assert response[5].startswith("The order was placed from the IP address 203.0.113.7")


def test_only_what_was_not_refunded_is_asked_for() -> None:
    text = " ".join(s.text for s in _sentences("not_received", DECISIVE))
    assert "reverse this dispute for EUR 69.90, the part of EUR 89.90 that has not been refunded (Exhibit 5)" in text


@pytest.mark.parametrize("category", ["fraud_program", "counterfeit", "compliance", "documentation_request"])
def test_where_little_can_be_said_the_letter_only_submits_the_records(category: str) -> None:
    text = " ".join(s.text for s in _sentences(category, replace(SPARSE, order=None, shipment=None, exhibits=())))
    assert "The merchant submits the records below" in text
    assert "## Facts" not in text
    assert "## Response" not in text


def test_the_use_of_a_digital_good_stands_in_place_of_a_parcel() -> None:
    text = " ".join(s.text for s in _sentences("not_received", DIGITAL))
    assert "the digital goods were not received" in text
    assert "The latest use on record is “session”, from the IP address 203.0.113.7 (Exhibit 1)" in text
    assert "use after the purchase, most recently on 9 March 2026 (Exhibit 1)" in text
    assert "parcel" not in text


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_a_template_asks_only_for_fields_of_its_context(file: Path) -> None:
    environment = render._environment("en")
    variables = meta.find_undeclared_variables(environment.parse(file.read_text(encoding="utf-8")))
    assert variables <= set(contexts.values_of(FULL))
