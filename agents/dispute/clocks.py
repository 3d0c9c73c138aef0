"""How long there is to answer a dispute: the processor's clock, the network's, and the merchant's own buffer."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from agents.dispute.working_days import (
    DAY_ENDS,
    FIRST_ZONE,
    add_working_days,
    earliest,
    has_calendar,
    is_working_day,
    last_close,
)
from knowledge import reason_codes
from knowledge.rails import AnswerTime, Circumstances, Rail, network_rules, rail, sources
from rejoinder.domain.cases import Dispute, Merchant
from rejoinder.domain.disputes import NEEDS_ANSWER, lifecycle
from rejoinder.domain.judgement import Compared, Finding
from rejoinder.domain.lifecycle import Lifecycle

RuledBy = Literal["processor", "network", "nobody"]
"""How long before the deadline an answer should be out, unless the merchant chose otherwise."""


@dataclass(frozen=True, kw_only=True)
class Clocks:
    """The instants, in UTC, until which a dispute can be answered; None is not known and never guessed.

    `due_by` is the earlier of the processor's deadline and the network's: after it no answer counts. The network's
    alone is only a ceiling, for processors ask for answers sooner, so that it rules only beside the processor's.
    `merchant_by` is the close of a working day of the merchant's, the buffer or more before `due_by`. `open`: an
    answer can still be given. `findings` say all of it in words.
    """

    processor_by: datetime | None
    network_by: datetime | None
    merchant_by: datetime | None
    due_by: datetime | None
    ruled_by: RuledBy
    open: bool
    findings: tuple[Finding, ...]

    def time_left(self, now: datetime) -> timedelta | None:
        """Return the time until `due_by`: negative when overdue, zero when no answer can be given, None when unknown.

        Raises:
            ValueError: `now` has no time zone.
        """
        if now.tzinfo is None:
            raise ValueError("the time left needs an instant with a zone")
        if not self.open:
            return timedelta(0)
        return None if self.due_by is None else self.due_by - now


@dataclass(frozen=True, kw_only=True)
class _Clock:
    """One deadline with what explains it."""

    by: datetime | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class _Matter:
    """What the clocks are read from."""

    dispute: Dispute
    cycle: Lifecycle
    rail: Rail
    zone: tzinfo
    country: str
    due: datetime | date | None
    raised: date | None
    today: date

    @property
    def circumstances(self) -> Circumstances:
        """What decides which entry of the rail holds, on the day the dispute was opened."""
        opened = self.cycle.opened_at
        return Circumstances(
            network=self.dispute.network.casefold(),
            stage=self.cycle.stage if self.cycle.stage != "unknown" else "first",
            category=self.dispute.category,
            country=self.country,
            day=opened.date() if opened else self.today,
        )


def read_clocks(
    dispute: Dispute,
    merchant: Merchant,
    now: datetime,
    *,
    due: datetime | date | None = None,
    raised: date | None = None,
) -> Clocks:
    """Return how long there is to answer.

    Args:
        dispute: its processor names the rail; its course says which stage is open and what was submitted.
        merchant: with the zone, the country whose working days count, and how long before it wants to be done.
        now: decides which entries of the rail hold when it is not known when the dispute was opened.
        due: the deadline as the processor printed it, when more is known than `dispute.respond_by`: a bare date, or a
            time without a zone, is read in the processor's zone.
        raised: the day the network processed the dispute, from which the network counts.
    """
    cycle = lifecycle(dispute)
    matter = _Matter(
        dispute=dispute,
        cycle=cycle,
        rail=rail(dispute.processor),
        zone=ZoneInfo(merchant.timezone),
        country=merchant.country.upper(),
        due=due or dispute.respond_by,
        raised=raised,
        today=now.astimezone(UTC).date(),
    )
    processor, network = _processor_clock(matter), _network_clock(matter)
    due_by, ruled_by = _earliest(processor.by, network.by)
    own = _merchant_clock(matter, due_by, timedelta(hours=merchant.buffer_hours))
    spent = _spent(matter)
    return Clocks(
        processor_by=processor.by,
        network_by=network.by,
        merchant_by=own.by,
        due_by=due_by,
        ruled_by=ruled_by,
        open=not spent,
        findings=(
            *spent,
            *processor.findings,
            *network.findings,
            _ruling(matter, due_by, ruled_by),
            *_overdue(matter, due_by, own.by, now),
            *own.findings,
            _silence(matter),
        ),
    )


def _processor_clock(matter: _Matter) -> _Clock:
    """Return the deadline that the processor told, else the one that its documented time to answer makes."""
    opened = matter.cycle.opened_at
    if matter.due is not None:
        by, zone_finding = _instant(matter, matter.due)
        told = Compared(record="dispute", field="respond_by", value=matter.due.isoformat())
        values = {"title": matter.rail.title, "by": _shown(by, matter.zone)}
        finding = Finding(code="clock_processor_told", verdict="holds", values=values, compared=(told,))
        return _Clock(by=by, findings=(finding, *zone_finding))
    time = matter.rail.answer_time(matter.circumstances)
    if time is None or opened is None:
        unknown = Finding(
            code="clock_processor_unknown",
            verdict="unknown",
            values={"title": matter.rail.title},
            missing="respond_by" if time is None else "opened_at",
        )
        return _Clock(by=None, findings=(unknown,))
    return _counted(matter, time, opened)


def _counted(matter: _Matter, time: AnswerTime, opened: datetime) -> _Clock:
    """Count the rail's time to answer; what the rail itself is unsure of is shown, but sets no deadline."""
    by, zone_finding = _after(matter, opened, time)
    sure = time.basis.confidence != "low"
    unit = next(unit for unit in ("hours", "days", "business_days") if getattr(time, unit) is not None)
    values = {
        "title": matter.rail.title,
        "by": _shown(by, matter.zone),
        "opened": _shown(opened, matter.zone),
        "count": str(getattr(time, unit)),
        "unit": unit,
        "source": sources()[time.basis.source].title,
        "read": time.basis.read,
    }
    compared = (
        Compared(record="dispute", field="opened_at", value=opened.isoformat()),
        Compared(record=f"rail {matter.rail.rail}", field=unit, value=values["count"]),
    )
    finding = Finding(
        code="clock_processor_counted",
        verdict="holds" if sure else "unknown",
        values=values,
        compared=compared,
        missing="" if sure else "respond_by",
    )
    return _Clock(by=by if sure else None, findings=(finding, *zone_finding))


