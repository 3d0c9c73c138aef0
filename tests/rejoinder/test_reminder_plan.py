"""When reminders are due: each step once, only upwards, never after an answer, by hours that really pass."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.domain.reminders import STEPS, ReminderPlan, Step
from rejoinder.reminders.plan import Deadline, due_steps, instants

PLAN = ReminderPlan(colleague="ops@shop.example", chats=("wecom",))
DUE = datetime(2026, 12, 4, 23, 59, 59, tzinfo=UTC)
DEADLINE = Deadline(due_by=DUE, merchant_by=DUE - timedelta(hours=54))

hours = st.integers(0, 200)
plans = st.builds(
    lambda mail, chat, last, margin: ReminderPlan(
        mail_before=timedelta(hours=max(mail, chat)),
        chat_before=timedelta(hours=min(mail, chat)),
        all_before=timedelta(hours=margin + last),
        cutoff_before=timedelta(hours=margin),
    ),
    hours, hours, st.integers(1, 48), st.integers(1, 24),
)  # fmt: skip
deadlines = st.builds(
    lambda ahead, kept, approved: Deadline(
        due_by=DUE + timedelta(hours=ahead), merchant_by=DUE + timedelta(hours=ahead - kept), approved=approved
    ),
    st.integers(-50, 50),
    st.integers(0, 60),
    st.booleans(),
)
looks = st.lists(st.integers(-400 * 60, 60 * 60), min_size=1, max_size=60).map(sorted)
"""Minutes, before and after the deadline, at which somebody looks."""


def told_at(deadline: Deadline, plan: ReminderPlan, minutes: list[int]) -> list[tuple[datetime, tuple[Step, ...]]]:
    """Return what is due at each look, taken as it is due."""
    sent: dict[Step, datetime] = {}
    told = []
    for minute in minutes:
        now = DUE + timedelta(minutes=minute)
        due = due_steps(deadline, sent, now, plan)
        sent |= dict.fromkeys(due, now)
        if due:
            told.append((now, due))
    return told


def test_the_steps_of_the_manual() -> None:
    at = instants(DEADLINE, PLAN)
    before = {step: DUE - at[step] for step in STEPS[1:]}
    assert before == {
        "mail": timedelta(hours=126),
        "chat": timedelta(hours=78),
        "all": timedelta(hours=6),
        "cutoff": timedelta(hours=2),
        "last": timedelta(hours=1),
    }


@given(deadlines, plans, looks)
def test_each_step_is_taken_once_and_only_upwards(deadline: Deadline, plan: ReminderPlan, minutes: list[int]) -> None:
    taken = [step for _, due in told_at(deadline, plan, minutes) for step in due]
    assert taken == sorted(taken, key=STEPS.index)
    assert len(set(taken)) == len(taken)


@given(deadlines, plans, looks)
def test_no_step_is_taken_before_its_time_and_all_are_by_the_deadline(
    deadline: Deadline, plan: ReminderPlan, minutes: list[int]
) -> None:
    ends = int((deadline.due_by - DUE).total_seconds()) // 60
    told = told_at(deadline, plan, [*(minute for minute in minutes if minute < ends), ends])
    at = instants(deadline, plan)
    assert all(at[step] <= now for now, due in told for step in due)
    assert {step for _, due in told for step in due} == set(STEPS) - (set() if deadline.approved else {"last"})


@given(deadlines, plans, looks)
def test_nothing_is_due_after_an_answer(deadline: Deadline, plan: ReminderPlan, minutes: list[int]) -> None:
    assert told_at(replace(deadline, answered=True), plan, minutes) == []


@given(deadlines, plans, st.integers(-400, 60), st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Shanghai"]))
def test_the_zone_in_which_a_deadline_is_written_changes_nothing(
    deadline: Deadline, plan: ReminderPlan, hour: int, zone: str
) -> None:
    local = Deadline(
        due_by=deadline.due_by.astimezone(ZoneInfo(zone)),
        merchant_by=deadline.merchant_by.astimezone(ZoneInfo(zone)),
        approved=deadline.approved,
    )
    now = DUE + timedelta(hours=hour)
    assert due_steps(local, {}, now, plan) == due_steps(deadline, {}, now.astimezone(ZoneInfo(zone)), plan)


@pytest.mark.parametrize(
    ("due", "all_at"),
    [
        ("2026-03-29T05:00", "2026-03-28T22:00"),  # clocks go forward between
        ("2026-10-25T05:00", "2026-10-25T00:00"),  # clocks go back between
    ],
)
def test_hours_are_hours_that_pass_when_clocks_change(due: str, all_at: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    by = datetime.fromisoformat(due).replace(tzinfo=berlin)
    at = instants(Deadline(due_by=by, merchant_by=by), PLAN)["all"]
    assert at == datetime.fromisoformat(all_at).replace(tzinfo=berlin).astimezone(UTC)
    assert by.astimezone(UTC) - at == timedelta(hours=6)


def test_a_case_that_comes_late_is_told_of_once_at_the_height_it_has() -> None:
    due = due_steps(DEADLINE, {}, DUE - timedelta(hours=3), PLAN)
    assert due == ("queue", "mail", "chat", "all")


def test_an_approved_answer_is_told_of_once_more_after_the_cut_off() -> None:
    sent = dict.fromkeys(STEPS[:5], DUE - timedelta(hours=2))
    approved = replace(DEADLINE, approved=True)
    assert due_steps(approved, sent, DUE - timedelta(minutes=61), PLAN) == ()
    assert due_steps(approved, sent, DUE - timedelta(minutes=60), PLAN) == ("last",)
    assert due_steps(DEADLINE, sent, DUE - timedelta(minutes=30), PLAN) == ()


def test_a_cut_off_told_late_is_the_last_word() -> None:
    sent = dict.fromkeys(STEPS[:5], DUE - timedelta(minutes=50))
    assert due_steps(replace(DEADLINE, approved=True), sent, DUE - timedelta(minutes=49), PLAN) == ()


def test_a_deadline_long_past_is_not_told_of() -> None:
    assert due_steps(DEADLINE, {}, DUE + timedelta(hours=23), PLAN)[-1] == "cutoff"
    assert due_steps(DEADLINE, {}, DUE + timedelta(hours=24), PLAN) == ()


def test_a_new_stage_with_a_later_deadline_is_reminded_of_anew() -> None:
    sent = dict.fromkeys(STEPS, DUE - timedelta(hours=2))
    later = Deadline(due_by=DUE + timedelta(days=30), merchant_by=DUE + timedelta(days=28))
    assert due_steps(later, sent, DUE + timedelta(days=1), PLAN) == ()
    assert due_steps(later, sent, DUE + timedelta(days=26), PLAN) == ("mail",)


def test_a_deadline_told_again_a_minute_later_is_the_same() -> None:
    sent = dict.fromkeys(STEPS[:3], instants(DEADLINE, PLAN)["chat"])
    moved = Deadline(due_by=DUE + timedelta(minutes=1), merchant_by=DEADLINE.merchant_by + timedelta(minutes=1))
    assert due_steps(moved, sent, DUE - timedelta(hours=70), PLAN) == ()


def test_a_deadline_that_moves_forward_repeats_nothing() -> None:
    sent = dict.fromkeys(STEPS[:3], instants(DEADLINE, PLAN)["chat"])
    sooner = Deadline(due_by=DUE - timedelta(hours=20), merchant_by=DUE - timedelta(hours=70))
    assert due_steps(sooner, sent, DUE - timedelta(hours=70), PLAN) == ()
    assert due_steps(sooner, sent, DUE - timedelta(hours=26), PLAN) == ("all",)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        due_steps(DEADLINE, {}, datetime(2026, 12, 1), PLAN)  # noqa: DTZ001 # what must not be
