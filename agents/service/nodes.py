"""The nodes of an answer to a customer: gather, write, check, route."""

from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from langgraph.runtime import Runtime

from agents import evidence as ev
from agents.checks import CheckContext, check_context, run_checks
from agents.deps import Deps, Policy
from agents.drafting import draft_of, with_model_prose
from agents.matching import choose, clues_of, find_orders
from agents.routing import RouteInput, choose_route
from agents.service.policy import NEEDS_ORDER, Answer, Facts, decide
from agents.service.wishes import country_in, product_in
from agents.state import CaseState
from knowledge.catalog import intents
from prompts.contexts import ReplyContext, typed_policy
from prompts.render import Rendered, pick_language, render, template_exists
from rejoinder.domain.cases import Case, Merchant, Run
from rejoinder.domain.drafts import Draft, Problem
from rejoinder.domain.evidence import Evidence, Passage
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.orders import Order, Product
from rejoinder.domain.reading import Reconciled
from tools.mail.reply_rules import reply_subject

REPLY_LANGUAGES = ("en", "zh", "es", "de", "fr")
COUNTED_INTENT = 0.4
PASSAGES = 3
TRICKS = frozenset({"instructions_to_assistant", "hidden_text"})
"""Flags of a mail that tries to steer the program: no model writes an answer to it."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """All that the nodes after gathering look at, loaded afresh by each of them."""

    run: Run
    case: Case
    merchant: Merchant
    mail: InboundMail
    reconciled: Reconciled
    order: Order | None

    @property
    def intent(self) -> str:
        """The primary intent."""
        found = self.reconciled.reading.intents
        return found[0].intent if found else "none"

    @property
    def language(self) -> str:
        """The customer's language."""
        return self.reconciled.reading.language

    @property
    def policy_day(self) -> date:
        """The day whose policy counts: that of the order, else of the mail."""
        at = self.order.placed_at if self.order else self.mail.sent_at or self.case.created_at
        return at.date()


def load_scene(state: CaseState, deps: Deps) -> Scene:
    """Load what a run is about."""
    view = deps.store.view(state["run_id"])
    if view.message.mail is None or view.reconciled is None:
        raise ValueError(f"run {view.run.run_id} of a customer's case has no mail that was read")
    return Scene(
        run=view.run,
        case=view.case,
        merchant=view.merchant,
        mail=view.message.mail,
        reconciled=view.reconciled,
        order=ev.in_zone(view.order, ZoneInfo(view.merchant.timezone)) if view.order else None,
    )


def gather(state: CaseState, runtime: Runtime[Deps]) -> CaseState:
    """Match the order, then keep every fact and passage the answer may use."""
    deps = runtime.context
    scene = load_scene(state, deps)
    store = deps.store
    clues = clues_of(scene.mail, scene.reconciled.reading)
    matches = find_orders(store, scene.merchant.merchant_id, clues)
    chosen = choose(matches)
    store.save_match(scene.run.run_id, matches, chosen)
    scene = scene if not chosen else load_scene(state, deps)
    now = deps.clock()
    found = [ev.mail_evidence(scene.mail, "mailbox", now)]
    if scene.order:
        found += ev.order_evidence(scene.order, "orders", now)
    if product := _product(scene, deps):
        found.append(ev.product_evidence(product, "catalogue", now))
    store.save_evidence(scene.case.case_id, found)
    passages = collect_passages(scene, deps)
    store.save_passages(scene.case.case_id, passages)
    return {"evidence_ids": [e.evidence_id for e in found], "passage_ids": [p.passage_id for p in passages]}


def _product(scene: Scene, deps: Deps) -> Product | None:
    if "product" not in intents()[scene.intent].needs:
        return None
    return product_in(deps.store, scene.merchant.merchant_id, scene.mail, scene.order)


def collect_passages(scene: Scene, deps: Deps) -> list[Passage]:
    """Return the policy the intent rests on, as in force on its day, and what else the documents say."""
    policies = [policy.passage for topic in topics_of(scene.intent) if (policy := _policy(scene, deps, topic))]
    query = f"{scene.mail.subject}\n{scene.mail.new_text}"[:1000]
    found = deps.knowledge.search(
        scene.merchant.merchant_id, query, on=scene.policy_day, limit=PASSAGES, language=scene.language
    )
    known = {passage.passage_id for passage in policies}
    return [*policies, *(passage for passage in found if passage.passage_id not in known)]


def topics_of(intent: str) -> tuple[str, ...]:
    """Return the policy topics of an intent."""
    return intents()[intent].topics


def _policy(scene: Scene, deps: Deps, topic: str) -> Policy | None:
    return deps.knowledge.policy(scene.merchant.merchant_id, topic, scene.policy_day)


