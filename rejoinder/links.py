"""Links that lead to the finished file of one case without a login: signed, for a time, and ended with the case."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from itsdangerous import BadSignature, URLSafeSerializer

from rejoinder.domain.cases import Case
from rejoinder.errors import NotFound

LONGEST = timedelta(days=30)
"""How long a link may hold; it ends with the time to answer where that is sooner."""
SECRET = "packet_links"  # noqa: S105 # the name of the secret
ENDED = frozenset({"closed", "merged"})
"""States of a case in which no link to its file holds."""


class LinkStore(Protocol):
    """The rows that links rest on."""

    def secret(self, name: str) -> str:
        """Return the secret of this name, the same for all processes."""

    def case(self, case_id: int) -> Case:
        """Return the case."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What a link leads to, and until when."""

    case_id: int
    until: datetime


@dataclass(frozen=True, kw_only=True)
class PacketLinks:
    """Makes and opens links. `public_url` is where people reach the desk; `clock` gives aware UTC."""

    store: LinkStore
    public_url: str
    clock: Callable[[], datetime]

    def link_for(self, case_id: int) -> str:
        """Return the link to the finished file of a case; empty when it would hold no more.

        Raises:
            NotFound: no such case.
        """
        case, now = self.store.case(case_id), self.clock()
        until = min(case.respond_by or now + LONGEST, now + LONGEST).astimezone(UTC)
        if until <= now or case.status in ENDED:
            return ""
        token = self._serializer().dumps([case_id, int(until.timestamp())])
        return f"{self.public_url.rstrip('/')}/file/{token}"

    def open(self, token: str) -> Opened:
        """Return what a link leads to.

        Raises:
            NotFound: it is not one of ours, its time is over, or the case is closed; which of them is not told.
        """
        try:
            case_id, ends = self._serializer().loads(token)
        except (BadSignature, ValueError, TypeError) as exc:
            raise NotFound("there is no such file") from exc
        until = datetime.fromtimestamp(ends, UTC)
        if until <= self.clock() or self.store.case(case_id).status in ENDED:
            raise NotFound("there is no such file any more")
        return Opened(case_id=case_id, until=until)

    def _serializer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.store.secret(SECRET), salt=SECRET)
