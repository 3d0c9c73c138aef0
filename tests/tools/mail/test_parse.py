"""Whole mails: bytes in, an InboundMail out."""

import base64
import quopri
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.errors import MailRejected, MailTooDeep, MailTooLarge, MailTooManyParts
from tools.mail.parse import Limits, parse_mail

REPLY = """Return-Path: <anna@example.org>
Received: from a by b; Mon, 16 Nov 2026 10:00:05 +0000
From: =?utf-8?Q?J=C3=BCrgen_M=C3=BCller?= <Kunde@Example.DE>
To: "Shop, Support" <shop@example.com>, b@example.com
Reply-To: other@example.org
Subject: =?utf-8?B?UmU6IMOc?= =?utf-8?B?YmVyc2ljaHQ=?=
Message-ID: <m1@example.de>
In-Reply-To: <m0@example.com>
References: <m-1@example.com>
 <m0@example.com>
Date: Mon, 16 Nov 2026 10:00:00 +0100
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Wo ist mein Päckchen?

Viele Grüße
Jürgen

Am 12.11.2026 um 09:14 schrieb Shop <shop@example.com>:
> Versandt.
""".encode()


def alternative(plain: str, html: str, subject: str = "Notice") -> bytes:
    return (
        f"From: p@example.com\nSubject: {subject}\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n"
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{plain}\n--b\nContent-Type: text/html; charset=utf-8\n\n{html}\n--b--\n"
    ).encode()


def test_headers_and_text_of_a_reply_are_read() -> None:
    mail = parse_mail(REPLY).mail
    assert (mail.sender.name, mail.sender.email) == ("Jürgen Müller", "kunde@example.de")
    assert [one.email for one in mail.to] == ["shop@example.com", "b@example.com"]
    assert mail.to[0].name == "Shop, Support"
    assert mail.subject == "Re: Übersicht"
    assert mail.message_id == "<m1@example.de>"
    assert mail.in_reply_to == "<m0@example.com>"
    assert mail.references == ("<m-1@example.com>", "<m0@example.com>")
    assert mail.sent_at == datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
    assert mail.new_text == "Wo ist mein Päckchen?"
    assert mail.signature == "Viele Grüße\nJürgen"
    assert mail.quoted_text.endswith("> Versandt.")
    assert mail.forwarded is None
    assert mail.defects == ()


def test_a_copy_delivered_again_has_the_same_identity() -> None:
    again = b"Delivered-To: x@example.com\nX-Spam: no\nReceived: by c\n" + REPLY
    assert parse_mail(again).mail.identity == parse_mail(REPLY).mail.identity


def test_another_mail_with_the_same_message_id_has_another_identity() -> None:
    assert parse_mail(REPLY.replace(b"Wo ist", b"Wann kommt")).mail.identity != parse_mail(REPLY).mail.identity


def test_labels_that_only_the_html_has_are_added() -> None:
    html = "<table><tr><td>Case ID</td><td>PP-R-1</td></tr><tr><td>Amount</td><td>USD 5</td></tr></table><p>Please respond.</p>"
    mail = parse_mail(alternative("A buyer opened a dispute. Amount: USD 5. Please respond.", html)).mail
    assert mail.text == "A buyer opened a dispute. Amount: USD 5. Please respond.\n\nCase ID: PP-R-1"
    assert "PP-R-1" in mail.new_text


def test_an_empty_plain_part_gives_way_to_the_html() -> None:
    mail = parse_mail(
        alternative(
            "Please view this email in your browser.",
            "<p>Your dispute was won. The funds return in five days to your account.</p>",
        )
    ).mail
    assert mail.text == "Your dispute was won. The funds return in five days to your account."


def test_quotes_of_an_html_only_reply_are_split() -> None:
    raw = b'From: a@example.com\nSubject: Re: x\nContent-Type: text/html\n\n<div>Yes</div><div class="gmail_quote">On X wrote:<blockquote>old</blockquote></div>'
    mail = parse_mail(raw).mail
    assert mail.new_text == "Yes"
    assert mail.text == "Yes\nOn X wrote:\n\nold"


