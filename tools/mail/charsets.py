"""Bytes of any charset, declared rightly, wrongly or not at all, to text."""

import codecs
import re
from typing import NamedTuple

from charset_normalizer import from_bytes

# Labels seen in mail -> the Python codec that reads them best (usually the superset that senders really use).
ALIASES = {
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030",
    "gb2312_charset": "gb18030", "chinese": "gb18030", "csgb2312": "gb18030", "euc-cn": "gb18030",
    "big5": "cp950", "big-5": "cp950", "x-x-big5": "cp950", "cn-big5": "cp950", "csbig5": "cp950", "big5-hkscs": "big5hkscs",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "ms_kanji": "cp932",
    "windows-31j": "cp932", "x-ms-cp932": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "csiso2022jp": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext", "cp50221": "iso2022_jp_ext",
    "cp50222": "iso2022_jp_ext", "iso-2022-jp-ms": "iso2022_jp_ext", "_iso-2022-jp$esc": "iso2022_jp_ext",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "ksc5601": "cp949", "ks_c_5601-1989": "cp949",
    "uhc": "cp949", "korean": "cp949", "windows-949": "cp949",
    "us-ascii": "cp1252", "ascii": "cp1252", "ansi_x3.4-1968": "cp1252", "iso-8859-1": "cp1252", "latin1": "cp1252",
    "latin-1": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252", "8859-1": "cp1252", "iso-8859-1-windows-1252": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-8-i": "iso8859_8", "iso-8859-8-e": "iso8859_8", "iso-8859-6-i": "iso8859_6",
    "tis-620": "cp874", "iso-8859-11": "cp874", "windows-874": "cp874", "macintosh": "mac_roman", "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic", "x-mac-ce": "mac_latin2", "unicode-1-1-utf-7": "utf-7", "x-unicode-2-0-utf-7": "utf-7",
    "utf8mb4": "utf-8", "utf8mb3": "utf-8", "unicode-1-1-utf-8": "utf-8", "x-utf-8": "utf-8", "unicode": "utf-16",
    "hz-gb-2312": "hz", "koi8": "koi8-r", "win-1251": "cp1251", "x-cp1251": "cp1251", "x-cp1252": "cp1252", "ansi": "cp1252",
}  # fmt: skip
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
_WESTERN = {"cp1252", "latin_1", "iso8859_15", "iso8859-15", "mac_roman"}
_C1 = bytes(range(0x80, 0xA0))

_COMMON_HAN = frozenset(
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于"
    "起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种"
    "們來說國個這時為會過對沒後還發經長問題嗎請謝您訂單貨退款收到件今電話買錢給進開學樣點現實應該因為太什誰吃喝等再書信快累睡覺師老教"
    "怎已经收吗请谢您订单货问题因太什谁等再书信快"
)  # fmt: skip
_COMMON_HANGUL = frozenset(
    "이다는의을에하고가지한은를로나어도사기자아그리서대일것해있수보들인게정시부만니면라제안나지주상전우습마거구장여스오세요무내과당와"
    "저네까했습감님입성문으신원드려야된돼없말생때람좋계실않됩받왜더던못잘간동"
    "같개객건결경것걸계관공교구국군권그글금급기길김남내너널년노논높누눈느능다달답당대더도독돈두든등듣떻떤라러럼럽레려력로록료루르른름릅린릴"
    "마막만많말맛맞매먹먼면명모목몰무문물미민및바박반발밤방배백번변별보복본볼부북분불비빠사산살삼상새색생서석선설세소속손송수순술숨쉬스시식신심"
    "아악안않알앞애야약양어언얼엄업없었에여역연열영예오온올와완왔외요용우운울움원월위유육은을음응의이인일입있자작잘장재저적전점정제조좀종주준중"
    "즉지직진질집쪽차참창찾책처천첫청체초총최추축출충취치친침크큰타터토통트특파판편평포표품피필하학한할함합항해했행향험현형호화확환활회후히힘"
)  # fmt: skip
_COMMON_CYRILLIC = frozenset("оеаинтсрвлкмдпуяыьгзбчйхжшюіїє")
_LATIN_ACCENTED = frozenset("äöüßéèêëàâáãåæçíìîïñóòôõøúùûýœšžčřěůąćęłńśźżőűğışđœ¿¡«»“”‘’„–—…€£©®°·")
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
    if info.name in _NOT_CHARSETS or not info._is_text_encoding:
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
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return "".join(
            chr(byte) if byte in _C1 and byte in b"\x81\x8d\x8f\x90\x9d" else bytes((byte,)).decode("cp1252")
            for byte in raw
        )


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
    if 0x400 <= code < 0x460:
        return _plausible_cyrillic(char, before)
    if char in _LATIN_ACCENTED or char.lower() in _LATIN_ACCENTED:
        return _plausible_latin(char, before)
    if 0x370 <= code < 0x400 or 0x5D0 <= code <= 0x5EA or 0x621 <= code <= 0x64A or 0xE01 <= code <= 0xE5B:
        # Any bytes make Thai letters: seldom chosen against a script whose common letters show.
        return -0.5 if before.isascii() and before.isalpha() else 0.55 if code >= 0xE01 else 0.75
    return 0.0 if code == 0xA0 else -0.6


def _plausible_cyrillic(char: str, before: str) -> float:
    if before.isascii() and before.isalpha():
        return -0.5
    if char.islower():
        return 0.95 if char in _COMMON_CYRILLIC else 0.2
    return -0.6 if before.islower() else 0.3


def _plausible_latin(char: str, before: str) -> float:
    if not char.isalpha():
        return 0.3
    if before.isascii() and before.isalpha():
        return 0.1 if char.isupper() and before.islower() else 0.9
    return 0.4 if before >= "\x80" and before.isalpha() else 0.6
