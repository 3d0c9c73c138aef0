"""Links to the finished file: for one case, for a time, and only as we signed them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from rejoinder.domain.cases import Case
from rejoinder.errors import NotFound
from rejoinder.links import PacketLinks

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CASE = Case(
    case_id=7,
    merchant_id=1,
    kind="dispute",
    status="in_review",
    title="dp_1",
    created_at=NOW,
    respond_by=NOW + timedelta(days=7),
)


@dataclass
class Rows:
    """One case and a secret."""

    held: Case = CASE
    key: str = "not a real secret"

    def secret(self, name: str) -> str:
        return f"{self.key}:{name}"

    def case(self, case_id: int) -> Case:
        if case_id != self.held.case_id:
            raise NotFound(f"there is no case {case_id}")
        return self.held


def links(rows: Rows, now: datetime = NOW) -> PacketLinks:
    return PacketLinks(store=rows, public_url="https://desk.example/", clock=lambda: now)


def token(rows: Rows) -> str:
    return links(rows).link_for(7).rpartition("/")[2]


def test_a_link_leads_to_its_case_until_the_answer_is_due():
    rows = Rows()
    assert links(rows).link_for(7).startswith("https://desk.example/file/")
    opened = links(rows).open(token(rows))
    assert (opened.case_id, opened.until) == (7, NOW + timedelta(days=7))
    with pytest.raises(NotFound):
        links(rows, NOW + timedelta(days=7)).open(token(rows))


@pytest.mark.parametrize("due", [None, NOW + timedelta(days=300)])
def test_a_link_holds_thirty_days_at_most(due):
    rows = Rows(replace(CASE, respond_by=due))
    assert links(rows).open(token(rows)).until == NOW + timedelta(days=30)


def test_there_is_no_link_to_what_is_over():
    assert links(Rows(replace(CASE, respond_by=NOW))).link_for(7) == ""
    assert links(Rows(replace(CASE, status="closed"))).link_for(7) == ""


def test_a_link_ends_with_its_case():
    rows = Rows()
    given = token(rows)
    rows.held = replace(CASE, status="closed")
    with pytest.raises(NotFound):
        links(rows).open(given)


@pytest.mark.parametrize("change", [lambda one: one[:-1], lambda one: "x" + one, lambda one: "", lambda one: "a.b.c"])
def test_a_changed_link_leads_nowhere(change):
    rows = Rows()
    with pytest.raises(NotFound):
        links(rows).open(change(token(rows)))


def test_a_link_signed_with_another_secret_leads_nowhere():
    with pytest.raises(NotFound):
        links(Rows()).open(token(Rows(key="another")))
