"""Finished files by signed link, for whoever was sent it: one case, no login, and nothing else of the desk."""

from fastapi import APIRouter
from starlette.responses import Response

from rejoinder.errors import NotFound
from rejoinder.links import PacketLinks
from rejoinder.packets import finished
from rejoinder.web.context import AppDesk
from rejoinder.web.pages import download

router = APIRouter()

ACTOR = "link"
MAX_TOKEN = 500


@router.get("/file/{token}")
def download_by_link(desk: AppDesk, token: str) -> Response:
    """Hand out the finished PDF of the case that the link was signed for, while it holds."""
    if len(token) > MAX_TOKEN:
        raise NotFound("there is no such file")
    opened = PacketLinks(store=desk.store, public_url=desk.public_url, clock=desk.clock).open(token)
    made = finished(desk.store, desk.files, opened.case_id, made_at=desk.clock())
    if not made.is_made:
        raise NotFound(f"the file of case {opened.case_id} could not be made")
    desk.store.note_download(opened.case_id, ACTOR, until=opened.until)
    return download(desk.files.get(made.pdf_hash), f"packet-case-{opened.case_id}.pdf")
