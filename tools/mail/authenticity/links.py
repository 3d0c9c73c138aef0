"""The links of a mail: where they lead, and what they say they lead to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from tools.mail.authenticity.domains import normal, organisation
from tools.mail.html_text import bounded

_WRITTEN = re.compile(r"https?://[^\s\"'<>)\]]{1,2000}", re.IGNORECASE)
_SHOWN = re.compile(r"\s*(?:https?://)?([^\s/@:]{1,200}\.[^\W\d_]{2,20})(?:[:/?#]\S*)?\s*")
_MOST_LINKS = 300


@dataclass(frozen=True)
class Link:
    """A link's host, and the domain that its text shows, empty where the text shows none."""

    host: str
    shown: str = ""


def links_in(text: str, html: str) -> tuple[Link, ...]:
    """Return the links of a plain text and of its HTML form, each once, in order."""
    written = (_link(match[0], "") for match in _WRITTEN.finditer(text))
    found = [link for link in (*written, *_anchors(html)) if link]
    return tuple(dict.fromkeys(found))[:_MOST_LINKS]


def misleading(link: Link) -> bool:
    """Tell whether a link shows the domain of one owner and leads to that of another."""
    return bool(link.shown) and organisation(link.shown) != organisation(link.host)


def _link(url: str, label: str) -> Link | None:
    try:
        parts = urlsplit(url.strip())
        host = normal(parts.hostname or "")
        user = normal(parts.username or "")
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    shown = _SHOWN.fullmatch(label)
    return Link(host, normal(shown[1]) if shown else user if "." in user else "")


def _anchors(html: str) -> Iterator[Link | None]:
    reader = _Anchors()
    parser = etree.HTMLParser(target=reader, huge_tree=True, recover=True, remove_pis=True, encoding="utf-8")
    try:
        parser.feed(bounded(html.replace("\0", "")).encode("utf-8", "replace"))
        parser.close()
    except etree.LxmlError:
        reader.close()
    yield from (_link(address, text) for address, text in reader.found)


class _Anchors:
    """Collects the address and the text of each link as the parser meets them."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []
        self._address = ""
        self._text: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("a", "area", "form"):
            self._keep()
            self._address = attributes.get("href") or attributes.get("action") or ""

    def end(self, tag: str) -> None:
        if tag == "a":
            self._keep()

    def data(self, text: str) -> None:
        if self._address:
            self._text.append(text)

    def comment(self, text: str) -> None:
        """A comment shows nothing."""

    def close(self) -> None:
        self._keep()

    def _keep(self) -> None:
        if self._address and len(self.found) < _MOST_LINKS:
            self.found.append((self._address, "".join(self._text)[:500]))
        self._address, self._text = "", []
