"""What the nodes may ask of the outside: the runtime context of every graph."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from rejoinder.domain.cases import Dispute, Merchant, MonthOfCards, RunView, StoredMessage
from rejoinder.domain.digests import DigestRow
from rejoinder.domain.drafts import Draft, Problem, Sentence
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.judgement import Judgement
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.orders import Match, Order, Product
from rejoinder.domain.reading import Reading, Reconciled
from rejoinder.domain.review import Decision, Route


class Store(Protocol):
    """The rows a run reads and writes. Every write may happen twice and then changes nothing."""

    def view(self, run_id: int) -> RunView:
        """Return a run with all it is about: case, merchant, message, reading, dispute, matched order."""

    def save_triage(self, run_id: int, readings: Sequence[Reading], reconciled: Reconciled) -> None:
        """Keep what was read; set the case's kind, intent, language and title."""

    def open_dispute(self, run_id: int, dispute: Dispute) -> int:
        """Create or update the dispute with this processor and reference.

        When another case of the merchant already holds it, the run's messages move there.

        Returns:
            The id of the case that holds the dispute.
        """

    def open_digest(self, run_id: int, rows: Sequence[DigestRow]) -> Sequence[int]:
        """Open or update the dispute of every row with a case and a run of its own; the digest's own case ends.

        Returns:
            The ids of the runs that were started.
        """

    def record(self, run_id: int) -> None:
        """Note what the run's message told about its dispute; nothing is to be answered."""

    def dispute(self, case_id: int) -> Dispute | None:
        """Return the case's dispute."""

    def open_dispute_on(self, merchant_id: int, order_number: str) -> bool:
        """Tell whether an undecided dispute is open on the order."""

    def set_aside(self, run_id: int, reason: str) -> None:
        """Close the case without an answer; the reason is shown to people."""

    def mails_with(self, merchant_id: int, email: str, limit: int = 20) -> Sequence[StoredMessage]:
        """Return mails exchanged with this address in any case of the merchant, oldest first."""

    def candidate_orders(
        self, merchant_id: int, *, numbers: Sequence[str], emails: Sequence[str], payments: Sequence[str]
    ) -> Sequence[Order]:
        """Return orders with one of these numbers, customer addresses or payment references, newest first."""

    def orders_by_payment(
        self, merchant_id: int, *, amount_minor: int, currency: str, card_last4: str, around: date | None
    ) -> Sequence[Order]:
        """Return orders with a payment of this amount (and card, within three days of the date, where given)."""

    def order(self, merchant_id: int, number: str) -> Order | None:
        """Return the order with this number."""

    def products(self, merchant_id: int, skus: Sequence[str]) -> Sequence[Product]:
        """Return the products with these article numbers."""

    def find_products(self, merchant_id: int, words: str, limit: int = 5) -> Sequence[Product]:
        """Return products whose title, number or description share words with the text, best first."""

    def earlier_orders(self, merchant_id: int, order: Order) -> Sequence[Order]:
        """Return the customer's orders before this one: by mail address, or paid with the same card; newest first."""

    def other_disputes(
        self, merchant_id: int, case_id: int, *, orders: Sequence[str], payments: Sequence[str]
    ) -> Sequence[Dispute]:
        """Return the merchant's other disputes on these orders or payments."""

    def outcomes(self, merchant_id: int, category: str, level: str) -> tuple[int, int]:
        """Return how many of the merchant's own cases of this category and level of evidence were won, and lost."""

    def month_of_cards(self, merchant_id: int, network: str, month: date, zone: ZoneInfo) -> MonthOfCards:
        """Count a network's disputes and payments in the month of a day, and its payments in the month before."""

    def term_settings(self, case_id: int) -> Mapping[str, str]:
        """Return the terms of the expected value that a person set for this case, by name."""

    def save_judgement(self, run_id: int, category: str, judgement: Judgement) -> None:
        """Keep what was concluded about the run's case, in place of what was before; settings of people stay."""

    def judgement(self, case_id: int) -> Judgement | None:
        """Return what the rules concluded about a case; None while nobody looked."""

    def uploads(self, case_id: int) -> Sequence[Evidence]:
        """Return the files that were given as evidence for a case, the first given first."""

    def save_match(self, run_id: int, matches: Sequence[Match], chosen: str) -> None:
        """Keep the candidate orders; `chosen` is an order number or empty. Sets the case's order."""

    def matches(self, run_id: int) -> Sequence[Match]:
        """Return the candidate orders of the run, best first."""

    def save_evidence(self, case_id: int, evidence: Sequence[Evidence]) -> None:
        """Keep evidence under its stable ids."""

    def evidence(self, case_id: int, evidence_ids: Sequence[str]) -> Sequence[Evidence]:
        """Return the case's evidence with these ids, in this order."""

    def save_passages(self, case_id: int, passages: Sequence[Passage]) -> None:
        """Keep the passages as they were retrieved for the case."""

    def passages(self, case_id: int, passage_ids: Sequence[str]) -> Sequence[Passage]:
        """Return the case's passages with these ids, in this order."""

    def save_draft(self, run_id: int, draft: Draft) -> int:
        """Keep the draft; the same draft of the same run again returns the same id."""

    def draft(self, draft_id: int) -> Draft:
        """Return the draft."""

    def save_check(self, run_id: int, draft_id: int, problems: Sequence[Problem], route: Route) -> None:
        """Keep what the checks found and where the draft goes."""

    def problems(self, draft_id: int) -> Sequence[Problem]:
        """Return what the checks found on the draft."""

    def route(self, run_id: int) -> Route:
        """Return where the run's draft goes."""

    def open_review(self, run_id: int) -> int:
        """Open the run's review, once; the case waits in review."""

    def decision(self, review_id: int) -> Decision | None:
        """Return the decision, or None while the review is open."""

    def queue_delivery(self, run_id: int, draft_id: int) -> int:
        """Put the draft into the outbox, once per draft, with its job, in one transaction."""

    def close_case(self, run_id: int, outcome: str) -> None:
        """End the case without a delivery: rejected, in shadow, or escalated to a person elsewhere."""


