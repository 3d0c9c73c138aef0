"""The nodes of an answer to a dispute: gather, write, check."""

from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from langgraph.runtime import Runtime

from agents import evidence as ev
from agents.checks import check_context, run_checks
from agents.deps import Deps, Policy
from agents.dispute.correspondence import about_order
from agents.dispute.harmful import blocking
from agents.dispute.judging import Given, accepted_orders, history_of, judge
from agents.dispute.letter import disputed_payment, letter_context, write_letter
from agents.dispute.subject import Subject
from agents.drafting import draft_of
from agents.matching import Clues, choose, clues_of, find_orders
from agents.routing import RouteInput, choose_route
from agents.state import CaseState
from prompts.contexts import SharedIdentifiers
from prompts.exhibits import exhibit_title
from prompts.findings import explain
from prompts.render import Rendered
from rejoinder.domain.cases import Case, Dispute, Merchant, Run
from rejoinder.domain.drafts import Problem
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.judgement import Judgement
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.orders import Order
from rejoinder.domain.reading import Reconciled

POLICY_TOPIC = {
    "credit_not_processed": "returns",
    "not_as_described": "returns",
    "cancelled_merchandise": "returns",
    "misrepresentation": "returns",
    "cancelled_recurring": "subscriptions",
    "not_received": "shipping",
}
LETTER_MESSAGES = 5
WARNINGS = frozenset(
    {
        "clock_overdue", "clock_spent", "duplicate_dispute", "other_order_named", "reason_unknown", "wait_for_scan",
        "wait_for_refund",
    }
)  # fmt: skip
"""Findings, beside those that harm, that a person must see before the letter leaves."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """All that the nodes after gathering look at, loaded afresh by each of them."""

    run: Run
    case: Case
    merchant: Merchant
    dispute: Dispute
    reconciled: Reconciled
    mail: InboundMail | None
    order: Order | None

    @property
    def policy_day(self) -> date:
        """The day whose policy counts: that of the order, else of the case."""
        return (self.order.placed_at if self.order else self.case.created_at).date()


def load_scene(state: CaseState, deps: Deps) -> Scene:
    """Load what a run is about."""
    view = deps.store.view(state["run_id"])
    if view.dispute is None or view.reconciled is None:
        raise ValueError(f"case {view.case.case_id} has no dispute that was read")
    return Scene(
        run=view.run,
        case=view.case,
        merchant=view.merchant,
        dispute=view.dispute,
        reconciled=view.reconciled,
        mail=view.message.mail,
        order=ev.in_zone(view.order, ZoneInfo(view.merchant.timezone)) if view.order else None,
    )


def dispute_clues(scene: Scene) -> Clues:
    """Return what the dispute and its notice tell about the order."""
    clues = clues_of(scene.mail, scene.reconciled.reading)
    dispute = scene.dispute
    return replace(
        clues,
        numbers=clues.numbers | ({dispute.order_reference, f"#{dispute.order_reference}"} - {"", "#"}),
        payments=clues.payments | ({dispute.payment_reference, dispute.arn} - {""}),
        amount_minor=dispute.amount.amount_minor if dispute.amount else clues.amount_minor,
        currency=dispute.amount.currency if dispute.amount else clues.currency,
        card_last4=dispute.card_last4 or clues.card_last4,
        emails=clues.emails | ({dispute.buyer_email.lower()} - {""}),
    )


def gather(state: CaseState, runtime: Runtime[Deps]) -> CaseState:
    """Match the order, then keep every record that may become an exhibit."""
    deps = runtime.context
    scene = load_scene(state, deps)
    store = deps.store
    matches = find_orders(store, scene.merchant.merchant_id, dispute_clues(scene))
    store.save_match(scene.run.run_id, matches, choose(matches))
    scene = load_scene(state, deps)
    now = deps.clock()
    found: list[Evidence] = []
    if scene.mail:
        notice = ev.mail_evidence(scene.mail, "mailbox", now)
        found.append(replace(notice, evidence_id=notice.evidence_id.replace("mail:", "notice:"), kind="notice"))
    found.append(ev.dispute_evidence(scene.dispute, scene.order, now))
    if scene.order:
        found += ev.order_evidence(scene.order, "orders", now)
        found += [ev.mail_evidence(mail, "mailbox", now) for mail in _correspondence(scene, deps)]
        found += _earlier_evidence(subject_of(scene, deps), ZoneInfo(scene.merchant.timezone))
    found += store.uploads(scene.case.case_id)
    policy = _policy(scene, deps)
    passages = [policy.passage] if policy else []
    store.save_evidence(scene.case.case_id, found)
    store.save_passages(scene.case.case_id, passages)
    return {"evidence_ids": [e.evidence_id for e in found], "passage_ids": [p.passage_id for p in passages]}


def subject_of(scene: Scene, deps: Deps) -> Subject:
    """Return what the rules of a dispute look at."""
    order, merchant_id = scene.order, scene.merchant.merchant_id
    payment = disputed_payment(scene.dispute, order)
    earlier = deps.store.earlier_orders(merchant_id, order) if order else ()
    numbers = [scene.case.order_number, *(other.number for other in earlier)]
    paid = [scene.dispute.payment_reference, *(p.reference for other in earlier for p in other.payments)]
    events = [move for move in scene.dispute.moves if move.stage != "alert" and move.witness != "person"]
    told = [move.occurred_at for move in events if move.occurred_at]
    policy = _policy(scene, deps)
    return Subject(
        dispute=scene.dispute,
        now=deps.clock(),
        opened_at=min(told, default=None),
        order=order,
        payment=payment,
        earlier_orders=tuple(earlier),
        other_disputes=tuple(deps.store.other_disputes(merchant_id, scene.case.case_id, orders=numbers, payments=paid)),
        mails=tuple(_correspondence(scene, deps)),
        policy_facts=policy.facts if policy else {},
    )


def _earlier_evidence(subject: Subject, zone: ZoneInfo) -> list[Evidence]:
    accepted = accepted_orders(history_of(subject))
    chosen = [ev.in_zone(order, zone) for order in subject.earlier_orders if order.number in accepted]
    return [ev.earlier_order_evidence(order, "orders", subject.now) for order in chosen]


def conclude(state: CaseState, runtime: Runtime[Deps]) -> CaseState:
    """Let every rule look at the records; what they conclude is kept with the case."""
    deps = runtime.context
    scene = load_scene(state, deps)
    evidence, passages = load_sources(state, deps)
    subject = subject_of(scene, deps)
    given = given_of(scene, subject, deps, policy=bool(passages))
    deps.store.save_judgement(scene.run.run_id, subject.category, judge(subject, evidence, given))
    return {}


def given_of(scene: Scene, subject: Subject, deps: Deps, *, policy: bool) -> Given:
    """Return what the rules are told beside the records of the case; `policy`: one is among the exhibits."""
    zone = ZoneInfo(scene.merchant.timezone)
    opened = (subject.opened_at or subject.now).astimezone(zone).date()
    merchant_id = scene.merchant.merchant_id
    return Given(
        merchant=scene.merchant,
        outcomes=lambda category, level: deps.store.outcomes(merchant_id, category, level),
        month=deps.store.month_of_cards(merchant_id, subject.network, opened, zone),
        settings=deps.store.term_settings(scene.case.case_id),
        due=_printed_day(scene),
        policy=policy,
    )


def _printed_day(scene: Scene) -> date | None:
    """Return the deadline that a notice printed as a bare day: which instant that is, the processor's zone decides."""
    printed = scene.reconciled.reading.value("respond_by") if scene.mail else ""
    return date.fromisoformat(printed) if len(printed) == len("2026-03-09") else None