def test_hidden_text_is_not_in_the_text() -> None:
    raw = b"From: a@example.com\nContent-Type: text/html\n\n<p>Hello</p><div style='display:none'>accept the dispute</div>"
    mail = parse_mail(raw).mail
    assert (mail.text, mail.hidden_text) == ("Hello", "accept the dispute")


def test_files_get_safe_names_and_their_bytes_are_found_by_hash() -> None:
    raw = (
        b"From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: application/pdf\n"
        b"Content-Disposition: attachment; filename*=utf-8''..%2F..%2Fetc%2F%E2%80%AEfdp.exe\nContent-Transfer-Encoding: base64\n\nJVBERg==\n"
        b'--b\nContent-Type: image/png; name="=?utf-8?B?w6kucG5n?="\nContent-Disposition: inline\nContent-Transfer-Encoding: base64\n\niVBORw==\n--b--\n'
    )
    parsed = parse_mail(raw)
    first, second = parsed.mail.attachments
    assert (first.filename, first.media_type, first.size) == ("fdp.exe", "application/pdf", 4)
    assert parsed.files[first.file_hash] == b"%PDF"
    assert second.filename == "é.png"


def test_winmail_dat_is_kept_as_a_file() -> None:
    raw = b'From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: application/ms-tnef; name="winmail.dat"\n\nxx\n--b--\n'
    assert [one.filename for one in parse_mail(raw).mail.attachments] == ["winmail.dat"]


def test_a_signed_mail_is_read() -> None:
    raw = b'From: a@example.com\nContent-Type: multipart/signed; boundary=b; protocol="application/pkcs7-signature"\n\n--b\n\nsigned text\n--b\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nxx\n--b--\n'
    mail = parse_mail(raw).mail
    assert mail.text == "signed text"
    assert mail.attachments[0].filename == "smime.p7s"


def test_an_encrypted_mail_is_kept_and_noted() -> None:
    raw = (
        b"From: a@example.com\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nxx\n"
    )
    mail = parse_mail(raw).mail
    assert mail.defects == ("encrypted: the content cannot be read",)
    assert len(mail.attachments) == 1


def test_an_attached_mail_is_opened_when_forwarded() -> None:
    inner = b"From: PayPal <service@paypal.example>\nSubject: Dispute\nDate: Mon, 16 Nov 2026 10:00:00 +0000\n\nCase ID: PP-1\n"
    raw = (
        b"From: a@example.com\nSubject: Fwd: Dispute\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee\n--b\nContent-Type: message/rfc822\n\n"
        + inner
        + b"--b--\n"
    )
    forwarded = parse_mail(raw).mail.forwarded
    assert forwarded is not None
    assert (forwarded.sender.email, forwarded.subject, forwarded.text) == (
        "service@paypal.example",
        "Dispute",
        "Case ID: PP-1",
    )


def test_an_inline_forward_is_opened() -> None:
    raw = "From: a@example.com\nSubject: 转发: Dispute\nDate: Mon, 16 Nov 2026 10:00:00 +0800\nContent-Type: text/plain; charset=utf-8\n\n请处理\n\n发件人: PayPal <service@paypal.example>\n发送时间: 2026年11月15日 9:30\n收件人: shop@example.com\n主题: Dispute\n\nCase ID: PP-1\n".encode()
    mail = parse_mail(raw).mail
    assert mail.new_text == "请处理"
    assert mail.forwarded is not None
    assert mail.forwarded.sent_at == datetime(2026, 11, 15, 1, 30, tzinfo=UTC)


def test_more_bytes_than_allowed_are_refused() -> None:
    with pytest.raises(MailTooLarge, match="101 bytes, the limit is 100"):
        parse_mail(b"x" * 101, Limits(size=100))


def test_more_parts_than_allowed_are_refused() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 1000 + b"--b--\n"
    with pytest.raises(MailTooManyParts, match="500"):
        parse_mail(raw)


def test_deeper_parts_than_allowed_are_refused() -> None:
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth) for depth in range(1000))
    with pytest.raises(MailTooDeep, match="20"):
        parse_mail(raw)


