"""Sockets in a process that has more than a thousand files open, as a worker with many connections does."""

import os
import resource
import socket
from collections.abc import Iterator

import pytest

from tests.servers.smtp import SmtpServer
from tools.mail.readiness import readable, writable
from tools.mail.smtp import SmtpAccount, send

RAW = b"From: shop@shop.example\r\nSubject: x\r\n\r\nText\r\n"
OLD_LIMIT = 1024


@pytest.fixture
def many_files() -> Iterator[None]:
    """Open so many files that every further descriptor is above what `select.select` can watch."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    opened = [os.open(os.devnull, os.O_RDONLY)]
    while opened[-1] < OLD_LIMIT:
        opened.append(os.dup(opened[0]))
    yield
    for descriptor in opened:
        os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("many_files")
def test_a_mail_is_sent(smtp_server: SmtpServer) -> None:
    target = SmtpAccount(host="localhost", port=smtp_server.port, security="plain", from_address="shop@shop.example")
    send(target, envelope_from="shop@shop.example", recipients=("kunde@example.com",), raw=RAW)
    assert [one.raw for one in smtp_server.received] == [RAW]


@pytest.mark.usefixtures("many_files")
def test_a_socket_is_watched() -> None:
    here, there = socket.socketpair()
    with here, there:
        assert not readable(here, 0)
        assert writable(here, 0)
        there.send(b"x")
        assert readable(here, 1)
