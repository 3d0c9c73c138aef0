"""A process killed while it reminds or decides at the cut-off: once decided, once told, never twice sent."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rejoinder.domain.reminders import CUTOFF_ACTOR
from tests.fixtures_program import Shop
from tests.rejoinder.office import DUE, Office, office

NOW = DUE - timedelta(hours=1)


@pytest.fixture
def desk(open_shop: Callable[..., Shop], monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with office(open_shop, monkeypatch, at_cutoff="submit_best", channels=[]) as opened:
        yield opened


def run_dying(desk: Office, folder: Path, what: str, where: str) -> None:
    """Let a process do something and die on the way."""
    program = desk.shop.program
    arguments = [what, where, str(folder), program.database_url, str(desk.post.port), NOW.isoformat()]
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.faults.dying_reminder", *arguments],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()[-2000:]


def decisions(desk: Office, case_id: int) -> list[str]:
    return [line.action for line in desk.shop.page(case_id).audit if line.actor == CUTOFF_ACTOR]


@pytest.mark.parametrize("where", ["before_first_row", "before_decision", "after_decision", "after_rows"])
def test_killed_at_the_cut_off_it_happens_once(desk: Office, tmp_path: Path, where: str) -> None:
    case_id = desk.open_case()
    run_dying(desk, tmp_path, "look", where)
    desk.look(NOW)
    desk.look(NOW)
    page = desk.carry_out(case_id)
    assert decisions(desk, case_id) == ["approve"]
    assert desk.told(case_id) == [("cutoff", "queue", "sent"), ("cutoff", "mail", "sent")]
    assert [one.status for one in page.deliveries] == ["queued"]
    assert len(desk.mails()) == 1


@pytest.mark.parametrize(("where", "arrived"), [("after_claim", 0), ("after_send", 1)])
def test_killed_while_sending_a_reminder_is_uncertain_and_not_sent_again(
    desk: Office, tmp_path: Path, where: str, arrived: int
) -> None:
    case_id = desk.open_case()
    program = desk.shop.program
    program.reminders.look(NOW)
    (mail_id,) = desk.queued()
    run_dying(desk, tmp_path, str(mail_id), where)
    assert program.store.mark_stuck_reminders(datetime.now(UTC) + timedelta(hours=1)) == 1
    desk.look(NOW)
    assert desk.told(case_id)[-1] == ("cutoff", "mail", "uncertain")
    assert len(desk.mails()) == arrived
