"""A scripted OpenAI-compatible model on the loopback: good, broken, slow or hostile on order."""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Answer = Callable[[str], str]
"""From a prompt to the words of the answer."""

HUGE = 10 * 1024 * 1024
BROKEN = ("429", "500", "garbage", "cut_off", "empty", "wrong_types", "deep", "nul", "never", "drip", "huge")
GOOD_PROSE: Mapping[str, Mapping[str, str]] = {
    "en": {"opening": "Thank you for writing to us.", "empathy": "We are so sorry about this disappointment."},
    "de": {"opening": "vielen Dank, dass Sie uns geschrieben haben.", "empathy": "das tut uns sehr leid."},
    "es": {"opening": "Muchas gracias por escribirnos.", "empathy": "Lamentamos mucho lo ocurrido."},
    "fr": {"opening": "Merci beaucoup de nous avoir écrit.", "empathy": "Nous sommes vraiment désolés."},
    "zh": {"opening": "非常感谢您的来信。", "empathy": "对此我们非常抱歉。"},
}


@dataclass(frozen=True)
class ModelRequest:
    """One request as it came."""

    prompt: str
    messages: Sequence[Mapping[str, str]]
    headers: Mapping[str, str]


@dataclass
class ModelServer:
    """The server; a context manager. `behaviour` is a word of BROKEN, or a function from a prompt to an answer."""

    behaviour: str | Answer = ""
    requests: list[ModelRequest] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def base_url(self) -> str:
        """What goes into the settings."""
        return f"http://127.0.0.1:{self.port}/v1"

    def of(self, name: str) -> list[ModelRequest]:
        """Return the requests whose first message is this prompt."""
        marks = {"read_mail": "You read one mail", "write_slots": "A merchant's reply to a customer is ready"}
        return [request for request in self.requests if marks[name] in str(request.messages[0]["content"])]


def good(prompt: str) -> str:
    """Answer as a model does that behaves."""
    if "You read one mail" in prompt:
        return json.dumps(reading(after(prompt)))
    match = re.search(r'in the language "(\w+)"', prompt)
    prose = GOOD_PROSE[match[1] if match else "en"]
    offered = re.search(r"Rewrite only these passages: ([^.]*)\.", prompt)
    slots = [slot.strip() for slot in (offered[1] if offered else "").split(",")]
    return json.dumps({"slots": {s: [{"text": prose[s], "citations": []}] for s in slots if s in prose}})


def after(prompt: str) -> str:
    """Guess an intent by a word, as far as the tests need it."""
    mail = prompt.rsplit(" mail\n", 1)[-1].casefold()
    words = {"return": "after.return_request", "broken": "after.damaged", "where is": "order.status_wismo"}
    return next((intent for word, intent in words.items() if word in mail), "none")


def reading(intent: str = "none", kind: str = "service", **fields: Mapping[str, str]) -> dict[str, Any]:
    """Return a reading as the prompt asks for it."""
    intents = [{"intent": intent, "score": 0.9}] if kind == "service" else []
    return {"kind": kind, "language": "en", "intents": intents, "fields": fields}


def prose(**slots: str | Sequence[str]) -> str:
    """Return an answer to write_slots."""
    texts = {slot: [words] if isinstance(words, str) else list(words) for slot, words in slots.items()}
    return json.dumps({"slots": {s: [{"text": t, "citations": []} for t in found] for s, found in texts.items()}})


def good_reader(writer: Answer) -> Answer:
    """Read as a good model does, write as told."""
    return lambda prompt: good(prompt) if "You read one mail" in prompt else writer(prompt)


WORDS: Mapping[str, str] = {
    "garbage": "I am sorry Dave, I am afraid I can't do that. }{ ]",
    "cut_off": '{"kind": "service", "slots": {"opening": [{"text": "Thank you for',
    "empty": "",
    "wrong_types": '{"kind": 7, "intents": "none", "fields": [], "slots": "all", "language": {}}',
    "deep": '{"kind": ' + "[" * 15_000 + "]" * 15_000 + "}",
    "nul": '{"kind": "serv\\u0000ice\\ud800", "slots": {"\\u0000": [{"text": "\\u0000\\ud800"}]}}',
    "huge": "a" * HUGE,
}


def _handler(owner: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            prompt = str(body["messages"][-1]["content"])
            owner.requests.append(
                ModelRequest(prompt, body["messages"], {name.lower(): value for name, value in self.headers.items()})
            )
            try:
                self._answer(owner.behaviour, str(body["messages"][0]["content"]))
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _answer(self, behaviour: str | Answer, prompt: str) -> None:
            if callable(behaviour):
                self._say(behaviour(prompt))
            elif behaviour in {"429", "500"}:
                self._send(int(behaviour), json.dumps({"error": {"message": "not now"}}).encode())
            elif behaviour == "never":
                owner.closing.wait(60)
                self.close_connection = True
            elif behaviour == "drip":
                self._drip()
            else:
                self._say(WORDS[behaviour])

        def _say(self, words: str) -> None:
            message = {"role": "assistant", "content": words}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            head = {"id": "x", "object": "chat.completion", "created": 1, "model": "scripted", "choices": [choice]}
            usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
            self._send(200, json.dumps({**head, "usage": usage}).encode())

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _drip(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "100000")
            self.end_headers()
            ends_at = time.monotonic() + 60
            while time.monotonic() < ends_at and not owner.closing.wait(0.2):
                self.wfile.write(b" ")
                self.wfile.flush()
            self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    return Handler
