"""The form in which a reviewer confirms the fields of a notice whose source is not known, and so teaches it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException
from starlette.responses import Response

from agents.notice import dispute_of
from knowledge.notice_catalog import notice_catalog
from knowledge.reason_codes import categories
from rejoinder.domain.cases import StoredMessage
from rejoinder.domain.learned import PREFIX
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.money import Money, from_decimal
from rejoinder.domain.reading import Reading, Reconciled
from rejoinder.errors import BadInput, Conflict
from rejoinder.storage.pages import CasePage
from rejoinder.web.auth import FormVisitor
from rejoinder.web.context import AppDesk, RowId
from rejoinder.web.desk.editing import refuse_cards
from rejoinder.web.pages import see_other, visible
from tools.models.notices.learned import learn, with_confirmed

router = APIRouter()

READER = "reviewer"
MAX_VALUE = 200
LEAST_VALUES = 2
PLAIN = (
    "dispute_reference", "payment_reference", "order_reference", "arn", "reason_code", "reason_text", "network",
    "buyer_name", "buyer_email",
)  # fmt: skip
DAYS = ("respond_by", "transaction_date")

_AMOUNT = re.compile(r"\d{1,12}(?:[.,]\d{1,3})?")
_CURRENCY = re.compile(r"[A-Z]{3}")

Value = Annotated[str, Form(max_length=MAX_VALUE)]


@dataclass(frozen=True, kw_only=True)
class ConfirmForm:
    """What stands in the form: the fields as read. `domain` is what would be learned, empty for an unproven sender."""

    run_id: int
    values: Mapping[str, str]
    amount: str
    domain: str

    @property
    def categories(self) -> tuple[str, ...]:
        """What a dispute can be about."""
        return tuple(categories())


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """The form as it was sent."""

    dispute_reference: Value = ""
    payment_reference: Value = ""
    order_reference: Value = ""
    amount: Value = ""
    currency: Value = ""
    respond_by: Value = ""
    transaction_date: Value = ""
    reason_code: Value = ""
    reason_text: Value = ""
    category: Value = ""
    network: Value = ""
    card_last4: Value = ""
    arn: Value = ""
    buyer_name: Value = ""
    buyer_email: Value = ""


def confirm_form(shown: CasePage) -> ConfirmForm | None:
    """Return the form of a mailed notice that waits for a person; None where its source is known."""
    found = _asked(shown)
    if found is None:
        return None
    mail, reading = found
    run = shown.shown_run
    amount, currency = reading.value("amount_minor"), reading.value("currency")
    return ConfirmForm(
        run_id=run.run_id if run else 0,
        values={name: value.value for name, value in reading.fields.items()},
        amount=f"{Money(amount_minor=int(amount), currency=currency).decimal:f}" if amount else "",
        domain=mail.source_authenticity.domain if mail.source_authenticity.verdict == "verified" else "",
    )


def _asked(shown: CasePage) -> tuple[InboundMail, Reading] | None:
    """Return the mail and the reading that may be confirmed."""
    message, reading = _message(shown), shown.reconciled.reading if shown.reconciled else None
    open_question = shown.review is not None and shown.review.status == "open"
    mailed = shown.dispute is not None and shown.dispute.sources == ("mail",)
    if message is None or message.mail is None or reading is None or not (open_question and mailed):
        return None
    known = reading.notice_source and not reading.notice_source.startswith(PREFIX)
    failed = message.mail.source_authenticity.verdict == "failed"
    return None if known or failed or reading.cases else (message.mail, reading)


def _message(shown: CasePage) -> StoredMessage | None:
    run = shown.shown_run
    return next((one for one in shown.messages if run and one.message_id == run.message_id), None)


@router.post("/cases/{case_id}/runs/{run_id}/confirm")
def confirm(
    desk: AppDesk, visitor: FormVisitor, case_id: RowId, run_id: RowId, given: Annotated[Confirmed, Depends()]
) -> Response:
    """Keep the confirmed fields, learn from them where the sender is proven, and draft anew."""
    shown = desk.store.case_page(case_id, visitor.merchant_ids)
    asked, message = _asked(shown), _message(shown)
    if asked is None or message is None or shown.shown_run is None or shown.shown_run.run_id != run_id:
        raise Conflict("this notice does not wait for a person any more; look at the case again")
    try:
        fields = confirmed_fields(given)
    except BadInput as problem:
        raise HTTPException(422, str(problem)) from problem
    mail, reading = asked
    merchant = desk.store.merchant(shown.case.merchant_id)
    source = None
    if mail.source_authenticity.verdict == "verified":
        notice_type = reading.notice_type or "first_dispute"
        source = learn(mail, fields, notice_catalog(), notice_type=notice_type)
    confirmed = with_confirmed(replace(reading, reader=READER), fields, source)
    told = dispute_of(message, confirmed, merchant)
    kept = Reconciled(reading=confirmed, readers=(READER,))
    desk.store.confirm_notice(run_id, kept, told, source, reviewer=visitor.login)
    return see_other(f"/cases/{case_id}?done=confirmed")


def confirmed_fields(given: Confirmed) -> dict[str, str]:
    """Return the values as a reading holds them.

    Raises:
        BadInput: a value cannot be read, or there are too few; the message is for the reviewer.
    """
    fields = {name: visible(getattr(given, name)) for name in (*PLAIN, *DAYS, "category", "card_last4")}
    refuse_cards(*fields.values())
    for name in DAYS:
        _check_day(fields[name])
    if fields["card_last4"] and not re.fullmatch(r"\d{4}", fields["card_last4"]):
        raise BadInput("The last digits of the card are four digits.")
    if fields["category"] and fields["category"] not in categories():
        raise BadInput("Choose one of the categories.")
    fields |= _money(visible(given.amount), visible(given.currency).upper())
    kept = {name: value for name, value in fields.items() if value}
    if len(kept) < LEAST_VALUES:
        raise BadInput("Confirm at least two values.")
    return kept


def _money(amount: str, currency: str) -> dict[str, str]:
    if not amount and not currency:
        return {}
    if not _AMOUNT.fullmatch(amount) or not _CURRENCY.fullmatch(currency):
        raise BadInput("Write the amount like 1208.90 and its currency like EUR.")
    try:
        money = from_decimal(Decimal(amount.replace(",", ".")), currency)
    except ValueError as exc:
        raise BadInput("Write the amount like 1208.90 and its currency like EUR.") from exc
    return {"amount_minor": str(money.amount_minor), "currency": money.currency}


def _check_day(value: str) -> None:
    """Accept a day, or an instant with its zone."""
    if not value:
        return
    try:
        date.fromisoformat(value) if len(value) == len("2026-12-04") else _instant(value)
    except ValueError as exc:
        raise BadInput("Write days like 2026-12-04.") from exc


def _instant(value: str) -> None:
    if datetime.fromisoformat(value).tzinfo is None:
        raise ValueError(value)
