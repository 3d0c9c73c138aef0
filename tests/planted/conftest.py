"""One shop in which every planted case is played."""

from collections.abc import Callable

import pytest

from tests.fixtures_program import Shop
from tests.planted.notices import SECRET

MAILBOX = {
    "name": "support",
    "address": "support@lumenoak.example",
    "deliver": "imap_drafts",
    "imap": {"host": "127.0.0.1", "user": "support", "password_env": "NONE"},
    "trusted_authserv": ["mx.lumenoak.example"],
}
ACCOUNT = {"name": "main", "processor": "stripe", "webhook_secret_env": "REJOINDER_PLANTED_SECRET"}


@pytest.fixture
def planted_shop(open_shop: Callable[..., Shop], monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The sample shop with a mailbox whose server is believed, and an account at Stripe."""
    monkeypatch.setenv(ACCOUNT["webhook_secret_env"], SECRET)
    return open_shop(mailboxes=[MAILBOX], accounts=[ACCOUNT])
