"""Threads: whole messages with their headers; what is quoted twice is left out, and said to be."""

from datetime import UTC, datetime

from rejoinder.domain.mail import Attachment, InboundMail, MailAddress
from tools.packet.threads import LEFT_OUT, message_of, without_repeats

JANA = MailAddress(email="jana@sample.example", name="Jana Sample")
SHOP = MailAddress(email="care@nordlicht.example")


def mail(text: str, quoted: str = "", new: str = "") -> InboundMail:
    return InboundMail(
        identity=text,
        message_id="<1@sample.example>",
        sender=JANA,
        to=(SHOP,),
        subject="Lamps",
        text=text,
        new_text=new or text,
        quoted_text=quoted,
        sent_at=datetime(2026, 2, 6, 10, 0, tzinfo=UTC),
        attachments=(Attachment(filename="lamp.jpg", media_type="image/jpeg", size=1, file_hash="0"),),
    )


def test_a_mail_becomes_a_message_with_its_header() -> None:
    message = message_of(mail("Hello"))
    assert message.sender == "Jana Sample <jana@sample.example>"
    assert message.to == ("care@nordlicht.example",)
    assert message.files == ("lamp.jpg",)


def test_a_quote_that_stands_above_is_left_out_and_that_is_said() -> None:
    first = mail("Where is it?\nPlease look.")
    second = mail("On its way.\n\n> Where is it?\n> Please look.", "> Where is it?\n> Please look.", "On its way.")
    assert [message.text for message in without_repeats([first, second])] == [
        "Where is it?\nPlease look.",
        f"On its way.\n\n{LEFT_OUT}",
    ]


def test_a_quote_of_something_else_stays() -> None:
    first = mail("Where is it?")
    second = mail("On its way.\n\n> I never wrote this", "> I never wrote this", "On its way.")
    assert without_repeats([first, second])[1].text == "On its way.\n\n> I never wrote this"
