from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.domain.figures import FATE_OF_STATUS, DisputeRecord, figures, figures_by
from rejoinder.domain.money import Money

FEE = Money(amount_minor=1500, currency="USD")


def usd(minor: int) -> Money:
    return Money(amount_minor=minor, currency="USD")


def record(reference: str, status: str, minor: int = 10000, **changes: Any) -> DisputeRecord:
    values: dict[str, Any] = {
        "reference": reference,
        "opened_at": datetime(2026, 3, 9, 12, 0, tzinfo=UTC),
        "status": status,
        "amount": usd(minor),
        "answered": status in {"won", "lost", "submitted"},
        "network": "visa",
        "code": "13.1",
        "country": "DE",
        "goods": "physical",
        "fees": (FEE,),
    }
    return DisputeRecord(**values | changes)


# Ten disputes; what the tests expect was added up by hand.
TABLE = (
    record("d1", "won", 10000),
    record("d2", "won", 8000, recovered=usd(5000)),
    record("d3", "won_final", 6000, answered=True, reopened=True, network="mastercard", code="4853"),
    record("d4", "lost", 4000),
    record("d5", "lost", 20000, reopened=True, fees=(FEE, FEE), network="mastercard", code="4853"),
    record("d6", "lost", 3000, answered=False),
    record("d7", "expired", 2000, opened_at=datetime(2026, 3, 31, 23, 30, tzinfo=UTC)),
    record("d8", "accepted", 1000, goods="digital", country="FR"),
    record("d9", "submitted", 7000, goods="digital", country="FR"),
    record("d10", "prevented", 9000, fees=()),
)


def test_counts_of_the_table():
    found = figures(TABLE)
    assert (found.received, found.open, found.won, found.lost) == (10, 1, 3, 2)
    assert (found.conceded, found.expired, found.ended_otherwise) == (1, 2, 1)
    assert (found.fought, found.fought_open) == (6, 1)
    assert (found.won_in_part, found.won_after_reopening, found.lost_after_win) == (1, 1, 1)


def test_a_win_rate_names_what_it_was_divided_by():
    found = figures(TABLE)
    contested, everything = found.won_of_contested, found.won_of_all
    assert (contested.part, contested.whole, contested.of) == (3, 5, "contested_and_decided")
    assert contested.rate == Decimal("0.6")
    assert (everything.part, everything.whole, everything.of) == (3, 8, "decided")
    assert everything.rate == Decimal("0.375")


def test_net_value_takes_off_all_fees():
    (money,) = figures(TABLE).money
    assert (money.disputed, money.decided, money.recovered, money.fees) == (70000, 54000, 21000, 15000)
    assert money.net == 6000
    # of the eight that are over: 210.00 came back, nine fees of 15.00 were paid, 540.00 was disputed
    assert (money.net_value.part, money.net_value.whole) == (7500, 54000)
    assert money.net_value.rate == Decimal("0.1389")


def test_a_win_that_nobody_fought_for_is_not_among_the_contested():
    found = figures([record("d1", "won", answered=False), record("d2", "lost")])
    assert (found.won_of_contested.part, found.won_of_contested.whole) == (0, 1)
    assert (found.won_of_all.part, found.won_of_all.whole) == (1, 2)


def test_a_share_of_nothing_has_no_rate():
    found = figures([record("d1", "needs_response")])
    assert found.won_of_contested.rate is None
    assert found.won_of_all.rate is None
    assert found.money[0].net_value.rate is None
    assert figures([]).money == ()


def test_currencies_are_not_added():
    found = figures([record("d1", "won", amount=Money(amount_minor=5000, currency="EUR")), record("d2", "lost", 4000)])
    euro, dollar = found.money
    assert (euro.currency, euro.recovered, euro.fees, euro.net) == ("EUR", 5000, 0, 5000)
    assert (dollar.currency, dollar.disputed, dollar.fees, dollar.net) == ("USD", 4000, 3000, -3000)


def test_what_came_back_is_in_the_currency_of_the_dispute():
    with pytest.raises(ValueError, match="'d1' is in USD"):
        record("d1", "won", recovered=Money(amount_minor=1, currency="EUR"))


@pytest.mark.parametrize(
    ("dimension", "received"),
    [
        ("code", {"mastercard 4853": 2, "visa 13.1": 8}),
        ("network", {"mastercard": 2, "visa": 8}),
        ("country", {"DE": 8, "FR": 2}),
        ("goods", {"digital": 2, "physical": 8}),
        ("month", {"2026-03": 10}),
        ("category", {"": 10}),
    ],
)
def test_figures_by_dimension(dimension: Any, received: dict[str, int]):
    assert {value: found.received for value, found in figures_by(TABLE, dimension).items()} == received


def test_a_month_is_that_of_the_merchants_zone():
    by_month = figures_by(TABLE, "month", ZoneInfo("Asia/Shanghai"))
    assert {month: found.received for month, found in by_month.items()} == {"2026-03": 9, "2026-04": 1}


STATUSES = st.sampled_from([*FATE_OF_STATUS, "needs_response", "submitted", "inquiry_open", "unknown"])
RECORDS = st.lists(
    st.builds(
        record,
        reference=st.text(max_size=3),
        status=STATUSES,
        minor=st.integers(0, 10**6),
        answered=st.booleans(),
        country=st.sampled_from(["DE", "FR", ""]),
    ),
    max_size=20,
)


@given(RECORDS)
def test_every_dispute_is_counted_once(records: list[DisputeRecord]):
    found = figures(records)
    ends = (found.open, found.won, found.lost, found.conceded, found.expired, found.ended_otherwise)
    assert sum(ends) == found.received == len(records)
    assert found.won_of_contested.part <= found.won_of_contested.whole <= found.fought
    assert found.won_of_all.whole == found.received - found.open - found.ended_otherwise


@given(RECORDS)
def test_the_parts_of_a_dimension_add_up(records: list[DisputeRecord]):
    parts = figures_by(records, "country")
    assert Counter({c: f.received for c, f in parts.items()}) == Counter(r.country for r in records)
    assert sum(m.net for f in parts.values() for m in f.money) == sum(m.net for m in figures(records).money)
