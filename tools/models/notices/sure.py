"""How sure it is that a mail is a notice of a dispute."""

from collections.abc import Mapping

from rejoinder.domain.reading import FieldValue
from tools.models.notices.kind import kinds_named, marketing
from tools.models.notices.page import Page

_ONLY_IN_NOTICES = frozenset({"dispute_reference", "arn", "reason_code", "card_last4"})
_ALSO_OF_A_BILL = frozenset({"order_reference", "amount_minor", "currency", "respond_by", "buyer_name", "buyer_email"})
_CERTAIN = frozenset({"dispute_reference", "arn", "reason_code"})
_OF_ONE_PAYMENT = frozenset(
    {"arn", "reason_code", "card_last4", "payment_reference", "order_reference", "transaction_date"}
)
STRONG = ("dispute_reference", "amount_minor", "respond_by", "reason_code", "reason_text", "arn", "card_last4")


def score(page: Page, kind: str, fields: Mapping[str, FieldValue], cases: int) -> float:
    """Return from 0 (no notice) to 1; `cases` are those of a list."""
    strong = max(sum(name in fields for name in STRONG), cases)
    tags = [{hit.tag for hit in page.subject_roles}, {hit.tag for hit in page.roles}]
    told = kind or kinds_named(page) or cases > 1 or _told_as_case(tags, fields) or _own_words(page, strong, tags)
    told = told or _told_by_a_clerk(page, fields)
    if not told or (kind == "monitoring_program" and not _OF_ONE_PAYMENT & set(fields)):
        return 0.0
    shaped = _own_number(page, fields)
    if marketing(page) >= 2 and not shaped and not {"dispute_reference", "respond_by"} & set(fields):
        return 0.0
    if page.sender.source:
        return _known(page, kind, strong, tags, shaped)
    return _unknown(page, kind, strong, tags, fields, several=cases > 1)


def may_be_a_notice(page: Page) -> bool:
    """Return whether nothing speaks against a notice: a word of a buyer's own or of no notice, a sender that is known.

    The rules know the mails of a known sender.
    """
    tags = {hit.tag for hit in (*page.subject_roles, *page.roles)}
    no_notice = "not_notice" in {hit.tag for hit in page.subject_roles}
    return not ("customer" in tags or no_notice or page.sender.free_mail or page.sender.source or marketing(page))


def _told_as_case(tags: list[set[str]], fields: Mapping[str, FieldValue]) -> bool:
    """Return whether the fields alone make it a dispute, where no phrase names its kind."""
    certain = _CERTAIN & set(fields)
    more = {"amount_minor", "respond_by", "category"} & set(fields)
    if "case" in tags[0] | tags[1] and "card_last4" in fields and len(more) == 3:
        return True
    return bool(certain) and len(certain | more) >= (2 if "case" in tags[0] else 3)


def _told_by_a_clerk(page: Page, fields: Mapping[str, FieldValue]) -> bool:
    """Return whether somebody tells what a third person says of a payment, and how much it is about."""
    if page.sender.free_mail or "amount_minor" not in fields or "not_notice" in page.words.roles.tags(page.subject):
        return False
    asides = page.words.asides.tags(page.folded)
    known = {"dispute_reference", "respond_by"} & set(fields)
    payment = {*_OF_ONE_PAYMENT, "category"} & set(fields)
    if "teller" not in asides:
        return False
    headed = "chargeback" in page.words.asides.tags(page.subject)
    return len(known) == 2 or (bool(known) and len(payment) >= 2) or (headed and len(payment) >= 3)


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


def _unknown(
    page: Page, kind: str, strong: int, tags: list[set[str]], fields: Mapping[str, FieldValue], *, several: bool
) -> float:
    labelled = len({item.field for item in page.labelled if item.field in _NEEDED})
    first_person = sum(hit.tag == "customer" for hit in page.roles)
    # Values that contradict each other are no fields, but their labels still tell what the mail is.
    if max(strong, labelled - 1) < 2 or not strong or not _speaks_of_a_case(page, kind, tags, fields):
        return 0.0
    if page.sender.free_mail and labelled < 3:
        return 0.0
    if not several and not set(fields) - _ALSO_OF_A_BILL:
        return 0.0
    by_a_clerk = _of_a_clerk(page, first_person, fields)
    if first_person and (labelled < 3 or not _ONLY_IN_NOTICES & set(fields)) and not by_a_clerk:
        return 0.0
    if labelled < 2 and not several and not by_a_clerk and not _full_prose(page, kind, strong, fields):
        return 0.0
    return 0.9 if labelled >= 3 else 0.75


def _of_a_clerk(page: Page, first_person: int, fields: Mapping[str, FieldValue]) -> bool:
    """Return whether words of the first person are a clerk's, who names case, amount and deadline, and tells of others.

    A buyer who writes of an own dispute says `I` in nearly every sentence, and speaks of nobody else's claim.
    """
    if first_person == 1 and {"dispute_reference", "amount_minor", "respond_by"} <= set(fields):
        return bool({"card_last4", "arn", "reason_code"} & set(fields)) or _told_by_a_clerk(page, fields)
    return first_person <= 2 and _told_by_a_clerk(page, fields)


def _speaks_of_a_case(page: Page, kind: str, tags: list[set[str]], fields: Mapping[str, FieldValue]) -> bool:
    if "case" in tags[0] | tags[1] or (kind and _CERTAIN & set(fields)):
        return True
    return bool(page.under("dispute_reference") and page.under("amount"))


def _full_prose(page: Page, kind: str, strong: int, fields: Mapping[str, FieldValue]) -> bool:
    """Return whether sentences alone say enough: which case, until when, how much."""
    if strong >= 4 or {"dispute_reference", "respond_by"} <= set(fields):
        return True
    if not kind or page.sender.free_mail or any(hit.tag == "customer" for hit in page.roles):
        return False
    return "dispute_reference" in fields or strong >= 3 or {"amount_minor", "respond_by"} <= set(fields)


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


def _own_number(page: Page, fields: Mapping[str, FieldValue]) -> bool:
    source = page.sender.source
    found = fields.get("dispute_reference")
    shapes = page.words.references.get(source.source if source else "", ())
    return bool(found and any(name == "dispute_reference" and shape.search(found.value) for name, shape in shapes))
