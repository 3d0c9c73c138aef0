"""How the merchant's own people are reminded of a dispute, and asked for what only they have."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

Step = Literal["queue", "mail", "chat", "all", "cutoff", "last"]
STEPS: tuple[Step, ...] = ("queue", "mail", "chat", "all", "cutoff", "last")
"""From the quietest to the loudest; `last` is only for an answer that is approved and not handed in."""

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
    `cutoff_before` from the deadline itself; half of `cutoff_before` is left when an approved answer is told of for the
    last time. `colleague` is a mail address, `chats` are names of channels; without
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
            "last": (*mail, *self.chats),
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


@dataclass(frozen=True, kw_only=True)
class ColleagueRequest:
    """A question to a colleague for one item; `kind` is of the evidence catalogue. What was approved is what is sent.

    `answered_at` is when a mail of the colleague's answered it, with the item or without.
    """

    request_id: int
    merchant_id: int
    case_id: int
    kind: str
    language: str
    recipient: str
    subject: str
    body: str
    status: SendStatus
    token: str
    asked_by: str
    created_at: datetime
    answered_at: datetime | None = None
    answer: str = ""


What = Literal["reminder", "request"]


class Named(NamedTuple):
    """One of our own mails to a colleague, as a mail names it; `token` proves that its sender has seen it."""

    what: What
    number: int
    token: str


MARK_LENGTH = 8
_KEY = re.compile(r"<rejoinder-(?P<what>reminder|request)-(?P<number>\d{1,18})\.(?P<token>[0-9a-f]+)@")
_MARK = re.compile(rf"\[#(?P<case>\d{{1,18}})-(?P<token>[0-9a-f]{{{MARK_LENGTH}}})\]")


def message_key(what: What, number: int, token: str) -> str:
    """Return the left part of the Message-ID of a mail to a colleague, always the same for the same row."""
    return f"rejoinder-{what}-{number}.{token}"


def named_in(message_ids: Iterable[str]) -> tuple[Named, ...]:
    """Return which of our mails to colleagues these ids name."""
    found = (_KEY.search(one) for one in message_ids)
    return tuple(
        Named("request" if match["what"] == "request" else "reminder", int(match["number"]), match["token"])
        for match in found
        if match
    )


def subject_mark(case_id: int, token: str) -> str:
    """Return what the subject of a mail to a colleague ends with, so that an answer without References finds home."""
    return f"[#{case_id}-{token[:MARK_LENGTH]}]"


def mark_in(subject: str) -> tuple[int, str] | None:
    """Return the case and the beginning of the token that a subject is marked with."""
    match = _MARK.search(subject)
    return (int(match["case"]), match["token"]) if match else None
