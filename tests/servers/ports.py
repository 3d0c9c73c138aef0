"""Free ports, and waiting for a server to open one."""

import socket
import time
from collections.abc import Callable


def free_port() -> int:
    """Return a port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for_greeting(port: int, alive: Callable[[], bool], seconds: float = 15.0) -> None:
    """Wait until the server greets in clear; raise when it ended or takes too long."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        if not alive():
            break
        try:
            with socket.create_connection(("127.0.0.1", port), 1.0) as sock:
                sock.settimeout(2.0)
                if sock.recv(1):
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"no server greeted on port {port}")
