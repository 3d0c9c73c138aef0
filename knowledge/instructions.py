"""Wordings by which a mail tries to instruct the program that reads it."""

import re
from functools import cache

from knowledge.catalog import read_toml


def instructs_the_reader(text: str) -> bool:
    """Tell whether a text tries to instruct an assistant; every language is looked for in every mail."""
    return any(pattern.search(text) for pattern in _patterns())


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    tables = read_toml("instructions.toml")
    return tuple(re.compile("|".join(wordings), re.I | re.S) for wordings in tables.values())
