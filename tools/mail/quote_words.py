"""The words of mail programs, read once from `quote_words.toml` and made into patterns."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

# A word boundary that also works beside scripts without spaces, where any neighbour is allowed.
_SPACELESS = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class QuoteWords(NamedTuple):
    """Compiled words; labels map a lower-case header label to its kind."""

    verbs: tuple[str, ...]
    wrote: re.Pattern[str]
    start: re.Pattern[str]
    original: re.Pattern[str]
    forwarded: re.Pattern[str]
    label: re.Pattern[str]
    kinds: dict[str, tuple[str, ...]]
    sent_from: re.Pattern[str]
    closing: re.Pattern[str]
    disclaimer: re.Pattern[str]
    away: re.Pattern[str]
    reply_prefix: re.Pattern[str]
    forward_prefix: re.Pattern[str]


@lru_cache(maxsize=1)
def quote_words() -> QuoteWords:
    """Return the words of all languages."""
    with (Path(__file__).parent / "quote_words.toml").open("rb") as file:
        tables = tomllib.load(file)
    subjects = tables.pop("subjects")
    words = {
        name: _collect(tables, name)
        for name in ("wrote", "start", "original", "forwarded", "sent_from", "closing", "disclaimer", "away")
    }
    kinds = _label_kinds(tables)
    dash = r"\-_=*~–—─━"
    dashes, original = f"[{dash}]", _any(words["original"])
    return QuoteWords(
        verbs=tuple(word.lower() for word in words["wrote"]),
        wrote=_compile(rf"(?:{_any(words['wrote'])})"),
        start=_compile(rf"[\W_]*(?:{_any(words['start'])})"),
        original=_compile(
            rf"[\s>|*]*(?:{dashes}{{2,}}\s*(?:{original})(?:.{{0,60}}{dashes}{{2,}}|[{dash}:：\s]*)\s*|(?:{original})\s*{dashes}{{4,}}\s*)\Z"
        ),
        forwarded=_compile(
            rf"[\s>|*]*(?:{dashes}{{2,}}\s*(?:{_any(words['forwarded'])})|(?:{_any(words['forwarded'])})[^\n]{{0,40}}[:：]\s*\Z)"
        ),
        label=_compile(rf"[\s>|*_]{{0,20}}({_any(list(kinds))})[\s|*_\u200f\u200e]{{0,8}}[:：|][\s*_|]{{0,8}}"),
        kinds=kinds,
        sent_from=_compile(rf"[\s*_\[<(]*(?:{_any(words['sent_from'])})"),
        closing=_compile(rf"[\s*_]*(?:{_any(words['closing'])})\s*[,.!，。！、،~]*"),
        disclaimer=_compile(rf"[\s*_\[(]*(?:{_any(words['disclaimer'])})"),
        away=_compile(_any(words["away"])),
        reply_prefix=_prefix(subjects["reply"]),
        forward_prefix=_prefix(subjects["forward"]),
    )


def _collect(tables: dict[str, dict[str, list[str]]], name: str) -> list[str]:
    return [word for table in tables.values() for word in table.get(name, [])]


def _label_kinds(tables: dict[str, dict[str, list[str]]]) -> dict[str, tuple[str, ...]]:
    # A label may have two kinds: `de` is From in French; `data` is the date in three languages.
    kinds: dict[str, tuple[str, ...]] = {}
    for kind in ("from", "sent", "to", "cc", "subject"):
        for word in _collect(tables, kind):
            key = word.lower()
            kinds[key] = tuple(dict.fromkeys((*kinds.get(key, ()), kind)))
    return kinds


def _any(words: list[str]) -> str:
    # Longest first, so that `sent on` wins over `sent`.
    return "|".join(_word(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


def _word(word: str) -> str:
    pattern = re.escape(word).replace(r"\ ", r"\s")
    return pattern if _SPACELESS.search(word[-1]) or not word[-1].isalnum() else rf"{pattern}(?!\w)"


def _prefix(words: list[str]) -> re.Pattern[str]:
    joined = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return _compile(rf"[\s\[(]*(?:{joined})(?:\[\d+\]|\(\d+\))?\s*[:：]\s*")


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
