"""What can be set about reminders, and how a mistake is named."""

from pathlib import Path
from typing import Any

import pytest

from rejoinder.config import load_settings
from rejoinder.doctor import _chats
from rejoinder.domain.reminders import MAIL, QUEUE, ReminderPlan
from rejoinder.errors import ConfigError
from rejoinder.wiring import _reminder_plan

SHOP = """
[[merchants]]
slug = "shop"
name = "Shop"
language = "{language}"

[[merchants.mailboxes]]
name = "support"
address = "support@shop.example"
imap = {{ host = "imap.shop.example", user = "support", password_env = "MAIL" }}
{smtp}

[merchants.reminders]
{reminders}
"""
SMTP = 'smtp = { host = "smtp.shop.example" }'


def plan_of(tmp_path: Path, reminders: str, *, smtp: str = SMTP, language: str = "en") -> ReminderPlan:
    path = tmp_path / "rejoinder.toml"
    path.write_text(SHOP.format(reminders=reminders, smtp=smtp, language=language), encoding="utf-8")
    return _reminder_plan(load_settings(path, {}).merchants[0])


def test_without_settings_reminders_stay_in_the_desk_and_the_cut_off_alerts(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "")
    assert plan.at_cutoff == "alert"
    assert {plan.channels(step) for step in ("queue", "mail", "chat", "all", "cutoff")} == {(QUEUE,)}


def test_the_ways_climb(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path,
        'colleague = "Ops@shop.example"\nat_cutoff = "submit_best"\n'
        'channels = [{ name = "wecom", url_env = "WECOM_URL" }]',
        language="zh-CN",
    )
    assert (plan.colleague, plan.language, plan.at_cutoff) == ("ops@shop.example", "zh", "submit_best")
    assert plan.channels("queue") == (QUEUE,)
    assert plan.channels("mail") == (QUEUE, MAIL)
    assert plan.channels("chat") == (QUEUE, "wecom")
    assert plan.channels("all") == plan.channels("cutoff") == (QUEUE, MAIL, "wecom")


def test_a_step_without_its_way_takes_the_next_best() -> None:
    assert ReminderPlan(colleague="ops@shop.example").channels("chat") == (QUEUE, MAIL)
    assert ReminderPlan(chats=("wecom",)).channels("mail") == (QUEUE, "wecom")


def test_the_doctor_says_whether_a_chats_address_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rejoinder.toml"
    chats = 'channels = [{ name = "a", url_env = "CHAT_A" }, { name = "b", url_env = "CHAT_B" }]'
    path.write_text(SHOP.format(reminders=chats, smtp=SMTP, language="en"), encoding="utf-8")
    monkeypatch.setenv("CHAT_A", "wecombot://abcdef0123456789")
    known, missing = _chats(load_settings(path, {}))
    assert (known.good, known.words) == (True, "WeComBot")
    assert (missing.good, "'CHAT_B' is not set" in missing.words) == (False, True)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"reminders": 'colleague = "nobody"'}, "merchants.0.reminders.colleague.*no mail address"),
        ({"reminders": 'colleague = "support@shop.example"'}, "reminders.colleague.*a mailbox that is read here"),
        ({"reminders": 'colleague = "ops@shop.example"', "smtp": ""}, r"reminders.colleague needs a mailbox with \[smtp"),
        ({"reminders": "all_hours = 1"}, "all_hours must be more than cutoff_hours"),
        ({"reminders": "chat_hours = 80"}, "chat_hours must not be more than mail_hours"),
        ({"reminders": 'at_cutoff = "pay"'}, "merchants.0.reminders.at_cutoff.*'alert', 'submit_best' or 'accept'"),
        ({"reminders": 'channels = [{ name = "mail", url_env = "X" }]'}, "channels.0.name.*choose another name"),
        ({"reminders": 'channels = [{ name = "a", url_env = "X" }, { name = "a", url_env = "Y" }]'}, "the same name"),
        ({"reminders": 'channels = [{ name = "a", url = "slack://x" }]'}, "channels.0.url_env.*required"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_what_to_do(tmp_path: Path, given: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        plan_of(tmp_path, **given)
