"""Why the buyer disputes: the network, its code, the words, and the category they mean."""

import re
from collections.abc import Iterable, Iterator

from rejoinder.domain.notices import CodeMeaning, NoticeCatalog
from rejoinder.domain.reading import FieldValue
from tools.models.notices.page import Page
from tools.models.notices.tables import Labelled
from tools.models.notices.texts import Hit, bounded, fold

_CODE = re.compile(
    r"(?<![\w.,$€£-])(?:[A-Z]{0,3}\d{1,4}(?:\.\d{1,2}){0,2}|[A-Z]{2}\d{1,2}|[A-Z]{2})(?![\w%€$£])(?![.,]\d)"
)
# A new sentence begins behind three letters and a full stop.
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{3})\.(?=\s+[^\W\d_a-zа-я])|。(?=.)|(?<=[\u3040-\u9fff\uac00-\ud7af])\.(?=\s)")
# A request for papers is the reason only where the buyer's own is not told.
_WEAK = frozenset({"documentation_request", "general"})
_BRACKETED = re.compile(r"(?<=[^\W\d_]) ?[(（](\d{2}\.\d{1,2}(?:\.\d)?|4[5-9]\d\d|[A-Z]{1,2}\d{2})[)）]")
_EDGES = " \t-:–—|,;()（）[]【】./"


def find_reason(page: Page, catalog: NoticeCatalog) -> dict[str, FieldValue]:
    """Return the fields that say why."""
    found: dict[str, FieldValue] = {}
    if network := _network(page):
        found["network"] = network
    named = network.value if network else ""
    found.update(_code_and_words(page, catalog, named))
    code, text = found.get("reason_code"), found.get("reason_text")
    if category := _category(page, catalog, named, code.value if code else "", text.value if text else ""):
        found["category"] = category
    return found


def _network(page: Page) -> FieldValue | None:
    for field in ("network", "card", "reason", "reason_code"):
        for item in page.under(field):
            known = page.words.networks if field in ("network", "card") else page.words.plain_networks
            if named := _named(page, item.start, item.end, known):
                return named
    source = page.sender.source
    if source and source.network:
        return FieldValue(value=source.network, score=0.9)
    hits = {found.value: found for found in _all_named(page) if found.value != "ach"}
    return next(iter(hits.values())) if len(hits) == 1 else None


def _all_named(page: Page) -> Iterator[FieldValue]:
    for name, network, cased in page.words.plain_networks:
        at = page.folded.find(name)
        while at >= 0:
            end = at + len(name)
            fits = bounded(page.folded, at, end) and (not cased or not page.text[at:end].islower())
            if (
                fits
                and network not in page.words.accounts
                and not page.folded[end : end + 5].startswith((".com", "@"))
                and page.folded[at - 1 : at] not in "@."
            ):
                yield page.value(network, 0.8, at, end)
            at = page.folded.find(name, end)


def _named(page: Page, start: int, end: int, known: Iterable[tuple[str, str, bool]]) -> FieldValue | None:
    folded = page.folded[start:end]
    for name, network, cased in known:
        at = folded.find(name)
        if (
            at >= 0
            and bounded(folded, at, at + len(name))
            and not (cased and page.text[start + at : start + at + len(name)].islower())
        ):
            return page.value(network, 0.95, start + at, start + at + len(name))
    return None


def _code_and_words(page: Page, catalog: NoticeCatalog, network: str) -> dict[str, FieldValue]:
    found: dict[str, FieldValue] = {}
    for item in (*page.under("reason_code"), *page.under("reason")):
        code = _code_in(page, item, catalog, network)
        if code and "reason_code" not in found:
            found["reason_code"] = page.value(code[0], 0.95, item.start + code[1], item.start + code[1] + len(code[0]))
        words = _words_beside(page, item, code, network)
        if words and "reason_text" not in found:
            found["reason_text"] = words
    for item in page.under("reason_text"):
        found["reason_text"] = page.value(page.printed(item).strip(), 0.95, item.start, item.end)
    if "reason_code" not in found and (
        code_said := _code_in_prose(page, catalog) or _code_in_brackets(page, catalog, network)
    ):
        found["reason_code"] = code_said
    return found


def _code_in(page: Page, item: Labelled, catalog: NoticeCatalog, network: str) -> tuple[str, int] | None:
    printed = page.printed(item)
    for match in _CODE.finditer(printed):
        if _is_code(match[0], catalog, network):
            return match[0], match.start()
    first = re.match(r"[A-Za-z]{0,3}\d[\w.]*", printed.strip(_EDGES))
    if item.field == "reason_code" and first and len(first[0]) <= 8:
        return first[0], printed.index(first[0])
    return None


def _is_code(token: str, catalog: NoticeCatalog, network: str) -> bool:
    networks = (network,) if network in catalog.networks_with_codes else catalog.networks_with_codes
    if not any(letter.isdigit() for letter in token) and network not in catalog.networks_with_codes:
        return False
    if token.isdigit() and len(token) <= 2 and network not in catalog.networks_with_codes:
        return False
    return any(catalog.code_meaning(name, token) for name in networks)


