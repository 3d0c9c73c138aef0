"""What is left to do after an approval: the file handed in at the processor, by a person, and that person's word."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from rejoinder.domain.disputes import WAITING, HandIn, printed_reference
from rejoinder.domain.lifecycle import ANSWERED, Stage
from rejoinder.errors import BadInput
from rejoinder.storage.hand_ins import may_take_back
from rejoinder.storage.pages import CasePage
from rejoinder.web.auth import FormVisitor
from rejoinder.web.context import AppDesk, Desk, RowId
from rejoinder.web.desk.editing import refuse_cards
from rejoinder.web.desk.titles import processor_title
from rejoinder.web.pages import see_other, visible

router = APIRouter()

MAX_CONFIRMATION = 100


@dataclass(frozen=True, kw_only=True)
class HandInView:
    """What the page shows of an approved answer. `to_do`: nobody knows yet that it was handed in.

    `processor` is empty where it is none that is known. `words` are what persons said of the present stage and did not
    take back, oldest first; `back` is the one that can be. `told`: the processor itself knows of the answer.
    """

    processor: str
    reference: str
    stage: Stage
    to_do: bool
    told: bool
    words: Sequence[HandIn]
    back: HandIn | None


def hand_in_view(desk: Desk, shown: CasePage) -> HandInView | None:
    """Return what is left to do; None where no letter is approved, or the dispute has ended without a word on it."""
    dispute = shown.dispute
    if dispute is None or not is_approved(shown):
        return None
    said = [one for one in desk.store.hand_ins(shown.case.case_id) if one.ended_at is None]
    words = [one for one in said if one.stage == dispute.stage]
    to_do = dispute.status in WAITING
    if not (to_do or words or dispute.status in ANSWERED):
        return None
    back = next((one for one in words if may_take_back(dispute, one)), None)
    return HandInView(
        processor=processor_title(dispute.processor),
        reference=printed_reference(dispute),
        stage=dispute.stage,
        to_do=to_do,
        told=not to_do and back is None,
        words=words,
        back=back,
    )


def is_approved(shown: CasePage) -> bool:
    """Tell whether a letter was approved, and no newer question is open."""
    if shown.draft is None or shown.draft.kind != "letter" or shown.decision is None:
        return False
    return shown.decision.draft_id is not None and shown.review is not None and shown.review.status == "decided"


@router.post("/cases/{case_id}/handed-in")
def hand_in(
    desk: AppDesk,
    visitor: FormVisitor,
    case_id: RowId,
    stage: Annotated[Stage, Form()],
    confirmation: Annotated[str, Form(max_length=MAX_CONFIRMATION)] = "",
) -> Response:
    """Keep the visitor's word that the approved answer was handed in for the stage that was on the page."""
    shown = desk.store.case_page(case_id, visitor.merchant_ids)
    if not is_approved(shown):
        raise HTTPException(422, "No letter of this case is approved.")
    number = visible(confirmation)
    try:
        refuse_cards(number)
    except BadInput as problem:
        raise HTTPException(422, str(problem)) from problem
    desk.store.hand_in(case_id, stage, actor=visitor.login, now=desk.clock(), confirmation=number)
    return see_other(f"/cases/{case_id}?done=handed_in#hand-in")


@router.post("/cases/{case_id}/handed-in/{hand_in_id}/take-back")
def take_back(desk: AppDesk, visitor: FormVisitor, case_id: RowId, hand_in_id: RowId) -> Response:
    """Take such a word back."""
    desk.store.case_page(case_id, visitor.merchant_ids)
    desk.store.take_back_hand_in(case_id, hand_in_id, actor=visitor.login, now=desk.clock())
    return see_other(f"/cases/{case_id}?done=hand_in_taken_back#hand-in")
