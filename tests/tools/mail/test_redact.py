"""The raw copy keeps no card number and changes nothing else."""

import base64
import quopri

import pytest

from tools.mail.parse import parse_mail
from tools.mail.redact import mask_html_source

HEAD = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: card\r\nMIME-Version: 1.0\r\n"
CARD = "4242 4242 4242 4242"


def mail(content_type: str, encoding: str, body: bytes) -> bytes:
    return HEAD + f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + body


def readable(raw: bytes) -> str:
    return parse_mail(raw).mail.text


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [("8bit", bytes), ("base64", base64.encodebytes), ("quoted-printable", quopri.encodestring)],
)
def test_a_card_is_masked_whatever_the_encoding(encoding: str, encode: object) -> None:
    body = encode(f"Grüße, meine Karte ist {CARD}.\r\nEnde\r\n".encode())  # type: ignore[operator]
    parsed = parse_mail(mail("text/plain; charset=utf-8", encoding, body))
    assert parsed.mail.masked_cards == 1
    assert readable(parsed.masked_raw) == "Grüße, meine Karte ist 424242******4242.\nEnde"
    assert b"4242 4242" not in parsed.masked_raw
    assert base64.b64encode(CARD.encode()) not in parsed.masked_raw


def test_a_soft_break_inside_the_number_does_not_save_it() -> None:
    parsed = parse_mail(mail("text/plain", "quoted-printable", b"card 42424242=\r\n42424242 end\r\n"))
    assert parsed.mail.text == "card 424242******4242 end"
    assert b"4242424242" not in parsed.masked_raw.replace(b"=\r\n", b"")


@pytest.mark.parametrize("charset", ["gbk", "big5", "shift_jis", "koi8-r", "utf-16", "iso-2022-jp"])
def test_the_charset_of_a_masked_part_stays(charset: str) -> None:
    body = base64.encodebytes("no 4111111111111111 end".encode(charset))
    parsed = parse_mail(mail(f"text/plain; charset={charset}", "base64", body))
    assert readable(parsed.masked_raw) == "no 411111******1111 end"


def test_without_a_card_the_raw_mail_is_the_same_bytes() -> None:
    raw = mail(
        "multipart/mixed; boundary=x",
        "7bit",
        b"pre\r\n--x\r\n\r\nARN 74064498765432109876543\r\n--x--\r\npost \xff\x00",
    )
    assert parse_mail(raw).masked_raw == raw


def test_only_the_part_with_the_card_changes() -> None:
    image = base64.encodebytes(bytes(range(256)))
    raw = mail(
        "multipart/mixed; boundary=x",
        "7bit",
        b"--x\r\nContent-Type: text/plain\r\n\r\npay 4242424242424242\r\n--x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + image + b"\r\n--x--\r\n",
    )  # fmt: skip
    assert parse_mail(raw).masked_raw == raw.replace(b"4242424242424242", b"424242******4242")


def test_text_files_and_attached_mails_are_masked() -> None:
    csv = base64.encodebytes(b"name,card\r\nA,4242424242424242\r\n")
    raw = mail(
        "multipart/mixed; boundary=x",
        "7bit",
        b"--x\r\nContent-Type: application/octet-stream; name=list.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n" + csv
        + b"\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner 5555555555554444\r\n--x--\r\n",
    )  # fmt: skip
    parsed = parse_mail(raw)
    assert all(
        b"4242424242424242" not in content and b"5555555555554444" not in content for content in parsed.files.values()
    )
    assert b"5555555555554444" not in parsed.masked_raw
    assert base64.b64encode(b"name,card\r\nA,4242424242424242")[:40] not in parsed.masked_raw
    assert parsed.mail.forwarded is not None
    assert parsed.mail.forwarded.text == "inner 555555******4444"


@pytest.mark.parametrize(
    "subject", [b"paid with 4242424242424242", b"=?utf-8?B?" + base64.b64encode(b"paid 4242 4242 4242 4242") + b"?="]
)
def test_a_card_in_the_subject_is_masked(subject: bytes) -> None:
    parsed = parse_mail(b"From: a@example.com\r\nSubject: " + subject + b"\r\nDate: x\r\n\r\nhi\r\n")
    assert "424242******4242" in parsed.mail.subject
    assert parse_mail(parsed.masked_raw).mail.subject == parsed.mail.subject
    assert parsed.masked_raw.endswith(b"\r\nDate: x\r\n\r\nhi\r\n")


@pytest.mark.parametrize(
    "source",
    [
        "<p>4242 <b>4242</b> 4242 4242</p>",
        "<p>4242<span>4242</span>4242<!-- x -->4242</p>",
        "<p>4242&nbsp;4242&nbsp;4242&#32;4242</p>",
        "<p>&#52;242424242424242</p>",
        "<table><tr><td>4242</td><td>4242</td><td>4242</td><td>4242</td></tr></table>",
        '<input value="4242424242424242">',
        "<!-- 4242424242424242 -->",
    ],
)
def test_html_keeps_its_tags_and_loses_the_number(source: str) -> None:
    masked = mask_html_source(source)
    assert masked.count == 1
    assert masked.text.count("*") == 6
    assert masked.text.count("<") == source.count("<")


def test_the_whole_result_holds_no_card_number() -> None:
    html = f"<p>card {CARD}</p><div style='display:none'>{CARD}</div>"
    raw = mail("text/html; charset=utf-8", "8bit", html.encode())
    parsed = parse_mail(raw)
    assert "4242 4242" not in repr(parsed)
