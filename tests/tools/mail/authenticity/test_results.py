import pytest

from tools.mail.authenticity.results import ServerWord, server_word
from tools.mail.headers import read_headers

TRUSTED = ("mx.lumenoak.example",)
PASSED = "Authentication-Results: mx.lumenoak.example; dmarc=pass header.from=acmepay.example\r\n"
FAILED = "Authentication-Results: mx.lumenoak.example; dmarc=fail header.from=acmepay.example\r\n"
OURS = "Received: from out.acmepay.example by mx.lumenoak.example with ESMTPS; Fri, 20 Nov 2026 08:00:00 +0000\r\n"
THEIRS = "Received: from inside.example by out.acmepay.example with ESMTP; Fri, 20 Nov 2026 07:59:00 +0000\r\n"
INSIDE = "Received: by 2001:db8::7 with SMTP id x; Fri, 20 Nov 2026 08:00:01 +0000\r\n"


def word(headers: str, trusted: tuple[str, ...] = TRUSTED, domain: str = "acmepay.example") -> ServerWord:
    raw = f"{headers}From: a@{domain}\r\n\r\nx".encode()
    return server_word(read_headers(raw, 0, len(raw)).headers, domain, trusted)


@pytest.mark.parametrize("headers", [PASSED, PASSED + OURS, OURS + PASSED, INSIDE + OURS + PASSED])
def test_the_word_of_the_own_server_counts(headers: str) -> None:
    assert word(headers) == ServerWord(passed=True, server="mx.lumenoak.example", method="dmarc", result="pass")


def test_a_failure_counts_too() -> None:
    assert word(FAILED + OURS).passed is False


def test_the_word_of_a_server_nobody_named_is_ignored_and_told() -> None:
    forged = PASSED.replace("mx.lumenoak", "mx.elsewhere")
    assert word(forged + OURS) == ServerWord(ignored="mx.elsewhere.example")
    assert word(PASSED + OURS, trusted=()) == ServerWord(ignored="mx.lumenoak.example")


def test_results_below_the_way_into_the_own_server_are_the_senders() -> None:
    assert word(OURS + THEIRS + PASSED).passed is None
    assert word(THEIRS + PASSED).passed is None


def test_a_second_result_below_the_own_servers_line_is_not_read() -> None:
    assert word(OURS + FAILED + PASSED).passed is False


def test_the_topmost_of_several_counts() -> None:
    assert word(FAILED + PASSED + OURS).passed is False


@pytest.mark.parametrize(
    ("results", "passed"),
    [
        ("dkim=pass header.d=acmepay.example", True),
        ("dkim=pass header.i=@mail.acmepay.example", True),
        ("spf=pass smtp.mailfrom=bounce@news.acmepay.example", True),
        ("spf=pass (sender IP is 198.51.100.7) smtp.mailfrom=acmepay.example; dkim=none", True),
        ("dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example", None),
        ("dkim=fail header.d=acmepay.example", None),
        ("dmarc=pass header.from=evil.example", False),
        ("dmarc=bestguesspass header.from=acmepay.example", None),
        ("dmarc=temperror header.from=acmepay.example", None),
        ("none", None),
        ("this is =no= result", None),
    ],
)
def test_a_result_counts_only_for_the_domain_in_from(results: str, passed: bool | None) -> None:
    assert word(f"Authentication-Results: mx.lumenoak.example; {results}\r\n").passed is passed


def test_an_entry_with_a_dot_trusts_every_server_below_it() -> None:
    numbered = PASSED.replace("mx.lumenoak.example", "mx4.posthouse.example")
    assert word(numbered, trusted=(".posthouse.example",)).passed is True
    assert word(PASSED.replace("mx.lumenoak", "xposthouse"), trusted=(".posthouse.example",)).passed is None
