"""What a guess is made from: runs of letters and the catalogue's words, of a mail or around a value."""

import re
from collections.abc import Iterator

from rejoinder.domain.letter_runs import letter_runs
from tools.models.notices.guessed.candidates import Candidate
from tools.models.notices.page import Page

_LONGEST = 2_500
_SHORTEST_RUN, _LONGEST_RUN = 2, 5
CATALOGUE = 1
"""Which group of terms the catalogue tells."""
_DIGITS = re.compile(r"\d[\d.,' ]*")
_NEAR = 14


def mail_terms(page: Page) -> list[list[str]]:
    """Return the terms of a whole mail: its letters, and what its words are known to say."""
    letters = [f"s{run}" for run in _runs(page.subject)]
    letters += _runs(page.folded[:_LONGEST])
    return [letters, sorted(set(_known(page)))]


def phrase_terms(phrase: str) -> list[list[str]]:
    """Return the terms of a mail that says nothing but this."""
    return [_runs(phrase), []]


def _known(page: Page) -> Iterator[str]:
    yield from (f"subject {hit.tag}" for hit in (*page.subject_roles, *page.subject_types))
    yield from (f"text {hit.tag}" for hit in (*page.roles, *page.types))
    yield from (f"aside {tag}" for tag in page.words.asides.tags(f"{page.subject}\n{page.folded}"))
    yield from (f"reason {tag}" for tag in page.words.categories.tags(f"{page.subject}\n{page.folded}"))
    yield from (f"label {item.field}" for item in page.labelled)


def without_catalogue(terms: list[list[str]]) -> list[list[str]]:
    """Return the terms without what the catalogue's words say."""
    return [*terms[:CATALOGUE], [], *terms[CATALOGUE + 1 :]]


def value_terms(page: Page, one: Candidate) -> list[list[str]]:
    """Return the terms of a value: its label and sentence, what their words say, the nearest letters, its shape."""
    letters = [f"h{run}" for run in _runs(one.label)]
    letters += [f"b{run}" for run in _runs(one.before)]
    letters += [f"a{run}" for run in _runs(one.behind)]
    near = [f"n{run}" for run in _runs(one.before[-_NEAR:])] + [f"m{run}" for run in _runs(one.behind[:_NEAR])]
    return [letters, sorted(set(_told(page, one))), near, list(_shape(page, one))]


def label_terms(label: str) -> list[list[str]]:
    """Return the terms of a value of which only the label is known."""
    return [[f"h{run}" for run in _runs(label)], [], [], []]


def _told(page: Page, one: Candidate) -> Iterator[str]:
    for where, text in (("h", one.label), ("b", one.before), ("a", one.behind)):
        for phrases in (page.words.roles, page.words.asides, page.words.things):
            yield from (f"{where} {tag}" for tag in phrases.tags(text))


def _shape(page: Page, one: Candidate) -> Iterator[str]:
    yield f"place {one.place}"
    printed = page.text[one.start : one.end]
    if one.kind == "number":
        yield f"digits {sum(map(str.isdigit, printed))}"
        yield f"letters {sum(map(str.isalpha, printed))}"
        yield f"head {printed[:1].isalpha()} marks {any(mark in printed for mark in '-/_.')}"
        yield f"mark {page.text[max(0, one.start - 1) : one.start].strip()}"
        yield f"subject {printed in page.heading}"
    sent = page.dates.sent
    if one.kind == "day" and sent:
        yield f"to come {one.value[:10] > sent.isoformat()}"
        yield f"time {len(one.value) > 10}"


def _runs(text: str) -> list[str]:
    return list(letter_runs(_DIGITS.sub("0", text), _SHORTEST_RUN, _LONGEST_RUN))
