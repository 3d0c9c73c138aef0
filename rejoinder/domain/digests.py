"""One mail that tells of several disputes, taken apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from rejoinder.domain.cases import Dispute
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.reading import Reading, Reconciled


@dataclass(frozen=True, kw_only=True)
class DigestRow:
    """What a digest tells of one dispute, as if it had come by itself.

    `mail` has an identity of its own, the same each time, and holds the words of this case only: no other
    customer's data reaches it.
    """

    mail: InboundMail
    readings: Sequence[Reading]
    reconciled: Reconciled
    dispute: Dispute
