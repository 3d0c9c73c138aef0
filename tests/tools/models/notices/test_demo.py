"""The notices of the demo mailbox come out as its list of expectations says."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import rejoinder.demo
from knowledge.notice_catalog import notice_catalog
from tools.mail.parse import parse_mail
from tools.models.notices import read_notice

FOLDER = Path(rejoinder.demo.__file__).parent
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "expected.toml").read_text())["mails"]
DISPUTES = [name for name, table in EXPECTED.items() if table["kind"] == "dispute"]
FIELDS = ("dispute_reference", "amount_minor", "currency", "respond_by", "reason_code", "arn", "category")


@pytest.mark.parametrize("name", DISPUTES)
def test_a_notice_of_the_demo_is_read_exactly(name: str) -> None:
    expected = EXPECTED[name]
    found = read_notice(parse_mail((FOLDER / "mails" / f"{name}.eml").read_bytes()).mail, notice_catalog())
    assert found is not None
    assert (found.notice_source, found.notice_type) == (expected["source"], expected["notice_type"])
    wanted = {field: str(expected[field]) for field in FIELDS if field in expected}
    assert {
        field: found.value(field)[:10] if field == "respond_by" else found.value(field) for field in wanted
    } == wanted


@pytest.mark.parametrize("name", [name for name in EXPECTED if name not in DISPUTES and "phish" not in name])
def test_other_mail_of_the_demo_is_no_notice(name: str) -> None:
    assert read_notice(parse_mail((FOLDER / "mails" / f"{name}.eml").read_bytes()).mail, notice_catalog()) is None


def test_the_trick_of_the_demo_is_seen() -> None:
    found = read_notice(parse_mail((FOLDER / "mails/21-phish-paypal.eml").read_bytes()).mail, notice_catalog())
    assert found is not None
    assert found.kind == "phishing"
