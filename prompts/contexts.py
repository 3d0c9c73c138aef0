"""The only values a template gets, and the names it may cite by.

A reply may cite `mail`, `order`, `shipment`, `refund`, `payment`, `product` and `policy` (narrower:
`policy:returns`, which falls back to `policy`); a letter `dispute`, `order`, `payment`, `shipment`,
`refund`, `access` (the log of use), `earlier` (other orders), `mail` (the correspondence), `policy`, and
an attached file by its kind in the catalogue of evidence. One of several is named by its reference
(`refund:re_1`), which falls back to `refund`. `merchant` may always be cited and adds no id: a
merchant's own name and signature need no evidence. So may `finding`, in what only the merchant reads: what a
rule concluded was drawn from records, which are shown beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypedDict

from rejoinder.domain.cases import Dispute, Merchant
from rejoinder.domain.money import Money, from_decimal
from rejoinder.domain.orders import Order, Payment, Product, Refund, Scan, Shipment

# What a sentence may commit the merchant to (`[[… +name]]`). That a person will answer is no such commitment.
PROMISES = {
    "cancellation": "the order is cancelled, and its payment returned, once a person confirms",
    "return_label": "the merchant sends a return label at its own cost",
    "refund_after_return": "the price is refunded once the returned goods have arrived",
}


class ShippingRate(NamedTuple):
    """What one way of shipping to one country costs, and how many days it takes."""

    country: str
    method: str
    price: Money
    days_min: int | None = None
    days_max: int | None = None


class Promotion(NamedTuple):
    """A discount anybody may use: `percent` or `amount` off, from an order value of `minimum`, until `ends_on`."""

    code: str
    percent: int | None = None
    amount: Money | None = None
    minimum: Money | None = None
    ends_on: date | None = None


class PolicyFacts(TypedDict, total=False):
    """Facts of the policy in force that templates look at; a fact that is absent or empty is not stated.

    `rates` and `promotions` hold objects with the attributes of `ShippingRate` and `Promotion`;
    `asked_country` is the country (ISO 3166 alpha-2) that the customer asks about.
    """

    return_days: int
    return_cost: Literal["customer", "merchant"]
    refund_days: int
    warranty_months: int
    rates: Sequence[ShippingRate]
    asked_country: str
    payment_methods: Sequence[str]
    customs: Literal["DDP", "DAP"]
    promotions: Sequence[Promotion]


@dataclass(frozen=True, kw_only=True)
class ReplyContext:
    """What is known when a customer's mail is answered. `policy` holds `PolicyFacts`.

    Instants are in the zone in which their dates are to be printed. `payment` and `refund` are the
    newest of the order, `last_scan` the newest scan of `shipment`.
    """

    merchant: Merchant
    customer_name: str
    situation: str
    now: datetime
    order: Order | None = None
    shipment: Shipment | None = None
    refund: Refund | None = None
    payment: Payment | None = None
    product: Product | None = None
    policy: Mapping[str, Any] = field(default_factory=dict)
    last_scan: Scan | None = None
    ai_disclosure: bool = False


class LetterMessage(NamedTuple):
    """A message between customer and merchant; `sender` is its mail address."""

    sent_at: datetime | None
    sender: str
    subject: str
    excerpt: str


class Exhibit(NamedTuple):
    """An exhibit of the packet: its label (`Exhibit 1`), its title, and the alias it is cited by.

    `attached`: a file that a letter can only point to, not a record whose fields it knows.
    """

    label: str
    title: str
    alias: str
    attached: bool = False


class LetterFinding(NamedTuple):
    """A ground that decides a dispute, worded for the issuer without its full stop, and what it cites."""

    text: str
    aliases: Sequence[str]


class SharedIdentifiers(NamedTuple):
    """Earlier purchases that share identifiers with the disputed one.

    `elements` are some of `ip`, `device`, `account`, `email`, `address`. Each earlier order is cited as
    `earlier:<number>`.
    """

    elements: Sequence[str]
    earlier: Sequence[Order]


@dataclass(frozen=True, kw_only=True)
class LetterContext:
    """What is known when a dispute is contested; a record without an exhibit is not spoken of.

    `test` is what must be so for the reason to apply, `claimant` and `decider` the other side, all in the language of
    the letter. `remaining` is what is left of the disputed amount where a part was refunded.
    """

    merchant: Merchant
    dispute: Dispute
    now: datetime
    network_name: str = ""
    reason_title: str = ""
    test: str = ""
    claimant: str = "cardholder"
    decider: str = "issuer"
    remaining: Money | None = None
    findings: Sequence[LetterFinding] = ()
    ce3: SharedIdentifiers | None = None
    order: Order | None = None
    payment: Payment | None = None
    shipment: Shipment | None = None
    refunds: Sequence[Refund] = ()
    messages: Sequence[LetterMessage] = ()
    policy: Mapping[str, Any] = field(default_factory=dict)
    policy_text: str = ""
    exhibits: Sequence[Exhibit] = ()


@dataclass(frozen=True, kw_only=True)
class ExplanationContext:
    """What a merchant is told about a dispute. All texts are whole sentences in the merchant's language.

    `title`, `means`, `decides` and `avoid` are of the category; `contestable` says in a word whether the reason can be
    contested at all (`yes`, `no`, `rarely`, `hard`, `pay_fee_first`, `not_a_dispute`, `only_if_…`). `advice` is
    `fight`, `accept`, `refund_first`, `ask_more`, `human`, or empty while nobody weighed it; `worth` says why. `ask`
    names the single item worth asking for. `gaps` and `harmful` are None when nobody looked. `rule_days` is what the
    rules give where neither notice nor processor names a date, counted from `rule_from`; None where none is defined.
    `decider` is who decides, in plain words.
    """

    merchant: Merchant
    dispute: Dispute
    title: str
    means: str
    decides: str
    avoid: str
    known_code: bool = True
    contestable: str = "yes"
    network_name: str = ""
    reason_title: str = ""
    order: Order | None = None
    deadlines: Sequence[str] = ()
    rule_days: int | None = None
    rule_from: str = ""
    advice: str = ""
    worth: Sequence[str] = ()
    invalid: Sequence[str] = ()
    compelling: Sequence[str] = ()
    ruled_out: Sequence[str] = ()
    ask: str = ""
    gaps: Sequence[str] | None = None
    harmful: Sequence[str] | None = None
    decider: str = "bank"


@dataclass(frozen=True, kw_only=True)
class RequestContext:
    """What a colleague of the merchant is asked for: the `item` as it is called, `why` in a sentence, `by` when."""

    merchant: Merchant
    dispute: Dispute
    item: str
    why: str = ""
    colleague: str = ""
    by: datetime | None = None
    order: Order | None = None
    shipment: Shipment | None = None


@dataclass(frozen=True, kw_only=True)
class ReminderContext:
    """What the merchant's own people are told of a dispute that waits. `step` is one of the steps of reminders.

    Instants are in the merchant's zone. `due_by`: no answer counts after it; `cutoff_by`: `choice` happens then.
    `hours_left` are whole hours until `due_by`, negative once it has passed. `ask` names the item worth asking for,
    `missing` are sentences. At the cut-off `done` is what happened (`alert`, `submit_best`, `accept`), and `why` a word
    for what kept `choice` from happening. `to_hand_in`: the answer is approved, and what is left is to hand it in at
    the processor, `rail` by name, empty when unknown. `desk_url` leads to the case, `file_url` to the finished file.
    """

    merchant: Merchant
    dispute: Dispute
    case_number: str
    step: str
    due_by: datetime
    cutoff_by: datetime
    hours_left: int
    choice: str
    done: str = ""
    why: str = ""
    to_hand_in: bool = False
    rail: str = ""
    ask: str = ""
    missing: Sequence[str] = ()
    desk_url: str = ""
    file_url: str = ""


Context = ReplyContext | LetterContext | ExplanationContext | RequestContext | ReminderContext


def values_of(context: Context) -> dict[str, Any]:
    """Return the context as the keyword arguments of `render`."""
    values = {f.name: getattr(context, f.name) for f in fields(context)}
    if isinstance(context, (ReplyContext, LetterContext)):
        values["policy"] = typed_policy(context.policy)
    return values


def typed_policy(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a document's head with `rates` and `promotions` as objects; what is typed stays as it is.

    Amounts are written `9.90 EUR`, days ISO 8601. A promotion may be a plain sentence.

    Raises:
        ValueError, LookupError, ArithmeticError: a rate or promotion is not written like that.
    """
    typed = dict(facts)
    if facts.get("rates"):
        typed["rates"] = tuple(_rate(rate) for rate in facts["rates"])
    if facts.get("promotions"):
        typed["promotions"] = tuple(_promotion(promotion) for promotion in facts["promotions"])
    return typed


def _rate(rate: Any) -> Any:
    if not isinstance(rate, Mapping):
        return rate
    days = (rate.get("days_min"), rate.get("days_max"))
    return ShippingRate(str(rate["country"]), str(rate["method"]), _money(rate["price"]), *days)


def _promotion(promotion: Any) -> Any:
    if not isinstance(promotion, Mapping):
        return promotion
    ends_on = promotion.get("ends_on")
    return Promotion(
        code=str(promotion["code"]),
        percent=promotion.get("percent"),
        amount=_money(promotion["amount"]) if promotion.get("amount") else None,
        minimum=_money(promotion["minimum"]) if promotion.get("minimum") else None,
        ends_on=date.fromisoformat(ends_on) if isinstance(ends_on, str) else ends_on,
    )


def _money(value: Any) -> Money:
    if isinstance(value, Money):
        return value
    number, currency = str(value).split()
    return from_decimal(Decimal(number), currency)
