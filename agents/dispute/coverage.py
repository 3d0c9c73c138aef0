"""How much of the evidence a reason asks for is there, and what is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
}


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What a reason asks for, sorted by whether it is there; `share` is between 0 and 1."""

    present: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def share(self) -> float:
        """The part of what is asked for that is there; 1 when nothing is asked for."""
        total = len(self.present) + len(self.missing)
        return len(self.present) / total if total else 1.0


def kinds_of(evidence: Iterable[Evidence], *, policy: bool) -> frozenset[str]:
    """Return the catalogue entries that the evidence stands for."""
    kinds = {kind for item in evidence for kind in STANDS_FOR.get(item.kind, (item.kind,))}
    kinds |= {FIELD_STANDS_FOR[name] for item in evidence for name in item.fields if name in FIELD_STANDS_FOR}
    return frozenset(kinds | set(STANDS_FOR["policy"] if policy else ()))


def coverage(required: Sequence[str], there: frozenset[str]) -> Coverage:
    """Sort what is required by whether it is there, in the order of the requirement."""
    return Coverage(
        present=tuple(kind for kind in required if kind in there),
        missing=tuple(kind for kind in required if kind not in there),
    )
