"""Several cases in one mail: rows of a table, blocks of labelled lines, or entries of a list."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from rejoinder.domain.notices import NoticeCatalog
from rejoinder.domain.reading import DigestCase, FieldValue
from tools.models.notices.dates import find_dates
from tools.models.notices.fields import find_fields
from tools.models.notices.kind import kind_of_cases, notice_type
from tools.models.notices.money import find_money
from tools.models.notices.page import Page
from tools.models.notices.references import find_references
from tools.models.notices.tables import Labelled, Span

MOST_CASES = 500
# A line with a number of two digits or more, short enough for an entry of a list.
_LINE = re.compile(r"^(?=[^\n]*\d\d)[^\n]{10,240}$", re.MULTILINE)
# An entry that begins with a number of letters and digits, or of digits alone, with or without a mark before it.
_ENTRY = re.compile(
    r"^[ \t]*(?:[-*•·●▪■◆►▶>–—]|\(?\d{1,2}[).]|[①-⑳])?[ \t]*"
    r"(?P<number>(?=[^\s,;:|]*\d{3}|[^\s,;:|]*[-/]\d)[a-zа-я]{1,6}[-_/]?[a-z0-9][\w/-]{0,24}|\d{5,14})"
    r"(?=\s*[,;:|]|\s+[-–—]\s|\s*[：，、（(])[^\n]{6,220}$",
    re.MULTILINE,
)
_OWN_KINDS = frozenset(
    {
        "alert", "inquiry", "prearb", "arbitration", "compliance", "outcome_won", "outcome_lost", "reversal",
        "evidence_ack", "direct_debit_return",
    }
)  # fmt: skip
_NUMBERS = ("dispute_reference", "arn", "order_reference", "payment_reference", "psp_reference", "reference")
_OF_A_CASE = frozenset({"amount", "plain_amount", "sale_amount", "respond_by", "reason", "reason_code", "reason_text"})
_RESULTS = {"won": "outcome_won", "lost": "outcome_lost"}
SHARED = ("currency", "respond_by", "network")
"""What may be said once of all cases of a list."""


def read_cases(page: Page, catalog: NoticeCatalog) -> tuple[tuple[DigestCase, ...], dict[str, FieldValue]]:
    """Return the cases of a list and what the words around it say of all of them; no cases: it is no list."""
    spans = case_spans(page)
    if len(spans) < 2:
        page = _with_bare_numbers(page)
        spans = list(_items(page))
    if len(spans) < 2:
        return (), {}
    rest = page.without(spans)
    kind = kind_of_cases(rest)
    currency = _currency(rest)
    parts = [replace(page.part(*span), currency=currency) for span in spans[:MOST_CASES]]
    fields = [find_fields(part, catalog) for part in parts]
    around = find_fields(rest, catalog)
    shared = {name: around[name] for name in SHARED if name in around and not any(name in found for found in fields)}
    cases = tuple(
        DigestCase(fields={**shared, **found}, notice_type=_kind(part, kind, found), text=_words(page, span))
        for span, part, found in zip(spans, parts, fields, strict=False)
    )
    return cases, shared


def _kind(part: Page, usual: str, fields: Mapping[str, FieldValue]) -> str:
    """Return what a case's own words say that it is; the words of its reason do not."""
    for item in part.under("other"):
        if result := _RESULTS.get(next(iter(part.words.results.tags(part.folded[item.start : item.end])), "")):
            return result
    reasons = [(item.start, item.end) for item in part.under("reason", "reason_text", "reason_code")]
    own = notice_type(part.without(reasons), "respond_by" in fields)
    return own if own in _OWN_KINDS else usual


def _words(page: Page, span: Span) -> str:
    """Return the words of one case; of a row of a table with the row of its titles."""
    titles = [item.label_start for item in page.labelled if span.start <= item.start < span.end]
    own = page.text[slice(*span)].strip()
    if not titles or min(titles) >= span.start:
        return own
    start = _line_start(page, min(titles))
    return f"{page.text[start : page.folded.find(chr(10), start)].strip()}\n{own}"


def _currency(rest: Page) -> str:
    """Return the one currency that the words around a list name."""
    codes = rest.words.signs.codes_in(rest.text, rest.folded)
    named = {code for item in rest.under("currency") for code in rest.words.signs.means(rest.printed(item))}
    found = named or codes
    return found.pop() if len(found) == 1 else ""


def case_spans(page: Page) -> list[Span]:
    """Return where each case of a list stands; one or none when the mail tells of one case."""
    for found in (_rows, _blocks):
        spans = _distinct(page, list(found(page)))
        if len(spans) > 1:
            return spans
    return list(_items(page))


