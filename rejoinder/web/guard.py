"""What every answer of the web carries, and how much a form may hold."""

import re
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_FORM = 1024 * 1024
MAX_FILE_FORM = 26 * 1024 * 1024
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # With `no-referrer` browsers would send `Origin: null` with the desk's own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}

_FILE_FORM = re.compile(r"/cases/\d{1,19}/evidence")


@dataclass(frozen=True)
class Guard:
    """Adds the headers, and refuses forms that are too large before anything reads them."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        app = PlainTextResponse("This form is too large.", status_code=413) if _too_large(scope) else self.app
        await app(scope, receive, send_guarded)


def _too_large(scope: Scope) -> bool:
    """Webhooks count their own bytes; a form without a length is refused as well."""
    if scope["method"] in {"GET", "HEAD", "OPTIONS"} or scope["path"].startswith("/webhooks/"):
        return False
    length = dict(scope["headers"]).get(b"content-length", b"")
    most = MAX_FILE_FORM if _FILE_FORM.fullmatch(scope["path"]) else MAX_FORM
    return not length.isdigit() or int(length) > most
