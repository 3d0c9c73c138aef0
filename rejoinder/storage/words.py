"""Exact words for PostgreSQL's full text search, in spaced and unspaced languages alike."""

import re
from typing import Any

from sqlalchemy import func

MAX_WORDS = 60

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


def tokens(text: str) -> list[str]:
    """Return the words of a text in lower case; runs of Chinese, Japanese and Korean as pairs of characters."""
    found = []
    for word in _WORD.findall(text.lower()):
        for part in re.split(f"({_UNSPACED.pattern})", word):
            if _UNSPACED.fullmatch(part):
                found += [part[i : i + 2] for i in range(max(len(part) - 1, 1))]
            elif part:
                found.append(part)
    return found


def vector_of(text: str) -> Any:
    """Return the expression that stores a text's words."""
    return func.to_tsvector("simple", " ".join(tokens(text)))


def query_of(text: str) -> str:
    """Return a query that any of the text's words of two or more characters fulfils; empty when there is none."""
    words = [word for word in dict.fromkeys(tokens(text)) if len(word) > 1][:MAX_WORDS]
    return " | ".join(words)
