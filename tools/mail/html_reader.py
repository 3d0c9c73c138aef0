"""The events of an HTML parser made into lines, as a reader sees them, labels beside their values."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tools.mail.html_style import Look, Rules, colour, length, read_look, read_rules

with (Path(__file__).parent / "html_words.toml").open("rb") as _file:
    _WORDS: dict[str, frozenset[str]] = {name: frozenset(words) for name, words in tomllib.load(_file).items()}
_BLOCKS, _SKIPPED, _PARAGRAPHS = _WORDS["blocks"], _WORDS["skipped"], _WORDS["paragraphs"]
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_LONGEST_LABEL = 60
_MANY_URLS = 2000
_DEEPEST_SEARCH = 200


class Line(NamedTuple):
    """One line of text; `quote`: 0 the writer's own, 1 of a quoted mail, 2 and up of that plain blockquote."""

    text: str
    quote: int
    labelled: bool = False


class ReadLines(NamedTuple):
    """What a reader sees, and the pieces a reader does not."""

    lines: list[Line]
    hidden: list[str]


class _Frame:
    """One open element."""

    __slots__ = (
        "background",
        "box",
        "color",
        "heads",
        "hidden",
        "href",
        "items",
        "link_at",
        "pre",
        "quote",
        "row",
        "tag",
    )

    hidden: bool
    quote: int
    color: str
    background: str
    pre: bool

    def __init__(self, tag: str, parent: "_Frame | None") -> None:
        self.tag = tag
        self.hidden = parent.hidden if parent else False
        self.quote = parent.quote if parent else 0
        self.color = parent.color if parent else "#000000"
        self.background = parent.background if parent else "#ffffff"
        self.pre = parent.pre if parent else False
        self.href = ""
        self.link_at = 0
        self.items = 0
        self.box: _Box | None = None
        self.row: list[_Box] | None = None
        self.heads: list[str] = []


class _Box:
    """Lines of a page or of one table cell."""

    __slots__ = ("heading", "inline", "lines", "tables")

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.inline: list[str] = []
        self.heading = False
        self.tables = False


