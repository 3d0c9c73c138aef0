"""A source learned from one notice, and another notice of the same sender read with it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from knowledge.notice_catalog import notice_catalog
from rejoinder.domain.authenticity import Authenticity
from rejoinder.domain.learned import LearnedSource
from rejoinder.domain.mail import InboundMail, MailAddress
from rejoinder.domain.reading import DigestCase, Reading
from tools.models.notices.learned import learn, read_learned, subject_shape

CATALOG = notice_catalog()
DOMAIN = "hafenbank.example"
PROVEN = Authenticity(verdict="verified", domain=DOMAIN)


def mail(text: str, subject: str = "Vorgang", authenticity: Authenticity = PROVEN) -> InboundMail:
    return InboundMail(
        identity=text,
        message_id="<a@hafenbank.example>",
        sender=MailAddress(email="reklamation@hafenbank.example", name="Hafenbank"),
        subject=subject,
        text=text,
        new_text=text,
        sent_at=datetime(2026, 11, 20, tzinfo=UTC),
        authenticity=authenticity,
    )


def unread(text: str) -> Reading:
    return Reading(reader="builtin", kind="service", score=0.4, language="de")


def taught(text: str, confirmed: dict[str, str], subject: str = "Vorgang") -> LearnedSource:
    return learn(mail(text, subject), confirmed, CATALOG, notice_type="first_dispute")


GERMAN = """Guten Tag,

zu Ihrer Vertragsnummer 88123 liegt ein Storno vor.

Unser Zeichen: HB-2026-004711
Kundenbuchung: R-20931
Summe: 1.208,90
Kartenkürzel: 4417
Vorfall: Ware kam nicht an
Bitte erledigen bis 04/12/2026, sonst buchen wir ab.
"""
GERMAN_FIELDS = {
    "dispute_reference": "HB-2026-004711",
    "order_reference": "R-20931",
    "amount_minor": "120890",
    "currency": "EUR",
    "card_last4": "4417",
    "reason_text": "Ware kam nicht an",
    "category": "not_received",
    "respond_by": "2026-12-04",
}
CHINESE = """您好，商户 88123：

贵店有一笔款项被持卡人退回，请处理。
单据号码：LL20261118000321
店铺单号：SO-55120
退回款额：￥1,299.00
处理时限：2026年12月3日
原由：商品未收到
"""
CHINESE_FIELDS = {
    "dispute_reference": "LL20261118000321",
    "order_reference": "SO-55120",
    "amount_minor": "129900",
    "currency": "CNY",
    "respond_by": "2026-12-03",
    "reason_text": "商品未收到",
    "category": "not_received",
}
ENGLISH = """Hello Lumen & Oak,

Item\tTicket\tBooked value\tLatest day
1\tTX-99812-A\t$ 84.50\t12/04/2026

