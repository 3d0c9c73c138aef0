"""A reader that also knows the sources that the merchant's reviewers taught."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from rejoinder.domain.cases import Merchant
from rejoinder.domain.learned import LearnedSource
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.notices import NoticeCatalog
from rejoinder.domain.reading import Reading
from tools.models.notices.learned import read_learned


class _Reads(Protocol):
    @property
    def name(self) -> str:
        """Name shown with each reading."""

    def read(self, mail: InboundMail, merchant: Merchant) -> Reading:
        """Return what the mail is and says."""


class _Taught(Protocol):
    """What reviewers taught, per merchant."""

    def learned_source(self, merchant_id: int, domain: str) -> LearnedSource | None:
        """Return how the sender of this domain writes its notices."""


@dataclass(frozen=True)
class TaughtReader:
    """Reads as another reader does, then with the learned source of the sender's proven domain."""

    reader: _Reads
    taught: _Taught
    catalog: Callable[[], NoticeCatalog]

    @property
    def name(self) -> str:
        """The name of the reader within."""
        return self.reader.name

    def read(self, mail: InboundMail, merchant: Merchant) -> Reading:
        """Return what the mail is and says."""
        reading = self.reader.read(mail, merchant)
        proven = mail.source_authenticity
        if proven.verdict != "verified" or not proven.domain:
            return reading
        source = self.taught.learned_source(merchant.merchant_id, proven.domain)
        return read_learned(mail, reading, source, self.catalog()) if source else reading
