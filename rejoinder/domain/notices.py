"""What is known of notices of disputes: who sends them, and in which words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

DateOrder = Literal["", "mdy", "dmy", "ymd"]
SourceKind = Literal["processor", "wallet", "marketplace", "acquirer", "alert", "bank"]

# Words of `notice_type`; a mail that is none of them is no notice.
NOTICE_TYPES = (
    "alert",
    "inquiry",
    "first_dispute",
    "prearb",
    "arbitration",
    "compliance",
    "deadline_reminder",
    "evidence_ack",
    "outcome_won",
    "outcome_lost",
    "reversal",
    "fee_advice",
    "monitoring_program",
    "digest",
    "direct_debit_return",
    "marketplace_claim",
    "vendor_marketing",
    "phishing",
)


NONE = "none"
"""The kind of a mail that is no notice, the reason where none is told, the meaning of a value that is no field."""


class Mark(NamedTuple):
    """A value that a person marked in the text of an example: what it means and where it stands."""

    role: str
    start: int
    end: int


class NoticeExample(NamedTuple):
    """A mail as a person read it; `kind` is a notice's type or `none`, `category` empty where no reason is told."""

    language: str
    kind: str
    category: str
    subject: str
    text: str
    marks: tuple[Mark, ...]


class CodeMeaning(NamedTuple):
    """What a reason code means; `refined_by_words`: the words beside it tell more than the code."""

    category: str
    refined_by_words: bool


@dataclass(frozen=True, kw_only=True)
class DomainFacts:
    """What the domain of a sender proves: how its dates are written, which money a bare sign means there."""

    date_order: DateOrder = ""
    signs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class NoticeSource:
    """One sender of notices. A mail is its own only if the sender's domain ends in one of `domains`.

    `names` are what a mail calls itself; `references` are shapes of its numbers, per field of a notice;
    `labels` are words that mean a field in this source's mails only; `chargeback_type` is what a card's chargeback
    is at a marketplace whose own claims are of `default_type`.
    """

    source: str
    title: str
    kind: SourceKind
    domains: tuple[str, ...]
    names: tuple[str, ...] = ()
    link_domains: tuple[str, ...] = ()
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    date_order: DateOrder = ""
    network: str = ""
    default_type: str = ""
    chargeback_type: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class NoticeWords:
    """The words of one language: phrases per field, per notice type, per category and per role in a sentence.

    In a phrase `*` stands for any ending, ` ... ` for a few words between. A label that begins with `=`
    means its field only where it is the whole label; one with `*` in it stands for any words there. `relative` are
    the words of deadlines that are counted from the notice's own day. `currency` is what a sign of several
    currencies means in this language, where it means one of them.
    """

    language: str
    labels: Mapping[str, tuple[str, ...]]
    types: Mapping[str, tuple[str, ...]]
    categories: Mapping[str, tuple[str, ...]]
    roles: Mapping[str, tuple[str, ...]]
    relative: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    date_order: DateOrder = ""
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class ValueWords:
    """Words inside values: what money, networks and time zones are called.

    `labelled_networks` are names of networks that are other words too: they count under a label only. `accounts` are
    networks that are accounts to pay with, `accounts_of_cards` those that may print the code of the card behind them.
    """

    accounts: tuple[str, ...]
    accounts_of_cards: tuple[str, ...]
    currencies: Mapping[str, tuple[str, ...]]
    networks: Mapping[str, tuple[str, ...]]
    labelled_networks: Mapping[str, tuple[str, ...]]
    zones: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, eq=False)
class NoticeCatalog:
    """Everything known of notices. Equal only to itself, so that what is made of it can be kept."""

    sources: Mapping[str, NoticeSource]
    words: tuple[NoticeWords, ...]
    values: ValueWords
    domains: Mapping[str, DomainFacts]
    code_meaning: Callable[[str, str], CodeMeaning | None]
    networks_with_codes: tuple[str, ...] = ()
    free_mail_domains: frozenset[str] = frozenset()
