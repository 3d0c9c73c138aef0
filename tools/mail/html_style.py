"""Just enough CSS to know whether a reader sees a text: inline declarations and simple <style> rules."""

import re
from functools import lru_cache
from typing import NamedTuple

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_LENGTH = re.compile(r"(-?\d*\.?\d+)\s*(px|pt|em|rem|ex|%|vw|vh|in|cm|mm)?\Z")
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,/]+([\d.]+%?))?\s*\)\Z")
_SELECTOR = re.compile(r"(?P<tag>[a-z][a-z0-9]*)?(?:(?P<kind>[.#])(?P<word>[\w-]+))?\Z")
_NAMES = {
    "white": "#ffffff",
    "black": "#000000",
    "red": "#ff0000",
    "silver": "#c0c0c0",
    "gray": "#808080",
    "blue": "#0000ff",
    "grey": "#808080",
    "yellow": "#ffff00",
    "green": "#008000",
    "snow": "#fffafa",
    "ivory": "#fffff0",
    "navy": "#000080",
    "whitesmoke": "#f5f5f5",
    "orange": "#ffa500",
    "lime": "#00ff00",
    "aqua": "#00ffff",
    "ghostwhite": "#f8f8ff",
}
_MOST_CSS = 200_000
_LONGEST_STYLE = 4000


class Look(NamedTuple):
    """What declarations say of a text: hidden or not (None: nothing said), colour and background ("?": unreadable)."""

    hidden: bool | None = None
    color: str = ""
    background: str = ""


class Rules(NamedTuple):
    """Declarations by simple selector: `td`, `.x`, `#y`, `td.x`."""

    by_selector: dict[str, Look]

    def look(self, tag: str, identifier: str, classes: list[str]) -> list[Look]:
        """Return the looks that apply to an element, the most general first."""
        keys = [tag, *(key for word in classes for key in (f".{word}", f"{tag}.{word}"))]
        if identifier:
            keys += [f"#{identifier}", f"{tag}#{identifier}"]
        return [self.by_selector[key] for key in keys if key in self.by_selector]


def read_rules(css: str) -> Rules:
    """Read the simple rules of a style sheet; what stands in @media and other at-rules is left out."""
    css = _COMMENT.sub(" ", css[:_MOST_CSS])
    found: dict[str, Look] = {}
    depth = 0
    selector = ""
    for piece in re.split(r"([{}])", css):
        if piece == "{":
            depth += 1
        elif piece == "}":
            depth = max(0, depth - 1)
        elif depth == 0:
            selector = piece.rpartition(";")[2].strip().lower()
        elif depth == 1 and not selector.startswith("@"):
            _update_rules(found, selector, piece)
    return Rules(found)


def _update_rules(found: dict[str, Look], selector: str, declarations: str) -> None:
    look = read_look(declarations)
    if look == Look():
        return
    for one in selector.split(",")[:50]:
        key = one.strip()
        if key != "*" and key and _SELECTOR.match(key):
            found[key] = _over(found.get(key, Look()), look)


def _over(below: Look, above: Look) -> Look:
    return Look(
        below.hidden if above.hidden is None else above.hidden,
        above.color or below.color,
        above.background or below.background,
    )


@lru_cache(maxsize=4096)
def read_look(style: str) -> Look:
    """Read the declarations of a style attribute or of one rule."""
    values: dict[str, str] = {}
    for declaration in style[:_LONGEST_STYLE].lower().split(";"):
        name, _, value = declaration.partition(":")
        if value:
            values[name.strip()] = value.replace("!important", "").strip()
    if not values:
        return Look()
    background = values.get("background-color") or values.get("background", "")
    return Look(_hidden(values), colour(values.get("color", "")), _background(background, "background-image" in values))


def _background(value: str, image: bool) -> str:
    if image or "url(" in value or "gradient" in value:
        return "?"
    return (colour(value.split()[0]) or colour(value)) if value else ""


def colour(value: str) -> str:
    """Return `#rrggbb`, `transparent`, `?` for a colour that is not understood, or empty for none."""
    value = value.strip().lower()
    if not value or value in ("inherit", "initial", "unset", "currentcolor", "none", "0"):
        return ""
    if value == "transparent":
        return value
    if value.startswith("#") and len(value) in (4, 7):
        return value if len(value) == 7 else "#" + "".join(char * 2 for char in value[1:])
    if match := _RGB.match(value):
        if match[4] in ("0", "0.0", "0%"):
            return "transparent"
        return "#" + "".join(f"{min(255, int(part[:4])):02x}" for part in match.group(1, 2, 3))
    return (
        _NAMES.get(value, value if re.match(r"[0-9a-f]{6}\Z", value) is None else f"#{value}")
        if value in _NAMES or len(value) == 6
        else "?"
    )


def _hidden(values: dict[str, str]) -> bool | None:
    display = values.get("display")
    if display == "none" or values.get("visibility") in ("hidden", "collapse") or values.get("mso-hide") == "all":
        return True
    if _tiny(values) or _away(values):
        return True
    return False if display is not None and display != "none" else None


def _tiny(values: dict[str, str]) -> bool:
    size = length(values.get("font-size", ""))
    if size is not None and 0 <= size <= 1 and not values["font-size"].endswith(("em", "%")):
        return True
    if size == 0:
        return True
    opacity = length(values.get("opacity", ""))
    if opacity is not None and opacity <= 0.05:
        return True
    clipped = values.get("overflow") == "hidden"
    sizes = [length(values.get(name, "")) for name in ("height", "max-height", "width", "max-width")]
    return clipped and any(one is not None and one <= 1 for one in sizes)


def _away(values: dict[str, str]) -> bool:
    indent = length(values.get("text-indent", ""))
    if indent is not None and indent <= -200:
        return True
    if values.get("clip", "").startswith("rect(0") or values.get("transform") == "scale(0)":
        return True
    moved = [length(values.get(name, "")) for name in ("left", "top", "right", "margin-left", "margin-top")]
    return any(one is not None and one <= -400 for one in moved)


def length(value: str) -> float | None:
    """Return the number of a CSS length, whatever its unit; None when it has none."""
    match = _LENGTH.match(value.strip())
    return float(match[1]) if match else None
