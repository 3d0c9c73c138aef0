"""A chat model that always comes back: a time limit on the whole answer and a size limit on what is read of it."""

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from rejoinder.errors import ProviderUnavailable

BODY_LIMIT = 2_000_000
GRACE_SECONDS = 1.0


class ChatModel(Protocol):
    """The part of LangChain's chat models that is used."""

    def invoke(self, input: Sequence[tuple[str, str]]) -> Any:  # noqa: A002 # the name LangChain gives it
        """Answer the messages."""


@dataclass(frozen=True)
class BoundedModel:
    """Asks a model in a thread of its own. A client's time limit is for one read: a slow drip never meets it."""

    model: ChatModel
    timeout_seconds: float
    client: httpx.Client | None = None

    def close(self) -> None:
        """Close the connections."""
        if self.client is not None:
            self.client.close()

    def invoke(self, input: Sequence[tuple[str, str]]) -> Any:  # noqa: A002 # the name LangChain gives it
        """Answer the messages.

        Raises:
            ProviderUnavailable: no whole answer within the time limit.
        """
        answers: queue.SimpleQueue[tuple[Any, Exception | None]] = queue.SimpleQueue()
        threading.Thread(target=self._ask, args=(input, answers), name="chat-model", daemon=True).start()
        try:
            answer, problem = answers.get(timeout=self.timeout_seconds + GRACE_SECONDS)
        except queue.Empty:
            raise ProviderUnavailable(f"no whole answer within {self.timeout_seconds:g} seconds") from None
        if problem is not None:
            raise problem
        return answer

    def _ask(
        self, messages: Sequence[tuple[str, str]], answers: "queue.SimpleQueue[tuple[Any, Exception | None]]"
    ) -> None:
        try:
            answers.put((self.model.invoke(messages), None))
        except Exception as exc:  # noqa: BLE001 # handed to the one who asks
            answers.put((None, exc))


def bounded_client(timeout_seconds: float) -> httpx.Client:
    """Return an HTTP client that stops reading an answer that is too long or takes too long."""

    def bound(response: httpx.Response) -> None:
        if isinstance(response.stream, httpx.SyncByteStream):
            response.stream = _BoundedStream(response.stream, time.monotonic() + timeout_seconds)

    return httpx.Client(timeout=timeout_seconds, event_hooks={"response": [bound]}, follow_redirects=False)


class _BoundedStream(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, ends_at: float) -> None:
        self._stream = stream
        self._ends_at = ends_at

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._stream:
            size += len(chunk)
            if size > BODY_LIMIT:
                raise httpx.ReadError(f"the answer has more than {BODY_LIMIT} bytes")
            if time.monotonic() > self._ends_at:
                raise httpx.ReadTimeout("the answer takes too long")
            yield chunk

    def close(self) -> None:
        self._stream.close()
