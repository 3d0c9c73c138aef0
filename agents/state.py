"""What a run carries from node to node: ids and verdicts, never documents."""

from typing import TypedDict


class CaseState(TypedDict, total=False):
    """State of one run. Every key is written by one node; values are JSON scalars or lists of them."""

    run_id: int
    case_id: int
    kind: str
    evidence_ids: list[str]
    passage_ids: list[str]
    draft_id: int
    problems: list[str]
    target: str
    review_id: int
    verdict: str
