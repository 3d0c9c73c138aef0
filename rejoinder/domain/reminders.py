"""How the merchant's own people are reminded of a dispute, and asked for what only they have."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

Step = Literal["queue", "mail", "chat", "all", "cutoff"]
STEPS: tuple[Step, ...] = ("queue", "mail", "chat", "all", "cutoff")
"""From the quietest to the loudest."""

AtCutoff = Literal["alert", "submit_best", "accept"]
CUTOFF_ACTOR = "rule:at_cutoff"
"""Who decides when nobody did: the merchant's own choice, written in the settings."""

QUEUE, MAIL = "queue", "mail"
"""Ways to remind that are always there; any other is the name of a chat channel."""

SendStatus = Literal["queued", "sending", "sent", "uncertain", "failed", "cancelled", "covered"]


@dataclass(frozen=True, kw_only=True)
class ReminderPlan:
    """When whom is reminded, and what happens when nobody answered.

    `mail_before` and `chat_before` count back from when the merchant wants to be done, `all_before` and
    `cutoff_before` from the deadline itself. `colleague` is a mail address, `chats` are names of channels; without
    either, reminders stay in the desk. `language` is `en` or `zh`.
    """

    colleague: str = ""
    language: str = "en"
    chats: tuple[str, ...] = ()
    mail_before: timedelta = timedelta(hours=72)
    chat_before: timedelta = timedelta(hours=24)
    all_before: timedelta = timedelta(hours=6)
    cutoff_before: timedelta = timedelta(hours=2)
    at_cutoff: AtCutoff = "alert"

    def channels(self, step: Step) -> tuple[str, ...]:
        """Return the ways on which a step is told; a step without a way of its own takes the next best."""
        mail = (MAIL,) if self.colleague else ()
        ways = {
            "queue": (),
            "mail": mail or self.chats,
            "chat": self.chats or mail,
            "all": (*mail, *self.chats),
            "cutoff": (*mail, *self.chats),
        }
        return (QUEUE, *ways[step])


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """One reminder on one way. `due_by` is the deadline it was planned for.

    `details` tells of a cut-off what was `done` (`alert`, `submit_best`, `accept`), what was `wanted`, and `why` not.
    `status` is `covered` for a step that a louder one made unnecessary before it was told.
    """

    reminder_id: int
    merchant_id: int
    case_id: int
    step: Step
    channel: str
    due_by: datetime
    status: SendStatus
    token: str
    created_at: datetime
    details: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""
