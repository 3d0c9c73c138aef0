import pytest

from knowledge.notice_catalog import notice_catalog
from tools.mail.authenticity.domains import organisation
from tools.mail.authenticity.lookalikes import distance, looks_like, unicode_form

SOURCES = tuple(notice_catalog().sources.values())


@pytest.mark.parametrize(
    ("domain", "trick", "title"),
    [
        ("stripe.com.evil.example", "subdomain", "Stripe"),
        ("stripe-com.evil.example", "subdomain", "Stripe"),
        ("paypal.com-verify.example", "subdomain", "PayPal"),
        ("stripe.support", "ending", "Stripe"),
        ("paypal.xyz", "ending", "PayPal"),
        ("paypa1.com", "letters", "PayPal"),
        ("paypaI.com", "letters", "PayPal"),
        ("аdyen.com", "letters", "Adyen"),
        ("strıpe.com", "letters", "Stripe"),
        ("kIarna.com", "letters", "Klarna"),
        ("xn--pypal-4ve.com", "letters", "PayPal"),
        ("rnollie.com", "letters", "Mollie"),
        ("strpie.com", "spelling", "Stripe"),
        ("stripee.com", "spelling", "Stripe"),
        ("payoner.com", "spelling", "Payoneer"),
        ("worldfrist.net", "spelling", "WorldFirst"),
        ("braintrepayment.com", "spelling", "Braintree"),
        ("stripe-disputes.com", "words", "Stripe"),
        ("disputes-stripe.com", "words", "Stripe"),
        ("paypalsupport.com", "words", "PayPal"),
        ("secure-paypa1.example", "words", "PayPal"),
        ("mail.klarna-service.example", "words", "Klarna"),
        ("myshopify.example", "words", "Shopify"),
    ],
)
def test_a_domain_that_imitates_a_source_is_found(domain: str, trick: str, title: str) -> None:
    found = looks_like(domain, SOURCES)
    assert found is not None
    assert found.trick == trick
    assert found.title.startswith(title)


@pytest.mark.parametrize(
    "domain",
    [
        "stripe.com", "mail.stripe.com", "e.paypal.de", "payments.amazon.com", "gmail.com", "example.com",
        "lumenoak.example", "squarespace.com", "stripes-and-dots.example", "checkouts-of-books.example", "ikea.com",
        "zalando.de", "amazonas-reisen.example", "mail.ru", "alibi.example", "metro.example", "müller.example",
        "почта.example", "商店.example", "",
    ],
)  # fmt: skip
def test_an_honest_domain_is_left_alone(domain: str) -> None:
    assert looks_like(domain, SOURCES) is None


def test_no_source_and_no_free_mail_imitates_another() -> None:
    known = [domain for source in SOURCES for domain in (*source.domains, *source.link_domains)]
    found = [looks_like(domain, SOURCES) for domain in (*known, *notice_catalog().free_mail_domains)]
    assert [one for one in found if one] == []


def test_two_alphabets_in_one_label_are_told() -> None:
    found = looks_like("lаmрenwelt.example", SOURCES)
    assert found is not None
    assert found.trick == "scripts"


def test_a_broken_punycode_label_stays() -> None:
    assert unicode_form("xn--\u00fc.example") == "xn--\u00fc.example"
    assert unicode_form("xn--bcher-kva.example") == "bücher.example"


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("stripe", "stripe", 0), ("stripe", "stirpe", 1), ("abc", "abcd", 1), ("abc", "xbz", 2), ("abc", "xyz", 3)],
)
def test_letters_are_counted(one: str, other: str, apart: int) -> None:
    assert distance(one, other, 2) == apart


def test_the_registered_domain_is_found() -> None:
    assert organisation("a.b.shop.co.uk") == "shop.co.uk"
    assert organisation("Mail.Shop.Example.") == "shop.example"
    assert organisation("x..y") == "x..y"
