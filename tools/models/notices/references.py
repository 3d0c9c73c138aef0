"""The numbers of a notice: of the dispute, the payment, the order, and the acquirer's."""

import re
from collections.abc import Iterator

from rejoinder.domain.reading import FieldValue
from tools.models.notices.page import Page
from tools.models.notices.tables import Labelled
from tools.models.notices.texts import label_key, without_number_word, without_proclitic
from tools.models.notices.words import Meaning

_ARN = re.compile(r"(?<![\w-])\d(?:[ ]?\d){22}(?![\w-])")
_NARROW = r"(?![\u3040-\u9fff\uac00-\ud7af])"
_TOKEN = re.compile(rf"{_NARROW}[^\W_](?:(?:{_NARROW}[\w./_-])*{_NARROW}[^\W_])?")
# A letter's number as Chinese offices write it: a mark, the year in brackets, the number.
_OFFICIAL = re.compile(r"[\w-]{0,12}[〔\[(（]\d{4}[〕\])）]\w?第?\d+号")
_SPACED = re.compile(r"[A-Z]{0,4}(?: ?\d{2,6}){2,6}|[A-Z]{1,4} \d{3,10}")
_MASKED = re.compile(r"[*•xX]{3,}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NUMBER = re.compile(
    r"(?<![a-z0-9_@./-])(?<![^\W\d_\u3040-\u9fff\uac00-\ud7af])(?=[a-zа-я0-9./_-]*\d)"
    r"[a-zа-я0-9][a-zа-я0-9./_-]{1,40}[a-zа-я0-9](?![a-zа-я0-9_@])"
)
_BETWEEN = re.compile(
    r"(?:\s*(?:[:#(（\"'«“„]|№|は|는|은|为|為|是|(?<!\w)(?:n°|nº|n\.?\s?o\.?|nr\.?|n\.|is|is:|lautet|es|est|è|é|هو)))+\s*$"
)
_NUMBER_MARK = re.compile(r"(?:[#№]|\b(?:no|nr|nro|num|n)\.?|[º°])\s?$")
_OTHER = re.compile(r"\d{1,4}|[\d.,]+|\d{1,2}([./-])\d{1,2}\1(?:20)?\d\d|20\d\d-\d\d-\d\d|\d{23}")
_SHORT_ORDER = 4
_MIXED = re.compile(r"[^\W\d_].*[-/]\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_REFERENCES = ("dispute_reference", "payment_reference", "order_reference")
_THINGS = frozenset(f"thing_{name}" for name in _REFERENCES)


def find_references(page: Page) -> dict[str, FieldValue]:
    """Return the numbers that were found, each under its field."""
    found = _shaped(page)
    for name in _REFERENCES:
        if name not in found and (value := _only(page, page.under(name))):
            found[name] = value
    _update_with_doubtful(found, page)
    if arn := _arn(page):
        found["arn"] = arn
    _update_from_prose(found, page)
    plain = _only(page, page.under("reference"))
    if plain and not re.fullmatch(r"\d{23}", plain.value):
        found.setdefault("dispute_reference", plain)
    _update_with_request(found, page)
    _update_with_repeated(found, page)
    return _without_doubles(found)


def _shaped(page: Page) -> dict[str, FieldValue]:
    """Return what has the shape of the source's own numbers; several different ones count only under labels."""
    source = page.sender.source
    found: dict[str, FieldValue] = {}
    for name, pattern in page.words.references.get(source.source if source else "", ()):
        matches = {m[0]: m.span() for m in pattern.finditer(page.text)}
        labelled = {
            m[0]: (i.start + m.start(), i.start + m.end())
            for i in page.under(name)
            for m in pattern.finditer(page.printed(i))
        }
        matches = labelled or matches
        if len(matches) == 1 and name not in found:
            value, span = next(iter(matches.items()))
            found[name] = page.value(value, 0.97, *span)
        elif not matches and name not in found and (match := pattern.search(page.heading)):
            found[name] = page.value(match[0], 0.9)
    return found


def _only(page: Page, items: list[Labelled]) -> FieldValue | None:
    values: dict[str, FieldValue] = {}
    for item in items:
        if token := reference_in(page, item):
            values.setdefault(token.value, token)
    return next(iter(values.values())) if len(values) == 1 else None


def reference_in(page: Page, item: Labelled) -> FieldValue | None:
    """Return the number in a labelled value."""
    printed = page.printed(item)
    if _MASKED.search(printed) or _MAIL.search(printed):
        return None
    if official := _OFFICIAL.search(printed):
        return page.value(official[0], 0.93, item.start + official.start(), item.start + official.end())
    spaced = _SPACED.fullmatch(printed.strip())
    if spaced:
        start = item.start + printed.index(spaced[0])
        return page.value(spaced[0], 0.85, start, start + len(spaced[0]))
    for match in _TOKEN.finditer(printed):
        if any(letter.isdigit() for letter in match[0]) or (match[0].isupper() and len(match[0]) >= 8):
            if _other_thing(page, item, match):
                return None
            return page.value(match[0], 0.93, item.start + match.start(), item.start + match.end())
    return None


def _other_thing(page: Page, item: Labelled, match: re.Match[str]) -> bool:
    """Return whether the digits belong to money or to a date."""
    value = page.folded[item.start : item.end]
    if any(m.start <= match.start() < m.end for m in page.words.signs.find(page.printed(item), value)):
        return True
    return bool(re.fullmatch(r"\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|20\d\d-\d\d-\d\d", match[0])) or match.start() > 40


def _update_with_doubtful(found: dict[str, FieldValue], page: Page) -> None:
    """Give the numbers under labels of several meanings to the field that the mail leaves for them."""
    original = _only(page, page.under("original_reference"))
    own = _only(page, page.under("psp_reference"))
    if original:
        found.setdefault("payment_reference", original)
    if own and original:
        found.setdefault("dispute_reference", own)
    elif own and "dispute_reference" in found:
        found.setdefault("payment_reference", own)


def _update_with_request(found: dict[str, FieldValue], page: Page) -> None:
    """Give a number to the request for papers itself, where the word of its label means an order and a request."""
    order = _only(page, [item for item in page.under("order_reference") if _may_be_request(page, item)])
    if order is None or "dispute_reference" in found or found.get("order_reference") != order:
        return
    if "documentation_request" in page.words.categories.tags(f"{page.subject}\n{page.folded}"):
        found["dispute_reference"] = found.pop("order_reference")


def _update_with_repeated(found: dict[str, FieldValue], page: Page) -> None:
    """Take a number of letters and digits that subject and text both name, and nothing else claims, for the case's."""
    if "dispute_reference" in found or page.sender.free_mail:
        return
    taken = {item.value for item in found.values()}
    headed = {page.heading[slice(*match.span())] for match in NUMBER.finditer(page.subject)} - taken
    again = [match.span() for match in NUMBER.finditer(page.folded) if page.text[slice(*match.span())] in headed]
    values = {page.text[slice(*span)]: span for span in again if _MIXED.search(page.text[slice(*span)])}
    if len(values) == 1:
        value, span = next(iter(values.items()))
        found["dispute_reference"] = page.value(value, 0.8, *span)


def _may_be_request(page: Page, item: Labelled) -> bool:
    return "request_number" in page.words.things.tags(page.folded[item.label_start : item.start])


def _arn(page: Page) -> FieldValue | None:
    spans = {re.sub(r"\D", "", m[0]): m.span() for m in _ARN.finditer(page.folded)}
    for item in page.under("arn"):
        digits = re.sub(r"\D", "", page.folded[item.start : item.end])
        if len(digits) == 23:
            spans = {digits: (item.start, item.end)}
    if len(spans) != 1:
        return None
    value, span = next(iter(spans.items()))
    return page.value(value, 0.97, *span)


def _update_from_prose(found: dict[str, FieldValue], page: Page) -> None:
    """Add the numbers that sentences name, then those of the subject; one that is named already is nothing else."""
    for text, folded, in_text in ((page.text, page.folded, True), (page.heading, page.subject, False)):
        taken = {item.value for item in found.values()}
        named = [one for one in _named_numbers(page, text, folded) if one[0] not in taken]
        for name in _REFERENCES:
            values = {
                token: page.value(token, 0.85, *(span if in_text else ()))
                for token, span, names in named
                if name in names
            }
            if name not in found and len(values) == 1:
                found[name] = next(iter(values.values()))


def _named_numbers(page: Page, text: str, folded: str) -> Iterator[tuple[str, tuple[int, int], set[str]]]:
    """Yield the numbers of a text with the things that words beside them say they are of."""
    for match in NUMBER.finditer(folded):
        start, end = match.span()
        token = text[start:end]
        marked = folded[max(0, start - 1) : start] in ("#", "№")
        fewest = 3 if marked or _NUMBER_MARK.search(folded[max(0, start - 6) : start]) else 5
        named_as_order = len(token) == _SHORT_ORDER and "order_reference" in _named_before(page, folded, start)
        if named_as_order and not _YEAR.fullmatch(token):
            fewest = _SHORT_ORDER
        if _is_other(token) and not (token.isdigit() and fewest <= len(token) <= 22):
            continue
        names = _names(page, folded, (start, end))
        if names and not _is_money(page, text, folded, (start, end)):
            yield token, (start, end), names


def _names(page: Page, folded: str, span: tuple[int, int]) -> set[str]:
    """Return what words say a number is of: those before it, and those behind it when no thing stands before."""
    return _named_before(page, folded, span[0]) or {
        *_labelled_before(page, folded, span[0]),
        *_named_after(page, folded, span[1]),
    }


def _is_money(page: Page, text: str, folded: str, span: tuple[int, int]) -> bool:
    """Return whether a bare number has a currency beside it."""
    first, last = max(folded.rfind("\n", 0, span[0]) + 1, span[0] - 28), span[1] + 28
    sums = page.words.signs.find(text[first:last], folded[first:last]) if folded[slice(*span)].isdigit() else []
    return any(money.start <= span[0] - first < money.end for money in sums)


def _labelled_before(page: Page, folded: str, end: int) -> set[str]:
    """Return the field whose label stands before the number, with the word for number or without it."""
    head = folded[max(0, end - 50) : end].split("\n")[-1].rstrip()
    meaning = _meant(page, head) or _meant(page, _BETWEEN.sub("", head))
    if meaning is None or (meaning.whole and meaning.field not in ("order_reference", "dispute_reference")):
        return set()
    return {meaning.field}


def _meant(page: Page, head: str) -> Meaning | None:
    """Return what the longest label at the end of the words means."""
    for match in re.finditer(r"(?<!\w)\w|(?<=[\u3040-\u9fff\uac00-\ud7af])\w", head):
        key = label_key(head[match.start() :])
        for spelling in (key, without_proclitic(key), without_number_word(key)):
            if found := page.words.labels.get(spelling):
                return found
    return None


def _named_before(page: Page, folded: str, end: int) -> set[str]:
    """Return the fields of the thing that a number stands right behind, in any of the forms of its name."""
    line = folded[max(0, end - 60) : end].split("\n")[-1]
    head = without_number_word(_BETWEEN.sub("", line.rstrip())).rstrip()
    hits = page.words.things.find(head)
    return {hit.tag.removeprefix("thing_") for hit in hits if hit.end == len(head) and hit.tag in _THINGS}


def _named_after(page: Page, folded: str, end: int) -> set[str]:
    """Return the fields of the thing behind a number that a word such as `numbered` joins to it."""
    rest = folded[end : end + 40].split("\n")[0]
    joins = (hit for hit in page.words.things.find(rest) if hit.tag == "numbered")
    join = next((hit for hit in joins if not rest[: hit.start].strip(" '’\"”」)")), None)
    things = page.words.things.find(rest[join.end :]) if join else []
    return {hit.tag.removeprefix("thing_") for hit in things if hit.start <= 2 and hit.tag in _THINGS}


def _is_other(token: str) -> bool:
    return bool(_OTHER.fullmatch(token))


def _without_doubles(found: dict[str, FieldValue]) -> dict[str, FieldValue]:
    """Drop a payment's or order's number that is the dispute's."""
    dispute = found.get("dispute_reference")
    return {
        name: item
        for name, item in found.items()
        if not dispute or name == "dispute_reference" or item.value != dispute.value
    }
