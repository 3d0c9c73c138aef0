"""A mail to a reading: is it a notice at all, from whom, and what does it say."""

from collections.abc import Mapping
from dataclasses import dataclass

from rejoinder.domain.mail import Attachment, InboundMail
from rejoinder.domain.notices import DateOrder, NoticeCatalog
from rejoinder.domain.reading import DigestCase, FieldValue, Reading
from tools.models.notices.dates import DateRules
from tools.models.notices.digest import SHARED, read_cases
from tools.models.notices.fields import find_fields
from tools.models.notices.guessed.guesses import Guesses, Likeness
from tools.models.notices.kind import ENDED, kind_of_cases, kinds_named, notice_type
from tools.models.notices.page import Page, Place, page_of
from tools.models.notices.phishing import why_phishing
from tools.models.notices.senders import Sender, sender_of
from tools.models.notices.sure import STRONG, may_be_a_notice, score
from tools.models.notices.words import Words, words_of

READER = "notices"
UNSURE = 0.5
MAYBE = 0.6
LIKELY = 0.8
VERY_LIKELY = 0.9
FEWEST_FIELDS = 2
MANY_FIELDS = 6
_REFERENCES = ("payment_reference", "order_reference", "transaction_date", "currency")
_LONGEST_TEXT = 120_000
_LONGEST_FILE = 60_000


@dataclass(frozen=True)
class _Told:
    """What one text of the mail tells: of one case, or of the cases of a list and what they share."""

    page: Page
    fields: Mapping[str, FieldValue]
    cases: tuple[DigestCase, ...]

    @property
    def fullness(self) -> tuple[int, int]:
        """How much is told: cases first, then fields."""
        return len(self.cases), sum(name in self.fields for name in (*STRONG, *_REFERENCES))


def read_notice(mail: InboundMail, catalog: NoticeCatalog, guesses: Guesses | None = None) -> Reading | None:
    """Read a notice of a dispute; None when the mail is none. Attached files count where they tell more.

    What the rules leave open is guessed where there are `guesses`.
    """
    inner, shift = _innermost(mail)
    sender = sender_of(inner, catalog)
    body = _told(_body_page(mail, inner, shift, sender, catalog), catalog)
    if note := why_phishing(body.page, body.fields):
        return Reading(reader=READER, kind="phishing", score=0.9, notice_type="phishing", note=note)
    files = inner.attachments or mail.attachments
    told = body
    if _files_count(body.page) and any(file.text for file in files):
        whole = _told(_page_with_files(mail, body.page, files), catalog)
        told = max(body, whole, key=lambda one: one.fullness)
    return _reading(told, guesses) or _unread(body, files)


def _told(page: Page, catalog: NoticeCatalog) -> _Told:
    cases, shared = read_cases(page, catalog)
    return _Told(page, shared if cases else find_fields(page, catalog), cases)


def _reading(told: _Told, guesses: Guesses | None) -> Reading | None:
    page, fields, cases = told.page, told.fields, told.cases
    kind = notice_type(page, "respond_by" in fields)
    sure = score(page, kind, fields, len(cases))
    like = guesses.about(page) if guesses else None
    if sure <= 0.0 and (like is None or like.notice < MAYBE):
        return None
    if like:
        kind, fields = _with_guesses(told, kind, like, ruled=sure > 0.0)
    if like and sure <= 0.0 and not _is_like_one(page, like, fields, cases):
        return None
    if kind == "digest" and not cases:
        fields, cases = _list_of_one(fields, page)
    return Reading(
        reader=READER,
        kind="dispute",
        score=sure or UNSURE,
        notice_source=page.sender.source.source if page.sender.source else "",
        notice_type="digest" if cases else kind or "first_dispute",
        fields=fields,
        cases=cases,
    )


def _with_guesses(told: _Told, kind: str, like: Likeness, *, ruled: bool) -> tuple[str, Mapping[str, FieldValue]]:
    """Return kind and fields with what the rules leave open; `ruled`: they know that the mail is a notice."""
    if told.page.sender.source is None and not (ruled and kind):
        kind = like.kind or kind
    if told.cases or kind == "digest":
        return kind, told.fields
    return kind, {**like.fields(told.fields, ended=kind in ENDED), **told.fields}


