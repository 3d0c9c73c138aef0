"""Asking a colleague for what is missing, by real mail, and their answer in the case it belongs to."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from rejoinder.domain.authenticity import Authenticity
from rejoinder.domain.evidence import Evidence
from rejoinder.domain.reminders import mark_in, named_in
from rejoinder.errors import ProviderUnavailable
from rejoinder.intake import Intake
from rejoinder.jobs import sweep_once
from rejoinder.processes import working
from tests.clock import NOW
from tests.fixtures_program import Shop
from tests.rejoinder.office import COLLEAGUE, DUE, Office, office
from tests.storage.races import at_once

KIND = "delivery_signature"


@pytest.fixture
def desk(open_shop: Callable[..., Shop], monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with office(open_shop, monkeypatch) as opened:
        yield opened


def ask(desk: Office, case_id: int, kind: str = KIND) -> int:
    """Ask for an item and send the question."""
    request_id = desk.shop.program.store.ask_colleague(
        case_id,
        kind,
        language="en",
        recipient=COLLEAGUE,
        subject="Needed for dispute dp_1: the signature",
        body="Hello,\n\nplease attach it.",
        asked_by="ana",
    )
    desk.shop.program.colleagues.ask(request_id, NOW)
    return request_id


def picture(side: int = 400) -> bytes:
    noise = Image.effect_noise((side, side), 90)
    content = BytesIO()
    noise.save(content, "JPEG")
    return content.getvalue()


def answer(question: EmailMessage, *files: tuple[str, str, bytes], **changes: str) -> bytes:
    """Return a colleague's reply as a mail program writes it."""
    mail = EmailMessage()
    heads = {
        "From": f"Ops <{COLLEAGUE}>",
        "To": "support@lumenoak.example",
        "Subject": f"Re: {question['Subject']}",
        "Message-ID": "<answer@lumenoak.example>",
        "In-Reply-To": question["Message-ID"],
        "Date": format_datetime(NOW),
    }
    for name, value in (heads | changes).items():
        if value:
            mail[name] = value
    mail.set_content("Here it is.\n\nOps")
    for filename, media_type, content in files:
        main, _, sub = media_type.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=filename)
    return mail.as_bytes()


def receive(desk: Office, raw: bytes) -> int:
    """Take a mail in, carry out the job that it brought, and return its case."""
    accepted = desk.shop.program.intake.accept_mail(desk.shop.merchant_id, "support", raw, NOW + timedelta(hours=1))
    assert accepted is not None
    for message_id in answers_waiting(desk):
        desk.shop.program.colleagues.take(message_id)
    return int(accepted.case_id)


def answers_waiting(desk: Office) -> list[int]:
    query = "SELECT (args->>'message_id')::bigint FROM procrastinate_jobs WHERE task_name = 'take_answer'"
    with desk.shop.program.store.begin() as connection:
        return list(connection.execute(text(query)).scalars())


def given(desk: Office, case_id: int) -> list[Evidence]:
    return [item for item in desk.shop.page(case_id).evidence if item.source.startswith("mail:")]


def count(desk: Office, table: str) -> int:
    with desk.shop.program.store.begin() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_question_leaves_once_with_an_id_of_its_own(desk: Office) -> None:
    case_id = desk.open_case()
    request_id = ask(desk, case_id)
    assert desk.shop.program.colleagues.ask(request_id, NOW) is None
    (mail,) = desk.mails()
    (named,) = named_in([mail["Message-ID"]])
    assert (named.what, named.number) == ("request", request_id)
    assert mark_in(mail["Subject"]) == (case_id, named.token[:8])
    assert (mail["To"], mail["Auto-Submitted"]) == (COLLEAGUE, None)
    assert mail.get_content().replace("\r\n", "\n") == "Hello,\n\nplease attach it.\n"


def test_asking_twice_for_the_same_thing_is_one_question(desk: Office) -> None:
    case_id = desk.open_case()
    ids = at_once(4, lambda _: ask(desk, case_id))
    assert len(set(ids)) == 1
    assert len(desk.mails()) == 1
    assert ask(desk, case_id, "delivery_photo") not in ids


def test_the_answer_with_its_file_lands_in_the_case_and_the_letter_is_written_again(desk: Office) -> None:
    case_id = desk.open_case()
    before = desk.shop.page(case_id).draft
    ask(desk, case_id)
    photo = picture()
    assert receive(desk, answer(desk.mails()[0], ("pod.jpg", "image/jpeg", photo))) == case_id
    (item,) = given(desk, case_id)
    assert (item.kind, item.fields["file_name"]) == (KIND, "pod.jpg")
    assert desk.shop.program.files.get(item.file_hash) == photo
    page = desk.carry_out(case_id)
    assert page.case.status == "in_review"
    assert page.draft is not None
    assert before is not None
    assert "ignature" in page.draft.body
    assert page.draft.body != before.body
    (request,) = desk.shop.program.store.requests_of_case(case_id)
    assert request.answered_at is not None
    assert [line.action for line in page.audit if line.actor == COLLEAGUE] == [
        "colleague_wrote",
        "colleague_answered",
        "drafted_again",
    ]


