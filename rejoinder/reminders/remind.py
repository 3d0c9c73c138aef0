"""Looks at every dispute that waits, takes the steps that are due, and sends what they tell: at most once each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog

from agents.dispute.clocks import read_clocks
from rejoinder.delivery import MailChannel
from rejoinder.domain.cases import Merchant
from rejoinder.domain.drafts import blocking
from rejoinder.domain.mail import MailAddress
from rejoinder.domain.reminders import MAIL, Reminder, SendStatus, Step, message_key, subject_mark
from rejoinder.errors import BadInput, ConfigError, Conflict, DeliveryUncertain, ProviderRefused, ProviderUnavailable
from rejoinder.reminders.cutoff import FileProblems, Outcome, outcome_of
from rejoinder.reminders.plan import OVER, Deadline, due_steps
from rejoinder.reminders.words import Told, Words, chat_words, mail_words
from rejoinder.storage.files import FileStore
from rejoinder.storage.reminders import WaitingDispute
from rejoinder.storage.store import Store
from tools.mail.compose import Reply, compose_mail, message_id_of

logger = structlog.get_logger(__name__)


class Chat(Protocol):
    """One chat of a merchant's."""

    def send(self, title: str, text: str) -> str:
        """Post a text and return what there is to say about it."""


@dataclass(frozen=True, kw_only=True)
class Reminders:
    """Reminders of one program. `posts` and `chats` are by the merchant's slug, chats then by name.

    `link_for` makes a signed link to a case's finished file; without `file_problems` no file is ever ready.
    """

    store: Store
    files: FileStore
    posts: Mapping[str, MailChannel] = field(default_factory=dict)
    chats: Mapping[str, Mapping[str, Chat]] = field(default_factory=dict)
    desk_url: str = ""
    link_for: Callable[[int], str] | None = None
    file_problems: FileProblems | None = None

    def look(self, now: datetime) -> int:
        """Take every step that is due; returns how many cases were told of. One bad case does not stop the others."""
        merchants = {one.merchant_id: one for one in self.store.merchants()}
        waiting = self.store.waiting_disputes(now - OVER)
        return sum(self._look_at(one, merchants[one.case.merchant_id], now) for one in waiting)

    def _look_at(self, waiting: WaitingDispute, merchant: Merchant, now: datetime) -> bool:
        try:
            clocks = read_clocks(waiting.dispute, merchant, now)
            if not clocks.open or clocks.due_by is None:
                return False
            merchant_by = clocks.merchant_by or clocks.due_by
            deadline = Deadline(due_by=clocks.due_by, merchant_by=merchant_by, approved=waiting.approved)
            steps = due_steps(deadline, waiting.taken, now, merchant.reminders)
            return bool(steps) and self._take(waiting, merchant, clocks.due_by, steps, now)
        except Conflict:
            return False  # somebody decided while we looked; the next look sees what they did
        except Exception as problem:  # noqa: BLE001 # one bad case must not stop the others
            logger.error("reminder_failed", case_id=waiting.case.case_id, error=type(problem).__name__)
            return False

    def _take(
        self, waiting: WaitingDispute, merchant: Merchant, due_by: datetime, steps: Sequence[Step], now: datetime
    ) -> bool:
        case_id, plan = waiting.case.case_id, merchant.reminders
        outcome: Outcome | None = None
        details: dict[str, str] = {}
        if steps[-1] == "cutoff" and not waiting.approved:
            shown = self.store.case_page(case_id, [merchant.merchant_id])
            outcome = outcome_of(plan.at_cutoff, shown, due_by, now, self.file_problems)
            details = {"wanted": plan.at_cutoff, "done": outcome.done, "why": outcome.why}
        told = self.store.remind(
            case_id,
            due_by,
            steps,
            plan.channels(steps[-1]),
            now,
            details=details,
            decision=outcome.decision if outcome else None,
        )
        return bool(told)

    def send(self, reminder_id: int, now: datetime) -> SendStatus | None:
        """Send one reminder.

        Returns:
            How it ended; None when there was nothing to do (sent before, decided meanwhile).

        Raises:
            ProviderUnavailable: it did not leave and may be tried again.
        """
        reminder = self.store.claim_reminder(reminder_id)
        if reminder is None:
            return None
        try:
            answer, raw_file = self._tell(reminder, now)
        except ProviderUnavailable as problem:
            self.store.release_reminder(reminder_id, str(problem))
            raise
        except (BadInput, ConfigError, ProviderRefused) as problem:
            return self._end(reminder, "failed", str(problem))
        except DeliveryUncertain as problem:
            return self._end(reminder, "uncertain", str(problem))
        return self._end(reminder, "sent", answer, raw_file)

    def _tell(self, reminder: Reminder, now: datetime) -> tuple[str, str]:
        """Tell it on its way; returns the answer, and the file of what was sent where there is one."""
        merchant = self.store.merchant(reminder.merchant_id)
        told = self._told(reminder, merchant)
        if reminder.channel != MAIL:
            chat = self.chats.get(merchant.slug, {}).get(reminder.channel)
            if chat is None:
                raise ConfigError(f"no chat is called {reminder.channel!r} in the settings any more")
            words = chat_words(told, now)
            return chat.send(words.title, words.text), ""
        post = self.posts.get(merchant.slug)
        if post is None or not merchant.reminders.colleague:
            raise ConfigError("no mailbox or no colleague in the settings any more")
        raw = self._mail(reminder, merchant, post, mail_words(told, now), now)
        raw_file = self.files.put(raw)
        return post.send(raw, [merchant.reminders.colleague]), raw_file

    def _told(self, reminder: Reminder, merchant: Merchant) -> Told:
        case_id = reminder.case_id
        dispute = self.store.dispute(case_id)
        if dispute is None:
            raise BadInput(f"case {case_id} has no dispute any more")
        mailed = reminder.channel == MAIL
        return Told(
            reminder=reminder,
            merchant=merchant,
            dispute=dispute,
            judgement=self.store.judgement(case_id),
            to_hand_in=self.store.is_to_hand_in(case_id),
            desk_url=f"{self.desk_url}/cases/{case_id}" if self.desk_url else "",
            file_url=self._link(case_id) if mailed and reminder.details.get("done") != "accept" else "",
        )

    def _link(self, case_id: int) -> str:
        """Return the link to the finished file, where it can be made without a blocking problem."""
        if self.link_for is None or self.file_problems is None or blocking(self.file_problems(case_id)):
            return ""
        return self.link_for(case_id)

    def _mail(self, reminder: Reminder, merchant: Merchant, post: MailChannel, words: Words, now: datetime) -> bytes:
        key = message_key("reminder", reminder.reminder_id, reminder.token)
        mail = Reply(
            sender=MailAddress(email=post.address, name=post.sender_name),
            subject=f"{words.title} {subject_mark(reminder.case_id, reminder.token)}",
            body=words.text,
            date=now,
            message_id=message_id_of(key, post.address.rpartition("@")[2]),
            language=merchant.reminders.language,
            automatic=True,
        )
        return compose_mail(MailAddress(email=merchant.reminders.colleague), mail)

    def _end(self, reminder: Reminder, status: SendStatus, answer: str, raw_file: str = "") -> SendStatus:
        self.store.finish_reminder(reminder.reminder_id, status, answer, raw_file)
        return status
