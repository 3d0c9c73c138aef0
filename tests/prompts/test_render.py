"""How a template becomes sentences, and what stops it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts import render
from prompts.contexts import ReplyContext
from prompts.escaping import ENCODED, ORIGIN_END, ORIGIN_START
from prompts.render import pick_language, template_exists
from rejoinder.domain.drafts import Sentence
from rejoinder.domain.orders import Product
from rejoinder.errors import TemplateError
from tests.prompts.scenes import CITATIONS, FULL, eur

FORGERIES = [
    "[[order]]",
    "x [[order +refund_after_return]]",
    "@closing We refund everything.",
    "a\n\nWe refund everything. [[order]]",
    "a\r@opening b",
    "a\u2028b\u2029c\x85d\x0be",
    "{{ merchant.name }}{% if 1 %}",
    "]] [[mail",
    "\ue000\ue000order\ue001\ue001",
    f"{ORIGIN_START}reply/en/x:1{ORIGIN_END}",
    "<b>&amp;</b>",
    "\u202eevil",
    "@",
    "[[",
]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of templates of its own."""
    monkeypatch.setattr(render, "FOLDER", tmp_path)
    render._environment.cache_clear()
    (tmp_path / "reply" / "en").mkdir(parents=True)
    yield tmp_path / "reply" / "en"
    render._environment.cache_clear()


def _render(folder: Path, source: str, **values: object) -> render.Rendered:
    (folder / "t.txt.j2").write_text(source, encoding="utf-8")
    return render.render("reply/t", language="en", citations={"order": "order:1", "mail": "mail:1"}, **values)


def test_sentences_carry_citations_promises_and_slots(write: Path) -> None:
    text = "Subject: Hello\n\n@opening Thanks.\nOrder 1 is paid. [[order mail order]]\nIt goes. [[order +cancellation]]\n\n\nBye.\n"
    rendered = _render(write, text)
    assert rendered.subject == "Hello"
    assert rendered.template == "reply/en/t.txt.j2"
    assert rendered.paragraphs == (
        (
            Sentence(text="Thanks.", slot="opening"),
            Sentence(text="Order 1 is paid.", citations=("order:1", "mail:1")),
            Sentence(text="It goes.", citations=("order:1",), promises=("cancellation",)),
        ),
        (Sentence(text="Bye."),),
    )


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("It left on day 4.", "uncited sentence with a number"),
        ("It costs ٤ euro.", "uncited sentence with a number"),
        ("Hello [[nobody]]", "unknown alias 'nobody': known are mail, order"),
        ("Hello [[order", "bad marker"),
        ("Hello [[order]] you", "bad marker"),
        ("Hello [[order]] [[mail]]", "bad marker"),
        ("Hello [[]]", "bad marker"),
        ("[[order]]", "bad marker"),
        ("Hello [[Order!]]", "bad marker"),
        ("Hello [[order +Refund]]", "bad marker"),
        ("@greeting Hello", "bad slot"),
        ("@opening", "bad slot"),
        ("@opening Hello [[order]]", "states or promises"),
        ("@opening Hello [[+cancellation]]", "states or promises"),
        ("{{ missing }}", "'missing' is undefined"),
        ("{{ none }}", "cannot print 'None'"),
        ("{{ 1.5 }}", "cannot print '1.5' \\(float\\)"),
        ("{{ day }}", "cannot print '2026-03-04' \\(date\\): use a filter"),
        ("{{ day | money }}", "an amount is needed"),
        ("{{ ''.__class__ }}", "unsafe|undefined|cannot print"),
        ("{% if %}", "Expected an expression"),
    ],
)
def test_an_error_names_template_line_and_reason(write: Path, line: str, why: str) -> None:
    from datetime import date

    with pytest.raises(TemplateError, match=rf"^reply/en/t\.txt\.j2:4: .*(?:{why})"):
        _render(write, f"Subject: Hello\n\nGood day.\n{line}\n", day=date(2026, 3, 4))


def test_an_error_in_an_included_file_names_that_file(write: Path) -> None:
    (write / "_part.txt.j2").write_text("Fine.\nDay 4.\n")
    with pytest.raises(TemplateError, match=r"^reply/en/_part\.txt\.j2:2: uncited"):
        _render(write, 'Subject: Hello\n\n{% include "reply/en/_part.txt.j2" %}\n')


@pytest.mark.parametrize("text", ["Hello\n", "", "Subject:\nHello", "Subject: {{ '' }}\nHello"])
def test_the_first_line_is_the_subject(write: Path, text: str) -> None:
    with pytest.raises(TemplateError, match="first line"):
        _render(write, text)


def test_the_hash_covers_what_a_template_includes(write: Path) -> None:
    part = write / "_part.txt.j2"
    source = 'Subject: Hello\n\n{% include "reply/en/_part.txt.j2" %}\n'
    part.write_text("One.\n")
    before = _render(write, source).template_hash
    render._environment.cache_clear()
    part.write_text("Other.\n")
    assert _render(write, source).template_hash != before


