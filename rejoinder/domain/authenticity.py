"""Whether a mail comes from whom it says, and how that was found out."""

from dataclasses import dataclass
from typing import Literal

from rejoinder.domain.judgement import Finding

AuthenticityVerdict = Literal["verified", "unverified", "failed", "unchecked"]


@dataclass(frozen=True, kw_only=True)
class Authenticity:
    """What the checks of one mail's sender came to.

    `verified`: the domain in From sent it, and `domain` names it; that alone does not make the domain a known source.
    `unverified`: nothing proves it. `failed`: something speaks against it. `unchecked`: it could not be looked up.
    """

    verdict: AuthenticityVerdict = "unchecked"
    domain: str = ""
    checks: tuple[Finding, ...] = ()
