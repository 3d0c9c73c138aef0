"""A worker killed at any point: nothing is lost, nothing happens twice."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from rejoinder.domain.review import Delivery
from rejoinder.errors import ProviderUnavailable
from rejoinder.processes import working
from rejoinder.wiring import Program, open_program
from tests.clock import NOW
from tests.faults.dying_worker import worker_on
from tests.fixtures_program import Shop, mail, settings_for

# Enough to die behind every write of a run that ends in review, rows and checkpoints; the last number is one too many.
WRITES = range(1, 12)


def run_dying(tmp_path: Path, shop: Shop, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "tests.faults.dying_worker",
            str(tmp_path),
            shop.program.database_url,
            *arguments,
        ],
        capture_output=True,
        timeout=120,
        check=False,
    )


def counts(shop: Shop) -> dict[str, int]:
    with shop.program.store.begin() as connection:
        return {
            table: int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
            for table in ("cases", "runs", "drafts", "reviews", "decisions", "deliveries")
        }


def test_killed_behind_any_write_the_case_still_reaches_one_review(shop: Shop, tmp_path: Path) -> None:
    died = 0
    worker = worker_on(shop.program.store, shop.program.worker.checkpointer)  # type: ignore[arg-type]
    for number in WRITES:
        run_id = shop.receive(mail(message_id=f"<{number}@mailbox.example>"))
        ended = run_dying(tmp_path, shop, "advance", str(run_id), str(number))
        died += ended.returncode == -signal.SIGKILL
        assert ended.returncode in {-signal.SIGKILL, 0}, ended.stderr.decode()[-2000:]
        worker.advance(run_id)
        page = shop.page_of_run(run_id)
        assert page.case.status == "in_review", number
        assert page.draft is not None
    found = counts(shop)
    assert died == len(WRITES) - 1
    assert found["cases"] == found["runs"] == found["reviews"] == found["drafts"] == len(WRITES)


def test_killed_after_the_decision_one_answer_is_queued(shop: Shop, tmp_path: Path) -> None:
    died = 0
    for number in (1, 2, 3, 4, 5):
        run_id = shop.receive(mail(message_id=f"<{number}@mailbox.example>"))
        shop.program.worker.advance(run_id)
        review = shop.page_of_run(run_id).review
        assert review is not None
        shop.program.store.decide(review.review_id, review.version, "approve", reviewer="test")
        ended = run_dying(tmp_path, shop, "advance", str(run_id), str(number))
        died += ended.returncode == -signal.SIGKILL
        shop.program.worker.advance(run_id)
        assert len(shop.page_of_run(run_id).deliveries) == 1
    assert died >= 1


@pytest.fixture
def silent_smtp() -> Iterator["SilentSmtp"]:
    server = SilentSmtp()
    yield server
    server.close()


class SilentSmtp:
    """Takes a mail up to the final dot and then says nothing."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.taken = threading.Event()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def close(self) -> None:
        self.ended.set()
        self.thread.join()
        self.socket.close()

    def _serve(self) -> None:
        self.socket.settimeout(120)
        connection, _ = self.socket.accept()
        with connection, connection.makefile("rwb") as file:
            self._talk(file)

    def _talk(self, file: Any) -> None:

        def say(line: bytes) -> None:
            file.write(line + b"\r\n")
            file.flush()

        say(b"220 silent")
        for line in file:
            word = line[:4].upper()
            if word == b"DATA":
                say(b"354 go on")
                for part in file:
                    if part == b".\r\n":
                        self.taken.set()
                        self.ended.wait(120)
                        return
            elif word == b"EHLO":
                say(b"250 silent")
            else:
                say(b"250 ok")


def test_killed_between_the_last_byte_and_the_answer_it_is_uncertain_and_never_sent_again(
    shop: Shop, tmp_path: Path, silent_smtp: SilentSmtp
) -> None:
    run_id = shop.receive(mail())
    shop.program.worker.advance(run_id)
    shop.approve(run_id)
    (delivery,) = shop.page_of_run(run_id).deliveries
    process = subprocess.Popen(
        [
            sys.executable, "-W", "ignore", "-m", "tests.faults.dying_worker", str(tmp_path),
            shop.program.database_url, "deliver", str(delivery.delivery_id), str(silent_smtp.port),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert silent_smtp.taken.wait(90)
    process.kill()
    process.wait()
    assert _delivery(shop, run_id).status == "sending"
    shop.program.store.mark_stuck_deliveries(datetime.now(UTC) + timedelta(seconds=1))
    assert _delivery(shop, run_id).status == "uncertain"
    assert shop.program.store.claim_delivery(delivery.delivery_id) is None


def _delivery(shop: Shop, run_id: int) -> Delivery:
    return shop.page_of_run(run_id).deliveries[0]


def test_a_job_of_a_killed_worker_goes_on_elsewhere(open_shop: Callable[..., Shop], tmp_path: Path) -> None:
    shop = open_shop(stalled_seconds=2.0, heartbeat_seconds=0.5, fetch_seconds=0.5)
    run_id = shop.receive(mail())
    ended = run_dying(tmp_path, shop, "work", "0", "0")
    assert ended.returncode == -signal.SIGKILL
    assert shop.program.store.run(run_id).status == "queued"
    with working(shop.program):
        ends_at = time.monotonic() + 60
        while time.monotonic() < ends_at and shop.page_of_run(run_id).case.status != "in_review":
            time.sleep(0.3)
    assert shop.page_of_run(run_id).case.status == "in_review"


def test_a_restarted_postgresql_is_found_again(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, "", fetch_seconds=0.5)
    with open_program(settings, clock=lambda: NOW) as program:
        merchant_id = program.merchants["lumenoak"].merchant_id
        with working(program):
            program.intake.accept_mail(merchant_id, "support", mail(message_id="<before@mailbox.example>"), NOW)
            _until_settled(program, merchant_id, 1)
            postmaster = int((tmp_path / "postgresql/postmaster.pid").read_text().split()[0])
            os.kill(postmaster, signal.SIGKILL)
            ends_at = time.monotonic() + 60
            while time.monotonic() < ends_at:
                try:
                    program.intake.accept_mail(merchant_id, "support", mail(message_id="<after@mailbox.example>"), NOW)
                    break
                except ProviderUnavailable:
                    time.sleep(0.5)
            _until_settled(program, merchant_id, 2)


def _until_settled(program: Program, merchant_id: int, total: int) -> None:
    ends_at = time.monotonic() + 90
    while time.monotonic() < ends_at:
        try:
            if program.store.count_messages([merchant_id]) == (total, total):
                return
        except ProviderUnavailable:
            pass
        time.sleep(0.3)
    pytest.fail(f"{total} messages did not come to rest")
