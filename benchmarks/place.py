"""A place of their own for the benchmarks: a temporary folder, a configuration, and the program over it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template
from unittest.mock import patch

import httpx
import psutil
from argon2 import PasswordHasher

from benchmarks.shop import SHOP, orders, sample
from knowledge.documents import documents_in, read_document
from rejoinder.config import load_settings
from rejoinder.storage.embedded import start_embedded
from rejoinder.storage.engine import open_engine
from rejoinder.storage.store import Store
from rejoinder.wiring import Program, open_program

FOLDER = Path(__file__).parent
MODELS = FOLDER / ".cache/models"
PASSWORD_ENV = "REJOINDER_BENCH_MAIL"  # noqa: S105 # the variable's name
SECRET_ENV = "REJOINDER_BENCH_STRIPE"  # noqa: S105
SECRETS = {PASSWORD_ENV: "lamp-oak-bench", SECRET_ENV: "whsec_bench"}
LOGIN, LOGIN_PASSWORD = "bench", "a long bench password"
START_SECONDS = 120.0
STOP_SECONDS = 40.0
NOBODY = 1
"""A port that nothing listens on, where no mailbox is read."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A folder with a configuration; nothing runs in it yet."""

    folder: Path
    config: Path
    web_port: int

    @property
    def data_dir(self) -> Path:
        """Where the program keeps its data."""
        return self.folder / "data"

    @property
    def web(self) -> str:
        """The desk's address."""
        return f"http://127.0.0.1:{self.web_port}"

    @contextmanager
    def program(self) -> Iterator[Program]:
        """Open the program in this process, which then owns the documents: no other may run."""
        with open_program(load_settings(self.config, environ={})) as program:
            yield program

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the rows only, beside processes that run."""
        server = start_embedded(self.data_dir)
        engine = open_engine(server.url)
        try:
            yield Store(engine)
        finally:
            engine.dispose()
            server.stop()

    @contextmanager
    def process(self, command: str) -> Iterator[psutil.Process]:
        """Run one of the program's commands in a process of its own while the block runs."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("REJOINDER_")} | SECRETS
        arguments = [sys.executable, "-m", "rejoinder.cli", command, "--config", str(self.config)]
        with (self.folder / f"{command}.log").open("wb") as log:
            started = subprocess.Popen(  # noqa: S603
                arguments, stdout=log, stderr=log, env=environment, cwd=FOLDER.parent
            )
        try:
            yield psutil.Process(started.pid)
        finally:
            stop(started)


@contextmanager
def place(*, imap_port: int = NOBODY, concurrency: int = 1) -> Iterator[Place]:
    """Make a place; its folder, and a database that a crash left behind, are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="rejoinder-bench-"))
    data_dir = folder / "data"
    data_dir.mkdir(mode=0o700)
    MODELS.mkdir(parents=True, exist_ok=True)
    (data_dir / "models").symlink_to(MODELS)
    port = free_port()
    values = {"data_dir": data_dir, "web_port": port, "imap_port": imap_port, "concurrency": concurrency}
    template = Template((FOLDER / "rejoinder.toml.in").read_text(encoding="utf-8"))
    config = folder / "rejoinder.toml"
    config.write_text(template.substitute(values, password_env=PASSWORD_ENV, secret_env=SECRET_ENV))
    try:
        with patch.dict(os.environ):  # the built-in server names a folder of ours in it
            yield Place(folder=folder, config=config, web_port=port)
    finally:
        _end(postgres_processes(data_dir))
        _end(chroma_processes(data_dir))
        shutil.rmtree(folder, ignore_errors=True)


def fill(program: Program, numbers: range) -> int:
    """Store orders, products, policies and a reviewer; returns the merchant's id."""
    merchant_id = program.merchants["bench"].merchant_id
    program.store.upsert_orders(merchant_id, orders(numbers))
    program.store.upsert_products(merchant_id, sample().products)
    for path in documents_in(SHOP / "documents"):
        program.library.index(merchant_id, read_document(path, SHOP / "documents"))
    if not program.store.has_users():
        program.store.save_user(LOGIN, PasswordHasher().hash(LOGIN_PASSWORD))
    return merchant_id


def wait_for_web(address: str) -> None:
    """Wait until a web server answers.

    Raises:
        TimeoutError: it does not.
    """
    ends_at = time.monotonic() + START_SECONDS
    while time.monotonic() < ends_at:
        try:
            httpx.get(f"{address}/healthz", timeout=2)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nothing answered at {address} within {START_SECONDS:.0f} s")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process that we started, by an interrupt as from the keyboard."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def postgres_processes(data_dir: Path) -> Sequence[psutil.Process]:
    """Return the built-in server's processes, its first one first; empty when it does not run."""
    return _family(data_dir / "postgresql/postmaster.pid", "postgres")


def chroma_processes(data_dir: Path) -> Sequence[psutil.Process]:
    """Return the local Chroma server's processes; empty when none runs."""
    return _family(data_dir / "chroma/server.json", "chroma")


def free_port() -> int:
    """Return a port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _family(file: Path, named: str) -> Sequence[psutil.Process]:
    text = file.read_text() if file.is_file() else ""
    first = text.partition("\n")[0] if file.suffix == ".pid" else _pid_in(text)
    try:
        parent = psutil.Process(int(first or 0))
        return [parent, *parent.children(recursive=True)] if named in " ".join(parent.cmdline()) else []
    except (psutil.Error, ValueError):
        return []


def _pid_in(text: str) -> str:
    return str(json.loads(text).get("pid", "")) if text else ""


def _end(processes: Sequence[psutil.Process]) -> None:
    """End what a killed part left running below our own folder."""
    if processes:
        processes[0].send_signal(signal.SIGINT)
        psutil.wait_procs(processes, timeout=10)
