"""Frozen types to JSON and back, checked on the way in."""

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

Value = TypeVar("Value")


def dump(value: object) -> Any:
    """Return a value of a frozen type as what JSON can hold."""
    return _adapter(type(value)).dump_python(value, mode="json")


def load(kind: type[Value], stored: Any) -> Value:
    """Return the value that `dump` stored."""
    loaded: Value = _adapter(kind).validate_python(stored)
    return loaded


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
