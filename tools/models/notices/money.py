"""Which of a notice's amounts is the disputed one, and in which money."""

import re

from rejoinder.domain.reading import FieldValue
from tools.models.notices.amounts import Money, minor_units
from tools.models.notices.page import Page
from tools.models.notices.tables import Labelled
from tools.models.notices.texts import Hit

# Where a label stands before a sentence by chance, an amount in it is the sentence's.
_NO_MONEY = frozenset({"reason", "reason_text", "card", "buyer_name", "network"})
_ROWS = ("amount", "plain_amount", "sale_amount")
_SCORES = {"amount": 0.97, "plain_amount": 0.92, "sale_amount": 0.85, "order_amount": 0.75}
_BREAK = re.compile(r"\d|[,;:]\s|[，、；：。]")


def find_money(page: Page) -> dict[str, FieldValue]:
    """Return `amount_minor` and `currency` where they are sure."""
    for row in _ROWS:
        if page.under(row):
            return _under(page, row)
    told = _in_prose(page)
    # What the whole order came to is the disputed amount only where nothing else is named.
    return agreed(page, told, 0.85) if told else _under(page, "order_amount")


def _under(page: Page, row: str) -> dict[str, FieldValue]:
    return agreed(page, [money for item in page.under(row) if (money := _labelled(page, item))], _SCORES[row])


def _labelled(page: Page, item: Labelled) -> Money | None:
    text, folded = page.printed(item), page.folded[item.start : item.end]
    found = page.words.signs.find(text, folded)
    if found:
        return _moved(found[0], item.start)
    bare = page.words.signs.bare(folded)
    if bare is None:
        return None
    return _moved(bare._replace(currencies=_hinted(page, item.hint)), item.start)


def _hinted(page: Page, hint: str) -> tuple[str, ...]:
    """Return the currencies that a label names: `amount eur`, `valor (r$)`, `montant en euros`."""
    codes = page.words.signs.codes_in(hint.upper(), hint)
    return tuple(codes) if len(codes) == 1 else page.words.signs.named_in(hint)


def _moved(money: Money, by: int) -> Money:
    return money._replace(start=money.start + by, end=money.end + by)


def agreed(page: Page, amounts: list[Money], score: float) -> dict[str, FieldValue]:
    """Return the fields of amounts that are all the same; none where they are not."""
    if not amounts:
        return {}
    settled = [money._replace(currencies=_settled(page, money)) for money in amounts]
    chosen = max(settled, key=lambda money: len(money.currencies) == 1)
    values = {minor_units(money.number, chosen.currencies or money.currencies) for money in settled}
    if len(values) != 1:
        return {}
    minor = values.pop()
    found: dict[str, FieldValue] = {}
    if minor is not None:
        found["amount_minor"] = page.value(str(minor), score, *_span(chosen))
    if len(chosen.currencies) == 1:
        found["currency"] = page.value(chosen.currencies[0], score, *_span(chosen))
    return found


def _span(money: Money) -> tuple[int, int]:
    return (money.start, money.end) if money.start >= 0 else (-1, -1)


def _settled(page: Page, money: Money) -> tuple[str, ...]:
    """Return the currencies that remain possible: the label's, the source's own, or the one printed elsewhere."""
    if len(money.currencies) == 1:
        return money.currencies
    for item in page.under("currency"):
        meant = page.words.signs.means(page.printed(item))
        if len(meant) == 1 and (not money.currencies or meant[0] in money.currencies):
            return meant
    if page.currency and (not money.currencies or page.currency in money.currencies):
        return (page.currency,)
    if not money.currencies:
        return ()
    proved = {code for code in page.sender.facts.signs.values() if code in money.currencies}
    said = _mentioned(page, money.currencies)
    if len(said) == 1:
        return tuple(said)
    own = page.words.own_currency.get(page.language, "")
    usual = proved or {own} & set(money.currencies)
    return tuple(usual) if len(usual) == 1 and not said else money.currencies


def _mentioned(page: Page, possible: tuple[str, ...]) -> set[str]:
    signs = page.words.signs
    beside = {m.currencies[0] for m in signs.find(page.text, page.folded) if len(m.currencies) == 1}
    beside |= {m.currencies[0] for m in signs.find(page.heading, page.subject) if len(m.currencies) == 1}
    return {code for code in beside | signs.codes_in(page.text, page.folded) if code in possible}


def _in_prose(page: Page) -> list[Money]:
    """Return the amounts that sentences say are disputed."""
    found = [money for money in page.words.signs.find(page.text, page.folded) if not _is_labelled(page, money)]
    told = [(money, _role(page, page.folded, money, page.sentence(money.start, money.end))) for money in found]
    sure = [money for money, role in told if role == "disputing"]
    for money in page.words.signs.find(page.heading, page.subject):
        if _role(page, page.subject, money, (0, len(page.subject))) != "fee":
            sure.append(money._replace(start=-1, end=-1))
    if sure:
        return sure
    return [money for money, role in told if role == ""]


def _is_labelled(page: Page, money: Money) -> bool:
    return any(item.start <= money.start < item.end and item.field not in _NO_MONEY for item in page.labelled)


def _role(page: Page, folded: str, money: Money, sentence: tuple[int, int]) -> str:
    before = page.words.roles.find(folded[max(sentence[0], money.start - 40) : money.start])
    after = page.words.roles.find(folded[money.end : min(sentence[1], money.end + 24)])
    if any(hit.tag == "disputing" and hit.start <= 2 for hit in after):
        return "disputing"
    if page.decided:
        before, after = _without_settled(before), _without_settled(after)
    near = [hit.tag for hit in before if hit.tag in ("fee", "disputing")]
    if (near and near[-1] == "fee") or _is_charge(page, folded[max(sentence[0], money.start - 40) : money.start]):
        return "fee"
    if any(hit.tag == "fee" and hit.start < 12 and not _joins(page, folded, money.end, hit) for hit in after):
        return "fee"
    whole = page.words.roles.tags(folded[slice(*sentence)])
    return "disputing" if "disputing" in whole or "case" in whole else ""


def _is_charge(page: Page, head: str) -> bool:
    """Return whether a charge is named before an amount, whatever it is for: `the fee for the dispute of $15`."""
    gaps = [head[hit.end :] for hit in page.words.charges.find(head) if hit.tag == "charge"]
    return any(not _BREAK.search(gap) and "joining" not in page.words.charges.tags(gap) for gap in gaps)


def _joins(page: Page, folded: str, start: int, fee: Hit) -> bool:
    """Return whether the words up to a fee set it beside the amount: `$120.00 and the fee`."""
    return "joining" in page.words.charges.tags(folded[start : start + fee.start])


def _without_settled(hits: list[Hit]) -> list[Hit]:
    """Leave out the words for money that comes back: after a decision it is the disputed money."""
    settled = [hit for hit in hits if hit.tag == "settled"]
    return [
        hit
        for hit in hits
        if hit.tag != "fee" or not any(other.start <= hit.start and hit.end <= other.end for other in settled)
    ]
