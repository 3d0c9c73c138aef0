"""Replies as bytes: headers, threads, encodings, and whom not to answer."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.domain.mail import InboundMail, MailAddress
from rejoinder.errors import BadInput
from tools.mail.compose import OutgoingFile, Reply, compose_reply, message_id_for
from tools.mail.reply_rules import reply_subject, why_not_answer

SHOP = MailAddress(email="hilfe@shop.example", name="Müller & Söhne, Köln")

HEADERS = {
    "From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Content-Language", "MIME-Version",
    "Auto-Submitted", "X-Auto-Response-Suppress", "Content-Type", "Content-Transfer-Encoding",
}  # fmt: skip


def inbound(**changes: object) -> InboundMail:
    base = InboundMail(
        identity="m1", message_id="<m1@kunde.example>", subject="Wo ist mein Paket?", text="Hallo\nwo ist es?\n",
        new_text="Hallo", sender=MailAddress(email="anna@kunde.example", name="Anna"),
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def reply(**changes: object) -> Reply:
    base = Reply(
        sender=SHOP, body="Guten Tag,\n\nes ist unterwegs.", date=datetime(2026, 3, 1, 9, tzinfo=UTC), language="de",
        message_id=message_id_for(7, "shop.example"),
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    for part in message.walk():
        assert part.defects == []
    return message


def composed(original: InboundMail | None = None, **changes: object) -> EmailMessage:
    return read(compose_reply(original or inbound(), reply(**changes)))


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert isinstance(part, EmailMessage)
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


class TestHeaders:
    def test_a_reply_as_bytes(self) -> None:
        raw = compose_reply(inbound(references=("<m0@kunde.example>",)), reply(automatic=True))
        assert raw.decode("ascii") == (
            "From: =?utf-8?b?TcO8bGxlciAmIFPDtmhuZSwgS8O2bG4=?=\r\n"
            " <hilfe@shop.example>\r\n"
            "To: Anna <anna@kunde.example>\r\n"
            "Subject: Re: Wo ist mein Paket?\r\n"
            "Date: Sun, 01 Mar 2026 09:00:00 +0000\r\n"
            "Message-ID: <rejoinder-delivery-7@shop.example>\r\n"
            "In-Reply-To: <m1@kunde.example>\r\n"
            "References: <m0@kunde.example>\r\n"
            " <m1@kunde.example>\r\n"
            "Content-Language: de\r\n"
            "Auto-Submitted: auto-replied\r\n"
            "X-Auto-Response-Suppress: All\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "Guten Tag,\r\n"
            "\r\n"
            "es ist unterwegs.\r\n"
        )

    def test_the_same_input_gives_the_same_bytes(self) -> None:
        file = OutgoingFile(filename="a.pdf", media_type="application/pdf", content=b"x")
        made = {compose_reply(inbound(), reply(language="ar", attachments=(file,))) for _ in range(3)}
        assert len(made) == 1

    def test_the_answer_goes_to_reply_to_and_nobody_else(self) -> None:
        original = inbound(
            reply_to=(MailAddress(email="hilfe@shop.example"), MailAddress(email="neu@kunde.example")),
            to=(SHOP, MailAddress(email="fremd@x.example")), cc=(MailAddress(email="chef@x.example"),),
        )  # fmt: skip
        message = composed(original)
        assert message["To"] == "neu@kunde.example"
        assert message["Cc"] is None
        assert composed(original, cc=original.cc)["Cc"] == "chef@x.example"

    def test_names_survive_in_every_script(self) -> None:
        for name in ("Anna", 'Ann "A" O\'X, Ltd.', "张伟" * 20, "محمد", "a\\b", "=?utf-8?q?x?="):
            raw = compose_reply(inbound(sender=MailAddress(email="a@b.example", name=name)), reply())
            written = email.message_from_bytes(raw)["To"]  # the older reader: the newer splits long names
            shown, address = parseaddr(written.replace("\r\n", ""))
            assert (str(make_header(decode_header(shown))), address) == (name, "a@b.example")

    def test_long_headers_are_folded_and_whole(self) -> None:
        subject = "长" * 60 + " tail " + "z" * 100
        raw = compose_reply(inbound(subject=subject, message_id=f"<{'i' * 200}@x>"), reply())
        assert max(len(line) for line in raw.split(b"\r\n") if not line.startswith(b"In-Reply")) < 220
        assert read(raw)["Subject"] == f"Re: {subject}"
        assert b"=?" not in raw.partition(b"References:")[2].partition(b"Content-Language")[0]

    def test_a_domain_in_any_script_becomes_ascii(self) -> None:
        message = composed(inbound(sender=MailAddress(email="info@bücher.example")))
        assert message["To"] == "info@xn--bcher-kva.example"

    def test_dates_are_written_in_utc_and_need_a_zone(self) -> None:
        moment = datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=8)))
        assert composed(date=moment)["Date"] == "Sun, 01 Mar 2026 01:00:00 +0000"
        with pytest.raises(BadInput, match="zone"):
            composed(date=datetime(2026, 3, 1))  # noqa: DTZ001

    def test_message_ids_are_stable_and_tell_installations_apart(self) -> None:
        assert message_id_for(7, "shop.example") == "<rejoinder-delivery-7@shop.example>"
        assert message_id_for(7, "shop.example", installation="a") != message_id_for(
            7, "shop.example", installation="b"
        )
        with pytest.raises(BadInput):
            message_id_for(7, "shop.example>\r\nBcc: x@y")

    @pytest.mark.parametrize(
        "changes", [{"language": "de\r\nBcc: x@y"}, {"message_id": "<a@b>\r\nBcc: x@y"}, {"sender": MailAddress(email="a@b\r\nBcc: c@d")}]
    )  # fmt: skip
    def test_headers_of_ours_that_are_wrong_are_bad_input(self, changes: dict[str, object]) -> None:
        with pytest.raises(BadInput):
            compose_reply(inbound(), reply(**changes))

    @settings(max_examples=300, deadline=None)
    @given(
        subject=st.text(), name=st.text(), message_id=st.text(), references=st.lists(st.text(), max_size=4).map(tuple),
        body=st.text(), text=st.text(), head=st.text(), filename=st.text(), own=st.text(),
    )  # fmt: skip
    def test_nothing_from_outside_makes_a_header(
        self, subject: str, name: str, message_id: str, references: tuple[str, ...], body: str, text: str, head: str,
        filename: str, own: str,
    ) -> None:  # fmt: skip
        evil = "\r\nBcc: victim@x.example\r\n\r\nbody"
        original = inbound(
            subject=subject + evil, message_id=message_id + evil, references=(*references, f"<a@b>{evil}"), text=text + evil,
            sender=MailAddress(email="anna@kunde.example", name=name + evil),
        )  # fmt: skip
        file = OutgoingFile(filename=filename + evil, media_type="application/pdf", content=b"%PDF")
        raw = compose_reply(
            original,
            reply(body=body, quote=True, quote_head=head + evil, attachments=(file,), subject=own, language="he"),
        )
        assert raw.isascii()
        assert raw.replace(b"\r\n", b"").count(b"\n") == raw.replace(b"\r\n", b"").count(b"\r") == 0
        assert max(len(line) for line in raw.split(b"\r\n")) <= 998
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert set(message.keys()) <= HEADERS
        assert len(message.keys()) == len(set(message.keys()))
        assert [part.get_content_type() for part in message.walk()] == [
            "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf",
        ]  # fmt: skip


class TestSubjects:
    @pytest.mark.parametrize(
        "subject",
        ["Paket", "Re: Paket", "RE: AW: Re: Paket", "WG: Fwd: FW: Paket", "Re[2]: Paket", "回复：答复: 转发：Paket", "返信: Paket",
         "SV: VS: Paket", "RV: RES: Paket", "Odp: Paket", "Ynt: Paket", "Antw: Paket", "רe: השב: Paket"[4:], "رد: Paket", "회신: Paket",
         "re : Paket", "  Re:Re:Re:Paket  ", "Re (3): Paket", "R: I: Paket", "TR: Paket", "Trả lời: Paket"],
    )  # fmt: skip
    def test_exactly_one_re(self, subject: str) -> None:
        assert reply_subject(subject) == "Re: Paket"

    @pytest.mark.parametrize(
        "subject", ["Rechnung: offen", "Recall", "Ref 123", "Tracking: 5", "Iran: x", "[Shop] Re: x"]
    )
    def test_words_that_only_look_like_prefixes_stay(self, subject: str) -> None:
        assert reply_subject(subject) == f"Re: {subject}"

    def test_no_subject_is_just_re(self) -> None:
        assert reply_subject("") == reply_subject("Re: \r\n ") == "Re:"


class TestThreads:
    def test_without_references_a_single_in_reply_to_counts(self) -> None:
        message = composed(inbound(in_reply_to="<m0@x>"))
        assert message["References"].split() == ["<m0@x>", "<m1@kunde.example>"]
        assert composed(inbound(in_reply_to="<a@x> <b@x>"))["References"].split() == ["<m1@kunde.example>"]

    def test_a_long_chain_keeps_its_first_and_its_last(self) -> None:
        chain = tuple(f"<r{number}@x>" for number in range(100))
        ids = composed(inbound(references=chain))["References"].split()
        assert ids == ["<r0@x>", *[f"<r{number}@x>" for number in range(82, 100)], "<m1@kunde.example>"]

    def test_repeated_ids_stand_once_and_broken_ones_not_at_all(self) -> None:
        ids = composed(inbound(references=("<a@x>", "<m1@kunde.example>", "no id", "<b @x>", "<a@x>")))["References"]
        assert ids.split() == ["<a@x>", "<m1@kunde.example>"]

    def test_ids_without_brackets_get_them(self) -> None:
        message = composed(inbound(message_id="m1@kunde.example", references=("m0@x",)))
        assert message["In-Reply-To"] == "<m1@kunde.example>"
        assert message["References"].split() == ["<m0@x>", "<m1@kunde.example>"]

    def test_a_mail_without_id_starts_no_thread(self) -> None:
        message = composed(inbound(message_id=""))
        assert message["In-Reply-To"] is None
        assert message["References"] is None


class TestContent:
    @pytest.mark.parametrize(
        ("body", "encoding"),
        [("Größe: 5 €\n" + "lang " * 100, "quoted-printable"), ("您的包裹正在运送途中。\n" * 30, "base64"), ("Ваша посылка в пути.", "base64"),
         (".\nFrom here\n trailing \t\n=20\n", "quoted-printable"), ("", "quoted-printable")],
    )  # fmt: skip
    def test_text_comes_back_as_written(self, body: str, encoding: str) -> None:
        message = composed(body=body)
        assert message["Content-Transfer-Encoding"] == encoding
        assert text_of(message) == body.rstrip("\n") + "\n"

    @settings(max_examples=200, deadline=None)
    @given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], include_characters="\t\n")))
    def test_any_text_comes_back_as_written(self, body: str) -> None:
        raw = compose_reply(inbound(), reply(body=body))
        assert text_of(read(raw)) == body.rstrip("\n") + "\n"
        assert all(len(line) <= 76 for line in raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))

    def test_a_language_from_right_to_left_has_a_page_too(self) -> None:
        message = composed(body="مرحبا <b>\n\nسطر\nسطر", language="ar", quote=True, quote_head="قال:")
        page = message.get_body(("html",))
        assert isinstance(page, EmailMessage)
        content = page.get_content().replace("\r\n", "\n")
        assert '<html lang="ar" dir="rtl">' in content
        assert "<p>مرحبا &lt;b&gt;</p>\n<p>سطر<br>\nسطر</p>\n<p>قال:</p>" in content
        assert message.get_content_type() == "multipart/alternative"
        assert composed(language="zh-CN").get_content_type() == "text/plain"

    def test_the_original_is_quoted_below(self) -> None:
        message = composed(inbound(text="Hallo\n> alt\n\nEnde"), quote=True, quote_head="Am 1. März schrieb Anna:")
        assert text_of(message).endswith("unterwegs.\n\nAm 1. März schrieb Anna:\n> Hallo\n>> alt\n>\n> Ende\n")

    def test_files_are_attached(self) -> None:
        files = (
            OutgoingFile(filename="Beleg „1“.pdf", media_type="application/pdf", content=bytes(range(256)) * 50),
            OutgoingFile(filename='../a"b\\c.txt', media_type="text/plain", content=b""),
        )
        found = list(composed(attachments=files).iter_attachments())
        assert [part.get_filename() for part in found] == ["Beleg „1“.pdf", ".._a_b_c.txt"]
        assert found[0].get_content() == files[0].content
        with pytest.raises(BadInput, match="media type"):
            composed(attachments=(replace(files[0], media_type="application/pdf\r\nX: y"),))


class TestWhomNotToAnswer:
    @pytest.mark.parametrize(
        "changes",
        [
            {"sender": MailAddress(email="")},
            {"sender": MailAddress(email="MAILER-DAEMON@x.example")},
            {"sender": MailAddress(email="no-reply@x.example")},
            {"sender": MailAddress(email="noreply+abc@x.example")},
            {"sender": MailAddress(email="do_not_reply@x.example")},
            {"sender": MailAddress(email="bounces-12@x.example")},
            {"sender": MailAddress(email="postmaster@x.example")},
            {"sender": MailAddress(email="Hilfe@Shop.example")},
            {"sender": MailAddress(email="a@b@c")},
            {"reply_to": (MailAddress(email="no_reply@x.example"),)},
            {"automatic": "bounce"},
            {"automatic": "auto_reply"},
        ],
    )
    def test_no_answer_and_a_reason(self, changes: dict[str, object]) -> None:
        original = inbound(**changes)
        assert why_not_answer(original, ["hilfe@shop.example"])
        with pytest.raises(BadInput, match="gets no reply"):
            compose_reply(original, reply())

    @pytest.mark.parametrize("local", ["anna", "norbert", "notreally", "bouncer", "nobodyknows", "replyme"])
    def test_people_are_answered(self, local: str) -> None:
        assert why_not_answer(inbound(sender=MailAddress(email=f"{local}@x.example")), ["hilfe@shop.example"]) is None

    def test_a_list_that_answers_to_itself_does_not_hide_the_customer(self) -> None:
        original = inbound(automatic="list", reply_to=(MailAddress(email="hilfe@shop.example"),))
        assert composed(original)["To"] == "Anna <anna@kunde.example>"
