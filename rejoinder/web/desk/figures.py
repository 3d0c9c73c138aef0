"""What became of the disputes: counts, win rates and money, each beside what it was divided by; a page and a CSV."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from knowledge.reason_words import network_name, plain_words, reason_title
from knowledge.worth import processor_fees
from rejoinder.domain.figures import Dimension, DisputeRecord, Figures, MoneyFigures, Share, figures, figures_by
from rejoinder.domain.money import Money, from_decimal
from rejoinder.errors import NotFound
from rejoinder.web.auth import AppVisitor, Visitor
from rejoinder.web.context import AppDesk, Desk
from rejoinder.web.pages import download, page
from rejoinder.web.words import Words, zone_of

router = APIRouter()

DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
EARLIEST, LATEST = date(1990, 1, 1), date(2999, 12, 31)
NO_CURRENCY = "XXX"
WITHOUT_FEE = ("alert_", "inquiry_")
"""Beginnings of states in which no dispute fee was charged yet."""

TITLES: Mapping[Dimension, str] = {
    "code": "Reason code",
    "network": "Card network",
    "category": "Category",
    "country": "Country of delivery",
    "goods": "Goods",
    "month": "Month",
}
COLUMNS = (
    "Disputes received", "Fought", "Won", "Lost", "Conceded", "Expired", "Ended otherwise", "Open",
    "Won of those fought and decided", "Won of all decided", "Came back", "Fees", "Net after fees",
)  # fmt: skip
COUNTS = ("received", "fought", "won", "lost", "conceded", "expired", "ended_otherwise", "open")
MONEY = ("disputed", "recovered", "fees", "net")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is shown. Days are whole days in `zone`, both counted in; None leaves the period open at that end."""

    merchant_ids: tuple[int, ...]
    zone: tzinfo
    since: date | None = None
    until: date | None = None
    by: Dimension = "month"
    problem: str = ""

    @property
    def start(self) -> datetime | None:
        """The first instant of the period."""
        return datetime.combine(self.since, time(), self.zone) if self.since else None

    @property
    def end(self) -> datetime | None:
        """The first instant after the period."""
        return datetime.combine(self.until + timedelta(days=1), time(), self.zone) if self.until else None


@router.get("/figures")
def show_figures(
    request: Request,
    desk: AppDesk,
    visitor: AppVisitor,
    since: str = "",
    until: str = "",
    by: str = "month",
    merchant: str = "",
) -> Response:
    """Show the figures of a period, whole and by one dimension."""
    asked = read_asked(desk, visitor, since, until, by, merchant)
    records = records_of(desk, asked)
    given = {"since": since, "until": until, "merchant": merchant}
    return page(
        request,
        "figures.html",
        asked=asked,
        typed=given,
        query=urlencode({name: value for name, value in given.items() if value}),
        merchants=desk.merchants(visitor.merchant_ids),
        titles=TITLES,
        columns=COLUMNS,
        whole=figures(records),
        parts=figures_by(records, asked.by, asked.zone),
        priced=sum(bool(record.fees) for record in records),
        chargeable=sum(not record.status.startswith(WITHOUT_FEE) for record in records),
        lines=money_lines,
        money=Money,
        rate=rate_text,
        label=label_of,
    )


@router.get("/figures.csv")
def download_figures(
    desk: AppDesk, visitor: AppVisitor, since: str = "", until: str = "", merchant: str = ""
) -> Response:
    """Hand out the figures of a period by every dimension, one line a value and currency."""
    asked = read_asked(desk, visitor, since, until, "month", merchant)
    if asked.problem:
        raise NotFound(asked.problem)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(HEADINGS)
    writer.writerows(csv_rows(records_of(desk, asked), asked.zone))
    period = "-".join(day.isoformat() for day in (asked.since, asked.until) if day)
    return download(written.getvalue().encode("utf-8-sig"), f"figures-{period or 'all'}.csv")


