"""Lists of wordings per language, matched without regard to case, accents and punctuation."""

import re
import unicodedata
from collections.abc import Iterable

UNSPACED = frozenset({"zh", "ja", "ko"})
GAP = {"zh": 10, "ja": 12, "ko": 12}
GAP_WORDS = 5

_ARABIC_LETTERS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ة": "ه", "ى": "ي", "ـ": None})
_ARABIC_PREFIX = r"(?:[وفبلك]{0,2}(?:ال)?|لل)"
_BETWEEN_WORDS = re.compile(r"[^\w*$€£%]+")


def normalise(text: str, language: str) -> str:
    """Return the text as patterns see it: folded, without accents, words apart by one space.

    In unspaced languages white space stays as it is, since words are matched inside it.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ı", "i")
    if language in UNSPACED:
        return re.sub(r"\s+", " ", folded)
    bare = "".join(char for char in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(char))
    if language == "ar":
        bare = bare.translate(_ARABIC_LETTERS)
    return _BETWEEN_WORDS.sub(" ", bare).strip()


def compile_phrases(phrases: Iterable[str], language: str) -> re.Pattern[str]:
    """Return one pattern for all wordings; it is matched against normalised text.

    A star at the end of a word stands for any ending, `...` for a few words or characters between.
    """
    parts = sorted({_pattern(phrase, language) for phrase in phrases} - {""}, key=len, reverse=True)
    return re.compile("|".join(parts) if parts else r"(?!)")


def _pattern(phrase: str, language: str) -> str:
    pieces = [normalise(piece, language).strip() for piece in re.split(r"\.\.\.|…", phrase)]
    pieces = [piece for piece in pieces if piece]
    if language in UNSPACED:
        gap = rf"[^.!?。！？\n]{{0,{GAP[language]}}}?"
        return gap.join(re.escape(piece.replace("*", "")) for piece in pieces)
    gap = rf"(?: \w+){{0,{GAP_WORDS}}}? "
    words = gap.join(" ".join(_word(word, language) for word in piece.split()) for piece in pieces)
    return rf"(?<!\w){words}(?!\w)" if words else ""


def _word(word: str, language: str) -> str:
    prefix = _ARABIC_PREFIX if language == "ar" else ""
    if language == "ar":
        word = word.removeprefix("ال")
    stem = re.escape(word.rstrip("*"))
    return prefix + stem + (r"\w*" if word.endswith("*") else "")