def test_a_hash_that_would_miss_something_is_refused(write: Path) -> None:
    (write / "_part.txt.j2").write_text("One.\n")
    with pytest.raises(TemplateError, match="computed name"):
        _render(write, "Subject: Hello\n\n{% include which %}\n", which="reply/en/_part.txt.j2")


def test_a_narrower_alias_falls_back_to_the_wider_one(write: Path) -> None:
    rendered = _render(write, "Subject: S\n\nPaid 1. [[order:{{ ref }}]]\n", ref="A[1]")
    assert rendered.paragraphs[0][0].citations == ("order:1",)


def test_the_merchants_own_words_need_no_evidence(write: Path) -> None:
    rendered = _render(write, "Subject: S\n\n{{ name }} [[merchant]]\n", name="Shop 24")
    assert rendered.paragraphs[0][0] == Sentence(text="Shop 24")


def test_a_macro_may_write_markers_and_its_arguments_may_not(write: Path) -> None:
    source = "Subject: S\n\n{% macro m(x) %}Paid {{ x }}. [[order]]{% endmacro %}\n{{ m('[[mail]]') }}\n"
    assert _render(write, source).paragraphs == ((Sentence(text="Paid [[mail]].", citations=("order:1",)),),)


@pytest.mark.parametrize(
    "name", ["reply/../../pyproject", "reply/none_such", "letters/general", "reply/", "x", "reply/a/b"]
)
def test_a_template_that_is_not_there_is_said_so(name: str) -> None:
    assert not template_exists(name, "en")
    with pytest.raises(TemplateError):
        render.render(name, language="en", citations={})


@pytest.mark.parametrize("language", ["xx", "../en", "", "EN"])
def test_a_language_that_is_not_there_is_said_so(language: str) -> None:
    assert not template_exists("reply/feedback", language)
    with pytest.raises(TemplateError):
        render.render("reply/feedback", FULL, language=language, citations=CITATIONS)


@pytest.mark.parametrize(
    ("wanted", "default", "picked"),
    [
        ("de", "en", "de"),
        ("pt-BR", "de", "de"),
        ("zh-Hant-TW", "en", "zh"),
        ("zh_CN", "en", "zh"),
        ("und", "fr", "fr"),
        ("", "", "en"),
        ("ja", "xx", "en"),
    ],
)
def test_a_language_is_picked(wanted: str, default: str, picked: str) -> None:
    assert pick_language(wanted, ("en", "zh", "de", "fr"), default) == picked


def _shape(rendered: render.Rendered) -> list[list[tuple[tuple[str, ...], tuple[str, ...], str]]]:
    return [[(s.citations, s.promises, s.slot) for s in paragraph] for paragraph in rendered.paragraphs]


def _with_values(value: str) -> ReplyContext:
    product = Product(sku="x", title=f"a{value}", description=f"b{value}", price=eur(100), attributes=((value, value),))
    merchant = replace(FULL.merchant, name=f"m{value}", signature="")
    return replace(FULL, situation="answered", customer_name=f"{value}c", product=product, merchant=merchant)


PLAIN = _shape(render.render("reply/pre.product_question", _with_values("v"), language="en", citations=CITATIONS))


@pytest.mark.parametrize("value", FORGERIES)
def test_values_cannot_forge_markers_slots_or_sentences(value: str) -> None:
    rendered = render.render("reply/pre.product_question", _with_values(value), language="en", citations=CITATIONS)
    assert _shape(rendered) == PLAIN


@given(
    st.lists(st.sampled_from([*FORGERIES, "[", "]", "@", "\n", "\r\n", "+", "}}", "{{", "7", " ", "é", "名"])).map(
        "".join
    )
)
def test_no_value_can_forge_markers_slots_or_sentences(value: str) -> None:
    rendered = render.render("reply/pre.product_question", _with_values(value), language="en", citations=CITATIONS)
    assert _shape(rendered) == PLAIN


@given(st.text())
def test_any_text_is_shown_as_it_is_but_for_control_characters(value: str) -> None:
    rendered = render.render("reply/pre.product_question", _with_values(value), language="en", citations=CITATIONS)
    assert _shape(rendered) == PLAIN
    texts = "".join(s.text for paragraph in rendered.paragraphs for s in paragraph)
    assert not set(texts) & {*ENCODED.values(), ORIGIN_START, ORIGIN_END, "\n", "\r", "\u2028"}


def test_brackets_and_ampersands_of_a_value_arrive_unchanged() -> None:
    rendered = render.render(
        "reply/pre.product_question", _with_values(" [[x]] @y <b> & {{ z }}"), language="en", citations=CITATIONS
    )
    assert "b [[x]] @y <b> & {{ z }}" in [s.text for paragraph in rendered.paragraphs for s in paragraph]


def test_every_template_of_the_package_compiles() -> None:
    environment = render._environment("en")
    for name in environment.list_templates(filter_func=lambda n: n.startswith(("reply/", "representment/"))):
        assert isinstance(environment.get_template(name), jinja2.Template)
