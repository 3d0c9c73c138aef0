"""Titles of what the catalogues know."""

from functools import cache

from knowledge.catalog import intents, read_toml
from knowledge.rails import GENERIC, rail


def intent_title(intent: str) -> str:
    """Return the title of an intent; an unknown one as it is."""
    known = intents().get(intent)
    return known.title if known else intent


def evidence_title(kind: str) -> str:
    """Return the title of a kind of evidence; an unknown one readable."""
    return _evidence_titles().get(kind) or kind.replace("_", " ").capitalize()


def processor_title(processor: str) -> str:
    """Return what a processor is called; empty for one that is not known."""
    known = rail(processor)
    return "" if known.rail == GENERIC else known.title


@cache
def _evidence_titles() -> dict[str, str]:
    return {kind: str(table["title"]) for kind, table in read_toml("evidence.toml").items()}
