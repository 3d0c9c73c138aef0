"""Which kind of notice a mail is."""

from collections.abc import Collection

from tools.models.notices.page import Page
from tools.models.notices.texts import Hit

# The kind that comes first here wins among kinds named in the same place.
_ORDER = (
    "monitoring_program", "outcome_lost", "outcome_won", "evidence_ack", "deadline_reminder", "prearb", "arbitration",
    "compliance", "reversal", "direct_debit_return", "inquiry", "alert", "digest", "fee_advice", "marketplace_claim",
    "first_dispute",
)  # fmt: skip
ENDED = frozenset({"outcome_lost", "outcome_won", "reversal"})
_ONLY_IN_SUBJECT = frozenset({"fee_advice", "monitoring_program", "digest", "evidence_ack"})
_JUST_BEFORE = 20
_ESCALATED = frozenset({"escalated", "chargeback"})


def notice_type(page: Page, due: bool) -> str:
    """Return the kind of notice; empty when no words of any kind are there."""
    subject = _first(page.subject_types, {"fee_advice"} if due else ())
    if subject and subject != "first_dispute":
        return _settled(page, _who_was_right(page) if subject == "reversal" else subject)
    left_out = ENDED if due else ()
    body = _first(_prose_hits(page), (*left_out, *_ONLY_IN_SUBJECT) if subject or due else left_out)
    if subject and body in ("inquiry", "alert", "marketplace_claim", "direct_debit_return", "arbitration"):
        body = subject
    return _settled(page, _or_inquiry(page, body or subject))


def _who_was_right(page: Page) -> str:
    """Return the end that the sentences tell of money that is said to be back: a decision, or no more than that."""
    return "outcome_won" if "outcome_won" in {hit.tag for hit in _prose_hits(page)} else "reversal"


def _or_inquiry(page: Page, kind: str) -> str:
    """Return an inquiry for what a buyer says of a payment, where an acquirer says that nothing was debited yet."""
    processor = page.sender.source is not None and page.sender.source.kind not in ("acquirer", "bank")
    if kind not in ("first_dispute", "") or processor:
        return kind
    told = page.words.asides.tags(page.folded)
    return "inquiry" if "unmoved" in told and (kind or "teller" in told) else kind


def kind_of_cases(page: Page) -> str:
    """Return what the words around a list say that its cases are: reminded of, inquiries; a dispute if nothing."""
    subject = _first(page.subject_types, {"digest"})
    body = _first(_prose_hits(page), _ONLY_IN_SUBJECT)
    return _settled(page, subject or body) or "first_dispute"


def kinds_named(page: Page) -> set[str]:
    """Return every kind whose words are in the mail."""
    return {hit.tag for hit in (*page.subject_types, *page.types)} - {"vendor_marketing"}


def marketing(page: Page) -> int:
    """Return how many phrases of advertising are in the mail."""
    hits = (*page.subject_types, *page.types)
    return len({(hit.start, hit.tag) for hit in hits if hit.tag == "vendor_marketing"})


def _first(hits: list[Hit], without: Collection[str]) -> str:
    tags = {hit.tag for hit in hits} - set(without)
    return next((name for name in _ORDER if name in tags), "")


def _prose_hits(page: Page) -> list[Hit]:
    """Return the hits outside labels; what may happen later is no outcome yet."""
    hits = []
    for hit in page.types:
        if any(item.label_start <= hit.start < item.start for item in page.labelled):
            continue
        if (hit.tag in ENDED and _conditional(page, hit)) or (hit.tag == "evidence_ack" and _to_come(page, hit)):
            continue
        hits.append(hit)
    return hits


def _conditional(page: Page, hit: Hit) -> bool:
    return "conditional" in page.words.asides.tags(page.folded[slice(*page.sentence(hit.start, hit.end))])


def _to_come(page: Page, hit: Hit) -> bool:
    """Return whether the words tell what will be done: what `will be sent` can still be added to."""
    first = max(page.sentence(hit.start, hit.end)[0], hit.start - _JUST_BEFORE)
    return "future" in page.words.asides.tags(page.folded[first : hit.end])


def _told(page: Page, tags: frozenset[str]) -> bool:
    """Return whether the subject, or a sentence that is not about what may happen, has words of these tags."""
    if tags & page.words.asides.tags(page.subject):
        return True
    return any(hit.tag in tags and not _conditional(page, hit) for hit in page.words.asides.find(page.folded))


def _own_claim(page: Page) -> bool:
    """Return whether a marketplace's own guarantee is named, and not only a chargeback."""
    asides = page.words.asides
    pairs = ((page.subject, page.subject_types), (page.folded, page.types))
    return any(
        hit.tag == "marketplace_claim" and "chargeback" not in asides.tags(text[hit.start : hit.end])
        for text, hits in pairs
        for hit in hits
    )


def _settled(page: Page, kind: str) -> str:
    source = page.sender.source
    if source is None:
        return kind
    if kind == "arbitration" and source.default_type and not _told(page, _ESCALATED):
        return source.default_type  # a marketplace decides between buyer and seller by itself
    if kind not in ("first_dispute", "inquiry", "marketplace_claim", ""):
        return kind
    if source.chargeback_type and _told(page, frozenset({"chargeback"})) and not _own_claim(page):
        return source.chargeback_type
    if source.default_type:
        return source.default_type
    if source.network == "paypal" and kind in ("first_dispute", "marketplace_claim"):
        return "first_dispute" if _told(page, _ESCALATED) else "inquiry"
    return "first_dispute" if kind == "marketplace_claim" else kind
