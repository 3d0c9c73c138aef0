from datetime import UTC, datetime, timedelta

import pytest

from rejoinder.domain.cases import Merchant
from rejoinder.errors import NotFound
from rejoinder.storage.store import Store
from tests.storage.examples import merchant_of

NOW = datetime.now(UTC)
SOON = NOW + timedelta(hours=1)


def test_a_merchant_is_known_by_its_slug(store: Store) -> None:
    first = store.save_merchant(Merchant(merchant_id=0, slug="shop", name="Shop", autonomy={"*": "auto"}))
    again = store.save_merchant(Merchant(merchant_id=0, slug="shop", name="New name"))
    assert first.merchant_id == again.merchant_id
    assert store.merchant(first.merchant_id) == again
    assert store.merchants() == [again]


def test_a_login_holds_until_it_ends(store: Store) -> None:
    user_id = store.save_user("lee", "hash", [merchant_of(store)])
    store.open_session(user_id, "token", "form", SOON)
    session = store.session("token", NOW)
    assert session is not None
    assert (session.user.login, session.form_token, session.user.merchant_ids) == ("lee", "form", (1,))
    assert store.session("token", SOON) is None
    assert store.session("other", NOW) is None
    for _ in range(2):
        store.close_session("token")
    assert store.session("token", NOW) is None


def test_a_new_password_ends_all_logins(store: Store) -> None:
    user_id = store.save_user("lee", "hash")
    store.open_session(user_id, "token", "form", SOON)
    assert store.save_user("lee", "hash2") == user_id
    assert store.session("token", NOW) is None
    user = store.user("lee")
    assert user is not None
    assert (user.password_hash, user.role) == ("hash2", "reviewer")
    assert store.user("kim") is None
    assert store.has_users()


def test_ended_logins_are_forgotten(store: Store) -> None:
    user_id = store.save_user("lee", "hash")
    store.open_session(user_id, "old", "form", NOW - timedelta(hours=1))
    store.open_session(user_id, "new", "form", SOON)
    with store.begin() as connection:
        assert connection.exec_driver_sql("SELECT token_hash FROM sessions").scalars().all() == ["new"]


def test_a_merchant_that_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.merchant(1)
