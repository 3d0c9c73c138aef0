"""Several readings of one message become one, with what they did not agree on."""

from collections.abc import Sequence
from dataclasses import replace

from rejoinder.domain.reading import Disagreement, FieldValue, Reading, Reconciled

# Fields in which two readers that both speak must say the same; in prose fields wording may differ.
COMPARED = (
    "dispute_reference",
    "payment_reference",
    "order_reference",
    "arn",
    "amount_minor",
    "currency",
    "respond_by",
    "card_last4",
    "reason_code",
)


def reconcile(readings: Sequence[Reading], missing_readers: Sequence[str] = ()) -> Reconciled:
    """Merge readings; the first one leads and keeps what it read with a source span.

    A field only one reader saw is kept with half its score. `missing_readers` could not answer.

    Raises:
        ValueError: there is no reading at all.
    """
    if not readings:
        raise ValueError("no reader answered, and the built-in reader always does")
    lead, *others = readings
    disagreements: list[Disagreement] = []
    merged = lead
    for other in others:
        disagreements += _compare(lead, other)
        merged = replace(merged, fields=_merge_fields(merged, other), flags=_union(merged.flags, other.flags))
    return Reconciled(
        reading=merged,
        readers=tuple(reading.reader for reading in readings),
        disagreements=tuple(disagreements),
        missing_readers=tuple(missing_readers),
    )


def _compare(lead: Reading, other: Reading) -> list[Disagreement]:
    found = []
    if lead.kind != other.kind:
        found.append(Disagreement(field="kind", values={lead.reader: lead.kind, other.reader: other.kind}))
    elif lead.kind == "service" and _primary(lead) != _primary(other) and _primary(other):
        values = {lead.reader: _primary(lead), other.reader: _primary(other)}
        found.append(Disagreement(field="intent", values=values))
    for name in COMPARED:
        ours, theirs = lead.value(name), other.value(name)
        if ours and theirs and ours.casefold() != theirs.casefold():
            found.append(Disagreement(field=name, values={lead.reader: ours, other.reader: theirs}))
    return found


def _primary(reading: Reading) -> str:
    return reading.intents[0].intent if reading.intents else ""


def _merge_fields(lead: Reading, other: Reading) -> dict[str, FieldValue]:
    merged = dict(lead.fields)
    for name, value in other.fields.items():
        if name not in merged:
            merged[name] = replace(value, score=value.score / 2)
    return merged


def _union(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*ours, *theirs)))
