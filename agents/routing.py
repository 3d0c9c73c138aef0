"""Where a checked draft goes: each rule may ask for a person; it is sent only when none does."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rejoinder.domain.authenticity import Authenticity, AuthenticityVerdict
from rejoinder.domain.cases import Autonomy, CaseKind, Merchant
from rejoinder.domain.drafts import Draft, Problem
from rejoinder.domain.orders import Match
from rejoinder.domain.reading import Reconciled
from rejoinder.domain.review import Reason, Route

SURE_ENOUGH = 0.9
CLEAR_MARGIN = 0.2
MAY_GO_ALONE = frozenset({"auto"})


@dataclass(frozen=True, kw_only=True)
class RouteInput:
    """What the rules look at. `most` is the most autonomy the catalogue allows the intent.

    `authenticity` is that of the mail, None for a processor's event; `single_witness`: only mails speak of the dispute.
    """

    kind: CaseKind
    merchant: Merchant
    reconciled: Reconciled
    draft: Draft
    problems: tuple[Problem, ...]
    matches: tuple[Match, ...]
    order_number: str
    needs_order: bool
    most: str
    open_dispute: bool = False
    situation: str = ""
    authenticity: Authenticity | None = None
    single_witness: bool = False

    @property
    def intent(self) -> str:
        """The primary intent, or an empty string."""
        intents = self.reconciled.reading.intents
        return intents[0].intent if intents else ""

    @property
    def autonomy(self) -> Autonomy:
        """How far the merchant lets the program go in this class."""
        return self.merchant.autonomy_for("dispute" if self.kind == "dispute" else self.intent)


@dataclass(frozen=True, kw_only=True)
class Objection:
    """Why a person must look, and what would have made it unnecessary."""

    reason: Reason
    automatic_if: str


def choose_route(given: RouteInput) -> Route:
    """Return where the draft goes, with every reason in words."""
    objections = [objection for rule in RULES for objection in rule(given)]
    reasons = tuple(objection.reason for objection in objections)
    wishes = tuple(dict.fromkeys(objection.automatic_if for objection in objections))
    if given.autonomy == "shadow":
        shadow = Reason(code="shadow", text="The merchant lets this class run in shadow: drafted, kept, never sent.")
        return Route(target="close", reasons=(shadow, *reasons), automatic_if=wishes)
    if objections:
        return Route(target="review", reasons=reasons, automatic_if=wishes)
    sent = Reason(code=f"autonomy_{given.autonomy}", text=f"The merchant lets {given.intent!r} be {given.autonomy}.")
    return Route(target="send", reasons=(sent,))


def merchant_wants_to_see_it(given: RouteInput) -> Iterator[Objection]:
    """The default: everything waits for a person."""
    if given.autonomy == "draft":
        what = given.intent or given.kind
        yield Objection(
            reason=Reason(code="autonomy_draft", text=f"The merchant wants to see every answer to {what!r}."),
            automatic_if=f"autonomy for {what!r} set to supervised or auto",
        )


def disputes_need_a_person(given: RouteInput) -> Iterator[Objection]:
    """A representment is sent once; a person decides."""
    if given.kind == "dispute":
        yield Objection(
            reason=Reason(code="dispute", text="A dispute is answered once: a person decides whether and with what."),
            automatic_if="disputes are never answered without a person",
        )


def sender_is_not_proven(given: RouteInput) -> Iterator[Objection]:
    """A notice counts when its sender is proven, or when a processor's own record says the same; a failed one never."""
    if given.kind != "dispute" or given.authenticity is None:
        return
    verdict = given.authenticity.verdict
    if verdict == "failed" or (verdict != "verified" and given.single_witness):
        yield Objection(
            reason=Reason(code="not_authentic", text=NOT_PROVEN[verdict]),
            automatic_if="a sender that is proven, or a processor's own record of the dispute",
        )


NOT_PROVEN: dict[AuthenticityVerdict, str] = {
    "failed": "The notice did not come from whom it says, so it changed nothing that is known; nothing is sent for it.",
    "unverified": "Nothing proves who sent the notice; compare it with the processor's own page before you send.",
    "unchecked": "Who sent the notice could not be checked; compare it with the processor's own page.",
}


def checks_found_something(given: RouteInput) -> Iterator[Objection]:
    """Each problem of the draft is a reason; what a rule of disputes found is a sentence already."""
    for problem in given.problems:
        whole = problem.detail.endswith(".") or not problem.blocking
        yield Objection(
            reason=Reason(code=problem.code, text=problem.detail if whole else f"The draft {problem.detail}."),
            automatic_if="no open problem in the draft",
        )


def risk_was_seen(given: RouteInput) -> Iterator[Objection]:
    """Threats, safety and tricks are for people."""
    for flag in given.reconciled.reading.flags:
        yield Objection(
            reason=Reason(code=flag, text=FLAG_WORDS.get(flag, f"The message was marked {flag!r}.")),
            automatic_if="no risk in the message",
        )


