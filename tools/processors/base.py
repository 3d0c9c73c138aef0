"""What every payment processor offers: proof that a webhook is its own, and its words in ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rejoinder.domain.cases import DisputeEvent


@dataclass(frozen=True, kw_only=True)
class WebhookRequest:
    """A webhook as it arrived. Header names are lower case; `body` is untouched."""

    account: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


class Processor(Protocol):
    """One processor. A webhook is a pointer: what it says is checked against the processor before anything is sent."""

    @property
    def name(self) -> str:
        """Name in addresses, rows and settings."""

    def verify(self, request: WebhookRequest, secret: str) -> None:
        """Check signature and time.

        Raises:
            WebhookRejected: not this processor's, altered, or too old.
        """

    def event_id(self, request: WebhookRequest) -> str:
        """Return the id that repeats of the same event share.

        Raises:
            WebhookRejected: the body is not of the processor's form.
        """

    def parse(self, request: WebhookRequest) -> Sequence[DisputeEvent]:
        """Return the dispute events in a webhook; none when it speaks of something else. No network."""
