"""Several cases in one mail: rows of a table, blocks of labelled lines, or entries of a list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rejoinder.domain.notices import NoticeCatalog
from rejoinder.domain.reading import DigestCase, FieldValue
from tools.models.notices.entries import NUMBERS, currency_around, entries, with_bare_numbers
from tools.models.notices.fields import find_fields
from tools.models.notices.kind import kind_of_cases, notice_type
from tools.models.notices.page import Page
from tools.models.notices.tables import Labelled, Span

MOST_CASES = 500
_LONGEST_HEADING = 60
_OWN_KINDS = frozenset(
    {
        "alert", "inquiry", "prearb", "arbitration", "compliance", "outcome_won", "outcome_lost", "reversal",
        "evidence_ack", "direct_debit_return",
    }
)  # fmt: skip
_OF_A_CASE = frozenset({"amount", "plain_amount", "sale_amount", "respond_by", "reason", "reason_code", "reason_text"})
_RESULTS = {"won": "outcome_won", "lost": "outcome_lost"}
_ENDED = frozenset({"outcome_won", "outcome_lost", "reversal", "evidence_ack"})
SHARED = ("currency", "respond_by", "network")
"""What may be said once of all cases of a list."""


def read_cases(page: Page, catalog: NoticeCatalog) -> tuple[tuple[DigestCase, ...], dict[str, FieldValue]]:
    """Return the cases of a list and what the words around it say of all of them; no cases: it is no list."""
    spans = case_spans(page)
    if len(spans) < 2:
        page = with_bare_numbers(page)
        spans = list(entries(page))
    if len(spans) < 2:
        return (), {}
    rest = page.without(spans)
    kind = kind_of_cases(rest)
    currency = currency_around(rest)
    parts = [replace(page.part(*span), currency=currency) for span in spans[:MOST_CASES]]
    fields = [find_fields(part, catalog) for part in parts]
    around = _around(rest, currency, find_fields(rest, catalog))
    shared = {name: found for name, found in around.items() if _agree(name, found, fields)}
    headed = [headed or kind for headed in _headings(page, spans)]
    kinds = [_kind(part, usual, found) for part, usual, found in zip(parts, headed, fields, strict=False)]
    cases = tuple(
        DigestCase(fields={**_shared(shared, kind), **found}, notice_type=kind, text=_words(page, span))
        for span, found, kind in zip(spans, fields, kinds, strict=False)
    )
    return cases, shared


def _around(rest: Page, currency: str, found: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    """Return what the words around a list say of its cases."""
    around = {name: found[name] for name in SHARED if name in found}
    return {"currency": rest.value(currency, 0.9), **around} if currency else around


def _agree(name: str, value: FieldValue, fields: Sequence[Mapping[str, FieldValue]]) -> bool:
    """Return whether what is said of all cases is what each of them says, or none says anything."""
    return all(name not in found or found[name].value == value.value for found in fields)


def _shared(shared: Mapping[str, FieldValue], kind: str) -> dict[str, FieldValue]:
    """Return what is true of a case of this kind; an ended one wants no answer."""
    return {name: value for name, value in shared.items() if name != "respond_by" or kind not in _ENDED}


def _kind(part: Page, usual: str, fields: Mapping[str, FieldValue]) -> str:
    """Return what a case's own words say that it is; the words of its reason do not."""
    for item in part.under("other"):
        if result := _RESULTS.get(next(iter(part.words.results.tags(part.folded[item.start : item.end])), "")):
            return result
    reasons = [(item.start, item.end) for item in part.under("reason", "reason_text", "reason_code")]
    own = notice_type(part.without(reasons), "respond_by" in fields)
    return own if own in _OWN_KINDS else usual


def _headings(page: Page, spans: list[Span]) -> list[str]:
    """Return what the headings over groups of cases say that these are: won or lost."""
    kinds: list[str] = []
    before = 0
    for span in spans:
        gap = page.folded[before : span.start].rstrip()
        line = gap.rpartition("\n")[2] if len(gap.rpartition("\n")[2]) <= _LONGEST_HEADING else ""
        result = page.words.results.tags(line)
        own = _RESULTS[result.pop()] if len(result) == 1 else ""
        kinds.append(own or (kinds[-1] if kinds else ""))
        before = span.end
    return kinds


def _words(page: Page, span: Span) -> str:
    """Return the words of one case; of a row of a table with the row of its titles."""
    titles = [item.label_start for item in page.labelled if span.start <= item.start < span.end]
    own = page.text[slice(*span)].strip()
    if not titles or min(titles) >= span.start:
        return own
    start = _line_start(page, min(titles))
    return f"{page.text[start : page.folded.find(chr(10), start)].strip()}\n{own}"


def case_spans(page: Page) -> list[Span]:
    """Return where each case of a list stands; one or none when the mail tells of one case."""
    for found in (_rows, _blocks):
        spans = _distinct(page, list(found(page)))
        if len(spans) > 1:
            return spans
    return list(entries(page))


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
    anchors = next((found for name in NUMBERS if len(found := _numbered(page, name)) > 1), [])
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
    numbers = {item.field for item in items if item.field in NUMBERS and _number(page, item)}
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
        named = next((name for name in NUMBERS if any(i.field == name and _number(page, i) for i in items)), "")
        numbers = tuple(_number(page, item) for item in items if item.field == named)
        if numbers not in seen:
            seen.add(numbers)
            kept.append(span)
    return kept