def _after(matter: _Matter, opened: datetime, time: AnswerTime) -> tuple[datetime, tuple[Finding, ...]]:
    """Return when a time to answer ends: hours to the minute, days at the same time of day, working days at day's end.

    Days are counted on the calendar of the processor's zone.
    """
    if time.hours is not None:
        return (opened + timedelta(hours=time.hours)).astimezone(UTC), ()
    zone, unknown = _zone_of_rail(matter)
    local = opened.astimezone(zone)
    if time.business_days is not None:
        day = add_working_days(local.date(), time.business_days, matter.rail.holidays_of)
        return earliest(day, DAY_ENDS, zone), unknown
    day = local.date() + timedelta(days=time.days or 0)
    return earliest(day, local.time(), zone), ()


def _network_clock(matter: _Matter) -> _Clock:
    days = _network_days(matter)
    rules = network_rules().get(matter.circumstances.network)
    name = rules.title if rules else matter.dispute.network
    if days is None or matter.raised is None:
        missing = "network" if days is None else "raised_on"
        values = {"network": name, "days": str(days or "")}
        finding = Finding(code="clock_network_unknown", verdict="unknown", values=values, missing=missing)
        return _Clock(by=None, findings=(finding,))
    by = earliest(matter.raised + timedelta(days=days), DAY_ENDS, FIRST_ZONE)
    values = {"network": name, "days": str(days), "raised": matter.raised.isoformat(), "by": _shown(by, matter.zone)}
    compared = (
        Compared(record="dispute", field="raised_on", value=values["raised"]),
        Compared(record="network", field="days", value=str(days)),
    )
    return _Clock(
        by=by, findings=(Finding(code="clock_network_counted", verdict="holds", values=values, compared=compared),)
    )


def _network_days(matter: _Matter) -> int | None:
    """Return the network's days to answer: those of a later stage, of the code's window, or of all its windows."""
    of = matter.circumstances
    rules = network_rules().get(of.network)
    later = [answer.days for answer in rules.answers if answer.scope.covers(of)] if rules else []
    if later or of.stage not in {"first", "compliance"}:
        return later[0] if later else None
    windows = reason_codes.windows()
    code = reason_codes.find(of.network, matter.dispute.reason_code)
    named = (
        [code.window]
        if code
        else {entry.window for entry in reason_codes.reason_codes() if entry.network == of.network}
    )
    days = [windows[name].network_days for name in named if name in windows]
    return min((count for count in days if count is not None), default=None)


def _earliest(processor: datetime | None, network: datetime | None) -> tuple[datetime | None, RuledBy]:
    if processor is None:
        return None, "nobody"
    if network is not None and network < processor:
        return network, "network"
    return processor, "processor"