def read_asked(desk: Desk, visitor: Visitor, since: str, until: str, by: str, merchant: str) -> Asked:
    """Return what was asked for; a day that is none leaves the period open and is named in `problem`."""
    mine = desk.merchants(visitor.merchant_ids)
    chosen = {key: one for key, one in mine.items() if not merchant or one.slug == merchant}
    zones = {one.timezone for one in chosen.values()}
    problem = "" if chosen else "There is no such merchant."
    days = [_day(text) for text in (since, until)]
    if any(text and day is None for text, day in zip((since, until), days, strict=True)):
        problem = "Write days like 2026-12-04."
    if days[0] and days[1] and days[0] > days[1]:
        problem = "The period ends before it starts."
    return Asked(
        merchant_ids=tuple(chosen),
        zone=zone_of(zones.pop()) if len(zones) == 1 else zone_of("UTC"),
        since=days[0],
        until=days[1],
        by=by if by in DIMENSIONS else "month",
        problem=problem,
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def records_of(desk: Desk, asked: Asked) -> list[DisputeRecord]:
    """Return the disputes of the period with the fees that the processors' price lists name."""
    found = desk.store.dispute_records(asked.merchant_ids, asked.start, asked.end)
    return [with_fees(record) for record in found]


def with_fees(record: DisputeRecord) -> DisputeRecord:
    """Return the dispute with the fees that were charged for it and not returned, by the processor's price list."""
    known = processor_fees(record.processor, record.amount.currency, on=record.opened_at.date())
    if known is None or record.status.startswith(WITHOUT_FEE):
        return record
    won = record.fate == "won"
    charged = [
        None if won and known.dispute_fee_returned else known.dispute_fee,
        known.contest_fee if record.answered and not (won and known.contest_fee_returned) else None,
    ]
    return replace(record, fees=tuple(from_decimal(fee, known.currency) for fee in charged if fee))


HEADINGS = (
    "dimension", "value", *COUNTS, "fought_open",
    "won_of_contested_and_decided", "contested_and_decided", "won_of_decided", "decided",
    "currency", *MONEY, "value_decided", "net_of_value_decided",
)  # fmt: skip


def csv_rows(records: Sequence[DisputeRecord], zone: tzinfo) -> Iterator[Sequence[str]]:
    """Yield the lines of the file below its headings: all disputes, then each dimension's values.

    A second currency has a line of its own without the counts, so that a column may be added up.
    """
    yield from _rows("all", "", figures(records))
    for dimension in DIMENSIONS:
        for value, part in figures_by(records, dimension, zone).items():
            yield from _rows(dimension, value, part)


def _rows(dimension: str, value: str, found: Figures) -> Iterator[Sequence[str]]:
    shares = (found.won_of_contested, found.won_of_all)
    counted = [str(getattr(found, name)) for name in (*COUNTS, "fought_open")]
    counted += [str(number) for share in shares for number in (share.part, share.whole)]
    lines = [
        (
            line.currency,
            *(_decimal(getattr(line, name), line.currency) for name in MONEY),
            _decimal(line.net_value.whole, line.currency),
            "" if line.net_value.rate is None else str(line.net_value.rate),
        )
        for line in money_lines(found)
    ]
    for number, line in enumerate(lines or [("",) * (len(MONEY) + 3)]):
        yield [dimension, _harmless(value), *(counted if number == 0 else [""] * len(counted)), *line]


def _decimal(minor: int, currency: str) -> str:
    return f"{Money(amount_minor=minor, currency=currency).decimal:f}"


def _harmless(value: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def money_lines(found: Figures) -> tuple[MoneyFigures, ...]:
    """Return the sums of money, but for disputes whose amount nobody named."""
    return tuple(line for line in found.money if line.currency != NO_CURRENCY)


def rate_text(share: Share) -> str:
    """Return a share with its denominator, such as `62.5 % (5/8)`; a dash of nothing."""
    if share.rate is None:
        return "– (0/0)"
    return f"{(share.rate * 100).quantize(Decimal('0.1')).normalize():f} % ({share.part}/{share.whole})"


def label_of(words: Words, dimension: Dimension, value: str) -> str:
    """Return the value of a dimension as people read it; an unknown one says so."""
    named: Mapping[Dimension, Callable[[], str]] = {
        "category": lambda: plain_words(value, words.language).title,
        "goods": lambda: words.code(value),
        "country": lambda: words.country(value),
        "network": lambda: network_name(value),
        "code": lambda: _code_name(value),
        "month": lambda: value,
    }
    return named[dimension]() if value else words.t("Not known")


def _code_name(value: str) -> str:
    network, _, code = value.partition(" ")
    return " ".join(filter(None, (network_name(network), code, reason_title(network, code))))
