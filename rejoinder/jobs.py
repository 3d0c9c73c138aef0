"""The Procrastinate tasks: what a worker process does, when it is tried again, and what runs by the clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from procrastinate import App, BaseConnector, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job

from rejoinder.errors import ProviderUnavailable, RejoinderError
from rejoinder.storage.queue import retry_lock
from rejoinder.wiring import Program
from rejoinder.worker import MAX_ATTEMPTS

logger = structlog.get_logger(__name__)

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=30)
DELIVERY_STUCK_AFTER = timedelta(minutes=10)


class Backoff(BaseRetryStrategy):
    """Tries again what may pass, each time after twice the pause."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again, or None to let the job fail."""
        if not (isinstance(exception, RejoinderError) and exception.retriable) or job.attempts >= MAX_ATTEMPTS:
            return None
        pause = min(FIRST_PAUSE * 2**job.attempts, LONGEST_PAUSE)
        run_id = job.task_kwargs.get("run_id")
        lock = retry_lock(run_id) if isinstance(run_id, int) else None  # waiting must not hold up the merchant's lane
        return RetryDecision(retry_at=datetime.now(UTC) + pause, lock=lock)


def connector_for(database_url: str) -> BaseConnector:
    """Return a connector for workers; `database_url` is a plain `postgresql://` address."""
    return PsycopgConnector(conninfo=database_url)


def build_app(program: Program, connector: BaseConnector) -> App:
    """Return the application with its tasks bound to a program."""
    app = App(connector=connector)

    @app.task(name="process_run", retry=Backoff(), pass_context=True)
    def process_run(context: JobContext, run_id: int) -> None:
        _advance(program, context, run_id)

    @app.task(name="resume_run", retry=Backoff(), pass_context=True)
    def resume_run(context: JobContext, run_id: int) -> None:
        _advance(program, context, run_id)

    @app.task(name="deliver", retry=Backoff(), pass_context=True)
    def deliver(context: JobContext, delivery_id: int) -> None:
        _deliver(program, context, delivery_id)

    _add_tasks_for_people(app, program)

    @app.periodic(cron="* * * * * */10")
    @app.task(name="rescue", queueing_lock="rescue", pass_context=True)
    async def rescue(context: JobContext, timestamp: int) -> None:
        stalled = await context.app.job_manager.get_stalled_jobs(
            seconds_since_heartbeat=program.settings.stalled_seconds
        )
        for job in stalled:
            logger.warning("job_taken_over", job_id=job.id, task=job.task_name)
            await context.app.job_manager.retry_job(job)

    @app.periodic(cron="* * * * *")
    @app.task(name="sweep", queueing_lock="sweep")
    def sweep(timestamp: int) -> None:
        sweep_once(program, datetime.now(UTC))

    return app


def _add_tasks_for_people(app: App, program: Program) -> None:
    """Add what goes to the merchant's own people and comes from them."""

    @app.task(name="remind", retry=Backoff(), pass_context=True)
    def remind(context: JobContext, reminder_id: int) -> None:
        _remind(program, context, reminder_id)

    @app.task(name="ask", retry=Backoff(), pass_context=True)
    def ask(context: JobContext, request_id: int) -> None:
        _ask(program, context, request_id)

    @app.task(name="take_answer", retry=Backoff(), pass_context=True)
    def take_answer(context: JobContext, message_id: int) -> None:
        _take_answer(program, message_id)


def _deliver(program: Program, context: JobContext, delivery_id: int) -> None:
    try:
        status = program.deliverer.deliver(delivery_id)
    except ProviderUnavailable as problem:
        if _may_try_again(context):
            raise
        program.store.give_up_delivery(delivery_id, f"given up after {MAX_ATTEMPTS} tries: {problem}")
        return
    logger.info("delivery", delivery_id=delivery_id, status=status or "nothing to do")


def _ask(program: Program, context: JobContext, request_id: int) -> None:
    try:
        status = program.colleagues.ask(request_id, datetime.now(UTC))
    except ProviderUnavailable as problem:
        if _may_try_again(context):
            raise
        program.store.give_up_request(request_id, f"given up after {MAX_ATTEMPTS} tries: {problem}")
        return
    logger.info("colleague_asked", request_id=request_id, status=status or "nothing to do")


def _take_answer(program: Program, message_id: int) -> None:
    """Take a colleague's files; what nobody can take is named in the case, where the mail is."""
    try:
        files = program.colleagues.take(message_id)
    except ProviderUnavailable:
        raise
    except Exception as problem:  # noqa: BLE001 # one bad file must not come back every minute
        logger.error("answer_not_taken", message_id=message_id, error=type(problem).__name__)
        program.colleagues.give_up(message_id, problem)
        return
    logger.info("answer_taken", message_id=message_id, files=files)


def _remind(program: Program, context: JobContext, reminder_id: int) -> None:
    """Send a reminder; after the last try it stays queued, and the sweep tries again until the deadline has passed."""
    try:
        status = program.reminders.send(reminder_id, datetime.now(UTC))
    except ProviderUnavailable as problem:
        if _may_try_again(context):
            raise
        logger.warning("reminder_waits", reminder_id=reminder_id, problem=str(problem))
        return
    logger.info("reminder", reminder_id=reminder_id, status=status or "nothing to do")


def _may_try_again(context: JobContext) -> bool:
    return context.job is None or context.job.attempts < MAX_ATTEMPTS


def _advance(program: Program, context: JobContext, run_id: int) -> None:
    try:
        program.worker.advance(run_id)
    except RejoinderError as problem:
        if problem.retriable and _may_try_again(context):
            raise
        program.worker.give_up(run_id, problem)
    except Exception as problem:  # one bad case must not stop the worker; a person sees it as failed
        logger.exception("run_crashed", run_id=run_id)
        program.worker.give_up(run_id, problem)


def sweep_once(program: Program, now: datetime) -> dict[str, Any]:
    """Find what fell through: runs without a job, sends that were cut off, reviews past their time.

    Disputes that wait are reminded of, and their cut-off is kept.
    """
    store, stuck = program.store, now - DELIVERY_STUCK_AFTER
    requeued = store.requeue_lost_runs(now) + store.requeue_lost_deliveries(now)
    requeued += store.requeue_lost_reminders(now) + store.requeue_lost_requests(now)
    uncertain = store.mark_stuck_deliveries(stuck)
    uncertain += store.mark_stuck_reminders(stuck) + store.mark_stuck_requests(stuck)
    overdue = store.remind_due_reviews(now)
    reminded = program.reminders.look(now)
    found = {"requeued": requeued, "uncertain": uncertain, "overdue": overdue, "reminded": reminded}
    if any(found.values()):
        logger.warning("swept", **found)
    return found
