"""The due date by elimination: the only day to come, where nothing but words of a deadline stands with it."""

import re
from datetime import date, timedelta

from rejoinder.domain.reading import FieldValue
from tools.models.notices.dates import FoundDate, find_dates
from tools.models.notices.kind import notice_type
from tools.models.notices.page import Page
from tools.models.notices.texts import is_wide

_ASKING = frozenset(
    {"", "first_dispute", "inquiry", "deadline_reminder", "prearb", "arbitration", "marketplace_claim", "alert"}
)
_OF_A_DEADLINE = frozenset({"before_due", "after_due", "answer", "case"})
_FARTHEST = timedelta(days=60)
_SHORT_WORD = 3
_SCORE = 0.75


def only_day(page: Page) -> FieldValue | None:
    """Return the one day to come that a notice names, if the notice asks for an answer and the day is a deadline's."""
    sent = page.dates.sent
    if sent is None or page.decided or notice_type(page, True) not in _ASKING or not _asks(page):
        return None
    days = find_dates(page.folded, page.dates)
    to_come = [day for day in days if not day.value or _is_to_come(day, sent)]
    if len({day.value[:10] for day in to_come}) != 1 or not all(day.value for day in to_come):
        return None
    if to_come[0].value[:10] > (sent + _FARTHEST).isoformat() or not all(_is_deadline(page, day) for day in to_come):
        return None
    best = max(to_come, key=lambda day: len(day.value))
    return page.value(best.value, _SCORE, best.start, best.end)


def _asks(page: Page) -> bool:
    return any(hit.tag == "answer" for hit in (*page.subject_roles, *page.roles))


def _is_to_come(day: FoundDate, sent: date) -> bool:
    return timedelta(0) < date.fromisoformat(day.value[:10]) - sent


def _is_deadline(page: Page, day: FoundDate) -> bool:
    """Return whether the words with a day are those of a deadline and no others, short ones apart."""
    head, tail = _around(page, day)
    left, tags = "", set()
    for text in (head, tail):
        hits = page.words.roles.find(text)
        tags |= {hit.tag for hit in hits}
        left += " " + _without(text, [(hit.start, hit.end) for hit in hits if hit.tag in _OF_A_DEADLINE])
    strange = [word for word in re.findall(r"\w+", left) if _tells(word)]
    return bool(tags & {"before_due", "after_due"}) and "not_due" not in tags and not strange


def _tells(word: str) -> bool:
    return word.isdigit() or len(word) > (1 if is_wide(word[0]) else _SHORT_WORD)


def _around(page: Page, day: FoundDate) -> tuple[str, str]:
    """Return the words before and behind a day in its sentence; those of the line above where it stands alone."""
    first, last = page.sentence(day.start, day.end)
    head, tail = page.folded[first : day.start], page.folded[day.end : last]
    if re.search(r"\w", head + tail):
        return head, tail
    above = page.folded[:first].rstrip()
    return above[above.rfind("\n") + 1 :], ""


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
