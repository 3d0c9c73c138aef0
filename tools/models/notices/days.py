"""The day an answer is due, and the day of the payment."""

import re
from collections.abc import Sequence

from rejoinder.domain.reading import FieldValue
from tools.models.notices.asked import asks_by
from tools.models.notices.dates import FoundDate, find_dates
from tools.models.notices.kind import notice_type
from tools.models.notices.only_day import only_day
from tools.models.notices.page import Page
from tools.models.notices.paid import paid_days, tabled_days
from tools.models.notices.relative import counted_day
from tools.models.notices.tables import Labelled

_AFTER_A_DATE = 30
_LONGEST_PURPOSE = 70
_STOP = re.compile(r"[,;:]")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}(?:[:.h]\d\d|\s?[ap]\.?m\b|\s?uhr)(?:\s?[ap]\.?m\b)?\.?")


def find_days(page: Page) -> dict[str, FieldValue]:
    """Return `respond_by` and `transaction_date` where they are sure."""
    found: dict[str, FieldValue] = {}
    due = _labelled(page, page.under("respond_by"), 0.97) if page.under("respond_by") else None
    if due is None and not _has_date(page, page.under("respond_by")):
        due = _in_prose(page) or counted_day(page) or only_day(page)
    if due and not is_past(page, due.value):
        found["respond_by"] = due
    if paid := _labelled(page, page.under("transaction_date"), 0.95) or _collected(page, due):
        found["transaction_date"] = paid
    elif not _has_date(page, page.under("transaction_date")):
        due_day = due.value[:10] if due else ""
        said = [day for day in paid_days(page) if day.value[:10] != due_day and not _elsewhere(page, day)]
        said = said or tabled_days(page)
        if agreed := _agreed(page, said, 0.85):
            found["transaction_date"] = agreed
    return found


def is_past(page: Page, due: str) -> bool:
    """Return whether a day was over when the notice was sent: an answer can be due by then no more."""
    return page.dates.sent is not None and due[:10] < page.dates.sent.isoformat()


def _collected(page: Page, due: FieldValue | None) -> FieldValue | None:
    """Return the day on which a direct debit that came back was due: it was collected then."""
    over = due is not None and is_past(page, due.value)
    return due if over and notice_type(page, True) == "direct_debit_return" else None


def _labelled(page: Page, items: list[Labelled], score: float) -> FieldValue | None:
    dates = [_moved(day, item.start) for item in items for day in find_dates(_line(page, item), page.dates)[:1]]
    return _agreed(page, dates, score)


def _has_date(page: Page, items: list[Labelled]) -> bool:
    return any(find_dates(_line(page, item), page.dates) for item in items)


def _line(page: Page, item: Labelled) -> str:
    return page.folded[item.start : item.end]


def _moved(day: FoundDate, by: int) -> FoundDate:
    return day._replace(start=day.start + by, end=day.end + by)


def _agreed(page: Page, dates: Sequence[FoundDate], score: float) -> FieldValue | None:
    """Return the one date; the fuller of two that name the same day."""
    days = {day.value[:10] for day in dates}
    if len(days) != 1 or not dates[0].value:
        return None
    best = max(dates, key=lambda day: len(day.value))
    return page.value(best.value, score if best.has_year else min(score, 0.75), best.start, best.end)


def _in_prose(page: Page) -> FieldValue | None:
    dates = [
        day
        for day in find_dates(page.folded, page.dates)
        if not _elsewhere(page, day) and _is_due(page, page.folded, day)
    ]
    if dates:
        return _agreed(page, dates, 0.88)
    said = [
        day
        for day in find_dates(page.subject, page.dates)
        if _due_words(page, page.subject, day, (0, len(page.subject)))
    ]
    agreed = _agreed(page, said, 0.8)
    return FieldValue(value=agreed.value, score=agreed.score) if agreed else None


def _elsewhere(page: Page, day: FoundDate) -> bool:
    """Return whether a date stands in the first sentence behind another label; prose may follow on its line."""
    return any(
        item.start <= day.start < min(item.end, page.sentence(item.start, item.start)[1])
        and item.field in ("other_date", "transaction_date", "other", "dispute_reference")
        for item in page.labelled
    )


def _is_due(page: Page, folded: str, day: FoundDate) -> bool:
    return _due_words(page, folded, day, page.sentence(day.start, day.end))


def _due_words(page: Page, folded: str, day: FoundDate, sentence: tuple[int, int]) -> bool:
    first, last = sentence
    head, tail = folded[first : day.start], folded[day.end : last]
    if not asks_by(page, folded, (day.start, day.end), sentence):
        return False
    before = any(hit.tag == "before_due" and _leads(page, head[hit.end :]) for hit in page.words.roles.find(head))
    after = any(
        hit.tag == "after_due" and hit.start <= _AFTER_A_DATE and not _digits(tail[: hit.start].replace(":", "")[6:])
        for hit in page.words.roles.find(tail)
    )
    return before or after


def _leads(page: Page, gap: str) -> bool:
    """Return whether a deadline's word leads to the date: directly, or over what it is for and a word for `is`."""
    if _reaches(gap):
        return True
    purpose = gap.rstrip().removesuffix(":")
    if len(gap) > _LONGEST_PURPOSE or _digits(gap) or _STOP.search(purpose):
        return False
    if purpose != gap.rstrip():
        return True
    return any(hit.tag == "equals" and len(gap.rstrip()) == hit.end for hit in page.words.deadlines.find(gap))


def _reaches(gap: str) -> bool:
    """Return whether only a weekday or a time of day stands between the word and the date."""
    without_time = _CLOCK.sub(" ", gap, count=1)
    return len(without_time.strip(" ,:(")) <= 12 and not _digits(without_time)


def _digits(text: str) -> bool:
    return any(letter.isdigit() for letter in text)
