"""Domain names: who owns one, and which source it belongs to."""

from collections.abc import Iterable
from functools import cache

from publicsuffixlist import PublicSuffixList

from rejoinder.domain.notices import NoticeSource

_LONGEST = 253


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def normal(domain: str) -> str:
    """Return a domain in lower case without dots at its ends; too long or empty ones become empty."""
    bare = domain.strip().strip(".").lower()
    return bare if len(bare) <= _LONGEST else ""


def organisation(domain: str) -> str:
    """Return the registered domain, such as `shop.example` of `mail.eu.shop.example`; the domain itself if it is one.

    After RFC 7489 §3.2, by the public suffix list that is installed with the program.
    """
    domain = normal(domain)
    if not domain or ".." in domain:
        return domain
    return _suffixes().privatesuffix(domain) or domain


def owned_label(domain: str) -> str:
    """Return the part that was chosen by the owner, such as `shop` of `shop.co.uk`."""
    return organisation(domain).partition(".")[0]


def within(domain: str, parent: str) -> bool:
    """Tell whether a domain is another or below it."""
    return domain == parent or domain.endswith("." + parent)


def source_of(domain: str, sources: Iterable[NoticeSource]) -> NoticeSource | None:
    """Return the source whose own domain this is, if any."""
    return next((source for source in sources if any(within(domain, known) for known in source.domains)), None)


def is_own(host: str, source: NoticeSource) -> bool:
    """Tell whether a host is the source's, for mail or for links."""
    return any(within(host, domain) for domain in (*source.domains, *source.link_domains))


def domain_of(address: str) -> str:
    """Return the domain of a mail address."""
    return normal(address.rpartition("@")[2]) if "@" in address else ""
