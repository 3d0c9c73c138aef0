"""What stands against the finished file of a letter that is about to be approved."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from rejoinder.domain.drafts import Draft, Problem, blocking
from rejoinder.packets import finished, material_on, try_to_build
from rejoinder.storage.pages import CasePage
from rejoinder.web.context import Desk


def against_file(desk: Desk, shown: CasePage, edited: Draft | None = None) -> tuple[Problem, ...]:
    """Return the blocking problems of the file that an approval, or an edited letter, would lead to; none for a reply.

    The file is made for it where it was not made of the same before.
    """
    if shown.dispute is None or shown.draft is None or shown.draft.kind != "letter":
        return ()
    now = desk.clock()
    if edited is None:
        return blocking(finished(desk.store, desk.files, shown.case.case_id, made_at=now).problems)
    material = material_on(desk.store, desk.files, shown, day=now)
    _, problems = try_to_build(replace(material, letter=edited), now)
    return blocking(problems)


def word_on(problems: Sequence[Problem]) -> str:
    """Return what a reviewer sends along to approve in spite of exactly these problems."""
    said = "\n".join(f"{problem.code}: {problem.detail}" for problem in problems)
    return hashlib.sha256(said.encode()).hexdigest()[:16]
