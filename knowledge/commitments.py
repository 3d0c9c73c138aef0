"""Words by which prose would commit the merchant to something."""

import re
from functools import cache

from knowledge.catalog import read_toml
from knowledge.phrases import compile_phrases, normalise


def commitments_in(text: str, language: str) -> list[str]:
    """Return the wordings found that promise, grant or report an act; English ones count in every language."""
    found = []
    for code in dict.fromkeys((language, "en")):
        found += [match[0].strip() for match in _pattern(code).finditer(normalise(text, code))]
    return list(dict.fromkeys(found))


@cache
def _pattern(language: str) -> re.Pattern[str]:
    groups = read_toml("commitments.toml").get(language, {})
    return compile_phrases((phrase for group in groups.values() for phrase in group), language)
