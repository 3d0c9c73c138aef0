"""What happens at the cut-off when nobody decided: the merchant's written choice, if nothing speaks against it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rejoinder.domain.drafts import Problem, blocking
from rejoinder.domain.reminders import AtCutoff
from rejoinder.domain.review import Verdict
from rejoinder.storage.pages import CasePage
from rejoinder.storage.reminders import RuleDecision

FileProblems = Callable[[int], Sequence[Problem]]
"""Makes the finished file of a case and returns what is wrong with it."""

VERDICTS: Mapping[AtCutoff, Verdict] = {"submit_best": "approve", "accept": "concede"}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What is done. `why` is a word for what kept the choice from being done; `decision` goes with what was done."""

    done: AtCutoff
    why: str = ""
    decision: RuleDecision | None = None


def outcome_of(
    choice: AtCutoff, shown: CasePage, due_by: datetime, now: datetime, file_problems: FileProblems | None
) -> Outcome:
    """Return what is done with a case that nobody decided on; an alert whenever the choice cannot be made as written.

    The best draft is approved only when no check found a blocking problem, the notice is proven and the finished file
    could be made. Nothing here is called at a processor.
    """
    if choice == "alert":
        return Outcome(done="alert")
    review = shown.review
    if now >= due_by:
        return Outcome(done="alert", why="too_late")
    if review is None or review.status != "open":
        return Outcome(done="alert", why="no_question")
    if choice == "submit_best" and (why := _against(shown, file_problems)):
        return Outcome(done="alert", why=why)
    decision = RuleDecision(
        review_id=review.review_id,
        version=review.version,
        verdict=VERDICTS[choice],
        reason=f"Nobody decided until the cut-off; the merchant's written choice is {choice!r}.",
    )
    return Outcome(done=choice, decision=decision)


def _against(shown: CasePage, file_problems: FileProblems | None) -> str:
    """Return a word for what speaks against approving the draft; empty when nothing does."""
    if shown.draft is None or shown.review is None or shown.review.draft_id != shown.draft_id:
        return "no_question"
    if blocking(shown.problems):
        return "problems"
    if not _is_proven(shown):
        return "not_proven"
    if file_problems is None or blocking(file_problems(shown.case.case_id)):
        return "file_not_ready"
    return ""


def _is_proven(shown: CasePage) -> bool:
    """Tell whether the dispute is real: a processor told of it, or a proven sender did and an order fits."""
    if shown.review is None or shown.dispute is None:
        return False
    if any(reason.code == "not_authentic" for reason in shown.review.route.reasons):
        return False
    return shown.dispute.sources != ("mail",) or bool(shown.case.order_number)
