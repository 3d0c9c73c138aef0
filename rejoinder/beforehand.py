"""The finished file for an order and a reason, even when no notice ever came."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from agents import evidence as ev
from agents.deps import Deps
from agents.dispute.beforehand import READER, Asked, Walked, dispute_asked_for, walk
from agents.dispute.explanation import explanation_context, language_of, write_explanation
from knowledge.reason_codes import reason_codes
from knowledge.reason_words import network_name
from prompts.findings import explain
from prompts.render import Rendered
from rejoinder.domain.cases import Dispute, Merchant
from rejoinder.domain.digests import DigestRow
from rejoinder.domain.drafts import Draft, Problem
from rejoinder.domain.judgement import Judgement
from rejoinder.domain.mail import InboundMail, MailAddress
from rejoinder.domain.orders import Order
from rejoinder.domain.packet import Packet
from rejoinder.domain.reading import NOTICE_FIELDS, FieldValue, Reading, Reconciled
from rejoinder.errors import NotFound
from rejoinder.packets import put_together, try_to_build
from rejoinder.storage.files import FileStore
from rejoinder.storage.messages import Accepted
from rejoinder.storage.store import Store


@dataclass(frozen=True, kw_only=True)
class Beforehand:
    """What there is to say and to send. `missing` are sentences in the merchant's language.

    `packet` is None when it could not be made; `problems` then say why.
    """

    dispute: Dispute
    judgement: Judgement
    explanation: Rendered
    letter: Draft
    packet: Packet | None
    problems: tuple[Problem, ...]
    missing: tuple[str, ...]


class CodeChoice(NamedTuple):
    """A reason code as it is chosen from a list."""

    network: str
    code: str
    title: str


def prepare(
    store: Store, files: FileStore, deps: Deps, merchant: Merchant, asked: Asked, *, language: str = ""
) -> Beforehand:
    """Make the finished file for an order and a reason; no case is opened.

    Args:
        store: the rows of orders and mails.
        files: where given files are kept.
        deps: what the nodes are given; no reader and no writer is asked.
        merchant: whose order it is.
        asked: the order and the reason.
        language: of the explanation; the merchant's where empty.

    Raises:
        NotFound: the merchant has no such order.
        BadInput: the network has no such code.
    """
    order = _order(store, merchant, asked)
    walked = walk(deps, merchant, dispute_asked_for(asked, order), order)
    if walked.draft is None or walked.judgement is None:
        raise NotFound(f"nothing could be written for order {asked.order_number!r}")
    material = put_together(
        store,
        files,
        merchant=merchant,
        dispute=walked.dispute,
        order=order,
        letter=walked.draft,
        evidence=tuple(walked.evidence.values()),
        passages=tuple(walked.passages.values()),
        day=deps.clock(),
    )
    packet, found = try_to_build(material, deps.clock())
    spoken = language_of(language or merchant.language)
    return Beforehand(
        dispute=walked.dispute,
        judgement=walked.judgement,
        explanation=_explanation(merchant, walked, walked.judgement, spoken),
        letter=walked.draft,
        packet=packet,
        problems=(*walked.problems, *found),
        missing=tuple(explain(one, spoken) for one in walked.judgement.gaps or ()),
    )


def keep(store: Store, merchant: Merchant, asked: Asked, *, actor: str, now: datetime) -> Accepted:
    """Open a case for a dispute that a person tells of, with its run and job, and return them.

    Raises:
        NotFound: the merchant has no such order.
        BadInput: the network has no such code.
        Conflict: a case is about this dispute already.
    """
    order = _order(store, merchant, asked)
    dispute = dispute_asked_for(asked, order)
    fields = {name: getattr(dispute, name) for name in NOTICE_FIELDS if hasattr(dispute, name)}
    fields["dispute_reference"] = dispute.reference
    if dispute.amount:
        fields |= {"amount_minor": str(dispute.amount.amount_minor), "currency": dispute.amount.currency}
    reading = Reading(
        reader=READER,
        kind="dispute",
        score=1.0,
        language=merchant.language,
        notice_source=dispute.processor,
        fields={name: FieldValue(value=value, score=1.0) for name, value in fields.items() if value},
    )
    text = f"{network_name(dispute.network)} {dispute.reason_code}, order {order.number}"
    mail = InboundMail(
        identity=dispute.reference,
        message_id="",
        sender=MailAddress(email="", name=actor),
        subject=text,
        text=text,
        new_text=text,
        sent_at=now,
    )
    told = DigestRow(
        mail=mail,
        readings=(reading,),
        reconciled=Reconciled(reading=reading, readers=(READER,)),
        dispute=dispute,
    )
    return store.open_asked(merchant.merchant_id, told, now, actor)


def _order(store: Store, merchant: Merchant, asked: Asked) -> Order:
    order = store.order(merchant.merchant_id, asked.order_number)
    if order is None:
        raise NotFound(f"there is no order {asked.order_number!r}")
    return order


def code_choices() -> tuple[CodeChoice, ...]:
    """Return the reason codes in use, by network."""
    used = (code for code in reason_codes() if code.status not in ("retired", "merged"))
    return tuple(
        CodeChoice(one.network, one.code, f"{network_name(one.network)} {one.code}: {one.title}") for one in used
    )


def _explanation(merchant: Merchant, walked: Walked, judgement: Judgement, language: str) -> Rendered:
    local = ev.in_zone(walked.order, ZoneInfo(merchant.timezone))
    context = explanation_context(merchant, walked.dispute, judgement, language, local)
    return write_explanation(context, ev.aliases(list(walked.evidence.values()), []), language)
