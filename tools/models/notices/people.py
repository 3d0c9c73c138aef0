"""The buyer and the card, as far as a notice names them."""

import re

from rejoinder.domain.reading import FieldValue
from tools.models.notices.page import Page
from tools.models.notices.tables import Labelled
from tools.models.notices.texts import bounded, fold

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_IN_BRACKETS = re.compile(r"\s?[(（<\[]\s?([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})\s?[)）>\]]")
_OF_NAMES = frozenset(
    {"de", "da", "do", "dos", "das", "del", "la", "van", "von", "der", "den", "di", "bin", "al", "el", "y", "e"}
)
_FIRM = re.compile(
    r"ban[ckq]|банк|بنك|مصرف|银行|銀行|은행|pay|card|credit|kredit|caisse|caja|team|gmbh|\b(?:inc|ltd|llc|the|your|our|a)\b"
)
_MASKED = re.compile(r"(?:[*•xX·●∗＊#…]|\.{2,})[\s*•xX·●∗＊#….-]*(\d{4})(?!\d|[/.-]\d|\s?[年년])")
_FOUR = re.compile(r"(?<!\d)(?<!\d[/.-])(\d{4})(?!\d|[/.-]\d|\s?[年년])")
_BEHIND = re.compile(r"[ \t:*•(.,#]*(?:\w{1,4}\s)?(\d{4})(?!\d|[/.-]\d|\s?[年년])")
# Between a network's name and the digits: nothing, or few words; a Mastercard's four may be a reason code.
_BESIDE_NETWORK = re.compile(
    r"(?:[ (,:#]|-(?= )|(?<= )-){1,3}(?:[^\W\d]+ ){0,2}(?!4[5-9]\d\d|20[12]\d)(\d{4})(?!\d|[/.-]\d|[.,]\d)"
)
_BEFORE_ENDING = re.compile(r"(?<![\d/.-])(\d{4})['’ ]?[^\W\d]{0,4}\s?$")


def find_people(page: Page) -> dict[str, FieldValue]:
    """Return the card's last digits, the buyer's name and address."""
    named = _with_address(page)
    found = {
        "card_last4": _card(page),
        "buyer_email": _email(page) or named.get("buyer_email"),
        "buyer_name": _name(page) or named.get("buyer_name") or _who_says(page),
    }
    return {name: value for name, value in found.items() if value}


def _card(page: Page) -> FieldValue | None:
    spans: dict[str, tuple[int, int]] = {}
    for item in page.under("card", "network", "payment_reference"):
        value = page.folded[item.start : item.end]
        match = _MASKED.search(value)
        four = _FOUR.findall(value)
        if match is None and item.field == "card" and len(four) == 1:
            match = _FOUR.search(value)
        if match:
            spans.setdefault(match[1], (item.start + match.start(1), item.start + match.end(1)))
        elif item.field == "network":
            spans.update(_beside_network(page, item.start, item.end))
    spans = spans or _in_prose(page) or _beside_network(page, 0, len(page.folded))
    if len(spans) != 1:
        return None
    value, span = next(iter(spans.items()))
    return page.value(value, 0.95, *span)


def _in_prose(page: Page) -> dict[str, tuple[int, int]]:
    spans = {match[1]: match.span(1) for match in _MASKED.finditer(page.folded) if not match[0].startswith(("#", "."))}
    if spans:
        return spans
    for hit in page.roles:
        match = _BEHIND.match(page.folded, hit.end) if hit.tag == "ending" else None
        if match is None and hit.tag == "ending_after":
            match = _BEFORE_ENDING.search(page.folded, max(0, hit.start - 12), hit.start)
        if match:
            spans[match[1]] = match.span(1)
    return spans


def _beside_network(page: Page, start: int, end: int) -> dict[str, tuple[int, int]]:
    """Return the four digits behind a network's name, as in `Visa 4409` and `visa, card summary 3238`."""
    spans: dict[str, tuple[int, int]] = {}
    for name, _, _ in page.words.networks:
        at = page.folded.find(name, start, end)
        while at >= 0:
            match = _BESIDE_NETWORK.match(page.folded, at + len(name), end)
            if match and bounded(page.folded, at, at + len(name)):
                spans[match[1]] = match.span(1)
            at = page.folded.find(name, at + len(name), end)
    return spans


