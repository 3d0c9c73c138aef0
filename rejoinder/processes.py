"""The parts that run on: worker, pollers, web; together in one process, or each in its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import structlog
import uvicorn
from fastapi import FastAPI
from procrastinate import exceptions as job_errors

from rejoinder.errors import RejoinderError
from rejoinder.jobs import build_app, connector_for
from rejoinder.poller import MailboxPoller
from rejoinder.web.app import create_app
from rejoinder.web.context import Desk, WayOut
from rejoinder.web.webhooks import webhook_routes
from rejoinder.wiring import Program, imap_account

logger = structlog.get_logger(__name__)

RESTART_PAUSE = 2.0
SHUTDOWN_SECONDS = 20.0


def web_app(program: Program) -> FastAPI:
    """Return the desk and the webhooks as one application."""
    desk = Desk(
        store=program.store,
        files=program.files,
        clock=program.clock,
        public_url=program.settings.public_url,
        knowledge=program.library,
        ways_out={
            mailbox.name: WayOut(address=mailbox.address, drafts_only=mailbox.deliver == "imap_drafts")
            for _, mailbox in program.settings.mailboxes
        },
    )
    return create_app(desk, webhook_routes(program))


def web_server(program: Program) -> uvicorn.Server:
    """Return the web server, not started."""
    settings = program.settings
    config = uvicorn.Config(
        web_app(program),
        host=settings.listen_host,
        port=settings.listen_port,
        log_level="warning",
        access_log=False,
        server_header=False,
    )
    return uvicorn.Server(config)


async def work(program: Program, stop: asyncio.Event) -> None:
    """Run the worker until told to stop; a database that went away is waited for."""
    settings = program.settings
    while not stop.is_set():
        app = build_app(program, connector_for(program.database_url))
        try:
            async with app.open_async():
                worker = asyncio.create_task(
                    app.run_worker_async(
                        concurrency=settings.concurrency,
                        install_signal_handlers=False,
                        delete_jobs="successful",
                        update_heartbeat_interval=settings.heartbeat_seconds,
                        stalled_worker_timeout=settings.stalled_seconds,
                        shutdown_graceful_timeout=SHUTDOWN_SECONDS,
                        fetch_job_polling_interval=settings.fetch_seconds,
                    )
                )
                stopping = asyncio.create_task(stop.wait())
                await asyncio.wait({worker, stopping}, return_when=asyncio.FIRST_COMPLETED)
                stopping.cancel()
                worker.cancel()
                await worker
        except asyncio.CancelledError:
            if stop.is_set():
                return
        except (psycopg.Error, job_errors.ConnectorException, OSError) as problem:
            logger.warning("worker_lost_database", problem=str(problem))
            await asyncio.to_thread(_revive, program)
        if not stop.is_set():
            await asyncio.sleep(RESTART_PAUSE)


def _revive(program: Program) -> None:
    try:
        program.revive()
    except RejoinderError as problem:
        logger.warning("database_does_not_start", problem=str(problem))


class BackgroundWorker:
    """A worker in a thread of its own."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Start working."""
        self._thread.start()

    def stop(self) -> None:
        """Let running jobs end, then stop."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(SHUTDOWN_SECONDS + 5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(work(self._program, self._stop))


def pollers_of(program: Program) -> list[MailboxPoller]:
    """Return a poller for every mailbox of the settings."""
    return [
        MailboxPoller(
            merchant_id=program.merchants[merchant.slug].merchant_id,
            account=imap_account(mailbox, program.settings.max_mail_bytes),
            intake=program.intake,
            cursors=program.store,
            first_read=timedelta(days=program.settings.first_read_days),
        )
        for merchant, mailbox in program.settings.mailboxes
    ]


@contextmanager
def polling(program: Program) -> Iterator[None]:
    """Read all mailboxes in threads while the block runs."""
    stop = threading.Event()
    threads = [
        threading.Thread(
            target=poller.run, args=(stop, float(program.settings.poll_seconds)), name="poller", daemon=True
        )
        for poller in pollers_of(program)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(SHUTDOWN_SECONDS)


@contextmanager
def working(program: Program) -> Iterator[None]:
    """Work on jobs in a thread while the block runs."""
    worker = BackgroundWorker(program)
    worker.start()
    try:
        yield
    finally:
        worker.stop()
