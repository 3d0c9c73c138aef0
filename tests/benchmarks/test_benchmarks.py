"""The benchmarks run, on sizes too small to tell anything: no figure is asserted."""

from email import message_from_bytes
from pathlib import Path

import pytest

import benchmarks.place
from benchmarks.case import case
from benchmarks.client import request, send_all
from benchmarks.growth import growth
from benchmarks.intake import intake
from benchmarks.measuring import Scale, Table, Watch
from benchmarks.report import write_report
from benchmarks.search import search
from benchmarks.shop import mail, orders
from benchmarks.web import bare_server
from tests.fixtures_program import MODELS

TINY = Scale(rounds=1, mails=8, cases=2, sizes=(5, 10), requests=4, passages=20, workers=(), parts=(), rest_seconds=0)


@pytest.fixture(autouse=True)
def _trained_already(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmarks.place, "MODELS", MODELS)


@pytest.mark.parametrize("benchmark", [intake, case, growth, search])
def test_a_benchmark_gives_whole_tables(benchmark) -> None:
    for table in benchmark(TINY):
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.headings)}


def test_the_client_sees_a_bare_server_answer() -> None:
    with bare_server() as port:
        spent = send_all(port, [request("GET", f"http://127.0.0.1:{port}/healthz", {})] * 6, connections=2)
        assert spent > 0
        with pytest.raises(RuntimeError, match="404"):
            send_all(port, [request("GET", f"http://127.0.0.1:{port}/none", {})], connections=1)


def test_the_same_number_gives_the_same_words_and_another_edition_another_mail() -> None:
    one, again, other = (message_from_bytes(mail(3, edition)) for edition in (0, 0, 1))
    assert one["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert one["Subject"] == other["Subject"]


def test_each_order_has_a_customer_a_payment_and_a_parcel_of_its_own() -> None:
    made = list(orders(range(100)))
    for values in (
        [order.customer_email for order in made],
        [payment.reference for order in made for payment in order.payments],
        [shipment.tracking_number for order in made for shipment in order.shipments],
    ):
        assert len(values) == len(set(values))


def test_a_watch_counts_calls_by_name() -> None:
    watch = Watch()
    watched = watch.around(["b", "a"], "list.")
    watched.sort()
    watched.append("c")
    assert (watch.count("list."), watch.calls["list.sort"]) == (2, 1)


def test_a_report_is_a_page_of_tables(tmp_path: Path) -> None:
    table = Table(title="speed", headings=("what", "ms"), rows=(("one", "1.0"),), notes=("a note",))
    write_report(tmp_path / "latest.md", [table])
    written = (tmp_path / "latest.md").read_text(encoding="utf-8")
    assert "## speed\n\n| what | ms |\n| --- | ---: |\n| one | 1.0 |\n\na note." in written
    assert "cores." in written
