"""Names in prose: of the trade's firms in any language, and words written like names where case tells."""

import re
from functools import cache

from knowledge.catalog import read_toml

# German writes every noun with a capital, so there a capital tells nothing.
CASE_TELLS = frozenset({"en", "es", "fr", "pt", "it", "tr", "ru"})
ALWAYS_CAPITAL = frozenset(
    {"i", "we", "our", "ok", "id", "sms", "pdf", "faq", "eu", "uk", "us", "usa", "vat", "dear", "hello", "hi"}
)

_NAME = re.compile(r"(?<![.!?:\n«»¿¡\"“„(\-–—])\s([A-ZÀ-ÖØ-ÞА-ЯЁİ][\w'’-]+(?:\s[A-ZÀ-ÖØ-ÞА-ЯЁİ][\w'’-]+)*)")


def names_in(text: str, language: str) -> list[str]:
    """Return the names a text uses, each once: listed firms, and capitalised words inside a sentence."""
    found = [match[0] for match in _listed().finditer(text)]
    if language in CASE_TELLS:
        found += [name for name in _NAME.findall(text) if name.casefold() not in ALWAYS_CAPITAL]
    return list(dict.fromkeys(found))


@cache
def _listed() -> re.Pattern[str]:
    names = [name for group in read_toml("names.toml").values() for name in group]
    parts = []
    for name in sorted(names, key=len, reverse=True):
        parts.append(rf"(?<!\w){re.escape(name)}(?!\w)" if name.isascii() else re.escape(name))
    return re.compile("|".join(parts))
