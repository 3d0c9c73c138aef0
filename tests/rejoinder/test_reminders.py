"""Reminders from the deadline to the colleague's mailbox and the chat, and the merchant's choice at the cut-off."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rejoinder.domain.drafts import Problem
from rejoinder.domain.reminders import CUTOFF_ACTOR, STEPS
from rejoinder.domain.review import Reason, Verdict
from rejoinder.errors import Conflict, ProviderUnavailable
from tests.clock import NOW
from tests.fixtures_program import Shop
from tests.rejoinder.office import COLLEAGUE, DUE, Office, dispute_event, office
from tests.storage.races import at_once

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

OpenOffice = Callable[..., Office]


@pytest.fixture
def open_office(open_shop: Callable[..., Shop], monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenOffice]:
    opened = []

    def open_one(**reminders: Any) -> Office:
        opened.append(office(open_shop, monkeypatch, **reminders))
        return opened[-1].__enter__()

    yield open_one
    for one in opened:
        one.__exit__(None, None, None)


def test_reminders_climb_from_the_queue_to_everyone(open_office: OpenOffice) -> None:
    office = open_office()
    case_id = office.open_case()
    for hour in range(int((DUE - NOW) / HOUR) + 2):
        office.look(NOW + hour * HOUR)
    assert office.told(case_id) == [
        ("queue", "queue", "sent"),
        ("mail", "queue", "sent"),
        ("mail", "mail", "sent"),
        ("chat", "queue", "sent"),
        ("chat", "team", "sent"),
        ("all", "queue", "sent"),
        ("all", "mail", "sent"),
        ("all", "team", "sent"),
        ("cutoff", "queue", "sent"),
        ("cutoff", "mail", "sent"),
        ("cutoff", "team", "sent"),
    ]
    assert (len(office.mails()), len(office.chat.received)) == (3, 3)


def test_the_mail_says_what_how_much_how_long_what_is_missing_and_where(open_office: OpenOffice) -> None:
    office = open_office(language="en")
    case_id = office.open_case()
    office.look(DUE - 120 * HOUR)
    (mail,) = office.mails()
    text = mail.get_content()
    assert mail["To"] == COLLEAGUE
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"].startswith("5 days left: dispute dp_1, EUR 149.00 [#")
    assert "30 November 2026, 17:00 (China Standard Time)" in text
    assert f"https://desk.lumenoak.example/cases/{case_id}" in text
    assert "https://desk.lumenoak.example/file/" in text
    assert "everyone is told again and nothing is sent" in text


def test_the_mail_is_in_the_merchants_language(open_office: OpenOffice) -> None:
    office = open_office(language="zh")
    office.open_case()
    office.look(DUE - 120 * HOUR)
    (mail,) = office.mails()
    assert mail["Subject"].startswith("还剩 5 天：争议 dp_1")
    assert "2026年11月30日 17:00（中国标准时间）之后的答复不再有效" in mail.get_content()


def test_a_chat_gets_nothing_of_the_customer(open_office: OpenOffice) -> None:
    office = open_office()
    case_id = office.open_case(buyer_email="claudia.berger@briefkasten.example", card_last4="3611")
    office.look(DUE - 5 * HOUR)
    (posted,) = office.chat.received
    said = posted["title"] + posted["message"]
    assert f"case {case_id}" in posted["title"]
    assert "EUR 149.00" in said
    assert f"https://desk.lumenoak.example/cases/{case_id}" in said
    for private in ("Berger", "briefkasten", "LO-10408", "3611", "ch_3Q", "/file/"):
        assert private not in said


def test_a_case_that_comes_late_is_told_of_once(open_office: OpenOffice) -> None:
    office = open_office()
    case_id = office.open_case()
    assert office.look(DUE - 5 * HOUR) == 1
    assert [one[0] for one in office.told(case_id)] == ["all"] * 3
    assert office.look(DUE - 5 * HOUR) == 0
    assert (len(office.mails()), len(office.chat.received)) == (1, 1)


@pytest.mark.parametrize("verdict", ["reject", "escalate", "concede"])
def test_a_case_that_nobody_will_answer_is_not_reminded_of(open_office: OpenOffice, verdict: Verdict) -> None:
    office = open_office()
    case_id = office.open_case()
    decide(office, case_id, verdict)
    for hours in (100, 5, 1):
        assert office.look(DUE - hours * HOUR) == 0
    office.carry_out(case_id)
    assert office.look(DUE - 1 * HOUR) == 0
    assert office.told(case_id) == []


@pytest.mark.parametrize("choice", ["alert", "submit_best", "accept"])
def test_an_approved_answer_is_reminded_of_until_the_deadline_and_nothing_is_decided(
    open_office: OpenOffice, choice: str
) -> None:
    office = open_office(at_cutoff=choice)
    case_id = office.open_case()
    decide(office, case_id)
    assert office.carry_out(case_id).case.status == "sending"
    deliver(office, case_id)
    for minutes in range(int((DUE - NOW) / MINUTE), -120, -30):
        office.look(DUE - minutes * MINUTE)
    assert list(dict.fromkeys(one[0] for one in office.told(case_id))) == list(STEPS)
    assert {one[2] for one in office.told(case_id)} == {"sent"}
    assert (len(office.mails()), len(office.chat.received)) == (4, 4)
    assert decisions_of(office, case_id) == []
    assert {one.details.get("done") for one in office.reminders(case_id)} == {None}


def test_the_reminder_of_an_approved_answer_says_what_is_left_to_do(open_office: OpenOffice) -> None:
    office = open_office(language="en")
    case_id = office.open_case()
    decide(office, case_id)
    office.look(DUE - 5 * HOUR)
    text = office.mails()[0].get_content()
    assert "The answer to dispute dp_1 of EUR 149.00 is approved, but nobody has marked it as handed in." in text
    assert "1. Download the finished file, by a link that only you should have: https://desk.lumenoak" in text
    assert "2. Hand it in where you answer disputes at Stripe." in text
    assert f"3. Then mark it as handed in: https://desk.lumenoak.example/cases/{case_id}" in text
    assert "waits for a decision" not in text
    assert "hand it in at the processor" in office.chat.received[0]["message"]


def test_the_reminder_of_an_approved_answer_speaks_chinese(open_office: OpenOffice) -> None:
    office = open_office(language="zh")
    decide(office, office.open_case())
    office.look(DUE - 5 * HOUR)
    text = office.mails()[0].get_content()
    assert "2. 到Stripe处理争议的页面提交该文件。" in text
    assert "标记为已提交" in office.chat.received[0]["message"]


def test_what_was_queued_before_the_approval_says_what_is_left_after_it(open_office: OpenOffice) -> None:
    office = open_office(language="en")
    case_id = office.open_case()
    office.shop.program.reminders.look(DUE - 120 * HOUR)
    decide(office, case_id)
    for one in office.queued():
        office.shop.program.reminders.send(one, DUE - 120 * HOUR)
    assert "nobody has marked it as handed in" in office.mails()[0].get_content()


def test_once_it_is_marked_as_handed_in_there_is_silence(open_office: OpenOffice) -> None:
    office = open_office()
    case_id = office.open_case()
    decide(office, case_id)
    office.shop.program.reminders.look(DUE - 5 * HOUR)
    store = office.shop.program.store
    store.hand_in(case_id, "first", actor="ana", now=DUE - 5 * HOUR)
    sent = [office.shop.program.reminders.send(one, DUE - 5 * HOUR) for one in office.queued()]
    assert sent == [None, None]
    assert [office.look(DUE - hours * HOUR) for hours in (4, 1, 0)] == [0, 0, 0]
    assert (office.mails(), office.chat.received) == ([], [])


def test_a_mark_that_is_taken_back_lets_the_reminders_go_on(open_office: OpenOffice) -> None:
    office = open_office()
    case_id = office.open_case()
    decide(office, case_id)
    store = office.shop.program.store
    store.hand_in(case_id, "first", actor="ana", now=DUE - 50 * HOUR)
    (word,) = store.hand_ins(case_id)
    store.take_back_hand_in(case_id, word.hand_in_id, actor="ana", now=DUE - 49 * HOUR)
    assert office.look(DUE - 5 * HOUR) == 1


def test_the_rules_own_approval_is_reminded_of_once_more(open_office: OpenOffice) -> None:
    office = open_office(at_cutoff="submit_best", language="en")
    case_id = office.open_case()
    office.look(DUE - 2 * HOUR)
    office.carry_out(case_id)
    deliver(office, case_id)
    office.look(DUE - HOUR)
    office.look(DUE - HOUR / 2)
    first, second = (mail.get_content() for mail in office.mails())
    assert "so its draft was approved by your rule" in first
    assert "3. Then mark it as handed in" in first
    assert "nobody has marked it as handed in" in second


def test_what_was_queued_before_the_decision_is_not_sent_after_it(open_office: OpenOffice) -> None:
    office = open_office()
    case_id = office.open_case()
    program = office.shop.program
    program.reminders.look(DUE - 120 * HOUR)
    review = office.shop.page(case_id).review
    assert review is not None
    program.store.decide(review.review_id, review.version, "reject", reviewer="ana", reason="not worth it")
    assert [program.reminders.send(one, DUE) for one in office.queued()] == [None]
    assert office.mails() == []
    assert office.told(case_id)[-1] == ("mail", "mail", "cancelled")


def test_a_processor_that_has_an_answer_is_no_reason_to_remind(open_office: OpenOffice) -> None:
    office = open_office()
    case_id = office.open_case()
    told = dispute_event(event_id="evt_2", status="submitted", occurred_at=NOW + HOUR, submissions=("1",))
    office.shop.program.store.accept_event(office.shop.merchant_id, told, "", NOW + HOUR)
    run = office.shop.page(case_id).run
    assert run is not None
    office.shop.program.worker.advance(run.run_id)
    assert office.look(DUE - HOUR) == 0


def test_looking_at_once_from_many_workers_tells_once(open_office: OpenOffice) -> None:
    office = open_office()
    case_id = office.open_case()
    reminders = office.shop.program.reminders
    results = at_once(6, lambda _: reminders.look(DUE - 5 * HOUR))
    assert sum(results) == 1
    first = office.queued()[0]
    sends = at_once(6, lambda _: reminders.send(first, DUE - 5 * HOUR))
    assert [one for one in sends if one] == ["sent"]
    assert len(office.mails()) == 1
    assert [one[0] for one in office.told(case_id)] == ["all"] * 3


def test_a_mail_server_that_is_away_is_tried_again_until_it_takes_the_mail(open_office: OpenOffice) -> None:
    office = open_office()
    case_id = office.open_case()
    office.post.rules.data = "451 4.3.0 not now"
    office.shop.program.reminders.look(DUE - 120 * HOUR)
    (mail_id,) = office.queued()
    with pytest.raises(ProviderUnavailable):
        office.shop.program.reminders.send(mail_id, DUE - 120 * HOUR)
    assert office.told(case_id)[-1] == ("mail", "mail", "queued")
    office.post.rules.data = "250 2.0.0 taken"
    office.look(DUE - 119 * HOUR)
    assert office.told(case_id)[-1] == ("mail", "mail", "sent")
    assert len(office.mails()) == 1


def test_a_mail_that_never_left_fails_visibly_a_day_after_the_deadline(open_office: OpenOffice) -> None:
    office = open_office()
    case_id = office.open_case()
    office.shop.program.reminders.look(DUE - 120 * HOUR)
    office.look(DUE + 25 * HOUR)
    assert office.told(case_id)[-1] == ("mail", "mail", "failed")


def test_a_refusal_of_one_way_does_not_stop_the_other(open_office: OpenOffice) -> None:
    office = open_office()
    case_id = office.open_case()
    office.chat.status = 404
    office.look(DUE - 5 * HOUR)
    assert office.told(case_id) == [("all", "queue", "sent"), ("all", "mail", "sent"), ("all", "team", "failed")]
    assert "HTTP 404" in office.reminders(case_id)[-1].answer


def test_a_send_that_was_cut_off_is_uncertain_and_never_repeated(open_office: OpenOffice) -> None:
    office = open_office()
    case_id = office.open_case()
    store = office.shop.program.store
    office.shop.program.reminders.look(DUE - 120 * HOUR)
    (mail_id,) = office.queued()
    assert store.claim_reminder(mail_id) is not None  # and the worker is killed
    assert store.mark_stuck_reminders(datetime.now(UTC) + HOUR) == 1
    office.look(DUE - 119 * HOUR)
    assert office.told(case_id)[-1] == ("mail", "mail", "uncertain")
    assert office.mails() == []
    assert office.shop.page(case_id).audit[-1].action == "reminder_uncertain"


def test_an_old_mailbox_does_not_flood_anybody(open_office: OpenOffice) -> None:
    office = open_office()
    office.open_case()
    assert office.look(DUE + timedelta(days=3)) == 0


def decide(office: Office, case_id: int, verdict: Verdict = "approve") -> None:
    review = office.shop.page(case_id).review
    assert review is not None
    office.shop.program.store.decide(review.review_id, review.version, verdict, reviewer="ana", reason="so")


def deliver(office: Office, case_id: int) -> None:
    """End the delivery of a letter, as the job does."""
    store = office.shop.program.store
    (delivery,) = office.shop.page(case_id).deliveries
    store.claim_delivery(delivery.delivery_id)
    store.finish_delivery(delivery.delivery_id, "sent", "ready", "")


def decisions_of(office: Office, case_id: int) -> list[tuple[str, str]]:
    return [(line.actor, line.action) for line in office.shop.page(case_id).audit if line.actor == CUTOFF_ACTOR]


def test_at_the_cut_off_everyone_is_told_that_nothing_was_done(open_office: OpenOffice) -> None:
    office = open_office(at_cutoff="alert")
    case_id = office.open_case()
    office.look(DUE - 1 * HOUR)
    (mail,) = office.mails()
    assert "Nobody has decided on dispute dp_1 of EUR 149.00; nothing was sent." in mail.get_content()
    assert office.shop.page(case_id).case.status == "in_review"
    assert decisions_of(office, case_id) == []


def test_at_the_cut_off_the_best_draft_is_approved_as_by_a_person(open_office: OpenOffice) -> None:
    office = open_office(at_cutoff="submit_best")
    case_id = office.open_case()
    draft_id = office.shop.page(case_id).draft_id
    office.look(DUE - 1 * HOUR)
    office.look(DUE - 1 * HOUR)
    page = office.carry_out(case_id)
    assert decisions_of(office, case_id) == [(CUTOFF_ACTOR, "approve")]
    assert page.decision is not None
    assert (page.decision.reviewer, page.decision.draft_id) == (CUTOFF_ACTOR, draft_id)
    (delivery,) = page.deliveries
    assert (delivery.channel, delivery.draft_id, delivery.automatic) == ("none", draft_id, False)
    assert "its draft was approved by your rule" in office.mails()[0].get_content()
    assert len(office.mails()) == 1


def test_at_the_cut_off_a_dispute_is_conceded_and_nothing_leaves(open_office: OpenOffice) -> None:
    office = open_office(at_cutoff="accept")
    case_id = office.open_case()
    office.look(DUE - 1 * HOUR)
    page = office.carry_out(case_id)
    assert decisions_of(office, case_id) == [(CUTOFF_ACTOR, "concede")]
    assert (page.case.status, page.outcome, page.deliveries) == ("closed", "conceded", ())
    assert "it was conceded by your rule" in office.mails()[0].get_content()


@pytest.mark.parametrize(
    ("code", "words"), [("problems", "the checks found problems in it"), ("file", "its file could not be finished")]
)
def test_a_draft_that_something_speaks_against_is_not_approved(open_office: OpenOffice, code: str, words: str) -> None:
    office = open_office(at_cutoff="submit_best")
    case_id = office.open_case()
    reminders = office.shop.program.reminders
    broken = Problem(code="made_up", detail="states what is not there")
    if code == "problems":
        page = office.shop.page(case_id)
        assert page.route is not None
        assert page.draft_id is not None
        assert page.run is not None
        office.shop.program.store.save_check(page.run.run_id, page.draft_id, [broken], page.route)
    else:
        reminders = replace(reminders, file_problems=lambda case_id: [broken])
    reminders.look(DUE - 1 * HOUR)
    for one in office.queued():
        reminders.send(one, DUE - 1 * HOUR)
    assert decisions_of(office, case_id) == []
    assert words in office.mails()[0].get_content()
    assert office.reminders(case_id)[-1].details["done"] == "alert"


def test_a_notice_that_nothing_proves_is_not_answered_by_the_rule(open_office: OpenOffice) -> None:
    office = open_office(at_cutoff="submit_best")
    case_id = office.open_case()
    page = office.shop.page(case_id)
    assert page.run is not None
    assert page.draft_id is not None
    assert page.route is not None
    reason = Reason(code="not_authentic", text="Nothing proves who sent the notice.")
    route = replace(page.route, reasons=(*page.route.reasons, reason))
    office.shop.program.store.save_check(page.run.run_id, page.draft_id, [], route)
    office.look(DUE - 1 * HOUR)
    assert decisions_of(office, case_id) == []
    assert "nothing proves that the notice is real" in office.mails()[0].get_content()


@pytest.mark.parametrize("choice", ["submit_best", "accept"])
def test_after_the_deadline_no_choice_is_made_but_everyone_is_told(open_office: OpenOffice, choice: str) -> None:
    office = open_office(at_cutoff=choice)
    case_id = office.open_case()
    office.look(DUE + 1 * HOUR)
    assert decisions_of(office, case_id) == []
    assert "but the deadline has passed" in office.mails()[0].get_content()


def test_a_person_who_decides_while_the_rule_looks_wins(open_office: OpenOffice) -> None:
    office = open_office(at_cutoff="accept")
    case_id = office.open_case()
    store = office.shop.program.store
    review = office.shop.page(case_id).review
    assert review is not None
    acts = [
        lambda: store.decide(review.review_id, review.version, "approve", reviewer="ana"),
        lambda: office.shop.program.reminders.look(DUE - 1 * HOUR),
    ]
    at_once(2, lambda n: acts[n]())
    decision = store.decision(review.review_id)
    assert decision is not None
    ruled = [one for one in office.reminders(case_id) if one.step == "cutoff" and one.details]
    assert (decision.reviewer == "ana") == (ruled == [])


def test_a_cut_off_says_nothing_of_an_answer_approved_since_the_look(open_office: OpenOffice) -> None:
    office = open_office(at_cutoff="accept")
    case_id = office.open_case()
    store = office.shop.program.store
    review = office.shop.page(case_id).review
    assert review is not None
    store.decide(review.review_id, review.version, "approve", reviewer="ana")
    with pytest.raises(Conflict, match="approved meanwhile"):
        store.remind(case_id, DUE, ["cutoff"], ["queue"], DUE - 1 * HOUR, details={"wanted": "accept", "done": "alert"})
    assert office.told(case_id) == []


def test_killed_between_decision_and_reminder_the_cut_off_happens_once(
    open_office: OpenOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = open_office(at_cutoff="submit_best")
    case_id = office.open_case()
    program = office.shop.program

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(type(program.store), "go_on", die)
        with pytest.raises(KeyboardInterrupt):
            program.reminders.look(DUE - 1 * HOUR)
    assert office.told(case_id) == []
    assert decisions_of(office, case_id) == []
    office.look(DUE - 1 * HOUR)
    office.look(DUE - 1 * HOUR)
    assert decisions_of(office, case_id) == [(CUTOFF_ACTOR, "approve")]
    assert [one[0] for one in office.told(case_id)] == ["cutoff"] * 3
    assert len(office.mails()) == 1


def test_a_bad_case_does_not_stop_the_others(open_office: OpenOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    office = open_office()
    bad = office.open_case("dp_1")
    good = office.open_case("dp_2", payment_reference="ch_3Q00075601LumenOakX")
    store = office.shop.program.store
    real = type(store).remind

    def remind(self: Any, case_id: int, *given: Any, **named: Any) -> Any:
        if case_id == bad:
            raise RuntimeError("broken")
        return real(self, case_id, *given, **named)

    monkeypatch.setattr(type(store), "remind", remind)
    assert office.look(DUE - 5 * HOUR) == 1
    assert [office.told(bad), len(office.told(good))] == [[], 3]
