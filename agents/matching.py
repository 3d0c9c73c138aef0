"""Which order a message is about: candidates, how well each fits and why; ambiguous is an answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from agents.deps import Store
from agents.facts import facts_in
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.orders import Match, Order
from rejoinder.domain.reading import Reading

CHOOSE_FROM = 0.85
MARGIN = 0.1
MAX_TOKENS = 60

_TOKEN = re.compile(r"#?[A-Za-z]{0,6}[-_]?\d[A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*")
_APART = re.compile(r"\b([A-Za-z]{1,6})[ .:]{1,2}(\d{3,})\b")
_PREFIXED = re.compile(r"([A-Z]{1,6})[-_ ]?(\d+)")
SHORTEST_NUMBER = 4


@dataclass(frozen=True, kw_only=True)
class Clues:
    """What a message tells about the order it means."""

    numbers: frozenset[str]
    tracking: frozenset[str]
    emails: frozenset[str]
    payments: frozenset[str]
    amounts: frozenset[str] = frozenset()
    card_last4: str = ""
    amount_minor: int | None = None
    currency: str = ""
    on: date | None = None
    text: str = ""


def clues_of(mail: InboundMail | None, reading: Reading) -> Clues:
    """Collect the clues of a mail and its reading; every token that could be a number is one."""
    text = f"{mail.subject}\n{mail.text}" if mail else ""
    apart = [f"{prefix}-{digits}" for prefix, digits in _APART.findall(text)]
    tokens = list(dict.fromkeys((*_TOKEN.findall(text), *apart)))[:MAX_TOKENS]
    stated = [reading.value("order_reference")]
    emails = {reading.value("buyer_email").lower()}
    if mail and reading.kind != "dispute":
        emails |= {mail.sender.email, *(a.email for a in mail.reply_to)}
    if mail and mail.forwarded and reading.kind != "dispute":
        emails.add(mail.forwarded.sender.email)
    amount = reading.value("amount_minor")
    return Clues(
        numbers=frozenset(spelling for token in (*tokens, *stated) if token for spelling in _spellings(token)),
        tracking=frozenset(token.upper() for token in tokens if len(token) >= 8),
        emails=frozenset(emails - {""}),
        payments=frozenset({reading.value("payment_reference"), reading.value("arn")} - {""}),
        amounts=frozenset(m for fact in facts_in(text, "en") if fact.kind == "amount" for m in fact.meanings),
        amount_minor=int(amount) if amount else None,
        currency=reading.value("currency"),
        card_last4=reading.value("card_last4"),
        on=_date(reading.value("transaction_date")),
        text=text.casefold(),
    )


def _spellings(token: str) -> set[str]:
    """Return the ways in which people write an order number: with and without sign, dash and capitals."""
    bare = token.lstrip("#")
    ways = {token, bare, f"#{bare}", bare.upper(), f"#{bare.upper()}"}
    if match := _PREFIXED.fullmatch(bare.upper()):
        ways |= {f"{match[1]}{mark}{match[2]}" for mark in ("-", "", " ", "_")}
    return ways


def _by_digits(order: Order, clues: Clues) -> bool:
    """Tell whether the mail gives the digits of the order's number alone."""
    digits = "".join(char for char in order.number if char.isdigit())
    return len(digits) >= SHORTEST_NUMBER and digits in clues.numbers


def _date(value: str) -> date | None:
    try:
        return datetime.fromisoformat(value).date() if value else None
    except ValueError:
        return None


def find_orders(store: Store, merchant_id: int, clues: Clues) -> list[Match]:
    """Return every order that fits at all, best first."""
    found = list(
        store.candidate_orders(
            merchant_id, numbers=sorted(clues.numbers), emails=sorted(clues.emails), payments=sorted(clues.payments)
        )
    )
    if not found and clues.amount_minor is not None and clues.currency:
        found = list(
            store.orders_by_payment(
                merchant_id,
                amount_minor=clues.amount_minor,
                currency=clues.currency,
                card_last4=clues.card_last4,
                around=clues.on,
            )
        )
    matches = [score(order, clues) for order in found]
    if len(matches) > 1:
        matches = [_less_sure_without_reference(match, clues) for match in matches]
    return sorted((m for m in matches if m.score > 0), key=lambda m: (-m.score, m.order_number))


