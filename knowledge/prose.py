"""What prose in a reply may be made of: known words, and of the shop itself only that it feels and understands."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from knowledge.catalog import read_toml
from knowledge.lexicon import examples
from knowledge.phrases import normalise

LONG_STEM = 5
ENDING = 3
_WORD = re.compile(r"[^\W\d_]+")
_CLAUSE = re.compile(r"[.!?…;:,–—()\"]+")
_SHOP = {"en": ("we", "i"), "de": ("wir", "ich"), "fr": ("nous",)}
_ZH_SHOP = re.compile(r"(?<![告诉系给向让请与和跟对知])(?:我们|本店|我司|咱们|客服|同事|团队)")


def words_of(text: str, language: str) -> list[str]:
    """Return the words of a text as they are compared: folded, without accents, apart at apostrophes and hyphens."""
    return _WORD.findall(normalise(text, language))


def unknown_words(text: str, language: str, mail: str) -> list[str]:
    """Return the words that neither harmless prose nor the customer's mail uses; none where words are not spaced."""
    known = vocabulary(language)
    if not known:
        return []
    spoken = set(words_of(mail, language))
    small = set(words_of(" ".join(re.findall(r"(?<!\w)[^\W\d_A-ZÀ-ÖØ-Þ][^\W\d_]*", text)), language))
    return [
        word
        for word in dict.fromkeys(words_of(text, language))
        if word not in known and word not in spoken and not (word in small and _stem(word) in _stems(language))
    ]


def _stem(word: str) -> str:
    """Return the part that other forms of a long word share; a short word is its own stem."""
    return word[: max(LONG_STEM, len(word) - ENDING)]


@cache
def _stems(language: str) -> frozenset[str]:
    """Return every beginning of the known words that could be the stem of another form."""
    return frozenset(word[:size] for word in vocabulary(language) for size in range(LONG_STEM, len(word) + 1))


@cache
def vocabulary(language: str) -> frozenset[str]:
    """Return the words that harmless prose of a language is made of; empty where there is no such list."""
    listed = read_toml("prose.toml")["words"].get(language)
    if listed is None:
        return frozenset()
    names = _names(language)
    spoken = {word for code, _, text in examples() if code == language for word in words_of(text, language)}
    return frozenset(spoken - names) | frozenset(words_of(listed, language))


@cache
def _names(language: str) -> frozenset[str]:
    """Return words of the examples that are never written small where case tells; they are names, mostly."""
    codes = ("en", "es", "fr", "pt", "it") if language == "de" else (language,)
    big: set[str] = set()
    small: set[str] = set()
    for code, _, text in examples():
        if code in codes:
            for word in _WORD.findall(unicodedata.normalize("NFC", text)):
                (small if word[0].islower() else big).add(normalise(word, code))
    return frozenset(big - small)


def acts_of_the_shop(text: str, language: str) -> list[str]:
    """Return wordings in which the shop says of itself more than that it feels, knows or understands."""
    if language == "zh":
        return list(_zh_acts(text))
    return [found for clause in _CLAUSE.split(text) for found in _acts(words_of(clause, language), language)]


def _acts(words: Sequence[str], language: str) -> list[str]:
    if language == "es":
        return [word for word in words if word.endswith("mos") and word not in _listed("shop", "es")]
    return [
        " ".join(words[max(0, at - 1) : at + 4])
        for at, word in enumerate(words)
        if word in _SHOP.get(language, ()) and not _feels(words, at, language)
    ]


def _feels(words: Sequence[str], at: int, language: str) -> bool:
    verbs, adverbs = _listed("shop", language), _listed("adverbs", language)
    rest = [word for word in words[at + 1 :] if word not in adverbs]
    if language == "de":
        before = words[at - 1] if at else ""
        return before in verbs or not rest or rest[0] in verbs
    if not rest:
        return True
    if rest[0] in {"are", "re", "am", "m", "were", "sommes"}:
        return len(rest) > 1 and rest[1] in _listed("feelings", language)
    if language == "fr" and not rest[0].endswith("ons"):
        return words[at - 1 : at] != ["que"]
    return rest[0] in verbs


def _zh_acts(text: str) -> Iterator[str]:
    allowed = re.compile(read_toml("prose.toml")["shop"]["zh"])
    for match in _ZH_SHOP.finditer(text):
        rest = text[match.end() :]
        if rest and not re.match(r"[。！？，、；]", rest) and not allowed.match(rest):
            yield match[0] + rest[:6]


@cache
def _listed(table: str, language: str) -> frozenset[str]:
    return frozenset(read_toml("prose.toml")[table].get(language, ()))