def _is_like_one(page: Page, like: Likeness, fields: Mapping[str, FieldValue], cases: tuple[DigestCase, ...]) -> bool:
    """Return whether a mail that no rule knows is so like a notice, and tells so much, that it is taken for one."""
    told = sum(name in fields for name in (*STRONG, *_REFERENCES))
    if not cases and told < FEWEST_FIELDS:
        return False
    if like.notice >= VERY_LIKELY:
        return True
    least = LIKELY if told < MANY_FIELDS else MAYBE
    return like.notice >= least and told > FEWEST_FIELDS and may_be_a_notice(page)


def _list_of_one(
    fields: Mapping[str, FieldValue], page: Page
) -> tuple[Mapping[str, FieldValue], tuple[DigestCase, ...]]:
    """Return the one case of a list; of a list whose cases were not found only what is true of all."""
    if "dispute_reference" in fields:
        return {}, (DigestCase(fields=fields, notice_type=kind_of_cases(page), text=page.text.strip()),)
    return {name: item for name, item in fields.items() if name in SHARED}, ()


def _unread(body: _Told, files: tuple[Attachment, ...]) -> Reading | None:
    """Return a reading for a person where a mail speaks of a dispute and its file could not be read."""
    unread = next((file for file in files if file.unread), None)
    page = body.page
    speaks = kinds_named(page) or any(hit.tag == "case" for hit in page.subject_roles)
    if unread is None or not speaks or _customer(page) or "not_notice" in {hit.tag for hit in page.subject_roles}:
        return None
    return Reading(
        reader=READER,
        kind="dispute",
        score=UNSURE,
        notice_source=page.sender.source.source if page.sender.source else "",
        notice_type=notice_type(page, "respond_by" in body.fields) or "first_dispute",
        fields=body.fields,
        note=f"{unread.filename!r} was not read: {unread.unread}",
    )


def _files_count(page: Page) -> bool:
    """Return whether attached files may hold the notice: what a customer attaches tells of the customer's own case."""
    return page.sender.source is not None or not _customer(page)


def _customer(page: Page) -> bool:
    return any(hit.tag == "customer" for hit in (*page.subject_roles, *page.roles))


def _innermost(mail: InboundMail) -> tuple[InboundMail, int | None]:
    """Return the mail inside all forwards, and where its text begins in the text received."""
    inner = mail
    while inner.forwarded is not None:
        inner = inner.forwarded
    if inner is mail:
        return mail, 0
    at = mail.text.find(inner.text) if inner.text else -1
    return inner, at if at >= 0 else None


def _body_page(
    mail: InboundMail, inner: InboundMail, shift: int | None, sender: Sender, catalog: NoticeCatalog
) -> Page:
    def place(start: int, end: int) -> Place:
        return Place() if shift is None else Place(start + shift, end + shift)

    own = _own_part(mail) if sender.source is None and inner is mail else ""
    text = (own or inner.text)[:_LONGEST_TEXT]
    words = words_of(catalog)
    return page_of(inner, text, sender, words, _date_rules(inner, mail, sender, words), place)


def _own_part(mail: InboundMail) -> str:
    at = mail.text.find(mail.quoted_text) if mail.quoted_text else -1
    return mail.text[:at].rstrip() if at > 0 else ""


def _page_with_files(mail: InboundMail, body: Page, files: tuple[Attachment, ...]) -> Page:
    """Return one page of the mail's text and all that could be read in its files."""
    text = body.text
    stands: list[tuple[int, str]] = []
    for file in files:
        if file.text:
            stands.append((len(text), file.filename))
            text = f"{text}\n\n{file.text[:_LONGEST_FILE]}"

    def place(start: int, end: int) -> Place:
        name = next((name for first, name in reversed(stands) if start >= first), "")
        return Place(where=name) if name else body.place(start, end)

    rules = _date_rules(body.mail, mail, body.sender, body.words)
    return page_of(body.mail, text, body.sender, body.words, rules, place)


def _date_rules(inner: InboundMail, mail: InboundMail, sender: Sender, words: Words) -> DateRules:
    order: DateOrder = sender.facts.date_order or (sender.source.date_order if sender.source else "")
    sent = inner.sent_at or mail.sent_at
    return DateRules(
        order=order,
        zones=words.zones,
        sent=sent.date() if sent else None,
        sent_proven=inner is mail and inner.sent_at is not None and _is_signed(mail),
    )


def _is_signed(mail: InboundMail) -> bool:
    """Return whether the sender's domain vouches for the headers, the date among them."""
    if mail.authenticity.verdict == "unchecked":
        return any("dkim=pass" in result.casefold() for result in mail.authentication_results)
    return mail.authenticity.verdict == "verified"
