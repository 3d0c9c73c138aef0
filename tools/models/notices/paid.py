"""The day of the payment where no label names it: in a sentence, or in a table of the payment."""

from tools.models.notices.dates import FoundDate, find_dates
from tools.models.notices.page import Page
from tools.models.notices.tables import Labelled
from tools.models.notices.texts import Hit, label_key

_BESIDE = 3
_LONGEST_HEADING = 60
_MOST_WORDS = 3
_MOST_LETTERS = 40


def paid_days(page: Page) -> list[FoundDate]:
    """Return the days on which sentences say that the payment was made."""
    sent = page.dates.sent.isoformat() if page.dates.sent else "9999"
    days = [day for day in find_dates(page.folded, page.dates) if day.value and day.value[:10] <= sent]
    return [day for day in days if _is_paid(page, day)]


def tabled_days(page: Page) -> list[FoundDate]:
    """Return what stands behind a bare `Date` in lines under a heading that names the payment and no case."""
    found = []
    for item in page.under("other_date"):
        if _is_bare(page, item) and _is_payment(page, _heading(page, item)):
            days = find_dates(page.folded[item.start : item.end], page.dates)
            found += [day._replace(start=day.start + item.start, end=day.end + item.start) for day in days[:1]]
    return found


def _is_paid(page: Page, day: FoundDate) -> bool:
    first, last = page.sentence(day.start, day.end)
    head = page.folded[first : day.start]
    before = page.words.asides.find(head)
    after = page.words.asides.find(page.folded[day.end : last])
    if any(hit.tag == "paid_after" and hit.start <= _BESIDE for hit in after):
        return True
    if _is_of(page.folded[day.end : last], after) or _is_said_paid(page, head):
        return True
    things = [hit for hit in before if hit.tag in ("payment", "case")]
    if not things and _is_sum_of(page, first, day.start):
        return True
    if not things or things[-1].tag != "payment":
        return False
    if len(label_key(head).split()) <= _MOST_WORDS and len(head) - things[-1].end <= _BESIDE:
        return True  # a line that begins with it: `Original sale 14 August 2026`
    return any(hit.tag == "paid_before" and len(head) - hit.end <= _BESIDE for hit in before)


def _is_said_paid(page: Page, head: str) -> bool:
    """Return whether the words before a day end in `paid on`, and nothing speaks of a fee or of money paid out."""
    if any(hit.tag in ("fee", "settled", "not_due") for hit in page.words.roles.find(head)):
        return False
    return any(hit.tag == "paid" and len(head) - hit.end <= _BESIDE for hit in page.words.paid.find(head))


def _is_sum_of(page: Page, first: int, start: int) -> bool:
    """Return whether an amount and a word such as `of` stand before a day: `EUR 212 of 3 November`."""
    head = page.folded[first:start]
    joined = [
        hit for hit in page.words.asides.find(head) if hit.tag == "paid_before" and len(head) - hit.end <= _BESIDE
    ]
    if not joined or page.words.roles.tags(head) & {"fee", "settled", "not_due"}:
        return False
    end = first + joined[-1].start
    sums = page.words.signs.find(page.text[first:end], page.folded[first:end])
    return any(end - first - money.end <= 1 for money in sums)


def _is_of(tail: str, after: list[Hit]) -> bool:
    """Return whether an amount and then the payment stand behind the word that joins a day to them."""
    joined = next((hit for hit in after if hit.tag == "paid_of" and hit.start <= _BESIDE), None)
    thing = next((hit for hit in after if hit.tag in ("payment", "case")), None)
    if joined is None or thing is None or thing.tag != "payment":
        return False
    between = tail[joined.end : thing.start]
    return any(map(str.isdigit, between)) and sum(map(str.isalpha, between)) <= _MOST_LETTERS


def _is_bare(page: Page, item: Labelled) -> bool:
    """Return whether a label says of a date only that it is one."""
    label = label_key(item.hint)
    return any(hit.tag == "dated" and hit.end == len(label) for hit in page.words.relative.find(label)) and (
        len(label.split()) == 1
    )


def _heading(page: Page, item: Labelled) -> str:
    """Return the line above the labelled lines among which a value stands."""
    end = page.folded.rfind("\n", 0, item.label_start)
    while end > 0:
        start = page.folded.rfind("\n", 0, end) + 1
        line = page.folded[start:end]
        if line.strip() and not any(start <= other.start <= end for other in page.labelled):
            return line.strip()
        end = start - 1
    return ""


def _is_payment(page: Page, heading: str) -> bool:
    tags = page.words.asides.tags(heading)
    return "payment" in tags and "case" not in tags and len(heading) <= _LONGEST_HEADING
