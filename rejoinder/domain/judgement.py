"""What the rules conclude about a dispute: findings that a person can follow, each with the records compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