def test_a_colleagues_mail_is_no_customers(desk: Office) -> None:
    case_id = desk.open_case()
    ask(desk, case_id)
    runs = count(desk, "runs")
    raw = answer(desk.mails()[0], ("pod.jpg", "image/jpeg", picture()))
    for _ in range(3):
        receive(desk, raw)
    assert (count(desk, "runs"), count(desk, "cases")) == (runs, 1)
    assert desk.shop.page(case_id).deliveries == ()
    assert len(given(desk, case_id)) == 1
    assert len(desk.mails()) == 1


def test_an_answer_without_references_finds_home_by_its_subject(desk: Office) -> None:
    case_id = desk.open_case()
    ask(desk, case_id)
    raw = answer(desk.mails()[0], ("pod.jpg", "image/jpeg", picture()), **{"In-Reply-To": ""})
    assert receive(desk, raw) == case_id
    assert len(given(desk, case_id)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"From": "eve@other.example"},
        {"From": "eve@other.example", "In-Reply-To": ""},
        {"In-Reply-To": "<rejoinder-request-1.000000000000@lumenoak.example>", "Subject": "Re: [#1-00000000]"},
        {"In-Reply-To": "", "Subject": "Re: dispute dp_1"},
    ],
)
def test_whoever_has_not_our_mail_gets_a_case_of_their_own(desk: Office, changes: dict[str, str]) -> None:
    case_id = desk.open_case()
    ask(desk, case_id)
    raw = answer(desk.mails()[0], ("pod.jpg", "image/jpeg", picture()), **changes)
    assert receive(desk, raw) != case_id
    assert given(desk, case_id) == []


def test_what_a_colleague_adds_later_belongs_to_the_answer(desk: Office) -> None:
    case_id = desk.open_case()
    ask(desk, case_id)
    receive(desk, answer(desk.mails()[0]))
    later = {"In-Reply-To": "<answer@lumenoak.example>", "Message-ID": "<later@lumenoak.example>", "Subject": "And now"}
    assert receive(desk, answer(desk.mails()[0], **later)) == case_id
    assert count(desk, "runs") == 1


def test_a_forged_sender_gives_no_evidence(desk: Office) -> None:
    case_id = desk.open_case()
    ask(desk, case_id)
    program = desk.shop.program
    forged = Authenticity(verdict="failed")
    intake: Intake = replace(program.intake, authenticate=lambda raw, mail, box: replace(mail, authenticity=forged))
    accepted = intake.accept_mail(desk.shop.merchant_id, "support", answer(desk.mails()[0]), NOW)
    assert accepted is not None
    assert accepted.case_id != case_id


def test_that_there_is_nothing_is_an_answer_too(desk: Office) -> None:
    case_id = desk.open_case()
    ask(desk, case_id)
    assert receive(desk, answer(desk.mails()[0])) == case_id
    (request,) = desk.shop.program.store.requests_of_case(case_id)
    assert request.answered_at is not None
    assert given(desk, case_id) == []
    assert desk.shop.page(case_id).case.status == "in_review"
    assert len(desk.shop.page(case_id).messages) == 2


def test_an_automatic_reply_answers_nothing(desk: Office) -> None:
    case_id = desk.open_case()
    ask(desk, case_id)
    raw = answer(desk.mails()[0], ("logo.jpg", "image/jpeg", picture()), **{"Auto-Submitted": "auto-replied"})
    receive(desk, raw)
    (request,) = desk.shop.program.store.requests_of_case(case_id)
    assert request.answered_at is None
    assert given(desk, case_id) == []


def test_a_question_that_came_back_can_be_asked_again(desk: Office) -> None:
    case_id = desk.open_case()
    first = ask(desk, case_id)
    bounce = answer(
        desk.mails()[0],
        **{"From": "mailer-daemon@mx.other.example", "Auto-Submitted": "auto-replied", "Subject": "Undelivered mail"},
    )
    assert receive(desk, bounce) == case_id
    (request,) = desk.shop.program.store.requests_of_case(case_id)
    assert (request.request_id, request.status) == (first, "failed")
    assert ask(desk, case_id) != first


def test_what_cannot_be_printed_is_named_and_the_rest_is_taken(desk: Office) -> None:
    case_id = desk.open_case()
    ask(desk, case_id)
    files = [
        ("pod.jpg", "image/jpeg", picture()),
        ("notes.zip", "application/zip", b"PK\x05\x06" + bytes(18)),
        ("signature.png", "image/png", b"\x89PNG tiny"),
    ]
    receive(desk, answer(desk.mails()[0], *files))
    assert [item.fields["file_name"] for item in given(desk, case_id)] == ["pod.jpg"]
    told = next(line for line in desk.shop.page(case_id).audit if line.action == "colleague_answered")
    assert told.details["files"] == 1
    assert [one.partition(":")[0] for one in told.details["refused"]] == ["notes.zip"]


