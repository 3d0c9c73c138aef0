"""The page of one case: the mail, the draft, what it rests on, and what can be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from prompts.exhibits import exhibit_title
from rejoinder.domain.cases import Merchant, StoredMessage
from rejoinder.domain.drafts import Problem, blocking
from rejoinder.errors import NotFound
from rejoinder.storage.pages import CasePage
from rejoinder.web.auth import AppVisitor, Visitor
from rejoinder.web.context import AppDesk, Desk, RowId
from rejoinder.web.desk.asking import ask_view
from rejoinder.web.desk.confirming import confirm_form
from rejoinder.web.desk.draft_view import view_draft
from rejoinder.web.desk.editing import text_of
from rejoinder.web.desk.file_check import word_on
from rejoinder.web.desk.handing_in import hand_in_view
from rejoinder.web.desk.judgement_view import Judged, reteller, view_judgement
from rejoinder.web.desk.mail_view import MailView, view_mail
from rejoinder.web.desk.packets import file_view
from rejoinder.web.desk.titles import evidence_title, intent_title
from rejoinder.web.desk.uploads import kinds_for
from rejoinder.web.desk.weighing import Weighed, WorthForm, weigh_again, worth_form
from rejoinder.web.pages import download, page, words_of
from rejoinder.web.words import Words, zone_of
from tools.mail.reply_rules import reply_target, why_not_answer

router = APIRouter()

DONE = {
    "approve": "Approved.",
    "edit": "Your edited text was approved.",
    "saved": "Your text was saved. Nothing was sent.",
    "reject": "Rejected. Nothing will be sent.",
    "escalate": "Escalated. Nothing will be sent.",
    "retry": "It will be tried again in a moment.",
    "confirmed": "The fields were confirmed. A new draft will be there in a moment.",
    "terms": "Saved. Everything was reckoned anew.",
    "given": "The file was added. Draft again to let the letter speak of it.",
    "removed": "The file was taken out. Draft again where the letter speaks of it.",
    "asked": "The question is on its way. The answer will be put into this case.",
    "redrafted": "A new draft will be there in a moment.",
    "arrived": "Noted: the answer arrived.",
    "not_arrived": "Noted: it did not arrive. The review is open again; approve it to send it once more.",
    "handed_in": "Noted: it was handed in. You are not reminded of it any more.",
    "hand_in_taken_back": "Taken back. The file is to be handed in, and the reminders go on.",
    "taken_back": "Taken back. Nothing was sent; the review is open again.",
}


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Where an approved answer goes. `refusal` says why it could not be sent at all."""

    how: Literal["send", "drafts", "letter"]
    email: str = ""
    sender: str = ""
    refusal: str = ""


@dataclass(frozen=True, kw_only=True)
class EditForm:
    """What stands in the form: the draft's words, or an unfinished edit and who wrote it.

    `unbacked` are the reviewer's own sentences that nothing bears out, each with what is wrong; `confirms` is what
    the reviewer sends along to approve exactly these words. `against` are the problems of the file that these words
    would lead to.
    """

    subject: str
    text: str
    author: str = ""
    reason: str = ""
    problem: str = ""
    unbacked: tuple[tuple[str, tuple[str, ...]], ...] = ()
    confirms: str = ""
    against: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RefusedTerms:
    """Terms of the sum as they were typed, and what is wrong with some, by name."""

    typed: Mapping[str, str]
    problems: Mapping[str, str]


@router.get("/cases/{case_id}")
def show_case(request: Request, desk: AppDesk, visitor: AppVisitor, case_id: RowId, done: str = "") -> Response:
    """Show a case whole."""
    return case_response(request, desk, visitor, case_id, done=done)


@router.get("/cases/{case_id}/letter.txt")
def download_letter(desk: AppDesk, visitor: AppVisitor, case_id: RowId) -> Response:
    """Hand out the letter as text."""
    draft = desk.store.case_page(case_id, visitor.merchant_ids).draft
    if draft is None or draft.kind != "letter":
        raise NotFound(f"case {case_id} has no letter")
    return download(f"{draft.subject}\n\n{draft.body}\n".encode(), f"letter-case-{case_id}.txt")


