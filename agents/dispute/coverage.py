"""Which entries of the evidence catalogue the records and files of a case stand for."""

import re
from collections.abc import Iterable, Mapping

from rejoinder.domain.evidence import Evidence

# Which records of ours stand for which entries of the evidence catalogue.
STANDS_FOR = {
    "order_confirmation": ("order_confirmation", "customer_identity", "price_breakdown"),
    "invoice_receipt": ("invoice_receipt",),
    "delivery_confirmation": ("delivery_confirmation", "carrier_tracking", "shipping_label"),
    "carrier_tracking": ("carrier_tracking", "shipping_label"),
    "refund_record": ("refund_record",),
    "customer_communication": ("customer_communication",),
    "product_description": ("product_description",),
    "policy": ("policy_refund", "policy_cancellation"),
}
FIELD_STANDS_FOR = {
    "avs_result": "avs_result",
    "cvv_result": "cvv_result",
    "three_d_secure": "three_ds_authentication",
    "signed_by": "delivery_signature",
    "customer_ip": "ip_address",
    "descriptor": "descriptor_evidence",
    "bill_to": "billing_address",
    "device_id": "device_fingerprint",
    "device_fingerprint": "device_fingerprint",
    "account_id": "account_history",
}

# A result that says no, or that nobody looked, is there as a field and proves nothing.
_CONFIRMED = r"y|yes|m|d|f|x|a|z|w|p|pass(ed)?|((full|partial)[ _])?match(es|ed)?"
FIELD_MUST_SAY: Mapping[str, re.Pattern[str]] = {
    "avs_result": re.compile(rf"({_CONFIRMED})", re.I),
    "cvv_result": re.compile(rf"({_CONFIRMED})", re.I),
    "three_d_secure": re.compile(
        r"(?!(n|u|r|no|none|false)$|.*(\bnot\b|not_|unauth|fail|reject|unavail|error)).+", re.I
    ),
}
_DOWNLOAD = re.compile(r"\bdownload", re.I)


def kinds_of(evidence: Iterable[Evidence], *, policy: bool) -> frozenset[str]:
    """Return the catalogue entries that the evidence stands for.

    A check of the issuer that failed or was not made stands for nothing. An earlier order stands for earlier
    payments, whether or not a network's rule accepts them.
    """
    items = tuple(evidence)
    kinds = {kind for item in items for kind in _kinds_of_one(item)}
    if "avs_result" in kinds and any(_sent_where_billed(item) for item in items):
        kinds.add("delivery_address_match")
    return frozenset(kinds | set(STANDS_FOR["policy"] if policy else ()))


def _sent_where_billed(item: Evidence) -> bool:
    return bool(item.fields.get("bill_to")) and item.fields["bill_to"] == item.fields.get("ship_to")


def _kinds_of_one(item: Evidence) -> set[str]:
    kinds = set(STANDS_FOR.get(item.kind, (item.kind,)))
    kinds |= {FIELD_STANDS_FOR[name] for name, value in item.fields.items() if _proves(name, value)}
    if item.kind == "invoice_receipt" and item.fields.get("liability_shift") == "false":
        kinds.discard("three_ds_authentication")
    if item.kind == "digital_access_log" and _DOWNLOAD.search(item.text):
        kinds.add("download_log")
    return kinds


def _proves(field: str, value: str) -> bool:
    if field not in FIELD_STANDS_FOR:
        return False
    return field not in FIELD_MUST_SAY or bool(FIELD_MUST_SAY[field].fullmatch(value.strip()))
