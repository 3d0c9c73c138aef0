"""What became of disputes: counts, win rates and money, each beside what it was divided by."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Literal, get_args

from rejoinder.domain.money import Money

Dimension = Literal["code", "network", "category", "country", "goods", "month"]
Fate = Literal["open", "won", "lost", "conceded", "expired", "ended_otherwise"]
Denominator = Literal["contested_and_decided", "decided", "value_decided"]

FATE_OF_STATUS: Mapping[str, Fate] = {
    "won": "won",
    "won_provisional": "won",
    "won_final": "won",
    "lost": "lost",
    "accepted": "conceded",
    "expired": "expired",
    "alert_resolved": "ended_otherwise",
    "alert_expired": "ended_otherwise",
    "inquiry_closed": "ended_otherwise",
    "prevented": "ended_otherwise",
    "withdrawn": "ended_otherwise",
    "closed": "ended_otherwise",
}
"""How a dispute ended, by its status; any other status is open. Ended otherwise: no chargeback came of it, or it was
taken back, so that nobody won or lost."""

_PLACES = Decimal("0.0001")


@dataclass(frozen=True, kw_only=True)
class DisputeRecord:
    """One dispute as it stands, for counting.

    `answered`: evidence was submitted at least once. `reopened`: a win was challenged again, whatever came of it.
    `recovered` is what came back of `amount`; None takes all of it for a win and nothing otherwise. `fees` are those
    paid and not returned. `country` is ISO 3166 alpha-2, of the goods' destination; `goods` one of `GOODS`.
    `processor` names whose prices the fees follow.
    """

    reference: str
    opened_at: datetime
    status: str
    amount: Money
    answered: bool = False
    reopened: bool = False
    processor: str = ""
    network: str = ""
    code: str = ""
    category: str = ""
    country: str = ""
    goods: str = ""
    recovered: Money | None = None
    fees: tuple[Money, ...] = ()

    def __post_init__(self) -> None:
        if self.recovered and self.recovered.currency != self.amount.currency:
            raise ValueError(f"{self.reference!r} is in {self.amount.currency}, but {self.recovered} came back")

    @property
    def fate(self) -> Fate:
        """How it ended; a loss without an answer is an expiry."""
        fate = FATE_OF_STATUS.get(self.status, "open")
        return "expired" if fate == "lost" and not self.answered else fate

    @property
    def recovered_minor(self) -> int:
        """What came back, in minor units of the disputed currency."""
        if self.recovered is not None:
            return self.recovered.amount_minor
        return self.amount.amount_minor if self.fate == "won" else 0


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of a whole, with the name of the whole; a share of nothing has no rate."""

    part: int
    whole: int
    of: Denominator

    @property
    def rate(self) -> Decimal | None:
        """The part divided by the whole, to four places."""
        return (Decimal(self.part) / self.whole).quantize(_PLACES) if self.whole else None


@dataclass(frozen=True, kw_only=True)
class MoneyFigures:
    """Money in one currency, in minor units; amounts of different currencies are never added.

    `decided` is the part of `disputed` whose dispute is over. `net` is what came back less the fees of all disputes,
    `net_value` the same for the disputes that are over, as a share of their value; it may be negative.
    """

    currency: str
    disputed: int
    decided: int
    recovered: int
    fees: int
    net_value: Share

    @property
    def net(self) -> int:
        """What came back less all fees."""
        return self.recovered - self.fees


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Counts of a set of disputes. Open, won, lost, conceded, expired and ended otherwise add up to received.

    `fought` are those answered, `fought_open` of these still undecided. `won_in_part` and `won_after_reopening` are
    parts of won, `lost_after_win` is a part of lost. `money` has one entry a currency, in the order of its code.
    """

    received: int
    open: int
    won: int
    lost: int
    conceded: int
    expired: int
    ended_otherwise: int
    fought: int
    fought_open: int
    won_in_part: int
    won_after_reopening: int
    lost_after_win: int
    won_of_contested: Share
    won_of_all: Share
    money: tuple[MoneyFigures, ...]


def figures(records: Iterable[DisputeRecord]) -> Figures:
    """Return the figures of a set of disputes.

    A win counts among the contested only if it was answered; a dispute that ended otherwise is in no win rate.
    """
    rows = tuple(records)
    fates = {fate: sum(row.fate == fate for row in rows) for fate in get_args(Fate)}
    contested = [row for row in rows if row.answered and row.fate in {"won", "lost"}]
    won = [row for row in rows if row.fate == "won"]
    return Figures(
        received=len(rows),
        **fates,
        fought=sum(row.answered for row in rows),
        fought_open=sum(row.answered and row.fate == "open" for row in rows),
        won_in_part=sum(0 < row.recovered_minor < row.amount.amount_minor for row in won),
        won_after_reopening=sum(row.reopened for row in won),
        lost_after_win=sum(row.reopened and row.fate == "lost" for row in rows),
        won_of_contested=Share(
            part=sum(row.fate == "won" for row in contested), whole=len(contested), of="contested_and_decided"
        ),
        won_of_all=Share(part=len(won), whole=sum(map(_is_decided, rows)), of="decided"),
        money=tuple(_money(rows, currency) for currency in sorted(_currencies(rows))),
    )


def figures_by(records: Iterable[DisputeRecord], dimension: Dimension, zone: tzinfo = UTC) -> Mapping[str, Figures]:
    """Return figures for each value of a dimension, in the order of the values; an unknown value is empty text.

    A code is named with its network, since it is unique only there; a month is that of the opening, in `zone`.
    """
    groups: dict[str, list[DisputeRecord]] = {}
    for record in records:
        groups.setdefault(_value_of(record, dimension, zone), []).append(record)
    return {value: figures(groups[value]) for value in sorted(groups)}


def _value_of(record: DisputeRecord, dimension: Dimension, zone: tzinfo) -> str:
    values: Mapping[Dimension, Callable[[], str]] = {
        "code": lambda: f"{record.network} {record.code}".strip(),
        "network": lambda: record.network,
        "category": lambda: record.category,
        "country": lambda: record.country,
        "goods": lambda: record.goods,
        "month": lambda: record.opened_at.astimezone(zone).strftime("%Y-%m"),
    }
    return values[dimension]()


def _is_decided(record: DisputeRecord) -> bool:
    return record.fate not in {"open", "ended_otherwise"}


def _currencies(records: Sequence[DisputeRecord]) -> set[str]:
    return {money.currency for record in records for money in (record.amount, *record.fees)}


def _money(records: Sequence[DisputeRecord], currency: str) -> MoneyFigures:
    ours = [record for record in records if record.amount.currency == currency]
    over = [record for record in ours if _is_decided(record)]
    decided = sum(record.amount.amount_minor for record in over)
    kept = sum(record.recovered_minor for record in over) - _fees(filter(_is_decided, records), currency)
    return MoneyFigures(
        currency=currency,
        disputed=sum(record.amount.amount_minor for record in ours),
        decided=decided,
        recovered=sum(record.recovered_minor for record in ours),
        fees=_fees(records, currency),
        net_value=Share(part=kept, whole=decided, of="value_decided"),
    )


def _fees(records: Iterable[DisputeRecord], currency: str) -> int:
    return sum(fee.amount_minor for record in records for fee in record.fees if fee.currency == currency)
