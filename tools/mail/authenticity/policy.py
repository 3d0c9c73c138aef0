"""What a domain asks to be done with mail that it did not send (DMARC, RFC 7489)."""

from dataclasses import dataclass
from typing import Literal

from rejoinder.errors import ProviderUnavailable
from tools.mail.authenticity.dns import LookUp
from tools.mail.authenticity.domains import organisation

Asked = Literal["", "none", "quarantine", "reject", "unknown"]


@dataclass(frozen=True)
class Policy:
    """`asked` is empty when the domain publishes nothing; `strict` when only its exact name may sign."""

    asked: Asked = ""
    strict: bool = False

    @property
    def refuses(self) -> bool:
        """Tell whether mail that the domain did not sign is to be kept out."""
        return self.asked in ("quarantine", "reject")


def policy_of(domain: str, look_up: LookUp | None) -> Policy:
    """Return the policy of a domain, else that of the organisation above it; unknown when DNS does not answer."""
    if look_up is None:
        return Policy("unknown")
    above = organisation(domain)
    try:
        tags = _published(domain, look_up)
        if tags is None and above != domain:
            tags = _published(above, look_up)
            asked = (tags or {}).get("sp", (tags or {}).get("p", ""))
        else:
            asked = (tags or {}).get("p", "")
    except ProviderUnavailable:
        return Policy("unknown")
    strict = (tags or {}).get("adkim", "r") == "s"
    return Policy(_ASKED.get(asked, "none") if tags is not None else "", strict)


_ASKED: dict[str, Asked] = {"none": "none", "quarantine": "quarantine", "reject": "reject"}


def _published(domain: str, look_up: LookUp) -> dict[str, str] | None:
    records = [record for record in look_up(f"_dmarc.{domain}") if record.replace(" ", "").startswith("v=DMARC1")]
    if len(records) != 1:
        return None
    pairs = (part.partition("=") for part in records[0].split(";"))
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs}
