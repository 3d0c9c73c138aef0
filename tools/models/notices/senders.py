"""Who a mail is from: whether a source's own domain sent it, or somebody who only says so."""

import re
from dataclasses import dataclass

from rejoinder.domain.mail import InboundMail
from rejoinder.domain.notices import DomainFacts, NoticeCatalog, NoticeSource
from tools.models.notices.texts import bounded, fold

_LINK = re.compile(r"https?://([^\s/\"'<>)\]]+)", re.IGNORECASE)
_SWAPS = str.maketrans(
    {"1": "l", "0": "o", "3": "e", "5": "s", "|": "l", "і": "i", "а": "a", "о": "o", "е": "e", "р": "p"}
)


@dataclass(frozen=True)
class Sender:
    """What the sender's address tells. `source`: proved by the domain. `claimed`: only said."""

    domain: str
    source: NoticeSource | None
    claimed: NoticeSource | None
    free_mail: bool
    facts: DomainFacts
    forged: bool


def sender_of(mail: InboundMail, catalog: NoticeCatalog) -> Sender:
    """Return who sent the mail."""
    domain = mail.sender.email.rpartition("@")[2].strip(". ")
    source = _by_domain(domain, catalog)
    claimed = None if source else _claimed(mail, domain, catalog)
    results = " ".join(mail.authentication_results).casefold()
    return Sender(
        domain=domain,
        source=source,
        claimed=claimed,
        free_mail=domain in catalog.free_mail_domains,
        facts=_facts(domain, catalog),
        forged="dmarc=fail" in results,
    )


def foreign_links(text: str, source: NoticeSource) -> list[str]:
    """Return the hosts of links that are not the source's own."""
    hosts = [match[1].partition(":")[0].lower().rpartition("@")[2] for match in _LINK.finditer(text)]
    own = (*source.domains, *source.link_domains)
    return [host for host in hosts if not any(_within(host, domain) for domain in own)]


def has_link(text: str) -> bool:
    """Return whether the text has a link."""
    return bool(_LINK.search(text))


def _within(domain: str, parent: str) -> bool:
    return domain == parent or domain.endswith("." + parent)


def _by_domain(domain: str, catalog: NoticeCatalog) -> NoticeSource | None:
    if not domain or domain in catalog.free_mail_domains:
        return None
    fitting = [
        (len(known), source)
        for source in catalog.sources.values()
        for known in source.domains
        if _within(domain, known)
    ]
    return max(fitting, key=lambda item: item[0])[1] if fitting else None


def _facts(domain: str, catalog: NoticeCatalog) -> DomainFacts:
    fitting = [name for name in catalog.domains if _within(domain, name)]
    return catalog.domains[max(fitting, key=len)] if fitting else DomainFacts()


def _claimed(mail: InboundMail, domain: str, catalog: NoticeCatalog) -> NoticeSource | None:
    said = fold(mail.sender.name)
    swapped = said.translate(_SWAPS)
    host = domain.translate(_SWAPS)
    raw_host = re.sub(r"rn", "m", host)
    for source in catalog.sources.values():
        for name in source.names:
            folded = fold(name)
            plain = folded.replace(" ", "")
            if (
                _named(said, folded)
                or _named(swapped, folded)
                or _named(swapped.replace("i", "l"), folded.replace("i", "l"))
            ):
                return source
            if len(plain) >= 5 and (plain in host.replace("-", "") or plain in raw_host.replace("-", "")):
                return source
            if len(plain) >= 5 and plain.replace("l", "i") in host.replace("-", "").replace("l", "i"):
                return source
    return None


def _named(text: str, name: str) -> bool:
    at = text.find(name)
    return at >= 0 and bounded(text, at, at + len(name))
