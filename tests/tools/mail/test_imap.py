"""The mailbox door against real servers."""

import os
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rejoinder.errors import BadInput, ProviderRefused, ProviderUnavailable
from tests.fixtures_servers import DovecotUser
from tests.servers.certificates import Certificates
from tests.servers.dovecot import DovecotServer
from tests.servers.ports import free_port
from tests.servers.pymap import PymapServer
from tests.servers.smtp import ScriptedServer, Talk
from tools.mail.imap import Cursor, FetchedMail, ImapAccount, ImapMailbox

pytestmark = pytest.mark.timeout(120)


def mail(number: int, extra: bytes = b"") -> bytes:
    head = f"From: a@b.example\r\nSubject: mail {number}\r\nMessage-ID: <{number}@b.example>\r\n\r\n"
    return head.encode() + b"Text\r\n" + extra + b"\r\n" * (number % 3)


def account(user: DovecotUser, **changes: object) -> ImapAccount:
    base = ImapAccount(
        host="localhost", port=user.server.port, user=user.name, password=user.password, security="plain",
        connect_timeout=5, command_timeout=10,
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def own_account(server: DovecotServer | PymapServer, **changes: object) -> ImapAccount:
    base = ImapAccount(
        host="localhost", port=server.port, user="shop", password="secret", security="plain",
        connect_timeout=5, command_timeout=10,
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def read_all(box: ImapMailbox, cursor: Cursor | None = None, batch: int = 100) -> list[FetchedMail]:
    return [one for found in box.fetch_new(cursor, batch) for one in found.mails]


class TestReading:
    def test_a_thousand_mails_come_byte_for_byte_in_batches(self, dovecot_user: DovecotUser) -> None:
        sent = [mail(number, bytes(range(128, 256)) + b"\r\n.\r\n)\r\n{5}\r\n") for number in range(1000)]
        for raw in sent:
            dovecot_user.deliver(raw)
        with ImapMailbox(account(dovecot_user)) as box:
            batches = list(box.fetch_new(None, 100))
        assert [len(batch.mails) for batch in batches] == [100] * 10
        assert [one.raw for batch in batches for one in batch.mails] == sent
        assert [batch.cursor.last_uid for batch in batches] == list(range(100, 1001, 100))
        assert all(one.size == len(one.raw) for batch in batches for one in batch.mails)

    def test_flags_stay_as_they_are(self, dovecot_user: DovecotUser) -> None:
        for number in range(3):
            dovecot_user.deliver(mail(number))
        with ImapMailbox(account(dovecot_user)) as box:
            assert len(read_all(box)) == 3
        assert dovecot_user.server.flags(dovecot_user.name) == ["", "", ""]

    def test_reading_goes_on_after_a_stored_cursor(self, dovecot_user: DovecotUser) -> None:
        for number in range(5):
            dovecot_user.deliver(mail(number))
        with ImapMailbox(account(dovecot_user)) as box:
            first = next(iter(box.fetch_new(None, 2)))
        with ImapMailbox(account(dovecot_user)) as box:
            rest = read_all(box, first.cursor)
            assert [one.raw for one in rest] == [mail(2), mail(3), mail(4)]
            assert read_all(box, Cursor(uidvalidity=first.cursor.uidvalidity, last_uid=rest[-1].uid)) == []

    def test_the_date_of_arrival_is_utc(self, dovecot_user: DovecotUser) -> None:
        dovecot_user.deliver(mail(1))
        with ImapMailbox(account(dovecot_user)) as box:
            (found,) = read_all(box)
        assert found.internal_date is not None
        assert abs(found.internal_date - datetime.now(UTC)) < timedelta(minutes=1)

    def test_a_mail_deleted_between_search_and_fetch_is_left_out(self, dovecot_user: DovecotUser) -> None:
        paths = [dovecot_user.deliver(mail(number)) for number in range(6)]
        with ImapMailbox(account(dovecot_user)) as box:
            reading = box.fetch_new(None, 2)
            assert len(next(reading).mails) == 2
            for path in (paths[2], paths[4], paths[5]):
                (gone,) = path.parent.parent.glob(f"*/{path.name}*")
                gone.unlink()
            rest = list(reading)
        assert [[one.raw for one in batch.mails] for batch in rest] == [[mail(3)], []]
        assert rest[-1].cursor.last_uid == 6

    def test_a_mail_another_client_expunges_is_left_out(self, dovecot_user: DovecotUser) -> None:
        import imaplib

        for number in range(4):
            dovecot_user.deliver(mail(number))
        with ImapMailbox(account(dovecot_user)) as box:
            reading = box.fetch_new(None, 1)
            next(reading)
            with imaplib.IMAP4("localhost", dovecot_user.server.port) as other:
                other.authenticate("PLAIN", lambda _: f"\0{dovecot_user.name}\0{dovecot_user.password}".encode())
                other.select("INBOX")
                other.store("2:3", "+FLAGS", "\\Deleted")
                other.expunge()
            assert [[one.raw for one in batch.mails] for batch in reading] == [[], [], [mail(3)]]

    def test_an_oversized_mail_comes_with_its_header_only(self, dovecot_user: DovecotUser) -> None:
        large = mail(1, b"x" * 70 + b"\r\n" + b"y" * 300_000)
        for raw in (mail(0), large, mail(2)):
            dovecot_user.deliver(raw)
        with ImapMailbox(account(dovecot_user, max_bytes=100_000)) as box:
            found = read_all(box)
        assert [one.trouble for one in found] == ["", "oversized", ""]
        assert found[1].raw == large.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        assert found[1].size == len(large)

    def test_large_mails_make_smaller_batches(self, dovecot_user: DovecotUser) -> None:
        for number in range(4):
            dovecot_user.deliver(mail(number, b"z" * 60_000))
        with ImapMailbox(account(dovecot_user, batch_bytes=130_000)) as box:
            assert [len(batch.mails) for batch in box.fetch_new(None)] == [2, 2]

    def test_an_empty_mail_is_a_mail(self, dovecot_user: DovecotUser) -> None:
        dovecot_user.deliver(b"")
        dovecot_user.deliver(mail(1))
        with ImapMailbox(account(dovecot_user)) as box:
            assert [one.raw for one in read_all(box)] == [b"", mail(1)]

    def test_another_folder_opened_between_batches_does_not_disturb(self, dovecot_user: DovecotUser) -> None:
        for number in range(4):
            dovecot_user.deliver(mail(number))
        with ImapMailbox(account(dovecot_user)) as box:
            found = []
            for batch in box.fetch_new(None, 1):
                found += [one.raw for one in batch.mails]
                box.find_by_message_id("Entwürfe", "<x@y>")
        assert found == [mail(number) for number in range(4)]

    def test_a_new_uidvalidity_starts_again_and_says_so(self, pymap_server: PymapServer) -> None:
        pymap_server.deliver(mail(1))
        with ImapMailbox(own_account(pymap_server)) as box:
            (before,) = box.fetch_new(None)
        assert [one.raw for one in before.mails] == [mail(1)]
        pymap_server.restart()
        with ImapMailbox(own_account(pymap_server)) as box:
            (empty,) = box.fetch_new(before.cursor)
            assert (empty.restarted, empty.mails) == (True, ())
        pymap_server.deliver(mail(2))
        with ImapMailbox(own_account(pymap_server)) as box:
            (after,) = box.fetch_new(before.cursor)
            (again,) = box.fetch_new(replace(after.cursor, last_uid=0))
        assert after.restarted
        assert not again.restarted
        assert [one.raw for one in after.mails] == [mail(2)]

    def test_a_cursor_before_a_day_leaves_older_mail_out(self, dovecot_user: DovecotUser) -> None:
        with ImapMailbox(account(dovecot_user)) as box:
            box.append("INBOX", mail(1), date=datetime(2020, 1, 1, tzinfo=UTC))
            box.append("INBOX", mail(2), date=datetime(2026, 5, 1, 12, tzinfo=UTC))
            assert [one.raw for one in read_all(box, box.cursor_before(datetime(2026, 4, 1, tzinfo=UTC)))] == [mail(2)]
            assert read_all(box, box.cursor_before(datetime(2100, 1, 1, tzinfo=UTC))) == []


class TestWaiting:
    @pytest.mark.parametrize("idle", [True, False])
    def test_new_mail_ends_the_wait(self, dovecot_user: DovecotUser, idle: bool) -> None:
        with ImapMailbox(account(dovecot_user, poll_seconds=0.3)) as box:
            read_all(box)
            box._session.can_idle = box._session.can_idle and idle
            threading.Timer(0.7, dovecot_user.deliver, [mail(1)]).start()
            started = time.monotonic()
            assert box.wait_for_mail(20)
            assert 0.5 < time.monotonic() - started < 5
            assert [one.raw for one in read_all(box)] == [mail(1)]

    def test_mail_that_came_before_waiting_is_not_waited_over(self, dovecot_user: DovecotUser) -> None:
        with ImapMailbox(account(dovecot_user)) as box:
            read_all(box)
            dovecot_user.deliver(mail(1))
            started = time.monotonic()
            assert box.wait_for_mail(10)
            assert time.monotonic() - started < 5

    def test_no_mail_ends_with_the_time(self, dovecot_user: DovecotUser) -> None:
        with ImapMailbox(account(dovecot_user)) as box:
            assert not box.wait_for_mail(0.6)
            assert read_all(box) == []

    def test_a_stop_from_another_thread_ends_the_wait(self, dovecot_user: DovecotUser) -> None:
        stop = threading.Event()
        with ImapMailbox(account(dovecot_user)) as box:
            threading.Timer(0.5, stop.set).start()
            started = time.monotonic()
            assert not box.wait_for_mail(60, stop)
            assert time.monotonic() - started < 3
            assert box.select().exists == 0

    def test_pymap_wakes_too(self, pymap_server: PymapServer) -> None:
        with ImapMailbox(own_account(pymap_server)) as box:
            read_all(box)
            threading.Timer(0.5, pymap_server.deliver, [mail(1)]).start()
            assert box.wait_for_mail(20)


class TestTrouble:
    def test_a_server_restarted_while_waiting_is_unavailable_and_back(self, own_dovecot: DovecotServer) -> None:
        with ImapMailbox(own_account(own_dovecot)) as box:
            threading.Timer(0.5, own_dovecot.restart).start()
            with pytest.raises(ProviderUnavailable, match="'shop'"):
                box.wait_for_mail(20)
            with pytest.raises(ProviderUnavailable, match="open the mailbox again"):
                box.select()
        time.sleep(0.5)
        own_dovecot.deliver("shop", mail(1))
        with ImapMailbox(own_account(own_dovecot)) as box:
            assert [one.raw for one in read_all(box)] == [mail(1)]

    def test_a_server_restarted_while_reading_loses_nothing(self, own_dovecot: DovecotServer) -> None:
        for number in range(6):
            own_dovecot.deliver("shop", mail(number))
        with ImapMailbox(own_account(own_dovecot)) as box:
            reading = box.fetch_new(None, 2)
            first = next(reading)
            own_dovecot.restart()
            with pytest.raises(ProviderUnavailable):
                next(reading)
        with ImapMailbox(own_account(own_dovecot)) as box:
            assert [one.raw for one in read_all(box, first.cursor)] == [mail(number) for number in range(2, 6)]

    def test_a_server_killed_in_the_middle_of_an_answer_loses_nothing(self, own_dovecot: DovecotServer) -> None:
        sent = [mail(number, b"x" * 1_000_000) for number in range(60)]
        for raw in sent:
            own_dovecot.deliver("shop", raw)
        got: list[FetchedMail] = []
        cursor: Cursor | None = None
        killer = threading.Timer(0.4, own_dovecot.stop)
        with ImapMailbox(own_account(own_dovecot)) as box:
            killer.start()
            with pytest.raises(ProviderUnavailable):  # noqa: PT012
                while True:
                    cursor, got = None, []
                    for batch in box.fetch_new(cursor, 10):
                        got, cursor = got + list(batch.mails), batch.cursor
        killer.join()
        own_dovecot.start()
        with ImapMailbox(own_account(own_dovecot)) as box:
            got += read_all(box, cursor)
        assert [one.raw for one in got] == sent

    def test_a_mail_the_server_cannot_give_is_unreadable_and_not_in_the_way(self) -> None:
        def play(talk: Talk) -> None:
            talk.say("* OK [CAPABILITY IMAP4rev1] hello")
            while True:
                line = talk.hear().decode()
                tag, _, command = line.strip().partition(" ")
                done = f"{tag} OK done"
                if "LOGIN" in command:
                    talk.say("+ go")
                    talk.hear()
                elif "EXAMINE" in command:
                    talk.say("* 3 EXISTS", "* OK [UIDVALIDITY 9] x", "* OK [UIDNEXT 4] x")
                elif "SEARCH" in command:
                    talk.say("* SEARCH 2" if "UID 2" in command else "* SEARCH 1 2 3")
                elif "SIZE" in command:
                    talk.say(*(f"* {n} FETCH (UID {n} RFC822.SIZE 5)" for n in (1, 2, 3)))
                elif "FETCH 1:3" in command:
                    talk.say('* 1 FETCH (UID 1 BODY[] "one")', "* 3 FETCH (UID 3 BODY[] {5}", "three)")
                    done = f"{tag} NO [SERVERBUG] some failed"
                elif "FETCH" in command:
                    done = f"{tag} NO [SERVERBUG] failed"
                elif "CAPABILITY" in command:
                    talk.say("* CAPABILITY IMAP4rev1")
                elif "LIST" in command:
                    done = f"{tag} BAD what"
                talk.say(done)

        with ScriptedServer(play) as server:
            broken = ImapAccount(host="localhost", port=server.port, user="u", password="p", security="plain")
            with ImapMailbox(broken) as box:
                (batch,) = box.fetch_new(None)
                with pytest.raises(ProviderRefused, match="listing folders"):
                    box.special_folders()
                with pytest.raises(ProviderUnavailable, match="open the mailbox again"):
                    box.select()
        assert [(one.raw, one.trouble) for one in batch.mails] == [(b"one", ""), (b"", "unreadable"), (b"three", "")]
        assert batch.cursor == Cursor(uidvalidity=9, last_uid=3)

    def test_a_server_that_sends_without_end_is_cut(self) -> None:
        def play(talk: Talk) -> None:
            talk.say("* OK [CAPABILITY IMAP4rev1] hello")
            while True:
                tag, _, command = talk.hear().decode().strip().partition(" ")
                if "LOGIN" in command:
                    talk.say("+ go")
                    talk.hear()
                elif "EXAMINE" in command:
                    talk.say("* 1 EXISTS", "* OK [UIDVALIDITY 9] x")
                elif "SEARCH" in command:
                    talk.say("* SEARCH 1")
                elif "SIZE" in command:
                    talk.say("* 1 FETCH (UID 1 RFC822.SIZE 5)")
                elif "FETCH" in command:
                    talk.say("* 1 FETCH (UID 1 BODY[] {999999999}")
                    while True:
                        talk.connection.sendall(b"x" * 65536 + b"\r\n")
                elif "CAPABILITY" in command:
                    talk.say("* CAPABILITY IMAP4rev1")
                talk.say(f"{tag} OK done")

        with ScriptedServer(play) as server:
            endless = ImapAccount(host="localhost", port=server.port, user="u", password="p", security="plain")
            with pytest.raises(ProviderUnavailable, match="far more"), ImapMailbox(endless) as box:
                read_all(box)

    def test_a_frozen_server_is_noticed(self, own_dovecot: DovecotServer) -> None:
        own_dovecot.deliver("shop", mail(1))
        with ImapMailbox(own_account(own_dovecot, command_timeout=1.5)) as box:
            box.select()
            own_dovecot.freeze()
            started = time.monotonic()
            with pytest.raises(ProviderUnavailable, match="no answer after"):
                box.wait_for_mail(1)
            assert time.monotonic() - started < 6
            with pytest.raises(ProviderUnavailable), ImapMailbox(own_account(own_dovecot, connect_timeout=1)):
                pass
            own_dovecot.thaw()

    def test_a_server_that_trickles_for_ever_is_cut(self) -> None:
        def play(talk: Talk) -> None:
            talk.say("* OK [CAPABILITY IMAP4rev1] hello")
            while True:
                tag = talk.hear().split()[0].decode()
                if b"LOGIN" in talk.heard[-1]:
                    break
                talk.say("* CAPABILITY IMAP4rev1", f"{tag} OK done")
            while not talk.over.wait(0.2):
                talk.say("* OK still at it")

        with ScriptedServer(play) as server:
            slow = ImapAccount(
                host="localhost", port=server.port, user="u", password="p", security="plain", command_timeout=5,
                call_timeout=1.5,
            )  # fmt: skip
            with pytest.raises(ProviderUnavailable, match="no end of the answer"), ImapMailbox(slow):
                pass

    def test_nobody_listens(self) -> None:
        with pytest.raises(ProviderUnavailable, match="cannot be reached"):
            ImapMailbox(
                ImapAccount(host="localhost", port=free_port(), user="u", password="p", security="plain")
            ).__enter__()

    def test_a_server_without_greeting_is_left(self) -> None:
        with ScriptedServer(lambda talk: talk.hang()) as server:
            silent = ImapAccount(
                host="localhost", port=server.port, user="u", password="p", security="plain", connect_timeout=1
            )
            started = time.monotonic()
            with pytest.raises(ProviderUnavailable):
                ImapMailbox(silent).__enter__()
            assert time.monotonic() - started < 4

    def test_a_wrong_password_is_refused_and_not_shown(self, dovecot_user: DovecotUser) -> None:
        wrong = account(dovecot_user, password="sesame-open")
        with pytest.raises(ProviderRefused) as caught, ImapMailbox(wrong):
            pass
        assert dovecot_user.name in str(caught.value)
        assert "sesame-open" not in f"{caught.value!r}{caught.value.__cause__!r}{caught.value.__context__!r}{wrong!r}"

    def test_pymap_refuses_a_wrong_password(self, pymap_server: PymapServer) -> None:
        with pytest.raises(ProviderRefused), ImapMailbox(own_account(pymap_server, password="no")):
            pass

    def test_a_missing_folder_is_refused_and_the_connection_lives(self, dovecot_user: DovecotUser) -> None:
        with ImapMailbox(account(dovecot_user)) as box:
            with pytest.raises(ProviderRefused, match="'Nowhere'"):
                box.select("Nowhere")
            with pytest.raises(BadInput):
                box.select("INBOX\r\nA1 LOGOUT")
            assert box.select().exists == 0

    def test_another_thread_may_not_use_it(self, dovecot_user: DovecotUser) -> None:
        errors: list[BaseException] = []
        with ImapMailbox(account(dovecot_user)) as box:

            def intrude() -> None:
                try:
                    box.select()
                except RuntimeError as exc:
                    errors.append(exc)

            thread = threading.Thread(target=intrude)
            thread.start()
            thread.join()
        assert len(errors) == 1

    def test_threads_and_sockets_are_gone_afterwards(self, dovecot_user: DovecotUser) -> None:
        threads, files = set(threading.enumerate()), len(os.listdir("/proc/self/fd"))
        for _ in range(3):
            with ImapMailbox(account(dovecot_user)) as box:
                box.select()
            with pytest.raises(ProviderRefused), ImapMailbox(account(dovecot_user, password="no")):
                pass
        time.sleep(0.2)
        assert set(threading.enumerate()) <= threads
        assert len(os.listdir("/proc/self/fd")) <= files


class TestTls:
    def secure(self, user: DovecotUser, certificates: Certificates, **changes: object) -> ImapAccount:
        return account(
            user, **{"port": user.server.tls_port, "security": "tls", "ca_file": str(certificates.ca), **changes}
        )

    def test_tls_reads(self, dovecot_user: DovecotUser, certificates: Certificates) -> None:
        sent = [mail(number, b"x" * 40_000) for number in range(50)]
        for raw in sent:
            dovecot_user.deliver(raw)
        with ImapMailbox(self.secure(dovecot_user, certificates)) as box:
            assert [one.raw for one in read_all(box)] == sent
            threading.Timer(0.3, dovecot_user.deliver, [mail(1)]).start()
            assert box.wait_for_mail(10)

    @pytest.mark.parametrize("security", ["tls", "starttls"])
    @pytest.mark.parametrize("wrong", ["authority", "host", "system"])
    def test_a_certificate_that_does_not_verify_is_refused(
        self, dovecot_user: DovecotUser, certificates: Certificates, wrong: str, security: str
    ) -> None:
        port = dovecot_user.server.tls_port if security == "tls" else dovecot_user.server.port
        changes: dict[str, object] = {
            "authority": {"ca_file": str(certificates.other_ca)},
            "host": {"host": "127.0.0.1"},
            "system": {"ca_file": None},
        }[wrong]  # type: ignore[assignment]
        bad = self.secure(dovecot_user, certificates, security=security, port=port, **changes)
        with pytest.raises(ProviderRefused, match="does not verify"), ImapMailbox(bad):
            pass

    def test_tls_on_a_port_in_clear_is_refused(self, dovecot_user: DovecotUser, certificates: Certificates) -> None:
        bad = self.secure(dovecot_user, certificates, port=dovecot_user.server.port)
        with pytest.raises(ProviderRefused, match="TLS"), ImapMailbox(bad):
            pass

    def test_fifty_starttls_sessions_do_not_hang(self, dovecot_user: DovecotUser, certificates: Certificates) -> None:
        dovecot_user.deliver(mail(1, b"x" * 50_000))
        safe = self.secure(dovecot_user, certificates, security="starttls", port=dovecot_user.server.port)
        for _ in range(50):
            with ImapMailbox(safe) as box:
                assert len(read_all(box)) == 1

    @pytest.mark.parametrize(
        ("greeting", "answer"),
        [
            ("* PREAUTH welcome", ""),
            ("* OK hello", "t0 BAD what"),
            ("* OK hello", "+ more"),
            ("* OK hello", "* OK x\r\nt0 NO"),
        ],
    )
    def test_a_stripped_starttls_sends_no_password(
        self, certificates: Certificates, greeting: str, answer: str
    ) -> None:
        def play(talk: Talk) -> None:
            talk.say(greeting)
            talk.hear()
            talk.say(answer)
            talk.hear()

        with ScriptedServer(play) as server:
            target = ImapAccount(
                host="localhost", port=server.port, user="u", password="secret", security="starttls",
                ca_file=str(certificates.ca), connect_timeout=2,
            )  # fmt: skip
            with pytest.raises(ProviderRefused, match="STARTTLS"), ImapMailbox(target):
                pass
            assert b"secret" not in b"".join(server.heard)

    def test_words_slipped_in_before_tls_are_not_believed(self, certificates: Certificates) -> None:
        def play(talk: Talk) -> None:
            talk.say("* OK hello")
            talk.hear()
            talk.say("t0 OK go\r\n* PREAUTH trust me\r\n* CAPABILITY IMAP4rev1")
            talk.hang(1)

        with ScriptedServer(play) as server:
            target = ImapAccount(
                host="localhost", port=server.port, user="u", password="p", security="starttls",
                ca_file=str(certificates.ca), connect_timeout=2,
            )  # fmt: skip
            with pytest.raises((ProviderRefused, ProviderUnavailable)), ImapMailbox(target):
                pass


class TestFiling:
    def test_a_draft_is_filed_found_and_marked(self, dovecot_user: DovecotUser) -> None:
        raw = mail(7)
        with ImapMailbox(account(dovecot_user)) as box:
            folders = box.special_folders()
            assert (folders.drafts, folders.sent) == ("Entwürfe", "Sent Messages")
            place = box.append(folders.drafts, raw, ("\\Draft", "\\Seen"), datetime(2026, 3, 1, 9, tzinfo=UTC))
            assert place is not None
            assert box.find_by_message_id(folders.drafts, "<7@b.example>") == [place.uid]
            assert box.find_by_message_id(folders.drafts, "<8@b.example>") == []
        with ImapMailbox(account(dovecot_user, folder="Entwürfe")) as box:
            (found,) = read_all(box)
        assert found.raw == raw
        assert found.internal_date == datetime(2026, 3, 1, 9, tzinfo=UTC)

    def test_configured_folders_go_before_marked_ones(self, dovecot_user: DovecotUser) -> None:
        with ImapMailbox(account(dovecot_user, drafts_folder="INBOX")) as box:
            assert box.special_folders().drafts == "INBOX"

    @pytest.mark.parametrize("name", ["草稿 & mehr", "Ящик", "a \"b\" 'c'", "صندوق", "mail🙂box"])
    def test_folder_names_in_any_script(self, dovecot_user: DovecotUser, name: str) -> None:
        with ImapMailbox(account(dovecot_user, folder=name)) as box:
            from tools.mail.imap_syntax import quoted_folder

            with box._session.call("making a folder") as wire:
                assert wire.create(quoted_folder(name))[0] == "OK"
            place = box.append(name, mail(1))
            assert place is not None
            assert [one.raw for one in read_all(box)] == [mail(1)]

    def test_filing_into_a_missing_folder_is_refused(self, dovecot_user: DovecotUser) -> None:
        with ImapMailbox(account(dovecot_user)) as box:
            with pytest.raises(ProviderRefused, match="'Nowhere'"):
                box.append("Nowhere", mail(1))
            assert box.append("INBOX", mail(2)) is not None

    def test_a_large_draft_is_filed_over_tls(self, dovecot_user: DovecotUser, certificates: Certificates) -> None:
        raw = mail(1, b"".join(b"%070d\r\n" % number for number in range(60_000)))
        secure = account(dovecot_user, port=dovecot_user.server.tls_port, security="tls", ca_file=str(certificates.ca))
        with ImapMailbox(secure) as box:
            place = box.append("INBOX", raw)
            assert [one.raw for one in read_all(box)] == [raw]
        assert place is not None

    def test_pymap_files_and_finds(self, pymap_server: PymapServer) -> None:
        with ImapMailbox(own_account(pymap_server)) as box:
            assert box.append("INBOX", mail(3), ("\\Draft",)) is not None
            assert len(box.find_by_message_id("INBOX", "<3@b.example>")) == 1
            assert box.special_folders().sent == "Sent"

    def test_unknown_flags_and_line_breaks_are_bad_input(self, dovecot_user: DovecotUser) -> None:
        with ImapMailbox(account(dovecot_user)) as box:
            with pytest.raises(BadInput):
                box.append("INBOX", mail(1), ("\\Seen) {3}",))
            with pytest.raises(BadInput):
                box.find_by_message_id("INBOX", "<a@b>\r\nA1 NOOP")
