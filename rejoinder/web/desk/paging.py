"""Long lists, a page at a time."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

LIMIT = 50

Line = TypeVar("Line")


def paged(listed: Callable[..., Sequence[Line]], after: int, id_of: Callable[[Line], int]) -> dict[str, Any]:
    """Return the `lines` behind the row `after`, and what the template's pager needs to go on.

    `listed` is asked with `limit` and `after`. `more` is the id of the last line shown; 0 when none follows it.
    """
    lines = listed(limit=LIMIT + 1, after=after)
    return {"lines": lines[:LIMIT], "more": id_of(lines[LIMIT - 1]) if len(lines) > LIMIT else 0, "after": after}
