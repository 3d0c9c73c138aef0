"""A mail to a reading: is it a notice at all, from whom, and what does it say."""

from rejoinder.domain.mail import InboundMail
from rejoinder.domain.notices import DateOrder, NoticeCatalog
from rejoinder.domain.reading import FieldValue, Reading
from tools.models.notices.dates import DateRules
from tools.models.notices.days import find_days
from tools.models.notices.kind import kinds_named, marketing, notice_type
from tools.models.notices.labels import rows_of_cases
from tools.models.notices.money import find_money
from tools.models.notices.page import Page, page_of
from tools.models.notices.people import find_people
from tools.models.notices.reasons import find_reason
from tools.models.notices.references import find_references
from tools.models.notices.senders import Sender, foreign_links, has_link, sender_of
from tools.models.notices.texts import fold
from tools.models.notices.words import Words, words_of

READER = "notices"
_STRONG = ("dispute_reference", "amount_minor", "respond_by", "reason_code", "reason_text", "arn", "card_last4")
_OF_ONE_CASE = (
    "dispute_reference", "payment_reference", "order_reference", "arn", "amount_minor", "card_last4", "buyer_name",
    "buyer_email", "respond_by", "transaction_date", "reason_code", "reason_text", "category",
)  # fmt: skip


def read_notice(mail: InboundMail, catalog: NoticeCatalog) -> Reading | None:
    """Read a notice of a dispute; None when the mail is none."""
    words = words_of(catalog)
    inner, text, shift = _innermost(mail)
    sender = sender_of(inner, catalog)
    page = page_of(inner, text, sender, words, _date_rules(inner, mail, sender, text, catalog, words), shift)
    if sender.source is None and inner is mail and mail.quoted_text and _own_part(mail):
        page = page_of(inner, _own_part(mail), sender, words, page.dates, 0)
    fields = _fields(page, catalog)
    if note := _phishing(page, fields):
        return Reading(reader=READER, kind="phishing", score=0.9, notice_type="phishing", note=note)
    kind = notice_type(page, "respond_by" in fields)
    score = _score(page, kind, fields)
    if score <= 0.0:
        return None
    if kind == "digest" or rows_of_cases(list(page.labelled)) > 1:
        kind, fields = "digest", {name: item for name, item in fields.items() if name not in _OF_ONE_CASE}
    source = sender.source.source if sender.source else ""
    return Reading(
        reader=READER,
        kind="dispute",
        score=score,
        notice_source=source,
        notice_type=kind or "first_dispute",
        fields=fields,
    )


def _innermost(mail: InboundMail) -> tuple[InboundMail, str, int | None]:
    inner = mail
    while inner.forwarded is not None:
        inner = inner.forwarded
    if inner is mail:
        return mail, mail.text, 0
    at = mail.text.find(inner.text) if inner.text else -1
    return inner, inner.text, at if at >= 0 else None


def _own_part(mail: InboundMail) -> str:
    at = mail.text.find(mail.quoted_text)
    return mail.text[:at].rstrip() if at > 0 else ""


def _date_rules(
    inner: InboundMail, mail: InboundMail, sender: Sender, text: str, catalog: NoticeCatalog, words: Words
) -> DateRules:
    order: DateOrder = sender.facts.date_order or (sender.source.date_order if sender.source else "")
    sent = inner.sent_at or mail.sent_at
    return DateRules(
        order=order or _language_order(text, catalog, words), zones=words.zones, sent=sent.date() if sent else None
    )


def _language_order(text: str, catalog: NoticeCatalog, words: Words) -> DateOrder:
    """Return how the language of most of the mail's labels writes dates."""
    counts: dict[str, int] = {}
    for line in text.split("\n"):
        meaning = words.labels.get(fold(line.replace("：", ":").partition(":")[0]).strip())
        if meaning:
            counts[meaning.language] = counts.get(meaning.language, 0) + 1
    if not counts:
        return ""
    language = max(counts, key=lambda name: counts[name])
    return next((known.date_order for known in catalog.words if known.language == language), "")


def _fields(page: Page, catalog: NoticeCatalog) -> dict[str, FieldValue]:
    return {
        **find_references(page),
        **find_money(page),
        **find_days(page),
        **find_reason(page, catalog),
        **find_people(page),
    }


