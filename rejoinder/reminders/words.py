"""A reminder in words: to a colleague by mail, and to a chat with nothing in it that is a customer's."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from knowledge.rails import GENERIC, rail
from prompts.contexts import ReminderContext
from prompts.exhibits import exhibit_title
from prompts.findings import explain
from prompts.render import Rendered, render
from rejoinder.domain.cases import Dispute, Merchant
from rejoinder.domain.judgement import Judgement
from rejoinder.domain.reminders import Reminder

CITATIONS = {"dispute": "dispute:record"}


@dataclass(frozen=True, kw_only=True)
class Words:
    """A title and a text."""

    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a reminder is about. `judgement` is None while the rules have not looked.

    `to_hand_in`: the answer is approved, and nobody knows that it was handed in.
    """

    reminder: Reminder
    merchant: Merchant
    dispute: Dispute
    judgement: Judgement | None = None
    to_hand_in: bool = False
    desk_url: str = ""
    file_url: str = ""


def mail_words(told: Told, now: datetime) -> Words:
    """Return what a colleague reads, in the language of the merchant's settings and with times in its zone."""
    return _words("reminder/mail", told, now)


def chat_words(told: Told, now: datetime) -> Words:
    """Return what a chat shows: the case's number, the amount, the deadline and the way to the desk."""
    return _words("reminder/chat", told, now)


def _words(template: str, told: Told, now: datetime) -> Words:
    language = told.merchant.reminders.language
    rendered = render(template, context_of(told, now), language=language, citations=CITATIONS)
    return Words(title=rendered.subject, text=text_of(rendered))


def context_of(told: Told, now: datetime) -> ReminderContext:
    """Return what the templates see."""
    plan, zone = told.merchant.reminders, ZoneInfo(told.merchant.timezone)
    due_by = told.reminder.due_by.astimezone(UTC)
    judgement = told.judgement or Judgement()
    return ReminderContext(
        merchant=told.merchant,
        dispute=told.dispute,
        case_number=str(told.reminder.case_id),
        step=told.reminder.step,
        due_by=due_by.astimezone(zone),
        cutoff_by=(due_by - plan.cutoff_before).astimezone(zone),
        hours_left=(due_by - now) // timedelta(hours=1),
        choice=plan.at_cutoff,
        done=told.reminder.details.get("done", ""),
        why=told.reminder.details.get("why", ""),
        to_hand_in=told.to_hand_in,
        rail=_rail(told.dispute),
        ask=exhibit_title(judgement.ask, plan.language) if judgement.ask else "",
        missing=tuple(explain(gap, plan.language) for gap in judgement.gaps or () if gap.verdict == "unknown"),
        desk_url=told.desk_url,
        file_url=told.file_url,
    )


def _rail(dispute: Dispute) -> str:
    """Return what the processor is called; empty where it is none that is known."""
    known = rail(dispute.processor)
    return "" if known.rail == GENERIC else known.title


def text_of(rendered: Rendered) -> str:
    """Return the text of a rendered template: a sentence a line, a blank line between paragraphs."""
    return "\n\n".join("\n".join(sentence.text for sentence in paragraph) for paragraph in rendered.paragraphs)
