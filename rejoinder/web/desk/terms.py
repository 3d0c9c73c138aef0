"""The form in which a reviewer changes the terms of the expected value; all is reckoned anew at once."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from agents.dispute.terms import TERM_NAMES
from rejoinder.errors import Conflict
from rejoinder.web.auth import FormVisitor
from rejoinder.web.context import AppDesk, RowId
from rejoinder.web.desk.case import RefusedTerms, case_response
from rejoinder.web.desk.weighing import read_terms, weigh_again
from rejoinder.web.pages import see_other

router = APIRouter()

MAX_VALUE = 40


async def _typed(request: Request) -> Mapping[str, str]:
    form = await request.form()
    return {name: str(form.get(name, ""))[:MAX_VALUE] for name in TERM_NAMES}


Typed = Annotated[Mapping[str, str], Depends(_typed)]


@router.post("/cases/{case_id}/runs/{run_id}/terms")
def set_terms(
    request: Request, desk: AppDesk, visitor: FormVisitor, case_id: RowId, run_id: RowId, typed: Typed
) -> Response:
    """Keep the terms that differ from the starting ones, and judge the case anew."""
    shown = desk.store.case_page(case_id, visitor.merchant_ids)
    weighed = weigh_again(desk, shown) if shown.review and shown.review.status == "open" else None
    if weighed is None or weighed.run_id != run_id or weighed.starting is None:
        raise Conflict("this dispute does not wait for a decision any more; look at the case again")
    settings, problems = read_terms(weighed.starting, typed)
    if problems:
        return case_response(request, desk, visitor, case_id, terms=RefusedTerms(typed=typed, problems=problems))
    desk.store.set_term_settings(case_id, settings, visitor.login)
    again = weigh_again(desk, shown)
    if again is not None:
        desk.store.save_judgement(run_id, again.subject.category, again.judgement)
    return see_other(f"/cases/{case_id}?done=terms#worth")
