"""Which reminder is due: each step once for a deadline, only upwards, never after an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rejoinder.domain.reminders import STEPS, ReminderPlan, Step

SAME_DEADLINE = timedelta(hours=1)
"""A deadline that moves by no more than this is the same one; a later one is reminded of anew."""

OVER = timedelta(hours=24)
"""How long after the deadline people are still told that it passed; an old mailbox must not flood them."""

AT_ONCE = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """Until when a dispute can be answered, and when the merchant wants to be done; both with a zone.

    `answered`: a person decided, or the processor waits for no answer (any more). `approved`: what is left is to hand
    the answer in.
    """

    due_by: datetime
    merchant_by: datetime
    answered: bool = False
    approved: bool = False


def instants(deadline: Deadline, plan: ReminderPlan) -> dict[Step, datetime]:
    """Return when each step is due, in UTC; a step is never due later than a louder one.

    Hours are hours that pass, whatever clocks are put forward or back meanwhile.
    """
    due_by, merchant_by = deadline.due_by.astimezone(UTC), deadline.merchant_by.astimezone(UTC)
    wanted: dict[Step, datetime] = {
        "queue": AT_ONCE,
        "mail": merchant_by - plan.mail_before,
        "chat": merchant_by - plan.chat_before,
        "all": due_by - plan.all_before,
        "cutoff": due_by - plan.cutoff_before,
        "last": due_by - plan.cutoff_before / 2,
    }
    latest = wanted["last"]
    for step in reversed(STEPS):
        latest = wanted[step] = min(latest, wanted[step])
    return wanted


def due_steps(deadline: Deadline, sent: Mapping[Step, datetime], now: datetime, plan: ReminderPlan) -> tuple[Step, ...]:
    """Return the steps that are due and were not taken, from the quietest to the loudest.

    Only the last of them needs telling: it says all that the others would have said. `sent` is when each step was
    last taken. A step that was taken before this deadline was known is due again.

    Raises:
        ValueError: an instant has no time zone.
    """
    if any(moment.tzinfo is None for moment in (now, deadline.due_by, deadline.merchant_by)):
        raise ValueError("reminders are planned with instants that have a zone")
    if deadline.answered or now >= deadline.due_by + OVER:
        return ()
    at = instants(deadline, plan)
    taken = [step for step in STEPS if step in sent and sent[step] + SAME_DEADLINE >= at[step]]
    reached = STEPS.index(taken[-1]) + 1 if taken else 0
    told_late = "cutoff" in taken and sent["cutoff"] >= at["last"]
    steps = STEPS[reached:] if deadline.approved and not told_late else STEPS[reached : STEPS.index("last")]
    return tuple(step for step in steps if at[step] <= now)
