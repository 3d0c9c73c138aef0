"""The desk speaks each language whole."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rejoinder.web import app, pages
from rejoinder.web.desk.case import DONE
from rejoinder.web.words import LANGUAGES, Words, catalogue, pick_language, zone_of

WEB = Path(pages.__file__).parent
NOW = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
OTHERS = [language for language in LANGUAGES if language != "en"]


def said() -> set[str]:
    """Every text that the templates and the error pages name."""
    sources = "\n".join(file.read_text(encoding="utf-8") for file in WEB.rglob("*.html"))
    quoted = re.findall(r"\bt\(\s*(?:\"([^\"]+)\"|'([^']+)')", sources)
    chosen = re.findall(r"\belse t\(\"([^\"]+)\"", sources)
    python = "\n".join(file.read_text(encoding="utf-8") for file in WEB.rglob("*.py"))
    raised = re.findall(r"(?:HTTPException\(\d+, |BadInput\(|_problem\(request, \d+, |problem = )\"([^\"]+)\"", python)
    return (
        {one or other for one, other in quoted}
        | set(chosen)
        | set(raised)
        | set(DONE.values())
        | set(app.TITLES.values())
    )


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language):
    assert said() - set(catalogue(language)) == set()


@pytest.mark.parametrize("language", OTHERS)
def test_translations_name_the_same_values(language):
    wrong = {
        text for text, told in catalogue(language).items() if re.findall(r"{\w+}", text) != re.findall(r"{\w+}", told)
    }
    assert wrong == set()


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("zh-CN", "en", "zh-CN"),
        ("", "zh-TW,en;q=0.5", "zh-CN"),
        ("xx", "de,en;q=0.5", "en"),
        ("", "", "en"),
        ("", ";;,,", "en"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_browsers(asked, accepted, language):
    assert pick_language(asked, accepted) == language


def test_times_name_their_zone():
    berlin = zone_of("Europe/Berlin")
    assert Words("en").moment(NOW, berlin) == "Fri 20 Mar 2026, 10:30 (Europe/Berlin)"
    assert Words("zh-CN").moment(NOW, berlin) == "2026年3月20日 周五 10:30 (Europe/Berlin)"
    assert Words("en").relative(NOW + timedelta(hours=3), NOW) == "in 3 hours"
    assert Words("zh-CN").relative(NOW - timedelta(hours=3), NOW) == "3小时前"


@pytest.mark.parametrize("name", ["", "Nowhere/Land", "../etc/passwd", "\0"])
def test_a_zone_that_does_not_exist_is_utc(name):
    assert zone_of(name) == ZoneInfo("UTC")


@pytest.mark.parametrize("value", ["89.90 EUR", "2026-03-06", "2026-13-40T99:99:00+00:00", "PK123456785"])
def test_values_that_are_no_instants_stay_as_they_are(value):
    assert Words("en").fact(value, ZoneInfo("UTC")) == value


@pytest.mark.parametrize(
    ("tag", "name"), [("de", "German"), ("pt-BR", "Portuguese (Brazil)"), ("und", ""), ("x!", "x!")]
)
def test_languages_have_names(tag, name):
    assert Words("en").language_name(tag) == name
