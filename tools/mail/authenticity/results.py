"""What the merchant's own mail server found out when the mail arrived (Authentication-Results, RFC 8601)."""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import authres  # type: ignore[import-untyped]

from tools.mail.authenticity.domains import domain_of, normal, organisation, within
from tools.mail.headers import Header, header_text

_BY = re.compile(r"\bby\s+([^\s;()]+)")
_LONGEST = 4000


@dataclass(frozen=True, kw_only=True)
class ServerWord:
    """What a trusted server says of the mail: `passed` is None when it says nothing that counts.

    `method` is the check that decided; `ignored` names a server whose results the mail carries and that is not trusted.
    """

    passed: bool | None = None
    server: str = ""
    method: str = ""
    result: str = ""
    ignored: str = ""


def server_word(headers: Sequence[Header], from_domain: str, trusted: Sequence[str]) -> ServerWord:
    """Return what the merchant's server says of the sender's domain.

    Only headers that server wrote itself count: with its name, and above everything the sender could have written.
    Of several that speak of one method the topmost counts.
    """
    written = [header for header in headers if header.name == "authentication-results"][:20]
    ignored = next((name for header in written if not _is_trusted(name := _server(header), trusted)), "")
    said: dict[tuple[str, str], tuple[str, str]] = {}
    for header in _own(headers, trusted):
        server = _server(header)
        for method, result, domain in _results(header):
            said.setdefault((method, domain), (result, server))
    return _judged(said, from_domain, ignored)


def _judged(said: dict[tuple[str, str], tuple[str, str]], from_domain: str, ignored: str) -> ServerWord:
    ours = organisation(from_domain)
    dmarc = next(((key, value) for key, value in said.items() if key[0] == "dmarc"), None)
    if dmarc and dmarc[1][0] in ("pass", "fail"):
        (_, domain), (result, server) = dmarc
        passed = result == "pass" and (not domain or organisation(domain) == ours)
        return ServerWord(passed=passed, server=server, method="dmarc", result=result, ignored=ignored)
    for (method, domain), (result, server) in said.items():
        if method in ("dkim", "spf") and result == "pass" and domain and organisation(domain) == ours:
            return ServerWord(passed=True, server=server, method=method, result=result, ignored=ignored)
    return ServerWord(ignored=ignored)


def _own(headers: Sequence[Header], trusted: Sequence[str]) -> Iterator[Header]:
    """Yield the results that the trusted server wrote.

    What stands above its own Received line is its own. Some servers, Gmail among them, write their results directly
    below that line: of those only the first counts, and only before the next Received line.
    """
    arrived = False
    for header in headers:
        if header.name == "received":
            by = _received_by(header)
            if _is_address(by) and not arrived:
                continue
            if arrived or not _is_ours(by, trusted):
                return
            arrived = True
        elif header.name == "authentication-results" and _is_trusted(_server(header), trusted):
            yield header
            if arrived:
                return


def _server(header: Header) -> str:
    return normal(header_text(header.value)[:300].partition(";")[0].split(" ")[0])


def _is_trusted(server: str, trusted: Sequence[str]) -> bool:
    return any(
        within(server, entry[1:].lower()) if entry.startswith(".") else server == entry.lower() for entry in trusted
    )


def _is_ours(by: str, trusted: Sequence[str]) -> bool:
    return any(organisation(by) == organisation(entry.lstrip(".")) for entry in trusted)


def _received_by(header: Header) -> str:
    found = _BY.search(header_text(header.value)[:_LONGEST])
    return normal(found[1]) if found else ""


def _is_address(by: str) -> bool:
    try:
        ipaddress.ip_address(by.strip("[]").removeprefix("ipv6:"))
    except ValueError:
        return False
    return True


def _results(header: Header) -> Iterator[tuple[str, str, str]]:
    """Yield method, result and the domain it speaks of."""
    try:
        read = authres.AuthenticationResultsHeader.parse_value(header_text(header.value)[:_LONGEST])
    except (authres.AuthResError, ValueError, IndexError):
        return
    for one in read.results:
        if isinstance(one, authres.NoneAuthenticationResult):
            continue
        yield str(one.method).lower(), str(one.result).lower(), _spoken_of(one)


_PROPERTY = {"dkim": ("d", "i"), "spf": ("mailfrom",), "dmarc": ("from",)}


def _spoken_of(one: authres.AuthenticationResult) -> str:
    given = {str(item.name).lower(): str(item.value) for item in one.properties}
    written = next((given[name] for name in _PROPERTY.get(str(one.method).lower(), ()) if name in given), "")
    return domain_of(written) or normal(written)
