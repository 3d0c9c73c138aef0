"""A dispute explained to the merchant, and the mail that asks a colleague for what is missing."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from agents import evidence as ev
from knowledge.reason_codes import find
from knowledge.reason_words import deadline_rule, network_name, parties, plain_words, reason_title
from prompts.contexts import ExplanationContext, RequestContext
from prompts.exhibits import exhibit_title
from prompts.findings import explain
from prompts.render import Rendered, pick_language, render
from rejoinder.domain.cases import Dispute, Merchant
from rejoinder.domain.judgement import Finding, Judgement
from rejoinder.domain.orders import Order

LANGUAGES = ("en", "zh")


def explanation_context(
    merchant: Merchant, dispute: Dispute, judgement: Judgement, language: str, order: Order | None = None
) -> ExplanationContext:
    """Return what the explanation's template sees, worded in the language.

    Of the grounds for and against, those that hold speak for the merchant, those that fail are named as no help, and
    those that lack a datum stand with what is missing.
    """
    network, code, category = dispute.network, dispute.reason_code, dispute.category
    plain = plain_words(category, language)
    rule = deadline_rule(network, code, category, language)
    known = find(network, code)
    grounds = (*judgement.invalid, *judgement.compelling)
    return ExplanationContext(
        merchant=merchant,
        dispute=dispute,
        order=order,
        title=plain.title,
        means=plain.means,
        decides=plain.decides,
        avoid=plain.avoid,
        known_code=known is not None,
        contestable=known.representable if known else "yes",
        network_name=network_name(network),
        reason_title=reason_title(network, code),
        deadlines=_worded(judgement.clocks, language),
        rule_days=rule.days,
        rule_from=rule.counted_from,
        advice=judgement.advice,
        worth=_worded(judgement.worth, language),
        invalid=_worded(_of(judgement.invalid, "holds"), language),
        compelling=_worded(_of(judgement.compelling, "holds"), language),
        ruled_out=_worded(_of(grounds, "fails"), language),
        ask=exhibit_title(judgement.ask, language) if judgement.ask else "",
        gaps=_gaps(judgement, language),
        decider=parties(network, language).in_plain_words,
        harmful=None if judgement.harmful is None else _worded(judgement.harmful, language),
    )


def write_explanation(context: ExplanationContext, citations: Mapping[str, str], language: str) -> Rendered:
    """Render the explanation in the language the context was worded in."""
    return render("explanation/dispute", context, language=language_of(language), citations=citations)


def request_context(
    merchant: Merchant,
    dispute: Dispute,
    kind: str,
    language: str,
    *,
    why: Finding | None = None,
    order: Order | None = None,
    by: datetime | None = None,
    colleague: str = "",
) -> RequestContext:
    """Return what the mail to a colleague sees: `kind` is what is asked for, `by` when it must be there."""
    return RequestContext(
        merchant=merchant,
        dispute=dispute,
        item=exhibit_title(kind, language),
        why=explain(why, language) if why else "",
        colleague=colleague,
        by=by,
        order=order,
        shipment=ev.latest_shipment(order) if order else None,
    )


def write_request(context: RequestContext, citations: Mapping[str, str], language: str) -> Rendered:
    """Render the mail that asks a colleague for the missing item."""
    return render("request/ask_colleague", context, language=language_of(language), citations=citations)


def language_of(wanted: str) -> str:
    """Return the language in which a merchant is spoken to: Chinese where wanted, else English."""
    return pick_language(wanted, LANGUAGES, "en")


def _gaps(judgement: Judgement, language: str) -> tuple[str, ...] | None:
    open_grounds = _of((*judgement.invalid, *judgement.compelling), "unknown")
    if judgement.gaps is None and not open_grounds:
        return None
    return _worded((*(judgement.gaps or ()), *open_grounds), language)


def _of(findings: Iterable[Finding], verdict: str) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.verdict == verdict)


def _worded(findings: Iterable[Finding], language: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(explain(finding, language) for finding in findings))
