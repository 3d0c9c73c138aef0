"""A mail's text parted into what was written now, what is quoted, and the signature."""

import re
from typing import NamedTuple

from tools.mail.header_blocks import HeaderBlock, header_block_at, is_rule
from tools.mail.quote_words import quote_words

_QUOTED = re.compile(r"[ \t]{0,8}>")
_EMAIL = re.compile(r"[\w.+%'=-]{1,80}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_FRAMED_EMAIL = re.compile(r"[<(\[]\s*(?:mailto:)?[\w.+%'=-]{1,80}@[\w.-]{1,120}")
_DATE = re.compile(r"\d{4}|\d{1,2}\s?[./-]\s?\d{1,2}|\d{1,2}\s?(?:月|월)|\b\d{1,2}\s\w{3,12}")
_TIME = re.compile(r"\d{1,2}\s?[:.h時时点시]\s?\d{2}|\d{1,2}\s?(?:[ap]\.?m|Uhr|時)\b", re.IGNORECASE)
_EARLY_DIGIT = re.compile(r"\W{0,4}(?:[^\W\d]{1,12}\.?,?\s+){0,3}\d{1,4}\D")
_DELIMITER = re.compile(r"\s*(?:--|—|–|- -|__)\s*\Z")
_LIST_FOOTER = re.compile(r"\s*_{3,}\s*\Z")
_TRAIL = " \t*_\u200e\u200f\u202a-\u202e\xa0"
_ATTRIBUTION_LINES = 4
_LONGEST_ATTRIBUTION = 400
_LONGEST_SIGNATURE = 12
_SEARCHED_BELOW = 60
_LONGEST_SIGNATURE_LINE = 80
_WRAPPED_FROM = 55

NEW, QUOTED, SIGNATURE = "new", "quoted", "signature"


class SplitReply(NamedTuple):
    """The three kinds of text, each in its original order."""

    new_text: str
    quoted_text: str
    signature: str


def split_reply(text: str) -> SplitReply:
    """Part a mail's text. Inline replies between quotes stay new text; all below a separator is quoted."""
    lines = _split_shared_lines(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    kinds = _quote_kinds(lines)
    _update_signatures(lines, kinds)
    parts = {
        kind: "\n".join(line for line, one in zip(lines, kinds, strict=True) if one == kind)
        for kind in (NEW, QUOTED, SIGNATURE)
    }
    return SplitReply(_trimmed(parts[NEW]), _trimmed(parts[QUOTED]), _trimmed(parts[SIGNATURE]))


def _trimmed(text: str) -> str:
    return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", text).strip("\n \t\u00a0")


def _split_shared_lines(lines: list[str]) -> list[str]:
    """Part lines on which an answer runs straight into `--- On ... wrote:`."""
    parted: list[str] = []
    for line in lines:
        at = line.find("--") if line.rstrip().endswith(":") and len(line) < _LONGEST_ATTRIBUTION else -1
        tail = line[at:].lstrip("- ") if at > 0 else ""
        if tail and line[:at].strip(" ->") and _attribution_end([tail], 0):
            parted += [line[:at], tail]
        else:
            parted.append(line)
    return parted


# -- quotes -------------------------------------------------------------------------------------


def _quote_kinds(lines: list[str]) -> list[str]:
    kinds = [NEW] * len(lines)
    at = 0
    while at < len(lines):
        line = lines[at]
        if _QUOTED.match(line):
            kinds[at] = QUOTED
        elif line.strip():
            end = _quote_starts(lines, at)
            if end:
                kinds[at:end] = [QUOTED] * (end - at)
                _update_rules_above(lines, kinds, at)
                at = end
                continue
        at += 1
    _update_wrapped(lines, kinds)
    return kinds


def _quote_starts(lines: list[str], at: int) -> int:
    """Return the end of the quote that starts on this line, 0 when none does."""
    if is_separator(lines[at]) or block_at(lines, at):
        return len(lines)
    end = _attribution_end(lines, at)
    if not end:
        return 0
    following = end
    while following < len(lines) and not lines[following].strip():
        following += 1
    if following < len(lines) and _QUOTED.match(lines[following]):
        return end
    return len(lines)


def block_at(lines: list[str], at: int) -> HeaderBlock | None:
    """Return the header block at a line; a rule drawn above it counts as a marker."""
    above = at - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    return header_block_at(lines, at, above >= 0 and is_rule(lines[above]))


def is_separator(line: str) -> bool:
    """Is the line an "Original Message", "Forwarded message" or "X wrote" between dashes?"""
    if len(line) > 200:
        return False
    words = quote_words()
    if words.forwarded.match(line):
        return True
    if "--" not in line and "__" not in line and "==" not in line and "**" not in line and "——" not in line:
        return words.original.match(line) is not None if "──" in line or "━━" in line or "—" in line else False
    bare = line.strip(" \t>*")
    if bare.startswith("--") and bare.endswith("--") and (found := words.wrote.search(bare)):
        return not bare[found.end() :].strip(" -")
    return words.original.match(line) is not None


def _attribution_end(lines: list[str], at: int) -> int:
    """Return the end of an "On ... X wrote:" that starts on this line, over at most four lines; 0 when none does."""
    joined = ""
    for size in range(1, _ATTRIBUTION_LINES + 1):
        if at + size > len(lines):
            return 0
        line = lines[at + size - 1].strip(_TRAIL)
        if not line or len(joined) + len(line) > _LONGEST_ATTRIBUTION or (size > 1 and _QUOTED.match(line)):
            return 0
        joined = f"{joined} {line}".strip()
        quoted_next = at + size < len(lines) and _next_is_quoted(lines, at + size)
        if _is_attribution(joined, lines[at], size, quoted_next):
            # A later line may be where it really starts: prose above it that also begins with "On".
            inner = _starts_attribution(lines[at + 1]) and _attribution_end(lines, at + 1) if size > 1 else 0
            return 0 if inner else at + size
    return 0


def _next_is_quoted(lines: list[str], at: int) -> bool:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at < len(lines) and _QUOTED.match(lines[at]) is not None


def _is_attribution(joined: str, first: str, size: int, quoted_next: bool) -> bool:
    bare = joined.rstrip(_TRAIL + "-–")
    colon = bare.endswith((":", "："))
    bare = bare.rstrip(":： ")
    framed = _FRAMED_EMAIL.search(joined) is not None
    if not colon and not quoted_next and not joined.endswith("-") and not _ends_with_verb(bare):
        return False
    starts = _starts_attribution(first)
    if size > 1 and not starts:
        return False
    dated = _DATE.search(joined) is not None
    verb = _ends_with_verb(bare) or (colon and quote_words().wrote.search(bare) is not None)
    if verb:
        return (
            framed
            or (starts and (dated or _EMAIL.search(joined) is not None))
            or (_EMAIL.match(joined.lstrip()) is not None)
        )
    if framed and dated:
        return (colon and _TIME.search(joined) is not None) or quoted_next
    return False


def _ends_with_verb(bare: str) -> bool:
    tail = bare[-60:].lower()
    verbs = quote_words().verbs
    if not tail.endswith(verbs) and not tail.rstrip("() ").endswith(verbs):
        return False
    # `endswith` is quick and blind to where a word begins.
    tail = tail.rstrip("() ")
    verb = max((verb for verb in verbs if tail.endswith(verb.rstrip("()"))), key=len, default="")
    before = tail[: len(tail) - len(verb.rstrip("()"))][-1:]
    return not (verb[:1].isascii() and before.isascii() and before.isalpha())


def _starts_attribution(first: str) -> bool:
    first = first.strip(_TRAIL + "-> ")[:200]
    if not any(char.isdigit() for char in first):
        return False
    if _EARLY_DIGIT.match(first) or _FRAMED_EMAIL.search(first):
        return True
    return quote_words().start.match(first) is not None and _DATE.search(first) is not None


def _update_rules_above(lines: list[str], kinds: list[str], at: int) -> None:
    """Lines drawn above a quote belong to it."""
    above = at - 1
    while above >= 0 and kinds[above] == NEW and (not lines[above].strip() or is_rule(lines[above])):
        kinds[above] = QUOTED
        above -= 1


def _update_wrapped(lines: list[str], kinds: list[str]) -> None:
    """Mark as quoted the one or two lines that a mailer broke off a long quoted line."""
    at = 1
    while at < len(lines):
        if kinds[at] == NEW and kinds[at - 1] == QUOTED and _QUOTED.match(lines[at - 1]) and lines[at].strip():
            end = at
            while end < len(lines) and kinds[end] == NEW and lines[end].strip() and end - at < 3:
                end += 1
            if end - at <= 2 and end < len(lines) and kinds[end] == QUOTED and _is_wrapped(lines[at - 1], lines[at]):
                kinds[at:end] = [QUOTED] * (end - at)
            at = end
        at += 1


def _is_wrapped(above: str, line: str) -> bool:
    above = above.strip(" \t>")
    tail = above[-300:]
    if tail.rfind("(http") > tail.rfind(")") or tail.rfind("<http") > tail.rfind(">"):
        return True
    if len(above) < _WRAPPED_FROM:
        return False
    return line.lstrip()[0].islower() or above[-1:] not in ".!?:;。！？…"


# -- signatures ---------------------------------------------------------------------------------


def _update_signatures(lines: list[str], kinds: list[str]) -> None:
    """Find the signature at the end of each stretch of new text."""
    at = 0
    while at < len(lines):
        if kinds[at] != NEW:
            at += 1
            continue
        end = at
        while end < len(lines) and kinds[end] == NEW:
            end += 1
        has_text_before = any(kinds[index] == NEW and lines[index].strip() for index in range(at))
        start = _signature_start(lines, at, end, has_text_before)
        kinds[start:end] = [SIGNATURE] * (end - start)
        at = end


def _signature_start(lines: list[str], start: int, end: int, has_text_before: bool) -> int:
    begun = has_text_before
    for at in range(start, end):
        line = lines[at]
        if not line.strip():
            continue
        if begun and _starts_signature(lines, at, end):
            return at
        if not begun and _DELIMITER.match(line) and line.strip() == "--":
            return at
        begun = True
    return end


def _starts_signature(lines: list[str], at: int, end: int) -> bool:
    line = lines[at]
    if len(line) > 400:
        return False
    if _DELIMITER.match(line):
        return line.strip() == "--" or _count(lines, at, end) <= _LONGEST_SIGNATURE
    if _LIST_FOOTER.match(line):
        return 0 < _count(lines, at + 1, end) <= _LONGEST_SIGNATURE
    words = quote_words()
    if len(line) <= 120 and words.sent_from.match(line) and _is_sent_from(line):
        return True
    if len(line) <= 60 and (found := words.closing.match(line)):
        return _is_closing(lines, at, end, line[found.end() :])
    return not lines[at - 1].strip() and not line.rstrip().endswith("?") and words.disclaimer.match(line) is not None


def _is_sent_from(line: str) -> bool:
    """Tell a telephone's line ("Sent from my iPhone") from a sentence that begins alike."""
    bare = re.sub(r"<[^<>]{0,300}>|\(\s*https?:[^()]{0,300}\)", "", line).strip(" *_")
    if "," in bare or len(bare.split()) > 9 or "@" in bare:
        return False
    return not re.search(r"[?;]|[.!]\s*\Z", bare) or len(bare.split()) <= 6


def _is_closing(lines: list[str], at: int, end: int, rest: str) -> bool:
    """A closing counts when a name follows, on its line or below, and only short lines follow that."""
    below = [line.strip() for line in lines[at + 1 : min(end, at + _SEARCHED_BELOW)] if line.strip()]
    words = quote_words()
    stop = next(
        (index for index, line in enumerate(below) if words.disclaimer.match(line) or _DELIMITER.match(line)),
        len(below),
    )
    below = below[:stop]
    if rest.strip():
        named = len(rest.split()) <= 3 and rest.strip()[0].isupper() and not re.search(r"[?!:;]|\d", rest)
        return named and len(below) <= 6 and all(len(line) <= 60 for line in below)
    if len(below) > _LONGEST_SIGNATURE or any(len(line) > _LONGEST_SIGNATURE_LINE for line in below):
        return False
    return bool(below) and not any(line.endswith(("?", "？")) for line in below)


def _count(lines: list[str], start: int, end: int) -> int:
    return sum(1 for line in lines[start : min(end, start + _SEARCHED_BELOW)] if line.strip())