def _merchant_clock(matter: _Matter, due_by: datetime | None, buffer: timedelta) -> _Clock:
    """Return the close of the merchant's last working day that leaves the buffer; half the time when there is little.

    When no working day ends between the opening and then, the buffer alone counts.
    """
    if due_by is None:
        return _Clock(by=None, findings=())
    opened = matter.cycle.opened_at
    kept = min(buffer, (due_by - opened) / 2) if opened and opened < due_by else buffer
    wanted = due_by - kept
    by = last_close(wanted, matter.zone, matter.country)
    short = opened is not None and by <= opened
    by = wanted if short else by
    values = {
        "by": _shown(by, matter.zone),
        "hours": str(int(kept.total_seconds() // 3600)),
        "why": "short" if short else _why_moved(matter, wanted, by),
    }
    findings = [Finding(code="clock_merchant", verdict="holds", values=values)]
    if not has_calendar(matter.country):
        named = {"country": matter.country}
        findings.append(Finding(code="clock_calendar_unknown", verdict="unknown", values=named, missing="country"))
    return _Clock(by=by, findings=tuple(findings))


def _why_moved(matter: _Matter, wanted: datetime, by: datetime) -> str:
    """Return what lies between the two: holiday, weekend, or night when they are on neighbouring working days."""
    first, last = by.astimezone(matter.zone).date(), wanted.astimezone(matter.zone).date()
    between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    closed = [day for day in between if not is_working_day(day, matter.country)]
    if not closed:
        return "night"
    return "weekend" if all(day.weekday() >= 5 for day in closed) else "holiday"


def _instant(matter: _Matter, due: datetime | date) -> tuple[datetime, tuple[Finding, ...]]:
    """Return a printed deadline as an instant; what has no zone is read in the processor's."""
    if isinstance(due, datetime) and due.tzinfo is not None:
        return due.astimezone(UTC), ()
    zone, unknown = _zone_of_rail(matter)
    if isinstance(due, datetime):
        return earliest(due.date(), due.time(), zone), unknown
    return earliest(due, DAY_ENDS, zone), unknown


def _zone_of_rail(matter: _Matter) -> tuple[tzinfo, tuple[Finding, ...]]:
    if matter.rail.zone == "merchant":
        return matter.zone, ()
    if matter.rail.zone:
        return ZoneInfo(matter.rail.zone), ()
    values = {"title": matter.rail.title}
    return FIRST_ZONE, (Finding(code="clock_zone_unknown", verdict="unknown", values=values, missing="zone"),)


def _spent(matter: _Matter) -> tuple[Finding, ...]:
    """Return why no answer can be given any more; empty when one can."""
    cycle, allowed = matter.cycle, matter.rail.submissions
    if allowed is not None and len(cycle.spent) >= allowed:
        values = {"count": str(allowed), "title": matter.rail.title}
        compared = tuple(Compared(record="dispute", field="submission", value=one) for one in cycle.spent)
        return (Finding(code="clock_spent", verdict="holds", values=values, compared=compared),)
    if cycle.state not in NEEDS_ANSWER | {"alert_open"}:
        told = Compared(record="dispute", field="status", value=cycle.state)
        return (Finding(code="clock_not_open", verdict="holds", compared=(told,)),)
    return ()


def _ruling(matter: _Matter, due_by: datetime | None, ruled_by: RuledBy) -> Finding:
    if due_by is None:
        return Finding(code="clock_rules", verdict="unknown", missing="respond_by")
    values = {"by": _shown(due_by, matter.zone), "ruled_by": ruled_by, "title": matter.rail.title}
    return Finding(code="clock_rules", verdict="holds", values=values)


def _overdue(
    matter: _Matter, due_by: datetime | None, merchant_by: datetime | None, now: datetime
) -> tuple[Finding, ...]:
    """Say that the deadline has passed, or that it is closer than the merchant's own buffer."""
    if due_by is None or merchant_by is None or now < min(due_by, merchant_by):
        return ()
    code = "clock_overdue" if now >= due_by else "clock_buffer_used"
    return (Finding(code=code, verdict="holds", values={"by": _shown(due_by, matter.zone)}),)


def _silence(matter: _Matter) -> Finding:
    means = matter.rail.silence(matter.circumstances)
    values = {"title": matter.rail.title, "means": means}
    return Finding(code="clock_silence", verdict="unknown" if means == "unknown" else "holds", values=values)


def _shown(when: datetime, zone: tzinfo) -> str:
    """Return an instant as people of this zone read it, with the zone's name."""
    return f"{when.astimezone(zone):%Y-%m-%d %H:%M} ({zone})"
