"""Waiting for a socket; `select.select` would refuse one whose descriptor is above 1023."""

import selectors
import socket


def readable(sock: socket.socket, seconds: float) -> bool:
    """Tell whether bytes, or the end, came within so many seconds."""
    return _ready(sock, selectors.EVENT_READ, seconds)


def writable(sock: socket.socket, seconds: float) -> bool:
    """Tell whether the socket took bytes within so many seconds."""
    return _ready(sock, selectors.EVENT_WRITE, seconds)


def _ready(sock: socket.socket, event: int, seconds: float) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(sock, event)
        return bool(selector.select(seconds))
