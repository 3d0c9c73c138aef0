"""What the exhibits of a packet are called."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "representment" / "exhibits.toml"


def exhibit_title(name: str, language: str) -> str:
    """Return what an exhibit is called: by the alias of a record or the kind of an attached file, in English or `zh`.

    An exhibit nobody named is called by its name in words.
    """
    titles = _titles().get(name)
    return titles["zh" if language.split("-")[0] == "zh" else "en"] if titles else name.replace("_", " ").capitalize()


@cache
def _titles() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
