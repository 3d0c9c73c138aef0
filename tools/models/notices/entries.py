"""Cases told one after the other without a table: in a line, in a paragraph, or in a line with more lines below it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from tools.models.notices.columns import Columns
from tools.models.notices.dates import find_dates
from tools.models.notices.money import find_money
from tools.models.notices.page import Page
from tools.models.notices.references import find_references
from tools.models.notices.tables import Labelled, Span, trim

NUMBERS = ("dispute_reference", "arn", "order_reference", "payment_reference", "psp_reference", "reference")
# A line with a number of two digits or more, short enough for an entry of a list.
_LINE = re.compile(r"^(?=[^\n]*\d\d)[^\n]{10,240}$", re.MULTILINE)
_NUMBER = (
    r"(?:(?=[^\s,;:|]*\d{3}|[^\s,;:|]*[-/]\d)[a-zа-я]{1,6}[-_/]?[a-z0-9][\w/-]{0,24}"
    r"|\d{5,14}|\d{2,6}-\d{2,10}(?:-\d{1,6})?)"
)
_MARK = r"(?:[-*•·●▪■◆►▶>–—・○□※]|[(（【\[]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[).、．）】\]]|[①-⑳])?"
_WORD = r"(?:[a-zа-я]{2,12}\.? |[\u3040-\u9fff\uac00-\ud7af]{2,8}\s?)?"
# An entry that begins with its number, with or without a mark and a word before it.
_ENTRY = re.compile(
    rf"^[ \t]{{0,12}}{_MARK}[ \t]{{0,4}}{_WORD}[\[【(（]?(?P<number>{_NUMBER})"
    r"(?=[\]】)）]|\s*[,;:|\t]|\s+[-–—/·]\s|\s*[：，、（(])[^\n]{6,220}$",
    re.MULTILINE,
)
# A paragraph that is one entry of a list.
_PARAGRAPH = re.compile(r"(?:^[^\n]{2,300}(?:\n|\Z)){1,8}", re.MULTILINE)
_MOST_LINES = 8
# A number in a row of several: `Won: CB-1 (USD 45.00), CB-2 (USD 19.00)`.
_LISTED = re.compile(rf"(?<=[,;:、，；・：])\s*(?P<number>{_NUMBER})(?=\s*[（(:：–—-])")
_CELLS = re.compile(r"\s*[;|，、；،\t]\s*|,\s+|\s+[-–—/·]\s+|\s*[（()）]\s*")
_HEADING = re.compile(r"[^:：\n]{2,40}[:：]")


def currency_around(rest: Page) -> str:
    """Return the one currency that the words around a list name."""
    codes = rest.words.signs.codes_in(rest.text, rest.folded)
    named = {code for item in rest.under("currency") for code in rest.words.signs.means(rest.printed(item))}
    found = named or codes or set(rest.words.signs.named_in(rest.folded))
    return found.pop() if len(found) == 1 else ""


def entries(page: Page) -> Iterator[Span]:
    """Yield the entries of a list that each name a case and its amount in a few words: lines, or whole paragraphs."""
    lines = list(_telling(page, _stretches(page)))
    if len(lines) > 1:
        yield from with_lines_below(page, lines)
        return
    paragraphs = [Span(*match.span()) for match in _PARAGRAPH.finditer(page.text)]
    yield from max(lines, list(_telling(page, paragraphs)), key=len)


def _telling(page: Page, spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the stretches that name a case, each its own, and its amount."""
    seen: set[str] = set()
    currency = currency_around(page)
    for span in spans:
        part = replace(page.part(*span), currency=currency)
        if not part.labelled and not part.words.signs.find(part.text, part.folded):
            continue
        number = find_references(part).get("dispute_reference")
        if number and "amount_minor" in find_money(part) and number.value not in seen:
            seen.add(number.value)
            yield span


def with_lines_below(page: Page, spans: Sequence[Span]) -> list[Span]:
    """Return the entries with the lines below each, where all have some and none is as long as a text.

    The lines below the last entry go on to the next empty line, but are no more than below the others.
    """
    gaps = [page.text[one.end : after.start] for one, after in pairwise(spans)]
    below = [gap[: _below(gap)] for gap in gaps]
    most = max((text.count("\n") for text in below), default=0)
    if not all(text.strip() for text in below) or most > _MOST_LINES:
        return list(spans)
    rest = page.text[spans[-1].end :]
    last = "".join(rest[: _below(rest)].splitlines(keepends=True)[: most + 1])
    return [Span(span.start, span.end + len(text)) for span, text in zip(spans, (*below, last), strict=True)]


