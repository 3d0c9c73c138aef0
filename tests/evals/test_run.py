from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evals import report
from evals.report import Results
from evals.rows import CustomerExpected, CustomerRow, NoticeExpected, NoticeRow, WrittenMail
from evals.run import mail_bytes, see
from evals.shop import MERCHANT, deps
from rejoinder.domain.cases import Merchant
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.reading import FieldValue, Reading, ScoredIntent
from tools.mail.parse import parse_mail

MAIL = WrittenMail(
    sender="James Whitfield <james.whitfield@inbox.example>", subject="LO-10425", body="Where is my order LO-10425?"
)
ROW = CustomerRow(
    row_id="t-1",
    origin="written",
    language="en",
    split="built_on",
    mail=MAIL,
    expected=CustomerExpected(
        kind="service",
        intent="order.status_wismo",
        intents=("order.status_wismo",),
        order="LO-10425",
        situation="in_transit",
        must_state=("RM68288909310",),
    ),
)
NOTICE = NoticeRow(
    row_id="t-2",
    origin="written",
    language="en",
    split="held_out",
    mail=replace(MAIL, sender="Stripe <notifications@stripe.com>"),
    expected=NoticeExpected(is_dispute=True, fields={"amount_minor": "5400"}, order="LO-10425"),
)

ROW_DAYS = (date(2026, 8, 5), date(2026, 11, 10))


class Says:
    """A reader that says what it is told to."""

    name = "says"

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def read(self, mail: InboundMail, merchant: Merchant) -> Reading:
        return self.reading


WISH = Reading(
    reader="says",
    kind="service",
    score=1.0,
    language="en",
    intents=(ScoredIntent(intent="order.status_wismo", score=0.99),),
)
DISPUTE = Reading(
    reader="says",
    kind="dispute",
    score=1.0,
    fields={
        "amount_minor": FieldValue(value="5400", score=1.0),
        "order_reference": FieldValue(value="LO-10425", score=1),
    },
)


def test_a_row_goes_from_bytes_to_a_checked_draft() -> None:
    seen = see(ROW, Says(WISH), deps())
    assert (seen.failure, seen.order) == ("", "LO-10425")
    assert seen.drafted is not None
    assert seen.drafted.situation == "in_transit"
    assert "RM68288909310" in seen.drafted.body


def test_a_notice_is_matched_and_not_answered() -> None:
    seen = see(NOTICE, Says(DISPUTE), deps())
    assert (seen.kind, seen.order, seen.drafted) == ("dispute", "LO-10425", None)


@pytest.mark.parametrize("subject", ["Привет", "拒付通知", "plain"])
def test_a_written_mail_survives_its_bytes(subject: str) -> None:
    raw = mail_bytes(WrittenMail(sender="陈晓雨 <chen@youxiang.example>", subject=subject, body="你好\n"), "t-3")
    mail = parse_mail(raw).mail
    assert (mail.subject, mail.sender.name, mail.text.strip()) == (subject, "陈晓雨", "你好")


def test_a_mail_of_html_alone_is_read() -> None:
    written = replace(MAIL, body="", html="<table><tr><td>Case</td><td>77</td></tr></table>")
    assert "77" in parse_mail(mail_bytes(written, "t-4")).mail.text


def test_an_imitation_is_marked_as_not_authentic() -> None:
    raw = mail_bytes(replace(MAIL, authentic=False), "t-5")
    assert "dkim=fail" in parse_mail(raw).mail.authentication_results[0]


def test_the_policy_of_the_day_is_found() -> None:
    knowledge = deps().knowledge
    old = knowledge.policy(MERCHANT.merchant_id, "returns", ROW_DAYS[0])
    new = knowledge.policy(MERCHANT.merchant_id, "returns", ROW_DAYS[1])
    assert old is not None
    assert new is not None
    assert (old.facts["return_days"], new.facts["return_days"]) == (14, 30)


def test_the_report_is_written_and_lists_no_held_out_miss(tmp_path: Path) -> None:
    wrong = replace(WISH, intents=(ScoredIntent(intent="order.cancel", score=0.99),))
    results = _results([(ROW, wrong)], [(NOTICE, replace(DISPUTE, kind="service"))])
    report.save(results, tmp_path)
    assert "order.cancel" in (tmp_path / "latest.md").read_text(encoding="utf-8")
    assert [miss["id"] for miss in report.misses(results)] == ["t-1"]


def test_a_bar_that_is_not_reached_is_not_met() -> None:
    results = _results([(ROW, WISH)], [(NOTICE, replace(DISPUTE, kind="service"))])
    met = {bar.name: bar.met for bar in report.bars(results)}
    assert met["first intent, macro F1"] is True
    assert met["is it a dispute"] is False


def _results(asked: Sequence[tuple[CustomerRow, Reading]], sent: Sequence[tuple[NoticeRow, Reading]]) -> Results:
    context = deps()
    return Results(
        split="all",
        customers=[(row, see(row, Says(reading), context)) for row, reading in asked],
        notices=[(row, see(row, Says(reading), context)) for row, reading in sent],
    )
