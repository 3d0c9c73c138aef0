"""Disputes of Stripe. Sources: docs.stripe.com/disputes and the published OpenAPI description (read 2026-11-21)."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import stripe

from rejoinder.domain.cases import DisputeEvent, Stage
from rejoinder.domain.lifecycle import Funds
from rejoinder.domain.money import Money
from rejoinder.errors import WebhookRejected
from tools.processors.base import WebhookRequest

TOLERANCE_SECONDS = 300

STATUS = {
    "warning_needs_response": "inquiry_open",
    "warning_under_review": "inquiry_responded",
    "warning_closed": "inquiry_closed",
    "needs_response": "needs_response",
    "under_review": "submitted",
    "won": "won",
    "lost": "lost",
    "prevented": "prevented",
}
STAGE: Mapping[str, Stage] = {"inquiry": "inquiry", "chargeback": "first", "compliance": "compliance"}
FUNDS: Mapping[str, Funds] = {
    "charge.dispute.funds_withdrawn": "withdrawn",
    "charge.dispute.funds_reinstated": "reinstated",
}
# Stripe's own buckets; the network's code, when the event carries it, says more.
CATEGORY = {
    "credit_not_processed": "credit_not_processed",
    "duplicate": "duplicate",
    "fraudulent": "fraud_card_absent",
    "product_not_received": "not_received",
    "product_unacceptable": "not_as_described",
    "subscription_canceled": "cancelled_recurring",
    "unrecognized": "unrecognized",
    "incorrect_account_details": "processing_error",
    "insufficient_funds": "direct_debit_return",
    "debit_not_authorized": "direct_debit_return",
    "bank_cannot_process": "processing_error",
    "check_returned": "direct_debit_return",
    "noncompliant": "compliance",
    "customer_initiated": "general",
    "general": "general",
}


class Stripe:
    """Stripe's webhooks."""

    name = "stripe"

    def verify(self, request: WebhookRequest, secret: str) -> None:
        """Check the `Stripe-Signature` header with Stripe's own library; older than five minutes is refused."""
        header = request.headers.get("stripe-signature", "")
        try:
            stripe.WebhookSignature.verify_header(request.body, header, secret, TOLERANCE_SECONDS)
        except (stripe.SignatureVerificationError, ValueError, UnicodeDecodeError) as exc:
            raise WebhookRejected(f"webhook of stripe account {request.account!r}: {exc}") from exc

    def event_id(self, request: WebhookRequest) -> str:
        """Return the event's `evt_` id."""
        return str(_event(request)["id"])

    def parse(self, request: WebhookRequest) -> Sequence[DisputeEvent]:
        """Return the dispute of a `charge.dispute.*` event."""
        event = _event(request)
        if not str(event["type"]).startswith("charge.dispute."):
            return ()
        thing = event.get("data", {}).get("object", {})
        if not isinstance(thing, dict) or thing.get("object") != "dispute":
            return ()
        return (_dispute_event(event, thing, request.account),)


def _event(request: WebhookRequest) -> dict[str, Any]:
    try:
        event = json.loads(request.body)
    except (ValueError, RecursionError) as exc:
        raise WebhookRejected(f"webhook of stripe account {request.account!r}: the body is not JSON") from exc
    if not isinstance(event, dict) or not {"id", "type", "created"} <= event.keys():
        raise WebhookRejected(f"webhook of stripe account {request.account!r}: the body is not an event")
    return event


def _dispute_event(event: Mapping[str, Any], thing: Mapping[str, Any], account: str) -> DisputeEvent:
    status = str(thing.get("status", ""))
    card = (thing.get("payment_method_details") or {}).get("card") or {}
    details = thing.get("evidence_details") or {}
    evidence = thing.get("evidence") or {}
    reason = str(thing.get("reason", ""))
    return DisputeEvent(
        processor=Stripe.name,
        account=account,
        event_id=str(event["id"]),
        event_type=str(event["type"]),
        reference=str(thing["id"]),
        payment_reference=_id(thing.get("charge")) or _id(thing.get("payment_intent")),
        occurred_at=datetime.fromtimestamp(int(event["created"]), UTC),
        status=STATUS.get(status, "unknown"),
        stage=_stage(status, str(card.get("case_type", ""))),
        raw_status=status,
        amount=_amount(thing),
        network=str(card.get("brand") or ""),
        reason_code=str(card.get("network_reason_code") or thing.get("network_reason_code") or ""),
        reason_text=reason,
        category=CATEGORY.get(reason, "general"),
        respond_by=datetime.fromtimestamp(int(details["due_by"]), UTC) if details.get("due_by") else None,
        order_reference=str((thing.get("metadata") or {}).get("order_id", "")),
        buyer_email=str(evidence.get("customer_email_address") or ""),
        funds=FUNDS.get(str(event["type"])),
        submissions=_submissions(thing, details),
        reopens=status == "needs_response",
    )


def _submissions(thing: Mapping[str, Any], details: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a name for each answer: Stripe only counts them."""
    return tuple(f"{thing['id']}#{number}" for number in range(1, int(details.get("submission_count") or 0) + 1))


def _amount(thing: Mapping[str, Any]) -> Money | None:
    if not isinstance(thing.get("amount"), int) or not thing.get("currency"):
        return None
    return Money(amount_minor=int(thing["amount"]), currency=str(thing["currency"]).upper())


def _stage(status: str, case_type: str) -> Stage:
    if status.startswith("warning_"):
        return "inquiry"
    return STAGE.get(case_type, "first")


def _id(value: object) -> str:
    """Return an id that is given plain or as an expanded object."""
    if isinstance(value, dict):
        return str(value.get("id", ""))
    return str(value or "")
