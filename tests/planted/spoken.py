"""Faults in what was written: orders named, mails of others, card numbers, admissions, cancellations, policies."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from tests.planted.faults import Fault, Plant, fault, other_customer, with_others
from tests.planted.files import (
    CARD,
    described_picture,
    noted_pdf,
    painted_picture,
    scanned_pdf,
    split_pdf,
    text_pdf,
    word_file,
)
from tests.planted.world import Case, Letter, Upload, payment_reference

WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
LANGUAGES = tuple(WORDS)
DAY = timedelta(days=1)
BARE = CARD.replace(" ", "")
RECEIPT_CLAIMS = ("not_received",)


def said(case: Case, name: str) -> str:
    """Return what somebody of the case's language writes."""
    words: str = WORDS[case.place.language][name]
    return words


def _writes(case: Case, text: str, **changes: object) -> Case:
    letter = Letter(text=text, **changes)  # type: ignore[arg-type]
    return replace(case, letters=(*case.letters, letter))


# --- the wrong order


def _another_ones_number(case: Case, rng: Random) -> Case:
    other = other_customer(case, rng)
    return with_others(case.told(order_reference=other.order.number), other)


def _number_alone(case: Case, rng: Random) -> Case:
    other = other_customer(case, rng)
    bare = case.told(order_reference=other.order.number, payment_reference="", buyer_email="")
    return with_others(bare, other)


def _same_amount_twice(case: Case, rng: Random) -> Case:
    paid = replace(
        case.payment, reference=payment_reference(case.number, case.notice.way, "5"), card_last4=case.payment.card_last4
    )
    twin = replace(case.order, number=f"LO-{35000 + case.number}", payments=(paid,), shipments=())
    silent = case.told(order_reference="", payment_reference="", paid_on="")
    return replace(silent, others=(twin,))


def _nothing_of_ours(case: Case, rng: Random) -> Case:
    strange = case.told(
        order_reference="QX-77120", payment_reference=payment_reference(case.number, case.notice.way, "9")
    )
    return strange.told(
        card_last4="0003", buyer_email="nobody@inbox.example", amount=replace(case.notice.amount, amount_minor=31)
    )


def _another_ones_payment(case: Case, rng: Random) -> Case:
    other = other_customer(case, rng)
    return with_others(case.told(payment_reference=other.payment.reference), other)


def _same_price(case: Case, rng: Random) -> Case:
    """The notice names another customer's order of the same price, and that customer's card is not ours."""
    other = other_customer(case, rng)
    priced = other.ordered(total=case.order.total).paid(amount=case.payment.amount)
    return with_others(case.told(order_reference=priced.order.number, payment_reference="", buyer_email=""), priced)


WRONG_ORDERS: tuple[Fault, ...] = (
    fault(
        "our payment, another customer's order number",
        _another_ones_number,
        "other_order_named",
        routed=("order_ambiguous",),
        way="webhook",
    ),
    fault(
        "our payment, another customer's order number, by mail",
        _another_ones_number,
        "other_order_named",
        routed=("order_ambiguous",),
        way="adyen",
    ),
    fault(
        "another customer's order number, our card and amount",
        _number_alone,
        routed=("order_ambiguous", "order_missing"),
        way="pingpong",
    ),
    fault(
        "two orders of one price, neither named",
        _same_amount_twice,
        routed=("order_ambiguous", "order_missing"),
        way="paypal",
    ),
    fault("nothing in it is ours", _nothing_of_ours, "no_such_payment", routed=("order_missing",), way="adyen"),
    fault(
        "another customer's payment, our order number",
        _another_ones_payment,
        "other_order_named",
        routed=("order_ambiguous",),
        way="webhook",
    ),
    fault(
        "another customer's order of the same price, our card",
        _same_price,
        routed=("order_ambiguous", "order_missing"),
        way="shopify",
    ),
)


# --- another customer's mail among the exhibits


STRANGER = "stranger.person@inbox.example"
SECRET_WORDS = "My doctor says the blue lamp hurts my eyes."


def _namesake_writes(case: Case, rng: Random) -> Case:
    return _writes(
        case, f"{SECRET_WORDS} It is about order {case.order.number}.", sender=f"{case.place.name} <{STRANGER}>"
    )


def _names_another_order(case: Case, rng: Random) -> Case:
    other = other_customer(case, rng)
    return with_others(_writes(case, f"{said(case, 'question')} {other.order.number}"), other)


def _forwards_another(case: Case, rng: Random) -> Case:
    quoted = f"From: Walter Quist <{STRANGER}>\nThe lamp you sent to me is broken."
    return _writes(case, said(case, "question"), quoted=quoted)


def _in_copy(case: Case, rng: Random) -> Case:
    return _writes(case, f"{said(case, 'question')} Please also answer my neighbour Walter, {STRANGER}.", cc=STRANGER)


