"""A small HTTP client on asyncio: many requests over a few kept connections, cheap beside what it times."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

TIMEOUT = 60.0


def request(method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """Return a request as it goes over the wire."""
    parts = urlsplit(url)
    lines = [f"{method} {parts.path or '/'} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def send_all(port: int, requests: Sequence[bytes], connections: int) -> float:
    """Send the requests over some connections at once and return how long that took.

    Raises:
        RuntimeError: an answer was not 200.
    """
    return asyncio.run(asyncio.wait_for(_send_all(port, requests, connections), TIMEOUT))


async def _send_all(port: int, requests: Sequence[bytes], connections: int) -> float:
    waiting = iter(requests)
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]

    async def work(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for one in waiting:
            writer.write(one)
            await _answer(reader)

    started = time.perf_counter()
    try:
        await asyncio.gather(*(work(reader, writer) for reader, writer in opened))
        return time.perf_counter() - started
    finally:
        for _, writer in opened:
            writer.close()
            await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status = head.split(" ", 2)[1]
    length = next((line for line in head.split("\r\n") if line.lower().startswith("content-length:")), "")
    await reader.readexactly(int(length.partition(":")[2]))
    if status != "200":
        raise RuntimeError(f"answered {status}, not 200")