def score(order: Order, clues: Clues) -> Match:
    """Judge one order against the clues; reasons are words a reviewer reads."""
    signs = [sign for sign in _signs(order, clues) if sign is not None]
    doubt = 1.0
    for value, _ in signs:
        doubt *= 1 - value
    total = 1 - doubt
    against = _against(order, clues)
    for factor, _ in against:
        total *= factor
    return Match(
        order_number=order.number,
        score=round(total, 3),
        reasons=tuple(text for _, text in (*signs, *against)),
    )


def _signs(order: Order, clues: Clues) -> list[tuple[float, str] | None]:
    paid = [p for p in order.payments if p.reference in clues.payments or (p.arn and p.arn in clues.payments)]
    same_mail = order.customer_email.lower() in clues.emails
    parcel = [s for s in order.shipments if s.tracking_number.upper() in clues.tracking]
    named = any(spelling in clues.numbers for spelling in _spellings(order.number))
    return [
        (0.97, f"payment {paid[0].reference} is named") if paid else None,
        (0.9, f"order number {order.number} is named") if named else None,
        (0.9, f"the digits of order number {order.number} are named")
        if not named and same_mail and _by_digits(order, clues)
        else None,
        (0.85, f"tracking number {parcel[0].tracking_number} is named") if parcel else None,
        (0.86, "the sender is the customer of the order") if same_mail else None,
        (0.6, "the amount is that of the payment") if _same_amount(order, clues) else None,
        (0.5, "the card is that of the payment") if _same_card(order, clues) else None,
        (0.5, "the payment was made on that day") if _same_day(order, clues) else None,
    ]


def _same_amount(order: Order, clues: Clues) -> bool:
    paid = {(p.amount.amount_minor, p.amount.currency) for p in order.payments}
    written = {f"{p.amount.decimal.normalize():f} {p.amount.currency}" for p in order.payments}
    return (clues.amount_minor, clues.currency) in paid or bool(written & clues.amounts)


def _same_card(order: Order, clues: Clues) -> bool:
    """Compare with the card a notice names, else with any four digits of a mail."""
    named = {clues.card_last4} if clues.card_last4 else clues.numbers
    return any(p.card_last4 and p.card_last4 in named for p in order.payments)


def _same_day(order: Order, clues: Clues) -> bool:
    return clues.on is not None and any(abs((p.captured_at.date() - clues.on).days) <= 1 for p in order.payments)


def _against(order: Order, clues: Clues) -> list[tuple[float, str]]:
    found = []
    named = any(spelling in clues.numbers for spelling in _spellings(order.number))
    if named and clues.emails and order.customer_email.lower() not in clues.emails:
        found.append((0.8, "but the sender is not the customer of the order"))
    if clues.card_last4 and order.payments and not _same_card(order, clues):
        found.append((0.5, f"but no payment of it was made with a card ending in {clues.card_last4}"))
    amounts = {p.amount.amount_minor for p in order.payments}
    if clues.amount_minor is not None and amounts and clues.amount_minor > max(amounts):
        found.append((0.7, "but the amount is more than was paid"))
    return found


def _less_sure_without_reference(match: Match, clues: Clues) -> Match:
    named = any("order number" in reason for reason in match.reasons)
    paid = any("payment" in reason and "is named" in reason for reason in match.reasons)
    parcel = any("tracking" in reason for reason in match.reasons)
    charge = {"the amount is that of the payment", "the card is that of the payment"} <= set(match.reasons)
    if named or paid or parcel or charge:
        return match
    return Match(
        order_number=match.order_number,
        score=round(match.score * 0.8, 3),
        reasons=(*match.reasons, "but other orders fit as well"),
    )


def choose(matches: Sequence[Match]) -> str:
    """Return the number of the order that is clearly meant, or an empty string."""
    if not matches or matches[0].score < CHOOSE_FROM:
        return ""
    if len(matches) > 1 and matches[0].score - matches[1].score < MARGIN:
        return ""
    return matches[0].order_number
