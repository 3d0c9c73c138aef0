"""Documents into passages: along headings and paragraphs, each small enough to quote."""

import re
from collections.abc import Iterator

from rejoinder.domain.documents import Document, PassageText

MAX_CHARS = 900
_HEADING = re.compile(r"^#{1,6}\s+(?P<title>.+?)\s*#*$")


def split(document: Document) -> list[PassageText]:
    """Return the passages of a document in order; a paragraph longer than the limit is cut at sentence ends."""
    found = []
    for position, (heading, text) in enumerate(_packed(document.text)):
        passage_id = f"passage:{document.content_hash[:12]}:{position}"
        found.append(PassageText(passage_id=passage_id, position=position, heading=heading, text=text))
    return found


def _packed(text: str) -> Iterator[tuple[str, str]]:
    heading, held = "", ""
    for new_heading, paragraph in _paragraphs(text):
        for piece in _cut(paragraph):
            if held and (new_heading != heading or len(held) + len(piece) > MAX_CHARS):
                yield heading, held
                held = ""
            heading = new_heading
            held = f"{held}\n\n{piece}" if held else piece
    if held:
        yield heading, held


def _paragraphs(text: str) -> Iterator[tuple[str, str]]:
    heading = ""
    for block in re.split(r"\n\s*\n", text):
        lines = []
        for line in block.strip().splitlines():
            if match := _HEADING.match(line):
                heading = match["title"]
            else:
                lines.append(line)
        if lines:
            yield heading, "\n".join(lines)


def _cut(paragraph: str) -> Iterator[str]:
    rest = paragraph
    while len(rest) > MAX_CHARS:
        ends = [m.end() for m in re.finditer(r"[.!?。！？]\s*|\n", rest[:MAX_CHARS])]
        at = ends[-1] if ends else MAX_CHARS
        yield rest[:at].strip()
        rest = rest[at:]
    if rest.strip():
        yield rest.strip()
