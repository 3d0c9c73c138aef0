"""What the rules conclude about a dispute: findings that a person can follow, each with the records compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Verdict = Literal["holds", "fails", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One value that was looked at: of which record, which field, and the evidence it comes from."""

    record: str
    field: str
    value: str
    evidence_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One conclusion. `code` names its sentence in `prompts/findings/<language>/`; `values` fill it.

    `unknown` means that a datum is missing: `missing` names it. A finding never hides behind a score.
    """

    code: str
    verdict: Verdict
    values: Mapping[str, str] = field(default_factory=dict)
    compared: tuple[Compared, ...] = ()
    missing: str = ""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the rules concluded about a dispute, by what it is about.

    `ask` is the kind of the single item worth asking for; empty when none is. `gaps` and `harmful` are None when nobody
    looked. `advice` is `fight`, `accept`, `refund_first`, `ask_more` or `human`, and empty while nobody weighed it.
    `completeness` is from 0 to 1 and `level` says how good the evidence is. `shared` are the identifiers that the
    disputed purchase has in common with the `earlier` orders (numbers) that a network's rule accepts. `due_by` is the
    instant after which no answer counts, `merchant_by` when the answer should be out; `answerable`: one still can be.
    """

    clocks: tuple[Finding, ...] = ()
    invalid: tuple[Finding, ...] = ()
    compelling: tuple[Finding, ...] = ()
    harmful: tuple[Finding, ...] | None = None
    gaps: tuple[Finding, ...] | None = None
    worth: tuple[Finding, ...] = ()
    ratios: tuple[Finding, ...] = ()
    advice: str = ""
    ask: str = ""
    level: str = ""
    completeness: str = ""
    earlier: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    due_by: datetime | None = None
    merchant_by: datetime | None = None
    answerable: bool = True
