"""Labels with nothing but a blank before their value: `Dispute du_12`, `Respond by Dec 3, 2026`.

Words in a sentence stand the same way, so a line counts only when the rest of it looks like a value of the field.
"""

import re
from collections.abc import Callable

from tools.models.notices.tables import NOISE, Labelled, Span
from tools.models.notices.words import Meaning

_LONGEST_LINE = 90
_HEAD = re.compile(r"(?:\(?\d{1,2}[).]|[-*•·●▪■◆►▶>–—])?\s*")
_NUMBER = r"(?=.{4})#?[a-z0-9а-я][\wа-я./-]*\d[\w./-]*|(?=.{4})#?\d[\w./-]*"
_DATE = r"[^.!?;]{0,18}\d[^!?;]{2,40}"
_MONEY = r"[^\w\s]{0,2}\D{0,6}\d[\d.,' ]*\D{0,12}"
_LOOKS = {
    **dict.fromkeys(("dispute_reference", "payment_reference", "order_reference", "psp_reference", "arn"), _NUMBER),
    **dict.fromkeys(("original_reference", "reference"), _NUMBER),
    **dict.fromkeys(("respond_by", "transaction_date", "other_date"), _DATE),
    **dict.fromkeys(("amount", "plain_amount", "sale_amount", "order_amount", "other_amount"), _MONEY),
    "card": r"[^\d!?]{0,24}\d{4}|\d{4,6}[*x•]{2,}\d{4}",
    "reason_code": r"[a-z]{0,3}\d[\w.]{0,6}(?:[\s:–-]+\D{3,60})?",
    "network": r"[^\d.!?]{3,20}",
    "buyer_email": r"\S+@\S+\.\w+",
    "buyer_name": r"\S+@\S+\.\w+|[^\W\d_]\S*(?: [^\W\d_]\S*){1,3}",
}
_PATTERNS = {field: re.compile(pattern) for field, pattern in _LOOKS.items()}


def unmarked(folded: str, line: Span, meaning_of: Callable[[str], Meaning | None]) -> Labelled | None:
    """Return the value of a line that begins with a label; the longest label counts."""
    text = folded[slice(*line)].rstrip()
    head = _HEAD.match(text)
    start = head.end() if head else 0
    if len(text) > _LONGEST_LINE or text.endswith((".", "!", "?")):
        return None
    for blank in reversed([match.start() for match in re.finditer(r"(?<=\S) (?=\S)", text[start:])]):
        meaning = meaning_of(text[start : start + blank].strip(NOISE))
        if meaning is None:
            continue
        value = text[start + blank :].strip()
        pattern = _PATTERNS.get(meaning.field)
        if pattern is None or not pattern.fullmatch(value):
            return None
        at = line.start + text.rindex(value)
        return Labelled(
            meaning.field, meaning.language, at, at + len(value), line.start + start, text[start : start + blank]
        )
    return None
