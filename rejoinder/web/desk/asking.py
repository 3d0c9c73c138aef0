"""Asking a colleague for what is missing, and what the merchant's own people were told of a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from prompts.exhibits import exhibit_title
from rejoinder.domain.cases import Merchant
from rejoinder.domain.disputes import NEEDS_ANSWER
from rejoinder.domain.judgement import Judgement
from rejoinder.domain.reminders import AtCutoff, ColleagueRequest, Reminder
from rejoinder.errors import NotFound
from rejoinder.reminders.question import question
from rejoinder.reminders.words import Words
from rejoinder.storage.pages import CasePage
from rejoinder.web.auth import FormVisitor
from rejoinder.web.context import AppDesk, Desk, RowId
from rejoinder.web.desk.uploads import kinds_for
from rejoinder.web.pages import see_other

router = APIRouter()

CHOICES: dict[AtCutoff, str] = {
    "alert": "Everyone is told again, and nothing is sent.",
    "submit_best": "The draft is approved by your rule, if nothing speaks against it.",
    "accept": "The dispute is conceded by your rule.",
}
TROUBLE = frozenset({"uncertain", "failed"})


@dataclass(frozen=True, kw_only=True)
class AskView:
    """What the page shows of a case's colleagues. `kinds` can be asked for, with their titles; the first is proposed.

    `mail` is the question for the first as it would be sent. `cutoff_by` is None when no deadline is known or no
    decision is waited for.
    """

    colleague: str
    kinds: Sequence[tuple[str, str]]
    proposed: bool
    mail: Words | None
    requests: Sequence[ColleagueRequest]
    reminders: Sequence[Reminder]
    cutoff_by: datetime | None
    choice: str

    @property
    def trouble(self) -> bool:
        """Tell whether something that was to be told may not have arrived."""
        told = [one.status for one in self.requests] + [one.status for one in self.reminders]
        return not TROUBLE.isdisjoint(told)


def ask_view(desk: Desk, shown: CasePage, merchant: Merchant, language: str) -> AskView | None:
    """Return what colleagues were told and can be asked; None for a case that is no dispute."""
    if shown.dispute is None:
        return None
    case_id, plan = shown.case.case_id, merchant.reminders
    judgement = desk.store.judgement(case_id)
    waits = shown.dispute.status in NEEDS_ANSWER and shown.case.status not in {"closed", "merged"}
    kinds = _kinds(shown, judgement, language) if waits else ()
    undecided = shown.review is None or shown.review.status != "decided"
    due_by = judgement.due_by if judgement and waits and undecided else None
    return AskView(
        colleague=plan.colleague,
        kinds=kinds,
        proposed=bool(judgement and judgement.ask),
        mail=_question(desk, shown, merchant, kinds[0][0], judgement) if kinds and plan.colleague else None,
        requests=desk.store.requests_of_case(case_id),
        reminders=desk.store.reminders_of_case(case_id),
        cutoff_by=due_by - plan.cutoff_before if due_by else None,
        choice=CHOICES[plan.at_cutoff],
    )


def _kinds(shown: CasePage, judgement: Judgement | None, language: str) -> Sequence[tuple[str, str]]:
    """Return what may be asked for: the one item worth it first, then what the reason asks for and is not there."""
    if shown.dispute is None:
        return ()
    there = {item.kind for item in shown.evidence}
    wanted = [judgement.ask] if judgement and judgement.ask else []
    wanted += [kind for kind, _ in kinds_for(shown.dispute, language)[0] if kind not in there]
    return [(kind, exhibit_title(kind, language)) for kind in dict.fromkeys(wanted)]


def _question(desk: Desk, shown: CasePage, merchant: Merchant, kind: str, judgement: Judgement | None) -> Words:
    if shown.dispute is None:
        raise NotFound(f"case {shown.case.case_id} is no dispute")
    number = shown.case.order_number
    order = desk.store.order(merchant.merchant_id, number) if number else None
    return question(merchant, shown.dispute, kind, desk.clock(), order=order, judgement=judgement)


@router.post("/cases/{case_id}/ask")
def ask(
    desk: AppDesk, visitor: FormVisitor, case_id: RowId, kind: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Put the question to the colleague into the outbox; while one for this item is open, that one stays."""
    shown = desk.store.case_page(case_id, visitor.merchant_ids)
    merchant = desk.store.merchant(shown.case.merchant_id)
    view = ask_view(desk, shown, merchant, merchant.reminders.language)
    if view is None or not view.colleague:
        raise HTTPException(422, "Nobody can be asked by mail: name a colleague in the settings first.")
    if kind not in dict(view.kinds):
        raise HTTPException(422, "Choose what to ask for.")
    mail = _question(desk, shown, merchant, kind, desk.store.judgement(case_id))
    desk.store.ask_colleague(
        case_id,
        kind,
        language=merchant.reminders.language,
        recipient=view.colleague,
        subject=mail.title,
        body=mail.text,
        asked_by=visitor.login,
    )
    return see_other(f"/cases/{case_id}?done=asked#ask")
