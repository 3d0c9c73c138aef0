"""What a mail shows: names that imitate a known source, and links that lead elsewhere."""

from collections.abc import Iterator, Sequence

from rejoinder.domain.judgement import Finding, Verdict
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.notices import NoticeSource
from tools.mail.authenticity.domains import domain_of, is_own, organisation, source_of
from tools.mail.authenticity.links import Link, links_in, misleading
from tools.mail.authenticity.lookalikes import Lookalike, looks_like, unicode_form

_MOST_HOSTS = 40
_MOST_NAMED = 3


def look_over(
    mail: InboundMail, html: str, sources: Sequence[NoticeSource], source: NoticeSource | None, *, proven: bool
) -> list[Finding]:
    """Return what the names and links of a mail tell.

    `source` is the one whose domain stands in From. What it is proven to have sent may link where it likes: its links
    are told, but never speak against it.
    """
    links = links_in(mail.text, html)
    grave: Verdict = "unknown" if proven and source else "fails"
    return [
        *_sender_names(mail, sources, proven=proven),
        *_link_names(links, sources, grave),
        *_mismatches(links, sources, grave),
        *(_elsewhere(links, source) if source else ()),
    ]


def _sender_names(mail: InboundMail, sources: Sequence[NoticeSource], *, proven: bool) -> Iterator[Finding]:
    sender = domain_of(mail.sender.email)
    replies = [domain_of(one.email) for one in mail.reply_to]
    seen = set()
    for place, domain in (("from", sender), *(("reply_to", domain) for domain in replies[:5])):
        if domain in seen or not domain:
            continue
        seen.add(domain)
        if found := looks_like(domain, sources):
            # A known name with another ending may be a branch of the source that is not in the catalogue.
            mild = found.trick == "scripts" or (found.trick == "ending" and proven)
            yield _lookalike(found, place, "unknown" if mild else "fails")
    if source_of(sender, sources):
        for domain in dict.fromkeys(replies):
            if organisation(domain) != organisation(sender):
                yield Finding(code="reply_elsewhere", verdict="unknown", values={"domain": domain[:200]})


def _link_names(links: Sequence[Link], sources: Sequence[NoticeSource], grave: Verdict) -> Iterator[Finding]:
    hosts = list(dict.fromkeys(link.host for link in links))[:_MOST_HOSTS]
    found = [lookalike for host in hosts if (lookalike := looks_like(host, sources))]
    for lookalike in found[:_MOST_NAMED]:
        # Honest shops own a known word with another ending; as a link that alone is no trick.
        mild = lookalike.trick in ("ending", "spelling", "scripts")
        yield _lookalike(lookalike, "link", "unknown" if mild else grave)


def _mismatches(links: Sequence[Link], sources: Sequence[NoticeSource], grave: Verdict) -> Iterator[Finding]:
    for link in [link for link in links if misleading(link)][:_MOST_NAMED]:
        shown = source_of(link.shown, sources)
        values = {"shown": unicode_form(link.shown)[:200], "host": unicode_form(link.host)[:200]}
        harmless = shown is None or is_own(link.host, shown)
        yield Finding(code="link_mismatch", verdict="unknown" if harmless else grave, values=values)


def _elsewhere(links: Sequence[Link], source: NoticeSource) -> Iterator[Finding]:
    hosts = dict.fromkeys(unicode_form(link.host) for link in links if not is_own(link.host, source))
    if hosts:
        named = ", ".join(list(hosts)[:_MOST_NAMED])[:200]
        yield Finding(code="links_elsewhere", verdict="unknown", values={"hosts": named, "title": source.title})


def _lookalike(found: Lookalike, place: str, verdict: Verdict) -> Finding:
    values = {"domain": found.domain[:200], "known": found.known, "title": found.title, "place": place}
    return Finding(code=f"lookalike_{found.trick}", verdict=verdict, values=values)
