"""The figures page: counts with their denominators, by each dimension, for a period, and as CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from rejoinder.domain.figures import DisputeRecord, figures
from rejoinder.domain.money import Money
from rejoinder.web.desk.figures import COLUMNS, DIMENSIONS, TITLES, csv_rows, label_of, rate_text, with_fees
from rejoinder.web.words import Words, catalogue, zone_of

JANUARY = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)


def record(status: str = "won_final", **changed: object) -> DisputeRecord:
    values = {
        "reference": "dp",
        "opened_at": JANUARY,
        "status": status,
        "amount": Money(amount_minor=10_000, currency="USD"),
        "answered": True,
        "processor": "stripe",
        "network": "visa",
        "code": "13.1",
        "category": "not_received",
    }
    return DisputeRecord(**(values | changed))


def test_the_page_prints_every_denominator(browser, scene, merchant):
    scene.dispute_case(merchant)
    scene.dispute_case(merchant)
    page = unescape(browser.get("/figures?by=code").text)
    assert "of 2 received" in page
    assert "(0 + 0 + 0 + 0 + 0 + 2 = 2)" in page
    assert "– (0/0)" in page
    assert "Visa 13.1" in page
    assert "179.80 EUR" in page


def test_the_page_speaks_chinese(browser, scene, merchant):
    scene.dispute_case(merchant)
    page = unescape(browser.get("/figures?by=category&lang=zh-CN").text)
    assert "胜诉率（已抗辩且已裁决）" in page
    assert "（共收到 1 宗）" in page
    assert "Won" not in page


def test_no_dispute_gives_a_word_and_no_table(browser):
    assert "No dispute was opened in this period." in browser.get("/figures").text


def test_a_period_counts_its_days_in_the_merchants_zone(browser, scene, merchant):
    scene.dispute_case(merchant)
    today = datetime.now(UTC).date()
    inside = browser.get(f"/figures?since={today - timedelta(days=1)}&until={today + timedelta(days=1)}").text
    outside = browser.get(f"/figures?since={today + timedelta(days=2)}").text
    assert "of 1 received" in inside
    assert "No dispute was opened in this period." in outside


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=soon", "Write days like 2026-12-04."),
        ("since=2026-03-02&until=2026-03-01", "The period ends before it starts."),
        ("merchant=other", "There is no such merchant."),
        ("until=9999-12-31", "Write days like 2026-12-04."),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(browser, query, said):
    answer = browser.get(f"/figures?{query}")
    assert answer.status_code == 200
    assert said in answer.text


def test_another_merchants_disputes_are_in_no_figure(open_browser, scene, merchant):
    other = scene.merchant("nordlicht", "Nordlicht")
    scene.dispute_case(other)
    browser = open_browser("kim", (merchant.merchant_id,))
    assert "No dispute was opened" in browser.get("/figures").text
    assert "There is no such merchant." in browser.get("/figures?merchant=nordlicht").text


def test_the_file_holds_all_and_every_dimension(browser, scene, merchant):
    scene.dispute_case(merchant)
    answer = browser.get("/figures.csv?since=2026-03-01")
    assert "figures-2026-03-01.csv" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    counted = [row for row in rows if row["received"]]
    assert [row["dimension"] for row in counted] == ["all", *DIMENSIONS]
    assert counted[1]["value"] == "visa 13.1"
    assert [row["currency"] for row in rows if row["dimension"] == "all"] == ["EUR", "USD"]
    assert (rows[0]["currency"], rows[0]["disputed"], rows[0]["value_decided"]) == ("EUR", "89.90", "0.00")


def test_no_cell_of_the_file_is_a_formula():
    rows = list(csv_rows([record(category="=1+1")], zone_of("UTC")))
    assert [row[1] for row in rows if row[0] == "category"] == ["'=1+1"]


def test_fees_that_come_back_with_a_win_are_not_counted():
    assert [str(fee) for fee in with_fees(record("won_final")).fees] == ["15.00 USD"]
    assert [str(fee) for fee in with_fees(record("lost")).fees] == ["15.00 USD", "15.00 USD"]
    assert with_fees(record("inquiry_closed")).fees == ()
    assert with_fees(record(processor="unheard-of")).fees == ()


def test_shares_show_what_they_were_divided_by():
    found = figures([record("won_final"), record("lost"), record("lost")])
    assert rate_text(found.won_of_contested) == "33.3 % (1/3)"
    assert rate_text(figures([]).won_of_all) == "– (0/0)"
    assert rate_text(figures([record("won_final")]).won_of_all) == "100 % (1/1)"


@pytest.mark.parametrize(
    ("dimension", "value", "english", "chinese"),
    [
        ("country", "DE", "Germany", "德国"),
        ("country", "", "Not known", "不详"),
        ("network", "visa", "Visa", "Visa"),
        ("goods", "physical", "Physical", "实物"),
        ("month", "2026-01", "2026-01", "2026-01"),
    ],
)
def test_values_are_named_as_people_read_them(dimension, value, english, chinese):
    assert label_of(Words("en"), dimension, value) == english
    assert label_of(Words("zh-CN"), dimension, value) == chinese


def test_the_headings_are_translated():
    assert {*COLUMNS, *TITLES.values()} - set(catalogue("zh-CN")) == set()
