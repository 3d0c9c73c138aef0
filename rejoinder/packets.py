"""The finished file of a case: its letter with the exhibits it names, made on demand and kept."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from agents import evidence as ev
from agents.dispute.correspondence import about_order
from agents.dispute.exhibits import Records, exhibits_of
from agents.dispute.key_facts import key_facts
from knowledge.rails import rail
from prompts.exhibits import exhibit_title
from rejoinder.domain.cases import Dispute, Merchant, StoredMessage
from rejoinder.domain.drafts import Draft, Problem
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.limits import FileLimits
from rejoinder.domain.orders import Order
from rejoinder.domain.packet import KeyFacts, MadePacket, Packet
from rejoinder.errors import BadInput, NotFound, PacketMisread
from rejoinder.storage.files import FileStore
from rejoinder.storage.pages import CasePage
from rejoinder.storage.store import Store
from tools.packet.build import build_packet

logger = structlog.get_logger(__name__)

MAX_MESSAGES = 100
CODES = {
    "PacketTooLarge": "packet_too_large",
    "CardNumberFound": "card_number_in_file",
    "ExhibitRejected": "exhibit_rejected",
    "PacketMisread": "packet_misread",
    "NotFound": "file_missing",
}
"""Errors of making a packet, as the problems that a person sees."""


@dataclass(frozen=True, kw_only=True)
class Material:
    """All that a packet is made from."""

    draft_id: int
    letter: Draft
    facts: KeyFacts
    records: Records
    limits: FileLimits = field(default_factory=FileLimits)

    @property
    def inputs(self) -> str:
        """A hash of what the packet says, and of the limits it has to keep."""
        records = self.records
        said: dict[str, Any] = {
            "letter": self.letter.body_hash,
            "facts": self.facts.as_text(),
            "evidence": sorted(f"{ev.fingerprint(item)}:{item.file_hash}" for item in records.evidence),
            "passages": sorted(passage.passage_id for passage in records.passages),
            "messages": [one.mail.identity for one in records.messages if one.mail],
            "limits": str(self.limits),
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def packet_of(
    store: Store, files: FileStore, case_id: int, draft_id: int | None = None, *, made_at: datetime
) -> Packet:
    """Make the packet of a case: of the draft that was approved, else of the one that is to be decided on.

    Raises:
        NotFound: no such case, no letter in it, or an uploaded file is not stored any more.
        ExhibitRejected: an exhibit cannot be printed; `CardNumberFound` for a card number in it.
        PacketTooLarge: over a limit of the processor.
        PacketMisread: the finished file does not say what it should.
    """
    return build(material_of(store, files, case_id, draft_id, made_at=made_at), made_at)


def build(material: Material, made_at: datetime) -> Packet:
    """Make the packet; raises as `packet_of` does."""
    exhibits = exhibits_of(material.letter, material.records)
    return build_packet(material.letter, material.facts, exhibits, limits=material.limits, made_at=made_at)


def try_to_build(material: Material, made_at: datetime) -> tuple[Packet | None, tuple[Problem, ...]]:
    """Make the packet, and return it with its problems; without one, the problem is what stands against making it."""
    try:
        packet = build(material, made_at)
    except (BadInput, PacketMisread, NotFound) as error:
        logger.warning("packet_not_made", draft_id=material.draft_id, error=type(error).__name__)
        code = CODES.get(type(error).__name__, "packet_not_made")
        return None, (Problem(code=code, detail=str(error)),)
    return packet, packet.problems


def finished(store: Store, files: FileStore, case_id: int, *, made_at: datetime, again: bool = False) -> MadePacket:
    """Return the finished file of a case; made only when it was not made of the same inputs before, or `again`.

    What stands against making it becomes its problems: nothing but a missing case or letter is raised.

    Raises:
        NotFound: no such case, or no letter in it.
    """
    material = material_of(store, files, case_id, made_at=made_at)
    inputs = material.inputs
    known = None if again else store.made_packet(case_id, inputs)
    if known is not None:
        return known
    made = _made(material, files, made_at)
    store.save_packet(case_id, inputs, made)
    return made


def last_made(store: Store, files: FileStore, page: CasePage, *, now: datetime) -> MadePacket | None:
    """Return the finished file as it stands; None when it was not made yet, or not of what the case holds now.

    Raises:
        NotFound: the case has no letter.
    """
    return store.made_packet(page.case.case_id, material_on(store, files, page, day=now).inputs)


def limits_of(dispute: Dispute, day: datetime) -> FileLimits:
    """Return what files the processor takes for a dispute."""
    return rail(dispute.processor).limits_for(dispute.network.casefold(), dispute.stage, day.date())


def material_of(
    store: Store, files: FileStore, case_id: int, draft_id: int | None = None, *, made_at: datetime
) -> Material:
    """Return what the packet of a case is made from.

    Raises:
        NotFound: no such case, or no letter in it.
    """
    return material_on(store, files, store.case_page(case_id, [store.case(case_id).merchant_id]), draft_id, day=made_at)


def material_on(
    store: Store, files: FileStore, page: CasePage, draft_id: int | None = None, *, day: datetime
) -> Material:
    """Return what the packet of a case is made from, where its page was loaded already; raises as `material_of`."""
    case, case_id = page.case, page.case.case_id
    letter = page.draft if draft_id is None else store.draft_of_case(case_id, draft_id)
    chosen = page.draft_id if draft_id is None else draft_id
    if page.dispute is None or letter is None or letter.kind != "letter" or chosen is None:
        raise NotFound(f"case {case_id} has no letter")
    order = store.order(case.merchant_id, case.order_number) if case.order_number else None
    return put_together(
        store,
        files,
        merchant=store.merchant(case.merchant_id),
        dispute=page.dispute,
        order=order,
        letter=letter,
        evidence=page.evidence,
        passages=page.passages,
        day=day,
        draft_id=chosen,
    )


def put_together(
    store: Store,
    files: FileStore,
    *,
    merchant: Merchant,
    dispute: Dispute,
    order: Order | None,
    letter: Draft,
    evidence: Sequence[Evidence],
    passages: Sequence[Passage],
    day: datetime,
    draft_id: int = 0,
) -> Material:
    """Return what a packet is made from; `day` is that on which it is made, whose limits hold."""
    local = ev.in_zone(order, ZoneInfo(merchant.timezone)) if order else None
    return Material(
        draft_id=draft_id,
        letter=letter,
        facts=key_facts(merchant, dispute, local),
        records=Records(
            merchant=merchant,
            dispute=dispute,
            order=local,
            evidence=evidence,
            passages=passages,
            messages=_correspondence(store, merchant.merchant_id, dispute, order),
            read_file=files.get,
        ),
        limits=limits_of(dispute, day),
    )


def _correspondence(store: Store, merchant_id: int, dispute: Dispute, order: Order | None) -> Sequence[StoredMessage]:
    email = order.customer_email if order else dispute.buyer_email
    messages = store.mails_with(merchant_id, email, limit=MAX_MESSAGES) if email else ()
    if order is None:
        return messages
    others = store.candidate_orders(merchant_id, numbers=(), emails=[email], payments=())
    return about_order(messages, order, others)


def _made(material: Material, files: FileStore, made_at: datetime) -> MadePacket:
    letter_hash = material.letter.body_hash
    packet, problems = try_to_build(material, made_at)
    if packet is None:
        return MadePacket(draft_id=material.draft_id, letter_hash=letter_hash, made_at=made_at, problems=problems)
    return MadePacket(
        draft_id=material.draft_id,
        letter_hash=letter_hash,
        made_at=made_at,
        pdf_hash=files.put(packet.pdf),
        zip_hash=files.put(packet.archive),
        pages=packet.pages,
        size=len(packet.pdf),
        zip_size=len(packet.archive),
        exhibits=len(packet.manifest.exhibits),
        steps=packet.steps,
        problems=(*problems, *changed_since(material.records)),
    )


def changed_since(records: Records) -> Iterator[Problem]:
    """Yield a problem for each record of the order that says something else now than when the letter was written."""
    if records.order is None:
        return
    captured = {item.evidence_id: item for item in records.evidence}
    for now in ev.order_evidence(records.order, "", records.order.placed_at):
        then = captured.get(now.evidence_id)
        if then is None or ev.fingerprint(then) != ev.fingerprint(now):
            title = exhibit_title(now.evidence_id.partition(":")[0], "en")
            detail = f"{title}: the shop's records changed since the letter was written; draft again"
            yield Problem(code="record_changed", detail=detail, blocking=False)