def case_response(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    case_id: int,
    *,
    done: str = "",
    refused: EditForm | None = None,
    terms: RefusedTerms | None = None,
    file_refused: bool = False,
) -> Response:
    """Return the page of a case; with a refused edit or refused terms, what was typed is still in the form.

    `file_refused`: an approval was refused for what stands against the finished file.
    """
    shown = desk.store.case_page(case_id, visitor.merchant_ids)
    merchant = desk.store.merchant(shown.case.merchant_id)
    words = words_of(request)
    draft = view_draft(shown.draft, shown.problems, shown.evidence, shown.passages)
    is_open = shown.review is not None and shown.review.status == "open"
    weighed = weigh_again(desk, shown) if is_open else None
    judged = _judged(desk, shown, merchant, weighed)
    file = file_view(desk, shown)
    return page(
        request,
        "case.html",
        status_code=422 if refused or terms or file_refused else 200,
        page=shown,
        case=shown.case,
        merchant=merchant,
        zone=zone_of(merchant.timezone),
        now=desk.clock(),
        done=DONE.get(done, ""),
        draft=draft,
        mails=_mails(shown),
        confirm=confirm_form(shown),
        recipient=_recipient(desk, shown),
        form=refused or _edit_form(desk, shown),
        is_open=is_open,
        judged=judged,
        view=view_judgement(judged, draft.labels, words) if judged else None,
        worth=_worth(weighed, words, terms),
        said=reteller(judged.judgement if judged else None, words),
        file=file,
        file_refused=file_refused,
        against=blocking(file.made.problems) if file and file.made else (),
        word_on=word_on,
        hand_in=hand_in_view(desk, shown),
        kinds=kinds_for(shown.dispute, words.language) if shown.dispute else None,
        kind_title=exhibit_title,
        ask=ask_view(desk, shown, merchant, words.language),
        intent_title=intent_title,
        evidence_title=evidence_title,
    )


def _judged(desk: Desk, shown: CasePage, merchant: Merchant, weighed: Weighed | None) -> Judged | None:
    """Return what the rules conclude now; once a person has decided, what they concluded then."""
    if shown.dispute is None:
        return None
    if weighed is not None:
        subject = weighed.subject
        return Judged(
            merchant=merchant,
            dispute=subject.dispute,
            judgement=weighed.judgement,
            order=subject.order,
            clocks=weighed.clocks,
        )
    judgement = desk.store.judgement(shown.case.case_id)
    return Judged(merchant=merchant, dispute=shown.dispute, judgement=judgement) if judgement else None


def _worth(weighed: Weighed | None, words: Words, refused: RefusedTerms | None) -> WorthForm | None:
    if weighed is None:
        return None
    return worth_form(weighed, words, refused.typed, refused.problems) if refused else worth_form(weighed, words)


def _mails(shown: CasePage) -> tuple[MailView, ...]:
    sent = {one.raw_file for one in shown.deliveries if one.raw_file}
    answered = shown.shown_run.message_id if shown.shown_run else 0
    fields = shown.reconciled.reading.fields if shown.reconciled else {}
    return tuple(
        view_mail(
            message,
            fields if message.message_id == answered else {},
            sent=message.raw_file in sent,
            answered=message.message_id == answered,
        )
        for message in shown.messages
    )


def _recipient(desk: Desk, shown: CasePage) -> Recipient:
    if shown.draft is None or shown.draft.kind == "letter":
        return Recipient(how="letter")
    message = _answered(shown)
    if message is None or message.mail is None:
        return Recipient(how="send", refusal="there is no mail to answer")
    way = desk.ways_out.get(message.mailbox)
    own = [way.address] if way else []
    return Recipient(
        how="drafts" if way and way.drafts_only else "send",
        email=reply_target(message.mail, own).email,
        sender=way.address if way else message.mailbox,
        refusal=why_not_answer(message.mail, own) or "",
    )


def _answered(shown: CasePage) -> StoredMessage | None:
    run = shown.shown_run
    return next((one for one in shown.messages if run and one.message_id == run.message_id), None)


def _edit_form(desk: Desk, shown: CasePage) -> EditForm | None:
    if shown.draft is None or shown.review is None:
        return None
    unfinished = desk.store.unfinished_edit(shown.review.review_id)
    if unfinished is None:
        return EditForm(subject=shown.draft.subject, text=text_of(shown.draft))
    return EditForm(
        subject=unfinished.get("subject") or shown.draft.subject,
        text=unfinished["text"],
        author=unfinished["reviewer"],
    )
