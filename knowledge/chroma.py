"""The vector store's client: a folder has one owner, so processes that run side by side share one local server."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import chromadb
import fasteners
import psutil
from chromadb.api import ClientAPI
from chromadb.api.client import Client
from chromadb.config import Settings

from rejoinder.errors import ConfigError, ProviderUnavailable

START_SECONDS = 30.0
_QUIET = Settings(anonymized_telemetry=False)


@dataclass(frozen=True)
class OpenStore:
    """A client, and what to call when it is no longer needed."""

    client: ClientAPI
    close: Callable[[], None]


def open_store(folder: Path, url: str, *, shared: bool) -> OpenStore:
    """Open the store: the server at `url`, else the folder's own.

    `shared`: other processes of ours use the folder too, so a local server is started, or joined.

    Raises:
        ConfigError: another process owns the folder.
        ProviderUnavailable: the server does not answer.
    """
    if url:
        return _open(_connect(url), lambda: None)
    folder.mkdir(parents=True, exist_ok=True)
    if shared or _running_port(folder):
        return _join_server(folder)
    owner = fasteners.InterProcessLock(folder / "owner.lock")
    if not owner.acquire(blocking=False):
        raise ConfigError(
            f"another process owns the document store in {str(folder)!r}; "
            "stop it, or run the parts with `rejoinder serve`, `work` and `poll`, which share a server"
        )
    return _open(chromadb.PersistentClient(str(folder / "data"), settings=_QUIET), owner.release)


def _open(client: ClientAPI, leave: Callable[[], None]) -> OpenStore:
    def close() -> None:
        if isinstance(client, Client):
            client.close()  # else its files stay open as long as the process lives
        leave()

    return OpenStore(client, close)


def _connect(url: str) -> ClientAPI:
    parts = urlsplit(url)
    try:
        return chromadb.HttpClient(
            host=parts.hostname or "", port=parts.port or 8000, ssl=parts.scheme == "https", settings=_QUIET
        )
    except ValueError as exc:
        raise ProviderUnavailable(f"no Chroma server answers at {url!r}: {exc}") from exc


def _join_server(folder: Path) -> OpenStore:
    with fasteners.InterProcessLock(folder / "server.lock"):
        port = _running_port(folder)
        if port is None:
            port, pid = _start_server(folder)
            _write(folder, {"port": port, "pid": pid, "users": []})
        state = _read(folder)
        state["users"] = [*state["users"], psutil.Process().pid]
        _write(folder, state)
    return _open(_connect(f"http://127.0.0.1:{port}"), lambda: _leave(folder))


def _leave(folder: Path) -> None:
    """Take this process off the list of users; the last one stops the server."""
    with fasteners.InterProcessLock(folder / "server.lock"):
        state = _read(folder)
        mine = psutil.Process().pid
        users = [pid for pid in state.get("users", []) if pid != mine and psutil.pid_exists(pid)]
        _write(folder, {**state, "users": users})
        if not users and _running_port(folder):
            psutil.Process(state["pid"]).terminate()
            (folder / "server.json").unlink(missing_ok=True)


def _running_port(folder: Path) -> int | None:
    state = _read(folder)
    pid = state.get("pid")
    if not pid or not psutil.pid_exists(pid):
        return None
    try:
        named = " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return None
    return int(state["port"]) if "chroma" in named else None


def _start_server(folder: Path) -> tuple[int, int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = Path(sys.executable).with_name("chroma")
    args = [str(command), "run", "--path", str(folder / "data"), "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(args, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    ends_at = time.monotonic() + START_SECONDS
    while time.monotonic() < ends_at:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
            return port, process.pid
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise ProviderUnavailable(f"the local Chroma server did not start; see {str(folder / 'server.log')!r}")


def _read(folder: Path) -> dict[str, Any]:
    path = folder / "server.json"
    state: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
    return state


def _write(folder: Path, state: object) -> None:
    (folder / "server.json").write_text(json.dumps(state))