def _uploads(kind: str, name: str, make: Callable[[str], bytes]) -> Plant:
    """Return what plants a file with a card's number, made when it is needed."""
    return lambda case, rng: replace(case, uploads=(Upload(kind=kind, name=name, content=make(f"Card {CARD}")),))


def _gives(case: Case, kind: str, name: str, text: str) -> Case:
    given = Upload(kind=kind, name=name, content=text_pdf(text))
    return replace(_writes(case, said(case, "question")), uploads=(given,))


def _upload_of_another_order(case: Case, rng: Random) -> Case:
    return _gives(case, "delivery_signature", "note.pdf", f"Delivery note for order LO-{36000 + case.number}")


def _chat_of_another(case: Case, rng: Random) -> Case:
    return _gives(case, "customer_communication", "chat.pdf", f"Chat of 2 November with {STRANGER}: the lamp works")


def _invoice_of_another(case: Case, rng: Random) -> Case:
    return _gives(case, "invoice_receipt", "invoice.pdf", f"Invoice. Customer: Walter Quist, {STRANGER}")


OTHERS: tuple[Fault, ...] = (
    fault("a namesake with another address writes", _namesake_writes, kept_out=(STRANGER, SECRET_WORDS)),
    fault("the customer's mail names another order", _names_another_order, "exhibit_names_other_order"),
    fault("the customer's mail quotes another customer", _forwards_another, "exhibit_names_other_person"),
    fault("the customer's mail names another person", _in_copy, "exhibit_names_other_person"),
    fault("an upload is of another order", _upload_of_another_order, "exhibit_names_other_order"),
    fault("an uploaded chat is with another customer", _chat_of_another, "exhibit_names_other_person"),
    fault("an uploaded invoice is of another customer", _invoice_of_another, "exhibit_names_other_person"),
)


# --- a card's number


def _card_in_mail(case: Case, rng: Random) -> Case:
    return _writes(case, f"{said(case, 'question')} {CARD} 12/28")


def _card_attached(case: Case, rng: Random) -> Case:
    return _writes(case, said(case, "question"), files=(("card.txt", "text/plain", f"card {BARE}\n".encode()),))


def _card_quoted(case: Case, rng: Random) -> Case:
    return _writes(
        case, said(case, "question"), quoted=f"You paid with {BARE[:4]}-{BARE[4:8]}-{BARE[8:12]}-{BARE[12:]}."
    )


def _card_in_notice(case: Case, rng: Random) -> Case:
    return case.told(note=f"cardholder quotes {CARD}")


def _foreign_digits(case: Case, rng: Random) -> Case:
    return _writes(
        case, f"{said(case, 'question')} {CARD.translate({ord(str(n)): chr(0x0660 + n) for n in range(10)})}"
    )


MASKED = (BARE, CARD, CARD.replace(" ", "-"))
IN_FILE = "upload:CardNumberFound"
CARDS: tuple[Fault, ...] = (
    fault("in the customer's mail", _card_in_mail, kept_out=MASKED),
    fault("in a text that the customer attached", _card_attached, kept_out=MASKED),
    fault("in what the customer quotes", _card_quoted, kept_out=MASKED),
    fault("in Arabic digits", _foreign_digits, kept_out=MASKED, language="ar"),
    fault("in the notice", _card_in_notice, kept_out=MASKED, way="adyen"),
    fault("in the webhook", _card_in_notice, kept_out=MASKED, way="webhook"),
    fault("in the text of an uploaded PDF", _uploads("invoice_receipt", "slip.pdf", text_pdf), IN_FILE),
    fault("behind the picture of a scanned PDF", _uploads("invoice_receipt", "scan.pdf", scanned_pdf), IN_FILE),
    fault("in pieces over an uploaded PDF", _uploads("invoice_receipt", "slip.pdf", split_pdf), IN_FILE),
    fault("in a note stuck to an uploaded PDF", _uploads("invoice_receipt", "slip.pdf", noted_pdf), IN_FILE),
    fault("in the data about a picture", _uploads("product_photos", "lamp.png", described_picture), IN_FILE),
    fault(
        "in an uploaded Word file",
        _uploads("signed_contract", "order.docx", word_file),
        IN_FILE,
    ),
    fault(
        "as dots of a picture only",
        _uploads("invoice_receipt", "slip.png", painted_picture),
        IN_FILE,
        "packet:unsearched_picture",
    ),
)


# --- the merchant's own words, and the customer's


def _admits(case: Case, rng: Random) -> Case:
    words = WORDS[case.place.language]["admits"][1]
    return _writes(case, said(case, "question"), answer=words)