def write(state: CaseState, runtime: Runtime[Deps]) -> CaseState:
    """Draft the reply from its template; a model may better the prose."""
    deps = runtime.context
    scene = load_scene(state, deps)
    evidence, passages = load_sources(state, deps)
    answer, facts = answer_for(scene, deps)
    language = pick_language(scene.language, REPLY_LANGUAGES, scene.merchant.language)
    rendered = render_reply(scene, answer, facts, language, evidence, passages)
    draft = replace(draft_of(rendered, "reply", language, answer.actions), subject=reply_subject(scene.mail.subject))
    if deps.writer is not None and not TRICKS.intersection(scene.reconciled.reading.flags):
        context = context_of(scene, evidence, passages, answer)
        draft = with_model_prose(draft, deps.writer, scene.mail, context, (evidence, passages))
    return {"draft_id": deps.store.save_draft(scene.run.run_id, draft)}


def load_sources(state: CaseState, deps: Deps) -> tuple[list[Evidence], list[Passage]]:
    """Load the evidence and passages that the run gathered."""
    case_id = state["case_id"]
    evidence = deps.store.evidence(case_id, state.get("evidence_ids", []))
    passages = deps.store.passages(case_id, state.get("passage_ids", []))
    return list(evidence), list(passages)


def answer_for(scene: Scene, deps: Deps) -> tuple[Answer, Facts]:
    """Decide what the answer is."""
    policy: dict[str, object] = {}
    for topic in topics_of(scene.intent):
        if found := _policy(scene, deps, topic):
            policy |= found.facts
    policy["asked_country"] = country_in(f"{scene.mail.subject} {scene.mail.new_text}", scene.language)
    facts = Facts(
        now=deps.clock().astimezone(ZoneInfo(scene.merchant.timezone)),
        mail=scene.mail,
        order=scene.order,
        product=_product(scene, deps),
        policy=typed_policy(policy),
        open_dispute=_open_dispute(scene, deps),
    )
    return decide(scene.intent, facts), facts


def _open_dispute(scene: Scene, deps: Deps) -> bool:
    number = scene.case.order_number
    return bool(number) and deps.store.open_dispute_on(scene.merchant.merchant_id, number)


def template_of(intent: str, answer: Answer) -> str:
    """Return the name of the reply's template."""
    if answer.situation == "ask_order":
        return "ask_order"
    return intent if answer.situation and template_exists(f"reply/{intent}", "en") else "acknowledge"


def render_reply(
    scene: Scene, answer: Answer, facts: Facts, language: str, evidence: list[Evidence], passages: list[Passage]
) -> Rendered:
    """Render the reply's template with what is known."""
    order = scene.order
    shipment = ev.latest_shipment(order) if order else None
    refund = ev.latest_refund(order) if order else None
    payment = ev.latest_payment(order) if order else None
    citations = dict(ev.aliases(evidence, passages))
    for alias, key in (
        ("shipment", shipment and shipment.tracking_number),
        ("refund", refund and refund.reference),
        ("payment", payment and payment.reference),
    ):
        if key:
            citations[alias] = f"{alias}:{key}"
    context = ReplyContext(
        merchant=scene.merchant,
        customer_name=(order.customer_name if order else "") or scene.mail.sender.name,
        situation=answer.situation,
        order=order,
        shipment=shipment,
        refund=refund,
        payment=payment,
        product=facts.product,
        policy=facts.policy,
        last_scan=ev.last_scan(shipment),
        now=facts.now,
    )
    return render(f"reply/{template_of(scene.intent, answer)}", context, language=language, citations=citations)


def context_of(scene: Scene, evidence: list[Evidence], passages: list[Passage], answer: Answer) -> CheckContext:
    """Return what the draft is held against."""
    reading = scene.reconciled.reading
    asked = tuple(i.intent for i in reading.intents if i.score >= COUNTED_INTENT or i.intent == scene.intent)
    base = check_context(scene.merchant, scene.mail, scene.language, evidence, passages)
    return replace(base, allowed=answer.promises, intents=asked, answered=(scene.intent,))


def check(state: CaseState, runtime: Runtime[Deps]) -> CaseState:
    """Hold the draft against its evidence and choose where it goes."""
    deps = runtime.context
    scene = load_scene(state, deps)
    evidence, passages = load_sources(state, deps)
    answer, facts = answer_for(scene, deps)
    draft = deps.store.draft(state["draft_id"])
    problems = run_checks(draft, context_of(scene, evidence, passages, answer))
    given = _route_input(scene, deps, draft, problems)
    route = choose_route(replace(given, situation=answer.situation, open_dispute=facts.open_dispute))
    deps.store.save_check(scene.run.run_id, state["draft_id"], problems, route)
    return {"problems": [problem.code for problem in problems]}


def _route_input(scene: Scene, deps: Deps, draft: Draft, problems: list[Problem]) -> RouteInput:
    return RouteInput(
        kind="service",
        merchant=scene.merchant,
        reconciled=scene.reconciled,
        draft=draft,
        problems=tuple(problems),
        matches=tuple(deps.store.matches(scene.run.run_id)),
        order_number=scene.case.order_number,
        needs_order=scene.intent in NEEDS_ORDER,
        most=intents()[scene.intent].autonomy,
    )