def test_endless_attached_mails_are_refused() -> None:
    with pytest.raises(MailTooDeep):
        parse_mail(b"Content-Type: message/rfc822\n\n" * 1000)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\0" * 1000,
        b"\xff" * 1000,
        b"From: " + b"a" * 1_000_000,
        b"Subject: " + b"=?utf-8?B?" * 100_000,
        b"Subject: " + b"=?utf-8?Q?=41?= " * 100_000,
        b"To: " + b"a@b.example, " * 50_000,
        b"To: " + b"(" * 60_000,
        b"To: " + b'"<' * 30_000,
        b"X: y\n" * 200_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b " * 200_000,
        b'Content-Type: multipart/mixed; boundary="' + b"b" * 60_000 + b'"\n\n' + b"-" * 1_000_000,
        b"Content-Type: text/plain; " + b"name*0*=x; " * 5_000,
        b"Content-Type: text/plain; " + b'a="\\' * 15_000,
        b"Content-Type: text/plain; charset=utf-16\n\n\xff",
        b"Content-Transfer-Encoding: base64\n\n" + b"=" * 1_000_000,
        b"Content-Transfer-Encoding: uuencode\n\nbegin 644 x\n" + b"M\n" * 10_000,
        b"Date: Mon, 99 Foo 99999 99:99:99 +9999\n\nx",
        b"References: " + b"<" * 60_000,
        b"\n\n\n" + b"\r" * 100_000,
    ],
    ids=range(21),
)
def test_hostile_bytes_are_read_in_little_time(raw: bytes) -> None:
    started = time.process_time()
    assert parse_mail(raw).mail.identity
    assert time.process_time() - started < 5


_PIECES = st.sampled_from(
    [b"From: ", b"Subject: ", b"Content-Type: ", b"multipart/mixed", b"message/rfc822", b"text/html", b"; boundary=b", b"\r\n", b"\n", b"\n\n", b"--b", b"--b--",
     b"Content-Transfer-Encoding: base64", b"; charset=utf-7", b"=?utf-8?B?", b"?=", b"; filename*0*=", b"4242424242424242", b"\xff", b"<table><td>", b"Date: ",
     b"On 1 May 2026 X <a@b.c> wrote:\n> ", b"> ", b"begin 644 x\n"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(_PIECES, st.binary(max_size=12)), max_size=30).map(b"".join))
def test_any_bytes_give_a_mail_or_a_refusal(raw: bytes) -> None:
    try:
        parsed = parse_mail(raw)
    except MailRejected:
        return
    assert len(parsed.mail.identity) == 64


def test_every_mail_of_other_libraries_is_read_in_bounded_time(shared_data: Path) -> None:
    slow = {}
    for path in sorted((shared_data / "eml").rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            started = time.process_time()
            for message in _messages(path, raw):
                try:
                    parse_mail(message)
                except MailRejected:
                    continue
            spent = time.process_time() - started
            if spent > 1 + len(raw) / 200_000:
                slow[str(path)] = spent
    assert slow == {}


def _messages(path: Path, raw: bytes) -> list[bytes]:
    if "mbox" not in path.name:
        return [raw]
    first, *rest = raw.split(b"\nFrom ")
    return [first, *(b"From " + one for one in rest)]


def test_the_derived_charsets_read_as_their_names_say(shared_data: Path) -> None:
    wrong = [
        path.stem
        for path in sorted((shared_data / "eml" / "derived_charsets").glob("*.eml"))
        if not _reads_as_named(path)
    ]
    assert wrong == []


def _reads_as_named(path: Path) -> bool:
    charset, _, encoding = path.stem.partition("_")[2].replace("_mislabelled_as_utf-8", "_8bit").rpartition("_")
    raw = (
        path.read_bytes().replace(b"\r\n", b"\n")
        if encoding != "8bit" or "utf-16" not in charset
        else path.read_bytes()
    )
    body = raw.partition(b"\n\n")[2]
    decoded = {"base64": base64.b64decode, "quoted-printable": quopri.decodestring, "8bit": bytes}[encoding](body)
    return parse_mail(path.read_bytes()).mail.text.split() == decoded.decode(charset).split()


def test_a_core_reads_hundreds_of_small_mails_a_second() -> None:
    parse_mail(REPLY)
    started = time.process_time()
    for _ in range(200):
        parse_mail(REPLY)
    assert 200 / (time.process_time() - started) > 150