def _admits_in_quote(case: Case, rng: Random) -> Case:
    return _writes(case, said(case, "thanks"), quoted=WORDS[case.place.language]["admits"][1])


def _admission(language: str) -> Fault:
    kind = WORDS[language]["admits"][0]
    return fault(
        f"in {language}: {kind}",
        _admits,
        f"admission_{kind}",
        language=language,
        goods="physical",
        categories=("not_received", "not_as_described"),
    )


ADMISSIONS: tuple[Fault, ...] = (
    *(_admission(language) for language in LANGUAGES),
    fault(
        "quoted by the customer",
        _admits_in_quote,
        "admission_wrong_item",
        language="tr",
        goods="physical",
        categories=RECEIPT_CLAIMS,
    ),
)


def _cancelled_first(case: Case, rng: Random) -> Case:
    return _writes(case, said(case, "cancels"), at=case.order.placed_at + timedelta(hours=6))


def _received_it(case: Case, rng: Random) -> Case:
    there = case.order.shipments[0].delivered_at or case.order.placed_at
    return _writes(case, said(case, "received"), at=there + timedelta(hours=5))


def _cancellation(language: str) -> Fault:
    categories = ("cancelled_merchandise", "not_received")
    return fault(
        f"the customer cancelled first, in {language}",
        _cancelled_first,
        "customer_cancelled_first",
        language=language,
        goods="physical",
        categories=categories,
    )


def _receipt(language: str) -> Fault:
    return fault(
        f"the customer wrote that it came, in {language}",
        _received_it,
        "receipt_against_claim",
        language=language,
        goods="physical",
        categories=RECEIPT_CLAIMS,
    )


SENTENCES: tuple[Fault, ...] = tuple(
    make(language)
    for pair in zip(LANGUAGES[::2], LANGUAGES[1::2], strict=True)
    for make, language in zip((_cancellation, _receipt), pair, strict=True)
)


# --- a policy of another day


def _ordered_on(placed: datetime) -> Plant:
    def plant(case: Case, rng: Random) -> Case:
        back = case.order.placed_at - placed
        order = case.order
        parcels = tuple(
            replace(
                one,
                shipped_at=one.shipped_at - back if one.shipped_at else None,
                promised_by=one.promised_by - back if one.promised_by else None,
                delivered_at=one.delivered_at - back if one.delivered_at else None,
                scans=tuple(replace(scan, at=scan.at - back) for scan in one.scans),
            )
            for one in order.shipments
        )
        moved = case.ordered(placed_at=placed, shipments=parcels).paid(captured_at=case.payment.captured_at - back)
        return moved.told(paid_on=moved.payment.captured_at.astimezone(UTC).date().isoformat())

    return plant


OLD, NEW = "policy:returns-2025.md", "policy:returns-2026.md"
RETURNS = {"categories": ("credit_not_processed", "not_as_described", "cancelled_merchandise"), "goods": "physical"}
POLICIES: tuple[Fault, ...] = (
    fault(
        "ordered weeks before the new policy",
        _ordered_on(datetime(2026, 8, 5, 9, tzinfo=UTC)),
        OLD,
        kept_out=("within 30 days",),
        **RETURNS,
    ),
    fault(
        "ordered on the last day of the old policy",
        _ordered_on(datetime(2026, 8, 31, 9, tzinfo=UTC)),
        OLD,
        kept_out=("within 30 days",),
        **RETURNS,
    ),
    fault(
        "ordered late on that day, the next in the merchant's zone",
        _ordered_on(datetime(2026, 8, 31, 20, tzinfo=UTC)),
        NEW,
        kept_out=("within 14 days of delivery",),
        **RETURNS,
    ),
    fault(
        "ordered on the first day of the new policy",
        _ordered_on(datetime(2026, 9, 1, 1, tzinfo=UTC)),
        NEW,
        kept_out=("within 14 days of delivery",),
        **RETURNS,
    ),
    fault(
        "ordered before any policy",
        _ordered_on(datetime(2024, 12, 20, 9, tzinfo=UTC)),
        "ask:policy_refund",
        "ask:policy_cancellation",
        "ask:policy_acceptance",
        routed=("evidence_missing",),
        kept_out=("within 30 days", "within 14 days of delivery"),
        **RETURNS,
    ),
)


def clean_letters(case: Case, *, answered: bool) -> tuple[Letter, ...]:
    """Return a harmless exchange in the customer's language: a question, perhaps its answer, thanks for the parcel."""
    there = case.order.shipments[0].delivered_at if case.order.shipments else case.order.placed_at + 4 * DAY
    assert there is not None
    answer = said(case, "answer") if answered else ""
    asked = Letter(text=said(case, "question"), at=case.order.placed_at + DAY, answer=answer)
    return (asked, Letter(text=said(case, "thanks"), at=there + timedelta(hours=4)))
