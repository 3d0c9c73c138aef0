"""Whether a sentence asks for an answer, and which part of it says by when."""

import re

from tools.models.notices.page import Page

_COMMA = re.compile(r"[,;](?!\d)|[，、；،]|\s-\s")


def asks(page: Page, folded: str, span: tuple[int, int]) -> bool:
    """Return whether an answer is asked for, and nothing else is said to happen by then."""
    tags = page.words.roles.tags(folded[slice(*span)])
    return "answer" in tags and "not_due" not in tags


def clause(page: Page, folded: str, span: tuple[int, int], sentence: tuple[int, int]) -> tuple[int, int]:
    """Return the part of the sentence around a date: up to a comma, or to what happens if or after that behind it."""
    first, last = sentence
    commas = [first + match.end() for match in _COMMA.finditer(folded[first : span[0]])]
    ends = [span[1] + match.start() for match in _COMMA.finditer(folded[span[1] : last])]
    tail = page.words.asides.find(folded[span[1] : last])
    ends += [span[1] + hit.start for hit in tail if hit.tag in ("conditional", "afterwards")]
    return max(commas, default=first), min(ends, default=last)
