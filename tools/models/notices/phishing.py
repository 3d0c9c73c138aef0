"""Whether a mail only pretends to come from a source of notices."""

from collections.abc import Mapping

from rejoinder.domain.reading import FieldValue
from tools.models.notices.kind import kinds_named, marketing
from tools.models.notices.page import Page
from tools.models.notices.senders import foreign_links, has_link
from tools.models.notices.sure import STRONG


def why_phishing(page: Page, fields: Mapping[str, FieldValue]) -> str:
    """Return why the mail is a trick; empty when nothing says so."""
    roles = [*page.subject_roles, *page.roles]
    asked = {hit.start for hit in roles if hit.tag == "credentials"}
    customer = any(hit.tag == "customer" for hit in roles)
    sender = page.sender
    if sender.source:
        linked = foreign_links(page.text, sender.source)
        if asked and linked:
            return f"asks for credentials at {linked[0]!r}, which is not {sender.source.title}'s"
        return (
            f"says {sender.source.title}, but the sender's domain fails its own policy"
            if sender.forged and kinds_named(page)
            else ""
        )
    speaks = kinds_named(page) or asked or any(hit.tag == "case" for hit in page.subject_roles)
    suspect = sender.claimed and not customer and speaks and marketing(page) < 2
    if suspect and sender.claimed and (asked or has_link(page.text) or sum(name in fields for name in STRONG) >= 2):
        return f"says {sender.claimed.title}, but was sent from {sender.domain!r}"
    if len(asked) >= 2 and has_link(page.text) and not customer and kinds_named(page):
        return "asks for credentials by a link, and no known source sent it"
    return ""
