"""What becomes of the sample merchant's mails, all of them, against what should."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import rejoinder.demo
from rejoinder.storage.pages import CasePage
from tests.fixtures_program import Shop

FOLDER = Path(rejoinder.demo.__file__).parent
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))["mails"]


@pytest.fixture
def pages(shop: Shop) -> dict[str, CasePage]:
    """Every mail of the demo taken to its end, oldest first."""
    runs = {name: shop.receive((FOLDER / "mails" / f"{name}.eml").read_bytes()) for name in sorted(EXPECTED)}
    for run_id in runs.values():
        shop.program.worker.advance(run_id)
    return {name: shop.page_of_run(run_id) for name, run_id in runs.items()}


def test_every_mail_becomes_what_it_should(pages: dict[str, CasePage]) -> None:
    wrong = [f"{name}: {what}" for name, page in pages.items() for what in differences(EXPECTED[name], page)]
    assert wrong == []


def differences(expected: dict[str, Any], page: CasePage) -> list[str]:
    kind = page.case.kind
    found = []
    if kind != expected["kind"]:
        found.append(f"kind {kind}, not {expected['kind']} ({page.set_aside})")
    elif kind == "dispute":
        found += dispute_differences(expected, page)
    elif kind == "service" and page.case.intent != expected["intent"]:
        found.append(f"intent {page.case.intent}, not {expected['intent']}")
    if kind != "set_aside" and page.case.order_number != expected["order"]:
        found.append(f"order {page.case.order_number!r}, not {expected['order']!r}")
    if page.run is not None and page.run.status == "failed":
        found.append(f"failed: {page.run.error}")
    return found


def dispute_differences(expected: dict[str, Any], page: CasePage) -> list[str]:
    dispute = page.dispute
    assert dispute is not None
    pairs = {
        "category": dispute.category,
        "dispute_reference": "" if dispute.reference.startswith("mail:") else dispute.reference,
        "amount_minor": dispute.amount.amount_minor if dispute.amount else None,
        "currency": dispute.amount.currency if dispute.amount else "",
        "respond_by": f"{dispute.respond_by:%Y-%m-%d}" if dispute.respond_by else "",
    }
    return [
        f"{name} {value!r}, not {expected[name]!r}"
        for name, value in pairs.items()
        if name in expected and value != expected[name]
    ]


def test_a_reminder_continues_the_case_of_its_notice(pages: dict[str, CasePage]) -> None:
    for name, expected in EXPECTED.items():
        if "same_case" in expected:
            assert pages[name].case.case_id == pages[expected["same_case"]].case.case_id


def test_no_draft_of_the_demo_states_what_nothing_backs(pages: dict[str, CasePage]) -> None:
    unbacked = {
        (name, problem.code, problem.detail)
        for name, page in pages.items()
        for problem in page.problems
        if problem.code
        in {"unsupported_fact", "unsupported_link", "unknown_citation", "promise_without_policy", "card_number"}
    }
    assert unbacked == set()


def test_nothing_leaves_by_itself(pages: dict[str, CasePage]) -> None:
    assert [name for name, page in pages.items() if page.deliveries] == []