def _email(page: Page) -> FieldValue | None:
    own = {person.email for person in (page.mail.sender, *page.mail.to, *page.mail.cc)}
    spans: dict[str, tuple[int, int]] = {}
    for item in page.under("buyer_email", "buyer_name"):
        match = _EMAIL.search(page.printed(item))
        if match and match[0].lower() not in own:
            spans.setdefault(match[0], (item.start + match.start(), item.start + match.end()))
    if len(spans) != 1:
        return None
    value, span = next(iter(spans.items()))
    return page.value(value, 0.93, *span)


def _name(page: Page) -> FieldValue | None:
    names = [name for item in page.under("buyer_name") if (name := _printed_name(page, item))]
    return names[0] if names and len({name.value for name in names}) == 1 else None


def _printed_name(page: Page, item: Labelled) -> FieldValue | None:
    printed = page.printed(item)
    printed = printed.split("<")[0].split("(")[0].split("（")[0]
    printed = _EMAIL.split(printed)[0].strip(" ,;-/·|\t")
    if not printed or len(printed) > 60 or any(letter.isdigit() or letter in "*@:" for letter in printed):
        return None
    if _without_colon(item) and not (_in_a_block(page, item) and _capital(printed)):
        return None
    at = item.start + page.printed(item).index(printed)
    return page.value(printed, 0.92, at, at + len(printed))


def _without_colon(item: Labelled) -> bool:
    return item.label_start + len(item.hint) + 1 == item.start and item.hint[-1:] not in (":", "：")


def _in_a_block(page: Page, item: Labelled) -> bool:
    """Return whether the line above a label is labelled too: behind a word and a blank may stand anything."""
    return any(other.end + 1 == item.label_start for other in page.labelled)


def _capital(name: str) -> bool:
    return not any(word[0].islower() for word in (name.split()[0], name.split()[-1]))


def _with_address(page: Page) -> dict[str, FieldValue]:
    """Return the buyer of `customer Jane Roe (jane@…)`: a word for a buyer, a name, an address in brackets."""
    own = {person.email for person in (page.mail.sender, *page.mail.to, *page.mail.cc)}
    domains = {email.rpartition("@")[2] for email in own}
    found: list[dict[str, FieldValue]] = []
    for match in _IN_BRACKETS.finditer(page.text):
        first = page.folded.rfind("\n", 0, match.start()) + 1
        persons = page.words.persons.find(page.folded[max(first, match.start() - 80) : match.start()])
        ends = [max(first, match.start() - 80) + hit.end for hit in persons if hit.tag == "person"]
        if not ends or match[1].rpartition("@")[2].lower() in domains:
            continue
        name = page.text[ends[-1] : match.start()].strip(" :،,")
        if _is_name(page, name):
            at = page.text.index(name, ends[-1])
            email = page.value(match[1], 0.85, *match.span(1))
            found.append({"buyer_name": page.value(name, 0.85, at, at + len(name)), "buyer_email": email})
    return found[0] if len({one["buyer_email"].value for one in found}) == 1 else {}


def _who_says(page: Page) -> FieldValue | None:
    """Return the name with which a sentence of a known payment company's mail begins, before `has told us`."""
    if page.sender.source is None:
        return None
    names: dict[str, FieldValue] = {}
    for hit in page.words.persons.find(page.folded):
        if hit.tag != "buyer_says":
            continue
        first = max(page.sentence(hit.start, hit.end)[0], hit.start - 60)
        name = page.text[first : hit.start].strip()
        if len(name.split()) > 1 and _is_name(page, name):
            at = page.text.index(name, first)
            names[name] = page.value(name, 0.8, at, at + len(name))
    return next(iter(names.values())) if len(names) == 1 else None


def _is_name(page: Page, words: str) -> bool:
    """Return whether words may be a person's name: few, none in small letters, none that a notice uses otherwise."""
    parts = words.split()
    if not 0 < len(parts) <= 4 or len(words) > 40 or not re.fullmatch(r"[^\W\d_](?:[^\W\d_]|[ .'’·・-])*", words):
        return False
    if any(part[0].islower() and part not in _OF_NAMES for part in parts) or _FIRM.search(fold(words)):
        return False
    return not any(page.words.labels.get(fold(part)) for part in parts)
