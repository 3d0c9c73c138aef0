"""A form that came after its login had ended: kept in the login page, and offered again behind it."""

import json
import re
from dataclasses import dataclass

from fastapi import Request

MOST_FIELDS = 60
MAX_KEPT = 400_000
NEVER_KEPT = frozenset({"form_token", "password"})
WRITTEN = ("subject", "text", "reason")
"""Fields that a person wrote and sees again; the others go along unseen."""

_ACTION = re.compile(r"/cases/\d{1,19}(/[a-z0-9-]{1,20}){1,4}")


@dataclass(frozen=True, kw_only=True)
class KeptForm:
    """What was sent, and where to."""

    action: str
    fields: tuple[tuple[str, str], ...]

    @property
    def written(self) -> tuple[tuple[str, str], ...]:
        """The fields that a person wrote."""
        return tuple(field for field in self.fields if field[0] in WRITTEN)

    @property
    def unseen(self) -> tuple[tuple[str, str], ...]:
        """The fields that go along."""
        return tuple(field for field in self.fields if field[0] not in WRITTEN)

    @property
    def case_path(self) -> str:
        """The page that the form was on."""
        return "/".join(self.action.split("/")[:3])

    def packed(self) -> str:
        """Return the form as one value of another form."""
        return json.dumps({"action": self.action, "fields": self.fields}, ensure_ascii=False)


async def form_of(request: Request) -> KeptForm | None:
    """Return the form that a request carries; None where it belongs to no case, or holds too much."""
    sent = await request.form()
    fields = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
    kept = KeptForm(action=request.url.path, fields=tuple(field for field in fields if field[0] not in NEVER_KEPT))
    return unpacked(kept.packed())


def unpacked(packed: str) -> KeptForm | None:
    """Return the form that was packed; None for anything else."""
    if not packed or len(packed) > MAX_KEPT:
        return None
    try:
        read = json.loads(packed)
        action, fields = read["action"], tuple((name, value) for name, value in read["fields"])
    except (ValueError, TypeError, KeyError):
        return None
    parts = [action, *(part for field in fields for part in field)]
    if not all(isinstance(part, str) for part in parts) or len(fields) > MOST_FIELDS:
        return None
    return KeptForm(action=action, fields=fields) if _ACTION.fullmatch(action) else None
