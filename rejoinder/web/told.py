"""Sentences that other parts of the program wrote down in English, in the reviewer's language."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache

from knowledge.catalog import intents
from rejoinder.web.words import FOLDER, Words

_GAP = re.compile(r"{(\w+)}")
_QUOTED = re.compile(r"'([^']*)'")


def told(text: str, words: Words) -> str:
    """Return a sentence in the language of the words; one that is not in its list stays as it is."""
    exact, patterns = _sentences(words.language)
    if text in exact:
        return exact[text]
    for pattern, translated in patterns:
        if match := pattern.fullmatch(text):
            return translated.format(**{name: _value(value, words) for name, value in match.groupdict().items()})
    return text


def _value(value: str, words: Words) -> str:
    """Return what stood in a gap: intents by their title, known words and sentences translated."""
    quoted = _QUOTED.fullmatch(value)
    name = quoted[1] if quoted else value
    if name in intents():
        return f"“{words.t(intents()[name].title)}”"
    inner = told(name, words)
    if inner != name:
        return inner
    known = words.code(name)
    return known if known != name.replace("_", " ").capitalize() else value


@cache
def _sentences(language: str) -> tuple[Mapping[str, str], tuple[tuple[re.Pattern[str], str], ...]]:
    """Return whole sentences, and those with gaps: the one with most fixed text first."""
    file = FOLDER / "told" / f"{language}.toml"
    listed = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    gapped = sorted((one for one in listed if _GAP.search(one)), key=lambda one: -len(_GAP.sub("", one)))
    patterns = tuple((re.compile(_pattern(one), re.DOTALL), listed[one]) for one in gapped)
    return {one: said for one, said in listed.items() if not _GAP.search(one)}, patterns


def _pattern(sentence: str) -> str:
    parts = _GAP.split(sentence)
    fixed = (re.escape(part) for part in parts[::2])
    names = (f"(?P<{name}>.+?)" for name in parts[1::2])
    return "".join(part for pair in zip(fixed, (*names, ""), strict=True) for part in pair)