def _words_beside(page: Page, item: Labelled, code: tuple[str, int] | None, network: str) -> FieldValue | None:
    printed = page.printed(item)
    sentence = _SENTENCE_END.search(printed)
    start, end = 0, sentence.start() if sentence else len(printed)
    if code:
        before, after = (
            printed[: code[1]].strip(_EDGES),
            printed[code[1] + len(code[0]) : max(end, code[1])].strip(_EDGES),
        )
        names = {name for name, meant, _ in page.words.networks if meant == network or not network}
        plain = re.sub(r"\b(?:reason|code)\b", "", fold(before)).strip(_EDGES)
        if after:
            start = code[1] + len(code[0])
        elif before and plain not in names and plain:
            end = code[1]
        else:
            return None
    part = printed[start:end]
    words = part.strip(_EDGES[:10] + "/。").removesuffix(".")
    if part.strip().endswith((")", "）")) and words.count("(") + words.count("（") > words.count(")") + words.count(
        "）"
    ):
        words += part.strip()[-1]
    if not words or (code is None and item.field == "reason_code"):
        return None
    at = item.start + start + part.index(words)
    return page.value(words, 0.93, at, at + len(words))


def _code_in_prose(page: Page, catalog: NoticeCatalog) -> FieldValue | None:
    """Return a code that stands behind a network's name or behind words for a reason code."""
    codes: dict[str, FieldValue] = {}
    for match in re.finditer(
        r"(?<![\w.,-])(?:[A-Z]{1,2}\d{2}|\d{2}\.\d{1,2}(?:\.\d)?|4[5-9]\d\d)(?![\w.,]?\d|\w|\s?[%€$£])", page.text
    ):
        head = page.folded[max(0, match.start() - 36) : match.start()].split("\n")[-1].rstrip(" :(-#")
        for name, network, _ in page.words.networks:
            if head.endswith(name) and catalog.code_meaning(network, match[0]):
                codes[match[0]] = page.value(match[0], 0.85, *match.span())
        labels = [
            m
            for start in range(len(head))
            if (m := page.words.labels.get(head[start:])) and bounded(head, start, len(head))
        ]
        if any(m.field in ("reason_code", "reason") for m in labels) and _is_code(match[0], catalog, ""):
            codes[match[0]] = page.value(match[0], 0.85, *match.span())
    return next(iter(codes.values())) if len(codes) == 1 else None


def _code_in_brackets(page: Page, catalog: NoticeCatalog, network: str) -> FieldValue | None:
    """Return a code of the notice's network that stands alone in brackets behind words: `never arrived (13.1)`."""
    if network not in catalog.networks_with_codes:
        return None
    codes: dict[str, FieldValue] = {}
    for match in _BRACKETED.finditer(page.text):
        head = page.folded[max(0, match.start() - 24) : match.start()].rstrip()
        beside_card = any(head.endswith(name) for name, _, _ in page.words.networks) or any(
            hit.tag == "ending" and hit.end == len(head) for hit in page.words.roles.find(head)
        )
        if not beside_card and catalog.code_meaning(network, match[1]):
            codes[match[1]] = page.value(match[1], 0.85, *match.span(1))
    return next(iter(codes.values())) if len(codes) == 1 else None


def _category(page: Page, catalog: NoticeCatalog, network: str, code: str, text: str) -> FieldValue | None:
    meaning = _meaning(catalog, network, code)
    if meaning and not meaning.refined_by_words:
        return FieldValue(value=meaning.category, score=0.95)
    said = words_category(page, fold(text))
    if not said and text:
        enumerated = [
            m
            for name in catalog.networks_with_codes
            if (m := catalog.code_meaning(name, text)) and m.category != "general"
        ]
        said = enumerated[0].category if len({m.category for m in enumerated}) == 1 else ""
    if said:
        return FieldValue(value=said, score=0.9)
    body = _body_category(page)
    if body:
        return FieldValue(value=body, score=0.75)
    return FieldValue(value=meaning.category, score=0.6) if meaning else None


def _meaning(catalog: NoticeCatalog, network: str, code: str) -> CodeMeaning | None:
    if not code:
        return None
    if found := catalog.code_meaning(network, code):
        return found
    if network and network not in catalog.values.accounts_of_cards:
        return None
    meanings = [m for name in catalog.networks_with_codes if (m := catalog.code_meaning(name, code))]
    return meanings[0] if meanings and len({m.category for m in meanings}) == 1 else None


def words_category(page: Page, folded: str) -> str:
    """Return the category of the longest phrase in the words; a weak one only when nothing else fits."""
    hits = page.words.categories.find(folded)
    hits.sort(key=lambda hit: (hit.tag in _WEAK, hit.tag == "general", hit.start - hit.end, hit.start))
    return hits[0].tag if hits else ""


def _body_category(page: Page) -> str:
    """Return the category that the sentences of the mail agree on, its subject counted first."""
    hits = [_of_the_buyer(page, page.subject, page.subject_types), _of_the_buyer(page, page.folded, page.types)]
    told = (_agreed([hit for hit in found if hit.tag not in _WEAK]) for found in hits)
    asked = (_agreed([hit for hit in found if hit.tag == "documentation_request"]) for found in hits)
    return next((tag for tag in (*told, *asked) if tag), "")


def _of_the_buyer(page: Page, folded: str, kinds: list[Hit]) -> list[Hit]:
    """Return the hits in a text that are not about papers: of them, too, it is said that they did not arrive."""
    papers = [hit for hit in kinds if hit.tag in ("deadline_reminder", "evidence_ack")]
    hits = page.words.categories.find(folded)
    return [hit for hit in hits if not any(paper.start < hit.end and hit.start < paper.end for paper in papers)]


def _agreed(hits: list[Hit]) -> str:
    """Return the tag of all hits, or of those that are about as long as the longest."""
    longest = max((hit.end - hit.start for hit in hits), default=0)
    tags = {hit.tag for hit in hits if hit.end - hit.start >= longest * 0.8}
    return tags.pop() if len(tags) == 1 else ""
