"""Deadlines counted from the notice: `within 7 days of the date of this letter`.

Counted only in calendar days, and only from a day that is sure: the one day that the notice prints as its own, or,
where it speaks of this mail, the day on which the sender's domain proves that it was sent.
"""

import re
from datetime import date, timedelta

from rejoinder.domain.reading import FieldValue
from tools.models.notices.asked import asks_by
from tools.models.notices.dates import FoundDate, find_dates, kanji_number
from tools.models.notices.page import Page
from tools.models.notices.paid import tabled_days
from tools.models.notices.texts import label_key

_COUNT = re.compile(r"(?<![^\W\u3040-\u9fff\uac00-\ud7af])(?<![.,/:-])(\d{1,3})\s?\)?|[一二三四五六七八九十]{1,3}")
_MOST_DAYS = 120
_LONGEST_GAP = 120
_LONGEST_DATELINE = 60
_LONGEST_PLACE = 30
_OLDEST = 60
_SCORE = 0.8


def counted_day(page: Page) -> FieldValue | None:
    """Return the day on which an answer is due when it is counted from the notice."""
    counted = {(days, anchor): span for days, anchor, span in _counts(page)}
    if len(counted) != 1:
        return None
    (days, anchor), span = next(iter(counted.items()))
    start = page.dates.sent if anchor == "of_mail" and page.dates.sent_proven else None
    if anchor == "of_notice":
        start = _own_day(page, span)
    if start is None or not 0 < days <= _MOST_DAYS:
        return None
    return page.value((start + timedelta(days=days)).isoformat(), _SCORE, *span)


def _counts(page: Page) -> list[tuple[int, str, tuple[int, int]]]:
    """Return the numbers of calendar days that an answer may take; none where working days are spoken of."""
    found = []
    for match in _COUNT.finditer(page.folded):
        units = page.words.relative.find(page.folded[match.end() : match.end() + 30])
        unit = next((hit for hit in units if hit.start <= 1), None)
        if unit is None or unit.tag not in ("days", "working_days"):
            continue
        sentence = page.sentence(match.start(), match.end())
        anchor = _anchor(page, match.start(), sentence)
        if not anchor or not _asked(page, match.span(), sentence):
            continue
        if unit.tag == "working_days":
            return []
        number = int(match[1]) if match[1] else kanji_number(match[0])
        found.append((number, anchor, (match.start(), match.end() + unit.end)))
    return found


def _anchor(page: Page, at: int, sentence: tuple[int, int]) -> str:
    """Return what the days are counted from, where the sentence says so near the number."""
    first, last = max(sentence[0], at - _LONGEST_GAP), min(sentence[1], at + _LONGEST_GAP)
    tags = page.words.relative.tags(" ".join(page.folded[first:last].split()))
    named = tags & {"of_notice", "of_mail"}
    # Nobody knows from here on which day it was received.
    return named.pop() if len(named) == 1 and "receipt" not in tags else ""


def _asked(page: Page, span: tuple[int, int], sentence: tuple[int, int]) -> bool:
    return asks_by(page, page.folded, span, sentence)


def _own_day(page: Page, span: tuple[int, int]) -> date | None:
    """Return the day that the notice prints as its own; the day it was sent when it is the mail and prints none."""
    payments = {day.start for day in tabled_days(page)}
    own = [day for day in find_dates(page.folded, page.dates) if day.start not in payments and _is_own(page, day)]
    days = {day.value[:10] for day in own}
    if not days and not page.place(*span).where and page.dates.sent_proven:
        return page.dates.sent
    if len(days) != 1:
        return None
    printed = days.pop()
    dated = date.fromisoformat(printed) if printed else None
    return dated if dated and _is_recent(dated, page.dates.sent) else None


def _is_recent(own: date, sent: date | None) -> bool:
    return sent is None or timedelta(days=-2) <= sent - own <= timedelta(days=_OLDEST)


def _is_own(page: Page, day: FoundDate) -> bool:
    """Return whether a date stands where a letter has its own: behind a word for it, or alone behind a place."""
    start, end = page.folded.rfind("\n", 0, day.start) + 1, page.folded.find("\n", day.end)
    head = page.folded[start : day.start].strip(" \t:,")
    tail = page.folded[day.end : end if end >= 0 else len(page.folded)].strip(" \t.")
    if day.end - start > _LONGEST_DATELINE or any(letter.isalnum() for letter in tail):
        return False
    if _is_dated(page, head):
        return True
    labelled = any(item.start <= day.start < item.end for item in page.labelled)
    return (
        not labelled
        and len(head) <= _LONGEST_PLACE
        and not any(letter.isdigit() for letter in head)
        and _is_place(head)
    )


def _is_dated(page: Page, head: str) -> bool:
    """Return whether the words before a date end in those for a letter's own day."""
    hits = page.words.relative.find(head)
    return any(hit.tag == "dated" and hit.end >= len(head.rstrip()) for hit in hits)


def _is_place(head: str) -> bool:
    """Return whether only a place stands before the date, as in `Dresden, den 1.2.2026`, or nothing."""
    return len(head) <= _LONGEST_PLACE and len(label_key(head).split()) <= 3 and not any(map(str.isdigit, head))
