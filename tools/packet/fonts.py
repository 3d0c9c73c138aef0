"""The fonts of a packet, out of installed packages, so that a machine without any font prints all scripts alike."""

import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

from rejoinder.errors import ConfigError, ExhibitRejected

# Latin, Greek, Cyrillic, Hebrew, Arabic; Chinese, Japanese, Korean. `packet.typ` names the families.
_FONTS = (("matplotlib", "mpl-data/fonts/ttf", "DejaVuSans.ttf"), ("mplfonts", "fonts", "NotoSansCJKsc-Regular.otf"))
_JOINERS = "\u200c\u200d"
_MOST_NAMED = 10


@cache
def fonts() -> typst.Fonts:
    """Return the fonts for the compiler; found once a process, the system's are not looked at.

    Raises:
        ConfigError: a font is not installed.
    """
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(_font_file(*font).parent) for font in _FONTS],
    )


def printable(text: str, where: str) -> str:
    """Return text as it can be printed: without control and direction characters, symbols of no font by name.

    A thumb up becomes `[thumbs up sign]`; letters are never replaced.

    Raises:
        ExhibitRejected: letters that no font has; the message names `where` and the letters.
    """
    clean = "".join(_kept(unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))))
    without_glyph = _not_in(0, set(clean) - {"\n"})
    letters = sorted(char for char in without_glyph if not unicodedata.category(char).startswith("S"))
    if letters:
        shown = ", ".join(f"{char} (U+{ord(char):04X})" for char in letters[:_MOST_NAMED])
        raise ExhibitRejected(
            f"{where}: no font here has {len(letters)} of its letters: {shown}; "
            "add it as a PDF or a picture of the page, with a translation"
        )
    return clean.translate({ord(symbol): _name(symbol) for symbol in without_glyph})


def is_right_to_left(text: str) -> bool:
    """Tell whether the first letter with a direction is of a script written from the right."""
    for char in text:
        direction = unicodedata.bidirectional(char)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def _kept(text: str) -> list[str]:
    kept: list[str] = []
    for char in text:
        if char == "\t":
            kept.append("    ")
        elif char == "\n" or char.isprintable() or unicodedata.category(char) == "Zs":
            kept.append("" if _is_variation(char) else char)
        elif char in _JOINERS and kept and unicodedata.bidirectional(kept[-1][-1:] or " ") == "AL":
            kept.append(char)
        elif unicodedata.category(char) in ("Zl", "Zp"):
            kept.append("\n")
        elif unicodedata.category(char) in ("Co", "Cn"):
            kept.append(char)
    return kept


def _is_variation(char: str) -> bool:
    """Is it a variation selector or a skin tone, which only change how a symbol looks?"""
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef" or "\U0001f3fb" <= char <= "\U0001f3ff"


def _name(symbol: str) -> str:
    return f"[{unicodedata.name(symbol, f'U+{ord(symbol):04X}').lower()}]"


def _not_in(first: int, chars: set[str]) -> set[str]:
    """Return those that no font from the `first` on has; the big font is read only when the small one is not enough."""
    if not chars or first == len(_FONTS):
        return chars
    covered = _covered(first)
    return _not_in(first + 1, {char for char in chars if ord(char) not in covered})


@cache
def _covered(number: int) -> frozenset[int]:
    with TTFont(_font_file(*_FONTS[number]), lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


@cache
def _font_file(package: str, folder: str, name: str) -> Path:
    spec = find_spec(package)  # finds it without running it: matplotlib takes a second to import
    for place in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(place) / folder / name
        if path.is_file():
            return path
    raise ConfigError(f"the font {name!r} of the package {package!r} is not installed; install it anew")
