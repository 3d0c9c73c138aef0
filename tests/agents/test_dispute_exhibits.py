"""From records to exhibits: under the letter's labels, in its order, from this customer's records alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from agents import evidence as ev
from agents.dispute.exhibits import Records, exhibits_of
from agents.dispute.key_facts import key_facts
from agents.dispute.letter import letter_context, write_letter
from agents.drafting import draft_of
from evals.shop import MERCHANT, NOW, sample_orders
from rejoinder.domain.cases import Dispute, StoredMessage
from rejoinder.domain.drafts import Draft, Sentence
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.mail import InboundMail, MailAddress
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Access, Order, Refund
from rejoinder.errors import ExhibitRejected

ORDER = next(order for order in sample_orders().orders if order.number == "LO-10401")
DISPUTE = Dispute(
    processor="stripe",
    reference="dp_1",
    status="needs_response",
    stage="first",
    sources=("webhook",),
    network="visa",
    reason_code="13.1",
    category="not_received",
    amount=ORDER.total,
)
POLICY = Passage(
    passage_id="policy:shipping:1",
    document="shipping.md",
    title="Shipping",
    topic="shipping",
    text="# Shipping\n\nParcels leave within two days.",
    score=1.0,
    in_force_from=date(2026, 1, 1),
    in_force_to=date(2027, 1, 1),
)
FILES = {"a" * 64: b"\xff\xd8 a photo"}


def upload(kind: str = "delivery_photo", number: int = 1) -> Evidence:
    return Evidence(
        evidence_id=f"upload:{number:012}",
        kind=kind,
        fields={"file_name": "door.jpg", "media_type": "image/jpeg"},
        text="",
        source="upload:mia",
        captured_at=NOW + timedelta(hours=1),
        file_hash="a" * 64,
    )


def message(number: int, case_id: int, text: str, **changed: object) -> StoredMessage:
    values = {
        "identity": f"{number:016}-mail",
        "message_id": f"<{number}@mailbox.example>",
        "sender": MailAddress(email="emily.carter@mailbox.example", name="Emily Carter"),
        "to": (MailAddress(email="support@lumenoak.example"),),
        "subject": "My lamp",
        "text": text,
        "new_text": text,
        "sent_at": NOW,
    }
    mail = InboundMail(**(values | changed))
    return StoredMessage(message_id=number, merchant_id=1, case_id=case_id, received_at=NOW, mail=mail)


def records(order: Order = ORDER, messages: tuple[StoredMessage, ...] = (), *more: Evidence) -> Records:
    cited = [ev.mail_evidence(messages[0].mail, "mailbox", NOW)] if messages else []
    return Records(
        merchant=MERCHANT,
        dispute=DISPUTE,
        order=order,
        evidence=[*ev.order_evidence(order, "orders", NOW), *cited, *more],
        passages=[POLICY],
        messages=messages,
        read_file=FILES.__getitem__,
    )


def letter_of(given: Records) -> Draft:
    citations = ev.aliases(list(given.evidence), list(given.passages)) | {"dispute": "dispute:record"}
    context = letter_context(
        merchant=MERCHANT,
        dispute=DISPUTE,
        now=NOW,
        citations=citations,
        order=given.order,
        mails=[one.mail for one in given.messages if one.mail],
    )
    return draft_of(write_letter(context, citations), "letter", "en")


def test_exhibits_stand_in_the_order_and_under_the_labels_of_the_letter():
    given = records(ORDER, (message(1, 7, "The lamp is lovely, thank you very much for it."),), upload())
    letter = letter_of(given)
    made = exhibits_of(letter, given)
    listed = [one.text for one in letter.sentences if one.text.startswith("- Exhibit")]
    assert [f"- {one.label}: {one.title}" for one in made] == listed
    assert [one.kind for one in made] == ["record", "record", "record", "thread", "policy", "file"]
    assert [one.weight for one in made] == ["decisive", *["supporting"] * 5]


def test_every_exhibit_a_sentence_names_holds_what_the_sentence_cites():
    given = records(ORDER, (message(1, 7, "The lamp is lovely, thank you very much for it."),), upload())
    letter = letter_of(given)
    by_label = {one.label: set(one.evidence_ids) for one in exhibits_of(letter, given)}
    for sentence in letter.sentences:
        named = [ids for label, ids in by_label.items() if f"({label})" in sentence.text]
        if named:
            assert set(sentence.citations) <= set().union(*named) | {"dispute:record"}, sentence.text


def test_a_letter_without_a_list_gets_what_a_letter_would_list():
    given = records()
    bare = replace(letter_of(given), paragraphs=((Sentence(text="We contest this dispute (Exhibit 1)."),),))
    assert [one.title for one in exhibits_of(bare, given)] == [
        "Carrier record", "Order record", "Payment record", "Policy in force on the day of the order",
    ]  # fmt: skip


def test_a_rewritten_line_of_the_list_is_the_exhibit_of_its_label():
    given = records()
    letter = letter_of(given)
    reworded = tuple(
        tuple(
            Sentence(text="- Exhibit 2: The order as placed", origin="reviewer")
            if one.text.startswith("- Exhibit 2")
            else one
            for one in paragraph
        )
        for paragraph in letter.paragraphs
    )
    made = exhibits_of(replace(letter, paragraphs=reworded), given)
    assert (made[1].title, made[1].evidence_ids) == ("The order as placed", ("order:LO-10401",))


def test_an_exhibit_that_the_case_does_not_hold_is_refused_by_its_label():
    given = records()
    lost = replace(given, evidence=[one for one in given.evidence if not one.evidence_id.startswith("payment:")])
    with pytest.raises(ExhibitRejected, match=r"Exhibit 3 \(Payment record\).*draft again"):
        exhibits_of(letter_of(given), lost)


def test_tables_write_days_amounts_and_names_as_the_letter_does():
    order = ev.in_zone(ORDER, UTC)
    made = exhibits_of(letter_of(records(order)), records(order))
    rows = dict(row for one in made if one.kind == "record" for row in one.tables[0].rows)
    assert rows["Total"] == "EUR 208.90"
    assert rows["Ordered on"].startswith("1 November 2026, ")
    assert rows["Ordered on"].endswith("(UTC)")
    assert (rows["Card network"], rows["Processor"], rows["Last status"]) == ("Visa", "Stripe", "Delivered")


def test_items_and_scans_stand_below_their_record():
    shipment, order, *_ = exhibits_of(letter_of(records()), records())
    assert order.tables[1].rows[0] == ("1", "Desk Lamp Halo", "LMP-DSK-02", "EUR 59.90")
    assert shipment.tables[1].columns == ("Time", "Status", "What the carrier recorded")
    assert len(shipment.tables[1].rows) == len(ORDER.shipments[0].scans)


def test_uses_and_refunds_are_records_of_their_own():
    refunds = tuple(
        Refund(
            reference=f"re_{number}",
            amount=Money(amount_minor=1000 * number, currency="EUR"),
            status="succeeded",
            created_at=NOW - timedelta(days=number),
        )
        for number in (1, 2)
    )
    access = Access(at=NOW, what="download of the manual", ip="203.0.113.10")
    order = replace(ORDER, refunds=refunds, accesses=(access,))
    by_title = {one.title: one for one in exhibits_of(letter_of(records(order)), records(order))}
    assert by_title["Refund record"].evidence_ids == ("refund:re_2", "refund:re_1")
    assert [table.title for table in by_title["Refund record"].tables] == ["re_2", "re_1"]
    assert by_title["Record of use"].tables[1].rows[0][1] == "download of the manual 203.0.113.10"


def test_a_thread_is_shown_whole_with_our_answers_and_no_other_thread():
    cited = message(1, 7, "The lamp is lovely, thank you very much for it.")
    ours = message(
        2, 7, "Dear Emily, we are glad to hear that you like it.", sender=MailAddress(email="support@lumenoak.example")
    )
    other = message(3, 9, "A different matter, of another thread.")
    made = {
        one.kind: one for one in exhibits_of(letter_of(records(ORDER, (cited,))), records(ORDER, (cited, ours, other)))
    }
    thread = made["thread"]
    assert [one.sender for one in thread.messages] == [
        "Emily Carter <emily.carter@mailbox.example>", "support@lumenoak.example",
    ]  # fmt: skip
    assert thread.messages[0].subject == "My lamp"


def test_a_message_is_printed_in_its_own_language():
    cited = message(1, 7, "您好，台灯已经收到了，非常喜欢，谢谢你们的快速发货。")
    made = {one.kind: one for one in exhibits_of(letter_of(records(ORDER, (cited,))), records(ORDER, (cited,)))}
    assert [one.language for one in made["thread"].messages] == ["zh"]


def test_a_policy_says_when_it_was_in_force():
    policy = exhibits_of(letter_of(records()), records())[-1]
    assert policy.origin == "Shipping (shipping.md), in force from 1 January 2026 until before 1 January 2027"
    assert policy.text.startswith("Shipping\n")


def test_an_upload_keeps_its_bytes_and_its_name():
    given = records(ORDER, (), upload())
    photo = exhibits_of(letter_of(given), given)[-1]
    assert photo.file is not None
    assert (photo.file.name, photo.file.content) == ("door.jpg", FILES["a" * 64])
    assert photo.origin == "file given by Lumen Oak, door.jpg"


def test_a_file_of_a_kind_that_a_record_also_has_is_an_exhibit_of_its_own():
    given = records(ORDER, (), upload("delivery_confirmation"))
    made = exhibits_of(letter_of(given), given)
    assert made[0].title == "Carrier record"
    assert made[-1].file is not None


def test_two_files_of_a_kind_are_two_exhibits():
    given = records(ORDER, (), upload(number=1), upload(number=2))
    made = exhibits_of(letter_of(given), given)
    assert [(one.title, one.evidence_ids) for one in made if one.file] == [
        ("Photo at delivery", ("upload:000000000001",)),
        ("Photo at delivery (2)", ("upload:000000000002",)),
    ]


def test_key_facts_come_from_the_dispute_and_else_from_the_payment():
    facts = key_facts(MERCHANT, DISPUTE, ORDER)
    assert (facts.network, facts.card_last4, facts.order_number) == ("Visa", "1000", "LO-10401")
    assert facts.transaction_date == ORDER.payments[0].captured_at.astimezone(UTC).date()
    assert facts.tracking_numbers == (ORDER.shipments[0].tracking_number,)
    assert (facts.refunded, facts.refund_references) == (None, ())
    assert key_facts(MERCHANT, replace(DISPUTE, transaction_date="2026-10-30"), None).transaction_date == date(
        2026, 10, 30
    )


def test_only_money_that_arrived_counts_as_refunded():
    def refund(status: str, amount: int) -> Refund:
        money = Money(amount_minor=amount, currency="EUR")
        return Refund(
            reference=f"re_{amount}", amount=money, status=status, created_at=datetime(2026, 11, 2, tzinfo=UTC)
        )

    order = replace(ORDER, refunds=(refund("succeeded", 100), refund("succeeded", 250), refund("pending", 999)))
    facts = key_facts(MERCHANT, DISPUTE, order)
    assert facts.refunded == Money(amount_minor=350, currency="EUR")
    assert facts.refund_references == ("re_100", "re_250")