FLAG_WORDS = {
    "chargeback_threat": "The customer speaks of disputing the payment.",
    "legal_threat": "The customer speaks of a lawyer, a court or an authority.",
    "safety": "Somebody may have been hurt or be in danger.",
    "instructions_to_assistant": "The message tries to instruct the program; its content was treated as data.",
    "card_number": "The message held a card number; it was masked before it was stored.",
    "hidden_text": "The message holds text that a reader cannot see; it was not read as content.",
    "unread_attachment": "A file came with the message that the program could not read; a person has to open it.",
    "untrusted_sender": "The sender does not belong to the source that the message claims.",
}


def readers_disagree(given: RouteInput) -> Iterator[Objection]:
    """What two readers read differently is for a person."""
    for split in given.reconciled.disagreements:
        values = ", ".join(f"{reader}: {value}" for reader, value in split.values.items())
        yield Objection(
            reason=Reason(code="readers_disagree", text=f"The readers disagree on {split.field} ({values})."),
            automatic_if="both readers agree",
        )


def a_value_was_guessed(given: RouteInput) -> Iterator[Objection]:
    """What no rule read is compared with the notice before anything rests on it."""
    guessed = {name: value.value for name, value in given.reconciled.reading.fields.items() if value.guessed}
    if guessed:
        values = ", ".join(f"{name}: {value}" for name, value in guessed.items())
        yield Objection(
            reason=Reason(code="guessed", text=f"Read by likeness to other notices, compare with the mail ({values})."),
            automatic_if="every value stands where a rule expects it",
        )


def a_reader_is_missing(given: RouteInput) -> Iterator[Objection]:
    """Where a second reader is configured, one reading alone is not enough to send."""
    for missing in given.reconciled.missing_readers:
        yield Objection(
            reason=Reason(code="reader_missing", text=f"A reader did not answer ({missing})."),
            automatic_if="every configured reader answers",
        )


def reading_is_unsure(given: RouteInput) -> Iterator[Objection]:
    """The first intent must be likely and clearly ahead of the second."""
    if given.kind != "service":
        return
    intents = given.reconciled.reading.intents
    first = intents[0].score if intents else 0.0
    second = intents[1].score if len(intents) > 1 else 0.0
    if first < SURE_ENOUGH or first - second < CLEAR_MARGIN:
        yield Objection(
            reason=Reason(code="unsure", text=f"What the customer wants is not sure enough ({first:.2f})."),
            automatic_if=f"an intent of at least {SURE_ENOUGH} and {CLEAR_MARGIN} ahead of the next",
        )


def order_is_unclear(given: RouteInput) -> Iterator[Objection]:
    """Several orders may be meant, or none was found."""
    if given.order_number or not given.needs_order:
        return
    if given.matches:
        names = ", ".join(match.order_number for match in given.matches[:3])
        text = (
            f"Several orders may be meant ({names})." if len(given.matches) > 1 else f"Not sure that {names} is meant."
        )
        yield Objection(
            reason=Reason(code="order_ambiguous", text=text),
            automatic_if="one order matches clearly",
        )
    else:
        yield Objection(
            reason=Reason(code="order_missing", text="No order was found for this message."),
            automatic_if="an order number or the address used for the order",
        )


def the_answer_is_a_question(given: RouteInput) -> Iterator[Objection]:
    """A reply that could only ask back may be out of place: the mail may be about something else."""
    if given.situation in ASKS_BACK:
        yield Objection(
            reason=Reason(
                code="asks_back", text="The draft can only ask back; look whether the mail is about a purchase."
            ),
            automatic_if="what the mail asks about is found",
        )


ASKS_BACK = frozenset({"ask_order", "product_unknown", "country_unknown", "no_policy"})


def a_person_decides_this_class(given: RouteInput) -> Iterator[Objection]:
    """The catalogue says how far a class may ever go alone."""
    if given.kind == "service" and given.most not in MAY_GO_ALONE:
        yield Objection(
            reason=Reason(code="class_needs_person", text=f"Messages of the class {given.intent!r} are for a person."),
            automatic_if=f"nothing: {given.intent!r} is never answered without a person",
        )


def an_act_is_proposed(given: RouteInput) -> Iterator[Objection]:
    """An act in the merchant's system is confirmed by a person first."""
    for action in given.draft.proposed_actions:
        yield Objection(
            reason=Reason(code="action_proposed", text=f"The answer needs an act: {action.kind} ({action.reason})."),
            automatic_if="no act needed",
        )


def a_dispute_is_open(given: RouteInput) -> Iterator[Objection]:
    """Words written during a dispute become evidence in it."""
    if given.open_dispute and given.kind != "dispute":
        yield Objection(
            reason=Reason(code="open_dispute", text="A dispute is open on this order; words written now are evidence."),
            automatic_if="no dispute on the order",
        )


Rule = Callable[[RouteInput], Iterator[Objection]]

RULES: Sequence[Rule] = (
    disputes_need_a_person,
    sender_is_not_proven,
    risk_was_seen,
    checks_found_something,
    readers_disagree,
    a_value_was_guessed,
    a_reader_is_missing,
    order_is_unclear,
    the_answer_is_a_question,
    a_dispute_is_open,
    a_person_decides_this_class,
    an_act_is_proposed,
    reading_is_unsure,
    merchant_wants_to_see_it,
)