def test_a_reply_to_a_reminder_is_taken_for_what_would_help_most(desk: Office) -> None:
    case_id = desk.open_case()
    desk.look(DUE - timedelta(hours=120))
    wanted = desk.shop.program.store.judgement(case_id)
    assert wanted is not None
    assert wanted.ask
    assert receive(desk, answer(desk.mails()[0], ("pod.jpg", "image/jpeg", picture()))) == case_id
    assert [item.kind for item in given(desk, case_id)] == [wanted.ask]


def test_a_copy_of_our_own_mail_that_comes_back_is_nobodys(desk: Office) -> None:
    case_id = desk.open_case()
    ask(desk, case_id)
    desk.look(DUE - timedelta(hours=120))
    for mail in desk.post.received:
        assert receive(desk, mail.raw) == case_id
    assert (count(desk, "cases"), count(desk, "runs")) == (1, 1)
    assert answers_waiting(desk) == []


def test_a_mail_server_that_is_away_is_tried_again(desk: Office) -> None:
    case_id = desk.open_case()
    desk.post.rules.data = "451 4.3.0 not now"
    with pytest.raises(ProviderUnavailable):
        ask(desk, case_id)
    desk.post.rules.data = "250 2.0.0 taken"
    (request,) = desk.shop.program.store.requests_of_case(case_id)
    assert request.status == "queued"
    assert desk.shop.program.colleagues.ask(request.request_id, NOW) == "sent"
    assert len(desk.mails()) == 1


def test_a_question_cut_off_while_sending_is_uncertain_and_not_repeated(desk: Office) -> None:
    case_id = desk.open_case()
    store = desk.shop.program.store
    request_id = store.ask_colleague(
        case_id, KIND, language="en", recipient=COLLEAGUE, subject="s", body="b", asked_by="ana"
    )
    assert store.claim_request(request_id) is not None  # and the worker is killed
    assert store.mark_stuck_requests(datetime.now(UTC) + timedelta(hours=1)) == 1
    assert desk.shop.program.colleagues.ask(request_id, NOW) is None
    (request,) = store.requests_of_case(case_id)
    assert request.status == "uncertain"
    assert desk.mails() == []


def test_an_answer_whose_job_was_lost_is_found_again(desk: Office) -> None:
    case_id = desk.open_case()
    ask(desk, case_id)
    program = desk.shop.program
    program.intake.accept_mail(
        desk.shop.merchant_id, "support", answer(desk.mails()[0], ("pod.jpg", "image/jpeg", picture())), NOW
    )
    with program.store.begin() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs WHERE task_name = 'take_answer'"))
    sweep_once(program, NOW + timedelta(hours=1))
    (message_id,) = answers_waiting(desk)
    assert at_once(4, lambda _: program.colleagues.take(message_id)).count(1) == 1
    assert len(given(desk, case_id)) == 1
    assert [line.action for line in desk.shop.page(case_id).audit].count("drafted_again") == 1


def test_a_worker_carries_question_answer_and_new_letter_out(desk: Office) -> None:
    case_id = desk.open_case()
    program = desk.shop.program
    program.store.ask_colleague(
        case_id, KIND, language="en", recipient=COLLEAGUE, subject="Needed", body="Please.", asked_by="ana"
    )
    with working(program):
        wait_until(lambda: bool(desk.mails()))
        raw = answer(desk.mails()[0], ("pod.jpg", "image/jpeg", picture()))
        program.intake.accept_mail(desk.shop.merchant_id, "support", raw, NOW)
        wait_until(lambda: "drafted_again" in [line.action for line in desk.shop.page(case_id).audit])
        wait_until(lambda: desk.shop.page(case_id).case.status == "in_review")
    page = desk.shop.page(case_id)
    assert page.draft is not None
    assert "ignature" in page.draft.body
    assert len(desk.mails()) == 1


def wait_until(there: Callable[[], bool], seconds: float = 120.0) -> None:
    ends_at = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < ends_at, "it did not happen"
        time.sleep(0.1)


def test_a_file_that_breaks_the_reader_is_left_to_people(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from rejoinder import jobs
    from rejoinder.reminders import asking

    case_id = desk.open_case()
    ask(desk, case_id)
    program = desk.shop.program
    accepted = program.intake.accept_mail(
        desk.shop.merchant_id, "support", answer(desk.mails()[0], ("pod.jpg", "image/jpeg", picture())), NOW
    )
    assert accepted is not None

    def broken(*_: Any, **__: Any) -> Evidence:
        raise MemoryError("too much")

    monkeypatch.setattr(asking, "take_file", broken)
    jobs._take_answer(program, accepted.message_id)
    told = desk.shop.page(case_id).audit[-1]
    assert (told.action, told.details["refused"]) == ("colleague_answered", ["MemoryError: too much"])
    jobs._take_answer(program, accepted.message_id)
    assert [line.action for line in desk.shop.page(case_id).audit].count("colleague_answered") == 1
