"""Bytes of any charset, declared rightly, wrongly or not at all, to text."""

import codecs
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from charset_normalizer import from_bytes

# Codecs of Python that are no charset, or that cost quadratic time.
_NOT_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_STATEFUL = {
    "utf-7",
    "hz",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-32-le",
    "utf-32-be",
    "iso2022_jp_ext",
    "iso2022_kr",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNDEFINED = {0xDC00 + byte: byte for byte in b"\x81\x8d\x8f\x90\x9d"}
_WESTERN = {"cp1252", "latin_1", "iso8859_15", "iso8859-15", "mac_roman"}
_C1 = bytes(range(0x80, 0xA0))

with (Path(__file__).parent / "charsets.toml").open("rb") as _file:
    _TABLES = tomllib.load(_file)
ALIASES: dict[str, str] = _TABLES["aliases"]
_COMMON_HAN, _COMMON_HANGUL, _COMMON_CYRILLIC, _COMMON_GREEK, _LATIN_ACCENTED = (
    frozenset("".join(_TABLES["common"][script])) for script in ("han", "hangul", "cyrillic", "greek", "latin")
)
_DETECT = (
    "gb18030", "cp950", "cp932", "euc_jp", "cp949", "cp1251", "koi8-u", "cp866", "iso8859_5", "cp1252",
    "cp1250", "cp1253", "cp1255", "cp1256", "cp874", "cp1254",
)  # fmt: skip
_SAMPLE = 20_000
_UTF8_RUN = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{1,3}")


class Decoded(NamedTuple):
    """Text, the codec that made it, and what was wrong with the label (empty when nothing was)."""

    text: str
    codec: str
    defect: str = ""


def decode_text(raw: bytes, label: str = "") -> Decoded:
    """Decode `raw`, trusting `label` only as far as the bytes agree with it. Never fails."""
    declared = codec_for(label)
    if raw.isascii() and b"\x1b" not in raw and declared not in _STATEFUL:
        return Decoded(raw.decode("ascii"), declared or "ascii", _label_defect(label, declared))
    if (b"\x1b$" in raw or b"\x1b(" in raw) and raw.isascii() and declared not in _STATEFUL:
        declared = "iso2022_kr" if b"\x1b$)C" in raw else "iso2022_jp_ext"
    for bom, codec in _BOMS:
        if raw.startswith(bom) and declared not in _STATEFUL - {"utf-16"}:
            return Decoded(raw.decode(codec, "replace"), codec)
    if not declared:
        return _guess(raw, _label_defect(label, declared) or ("no charset declared" if not label else ""))
    return _decode_declared(raw, label, declared)


def codec_for(label: str) -> str:
    """Return the Python codec for a mail's charset label; empty when there is none."""
    name = label.strip(" \t\r\n\"'<>;").lower()
    name = ALIASES.get(name, name)
    if not name or len(name) > 40 or not name.isascii() or "\0" in name:
        return ""
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    if info.name.replace("-", "_") in _NOT_CHARSETS or not info._is_text_encoding:
        return ""
    return ALIASES.get(info.name, name if info.name.replace("-", "_") == name.replace("-", "_") else info.name)


def _label_defect(label: str, declared: str) -> str:
    return f"unknown charset {label[:40]!r}" if label and not declared else ""


def _decode_declared(raw: bytes, label: str, declared: str) -> Decoded:
    if declared == "iso2022_jp_ext":
        return _decode_iso2022_jp(raw, label)
    if declared != "utf-8" and declared not in _STATEFUL and _surely_utf8(raw):
        return Decoded(raw.decode("utf-8"), "utf-8", f"declared {label[:40]!r} but is utf-8")
    for codec in _tries(declared):
        try:
            return Decoded(raw.decode(codec), codec)
        except (UnicodeDecodeError, UnicodeError):
            continue
    if declared == "utf-8":
        return _broken_utf8(raw, label)
    if declared in _WESTERN:
        return Decoded(_western(raw), "cp1252")
    text = raw.decode(declared, "replace")
    if text.count("�") <= max(2, len(text) // 50):
        return Decoded(text, declared, f"bytes that are not {label[:40]!r}")
    return _guess(raw, f"bytes that are not {label[:40]!r}")


def _tries(declared: str) -> tuple[str, ...]:
    return {
        "cp950": ("cp950", "big5hkscs"),
        "cp932": ("cp932", "shift_jis_2004"),
        "iso8859_8": ("iso8859_8", "cp1255"),
    }.get(declared, (declared,))


def _decode_iso2022_jp(raw: bytes, label: str) -> Decoded:
    for codec in ("iso2022_jp_ext", "iso2022_jp_3", "iso2022_jp_2"):
        try:
            return Decoded(raw.decode(codec), codec)
        except UnicodeDecodeError:
            continue
    if not raw.isascii() and b"\x1b" not in raw:
        return _guess(raw, f"bytes that are not {label[:40]!r}")
    return Decoded(raw.decode("iso2022_jp_ext", "replace"), "iso2022_jp_ext", f"bytes that are not {label[:40]!r}")


def _surely_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    seen = 0
    for match in _UTF8_RUN.finditer(raw):
        seen += len(match[0]) - 1
        if seen >= 3:
            return True
    return seen >= 1 and not any(byte in _C1 for byte in _UTF8_RUN.sub(b"", raw)) and len(raw) < 200 and seen >= 2


def _broken_utf8(raw: bytes, label: str) -> Decoded:
    text = raw.decode("utf-8", "replace")
    good = sum(len(match[0]) for match in _UTF8_RUN.finditer(raw))
    high = len(raw) - len(raw.translate(None, bytes(range(128, 256))))
    if good >= 0.9 * high:
        return Decoded(text, "utf-8", "bytes that are not 'utf-8'")
    return _guess(raw, f"declared {label[:40]!r} but is not")


def _guess(raw: bytes, defect: str) -> Decoded:
    if _valid(raw, "utf-8"):
        return Decoded(raw.decode("utf-8"), "utf-8", defect)
    if b"\x1b$" in raw[:_SAMPLE] or b"\x1b(" in raw[:_SAMPLE]:
        return Decoded(raw.decode("iso2022_jp_ext", "replace"), "iso2022_jp_ext", defect)
    sample = raw[:_SAMPLE]
    best, best_score = "", 0.0
    for codec in _DETECT:
        score = _score(sample, codec)
        if score > best_score:
            best, best_score = codec, score
    if best_score < 0.45:
        best = _second_opinion(sample) or best or "cp1252"
    if best == "cp1252":
        return Decoded(_western(raw), best, defect)
    return Decoded(raw.decode(best, "replace"), best, defect)


def _western(raw: bytes) -> str:
    """cp1252, its five undefined bytes read as latin-1, so that nothing is lost."""
    return raw.decode("cp1252", "surrogateescape").translate(_UNDEFINED)


def _second_opinion(sample: bytes) -> str:
    found = from_bytes(sample[:4000], steps=3, chunk_size=256).best()
    codec = codec_for(found.encoding) if found else ""
    return codec if codec and codec not in _STATEFUL else ""


def _valid(raw: bytes, codec: str) -> bool:
    try:
        raw.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _score(sample: bytes, codec: str) -> float:
    """Mean plausibility (-1 to 1) of the non-ASCII characters this codec makes of the sample."""
    text = sample.decode(codec, "replace")
    if text.count("�") > max(1, len(text) // 200):
        return -1.0
    total = count = 0.0
    before = " "
    for char in text:
        if char >= "\x80":
            count += 1
            total += _plausible(char, before)
        elif "\u0370" <= before < "\u0e60" and char.isalpha():
            # A Latin letter right behind another script's: a wrong codec.
            total -= 1
        before = char
    return total / count if count else 0.0


def _plausible(char: str, before: str) -> float:
    code = ord(char)
    if 0x4E00 <= code < 0xA000:
        return 1.0 if char in _COMMON_HAN else 0.3
    if 0x3041 <= code <= 0x30FE:
        return 1.0
    if 0xAC00 <= code <= 0xD7A3:
        return 0.95 if char in _COMMON_HANGUL else 0.3
    if 0x3000 <= code <= 0x3002 or 0xFF01 <= code <= 0xFF5E or code in (0x300C, 0x300D):
        return 0.8
    if char in _LATIN_ACCENTED or char.lower() in _LATIN_ACCENTED:
        return _plausible_latin(char, before)
    return _plausible_letter(char, before)


def _plausible_letter(char: str, before: str) -> float:
    """Score Greek, Cyrillic, Hebrew, Arabic and Thai, which never follow a Latin letter inside a word."""
    code = ord(char)
    if not 0x370 <= code <= 0xE5B:
        return 0.0 if code == 0xA0 else -0.6
    if before.isascii() and before.isalpha():
        return -0.5
    if code < 0x400:
        return 0.97 if char in _COMMON_GREEK else 0.4
    if code < 0x460:
        return _plausible_cyrillic(char, before)
    if 0x5D0 <= code <= 0x5EA or 0x621 <= code <= 0x64A:
        return 0.75
    # Any bytes make Thai letters: seldom chosen against a script whose common letters show.
    return 0.55 if code >= 0xE01 else -0.6


def _plausible_cyrillic(char: str, before: str) -> float:
    if char.islower():
        return 0.95 if char in _COMMON_CYRILLIC else 0.2
    return -0.6 if before.islower() else 0.3


def _plausible_latin(char: str, before: str) -> float:
    if not char.isalpha():
        return 0.3
    if before.isascii() and before.isalpha():
        return 0.1 if char.isupper() and before.islower() else 0.9
    return 0.4 if before >= "\x80" and before.isalpha() else 0.6