class HtmlReader:
    """Target of the parser: sees each tag once, keeps a stack of open elements and of boxes."""

    def __init__(self) -> None:
        self._stack = [_Frame("", None)]
        self._boxes = [_Box()]
        self._css: list[str] = []
        self._rules: Rules | None = None
        self._hidden: list[str] = []
        self._bare_quotes = 1
        self._urls = 0
        self._term = ""

    # -- events -----------------------------------------------------------------------------

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element opens."""
        parent = self._stack[-1]
        frame = _Frame(tag, parent)
        self._stack.append(frame)
        if attributes or self._rules:
            self._update_look(frame, attributes)
            self._update_quote(frame, parent, attributes)
        elif tag == "blockquote":
            self._update_quote(frame, parent, attributes)
        if tag in _SKIPPED:
            frame.hidden = True
        elif tag in _BLOCKS:
            self._open_block(frame, parent)
        else:
            self._open_inline(frame, attributes)

    def _open_inline(self, frame: _Frame, attributes: dict[str, str]) -> None:
        if frame.tag == "br":
            self._break()
        elif frame.tag == "a":
            frame.href = attributes.get("href", "")
            frame.link_at = len(self._boxes[-1].inline)
        elif frame.tag == "img" and attributes.get("alt"):
            self.data(f" {attributes['alt'][:200]} ")
        elif frame.tag == "textarea":
            frame.pre = True

    def end(self, tag: str) -> None:
        """An element closes; those left open inside it close with it."""
        depth = len(self._stack) - 1
        if depth < 1:
            return
        floor = max(0, depth - _DEEPEST_SEARCH)
        while depth > floor and self._stack[depth].tag != tag:
            depth -= 1
        if depth == floor:
            return
        while len(self._stack) > depth:
            self._close(self._stack[-1])
            self._stack.pop()

    def data(self, text: str) -> None:
        """Text inside the innermost open element."""
        frame = self._stack[-1]
        if frame.tag == "style":
            self._css.append(text)
        elif frame.hidden or (frame.color == frame.background and frame.color != "?") or frame.color == "transparent":
            if frame.tag not in ("script", "title") and text.strip():
                self._hidden.append(text.strip())
        elif frame.pre and "\n" in text:
            for index, line in enumerate(text.replace("\r", "").split("\n")):
                if index:
                    self._break()
                self._boxes[-1].inline.append(line)
        else:
            self._boxes[-1].inline.append(text)

    def comment(self, text: str) -> None:
        """Comments are seen by nobody; conditional ones hold copies for old Outlook."""

    def close(self) -> None:
        """The document ends."""
        while len(self._stack) > 1:
            self._close(self._stack[-1])
            self._stack.pop()

    def result(self) -> "ReadLines":
        """Return the lines and the hidden texts in their order."""
        self.close()
        self._break(force=False)
        return ReadLines(self._boxes[0].lines, self._hidden)

    # -- elements ---------------------------------------------------------------------------

    def _open_block(self, frame: _Frame, parent: _Frame) -> None:
        tag = frame.tag
        if tag in ("td", "th"):
            row = self._open_row()
            if row is not None:
                frame.box = _Box()
                frame.box.heading = tag == "th"
                self._boxes.append(frame.box)
                return
        self._break(force=False)
        if tag == "tr":
            frame.row = []
        elif tag == "table":
            self._boxes[-1].tables = True
        elif tag == "li":
            parent.items += 1
            self._boxes[-1].inline.append(f"{parent.items}. " if parent.tag == "ol" else "- ")
        elif tag == "pre":
            frame.pre = True
        elif tag in ("p", "h1", "h2", "h3", "h4", "ul", "ol", "blockquote", "hr"):
            self._blank()

    def _open_row(self) -> list[_Box] | None:
        for frame in reversed(self._stack[-6:-1]):
            if frame.row is not None:
                return frame.row
            if frame.tag in ("table", "td", "th"):
                return None
        return None

    def _close(self, frame: _Frame) -> None:
        tag = frame.tag
        if frame.box is not None:
            self._close_cell(frame, frame.box)
        elif frame.row is not None:
            self._close_row(frame)
        elif tag == "a" and frame.href:
            self._close_link(frame)
        elif tag == "style" and self._css:
            self._rules = read_rules("\n".join(self._css))
        elif tag == "dt":
            self._close_term(frame)
        elif tag in _BLOCKS or frame.quote != self._stack[-2].quote:
            self._close_block(tag)

    def _close_block(self, tag: str) -> None:
        self._break(force=False)
        if tag in _PARAGRAPHS:
            self._blank()
        if tag == "dl":
            self._term = ""

    def _close_cell(self, frame: _Frame, box: _Box) -> None:
        self._break(force=False)
        self._boxes.pop()
        row = self._row_of(frame)
        if row is not None:
            row.append(box)

    def _row_of(self, cell: _Frame) -> list[_Box] | None:
        for frame in reversed(self._stack[-7:]):
            if frame is not cell and frame.row is not None:
                return frame.row
        return None

    def _close_link(self, frame: _Frame) -> None:
        inline = self._boxes[-1].inline
        href = frame.href.strip()
        shown = "".join(inline[frame.link_at :]).strip()
        if frame.hidden or not shown or not href.lower().startswith(("http:", "https:")) or self._urls >= _MANY_URLS:
            return
        self._urls += 1
        if href.rstrip("/") not in (shown.rstrip("/"), f"http://{shown}".rstrip("/"), f"https://{shown}".rstrip("/")):
            inline.append(f" ({href[:2000]})")

    def _close_term(self, frame: _Frame) -> None:
        """Keep a term back for the line of its definition."""
        box = self._boxes[-1]
        text = _SPACE.sub(" ", "".join(box.inline)).strip()
        box.inline = []
        if text and not frame.hidden:
            self._term = _colon(text)

    def _close_row(self, frame: _Frame) -> None:
        self._break(force=False)
        cells = [box for box in frame.row or [] if any(line.text for line in box.lines)]
        box = self._boxes[-1]
        if not cells:
            return
        if all(len(_full(cell)) == 1 for cell in cells):
            box.lines.append(self._one_line(frame, cells))
        elif len(cells) == 2 and _is_label(cells[0]) and not cells[1].tables:
            first, *rest = _full(cells[1])
            label = _full(cells[0])[0]
            box.lines.append(Line(f"{_colon(label.text)} {first.text}", label.quote, True))
            box.lines.extend(rest)
        else:
            for cell in cells:
                box.lines.extend(cell.lines)

    def _one_line(self, frame: _Frame, cells: list[_Box]) -> Line:
        texts = [_full(cell)[0].text for cell in cells]
        quote = _full(cells[0])[0].quote
        if len(cells) == 1:
            return _full(cells[0])[0]
        table = next((one for one in reversed(self._stack[:-1]) if one.tag == "table"), None)
        if all(cell.heading for cell in cells) and table is not None:
            table.heads = texts
            return Line(" | ".join(texts), quote)
        if table is not None and len(table.heads) == len(frame.row or cells) > 1:
            pairs = zip(table.heads, frame.row or cells, strict=True)
            return Line(
                " | ".join(f"{_colon(head)} {_full(cell)[0].text}" for head, cell in pairs if _full(cell)), quote, True
            )
        if len(cells) == 2 and len(texts[0]) <= _LONGEST_LABEL:
            return Line(f"{_colon(texts[0])} {texts[1]}", quote, True)
        paired = len(texts) % 2 == 0 and all(text.rstrip().endswith((":", "：")) for text in texts[::2])
        return Line(" ".join(texts) if paired else " | ".join(texts), quote, paired)

    # -- lines ------------------------------------------------------------------------------

    def _break(self, force: bool = True) -> None:
        """End the line; without `force` only where something stands on it."""
        box = self._boxes[-1]
        frame = self._stack[-1]
        text = "".join(box.inline)
        text = text.rstrip() if frame.pre else _SPACE.sub(" ", text).strip()
        box.inline = []
        if text and self._term:
            box.lines.append(Line(f"{self._term} {text}", frame.quote, True))
            self._term = ""
        elif text or force:
            box.lines.append(Line(text, frame.quote))
        for open_frame in self._stack[-8:]:
            open_frame.link_at = 0

    def _blank(self) -> None:
        box = self._boxes[-1]
        if box.lines and box.lines[-1].text:
            box.lines.append(Line("", self._stack[-1].quote))

    # -- attributes -------------------------------------------------------------------------

    def _update_look(self, frame: _Frame, attributes: dict[str, str]) -> None:
        looks: list[Look] = []
        classes = attributes.get("class", "")[:500].lower().split() if "class" in attributes else []
        if self._rules and self._rules.by_selector:
            looks += self._rules.look(frame.tag, attributes.get("id", "").lower(), classes)
        if style := attributes.get("style"):
            looks.append(read_look(style))
        own: bool | None = None
        for look in looks:
            own = look.hidden if look.hidden is not None else own
            frame.color = look.color or frame.color
            frame.background = look.background if look.background not in ("", "transparent") else frame.background
        frame.background = (
            colour(attributes.get("bgcolor", "")) or frame.background if "bgcolor" in attributes else frame.background
        )
        if "background" in attributes:
            frame.background = "?"
        if frame.tag == "font":
            frame.color = colour(attributes.get("color", "")) or frame.color
        frame.hidden = frame.hidden or bool(own) or _hidden_by_attribute(frame.tag, attributes, classes)

    def _update_quote(self, frame: _Frame, parent: _Frame, attributes: dict[str, str]) -> None:
        tag = frame.tag
        if frame.quote == 1:
            return
        names = [name.removeprefix("x_") for name in attributes.get("class", "")[:500].lower().split()]
        identifier = attributes.get("id", "")[:100].lower().removeprefix("x_")
        if tag == "blockquote":
            self._break(force=False)
            if attributes.get("type", "").lower() == "cite" or "cite" in attributes:
                frame.quote = 1
            elif not frame.quote:
                self._bare_quotes += 1 if "gmail_quote" not in names else 0
                frame.quote = self._bare_quotes if "gmail_quote" not in names else 0
        elif identifier in _WORDS["quote_from_here"]:
            # Outlook: everything behind its header block belongs to the quoted mail.
            self._break(force=False)
            parent.quote = frame.quote = 1
        elif (
            _WORDS["quote_classes"].intersection(names)
            or identifier in _WORDS["quote_ids"]
            or attributes.get("name", "") in ("quote", "quoted-content")
        ):
            self._break(force=False)
            frame.quote = 1


def _hidden_by_attribute(tag: str, attributes: dict[str, str], classes: Iterable[str]) -> bool:
    if "hidden" in attributes or (tag == "input" and attributes.get("type") == "hidden"):
        return True
    if tag not in ("img", "td", "th", "col", "hr", "table") and (
        attributes.get("width") == "0" or attributes.get("height") == "0"
    ):
        return True
    if tag == "font" and length(attributes.get("size", "")) == 0:
        return True
    return not _WORDS["preheaders"].isdisjoint(classes)


def _full(box: _Box) -> list[Line]:
    return [line for line in box.lines if line.text]


def _is_label(box: _Box) -> bool:
    lines = _full(box)
    return len(lines) == 1 and len(lines[0].text) <= _LONGEST_LABEL and not box.tables


def _colon(label: str) -> str:
    label = label.rstrip()
    return label if label.endswith((":", "：", "?", "؟")) else f"{label}:"
