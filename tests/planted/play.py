"""Plays a case through the whole program and tells what was seen of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property

from sqlalchemy import text

from rejoinder import packets
from rejoinder.domain.drafts import Draft, Sentence
from rejoinder.domain.judgement import Finding, Judgement
from rejoinder.domain.packet import MadePacket
from rejoinder.errors import BadInput
from rejoinder.storage.pages import CasePage
from rejoinder.uploads import take_file
from tests.clock import NOW
from tests.fixtures_program import Shop
from tests.planted.notices import letter_mail, notice_mail, webhook
from tests.planted.world import Case, Letter, Notice, Upload
from tools.packet.readback import page_texts

SUBJECTS = {
    "zh": "订单",
    "ja": "ご注文",
    "ko": "주문",
    "ru": "Заказ",
    "ar": "الطلب",
    "tr": "Sipariş",
    "de": "Bestellung",
}


class Post:
    """A mailbox's way out that takes everything."""

    address = "support@lumenoak.example"
    sender_name = "Lumen & Oak"

    def send(self, raw: bytes, recipients: Sequence[str]) -> str:
        return "250 taken"

    def after_sent(self, raw: bytes) -> None:
        pass


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the program shows of a played case."""

    page: CasePage
    judgement: Judgement
    packet: MadePacket | None = None
    refused: tuple[str, ...] = ()
    printed: str = field(default="", repr=False)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding of the judgement, and those on the sender."""
        one = self.judgement
        sender = tuple(f for m in self.page.messages if m.mail for f in m.mail.source_authenticity.checks)
        return (
            *one.clocks,
            *one.invalid,
            *one.compelling,
            *(one.harmful or ()),
            *(one.gaps or ()),
            *one.worth,
            *sender,
        )

    @cached_property
    def codes(self) -> frozenset[str]:
        """What was found, by name; a finding also as `code:verdict`, what a run was set aside for as `set_aside`."""
        found = {f.code for f in self.findings} | {f"{f.code}:{f.verdict}" for f in self.findings}
        found |= {problem.code for problem in self.page.problems}
        found |= {f"packet:{problem.code}" for problem in (self.packet.problems if self.packet else ())}
        found |= {f"upload:{error}" for error in self.refused}
        found |= {f"policy:{passage.document}" for passage in self.page.passages}
        found |= {f"ask:{self.judgement.ask}"} if self.judgement.ask else set()
        return frozenset(found | ({"set_aside"} if self.page.set_aside else set()))

    @cached_property
    def reasons(self) -> frozenset[str]:
        """Why a person looks."""
        route = self.page.review.route if self.page.review else self.page.route
        return frozenset(reason.code for reason in route.reasons) if route else frozenset()

    @cached_property
    def harmful(self) -> frozenset[str]:
        """What was found against the merchant, whatever the verdict."""
        return frozenset(finding.code for finding in self.judgement.harmful or ())

    @cached_property
    def shown(self) -> str:
        """Everything the case shows and would hand on: letter, evidence, passages."""
        letter = self.page.draft.body if self.page.draft else ""
        evidence = (str(item) for item in self.page.evidence)
        return "\n".join([letter, *evidence, *(p.text for p in self.page.passages), self.printed])


def play(shop: Shop, case: Case, *, with_packet: bool) -> Seen:
    """Let everything of a case arrive in its order, and the dispute be judged."""
    shop.program.store.upsert_orders(shop.merchant_id, (case.order, *case.others))
    for position, letter in enumerate(case.letters):
        _exchange(shop, case, letter, f"<{case.number}.{position}@mailbox.example>")
    for notice in case.before:
        shop.program.worker.advance(arrive(shop, notice))
    run_id = arrive(shop, case.notice)
    refused = _give_files(shop, run_id, case.uploads)
    shop.program.worker.advance(run_id)
    case_id = shop.program.store.run(run_id).case_id
    page = shop.page(case_id)
    judgement = shop.program.store.judgement(case_id) or Judgement()
    wanted = with_packet and page.draft is not None and not refused
    made, printed = _packet(shop, case_id) if wanted else (None, "")
    return Seen(page=page, judgement=judgement, packet=made, refused=refused, printed=printed)


def _give_files(shop: Shop, run_id: int, uploads: Iterable[Upload]) -> tuple[str, ...]:
    """Give files as a person does at the desk; return the names of the errors by which they were refused."""
    store, refused = shop.program.store, []
    case_id = store.run(run_id).case_id
    for given in uploads:
        try:
            taken = take_file(
                shop.program.files, given.content, given.name, "", kind=given.kind, source="upload:ana", at=NOW
            )
            store.add_upload(case_id, taken, "ana")
        except BadInput as problem:
            refused.append(type(problem).__name__)
    return tuple(refused)


def _packet(shop: Shop, case_id: int) -> tuple[MadePacket, str]:
    """Make the finished file; return it with all that its pages say."""
    made = packets.finished(shop.program.store, shop.program.files, case_id, made_at=NOW)
    if not made.pdf_hash:
        return made, ""
    return made, "\n".join(page_texts(shop.program.files.get(made.pdf_hash)))


def arrive(shop: Shop, notice: Notice) -> int:
    """Let a notice arrive and return its run."""
    program = shop.program
    if notice.way != "webhook":
        accepted = program.intake.accept_mail(shop.merchant_id, "support", notice_mail(notice), notice.raised_at)
        assert accepted is not None
        run: int = accepted.run_id
        return run
    door = program.webhook_door("stripe", "main")
    assert door is not None
    assert program.webhook_intake.accept(door, webhook(notice)) == 1
    return _newest_run(shop)


def _newest_run(shop: Shop) -> int:
    with shop.program.store.begin() as connection:
        return int(connection.execute(text("SELECT max(id) FROM runs")).scalar_one())


def _exchange(shop: Shop, case: Case, letter: Letter, message_id: str) -> None:
    """Let a customer's mail arrive; where the merchant answered, through the desk and out of the mailbox."""
    subject = f"{SUBJECTS.get(case.place.language, 'Order')} {case.order.number}"
    raw = letter_mail(letter, case.order.customer_email, message_id, subject)
    accepted = shop.program.intake.accept_mail(shop.merchant_id, "support", raw, letter.at + timedelta(minutes=1))
    assert accepted is not None
    if not letter.answer:
        return
    shop.program.worker.advance(accepted.run_id)
    page = shop.page_of_run(accepted.run_id)
    assert page.review is not None
    assert page.draft is not None
    edited = _written(page.draft, letter.answer)
    store = shop.program.store
    store.decide(page.review.review_id, page.review.version, "edit", reviewer="ana", edited=edited)
    shop.program.worker.advance(accepted.run_id)
    (delivery,) = shop.page_of_run(accepted.run_id).deliveries
    replace(shop.program.deliverer, channels={"support": Post()}).deliver(delivery.delivery_id)


def _written(draft: Draft, words: str) -> Draft:
    return replace(draft, paragraphs=((Sentence(text=words, origin="reviewer"),),))
