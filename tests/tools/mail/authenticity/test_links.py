import pytest

from tools.mail.authenticity.links import Link, links_in, misleading


@pytest.mark.parametrize(
    ("html", "link"),
    [
        ('<a href="https://evil.example/x">https://stripe.com/disputes</a>', Link("evil.example", "stripe.com")),
        ('<a href="https://evil.example/x"><b>stripe</b>.com</a>', Link("evil.example", "stripe.com")),
        ('<a href="https://stripe.com@evil.example/x">Log in</a>', Link("evil.example", "stripe.com")),
        ('<a href=" https://evil.example:8443/x">Show the dispute</a>', Link("evil.example")),
        ('<A HREF=http://evil.example>click <i>here</i>', Link("evil.example")),
        ('<form action="https://evil.example/post"><input></form>', Link("evil.example")),
    ],
)  # fmt: skip
def test_a_link_is_read_with_what_it_shows(html: str, link: Link) -> None:
    assert links_in("", html) == (link,)


def test_plain_links_are_read_once() -> None:
    text = "See https://stripe.com/a and https://stripe.com/b, or http://other.example."
    assert links_in(text, "") == (Link("stripe.com"), Link("other.example"))


@pytest.mark.parametrize(
    "html", ['<a href="mailto:a@b.example">a</a>', '<a href="https://[::1">x</a>', "<a>x</a>", "<<<"]
)
def test_what_leads_nowhere_is_no_link(html: str) -> None:
    assert links_in("", html) == ()


def test_a_link_misleads_only_to_another_owner() -> None:
    assert misleading(Link("evil.example", "stripe.com"))
    assert not misleading(Link("click.e.stripe.com", "stripe.com"))
    assert not misleading(Link("evil.example"))


def test_a_mail_of_links_is_read_in_bounded_time() -> None:
    assert len(links_in("", '<a href="https://a.example/1">x' * 50_000)) == 1
