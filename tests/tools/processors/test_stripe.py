import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import stripe

from rejoinder.domain.money import Money
from rejoinder.errors import WebhookRejected
from tools.processors.base import WebhookRequest
from tools.processors.stripe import CATEGORY, STATUS, Stripe

SECRET = "whsec_test"
DISPUTE = {
    "id": "du_1PabcdEFGHijklmn",
    "object": "dispute",
    "amount": 8990,
    "currency": "eur",
    "charge": "ch_3PabcdEFGHijklmn",
    "status": "needs_response",
    "reason": "product_not_received",
    "evidence_details": {"due_by": 1780000000},
    "payment_method_details": {"card": {"brand": "visa", "network_reason_code": "13.1", "case_type": "chargeback"}},
    "metadata": {"order_id": "R-1042"},
}


def event(**changes: object) -> dict[str, object]:
    return {
        "id": "evt_1",
        "type": "charge.dispute.created",
        "created": 1779000000,
        "data": {"object": {**DISPUTE, **changes}},
    }


def request(body: object, *, secret: str = SECRET, age: int = 0) -> WebhookRequest:
    raw = json.dumps(body).encode()
    now = int(datetime.now(UTC).timestamp()) - age
    signature = stripe.WebhookSignature._compute_signature(f"{now}.{raw.decode()}", secret)
    return WebhookRequest(
        account="main",
        headers={"stripe-signature": f"t={now},v1={signature}"},
        body=raw,
        received_at=datetime.now(UTC),
    )


def test_a_dispute_event_is_read_in_our_words() -> None:
    (found,) = Stripe().parse(request(event()))
    assert found.reference == "du_1PabcdEFGHijklmn"
    assert found.payment_reference == "ch_3PabcdEFGHijklmn"
    assert found.amount == Money(amount_minor=8990, currency="EUR")
    assert (found.network, found.reason_code, found.category) == ("visa", "13.1", "not_received")
    assert (found.status, found.stage) == ("needs_response", "first")
    assert found.respond_by == datetime.fromtimestamp(1780000000, UTC)
    assert found.order_reference == "R-1042"


def test_an_inquiry_is_told_from_a_chargeback() -> None:
    (found,) = Stripe().parse(request(event(status="warning_needs_response")))
    assert (found.status, found.stage) == ("inquiry_open", "inquiry")


def test_money_and_submissions_are_told_beside_the_status() -> None:
    body = event(status="under_review", evidence_details={"due_by": 1780000000, "submission_count": 2})
    (found,) = Stripe().parse(request(body | {"type": "charge.dispute.funds_withdrawn"}))
    assert found.funds == "withdrawn"
    assert found.submissions == ("du_1PabcdEFGHijklmn#1", "du_1PabcdEFGHijklmn#2")
    assert not found.reopens


def test_an_unknown_status_is_kept_and_never_guessed() -> None:
    (found,) = Stripe().parse(request(event(status="something_new")))
    assert (found.status, found.raw_status) == ("unknown", "something_new")


def test_other_events_hold_no_dispute() -> None:
    assert Stripe().parse(request({"id": "evt_2", "type": "customer.created", "created": 1, "data": {}})) == ()


def test_the_right_signature_is_accepted() -> None:
    Stripe().verify(request(event()), SECRET)


@pytest.mark.parametrize(("secret", "age"), [("whsec_other", 0), (SECRET, 600)])
def test_a_wrong_secret_or_an_old_time_is_refused(secret: str, age: int) -> None:
    with pytest.raises(WebhookRejected):
        Stripe().verify(request(event(), secret=secret, age=age), SECRET)


def test_an_altered_body_is_refused() -> None:
    good = request(event())
    altered = WebhookRequest(
        account="main", headers=good.headers, body=good.body.replace(b"8990", b"1"), received_at=good.received_at
    )
    with pytest.raises(WebhookRejected):
        Stripe().verify(altered, SECRET)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_event_is_refused_with_a_named_error(body: bytes) -> None:
    bad = WebhookRequest(account="main", headers={}, body=body, received_at=datetime.now(UTC))
    with pytest.raises(WebhookRejected):
        Stripe().event_id(bad)


def test_published_signature_vectors_agree(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = json.loads((shared_data / "webhooks/signatures/stripe.json").read_text())
    assert vectors
    for vector in vectors:
        monkeypatch.setattr("time.time", lambda now=vector["now"]: now)
        headers = {name.lower(): value for name, value in vector["headers"].items()}
        given = WebhookRequest(
            account="main", headers=headers, body=vector["body"].encode(), received_at=datetime.now(UTC)
        )
        try:
            Stripe().verify(given, vector["secret"])
            valid = True
        except WebhookRejected:
            valid = False
        assert valid == vector["expected_valid"], vector["name"]


def test_every_word_of_the_published_description_is_known(shared_data: Path) -> None:
    specs = [p for p in (shared_data / "openapi/stripe").rglob("*.json") if '"charge.dispute.created"' in p.read_text()]
    for spec in specs:
        schema = json.loads(spec.read_text()).get("components", {}).get("schemas", {}).get("dispute")
        if schema:
            assert set(schema["properties"]["status"]["enum"]) <= set(STATUS)
            assert set(schema["properties"]["reason"].get("enum", [])) <= set(CATEGORY)
