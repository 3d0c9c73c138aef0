"""A worker process that kills itself with SIGKILL at a chosen point. Run with `python -m tests.faults.dying_worker`.

It has the real graph, store, checkpoints and SMTP door, and a reader that needs no training, so that it starts fast.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection

from rejoinder.storage.checkpoints import checkpointer
from rejoinder.storage.engine import open_engine
from rejoinder.storage.files import FileStore
from rejoinder.storage.rows import Rows
from rejoinder.storage.store import Store

from langgraph.checkpoint.postgres import PostgresSaver  # isort: skip # after our checkpoints set its strict mode

from agents.deps import Deps
from rejoinder.delivery import Deliverer
from rejoinder.domain.cases import Merchant
from rejoinder.domain.evidence import Passage
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.reading import Reading, ScoredIntent
from rejoinder.jobs import build_app, connector_for
from rejoinder.worker import Worker
from tests.clock import NOW
from tools.mail.channel import SmtpChannel
from tools.mail.smtp import SmtpAccount


class FixedReader:
    """Reads every mail as a wish to return something."""

    name = "fixed"

    def read(self, mail: InboundMail, merchant: Merchant) -> Reading:
        intent = ScoredIntent(intent="after.return_request", score=0.9)
        return Reading(reader=self.name, kind="service", score=0.9, language="en", intents=(intent,))


class NoKnowledge:
    """A merchant without documents."""

    def policy(self, merchant_id: int, topic: str, on: date) -> None:
        return None

    def search(self, merchant_id: int, query: str, **options: object) -> list[Passage]:
        return []


def die_after_write(number: int) -> None:
    """Die, as by a power cut, right after the write with this number: a transaction of ours or a checkpoint."""
    written = 0

    def count() -> None:
        nonlocal written
        written += 1
        if written == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(door: Callable[[Rows], AbstractContextManager[Connection]]) -> Any:
        @contextmanager
        def opened(self: Rows) -> Iterator[Connection]:
            with door(self) as connection:
                yield connection
            count()

        return opened

    put = PostgresSaver.put

    def counted_put(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        result = put(self, *args, **kwargs)
        count()
        return result

    Rows.begin, Rows.alone = counted(Rows.begin), counted(Rows.alone)  # type: ignore[method-assign]
    PostgresSaver.put = counted_put  # type: ignore[method-assign]


def worker_on(store: Store, saver: PostgresSaver) -> Worker:
    """Return a worker with the fixed reader."""
    deps = Deps(store=store, readers=(FixedReader(),), writer=None, knowledge=NoKnowledge(), clock=lambda: NOW)
    return Worker(store, deps, saver)


async def work_until_killed(database: str) -> None:
    """Take jobs as a worker does, and die in the middle of the first."""

    def die(run_id: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    settings = SimpleNamespace(stalled_seconds=30.0, heartbeat_seconds=0.5)
    program = SimpleNamespace(worker=SimpleNamespace(advance=die), settings=settings)
    app = build_app(program, connector_for(database))  # type: ignore[arg-type]
    async with app.open_async():
        await app.run_worker_async(update_heartbeat_interval=0.5)


def main() -> None:
    """Arguments: folder, database, then `advance RUN WRITE`, `deliver DELIVERY SMTP_PORT` or `work 0 0`."""
    folder, database, what, number, at = sys.argv[1:6]
    if what == "advance":
        die_after_write(int(at))
        with checkpointer(database) as saver:
            worker_on(Store(open_engine(database)), saver).advance(int(number))
        return
    if what == "work":
        asyncio.run(work_until_killed(database))
        return
    account = SmtpAccount(host="127.0.0.1", port=int(at), security="plain", from_address="support@lumenoak.example")
    post = SmtpChannel(address="support@lumenoak.example", sender_name="", account=account)
    files = FileStore(Path(folder) / "files")
    Deliverer(outbox=Store(open_engine(database)), files=files, channels={"support": post}).deliver(int(number))


if __name__ == "__main__":
    main()
