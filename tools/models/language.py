"""Which language a text is in, from the text alone and offline."""

import re
from functools import cache

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

# Latin-script languages that a short mail of a cross-border shop is in, besides the twelve we read best.
CANDIDATES = (
    "en", "zh", "es", "de", "fr", "pt", "it", "ru", "ja", "ko", "ar", "tr",
    "nl", "pl", "sv", "da", "no", "fi", "cs", "el", "he", "th", "vi", "uk", "hu", "ro", "id",
)  # fmt: skip
UNKNOWN = "und"
SURE_ENOUGH = 0.5
# A Chinese mail may name a Japanese product, in katakana or with a の; more of the other hiragana is Japanese grammar.
HIRAGANA_BY_THE_WAY = 0.02

_KANA = re.compile(r"[\u3040-\u30ff]")
_GRAMMAR = re.compile(r"[\u3041-\u306d\u306f-\u3096]")
_HANGUL = re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_LETTER = re.compile(r"[^\W\d_]")
_NOISE = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+|[#\w-]*\d[\w-]*")


def detect(text: str) -> str:
    """Return the ISO 639-1 code of the text's language, `und` when there is too little to tell.

    Scripts that only one candidate uses decide by themselves; the rest is py3langid limited to `CANDIDATES`.
    """
    bare = _NOISE.sub(" ", text)
    letters = len(_LETTER.findall(bare))
    if letters < 2:
        return UNKNOWN
    if len(_HANGUL.findall(bare)) > letters * 0.2:
        return "ko"
    if len(_KANA.findall(bare)) > letters * 0.2 or len(_GRAMMAR.findall(bare)) > letters * HIRAGANA_BY_THE_WAY:
        return "ja"
    if len(_HAN.findall(bare)) > letters * 0.2:
        return "zh"
    if len(_ARABIC.findall(bare)) > letters * 0.3:
        return "ar"
    language, score = _identifier().classify(bare)
    return str(language) if score >= SURE_ENOUGH or letters > 40 else UNKNOWN


@cache
def _identifier() -> LanguageIdentifier:
    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    whole.set_languages(list(CANDIDATES))
    return LanguageIdentifier(  # without the other hundred languages, which `whole` keeps
        np.ascontiguousarray(whole.nb_ptc),
        whole.nb_pc,
        whole.nb_classes,
        whole.tk_nextmove,
        whole.tk_output,
        norm_probs=True,
        tk_row=whole.tk_row,
    )
