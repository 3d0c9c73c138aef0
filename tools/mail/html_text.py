"""HTML to the text a reader sees, and apart from it what a reader does not see."""

import re
from collections import Counter
from typing import NamedTuple

from lxml import etree

from tools.mail.html_reader import HtmlReader, Line, ReadLines

_ZERO_WIDTH = re.compile(
    "[\u00ad\u034f\u061c\u115f\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+|[\u200c\u200d]{2,}"
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})(?:[^a-zA-Z0-9:<>-][^<>]*)?>")
_NEVER_NESTED = frozenset(
    ["br", "img", "hr", "p", "li", "td", "th", "tr", "dt", "dd", "option", "meta", "link", "input", "col"]
)
_MANY_TAGS = 5000
_DEEPEST = 500
_TAG_CHARACTERS = re.compile("(?<!\U0001f3f4)[\U000e0000-\U000e007f]+")


class HtmlText(NamedTuple):
    """The lines a reader sees and the text a reader does not."""

    lines: tuple[Line, ...]
    hidden_text: str

    @property
    def text(self) -> str:
        """All visible text."""
        return "\n".join(line.text for line in self.lines)

    def marked(self, is_reply: bool) -> str:
        """Visible text with `> ` before lines of quoted mails; in a reply the last plain blockquote is one."""
        last = max((line.quote for line in self.lines), default=0)
        kinds = {1, last} if is_reply else {1}
        marked = [f"> {line.text}" if line.quote in kinds and line.quote else line.text for line in self.lines]
        return "\n".join(marked)


def html_to_text(html: str) -> HtmlText:
    """Convert HTML of any quality; time is linear in its length."""
    reader = HtmlReader()
    parser = etree.HTMLParser(target=reader, huge_tree=True, recover=True, remove_pis=True, encoding="utf-8")
    try:
        parser.feed(bounded(html.replace("\0", "")).encode("utf-8", "replace"))
        parser.close()
    except etree.LxmlError:
        # What was read before the parser gave up is kept.
        reader.close()
    return _tidied(reader.result())


def bounded(html: str) -> str:
    """Return HTML whose nesting is bounded: the parser takes quadratic time for end tags that close nothing."""
    if html.count("<") < _MANY_TAGS:
        return html
    pieces: list[str] = []
    stack: list[str] = []
    open_count: Counter[str] = Counter()
    at = 0
    for match in _TAG.finditer(html):
        ends, name = match[1], match[2].lower()
        if ends and open_count[name]:
            while stack:
                closed = stack.pop()
                open_count[closed] -= 1
                if closed == name:
                    break
        elif ends or (len(stack) >= _DEEPEST and name not in _NEVER_NESTED):
            pieces.append(html[at : match.start()])
            at = match.end()
        elif name not in _NEVER_NESTED:
            stack.append(name)
            open_count[name] += 1
    return "".join((*pieces, html[at:]))


def _tidied(read: ReadLines) -> HtmlText:
    """Drop invisible characters, and blank lines beyond one at a time."""
    lines: list[Line] = []
    hidden = list(read.hidden)
    for line in read.lines:
        text, spelled = strip_invisible(line.text)
        hidden += [spelled] if spelled else []
        if text.strip() or (lines and lines[-1].text):
            lines.append(line._replace(text=text if text.strip() else ""))
    while lines and not lines[-1].text:
        lines.pop()
    return HtmlText(tuple(lines), "\n".join(strip_invisible(text).text for text in hidden))


class Visible(NamedTuple):
    """Text without invisible characters, and what they spelled."""

    text: str
    hidden: str


def strip_invisible(text: str) -> Visible:
    """Drop zero-width runs and Unicode tag characters; a single joiner, as Persian and emoji need, stays."""
    if text.isascii():
        return Visible(text, "")
    hidden = "".join(
        chr(ord(char) - 0xE0000) for run in _TAG_CHARACTERS.findall(text) for char in run if ord(char) > 0xE001F
    )
    return Visible(_TAG_CHARACTERS.sub("", _ZERO_WIDTH.sub("", text)), hidden)
