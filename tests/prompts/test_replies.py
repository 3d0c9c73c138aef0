"""Every reply template in every situation and language."""

import re
from collections import Counter
from pathlib import Path

import pytest
from jinja2 import meta

from prompts import contexts, render
from prompts.render import FOLDER
from rejoinder.domain.drafts import Sentence
from rejoinder.errors import TemplateError
from tests.prompts.golden import assert_golden, shown
from tests.prompts.scenes import CASES, CITATIONS, FULL, LANGUAGES, SITUATIONS, scenes

LANGUAGES_THERE = [language for language in LANGUAGES if (FOLDER / "reply" / language / "_layout.txt.j2").exists()]
Structure = list[tuple[tuple[str, ...], tuple[str, ...], str]]


@pytest.mark.parametrize("template", SITUATIONS)
@pytest.mark.parametrize("language", LANGUAGES_THERE)
def test_the_reply_reads_as_somebody_approved_it(template: str, language: str) -> None:
    parts = []
    for name in SITUATIONS[template]:
        for kind, scene in zip(("full", "sparse"), scenes(template, name), strict=True):
            rendered = render.render(f"reply/{template}", scene, language=language, citations=CITATIONS)
            parts.append(f"===== {name or 'any'}, {kind}\n{shown(rendered, language)}")
    assert_golden("\n".join(parts), f"reply/{language}/{template}.txt")


@pytest.mark.parametrize(("template", "name"), CASES)
@pytest.mark.parametrize("language", [language for language in LANGUAGES_THERE if language != "en"])
def test_a_language_states_cites_and_promises_what_english_does(template: str, name: str, language: str) -> None:
    for scene in scenes(template, name):
        english, other = (
            render.render(f"reply/{template}", scene, language=code, citations=CITATIONS) for code in ("en", language)
        )
        assert [_structure(p) for p in other.paragraphs] == [_structure(p) for p in english.paragraphs]
        assert other.subject_citations == english.subject_citations


def _structure(paragraph: tuple[Sentence, ...]) -> Structure:
    return [(tuple(sorted(s.citations)), s.promises, s.slot) for s in paragraph]


@pytest.mark.parametrize("language", LANGUAGES_THERE)
def test_a_language_has_the_same_templates_situations_and_variables(language: str) -> None:
    assert _outline(language) == _outline("en")


def _outline(language: str) -> dict[str, tuple[Counter[str], set[str], Counter[str]]]:
    outline = {}
    for file in sorted((FOLDER / "reply" / language).glob("*.j2")):
        source = file.read_text(encoding="utf-8")
        quoted = Counter(word for word in re.findall(r'"([\w.]+)"', source))
        expressions = Counter(re.findall(r"\{\{ (.*?) \}\}", source))
        outline[file.name] = (quoted, _variables(file), expressions)
    return outline


def _variables(file: Path) -> set[str]:
    environment = render._environment("en")
    return meta.find_undeclared_variables(environment.parse(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("file", sorted((FOLDER / "reply").rglob("*.j2")), ids=lambda f: f"{f.parent.name}/{f.name}")
def test_a_template_asks_only_for_fields_of_its_context(file: Path) -> None:
    assert _variables(file) <= set(contexts.values_of(FULL))


@pytest.mark.parametrize("template", sorted(set(SITUATIONS) - {"ask_order", "acknowledge"}))
@pytest.mark.parametrize("language", LANGUAGES_THERE)
def test_a_situation_without_words_is_refused(template: str, language: str) -> None:
    name = next(iter(SITUATIONS[template]))
    values = contexts.values_of(scenes(template, name)[0]) | {"situation": "on_the_moon"}
    with pytest.raises(TemplateError, match="no words for the situation 'on_the_moon'"):
        render.render(f"reply/{template}", language=language, citations=CITATIONS, **values)


@pytest.mark.parametrize(("template", "name"), CASES)
def test_promises_are_known_words(template: str, name: str) -> None:
    for scene in scenes(template, name):
        rendered = render.render(f"reply/{template}", scene, language="en", citations=CITATIONS)
        promises = {promise for p in rendered.paragraphs for s in p for promise in s.promises}
        assert promises <= set(contexts.PROMISES)


def test_each_situation_promises_no_more_than_is_allowed_there() -> None:
    promised = {}
    for template, name in CASES:
        found = set()
        for scene in scenes(template, name):
            rendered = render.render(f"reply/{template}", scene, language="en", citations=CITATIONS)
            found |= {promise for p in rendered.paragraphs for s in p for promise in s.promises}
        if found:
            promised[template, name] = found
    assert promised == {
        ("order.cancel", "can_cancel"): {"cancellation"},
        ("after.return_request", "within_window"): {"return_label", "refund_after_return"},
        ("after.refund_request", "within_window"): {"return_label", "refund_after_return"},
    }