def _score(page: Page, kind: str, fields: dict[str, FieldValue]) -> float:
    rows = rows_of_cases(list(page.labelled))
    strong = max(sum(name in fields for name in _STRONG), rows if rows > 1 else 0)
    tags = [{hit.tag for hit in page.subject_roles}, {hit.tag for hit in page.roles}]
    if not kind and not kinds_named(page) and not _told_as_case(tags[0], fields) and not _own_words(page, strong, tags):
        return 0.0
    shaped = _own_number(page, fields)
    if marketing(page) >= 2 and not shaped and not {"dispute_reference", "respond_by"} & set(fields):
        return 0.0
    if page.sender.source:
        return _known(page, kind, strong, tags, shaped)
    return _unknown(page, kind, strong, tags, fields)


def _told_as_case(subject: set[str], fields: dict[str, FieldValue]) -> bool:
    """Return whether the fields alone make it a dispute, where no phrase names its kind."""
    certain = {"dispute_reference", "arn", "reason_code"} & set(fields)
    more = {"amount_minor", "respond_by", "category"} & set(fields)
    return bool(certain) and len(certain | more) >= (2 if "case" in subject else 3)


def _own_words(page: Page, strong: int, tags: list[set[str]]) -> bool:
    """Return whether a known source speaks of a dispute in any words."""
    if page.sender.source is None or "not_notice" in tags[0] or marketing(page):
        return False
    return "case" in tags[0] or ("case" in tags[1] and strong >= 2)


def _known(page: Page, kind: str, strong: int, tags: list[set[str]], shaped: bool) -> float:
    if "not_notice" in tags[0] and not page.subject_types:
        return 0.0
    if "case" not in tags[0] | tags[1] and not kind:
        return 0.0
    if strong >= 1 or shaped:
        return 0.97 if strong >= 2 or shaped else 0.85
    named = page.subject_types or "case" in tags[0]
    return 0.7 if named and kind and marketing(page) == 0 else 0.0


def _unknown(page: Page, kind: str, strong: int, tags: list[set[str]], fields: dict[str, FieldValue]) -> float:
    labelled = len({item.field for item in page.labelled if item.field in _NEEDED})
    first_person = sum(hit.tag == "customer" for hit in page.roles)
    # Values that contradict each other are no fields, but their labels still tell what the mail is.
    if max(strong, labelled - 1) < 2 or not strong or "case" not in tags[0] | tags[1]:
        return 0.0
    if page.sender.free_mail and labelled < 3:
        return 0.0
    if first_person and labelled < 3:
        return 0.0
    if labelled < 2 and not _full_prose(page, kind, strong, fields):
        return 0.0
    return 0.9 if labelled >= 3 else 0.75


def _full_prose(page: Page, kind: str, strong: int, fields: dict[str, FieldValue]) -> bool:
    """Return whether sentences alone say enough: which case, until when, how much."""
    if strong >= 4 or {"dispute_reference", "respond_by"} <= set(fields):
        return True
    if not kind or page.sender.free_mail or any(hit.tag == "customer" for hit in page.roles):
        return False
    ended = page.decided and "dispute_reference" in fields
    return ended or strong >= 3 or {"amount_minor", "respond_by"} <= set(fields)


_NEEDED = frozenset(
    {
        "dispute_reference",
        "amount",
        "plain_amount",
        "sale_amount",
        "respond_by",
        "reason",
        "reason_code",
        "arn",
        "card",
        "reference",
    }
)


def _own_number(page: Page, fields: dict[str, FieldValue]) -> bool:
    source = page.sender.source
    found = fields.get("dispute_reference")
    shapes = page.words.references.get(source.source if source else "", ())
    return bool(found and any(name == "dispute_reference" and shape.search(found.value) for name, shape in shapes))


def _phishing(page: Page, fields: dict[str, FieldValue]) -> str:
    """Return why the mail is a trick; empty when nothing says so."""
    roles = [*page.subject_roles, *page.roles]
    asked = {hit.start for hit in roles if hit.tag == "credentials"}
    customer = any(hit.tag == "customer" for hit in roles)
    sender = page.sender
    if sender.source:
        linked = foreign_links(page.text, sender.source)
        if asked and linked:
            return f"asks for credentials at {linked[0]!r}, which is not {sender.source.title}'s"
        return (
            f"says {sender.source.title}, but the sender's domain fails its own policy"
            if sender.forged and kinds_named(page)
            else ""
        )
    suspect = sender.claimed and not customer and (kinds_named(page) or asked) and marketing(page) < 2
    if suspect and sender.claimed and (asked or has_link(page.text) or sum(name in fields for name in _STRONG) >= 2):
        return f"says {sender.claimed.title}, but was sent from {sender.domain!r}"
    if len(asked) >= 2 and has_link(page.text) and not customer and kinds_named(page):
        return "asks for credentials by a link, and no known source sent it"
    return ""
