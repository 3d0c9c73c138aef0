"""The header block that mail programs write above a quoted or forwarded mail, in any language."""

import re
from typing import NamedTuple

from tools.mail.quote_words import quote_words

_LONGEST_BLOCK = 14
_EMAIL = re.compile(r"[\w.+%'=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_RULE = re.compile(r"[\s>|]*[-_=*~–—─━]{4,}\s*\Z")
_MAY_BE_LABEL = re.compile(r"[^:：|]{1,45}[:：|]")


class HeaderBlock(NamedTuple):
    """Lines `start` up to `end` hold the headers; `fields` maps from, sent, to, cc, subject to what is written."""

    start: int
    end: int
    fields: dict[str, str]


class _Label(NamedTuple):
    kinds: tuple[str, ...]
    value: str


def header_block_at(lines: list[str], index: int, behind_marker: bool = False) -> HeaderBlock | None:
    """Read the block whose first label stands at `index`; None when these lines are no such block.

    A block names a sender and at least two more of date, recipient and subject; behind a marker such as
    "Original Message", or with an address in the sender's line, one more is enough.
    """
    first = _label(lines[index])
    if not first:
        return None
    fields: dict[str, str] = {}
    at, last, blank = index, index, 0
    current = ""
    while at < len(lines) and at - index < _LONGEST_BLOCK:
        found = _label(lines[at])
        kind = next((kind for kind in found.kinds if kind not in fields), "") if found else ""
        if found and kind:
            fields[kind], current, last, blank = found.value, kind, at, 0
        elif found:
            # A label seen before begins another block.
            break
        elif not lines[at].strip(" \t>|*"):
            blank += 1
            if blank > 1 or len(fields) >= 4:
                break
        elif not _continues(lines, at, fields, current, blank):
            break
        else:
            fields[current] = f"{fields[current]} {lines[at].strip(' >')}".strip()
            last = at
        at += 1
    return HeaderBlock(index, last + 1, fields) if _is_block(fields, behind_marker) else None


def _continues(lines: list[str], at: int, fields: dict[str, str], current: str, blank: int) -> bool:
    """Does the line carry on the value above: folded by the sender, or an address on its own line?"""
    if blank or not current or len(fields[current]) > 2000:
        return False
    line = lines[at].strip(" \t>")
    following = lines[at + 1] if at + 1 < len(lines) else ""
    return (
        _label(following) is not None
        or (line.startswith("<") and "@" in line)
        or (not fields[current] and len(line) < 200)
    )


def _is_block(fields: dict[str, str], behind_marker: bool) -> bool:
    if "from" not in fields:
        return behind_marker and len(fields) >= 2
    others = len(fields.keys() & {"sent", "to", "subject", "cc"})
    addressed = _EMAIL.search(fields["from"][:500]) is not None
    if others >= 3 or (others >= 2 and ("sent" in fields or addressed)):
        return True
    return others >= 1 and (behind_marker or (addressed and "sent" in fields))


def _label(line: str) -> _Label | None:
    if not _MAY_BE_LABEL.match(line):
        return None
    words = quote_words()
    match = words.label.match(line)
    if not match:
        return None
    kinds = words.kinds[re.sub(r"\s", " ", match[1]).lower()]
    return _Label(kinds, line[match.end() : match.end() + 2000].strip(" \t*|>"))


def is_rule(line: str) -> bool:
    """Is the line drawn: dashes, underscores, equals signs?"""
    return _RULE.match(line) is not None
