"""What the desk's pages are given: the rows, the files, the time, and how answers leave."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Path, Query, Request

from agents.deps import Deps, Knowledge, Policy
from rejoinder.domain.cases import Merchant
from rejoinder.domain.evidence import Passage
from rejoinder.storage.files import FileStore
from rejoinder.storage.store import Store

BIGGEST_ID = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class WayOut:
    """How answers leave a mailbox: sent from its address, or only put into its Drafts folder."""

    address: str
    drafts_only: bool = False


class NoDocuments:
    """A merchant without documents."""

    def policy(self, merchant_id: int, topic: str, on: date) -> Policy | None:
        """Return nothing."""
        return None

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
        """Return nothing."""
        return ()


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The review desk's surroundings. `ways_out` are by the mailbox's name; `clock` gives aware UTC."""

    store: Store
    files: FileStore
    clock: Callable[[], datetime]
    public_url: str = ""
    ways_out: Mapping[str, WayOut] = field(default_factory=dict)
    knowledge: Knowledge = field(default_factory=NoDocuments)

    @property
    def secure(self) -> bool:
        """Tell whether reviewers reach the desk by https."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def deps(self) -> Deps:
        """What the rules are given when they look at a case again; no reader and no writer is asked."""
        return Deps(store=self.store, readers=(), writer=None, knowledge=self.knowledge, clock=self.clock)

    def merchants(self, merchant_ids: tuple[int, ...]) -> dict[int, Merchant]:
        """Return these merchants by id, in the order of their slugs."""
        return {one.merchant_id: one for one in self.store.merchants() if one.merchant_id in merchant_ids}


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AppDesk = Annotated[Desk, Depends(_desk)]
RowId = Annotated[int, Path(ge=1, le=BIGGEST_ID)]
After = Annotated[int, Query(ge=0, le=BIGGEST_ID)]
"""The last row of the page before; 0 on the first page."""