def _rows(page: Page) -> Iterator[Span]:
    """Yield the lines on which a number and more of a case stand under labels."""
    lines: dict[int, list[Labelled]] = {}
    for item in page.labelled:
        lines.setdefault(page.folded.rfind("\n", 0, item.start) + 1, []).append(item)
    for start, items in sorted(lines.items()):
        if _is_case(page, items):
            end = page.folded.find("\n", start)
            yield Span(start, end if end >= 0 else len(page.folded))


def _blocks(page: Page) -> Iterator[Span]:
    """Yield the stretches from one number of a case to the next; a block begins with the label that all begin with."""
    anchors = next((found for name in _NUMBERS if len(found := _numbered(page, name)) > 1), [])
    if not anchors or len({item.label_start for item in anchors}) < len(anchors):
        return
    before = [item for item in page.labelled if item.label_start <= anchors[0].label_start]
    counts = {item.field: len(page.under(item.field)) for item in before}
    first = next((item for item in before if counts[item.field] == len(anchors)), anchors[0])
    starts = [_under_its_heading(page, _line_start(page, item.label_start)) for item in page.under(first.field)]
    usual = {item.field for item in page.labelled if starts[0] <= item.start < starts[1]}
    last = max(i.end for i in page.labelled if i.start >= starts[-1] and i.field in (*usual, first.field))
    for start, end in zip(starts, (*starts[1:], last), strict=True):
        if _is_case(page, [item for item in page.labelled if start <= item.start < end]):
            yield Span(start, end)


def _items(page: Page) -> Iterator[Span]:
    """Yield the lines of a list that each name a case and its amount in a few words."""
    seen: set[str] = set()
    for match in _LINE.finditer(page.text):
        part = page.part(*match.span())
        if not part.words.signs.find(part.text, part.folded):
            continue
        number = find_references(part).get("dispute_reference")
        if number and "amount_minor" in find_money(part) and number.value not in seen:
            seen.add(number.value)
            yield Span(*match.span())


def _with_bare_numbers(page: Page) -> Page:
    """Return the page with the number that each entry of a list of disputes begins with as that of its dispute."""
    told = {hit.tag for hit in page.subject_roles}
    if "case" not in told or "not_notice" in told or page.under(*_NUMBERS):
        return page
    entries = [match for match in _ENTRY.finditer(page.folded) if _tells(page.part(*match.span()))]
    if len({match["number"] for match in entries}) < 2:
        return page
    numbers = [Labelled("dispute_reference", "", *match.span("number"), match.start("number")) for match in entries]
    return replace(page, labelled=tuple(sorted((*page.labelled, *numbers), key=lambda item: item.start)))


def _tells(part: Page) -> bool:
    """Return whether a line tells of a dispute: how much, and why or when."""
    reasons = part.words.categories.tags(part.folded) - {"general"}
    return "amount_minor" in find_money(part) and bool(reasons or find_dates(part.folded, part.dates))


def _under_its_heading(page: Page, start: int) -> int:
    """Return where a block begins: with the line directly above, when that is a heading and no value."""
    above = _line_start(page, max(0, start - 1))
    heading = page.folded[above : max(above, start - 1)].strip()
    if not heading or any(above <= item.start < start for item in page.labelled):
        return start
    return above


def _line_start(page: Page, at: int) -> int:
    return page.folded.rfind("\n", 0, at) + 1


def _numbered(page: Page, name: str) -> list[Labelled]:
    return [item for item in page.under(name) if any(letter.isdigit() for letter in page.folded[item.start : item.end])]


def _is_case(page: Page, items: list[Labelled]) -> bool:
    """Return whether the values tell of a case; other numbers with amounts may be payments, of one dispute or none."""
    numbers = {item.field for item in items if item.field in _NUMBERS and _number(page, item)}
    told = {item.field for item in items} & _OF_A_CASE
    if not numbers or not told:
        return False
    own = bool(numbers & {"dispute_reference", "arn"})
    return own or bool(told - {"amount", "plain_amount", "sale_amount"})


def _number(page: Page, item: Labelled) -> str:
    value = page.folded[item.start : item.end].strip()
    return value if any(letter.isdigit() for letter in value) else ""


def _distinct(page: Page, spans: list[Span]) -> list[Span]:
    """Leave out what tells of a case again: the numbers tell cases apart."""
    seen: set[tuple[str, ...]] = set()
    kept = []
    for span in spans:
        items = [item for item in page.labelled if span.start <= item.start < span.end]
        named = next((name for name in _NUMBERS if any(i.field == name and _number(page, i) for i in items)), "")
        numbers = tuple(_number(page, item) for item in items if item.field == named)
        if numbers not in seen:
            seen.add(numbers)
            kept.append(span)
    return kept
