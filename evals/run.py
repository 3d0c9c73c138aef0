"""One row through the product: bytes, parsing, reading, matching, drafting, checks, route; no database, no network."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from zoneinfo import ZoneInfo

from agents import evidence as ev
from agents.checks import run_checks
from agents.deps import Deps, Reader
from agents.drafting import draft_of
from agents.matching import choose, clues_of, find_orders
from agents.reading import reconcile
from agents.routing import RouteInput, choose_route
from agents.service.nodes import REPLY_LANGUAGES, Scene, answer_for, collect_passages, context_of, render_reply
from agents.service.policy import NEEDS_ORDER
from evals.files import file_bytes
from evals.rows import Row, WrittenMail
from evals.shop import MERCHANT, NOW
from knowledge.catalog import intents
from prompts.render import pick_language
from rejoinder.domain.cases import Case, Run
from rejoinder.domain.drafts import Problem
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.orders import Match
from rejoinder.domain.reading import FieldValue, Reading, Reconciled
from rejoinder.errors import RejoinderError
from rejoinder.readers import builtin_reader
from tools.mail.parse import parse_mail

MODELS = Path("var") / "evals" / "models"
SENT_AT = NOW - timedelta(minutes=30)
SERVER = "mx.lumenoak.example"


@dataclass(frozen=True, kw_only=True)
class Drafted:
    """What would be answered. `sent_alone`: no rule asked for a person, were the merchant to allow everything."""

    situation: str
    language: str
    body: str
    problems: tuple[Problem, ...]
    sent_alone: bool


@dataclass(frozen=True, kw_only=True)
class SeenCase:
    """What the product made of one case of a digest."""

    notice_type: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the product made of one row. `failure` is what stopped it, in words.

    `unread`: a file came with the mail that the product says it could not read.
    """

    kind: str = ""
    source: str = ""
    notice_type: str = ""
    language: str = "und"
    intent: str = ""
    intents: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    cases: tuple[SeenCase, ...] = ()
    unread: bool = False
    order: str = ""
    drafted: Drafted | None = None
    failure: str = ""


def reader() -> Reader:
    """Return the reader that is measured: the built-in one."""
    return builtin_reader(MODELS)


def see_all(rows: Iterable[Row], reader: Reader, deps: Deps) -> Iterator[Seen]:
    """Yield what the product makes of each row."""
    for row in rows:
        yield see(row, reader, deps)


def see(row: Row, reader: Reader, deps: Deps) -> Seen:
    """Run one row through the product; what the product refuses is a failure, not an end."""
    mail = parse_mail(mail_bytes(row.mail, row.row_id)).mail
    reconciled = reconcile([reader.read(mail, MERCHANT)])
    reading = reconciled.reading
    matches = find_orders(deps.store, MERCHANT.merchant_id, clues_of(mail, reading))
    order = choose(matches)
    drafted, failure = None, ""
    if reading.kind == "service":
        try:
            drafted = draft(mail, reconciled, matches, deps)
        except RejoinderError as problem:
            failure = str(problem)
    return Seen(
        kind=reading.kind,
        source=reading.notice_source,
        notice_type=reading.notice_type,
        language=reading.language,
        intent=_intent(reading),
        intents=tuple(intent.intent for intent in reading.intents),
        flags=reading.flags,
        fields=_values(reading.fields),
        cases=tuple(SeenCase(notice_type=c.notice_type, fields=_values(c.fields)) for c in reading.cases),
        unread=any(file.unread for file in mail.attachments),
        order=order,
        drafted=drafted,
        failure=failure,
    )


def _values(fields: Mapping[str, FieldValue]) -> dict[str, str]:
    return {name: value.value for name, value in fields.items()}


def _intent(reading: Reading) -> str:
    if reading.kind not in {"service", "spam"}:
        return f"({reading.kind})"
    return reading.intents[0].intent if reading.intents else "none"


def draft(mail: InboundMail, reconciled: Reconciled, matches: list[Match], deps: Deps) -> Drafted:
    """Write the reply as the nodes do, check it and choose its route."""
    scene = _scene(mail, reconciled, choose(matches), deps)
    answer, facts = answer_for(scene, deps)
    evidence = [ev.mail_evidence(mail, "mailbox", NOW)]
    if scene.order:
        evidence += ev.order_evidence(scene.order, "orders", NOW)
    if facts.product:
        evidence.append(ev.product_evidence(facts.product, "catalogue", NOW))
    passages = collect_passages(scene, deps)
    language = pick_language(scene.language, REPLY_LANGUAGES, MERCHANT.language)
    rendered = render_reply(scene, answer, facts, language, evidence, passages)
    written = draft_of(rendered, "reply", language, answer.actions)
    problems = run_checks(written, context_of(scene, evidence, passages, answer))
    route = choose_route(
        RouteInput(
            kind="service",
            merchant=MERCHANT,
            reconciled=reconciled,
            draft=written,
            problems=tuple(problems),
            matches=tuple(matches),
            order_number=scene.case.order_number,
            needs_order=scene.intent in NEEDS_ORDER,
            most=intents()[scene.intent].autonomy,
        )
    )
    return Drafted(
        situation=answer.situation,
        language=language,
        body=f"{written.subject}\n\n{written.body}",
        problems=tuple(problems),
        sent_alone=route.target == "send",
    )


def _scene(mail: InboundMail, reconciled: Reconciled, order_number: str, deps: Deps) -> Scene:
    order = deps.store.order(MERCHANT.merchant_id, order_number) if order_number else None
    return Scene(
        run=Run(run_id=1, case_id=1, merchant_id=MERCHANT.merchant_id, message_id=1, status="running"),
        case=Case(
            case_id=1,
            merchant_id=MERCHANT.merchant_id,
            kind="service",
            status="working",
            title=mail.subject,
            created_at=NOW,
            order_number=order_number,
        ),
        merchant=MERCHANT,
        mail=mail,
        reconciled=reconciled,
        order=ev.in_zone(order, ZoneInfo(MERCHANT.timezone)) if order else None,
    )


def mail_bytes(written: WrittenMail, row_id: str) -> bytes:
    """Put a written mail into bytes, as it would lie in the mailbox."""
    message = EmailMessage(policy=SMTP)
    name, address = parseaddr(written.sender)
    domain = address.rpartition("@")[2]
    verdict = "pass" if written.authentic else "fail"
    message["Authentication-Results"] = (
        f"{SERVER}; dkim={verdict} header.d={domain}; spf={verdict} smtp.mailfrom={address};"
        f" dmarc={verdict} header.from={domain}"
    )
    message["From"] = Address(display_name=name, addr_spec=address)
    message["To"] = Address(display_name=MERCHANT.name, addr_spec="care@lumenoak.example")
    message["Subject"] = written.subject
    message["Date"] = format_datetime(SENT_AT)
    message["Message-ID"] = f"<{row_id}@{domain}>"
    if written.body or not written.html:
        message.set_content(written.body)
        if written.html:
            message.add_alternative(written.html, subtype="html")
    else:
        message.set_content(written.html, subtype="html")
    for file in written.attachments:
        maintype, _, subtype = file.media_type.partition("/")
        message.add_attachment(file_bytes(file), maintype, subtype, filename=file.filename)
    return message.as_bytes()
