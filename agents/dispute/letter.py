"""The representment letter of a dispute: what its template sees, which template it is, in which order exhibits come."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from itertools import count, takewhile

from agents import evidence as ev
from agents.deps import Policy
from knowledge.reason_codes import evidence_titles, required_evidence
from knowledge.reason_words import network_name, parties, reason_test, reason_title
from prompts.contexts import Exhibit, LetterContext, LetterFinding, LetterMessage, SharedIdentifiers
from prompts.exhibits import exhibit_title
from prompts.findings import for_issuer
from prompts.render import Rendered, render, template_exists
from rejoinder.domain.cases import Dispute, Merchant
from rejoinder.domain.disputes import printed_reference
from rejoinder.domain.judgement import Finding
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.orders import Order, Payment

# What decides a case comes first: the lead exhibit of each category, then the usual order.
LEAD_EXHIBITS: Mapping[str, tuple[str, ...]] = {
    "not_received": ("shipment", "access"),
    "credit_not_processed": ("refund",),
    "fraud_program": ("refund",),
    "fraud_card_absent": ("earlier", "payment"),
    "fraud_card_present": ("chip_emv_record", "payment"),
    "no_authorization": ("authorization_log", "payment"),
    "late_presentment": ("authorization_log", "payment"),
    "processing_error": ("payment",),
    "duplicate": ("payment",),
    "paid_by_other_means": ("alternative_payment_negation", "payment"),
    "not_as_described": ("listing_snapshot", "product"),
    "misrepresentation": ("checkout_flow_screenshot", "policy"),
    "counterfeit": ("product_authenticity",),
    "cancelled_merchandise": ("policy",),
    "cancelled_recurring": ("recurring_agreement", "policy"),
    "direct_debit_return": ("recurring_agreement", "signed_contract"),
}
RECORDS = ("order", "shipment", "access", "payment", "refund", "earlier", "mail", "policy", "product")
"""The aliases of our own records, in the order of their exhibits; whatever else is cited is an attached file."""
NO_EXHIBITS = ("dispute", "notice")
EXCERPT = 300
"""Characters of a message that a letter may quote from."""


def letter_context(
    *,
    merchant: Merchant,
    dispute: Dispute,
    now: datetime,
    citations: Mapping[str, str],
    order: Order | None = None,
    mails: Sequence[InboundMail] = (),
    policy: Policy | None = None,
    findings: Sequence[Finding] = (),
    ce3: SharedIdentifiers | None = None,
    language: str = "en",
) -> LetterContext:
    """Return what the letter's template sees.

    `citations` maps aliases to ids of evidence; what has no alias becomes no exhibit and is not spoken of. `mails` is
    the correspondence with the customer, oldest first; `now` is in the merchant's zone. Of the `findings` a letter says
    those that hold, for which `prompts/findings` has a sentence for the issuer and whose records are exhibits.
    """
    words = parties(dispute.network, language)
    return LetterContext(
        merchant=merchant,
        dispute=replace(dispute, reference=printed_reference(dispute)),
        order=order,
        payment=disputed_payment(dispute, order),
        shipment=ev.latest_shipment(order) if order else None,
        refunds=order.refunds if order else (),
        messages=tuple(_message(mail) for mail in mails),
        policy=policy.facts if policy else {},
        policy_text=policy.passage.text if policy else "",
        exhibits=exhibits_for(dispute, citations, language),
        now=now,
        network_name=network_name(dispute.network),
        reason_title=reason_title(dispute.network, dispute.reason_code),
        test=reason_test(dispute.network, dispute.reason_code, dispute.category, language).text,
        claimant=words.claimant,
        decider=words.decider,
        remaining=ev.remaining(dispute, order),
        findings=tuple(said for finding in findings if (said := _for_issuer(finding, citations, language))),
        ce3=ce3,
    )


def write_letter(context: LetterContext, citations: Mapping[str, str], language: str = "en") -> Rendered:
    """Render the letter of the dispute's category; of `general` where the category has no template."""
    name = f"representment/{context.dispute.category}"
    if not template_exists(name, language):
        name = "representment/general"
    return render(name, context, language=language, citations=_of_context(context, citations))


def _of_context(context: LetterContext, citations: Mapping[str, str]) -> Mapping[str, str]:
    """Return the citations with `payment` and `shipment` naming those that the letter speaks of."""
    meant = {
        "payment": f"payment:{context.payment.reference}" if context.payment else "",
        "shipment": f"shipment:{context.shipment.tracking_number}" if context.shipment else "",
    }
    return {**citations, **{alias: citations[name] for alias, name in meant.items() if name in citations}}


def disputed_payment(dispute: Dispute, order: Order | None) -> Payment | None:
    """Return the payment that the dispute names, else the newest of the order."""
    if order is None:
        return None
    named = [payment for payment in order.payments if payment.reference == dispute.payment_reference]
    return named[0] if named else ev.latest_payment(order)


def exhibits_for(dispute: Dispute, citations: Mapping[str, str], language: str = "en") -> tuple[Exhibit, ...]:
    """Return the exhibits there are, the decisive one first: our records, then attached files as the reason asks."""
    lead = LEAD_EXHIBITS.get(dispute.category, ("order",))
    asked = required_evidence(dispute.network, dispute.reason_code, dispute.category)
    names = dict.fromkeys((*lead, *RECORDS, *asked, *evidence_titles()))
    there = [alias for name in names for alias in _numbered(name, citations)]
    records = {citations[name] for name in there if name in RECORDS}
    named = [name for name in there if name in RECORDS or _is_file(citations[name], records)]
    return tuple(
        Exhibit(
            label=f"Exhibit {number}",
            title=_title(name, language),
            alias=name,
            attached=name not in RECORDS,
        )
        for number, name in enumerate(named, start=1)
    )


def _numbered(name: str, citations: Mapping[str, str]) -> Iterator[str]:
    """Yield an alias that is cited, and behind it those of further files of the same kind."""
    if name in citations:
        yield name
        if name not in RECORDS:
            yield from takewhile(citations.__contains__, (f"{name}:{number}" for number in count(2)))


def _title(alias: str, language: str) -> str:
    name, _, number = alias.partition(":")
    return f"{exhibit_title(name, language)} ({number})" if number else exhibit_title(name, language)


def _is_file(evidence_id: str, records: Set[str]) -> bool:
    return evidence_id not in records and evidence_id.partition(":")[0] not in (*RECORDS, *NO_EXHIBITS)


def _for_issuer(finding: Finding, citations: Mapping[str, str], language: str) -> LetterFinding | None:
    """Return a finding as the letter states it; None unless it holds and all that it was drawn from is at hand."""
    cited = tuple(dict.fromkeys(one.evidence_id for one in finding.compared if one.evidence_id))
    if finding.verdict != "holds" or not cited or not set(cited) <= set(citations):
        return None
    text = for_issuer(finding, language)
    return LetterFinding(text.rstrip(".。"), cited) if text else None


def _message(mail: InboundMail) -> LetterMessage:
    return LetterMessage(
        sent_at=mail.sent_at, sender=mail.sender.email, subject=mail.subject, excerpt=mail.new_text[:EXCERPT]
    )
