"""Reading a finished packet as a stranger would: from the PDF alone, with no knowledge of how it was made."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import pairwise

from pypdf import PdfReader

from rejoinder.domain.drafts import Draft, Problem
from rejoinder.domain.packet import KEY_FACT_LABELS
from tools.mail.cards import find_cards
from tools.packet.fonts import printable
from tools.packet.letter import without_list
from tools.packet.pdf_files import opened
from tools.packet.written import MONTHS

_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_SPACE = re.compile(r"\s+")
_PAGE_REFERENCE = re.compile(r",p\.\d+")
_PAGE_NUMBER = re.compile(r"page (\d+) of (\d+)")
_END_OF_TABLE = re.compile(r"(?<!\w)Packet\s+\d+ exhibits?,\s+\d+\s+pages")
_FROM_THE_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+")
_WORD = re.compile(r"\w+")
_HEAD = 300
_FIELDS: Mapping[str, str] = {label: field for field, label in KEY_FACT_LABELS.items()}
_LONGER = {
    label: tuple(other.removeprefix(f"{label} ") for other in _FIELDS if other.startswith(f"{label} "))
    for label in _FIELDS
}
"""Label to how longer ones go on that begin with it: `Order` and `Order date`."""


def page_texts(pdf: bytes, where: str = "the packet") -> list[str]:
    """Return the text of each page, as a viewer would copy it."""
    with opened(pdf, where) as document:
        texts = []
        for page in document:
            text_page = page.get_textpage()
            # PDFium gives the hyphen at the end of a line as a control character.
            texts.append(_INVISIBLE.sub("", text_page.get_text_bounded().replace("\x02", "-")))
            text_page.close()
            page.close()
    return texts


def read_key_facts(pdf: bytes) -> dict[str, str]:
    """Return the key facts that the first page shows, as `KeyFacts.as_text` gives them.

    A value that cannot be understood is given in the words printed.
    """
    first = _INVISIBLE.sub("", PdfReader(BytesIO(pdf)).pages[0].extract_text())
    return {field: _READERS.get(field, str)(words) for field, words in _facts_in(first)}


def misread_facts(pdf: bytes, expected: Mapping[str, str]) -> list[Problem]:
    """Compare the key facts printed in a packet with `KeyFacts.as_text`; empty when they are the same."""
    shown = read_key_facts(pdf)
    details = []
    for field, label in KEY_FACT_LABELS.items():
        should, does = expected.get(field, ""), shown.get(field, "")
        if _solid(printable(should, label)) != _solid(does):
            details.append(
                f"{label} reads {does!r}, it should be {should!r}" if does else f"{label} {should!r} is missing"
            )
    return [_problem(detail) for detail in details]


def misread_pages(texts: Sequence[str], letter: Draft, labels: Sequence[str], known: Sequence[str]) -> list[Problem]:
    """Check the pages: each numbered, no card number, the letter whole, every exhibit on a page with its label.

    `known` are numbers that are known to be no card's, such as those of parcels.
    """
    no_cards = {"".join(filter(str.isdigit, number)) for number in known}
    count = len(texts)
    problems = [problem for at, text in enumerate(texts, start=1) for problem in _page(text, at, count, no_cards)]
    whole = _solid("".join(texts))
    parts = without_list(letter)
    for line in (*parts.body, *parts.ending):
        if not _stands_in(line.text, whole):
            problems.append(_problem(f"the letter says {line.text!r}, the packet does not"))
    heads = [_solid(text[:_HEAD]) for text in texts]
    unheaded = [label for label in labels if not any(_solid(label) in head for head in heads)]
    return problems + [_problem(f"no page is headed {label!r}") for label in unheaded]


def _page(text: str, number: int, count: int, no_cards: set[str]) -> Iterator[Problem]:
    if (str(number), str(count)) not in _PAGE_NUMBER.findall(text):
        yield _problem(f"page {number} is not numbered as page {number} of {count}")
    for span in find_cards(text):
        if "".join(text[offset] for offset in span.digits) not in no_cards:
            yield _problem(f"page {number} shows a full card number")


def _stands_in(line: str, whole: str) -> bool:
    """Is the line there? With a script written from the right in it, viewers turn round all its words: each counts."""
    shown = printable(line, "the letter")
    if not _FROM_THE_RIGHT.search(shown):
        return _solid(shown) in whole
    return all(word in whole for word in _WORD.findall(_FROM_THE_RIGHT.sub(" ", shown)))


def _solid(text: str) -> str:
    return _PAGE_REFERENCE.sub("", _SPACE.sub("", _INVISIBLE.sub("", text)))


def _facts_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield each label found, in the order of the table, with what stands between it and the next one."""
    end = _END_OF_TABLE.search(text)
    table = text[: end.start()] if end else text
    places: list[tuple[str, int, int]] = []
    for label in _FIELDS:
        match = _label(label, table, places[-1][2] if places else 0)
        if match:
            places.append((label, match.start(), match.end()))
    for (label, _, start), (_, stop, _) in pairwise([*places, ("", len(table), len(table))]):
        yield _FIELDS[label], _SPACE.sub(" ", table[start:stop]).strip()


def _label(label: str, table: str, at: int) -> re.Match[str] | None:
    """Find a label, not as part of a longer one; rather at the start of a line, for a value may hold the same word."""
    word = re.escape(label) + "".join(rf"(?!\s+{re.escape(rest)}\s)" for rest in _LONGER[label])
    first = re.compile(rf"^[ \t]*{word}(?=\s)", re.MULTILINE).search(table, at)
    return first or re.compile(rf"(?<!\w){word}(?=\s)").search(table, at)


def _money(words: str) -> str:
    match = re.fullmatch(r"([A-Z]{3}) (\d{1,3}(?:,\d{3})*(?:\.\d+)?)", words)
    return f"{match[2].replace(',', '')} {match[1]}" if match else words


def _day(words: str) -> str:
    match = re.fullmatch(rf"(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})", words)
    return f"{match[3]}-{MONTHS.index(match[2]) + 1:02}-{int(match[1]):02}" if match else words


def _problem(detail: str) -> Problem:
    return Problem(code="misread", detail=detail)


_READERS: Mapping[str, Callable[[str], str]] = {
    "amount": _money,
    "refunded": _money,
    "transaction_date": _day,
    "order_date": _day,
    "delivered_on": _day,
    "card_last4": lambda words: words.removeprefix("ending "),
}
