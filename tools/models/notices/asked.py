"""Whether a sentence asks for an answer, and which part of it says by when."""

import re
from collections.abc import Iterator

from tools.models.notices.page import Page

_COMMA = re.compile(r"[,;](?!\d)|[，、；،]|\s-\s")
_MOST_PARTS = 4
_BESIDE = 3


def asks(page: Page, folded: str, span: tuple[int, int]) -> bool:
    """Return whether an answer is asked for, and nothing else is said to happen by then."""
    tags = page.words.roles.tags(folded[slice(*span)])
    return "answer" in tags and "not_due" not in tags


def asks_by(page: Page, folded: str, day: tuple[int, int], sentence: tuple[int, int]) -> bool:
    """Return whether the sentence around a day asks for an answer by it, in all of it or in the part of the day."""
    part = clause(page, folded, day, sentence)
    if asks(page, folded, sentence) or asks(page, folded, part):
        return True
    return any(_requests(page, folded, wider, day) for wider in _wider(page, folded, part, sentence))


def clause(page: Page, folded: str, span: tuple[int, int], sentence: tuple[int, int]) -> tuple[int, int]:
    """Return the part of the sentence around a date: up to a comma, or to what happens if or after that behind it."""
    first, last = sentence
    commas = [first + match.end() for match in _COMMA.finditer(folded[first : span[0]])]
    ends = [span[1] + match.start() for match in _COMMA.finditer(folded[span[1] : last])]
    tail = page.words.asides.find(folded[span[1] : last])
    begin = max(commas, default=first)
    stops = {"conditional", "afterwards"}
    if "unanswered" in page.words.deadlines.tags(folded[begin : span[0]]):
        stops.add("future")
    ends += [span[1] + hit.start for hit in tail if hit.tag in stops]
    return begin, min(ends, default=last)


def _wider(page: Page, folded: str, part: tuple[int, int], sentence: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the part of a date, and where it holds nothing but the date, the parts that it belongs to."""
    first, last = part
    yield part
    if page.words.roles.tags(folded[first:last]) & {"answer", "not_due"}:
        return
    if "restated" in page.words.deadlines.tags(folded[first:last]):
        commas = [sentence[0] + match.end() for match in _COMMA.finditer(folded[sentence[0] : max(first - 1, 0)])]
        yield max(commas, default=sentence[0]), last
        return
    ends = [last + match.start() for match in _COMMA.finditer(folded[last : sentence[1]])]
    for end in [*(end for end in ends if end > last), sentence[1]][:_MOST_PARTS]:
        yield first, end


def _requests(page: Page, folded: str, span: tuple[int, int], day: tuple[int, int]) -> bool:
    """Return whether papers are asked for, although words of what these are of stand there: a delivery, an invoice."""
    text = folded[slice(*span)]
    hits = page.words.roles.find(text)
    if not any(hit.tag == "answer" for hit in hits) or "request" not in page.words.deadlines.tags(text):
        return False
    at = day[0] - span[0]
    return all(
        "matter" in page.words.matters.tags(text[hit.start : hit.end]) and not 0 <= at - hit.end <= _BESIDE
        for hit in hits
        if hit.tag == "not_due"
    )
