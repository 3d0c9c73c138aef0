"""What a text speaks of, as concepts that are the same in every language."""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from knowledge.catalog import FOLDER, hash_of, read_toml
from knowledge.phrase_index import CharacterIndex, WordIndex, phrase_index

CONCEPTS = "intents/concepts.toml"
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？؟])|\n+")


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that have a lexicon."""
    return tuple(sorted(path.stem for path in (FOLDER / "intents/lexicon").glob("*.toml")))


@cache
def concepts() -> Mapping[str, str]:
    """Return every concept with what it means."""
    return {str(name): str(gloss) for name, gloss in read_toml(CONCEPTS).items()}


def concepts_in(text: str, language: str) -> list[list[str]]:
    """Return the concepts of each sentence, in the order of the concept list; English words count everywhere."""
    return [list(found) for found in _concepts_in(text, language)]


@lru_cache(maxsize=256)  # the classifier, the flags and the search ask about the same mail
def _concepts_in(text: str, language: str) -> tuple[tuple[str, ...], ...]:
    codes = [code for code in dict.fromkeys((language, "en")) if code in languages()]
    return tuple(_of_sentence(sentence, codes) for sentence in sentences(text))


def sentences(text: str) -> list[str]:
    """Split a text at ends of sentences and lines."""
    return [part for part in (piece.strip() for piece in _SENTENCE_END.split(text)) if part]


def _of_sentence(sentence: str, codes: Sequence[str]) -> tuple[str, ...]:
    found = {label for code in codes for label in _index(code).labels_in(sentence)}
    if "?" in sentence or "？" in sentence or "؟" in sentence:
        found.add("QUESTION")
    return tuple(name for name in concepts() if name in found)


@cache
def _index(language: str) -> WordIndex | CharacterIndex:
    return phrase_index(read_toml(f"intents/lexicon/{language}.toml"), language)


@cache
def examples() -> tuple[tuple[str, str, str], ...]:
    """Return the training examples: language, intent, text."""
    rows = []
    for path in sorted((FOLDER / "intents/examples").glob("*.toml")):
        table = read_toml(f"intents/examples/{path.name}")
        rows += [(path.stem, intent, text) for intent, texts in table.items() for text in texts]
    return tuple(rows)


@cache
def lexicon_hash() -> str:
    """Return a hash of all lexicons; what was trained with another one is stale."""
    folder = FOLDER / "intents"
    files = [folder / "concepts.toml", *sorted((folder / "lexicon").glob("*.toml"))]
    return hash_of(files)