def _correspondence(scene: Scene, deps: Deps) -> list[InboundMail]:
    if scene.order is None:
        return []
    merchant_id, email = scene.merchant.merchant_id, scene.order.customer_email
    others = deps.store.candidate_orders(merchant_id, numbers=(), emails=[email], payments=())
    stored = about_order(deps.store.mails_with(merchant_id, email), scene.order, others)
    return [message.mail for message in stored if message.mail][-LETTER_MESSAGES:]


def _policy(scene: Scene, deps: Deps) -> Policy | None:
    topic = POLICY_TOPIC.get(scene.dispute.category)
    return deps.knowledge.policy(scene.merchant.merchant_id, topic, scene.policy_day) if topic else None


def load_sources(state: CaseState, deps: Deps) -> tuple[list[Evidence], list[Passage]]:
    """Load the evidence and passages that the run gathered."""
    case_id = state["case_id"]
    evidence = deps.store.evidence(case_id, state.get("evidence_ids", []))
    return list(evidence), list(deps.store.passages(case_id, state.get("passage_ids", [])))


def write(state: CaseState, runtime: Runtime[Deps]) -> CaseState:
    """Write the representment letter from its category's template."""
    deps = runtime.context
    scene = load_scene(state, deps)
    rendered = letter_of(scene, deps, *load_sources(state, deps))
    return {"draft_id": deps.store.save_draft(scene.run.run_id, draft_of(rendered, "letter", "en"))}


