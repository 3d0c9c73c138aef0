"""The sending door against real and misbehaving servers."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rejoinder.errors import BadInput, DeliveryUncertain, ProviderError, ProviderRefused, ProviderUnavailable
from tests.servers.certificates import Certificates
from tests.servers.ports import free_port
from tests.servers.smtp import ScriptedServer, SmtpServer, Talk
from tools.mail.smtp import SmtpAccount, SmtpReceipt, send

pytestmark = pytest.mark.timeout(60)

RAW = b"From: shop@shop.example\r\nSubject: x\r\n\r\n.\r\n..\r\n.leading\r\nend\r\n"


def account(port: int, **changes: object) -> SmtpAccount:
    base = SmtpAccount(
        host="localhost", port=port, security="plain", from_address="shop@shop.example",
        connect_timeout=3, command_timeout=3, answer_timeout=1.0,
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def post(target: SmtpAccount, raw: bytes = RAW, to: tuple[str, ...] = ("kunde@example.com",)) -> SmtpReceipt:
    return send(target, envelope_from="shop@shop.example", recipients=to, raw=raw)


class TestSent:
    def test_the_bytes_on_the_wire_are_the_approved_bytes(self, smtp_server: SmtpServer) -> None:
        receipt = post(account(smtp_server.port))
        assert receipt.answer == "250 2.0.0 taken"
        assert [one.raw for one in smtp_server.received] == [RAW]
        assert smtp_server.received[0].sender == "shop@shop.example"

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(lines=st.lists(st.binary(max_size=40).filter(lambda raw: not set(raw) & set(b"\r\n\0")), max_size=8))
    def test_any_lines_arrive_unchanged(self, smtp_server: SmtpServer, lines: list[bytes]) -> None:
        raw = b"Subject: x\r\n\r\n" + b"".join(line + b"\r\n" for line in lines)
        post(account(smtp_server.port), raw)
        assert smtp_server.received[-1].raw == raw

    def test_several_recipients_share_one_transaction(self, smtp_server: SmtpServer) -> None:
        post(account(smtp_server.port), to=("a@example.com", "b@example.com"))
        assert [one.recipients for one in smtp_server.received] == [("a@example.com", "b@example.com")]

    def test_what_a_mail_needs_is_asked_for(self, smtp_server: SmtpServer) -> None:
        raw = "Subject: schön\r\n\r\nschön\r\n".encode()
        post(account(smtp_server.port), raw, ("用户@пример.example",))
        found = smtp_server.received[0]
        assert {"SMTPUTF8", "BODY=8BITMIME"} <= set(found.options)
        assert found.recipients == ("用户@xn--e1afmkfd.example",)

    @pytest.mark.parametrize("tls", [True, False])
    def test_tls_and_login(self, certificates: Certificates, tls: bool) -> None:
        with SmtpServer(certificates=certificates, tls=tls, user="shop", password="pä ss") as server:
            target = account(
                server.port, security="tls" if tls else "starttls", ca_file=str(certificates.ca), user="shop",
                password=lambda: "pä ss",
            )  # fmt: skip
            post(target)
            assert [one.raw for one in server.received] == [RAW]
            with pytest.raises(ProviderRefused, match="login") as caught:
                post(replace(target, password="wrong-one"))
            assert "wrong-one" not in f"{caught.value}{caught.value.__cause__}{target!r}"
            for wrong in ({"ca_file": str(certificates.other_ca)}, {"host": "127.0.0.1"}, {"ca_file": None}):
                with pytest.raises(ProviderRefused, match="does not verify"):
                    post(replace(target, **wrong))
            assert len(server.received) == 1

    def test_login_is_refused_in_words_when_none_is_offered(self, smtp_server: SmtpServer) -> None:
        with pytest.raises(ProviderRefused, match="no login"):
            post(account(smtp_server.port, user="shop", password="x"))

    def test_no_starttls_sends_nothing_in_clear(self, smtp_server: SmtpServer, certificates: Certificates) -> None:
        with pytest.raises(ProviderRefused, match="STARTTLS"):
            post(account(smtp_server.port, security="starttls", ca_file=str(certificates.ca)))
        assert smtp_server.received == []


class TestNotSent:
    def test_nobody_listens(self) -> None:
        with pytest.raises(ProviderUnavailable, match="cannot be reached"):
            post(account(free_port()))

    @pytest.mark.parametrize(
        ("answer", "error"), [("451 4.3.0 later", ProviderUnavailable), ("550 5.7.1 never", ProviderRefused)]
    )
    @pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
    def test_the_answer_tells_whether_trying_again_helps(
        self, smtp_server: SmtpServer, step: str, answer: str, error: type[ProviderError]
    ) -> None:
        if step == "mail":
            smtp_server.rules.mail_from = answer
        elif step == "rcpt":
            smtp_server.rules.recipients["kunde@example.com"] = answer
        else:
            smtp_server.rules.data = answer
        with pytest.raises(error, match="nothing was sent") as caught:
            post(account(smtp_server.port))
        assert answer.split()[1] in str(caught.value)
        assert smtp_server.received == []

    def test_one_refused_recipient_stops_all(self, smtp_server: SmtpServer) -> None:
        smtp_server.rules.recipients["b@example.com"] = "550 5.1.1 unknown"
        with pytest.raises(ProviderRefused, match=r"5\.1\.1"):
            post(account(smtp_server.port), to=("a@example.com", "b@example.com"))
        assert smtp_server.received == []
        assert smtp_server.resets == 1

    @pytest.mark.parametrize(
        "raw", [b"a\nb\r\n", b"a\rb\r\n", b"no end", b"zero\0\r\n", b"x" * 999 + b"\r\n", b"end\r\n.\n\r\n", b""]
    )
    def test_bytes_that_would_change_on_the_way_are_bad_input(self, smtp_server: SmtpServer, raw: bytes) -> None:
        with pytest.raises(BadInput):
            post(account(smtp_server.port), raw)
        assert smtp_server.received == []

    @pytest.mark.parametrize("to", ["", "a", "a@b\r\nRCPT TO:<x@y>", "a b@c", "<a@b>", "a@b> SIZE=1"])
    def test_an_address_that_is_none_is_bad_input(self, smtp_server: SmtpServer, to: str) -> None:
        with pytest.raises(BadInput):
            post(account(smtp_server.port), to=(to,))
        with pytest.raises(BadInput):
            post(account(smtp_server.port), to=())


def until_data(talk: Talk) -> None:
    """Talk as a good server up to the answer to DATA."""
    talk.say("220 hello")
    talk.answer(["250 hello", "250 sender", "250 recipient", "354 go"])


def scripted(play: Callable[[Talk], None]) -> Exception:
    """Send to a server that plays this, and return what was raised."""
    with ScriptedServer(play) as server:
        started = time.monotonic()
        with pytest.raises(ProviderError) as caught:
            post(account(server.port, command_timeout=1.0), b"Subject: x\r\n\r\n" + b"text\r\n" * 200_000)
        assert time.monotonic() - started < 8
    return caught.value


class TestLost:
    def test_no_answer_to_the_final_dot_is_uncertain(self) -> None:
        def play(talk: Talk) -> None:
            until_data(talk)
            talk.hear(b"\r\n.\r\n")
            talk.hang()

        assert isinstance(scripted(play), DeliveryUncertain)

    def test_a_connection_closed_after_the_final_dot_is_uncertain(self) -> None:
        def play(talk: Talk) -> None:
            until_data(talk)
            talk.hear(b"\r\n.\r\n")

        assert isinstance(scripted(play), DeliveryUncertain)

    def test_an_answer_cut_short_is_uncertain(self) -> None:
        def play(talk: Talk) -> None:
            until_data(talk)
            talk.hear(b"\r\n.\r\n")
            talk.connection.sendall(b"25")

        assert isinstance(scripted(play), DeliveryUncertain)

    def test_an_answer_that_is_none_is_uncertain(self) -> None:
        def play(talk: Talk) -> None:
            until_data(talk)
            talk.hear(b"\r\n.\r\n")
            talk.say("what?")

        assert isinstance(scripted(play), DeliveryUncertain)

    def test_a_connection_closed_in_the_text_is_unavailable(self) -> None:
        def play(talk: Talk) -> None:
            until_data(talk)
            talk.hear(b"text\r\n")

        assert isinstance(scripted(play), ProviderUnavailable)

    def test_a_server_that_stops_reading_is_unavailable(self) -> None:
        def play(talk: Talk) -> None:
            until_data(talk)
            talk.hang()

        with ScriptedServer(play) as server, pytest.raises(ProviderUnavailable):
            post(account(server.port, command_timeout=1.0), b"Subject: x\r\n\r\n" + b"text text\r\n" * 1_500_000)

    def test_a_refusal_before_the_dot_is_a_refusal(self) -> None:
        def play(talk: Talk) -> None:
            until_data(talk)
            talk.say("552 5.3.4 too large")
            talk.hear(b"never")

        with ScriptedServer(play) as server, pytest.raises(ProviderRefused, match=r"5\.3\.4"):
            post(account(server.port), b"Subject: x\r\n\r\n" + b"text\r\n" * 20_000)
        assert not any(b"\r\n.\r\n" in heard for heard in server.heard)

    @pytest.mark.parametrize("steps", [0, 1, 2, 3])
    def test_a_connection_lost_before_the_text_is_unavailable(self, steps: int) -> None:
        def play(talk: Talk) -> None:
            talk.say("220 hello")
            talk.answer(["250 hello", "250 sender", "250 recipient"][:steps])
            talk.hear()

        assert isinstance(scripted(play), ProviderUnavailable)

    def test_a_greeting_that_says_later_is_unavailable(self) -> None:
        assert isinstance(scripted(lambda talk: talk.say("421 busy")), ProviderUnavailable)
        assert isinstance(scripted(lambda talk: talk.say("554 go away")), ProviderRefused)
        assert isinstance(scripted(lambda talk: talk.hang()), ProviderUnavailable)

    def test_a_slow_goodbye_does_not_undo_a_sent_mail(self) -> None:
        def play(talk: Talk) -> None:
            until_data(talk)
            talk.hear(b"\r\n.\r\n")
            talk.say("250 taken")

        with ScriptedServer(play) as server:
            assert post(account(server.port)).answer == "250 taken"
