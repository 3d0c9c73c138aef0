"""Frozen types to JSON and back, checked on the way in."""

import json
import re
from typing import Any, TypeVar

from pydantic import TypeAdapter

Value = TypeVar("Value")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_UNSTORABLE_JSON = re.compile(r"\\u0000|[\ud800-\udfff]")


def dump(value: object) -> Any:
    """Return a value of a frozen type as what JSON can hold."""
    return _adapter(type(value)).dump_python(value, mode="json")


def load(kind: type[Value], stored: Any) -> Value:
    """Return the value that `dump` stored."""
    loaded: Value = _adapter(kind).validate_python(stored)
    return loaded


def storable(text: str) -> str:
    """Return the text with U+FFFD for what PostgreSQL cannot hold: NUL and halves of surrogate pairs."""
    return _UNSTORABLE.sub("\ufffd", text)


def json_text(value: Any) -> str:
    """Write JSON for a jsonb column, with U+FFFD for what it cannot hold; the engine's serializer."""
    written = json.dumps(value, ensure_ascii=False)
    return json.dumps(cleaned(value), ensure_ascii=False) if _UNSTORABLE_JSON.search(written) else written


def cleaned(value: Any) -> Any:
    """Return JSON as it comes back from PostgreSQL."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(key)): cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(item) for item in value]
    return value


_adapters: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]