Card holder told us: never got the parcel (via our app).
"""
ENGLISH_FIELDS = {
    "dispute_reference": "TX-99812-A",
    "amount_minor": "8450",
    "currency": "USD",
    "respond_by": "2026-12-04",
    "reason_text": "never got the parcel",
    "category": "not_received",
}
CASES = [
    (
        GERMAN,
        GERMAN_FIELDS,
        {
            "HB-2026-004711": "HB-2027-000002", "R-20931": "R-31", "1.208,90": "86,05", "4417": "0093",
            "Ware kam nicht an": "Falscher Artikel", "04/12/2026": "05/01/2027", "88123": "77",
        },
        {
            "dispute_reference": "HB-2027-000002", "order_reference": "R-31", "amount_minor": "8605", "currency": "EUR",
            "card_last4": "0093", "reason_text": "Falscher Artikel", "respond_by": "2027-01-05",
        },
    ),
    (
        CHINESE,
        CHINESE_FIELDS,
        {
            "LL20261118000321": "LL20270102000009", "SO-55120": "SO-7", "1,299.00": "88.5", "2026年12月3日": "2027年1月9日",
            "88123": "99",
        },
        {
            "dispute_reference": "LL20270102000009", "order_reference": "SO-7", "amount_minor": "8850", "currency": "CNY",
            "respond_by": "2027-01-09", "reason_text": "商品未收到", "category": "not_received",
        },
    ),
    (
        ENGLISH,
        ENGLISH_FIELDS,
        {
            "TX-99812-A": "TX-10000-B", "84.50": "1,184.00", "12/04/2026": "02/11/2027", "never got the parcel": "wrong size",
            "Lumen & Oak": "Lumen",
        },
        {
            "dispute_reference": "TX-10000-B", "amount_minor": "118400", "currency": "USD", "respond_by": "2027-02-11",
            "reason_text": "wrong size",
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "confirmed", "changes", "expected"), CASES, ids=["de", "zh", "en"])
def test_another_notice_of_the_sender_is_read_exactly(
    text: str, confirmed: dict[str, str], changes: dict[str, str], expected: dict[str, str]
) -> None:
    source = taught(text, confirmed)
    other = text
    for before, after in changes.items():
        assert before in other
        other = other.replace(before, after)
    reading = read_learned(mail(other), unread(other), source, CATALOG)
    assert {name: value.value for name, value in reading.fields.items()} == expected
    assert (reading.kind, reading.notice_source, reading.notice_type) == (
        "dispute",
        f"learned:{DOMAIN}",
        "first_dispute",
    )


@pytest.mark.parametrize(("text", "confirmed"), [case[:2] for case in CASES], ids=["de", "zh", "en"])
def test_the_confirmed_notice_itself_is_read_as_confirmed(text: str, confirmed: dict[str, str]) -> None:
    reading = read_learned(mail(text), unread(text), taught(text, confirmed), CATALOG)
    assert {name: value.value for name, value in reading.fields.items()} == confirmed


@pytest.mark.parametrize(("text", "confirmed"), [case[:2] for case in CASES], ids=["de", "zh", "en"])
def test_each_value_is_shown_where_it_stands(text: str, confirmed: dict[str, str]) -> None:
    reading = read_learned(mail(text), unread(text), taught(text, confirmed), CATALOG)
    value = reading.fields["dispute_reference"]
    assert text[value.start : value.end] == confirmed["dispute_reference"]


def test_the_order_of_day_and_month_is_learned_from_the_confirmed_day() -> None:
    assert taught(GERMAN, GERMAN_FIELDS).date_order == "dmy"
    assert taught(ENGLISH, ENGLISH_FIELDS).date_order == "mdy"
    assert taught(CHINESE, CHINESE_FIELDS).date_order == ""


def test_a_day_that_could_be_two_is_not_read_when_the_first_notice_did_not_tell() -> None:
    text = GERMAN.replace("04/12/2026", "2026-12-04")
    source = taught(text, GERMAN_FIELDS)
    later = text.replace("2026-12-04", "05/01/2027")
    assert "respond_by" not in read_learned(mail(later), unread(later), source, CATALOG).fields


@pytest.mark.parametrize(
    ("printed", "currency"), [("84.50", "USD"), ("$ 84.50", "USD"), ("84.50 EUR", "EUR"), ("£ 84.50", "GBP")]
)
def test_the_learned_currency_never_overrules_a_printed_one(printed: str, currency: str) -> None:
    source = taught(ENGLISH, ENGLISH_FIELDS)
    later = ENGLISH.replace("$ 84.50", printed)
    assert read_learned(mail(later), unread(later), source, CATALOG).value("currency") == currency


def test_a_bare_amount_in_a_mail_that_names_another_currency_has_none() -> None:
    source = taught(ENGLISH, ENGLISH_FIELDS)
    later = ENGLISH.replace("$ 84.50", "84.50") + "All values in CAD.\n"
    assert read_learned(mail(later), unread(later), source, CATALOG).value("currency") == ""


@pytest.mark.parametrize(
    "authenticity",
    [
        Authenticity(verdict="unverified"),
        Authenticity(verdict="failed"),
        Authenticity(verdict="unchecked"),
        Authenticity(verdict="verified", domain="other.example"),
    ],
)
def test_only_a_proven_mail_of_the_domain_is_read(authenticity: Authenticity) -> None:
    source = taught(GERMAN, GERMAN_FIELDS)
    reading = unread(GERMAN)
    assert read_learned(mail(GERMAN, authenticity=authenticity), reading, source, CATALOG) is reading


def test_another_kind_of_mail_of_the_sender_is_left_alone() -> None:
    source = taught(GERMAN, GERMAN_FIELDS)
    news = "Guten Tag,\n\nunsere neuen Preise gelten ab 01/02/2027.\n"
    reading = unread(news)
    assert read_learned(mail(news), reading, source, CATALOG) is reading


def test_a_list_of_cases_is_left_to_the_usual_reading() -> None:
    source = taught(GERMAN, GERMAN_FIELDS)
    reading = replace(unread(GERMAN), kind="dispute", cases=(DigestCase(fields={}), DigestCase(fields={})))
    assert read_learned(mail(GERMAN), reading, source, CATALOG) is reading


def test_a_place_that_holds_two_values_is_not_read() -> None:
    source = taught(GERMAN, GERMAN_FIELDS)
    later = GERMAN + "Unser Zeichen: HB-2026-009999\n"
    assert "dispute_reference" not in read_learned(mail(later), unread(later), source, CATALOG).fields


def test_what_is_not_in_the_notice_is_not_learned() -> None:
    more = {"arn": "74537606000000000000001", "payment_reference": "ch_12345678"}
    assert taught(GERMAN, {**GERMAN_FIELDS, **more}).fields == taught(GERMAN, GERMAN_FIELDS).fields


def test_a_value_below_its_label_is_learned() -> None:
    text = "Unser Zeichen\nHB-2026-004711\n\nSumme\n1.208,90 EUR\n"
    source = taught(text, {"dispute_reference": "HB-2026-004711", "amount_minor": "120890", "currency": "EUR"})
    later = "Unser Zeichen\nHB-2027-1\n\nSumme\n7,00 EUR\n"
    reading = read_learned(mail(later), unread(later), source, CATALOG)
    assert (reading.value("dispute_reference"), reading.value("amount_minor")) == ("HB-2027-1", "700")


def test_a_value_inside_a_sentence_is_learned() -> None:
    text = "Wir melden zum Beleg AB-771 über 20,00 EUR eine Rückgabe durch Erika Muster wegen Verdachts.\n"
    known = {"dispute_reference": "AB-771", "amount_minor": "2000", "currency": "EUR", "buyer_name": "Erika Muster"}
    source = taught(text, known)
    later = text.replace("AB-771", "AB-9").replace("20,00", "31,50").replace("Erika Muster", "Max Beispiel")
    reading = read_learned(mail(later), unread(later), source, CATALOG)
    assert {name: value.value for name, value in reading.fields.items()} == {
        "dispute_reference": "AB-9", "amount_minor": "3150", "currency": "EUR", "buyer_name": "Max Beispiel",
    }  # fmt: skip


def test_another_subject_is_not_taken_for_the_same_kind_of_notice() -> None:
    known = GERMAN_FIELDS
    source = learn(mail(GERMAN, "Storno HB-2026-004711"), known, CATALOG, notice_type="prearb")
    assert read_learned(mail(GERMAN, "Storno HB-1"), unread(GERMAN), source, CATALOG).notice_type == "prearb"
    assert read_learned(mail(GERMAN, "Erledigt"), unread(GERMAN), source, CATALOG).notice_type == "first_dispute"


def test_a_subject_is_compared_without_its_values() -> None:
    assert subject_shape("Re: Dispute du_1 of Anna Weber", {"buyer_name": "Anna Weber"}) == "re dispute of"
