"""How the guessers learn: from marked examples, from customers' mails, and from the labels of the catalogue."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from rejoinder.domain.mail import InboundMail, MailAddress
from rejoinder.domain.notices import NONE, NoticeCatalog, NoticeExample
from tools.models.notices.dates import DateRules
from tools.models.notices.guessed.candidates import candidates
from tools.models.notices.guessed.guesser import SIZE, Guesser, weigh
from tools.models.notices.guessed.terms import label_terms, mail_terms, phrase_terms, value_terms, without_catalogue
from tools.models.notices.page import Page, Place, page_of
from tools.models.notices.senders import sender_of
from tools.models.notices.words import words_of
from tools.models.training import SEED, temperature

# What told best the notices that were not written for learning; see docs/explanation/notices.md.
REGULARISATION = {"kinds": 0.5}
USUAL_REGULARISATION = 0.1
FOLDS = 2
_ANY_REASON = "general"
EVERY_WISH = 3
WRITTEN = date(2026, 11, 20)
"""The day about which the examples were written: days in them without a year are near it."""

Terms = list[list[str]]
Taught = list[tuple[Terms, str]]
"""Terms and what they mean."""

# What a value under a label of the catalogue means, by kind of value; under any other label it means nothing here.
LABELLED: Mapping[str, Mapping[str, str]] = {
    "day": {"respond_by": "respond_by", "transaction_date": "transaction_date", "other_date": NONE, "other": NONE},
    "amount": {
        "amount": "amount",
        "plain_amount": "amount",
        "sale_amount": "amount",
        "other_amount": NONE,
        "other": NONE,
    },
    "number": {
        "dispute_reference": "dispute_reference",
        "order_reference": "order_reference",
        "payment_reference": "payment_reference",
        "arn": "arn",
        "other": NONE,
    },
}
ROLES = {
    "day": ("respond_by", "transaction_date"),
    "amount": ("amount",),
    "number": ("dispute_reference", "order_reference", "payment_reference", "arn", "card_last4"),
}


def learn(examples: Sequence[NoticeExample], wishes: Sequence[str], catalog: NoticeCatalog) -> dict[str, Guesser]:
    """Return the guessers of kinds, of reasons, and of each kind of value."""
    pages = [_page(example.subject, example.text, catalog) for example in examples]
    read = [(example, mail_terms(page)) for example, page in zip(examples, pages, strict=True)]
    kinds = [(terms, example.kind) for example, terms in read]
    reasons = [(terms, example.category or NONE) for example, terms in read if example.kind not in (NONE, "digest")]
    no_notices = [(mail_terms(_page("", wish, catalog)), NONE) for wish in wishes[::EVERY_WISH]]
    taught = {
        "kinds": [*_with_less(kinds), *no_notices],
        "reasons": [*_with_less(reasons), *_told_in_words(catalog)],
    }
    values = _values(examples, pages)
    taught |= {kind: [*_with_less(values[kind]), *_under_labels(kind, catalog)] for kind in ROLES}
    with ThreadPoolExecutor() as pool:  # the learning itself leaves the interpreter alone
        return dict(zip(taught, pool.map(_guesser, taught, taught.values()), strict=True))


def _page(subject: str, text: str, catalog: NoticeCatalog) -> Page:
    mail = InboundMail(
        identity="", message_id="", sender=MailAddress(email=""), subject=subject, text=text, new_text=text
    )
    words = words_of(catalog)
    rules = DateRules(zones=words.zones, sent=WRITTEN)
    return page_of(mail, text, sender_of(mail, catalog), words, rules, lambda start, end: Place(start, end))


def _with_less(taught: Iterable[tuple[Terms, str]]) -> Taught:
    """Return each example twice: as it is, and as if the catalogue knew none of its words."""
    return [one for terms, name in taught for one in ((terms, name), (without_catalogue(terms), name))]


def _values(examples: Sequence[NoticeExample], pages: Sequence[Page]) -> dict[str, Taught]:
    """Return the values of the examples by their kind, each with what it was marked as."""
    found: dict[str, Taught] = {kind: [] for kind in ROLES}
    for example, page in zip(examples, pages, strict=True):
        for one in candidates(page):
            over = (mark.role for mark in example.marks if mark.start < one.end and one.start < mark.end)
            role = next((role for role in over if role in ROLES[one.kind]), NONE)
            found[one.kind].append((value_terms(page, one), role))
    return found


def _under_labels(kind: str, catalog: NoticeCatalog) -> Iterator[tuple[Terms, str]]:
    for words in catalog.words:
        for field, labels in words.labels.items():
            if field in LABELLED[kind]:
                yield from ((label_terms(label.lstrip("=")), LABELLED[kind][field]) for label in labels)


def _told_in_words(catalog: NoticeCatalog) -> Iterator[tuple[Terms, str]]:
    for words in catalog.words:
        for reason, phrases in words.categories.items():
            if reason != _ANY_REASON:
                yield from ((phrase_terms(phrase), reason) for phrase in phrases)


def _guesser(name: str, taught: Taught) -> Guesser:
    regularisation = REGULARISATION.get(name, USUAL_REGULARISATION)
    names = np.array([meaning for _, meaning in taught])
    weighed = [weigh(terms) for terms, _ in taught]
    ends = np.cumsum([0, *(len(places) for places, _ in weighed)])
    values, places = (np.concatenate(parts) for parts in ([v for _, v in weighed], [p for p, _ in weighed]))
    matrix = csr_matrix((values, places, ends), shape=(len(taught), SIZE))
    model = LinearSVC(C=regularisation, random_state=SEED).fit(matrix, names)
    weights, offsets = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        weights, offsets = np.vstack([-weights, weights]), np.concatenate([-offsets, offsets])
    return Guesser(
        weights=np.ascontiguousarray(weights.T, dtype=np.float16),
        offsets=offsets.astype(np.float32),
        names=tuple(str(meaning) for meaning in model.classes_),
        temperature=temperature(matrix, names, FOLDS, regularisation),
    )
