"""Webhooks of payment processors: keep the raw body, verify, answer, and leave the work to a job."""

from datetime import UTC, datetime

import structlog
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from rejoinder.errors import WebhookRejected
from rejoinder.wiring import Program
from tools.processors.base import WebhookRequest

logger = structlog.get_logger(__name__)

MAX_BODY = 1024 * 1024


def webhook_routes(program: Program) -> APIRouter:
    """Return the route `POST /webhooks/{processor}/{account}`."""
    router = APIRouter()

    @router.post("/webhooks/{processor}/{account}")
    async def receive(processor: str, account: str, request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return Response(f"more than {MAX_BODY} bytes", status_code=413)
        given = WebhookRequest(
            account=account,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
            received_at=datetime.now(UTC),
        )
        return await run_in_threadpool(accept, program, processor, given)

    return router


async def _body(request: Request) -> bytes | None:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


def accept(program: Program, processor_name: str, request: WebhookRequest) -> Response:
    """Store and verify a webhook; 2xx only for what is proven and kept."""
    door = program.webhook_door(processor_name, request.account)
    if door is None:
        return Response("no such account", status_code=404)
    try:
        new = program.webhook_intake.accept(door, request)
    except WebhookRejected as problem:
        logger.warning("webhook_rejected", processor=processor_name, account=request.account, problem=str(problem))
        return Response("rejected", status_code=400)
    return Response("accepted" if new else "known", status_code=200)
