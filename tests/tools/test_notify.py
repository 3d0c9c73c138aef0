"""The door to chats against a real HTTP server."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from rejoinder.errors import ConfigError, DeliveryUncertain, ProviderRefused, ProviderUnavailable
from tests.servers.chat import ChatServer
from tests.servers.ports import free_port
from tools import notify
from tools.notify import ChatChannel


@pytest.fixture
def chat() -> Iterator[ChatServer]:
    with ChatServer() as server:
        yield server


def channel(url: str) -> ChatChannel:
    return ChatChannel(name="ops", url=lambda: url)


def test_a_text_is_posted_once_with_its_title(chat: ChatServer) -> None:
    assert channel(chat.url).send("Dispute 7", "6 hours left") == "posted to JSON"
    (posted,) = chat.received
    assert (posted["title"], posted["message"]) == ("Dispute 7", "6 hours left")


@pytest.mark.parametrize(
    ("status", "error"),
    [(429, ProviderUnavailable), (503, ProviderUnavailable), (500, DeliveryUncertain), (404, ProviderRefused)],
)
def test_a_refusal_says_whether_trying_again_is_safe(chat: ChatServer, status: int, error: type[Exception]) -> None:
    chat.status = status
    with pytest.raises(error, match=f"HTTP {status}"):
        channel(chat.url).send("a", "b")
    assert len(chat.received) == 1


def test_nobody_listening_means_nothing_was_posted() -> None:
    with pytest.raises(ProviderUnavailable, match="nothing was posted"):
        channel(f"json://127.0.0.1:{free_port()}/hook").send("a", "b")


def test_a_lost_answer_is_uncertain(chat: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "ANSWER_SECONDS", 0.3)
    chat.silent_seconds = 1.0
    with pytest.raises(DeliveryUncertain, match="look whether it arrived"):
        channel(chat.url).send("a", "b")
    assert len(chat.received) == 1


@pytest.mark.parametrize(
    ("service", "answer", "said"),
    [
        ("WeComBot", {"errcode": 93000, "errmsg": "invalid webhook url"}, "errcode 93000"),
        ("DingTalk", {"errcode": 310000, "errmsg": "keywords not in content"}, "errcode 310000"),
        ("Feishu", {"code": 19001, "msg": "param invalid"}, "code 19001"),
        ("WeComBot", {"errcode": 0, "errmsg": "ok"}, ""),
        ("Feishu", {"code": 0, "msg": "success"}, ""),
        ("JSON", {"code": 17}, ""),
    ],
)
def test_a_no_that_comes_as_a_good_answer_is_heard(service: str, answer: dict[str, object], said: str) -> None:
    assert notify._refusal(service, SimpleNamespace(json=lambda: answer)) == said


def test_a_no_of_wecom_over_http_is_no_success(chat: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(notify.RESULT_FIELDS, "JSON", "errcode")
    chat.answer = {"errcode": 93000, "errmsg": "invalid webhook url"}
    with pytest.raises(ProviderRefused, match="errcode 93000"):
        channel(chat.url).send("a", "b")


@pytest.mark.parametrize(
    ("url", "service"),
    [
        ("wecombot://abcdef0123456789", "WeComBot"),
        ("dingtalk://abcdefghijklmnop", "DingTalk"),
        ("feishu://abcdefghijklmnop", "Feishu"),
        ("slack://T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX/#general", "Slack"),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", "Telegram"),
    ],
)
def test_the_services_of_the_manual_are_known(url: str, service: str) -> None:
    assert channel(url).check() == service


def test_an_unknown_address_is_a_matter_of_settings_and_is_not_repeated(chat: ChatServer) -> None:
    with pytest.raises(ConfigError, match="'ops'") as problem:
        channel("nonsense://s3cret").check()
    assert "s3cret" not in str(problem.value)
