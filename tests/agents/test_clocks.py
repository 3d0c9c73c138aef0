"""The clocks of a dispute: zones, changes of the clock, ends of months, holidays of both sides."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from agents.dispute.clocks import read_clocks
from agents.dispute.working_days import add_working_days, earliest, is_working_day
from knowledge import rails
from prompts.findings import LANGUAGES, explain
from rejoinder.domain.cases import Dispute, Merchant
from rejoinder.domain.lifecycle import Move

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shop(timezone="UTC", country="US"):
    return Merchant(merchant_id=1, slug="s", name="Example Shop", timezone=timezone, country=country)


def a_dispute(processor="stripe", network="visa", opened=None, moves=(), **more):
    first = Move(event_id="e1", witness="processor", occurred_at=opened, stage="first", state="needs_response")
    values = {"status": "needs_response", "stage": "first", "sources": ("webhook",)}
    return Dispute(
        **values | {"processor": processor, "reference": "d1", "network": network} | more, moves=moves or (first,)
    )


def clocks(dispute=None, merchant=None, now=NOW, **more):
    return read_clocks(dispute or a_dispute(), merchant or shop(), now, **more)


PRINTED = [
    # processor, zone of the merchant, as printed, instant in UTC
    ("stripe", "UTC", date(2026, 3, 9), "2026-03-09T23:59:59"),
    ("stripe", "Asia/Shanghai", date(2026, 3, 9), "2026-03-09T15:59:59"),
    ("stripe", "America/New_York", date(2026, 3, 7), "2026-03-08T04:59:59"),  # the day before summer time
    ("stripe", "America/New_York", date(2026, 3, 8), "2026-03-09T03:59:59"),  # the day of 23 hours
    ("stripe", "America/New_York", date(2026, 11, 1), "2026-11-02T04:59:59"),  # the day of 25 hours
    ("stripe", "Europe/Berlin", date(2026, 3, 29), "2026-03-29T21:59:59"),
    ("stripe", "Europe/Berlin", date(2026, 10, 25), "2026-10-25T22:59:59"),
    ("stripe", "Asia/Kolkata", date(2026, 2, 28), "2026-02-28T18:29:59"),  # half an hour
    ("stripe", "Asia/Kathmandu", date(2028, 2, 29), "2028-02-29T18:14:59"),  # a quarter, in a leap year
    ("stripe", "Pacific/Auckland", date(2026, 12, 31), "2026-12-31T10:59:59"),
    ("stripe", "Pacific/Honolulu", date(2026, 12, 31), "2027-01-01T09:59:59"),
    ("stripe", "America/Santiago", date(2026, 4, 4), "2026-04-05T02:59:59"),  # 23:59 comes twice: the first
    (
        "stripe",
        "America/New_York",
        datetime.fromisoformat("2026-11-01T01:30"),
        "2026-11-01T05:30:00",
    ),  # comes twice: the first
    (
        "stripe",
        "America/New_York",
        datetime.fromisoformat("2026-03-08T02:30"),
        "2026-03-08T06:30:00",
    ),  # never comes: the earlier
    ("stripe", "Asia/Shanghai", datetime.fromisoformat("2026-03-09T18:00"), "2026-03-09T10:00:00"),
    ("stripe", "Asia/Shanghai", datetime(2026, 3, 9, 18, 0, tzinfo=UTC), "2026-03-09T18:00:00"),
    ("shopify", "America/New_York", date(2026, 3, 9), "2026-03-09T09:59:59"),  # zone unknown: where the day ends first
    ("braintree", "Asia/Shanghai", date(2026, 3, 31), "2026-03-31T09:59:59"),
    ("no_such_bank", "Europe/Berlin", date(2026, 2, 28), "2026-02-28T09:59:59"),
    ("ebay", "Asia/Shanghai", date(2026, 3, 7), "2026-03-08T07:59:59"),  # Pacific time
    ("ebay", "Asia/Shanghai", date(2026, 3, 8), "2026-03-09T06:59:59"),  # Pacific summer time
]


@pytest.mark.parametrize(("processor", "zone", "printed", "instant"), PRINTED)
def test_a_printed_deadline_ends(processor, zone, printed, instant):
    found = clocks(a_dispute(processor), shop(zone), due=printed)
    assert found.processor_by == found.due_by == utc(instant)
    assert found.ruled_by == "processor"


COUNTED = [
    # processor, network, stage, country of the merchant, opened, ends (both UTC)
    ("adyen", "visa", "first", "DE", "2026-03-09T08:00:00", "2026-03-27T08:00:00"),
    ("adyen", "visa", "first", "US", "2026-03-09T08:00:00", "2026-03-18T08:00:00"),
    ("adyen", "visa", "first", "US", "2025-07-20T23:00:00", "2025-08-07T23:00:00"),  # the day before nine days came
    ("adyen", "visa", "first", "CA", "2025-07-21T00:00:00", "2025-07-30T00:00:00"),
    ("adyen", "mastercard", "first", "DE", "2026-01-31T10:00:00", "2026-03-12T10:00:00"),  # over February
    ("adyen", "mastercard", "first", "DE", "2028-01-31T10:00:00", "2028-03-11T10:00:00"),  # over a leap day
    ("adyen", "amex", "inquiry", "DE", "2026-12-20T10:00:00", "2027-01-03T10:00:00"),  # over the new year
    ("adyen", "klarna", "inquiry", "DE", "2026-03-27T12:00:00", "2026-03-31T12:00:00"),  # 96 hours, over summer time
    ("airwallex", "visa", "alert", "HK", "2026-02-27T20:00:00", "2026-03-02T13:00:00"),  # 65 hours
    ("paypal", "paypal", "inquiry", "US", "2026-02-10T00:00:00", "2026-03-02T00:00:00"),
    ("paypal", "paypal", "first", "US", "2026-10-31T09:00:00", "2026-11-10T09:00:00"),
    ("klarna", "klarna", "first", "SE", "2026-01-31T23:30:00", "2026-02-21T23:30:00"),
    ("klarna", "klarna", "prearb", "SE", "2026-02-28T23:30:00", "2026-03-10T23:30:00"),
]


@pytest.mark.parametrize(("processor", "network", "stage", "country", "opened", "ends"), COUNTED)
def test_a_deadline_that_nobody_printed_is_counted(processor, network, stage, country, opened, ends):
    move = Move(event_id="e", witness="processor", occurred_at=utc(opened), stage=stage, state="needs_response")
    found = clocks(a_dispute(processor, network, moves=(move,)), shop(country=country))
    assert found.processor_by == found.due_by == utc(ends)


OWN = [
    # zone and country of the merchant, deadline (UTC), close of the working day that leaves 48 hours (UTC)
    ("Europe/Berlin", "DE", "2026-03-12T22:59:59", "2026-03-10T16:00:00"),  # Thursday night: Tuesday, five o'clock
    ("Europe/Berlin", "DE", "2026-03-12T16:00:00", "2026-03-10T16:00:00"),  # to the second
    ("Europe/Berlin", "DE", "2026-03-12T15:59:59", "2026-03-09T16:00:00"),  # a second less: the day before
    ("Europe/Berlin", "DE", "2026-03-16T22:59:59", "2026-03-13T16:00:00"),  # Monday: over the weekend to Friday
    ("Europe/Berlin", "DE", "2026-03-31T21:59:59", "2026-03-27T16:00:00"),  # summer time began on Sunday
    ("Europe/Berlin", "DE", "2026-04-01T21:59:59", "2026-03-30T15:00:00"),
    ("Europe/Berlin", "DE", "2026-04-08T21:59:59", "2026-04-02T15:00:00"),  # Easter Monday and Good Friday
    ("Europe/Berlin", "DE", "2027-01-03T22:59:59", "2026-12-31T16:00:00"),
    ("America/New_York", "US", "2026-07-05T12:00:00", "2026-07-02T21:00:00"),  # Independence Day kept on Friday
    ("America/New_York", "US", "2026-11-28T12:00:00", "2026-11-25T22:00:00"),  # Thanksgiving
    ("America/New_York", "US", "2026-03-10T12:00:00", "2026-03-06T22:00:00"),
    ("Asia/Shanghai", "CN", "2026-02-20T12:00:00", "2026-02-14T09:00:00"),  # Spring Festival; Saturday made up
    ("Asia/Shanghai", "CN", "2026-10-09T12:00:00", "2026-09-30T09:00:00"),  # the golden week
    ("Asia/Shanghai", "CN", "2026-03-02T12:00:00", "2026-02-28T09:00:00"),  # a Saturday that is worked
    ("Asia/Dubai", "AE", "2026-06-09T12:00:00", "2026-06-05T13:00:00"),  # weekend on Saturday and Sunday
    ("Asia/Riyadh", "SA", "2026-08-09T12:00:00", "2026-08-06T14:00:00"),  # weekend on Friday and Saturday
    ("Asia/Jerusalem", "IL", "2026-08-09T12:00:00", "2026-08-06T14:00:00"),
    ("Asia/Tokyo", "JP", "2026-05-08T12:00:00", "2026-05-01T08:00:00"),  # Golden Week
    ("Europe/London", "GB", "2026-12-30T12:00:00", "2026-12-24T17:00:00"),  # Boxing Day kept on Monday
    ("America/Sao_Paulo", "BR", "2026-04-23T12:00:00", "2026-04-20T20:00:00"),  # Tiradentes
    ("Asia/Kolkata", "IN", "2026-01-28T12:00:00", "2026-01-23T11:30:00"),  # Republic Day
    ("UTC", "", "2026-12-28T12:00:00", "2026-12-25T17:00:00"),  # country not set: only the weekend is known
]


@pytest.mark.parametrize(("zone", "country", "due", "own"), OWN)
def test_the_merchants_own_clock_ends_with_a_working_day(zone, country, due, own):
    found = clocks(merchant=shop(zone, country), due=utc(due))
    assert found.merchant_by == utc(own)
    assert found.due_by == utc(due)  # the processor's deadline does not move


def codes(found):
    return {finding.code: finding for finding in found.findings}


def test_the_days_of_a_rail_in_working_days_keep_its_own_holidays(monkeypatch):
    known = rails.rails()["ebay"]
    sure = tuple(replace(answer, basis=replace(answer.basis, confidence="medium")) for answer in known.answers)
    monkeypatch.setattr("agents.dispute.clocks.rail", lambda _: replace(known, answers=sure))
    found = clocks(a_dispute("ebay", "", opened=utc("2026-11-24T20:00:00")), shop("Asia/Shanghai", "CN"))
    assert found.processor_by == utc("2026-12-03T07:59:59")  # Thanksgiving and a weekend are not counted


def test_what_a_rail_is_unsure_of_sets_no_deadline():
    found = clocks(a_dispute("ebay", "", opened=NOW))
    assert (found.processor_by, found.due_by, found.ruled_by) == (None, None, "nobody")
    assert codes(found)["clock_processor_counted"].verdict == "unknown"


def test_an_unknown_deadline_is_never_guessed():
    found = clocks(a_dispute("stripe", opened=NOW))
    assert (found.processor_by, found.merchant_by, found.due_by, found.time_left(NOW)) == (None, None, None, None)
    assert codes(found)["clock_processor_unknown"].missing == "respond_by"


def test_the_networks_limit_alone_is_a_ceiling_and_no_deadline():
    found = clocks(a_dispute("stripe"), raised=date(2026, 3, 1))
    assert found.network_by == utc("2026-03-31T09:59:59")
    assert found.due_by is None


@pytest.mark.parametrize(
    ("due", "by", "ruled_by"),
    [
        ("2026-03-20T12:00:00", "2026-03-20T12:00:00", "processor"),
        ("2026-04-20T12:00:00", "2026-03-31T09:59:59", "network"),
    ],
)
def test_the_earlier_of_processor_and_network_rules(due, by, ruled_by):
    found = clocks(due=utc(due), raised=date(2026, 3, 1))
    assert (found.due_by, found.ruled_by) == (utc(by), ruled_by)


@pytest.mark.parametrize(
    ("network", "code", "stage", "raised", "by"),
    [
        ("visa", "10.4", "first", date(2026, 1, 31), "2026-03-02T09:59:59"),
        ("visa", "10.4", "first", date(2028, 1, 31), "2028-03-01T09:59:59"),
        ("mastercard", "4853", "first", date(2026, 1, 15), "2026-03-01T09:59:59"),
        ("amex", "", "first", date(2026, 2, 10), "2026-03-02T09:59:59"),
        ("visa", "", "arbitration", date(2026, 2, 20), "2026-03-02T09:59:59"),
        ("mastercard", "", "prearb", date(2026, 2, 20), None),
    ],
)
def test_the_network_counts_from_the_day_it_processed(network, code, stage, raised, by):
    move = Move(event_id="e", witness="processor", stage=stage, state="needs_response")
    found = clocks(a_dispute("stripe", network, reason_code=code, moves=(move,)), raised=raised)
    assert found.network_by == (utc(by) if by else None)


def test_a_spent_submission_shows_no_time_left():
    asked = Move(event_id="e1", witness="processor", occurred_at=NOW, stage="first", state="needs_response")
    sent = replace(asked, event_id="e2", submissions=("d1#1",))
    found = clocks(a_dispute(moves=(asked, sent)), due=NOW + timedelta(days=5))
    assert found.time_left(NOW) == timedelta(0)
    assert "clock_spent" in codes(found)


def test_a_case_that_waits_for_nothing_shows_no_time_left():
    found = clocks(replace(a_dispute("paypal", ""), moves=(), status="submitted"), due=NOW + timedelta(days=5))
    assert found.time_left(NOW) == timedelta(0)
    assert "clock_not_open" in codes(found)


def test_pre_arbitration_can_be_answered_after_the_first_answer_was_spent():
    first = Move(
        event_id="e1", witness="processor", occurred_at=NOW, stage="first", state="submitted", submissions=("a",)
    )
    second = replace(first, event_id="e2", stage="prearb", state="prearb_open")
    found = clocks(a_dispute(moves=(first, second)), due=NOW + timedelta(days=5))
    assert found.time_left(NOW) == timedelta(days=5)


def test_time_that_ran_out_is_negative():
    found = clocks(due=NOW - timedelta(hours=3))
    assert found.time_left(NOW) == timedelta(hours=-3)


def test_time_left_needs_a_zone():
    with pytest.raises(ValueError, match="zone"):
        clocks(due=NOW).time_left(datetime.fromisoformat("2026-03-02"))


def test_little_time_is_halved():
    opened = utc("2026-02-27T20:00:00")  # Friday night, 65 hours
    move = Move(event_id="e", witness="processor", occurred_at=opened, stage="alert", state="alert_open")
    found = clocks(a_dispute("airwallex", moves=(move,)), shop("Europe/Berlin", "DE"))
    assert found.merchant_by == found.due_by - timedelta(hours=32.5)
    assert codes(found)["clock_merchant"].values["why"] == "short"


def test_a_merchant_may_want_more_time():
    patient = replace(shop("Europe/Berlin", "DE"), buffer_hours=7 * 24)
    found = clocks(merchant=patient, due=utc("2026-03-20T22:59:59"))
    assert found.merchant_by == utc("2026-03-13T16:00:00")


@pytest.mark.parametrize(
    ("due", "why"),
    [("2026-03-12T22:59:59", "night"), ("2026-03-16T22:59:59", "weekend"), ("2026-04-08T21:59:59", "holiday")],
)
def test_why_the_own_clock_is_earlier_is_told(due, why):
    found = clocks(merchant=shop("Europe/Berlin", "DE"), due=utc(due))
    assert codes(found)["clock_merchant"].values["why"] == why


def test_everything_can_be_said_in_both_languages():
    told = clocks(a_dispute("shopify"), shop(country=""), due=date(2026, 3, 9), raised=date(2026, 3, 1))
    counted = clocks(a_dispute("adyen", opened=NOW))
    unknown = clocks(a_dispute("ebay", "", opened=NOW))
    nothing = clocks(a_dispute("stripe", ""))
    over = clocks(replace(a_dispute(), moves=(), status="lost"))
    sent = Move(event_id="e", witness="processor", stage="first", state="submitted", submissions=("a",))
    spent = clocks(a_dispute(moves=(sent,)))
    findings = [f for found in (told, counted, unknown, nothing, over, spent) for f in found.findings]
    assert all(explain(finding, language) for finding in findings for language in LANGUAGES)


def test_every_kind_of_silence_can_be_said():
    for processor, network, stage in [
        ("stripe", "visa", "first"), ("adyen", "visa", "first"), ("braintree", "visa", "first"),
        ("stripe", "visa", "prearb"), ("stripe", "amex", "inquiry"), ("shopify", "visa", "first"),
        ("paypal", "", "first"), ("no_such_bank", "", "first"),
    ]:  # fmt: skip
        move = Move(event_id="e", witness="processor", stage=stage, state="needs_response")
        said = codes(clocks(a_dispute(processor, network, moves=(move,))))["clock_silence"]
        assert all(explain(said, language) for language in LANGUAGES)


def test_a_country_without_a_calendar_keeps_the_weekend():
    assert is_working_day(date(2026, 3, 6), "XX")
    assert not is_working_day(date(2026, 3, 7), "XX")


def test_working_days_do_not_count_the_day_itself():
    assert add_working_days(date(2026, 3, 6), 1, "DE") == date(2026, 3, 9)
    assert add_working_days(date(2026, 3, 6), 0, "DE") == date(2026, 3, 6)


def test_a_time_that_comes_twice_is_the_first():
    assert earliest(date(2026, 10, 25), time(2, 30), ZoneInfo("Europe/Berlin")) == utc("2026-10-25T00:30:00")
