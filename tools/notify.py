"""The door to chats: one short text to one channel, through apprise, and the truth about whether it got there."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from rejoinder.errors import ConfigError, DeliveryUncertain, ProviderError, ProviderRefused, ProviderUnavailable

if TYPE_CHECKING:
    from apprise import NotifyBase

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 20.0

RESULT_FIELDS = {"WeComBot": "errcode", "DingTalk": "errcode", "Feishu": "code", "Lark": "code"}
"""Services that answer HTTP 200 whatever they did, and where their answer says what: 0 is yes."""

_PASSING = frozenset({408, 425, 429, 503})

Heard = list[Any]
"""What one send heard: answers of requests, or its exceptions, in order."""

_hearing: ContextVar[Heard | None] = ContextVar("answers of a chat service", default=None)


@dataclass(frozen=True, kw_only=True)
class ChatChannel:
    """A chat by the name the merchant gave it. `url` returns apprise's address, which holds a secret."""

    name: str
    url: Callable[[], str] = field(repr=False)

    def check(self) -> str:
        """Return the service that the address belongs to.

        Raises:
            ConfigError: there is no address, or apprise does not know it.
        """
        return _service_of(self._open())

    def send(self, title: str, text: str) -> str:
        """Post a text and return what there is to say about it.

        Raises:
            ConfigError: there is no address, or apprise does not know it.
            ProviderUnavailable: it was not posted; trying again is safe.
            ProviderRefused: it was not posted, and the service will not take it.
            DeliveryUncertain: it was handed over and no answer came.
        """
        service = self._open()
        with _listening() as heard:
            posted = service.notify(body=text, title=title)
        name = _service_of(service)
        if problem := next(filter(None, (self._problem(name, one) for one in heard)), None):
            raise problem
        if not posted:
            raise ProviderRefused(f"chat {self.name!r}: {name} did not take it; check the address")
        return f"posted to {name}"

    def _open(self) -> "NotifyBase":
        from apprise import Apprise  # half a second of imports that only reminders need

        _keep_quiet()
        service = Apprise.instantiate(self.url())
        if service is None:
            raise ConfigError(
                f"the address of the chat {self.name!r} is none that apprise knows; see docs/how-to/reminders.md"
            )
        service.socket_connect_timeout, service.socket_read_timeout = CONNECT_SECONDS, ANSWER_SECONDS
        return service

    def _problem(self, service: str, heard: Any) -> ProviderError | None:
        """Return what an answer or an exception means; None for a yes. The words never hold the address."""
        who = f"chat {self.name!r} ({service})"
        if isinstance(heard, Exception):
            if _never_connected(heard):
                return ProviderUnavailable(f"{who}: no connection; nothing was posted, tried again")
            return DeliveryUncertain(f"{who}: no answer came; look whether it arrived")
        code = heard.status_code
        if code in _PASSING:
            return ProviderUnavailable(f"{who}: not now (HTTP {code}); tried again")
        if code >= 500:
            return DeliveryUncertain(f"{who}: the service failed (HTTP {code}); look whether it arrived")
        if code >= 300:
            return ProviderRefused(f"{who}: refused (HTTP {code}); check its address and its permissions")
        said = _refusal(service, heard)
        return ProviderRefused(f"{who}: refused ({said}); check its address and its permissions") if said else None


def _refusal(service: str, answer: Any) -> str:
    """Return why the body of a good answer says no; empty when it does not."""
    field_name = RESULT_FIELDS.get(service)
    if field_name is None:
        return ""
    try:
        told = answer.json()
    except ValueError:
        return "an answer that nobody can read"
    result = told.get(field_name, 0) if isinstance(told, dict) else None
    return "" if result == 0 else f"{field_name} {result}"


def _service_of(service: "NotifyBase") -> str:
    return type(service).__name__.removeprefix("Notify")


@contextmanager
def _listening() -> Iterator[Heard]:
    """Collect what comes back in this context.

    Apprise answers only yes or no, and says yes to a refusal that comes as HTTP 200.
    """
    _tap_requests()
    heard: Heard = []
    token = _hearing.set(heard)
    try:
        yield heard
    finally:
        _hearing.reset(token)


@cache
def _tap_requests() -> None:
    """Let `requests`, which apprise sends with, tell what came back to whoever listens; otherwise it is as it was."""
    from requests import RequestException, Session

    send = Session.send

    def telling(self: Session, request: Any, **options: Any) -> Any:
        heard = _hearing.get()
        if heard is None:
            return send(self, request, **options)
        try:
            answer = send(self, request, **options)
        except RequestException as problem:
            heard.append(problem)
            raise
        heard.append(answer)
        return answer

    Session.send = telling  # type: ignore[method-assign]


def _never_connected(problem: Exception) -> bool:
    """Tell whether nothing can have left: requests wraps what happened before the connection stood."""
    from requests import ConnectTimeout
    from urllib3.exceptions import MaxRetryError

    return isinstance(problem, ConnectTimeout) or any(isinstance(one, MaxRetryError) for one in problem.args)


@cache
def _keep_quiet() -> None:
    """Silence apprise: its lines hold addresses with their secrets."""
    logger = logging.getLogger("apprise")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