def _below(text: str) -> int:
    """Return where the first empty line of a text stands; its end when none is empty."""
    found = re.search(r"\n[ \t]*(?:\n|\Z)", text)
    return found.start() if found else len(text)


def _stretches(page: Page) -> Iterator[Span]:
    """Yield the lines of a page, and of a line that names several numbers the stretch of each."""
    for match in _LINE.finditer(page.text):
        starts = [listed.start("number") for listed in _listed(page, match)] or [match.start()]
        for start, end in zip(starts, (*starts[1:], match.end()), strict=True):
            yield Span(start, end)


def _listed(page: Page, line: re.Match[str]) -> list[re.Match[str]]:
    """Return the numbers behind a heading that tells a result."""
    head = _HEADING.match(page.folded, line.start(), line.end())
    if head is None or not page.words.results.tags(head[0]):
        return []
    return list(_LISTED.finditer(page.folded, line.start(), line.end()))


def with_bare_numbers(page: Page) -> Page:
    """Return the page with the number that each entry of a list of disputes begins with as that of its dispute."""
    matches = list(_ENTRY.finditer(page.folded))
    listed = [match for line in _LINE.finditer(page.folded) for match in _listed(page, line)]
    spans = [Span(*match.span()) for match in matches]
    rest = page.without(spans)
    page = _without_headings_of(page, spans)
    if page.under(*NUMBERS) or not (listed or _of_cases(rest)):
        return page
    told = _told(page, [trim(page.folded, *span) for span in spans])
    page = replace(page, currency=currency_around(rest), labelled=_sorted([*page.labelled, *told]))
    if not listed:
        matches = [match for match in matches if _tells(page, match)]
    matches += listed
    if len({match["number"] for match in matches}) < 2:
        return page
    numbers = [Labelled("dispute_reference", "", *match.span("number"), match.start("number")) for match in matches]
    return replace(page, labelled=_sorted([*page.labelled, *numbers]))


def _without_headings_of(page: Page, spans: Sequence[Span]) -> Page:
    """Leave out labels of which the value would be a whole entry: they head the list."""
    firsts = {trim(page.folded, *span).start for span in spans}
    kept = (item for item in page.labelled if item.start not in firsts or item.label_start >= item.start)
    return replace(page, labelled=tuple(kept))


def _of_cases(rest: Page) -> bool:
    """Return whether the words around a list speak of disputes, and nobody of an own order."""
    subject, text = {hit.tag for hit in rest.subject_roles}, {hit.tag for hit in rest.roles}
    result = rest.words.results.tags(rest.folded)
    if "not_notice" in subject or "customer" in subject | text:
        return False
    return "case" in subject | text or bool(result)


def _told(page: Page, spans: Sequence[Span]) -> list[Labelled]:
    """Return what the cells of the entries hold, where all have as many of them: a table without titles."""
    rows = [_cells(page, span) for span in spans]
    if len({len(row) for row in rows}) != 1 or len(rows) < 2:
        return []
    columns = Columns(page.words, f"{page.subject}\n{page.folded}", page.dates)
    values = [[page.folded[slice(*row[at])] for row in rows] for at in range(len(rows[0]))]
    meanings = columns.told([""] * len(values), [None] * len(values), values)
    return [
        Labelled(meaning.field, "", *cell, cell.start)
        for row in rows
        for cell, meaning in zip(row, meanings, strict=True)
        if meaning and meaning.field != "dispute_reference"
    ]


def _cells(page: Page, span: Span) -> list[Span]:
    starts = [span.start]
    ends = []
    for match in _CELLS.finditer(page.text, *span):
        ends.append(match.start())
        starts.append(match.end())
    cells = [trim(page.folded, start, end) for start, end in zip(starts, [*ends, span.end], strict=True)]
    return [cell for cell in cells if cell.end > cell.start]


def _tells(page: Page, match: re.Match[str]) -> bool:
    """Return whether a line tells of a dispute: how much, and why, when or with what result."""
    if find_dates(match["number"], page.dates):
        return False
    part = replace(page.part(*match.span()), currency=page.currency)
    reasons = part.words.categories.tags(part.folded) - {"general"}
    told = reasons or part.under("reason_code") or find_dates(part.folded, part.dates)
    return "amount_minor" in find_money(part) and bool(told or page.words.results.tags(page.folded))


def _sorted(labelled: list[Labelled]) -> tuple[Labelled, ...]:
    return tuple(sorted(labelled, key=lambda item: item.start))