class Reader(Protocol):
    """Understands a message. Raises `ModelError` or `ProviderUnavailable` when it cannot."""

    @property
    def name(self) -> str:
        """Name shown with each reading."""

    def read(self, mail: InboundMail, merchant: Merchant) -> Reading:
        """Return what the mail is and says."""


class Writer(Protocol):
    """Writes better prose for named slots of a draft. Raises `ModelError` or `ProviderUnavailable` when it cannot."""

    @property
    def name(self) -> str:
        """Name shown with each sentence."""

    def write(
        self, draft: Draft, mail: InboundMail, evidence: Sequence[Evidence], passages: Sequence[Passage], complaint: str
    ) -> Mapping[str, Sequence[Sentence]]:
        """Return sentences for some of the draft's slots; `complaint` says what was wrong with the last try."""


class Policy(Protocol):
    """One topic of a merchant's policy as in force on a day."""

    @property
    def facts(self) -> Mapping[str, object]:
        """Machine-readable facts of the policy, such as `return_days`."""

    @property
    def passage(self) -> Passage:
        """The text that states them."""


class Knowledge(Protocol):
    """The merchant's documents."""

    def policy(self, merchant_id: int, topic: str, on: date) -> Policy | None:
        """Return the policy of a topic in force on that day."""

    def search(
        self,
        merchant_id: int,
        query: str,
        *,
        topic: str | None = None,
        on: date | None = None,
        limit: int = 5,
        language: str = "en",
    ) -> Sequence[Passage]:
        """Return passages, best first."""


class Clock(Protocol):
    """Tells the time; tests set it."""

    def __call__(self) -> datetime:
        """Return the present instant, aware, UTC."""


@dataclass(frozen=True, kw_only=True)
class Deps:
    """The runtime context. `readers` are asked in order; `writer` is None when no model is configured."""

    store: Store
    readers: tuple[Reader, ...]
    writer: Writer | None
    knowledge: Knowledge
    clock: Clock
