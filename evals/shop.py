"""The sample merchant in memory: its orders, products and documents, as the stores would hand them out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, cast

from agents.deps import Clock, Deps, Knowledge, Policy, Store
from knowledge.documents import documents_in, read_document
from knowledge.search import Library
from knowledge.split import split
from rejoinder.domain.cases import Merchant
from rejoinder.domain.documents import Document
from rejoinder.domain.evidence import Passage
from rejoinder.domain.orders import Order, Product
from rejoinder.storage.words import tokens
from tools.orders.files import Loaded, load

FOLDER = Path(__file__).parents[1] / "rejoinder" / "demo" / "shop"
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAYS_AROUND = timedelta(days=3)
MERCHANT = Merchant(
    merchant_id=1,
    slug="lumenoak",
    name="Lumen Oak",
    website="https://lumenoak.example",
    signature="Lumen Oak",
    autonomy={"*": "auto"},
)


@dataclass(frozen=True)
class MemoryStore:
    """Answers the questions that matching and drafting ask of `agents.deps.Store`."""

    shop: Loaded

    @cached_property
    def by_number(self) -> dict[str, Order]:
        """Orders by number, newest first."""
        newest = sorted(self.shop.orders, key=lambda order: order.placed_at, reverse=True)
        return {order.number: order for order in newest}

    def order(self, merchant_id: int, number: str) -> Order | None:
        """Return the order with this number."""
        return self.by_number.get(number)

    def open_dispute_on(self, merchant_id: int, order_number: str) -> bool:
        """Return whether a dispute is open on the order: the sample shop has none."""
        return False

    def candidate_orders(
        self, merchant_id: int, *, numbers: Sequence[str], emails: Sequence[str], payments: Sequence[str]
    ) -> Sequence[Order]:
        """Return orders with one of these numbers, customer addresses, payment references or parcels, newest first."""
        folded = {number.upper() for number in numbers}
        people = {email.lower() for email in emails}
        references = set(payments)

        def fits(order: Order) -> bool:
            return (
                order.number.upper() in folded
                or order.customer_email.lower() in people
                or any(s.tracking_number.upper() in folded for s in order.shipments)
                or any(p.reference in references or (p.arn and p.arn in references) for p in order.payments)
            )

        return [order for order in self.by_number.values() if fits(order)]

    def orders_by_payment(
        self, merchant_id: int, *, amount_minor: int, currency: str, card_last4: str, around: date | None
    ) -> Sequence[Order]:
        """Return orders with a payment of this amount (and card, within three days of the date, where given)."""
        return [
            order
            for order in self.by_number.values()
            if any(
                (p.amount.amount_minor, p.amount.currency) == (amount_minor, currency)
                and (not card_last4 or p.card_last4 == card_last4)
                and (around is None or abs(p.captured_at.date() - around) <= DAYS_AROUND)
                for p in order.payments
            )
        ]

    def products(self, merchant_id: int, skus: Sequence[str]) -> Sequence[Product]:
        """Return the products with these article numbers."""
        return [product for product in self.shop.products if product.sku in skus]

    def find_products(self, merchant_id: int, words: str, limit: int = 5) -> Sequence[Product]:
        """Return products that share words with the text, best first."""
        asked = set(tokens(words))
        hits = [(len(asked & set(tokens(f"{p.title} {p.sku} {p.description}"))), p.sku, p) for p in self.shop.products]
        return [product for count, _, product in sorted(hits, key=lambda hit: (-hit[0], hit[1])) if count][:limit]


@dataclass(frozen=True)
class MemoryTexts:
    """The one question that policies need answered."""

    documents: tuple[Document, ...]

    def policy_document(self, merchant_id: int, topic: str, on: date) -> Document | None:
        """Return the newest document of the topic in force on that day."""
        fitting = [d for d in self.documents if d.topic == topic and d.in_force(on)]
        return max(fitting, key=lambda d: d.in_force_from or date.min, default=None)


@dataclass(frozen=True)
class MemoryKnowledge:
    """The merchant's documents, searched by shared words."""

    documents: tuple[Document, ...]

    def policy(self, merchant_id: int, topic: str, on: date) -> Policy | None:
        """Return the policy of a topic in force on that day."""
        unused: Any = None
        library = Library(client=unused, embedder=unused, texts=cast(Any, MemoryTexts(self.documents)))
        return library.policy(merchant_id, topic, on)

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
        """Return the passages that share most words with the query."""
        asked = Counter(tokens(query))
        fitting = [d for d in self.documents if (not topic or d.topic == topic) and (on is None or d.in_force(on))]
        found = list(chain.from_iterable(_passages(document, asked) for document in fitting))
        return sorted((p for p in found if p.score > 0), key=lambda p: (-p.score, p.passage_id))[:limit]


def _passages(document: Document, asked: Counter[str]) -> list[Passage]:
    return [
        Passage(
            passage_id=piece.passage_id,
            document=document.key,
            title=document.title,
            topic=document.topic,
            text=piece.text,
            score=float((asked & Counter(tokens(piece.text))).total()),
            in_force_from=document.in_force_from,
            in_force_to=document.in_force_to,
        )
        for piece in split(document)
    ]


def sample_orders() -> Loaded:
    """Return the sample merchant's orders and products."""
    return load(FOLDER)


def deps(clock: Clock = lambda: NOW) -> Deps:
    """Return the runtime context of the nodes, with the sample merchant in memory."""
    documents = tuple(read_document(path, FOLDER / "documents") for path in documents_in(FOLDER / "documents"))
    store = cast(Store, MemoryStore(sample_orders()))
    knowledge: Knowledge = MemoryKnowledge(documents)
    return Deps(store=store, readers=(), writer=None, knowledge=knowledge, clock=clock)
