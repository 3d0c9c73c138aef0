"""Words by which prose would commit the merchant to something."""

import re
from functools import cache

from knowledge.catalog import read_toml
from knowledge.phrases import compile_phrases, normalise

GRANTS = ("money", "act", "promise")


def commitments_in(text: str, language: str) -> list[str]:
    """Return the wordings found that promise, grant or report an act; English ones count in every language."""
    return _found(text, language, ())


def grants_in(text: str, language: str) -> list[str]:
    """Return the wordings that grant money, report an act or give a guarantee: a person may say them, knowingly."""
    return _found(text, language, GRANTS)


def _found(text: str, language: str, groups: tuple[str, ...]) -> list[str]:
    found = []
    for code in dict.fromkeys((language, "en")):
        found += [match[0].strip() for match in _pattern(code, groups).finditer(normalise(text, code))]
    return list(dict.fromkeys(found))


@cache
def _pattern(language: str, groups: tuple[str, ...]) -> re.Pattern[str]:
    listed = read_toml("commitments.toml").get(language, {})
    return compile_phrases((phrase for name in groups or listed for phrase in listed.get(name, ())), language)