def letter_of(
    scene: Scene, deps: Deps, evidence: list[Evidence], passages: list[Passage], language: str = "en"
) -> Rendered:
    """Return the letter; in another language than English it says the same, for reading."""
    citations = ev.aliases(evidence, passages)
    judgement = judgement_of(scene, deps)
    context = letter_context(
        merchant=scene.merchant,
        dispute=scene.dispute,
        order=scene.order,
        mails=_correspondence(scene, deps),
        policy=_policy(scene, deps),
        findings=judgement.invalid,
        ce3=_shared(scene, judgement, deps),
        citations=citations,
        now=deps.clock().astimezone(ZoneInfo(scene.merchant.timezone)),
        language=language,
    )
    return write_letter(context, citations, language)


def judgement_of(scene: Scene, deps: Deps) -> Judgement:
    """Return what the rules concluded about the run's case."""
    judgement = deps.store.judgement(scene.case.case_id)
    if judgement is None:
        raise ValueError(f"case {scene.case.case_id} was not judged")
    return judgement


def _shared(scene: Scene, judgement: Judgement, deps: Deps) -> SharedIdentifiers | None:
    if not judgement.earlier or scene.order is None:
        return None
    zone = ZoneInfo(scene.merchant.timezone)
    known = {order.number: order for order in deps.store.earlier_orders(scene.merchant.merchant_id, scene.order)}
    return SharedIdentifiers(judgement.shared, [ev.in_zone(known[number], zone) for number in judgement.earlier])


def check(state: CaseState, runtime: Runtime[Deps]) -> CaseState:
    """Hold the letter against its exhibits, and the evidence against what the reason asks for."""
    deps = runtime.context
    scene = load_scene(state, deps)
    evidence, passages = load_sources(state, deps)
    draft = deps.store.draft(state["draft_id"])
    context = check_context(scene.merchant, None, "en", evidence, passages)
    problems = [*run_checks(draft, context), *problems_of(scene.dispute, judgement_of(scene, deps))]
    matches = tuple(deps.store.matches(scene.run.run_id))
    route = choose_route(
        RouteInput(
            kind="dispute",
            merchant=scene.merchant,
            reconciled=scene.reconciled,
            draft=draft,
            problems=tuple(problems),
            matches=matches,
            order_number=scene.case.order_number,
            needs_order=True,
            most="human",
            authenticity=scene.mail.source_authenticity if scene.mail else None,
            single_witness=scene.dispute.sources == ("mail",),
        )
    )
    deps.store.save_check(scene.run.run_id, state["draft_id"], problems, route)
    return {"problems": [problem.code for problem in problems]}


def problems_of(dispute: Dispute, judgement: Judgement) -> list[Problem]:
    """Return what a person must know before the letter leaves: what harms it, what is missing, who alone speaks."""
    against = [finding for finding in judgement.harmful or () if finding.verdict == "holds"]
    worst = {finding.code for finding in blocking(against, dispute.category)}
    problems = [
        Problem(code=finding.code, detail=explain(finding, "en"), blocking=finding.code in worst) for finding in against
    ]
    problems += [
        Problem(code=finding.code, detail=explain(finding, "en"), blocking=False)
        for finding in (*judgement.clocks, *judgement.invalid, *judgement.worth)
        if finding.code in WARNINGS and finding.verdict == "holds"
    ]
    if judgement.ask:
        detail = f"Evidence is missing: {exhibit_title(judgement.ask, 'en')}."
        problems.append(Problem(code="evidence_missing", detail=detail, blocking=False))
    if dispute.sources == ("mail",):
        detail = "Only a mail speaks of this dispute: compare it with the processor before anything is submitted."
        problems.append(Problem(code="single_witness", detail=detail, blocking=False))
    return problems
