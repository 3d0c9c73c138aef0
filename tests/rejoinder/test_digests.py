"""A digest of many cases through the whole program: every row has its own case, once."""

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from sqlalchemy import text

from tests.fixtures_program import Shop

HEAD = "Case number,ARN,Card brand,Card last 4,Sale date,Amount,Currency,Reason code,Respond by"


def row(number: int, due: str = "2026-12-07") -> str:
    arn = f"2401134630100055771{number:04}"
    return f"CB-77{number:03},{arn},VISA,{1000 + number},2026-10-28,{20 + number}.40,USD,13.1,{due}"


def digest(
    rows: Sequence[str], *, message_id: str = "<digest-1@globalpay.com>", subject: str = "Chargeback report"
) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "Dispute Services <disputes@globalpay.com>"
    message["To"] = "support@lumenoak.example"
    message["Subject"] = f"{subject} - {len(rows)} new cases"
    message["Date"] = "Fri, 20 Nov 2026 08:00:00 +0000"
    message["Message-ID"] = message_id
    message.set_content("Attached are the chargebacks posted to your account. Please answer each before its due date.")
    content = "\r\n".join((HEAD, *rows)).encode()
    message.add_attachment(content, "text", "csv", filename="cases.csv")
    return message.as_bytes()


def rows_of(shop: Shop, query: str) -> list[Any]:
    with shop.program.store.begin() as connection:
        return list(connection.execute(text(query)).all())


def work(shop: Shop) -> None:
    """Walk every run that is queued."""
    for (run_id,) in rows_of(shop, "SELECT id FROM runs WHERE status = 'queued' ORDER BY id"):
        shop.program.worker.advance(run_id)


def test_a_digest_of_twenty_is_twenty_cases_and_ends_itself(shop: Shop) -> None:
    run_id = shop.receive(digest([row(number) for number in range(1, 21)]))
    shop.program.worker.advance(run_id)
    disputes = rows_of(shop, "SELECT reference, case_id FROM disputes ORDER BY reference")
    assert [one.reference for one in disputes] == [f"CB-77{number:03}" for number in range(1, 21)]
    assert len({one.case_id for one in disputes}) == 20
    page = shop.page_of_run(run_id)
    assert (page.case.status, page.outcome) == ("closed", "recorded")
    work(shop)
    first = shop.page(disputes[0].case_id)
    assert (first.case.kind, first.case.status) == ("dispute", "in_review")
    assert first.dispute is not None
    assert (str(first.dispute.amount), first.dispute.network, first.dispute.reason_code) == (
        "21.40 USD",
        "visa",
        "13.1",
    )
    assert {status for (status,) in rows_of(shop, "SELECT DISTINCT status FROM runs")} == {"waiting", "done"}


def test_a_row_keeps_its_own_words_and_nobody_elses(shop: Shop) -> None:
    shop.program.worker.advance(shop.receive(digest([row(1), row(2)])))
    work(shop)
    (case_id,) = rows_of(shop, "SELECT case_id FROM disputes WHERE reference = 'CB-77002'")[0]
    (message,) = shop.page(case_id).messages
    assert message.mail is not None
    assert "CB-77002" in message.mail.text
    assert "Case number" in message.mail.text
    assert "CB-77001" not in message.mail.text
    (evidence,) = rows_of(shop, f"SELECT string_agg(document::text, '') FROM evidence WHERE case_id = {case_id}")[0]
    assert "CB-77001" not in evidence


def test_the_same_digest_five_times_is_still_twenty_cases(shop: Shop) -> None:
    raw = digest([row(number) for number in range(1, 21)])
    for run_id in {shop.receive(raw) for _ in range(5)}:
        for _ in range(3):
            shop.program.worker.advance(run_id)
    work(shop)
    shop.receive(raw)
    work(shop)
    counts = {table: rows_of(shop, f"SELECT count(*) FROM {table}")[0][0] for table in ("disputes", "cases", "runs")}
    assert counts == {"disputes": 20, "cases": 21, "runs": 21}


def test_a_crash_after_the_rows_were_opened_opens_none_twice(shop: Shop) -> None:
    store = shop.program.store
    run_id = shop.receive(digest([row(1), row(2)]))
    shop.program.worker.advance(run_id)
    from agents.digest import digest_rows

    view = store.view(run_id)
    assert view.reconciled is not None
    assert store.open_digest(run_id, digest_rows(view.message, view.reconciled, view.merchant)) == []
    assert rows_of(shop, "SELECT count(*) FROM disputes")[0][0] == 2


def test_a_later_digest_updates_what_is_known_and_opens_what_is_new(shop: Shop) -> None:
    shop.program.worker.advance(shop.receive(digest([row(1), row(2)])))
    work(shop)
    before = dict(rows_of(shop, "SELECT reference, case_id FROM disputes"))
    later = digest([row(1, due="2026-12-01"), row(3)], message_id="<digest-2@globalpay.com>")
    shop.program.worker.advance(shop.receive(later))
    work(shop)
    after = dict(rows_of(shop, "SELECT reference, case_id FROM disputes"))
    assert {name: after[name] for name in before} == before
    assert set(after) == {"CB-77001", "CB-77002", "CB-77003"}
    known = shop.page(after["CB-77001"])
    assert known.dispute is not None
    assert known.dispute.respond_by is not None
    assert known.dispute.respond_by.date().isoformat() == "2026-12-01"
    assert known.case.status == "in_review"
    assert len(rows_of(shop, f"SELECT id FROM reviews WHERE case_id = {after['CB-77001']}")) == 1


def test_a_reminder_of_a_known_dispute_updates_it_and_makes_nothing_new(shop: Shop) -> None:
    body = "Case number: CB-77001\nAmount: USD 21.40\nReason code: 13.1\nRespond by: 2026-12-07\n"
    for number, subject in enumerate(("Chargeback received", "Reminder: your response is due soon"), start=1):
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"] = "disputes@globalpay.com", "support@lumenoak.example"
        message["Subject"], message["Message-ID"] = subject, f"<one-{number}@globalpay.com>"
        message.set_content(f"{subject}.\n\n{body}")
        shop.program.worker.advance(shop.receive(message.as_bytes()))
    assert len(rows_of(shop, "SELECT id FROM disputes")) == 1
    ((case_id, status),) = rows_of(shop, "SELECT id, status FROM cases WHERE status <> 'merged'")
    assert status == "in_review"
    assert len(rows_of(shop, f"SELECT id FROM messages WHERE case_id = {case_id}")) == 2
    assert len(rows_of(shop, "SELECT id FROM reviews")) == 1


def test_a_notice_without_a_number_of_its_own_is_found_again_by_its_payment(shop: Shop) -> None:
    body = "Order number: LO-10401\nPayment ID: PAY-991204\nDisputed amount: USD 21.40\nRespond by: 2026-12-07\n"
    for number, subject in enumerate(("Chargeback for order LO-10401", "Reminder: chargeback for order LO-10401"), 1):
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"] = "mailer@shopify.com", "support@lumenoak.example"
        message["Subject"], message["Message-ID"] = subject, f"<shopify-{number}@shopify.com>"
        message.set_content(f"{subject}.\n\n{body}")
        shop.program.worker.advance(shop.receive(message.as_bytes()))
    assert len(rows_of(shop, "SELECT id FROM disputes")) == 1
