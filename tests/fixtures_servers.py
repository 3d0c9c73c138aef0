"""Fixtures with real mail servers; where Dovecot is missing its tests are skipped, in CI they fail."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.certificates import Certificates, make_certificates
from tests.servers.dovecot import PROGRAM, DovecotServer
from tests.servers.pymap import PymapServer
from tests.servers.smtp import SmtpServer


@dataclass(frozen=True, kw_only=True)
class DovecotUser:
    """A fresh user of the shared Dovecot."""

    server: DovecotServer
    name: str
    password: str

    def deliver(self, raw: bytes, folder: str = "") -> Path:
        """Put a mail into one of the user's folders."""
        return self.server.deliver(self.name, raw, folder)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority and a certificate for localhost."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def shared_dovecot(certificates: Certificates) -> Iterator[DovecotServer]:
    """One Dovecot for the whole run; do not stop it."""
    _need_dovecot()
    with DovecotServer(certificates) as server:
        yield server


@pytest.fixture
def own_dovecot(certificates: Certificates) -> Iterator[DovecotServer]:
    """A Dovecot of this test, which may stop, restart and freeze it; `shop` logs in with `secret`."""
    _need_dovecot()
    with DovecotServer(certificates) as server:
        server.add_user("shop", "secret")
        yield server


@pytest.fixture
def dovecot_user(shared_dovecot: DovecotServer) -> DovecotUser:
    """A new user with an empty mailbox."""
    user = DovecotUser(server=shared_dovecot, name=f"shop-{uuid.uuid4().hex[:8]}", password='pass "word" \\ ü')
    shared_dovecot.add_user(user.name, user.password)
    return user


@pytest.fixture
def pymap_server() -> Iterator[PymapServer]:
    """A pymap with an empty INBOX."""
    with PymapServer() as server:
        yield server


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A server that takes mail in clear."""
    with SmtpServer() as server:
        yield server


def _need_dovecot() -> None:
    if PROGRAM is not None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail("Dovecot is missing; run scripts/install-test-servers.sh")
    pytest.skip("Dovecot is not installed; scripts/install-test-servers.sh installs it")
