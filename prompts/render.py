"""From a template and the records of a case to sentences, each with what it cites.

A template's first line is `Subject: …`; then one sentence a line, a blank line between paragraphs.
`[[order shipment]]` at the end of a sentence names what it cites, `+cancellation` in it what it commits
the merchant to. A line that starts with `@opening `, `@empathy ` or `@closing ` is prose that a model
may replace; it states nothing. `prompts/README.md` shows each with an example.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import meta
from jinja2.sandbox import SandboxedEnvironment

from prompts.contexts import Context, values_of
from prompts.escaping import LineOrigins, decode, finalize, split_origin
from prompts.filters import filters_of
from rejoinder.domain.drafts import Sentence
from rejoinder.errors import TemplateError

FOLDER = Path(__file__).parent
SLOTS = ("opening", "empathy", "closing")
SUFFIXES = {"reply": "txt", "representment": "md", "explanation": "md", "request": "txt", "reminder": "txt"}
"""The folders of templates that come in languages, and what their files hold: plain text or Markdown."""
NEEDS_NO_EVIDENCE = ("merchant", "finding")
"""Aliases that may always be cited and add no id: the merchant's own name, and what a rule concluded elsewhere."""

_NAME = re.compile(rf"({'|'.join(SUFFIXES)})/([a-z0-9_]+(?:\.[a-z0-9_]+)*)")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]+)?")
_MARKED = re.compile(r"(?P<text>.*?)\s*\[\[(?P<marker>[^\[\]]*)\]\]")
_SLOT = re.compile(r"@(?P<slot>\w+) +(?P<text>.+)")
_ALIAS = re.compile(r"[a-z_]+(?::[^\s+]+)?")
_PROMISE = re.compile(r"\+[a-z_]+")

# What goes wrong inside a template when a value is not of the kind it expects.
_RENDER_ERRORS = (jinja2.TemplateError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError)


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A rendered template. `template` is its path; `template_hash` covers all that it includes."""

    subject: str
    paragraphs: tuple[tuple[Sentence, ...], ...]
    template: str
    template_hash: str
    subject_citations: tuple[str, ...] = ()


def render(
    name: str,
    context: Context | None = None,
    /,
    *,
    language: str,
    citations: Mapping[str, str],
    **values: Any,
) -> Rendered:
    """Render `reply/<intent>`, `representment/<category>` or another template, by the folders of `SUFFIXES`.

    `citations` maps the aliases that templates cite by to ids of evidence and passages. The values are
    the fields of `context`, or are given one by one.

    Raises:
        TemplateError: no such template, a missing value, an unknown alias, a bad marker, or a sentence
            that states a number and cites nothing. The message names the template and the line.
    """
    path = _path(name, language)
    environment = _environment(language)
    try:
        text = environment.get_template(path).render(values_of(context) if context else values)
        digest = template_hash(environment, path)
    except _RENDER_ERRORS as exc:
        raise TemplateError(f"{_where(exc, path)}: {_why(exc)}") from exc
    subject, *lines = text.split("\n")
    reader = _Reader(path, citations)
    heading = reader.subject(subject)
    return Rendered(
        subject=heading.text,
        subject_citations=heading.citations,
        paragraphs=reader.paragraphs(lines),
        template=path,
        template_hash=digest,
    )


def template_exists(name: str, language: str) -> bool:
    """Tell whether there is a template of that name in the language."""
    try:
        return (FOLDER / _path(name, language)).is_file()
    except TemplateError:
        return False


def pick_language(wanted: str, available: Iterable[str], default: str) -> str:
    """Return the wanted language, or its base (`pt` for `pt-BR`), where available; else the default; else English."""
    there = {language.lower(): language for language in available}
    for language in (wanted, default):
        for tag in (language.lower().replace("_", "-"), re.split("[-_]", language.lower())[0]):
            if tag in there:
                return there[tag]
    return "en"


def render_prompt(name: str, /, **values: Any) -> str:
    """Render `model/<name>`, a prompt for a language model.

    Raises:
        TemplateError: no such prompt, or a missing value.
    """
    path = f"model/{name}.txt.j2"
    try:
        return _prompt_environment().get_template(path).render(values).strip()
    except _RENDER_ERRORS as exc:
        raise TemplateError(f"{_where(exc, path)}: {_why(exc)}") from exc


@cache
def template_hash(environment: jinja2.Environment, path: str) -> str:
    """Return sha256 (hex) over the sources of a template and of all that it extends, includes or imports."""
    sources: dict[str, str] = {}
    _add_sources(environment, path, sources)
    parts = (f"{name}\0{source}\0" for name, source in sorted(sources.items()))
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _add_sources(environment: jinja2.Environment, path: str, sources: dict[str, str]) -> None:
    if path in sources or environment.loader is None:
        return
    sources[path] = environment.loader.get_source(environment, path)[0]
    for name in meta.find_referenced_templates(environment.parse(sources[path])):
        if name is None:
            raise jinja2.TemplateError(f"{path} refers to a template by a computed name, which no hash can cover")
        _add_sources(environment, name, sources)


def _path(name: str, language: str) -> str:
    match = _NAME.fullmatch(name)
    if match is None or not _LANGUAGE.fullmatch(language):
        raise TemplateError(
            f"no template is called {name!r} ({language!r}): it starts with one of {', '.join(SUFFIXES)}"
        )
    return f"{match[1]}/{language}/{match[2]}.{SUFFIXES[match[1]]}.j2"


@cache
def _environment(language: str) -> SandboxedEnvironment:
    # Autoescape stands for our own encoding: `finalize` encodes what is printed, the output of macros is left alone.
    environment = SandboxedEnvironment(
        loader=jinja2.FileSystemLoader(FOLDER),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        finalize=finalize,
        extensions=[LineOrigins],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters.pop("safe")
    environment.filters.update(filters_of(language))
    return environment


@cache
def _prompt_environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=jinja2.FileSystemLoader(FOLDER),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # plain text for a model
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(filters_of("en"))
    return environment


def _where(exc: BaseException, path: str) -> str:
    if isinstance(exc, jinja2.TemplateSyntaxError):
        return f"{exc.name}:{exc.lineno}"
    place, trace = path, exc.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.suffix == ".j2" and file.is_relative_to(FOLDER):
            place = f"{file.relative_to(FOLDER).as_posix()}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _why(exc: BaseException) -> str:
    return "no such template" if isinstance(exc, jinja2.TemplateNotFound) else str(exc) or type(exc).__name__


class _Reader:
    """Takes rendered text apart, line by line."""

    def __init__(self, path: str, citations: Mapping[str, str]) -> None:
        self.path = path
        self.citations = citations
        self.place = path

    def subject(self, line: str) -> Sentence:
        text = self._enter(line)
        if not text.startswith("Subject:") or not text.removeprefix("Subject:").strip():
            raise self._error("the first line must be 'Subject: …'")
        return self._sentence(text.removeprefix("Subject:").strip(), slot="")

    def paragraphs(self, lines: Iterable[str]) -> tuple[tuple[Sentence, ...], ...]:
        found: list[list[Sentence]] = [[]]
        for line in lines:
            text = self._enter(line)
            if text:
                found[-1].append(self._line(text))
            elif found[-1]:
                found.append([])
        return tuple(tuple(sentences) for sentences in found if sentences)

    def _enter(self, line: str) -> str:
        text, self.place = split_origin(line)
        return text

    def _line(self, text: str) -> Sentence:
        if not text.startswith("@"):
            return self._sentence(text, slot="")
        match = _SLOT.fullmatch(text)
        if match is None or match["slot"] not in SLOTS:
            raise self._error(f"bad slot: a line that starts with '@' needs one of {', '.join(SLOTS)} and words")
        sentence = self._sentence(match["text"], slot=match["slot"])
        if sentence.citations or sentence.promises:
            raise self._error(f"the slot {sentence.slot!r} states or promises something, which a slot may not")
        return sentence

    def _sentence(self, line: str, *, slot: str) -> Sentence:
        match = _MARKED.fullmatch(line)
        text = decode(match["text"] if match else line).strip()
        words = decode(match["marker"]).split() if match else []
        if "[[" in (match["text"] if match else line) or "]]" in (match["text"] if match else line):
            raise self._error("bad marker: write '[[order]]' once, at the end of the sentence")
        if match and (not text or not words):
            raise self._error("bad marker: it needs a sentence before it and a name in it")
        aliases = [word for word in words if not word.startswith("+")]
        ids = [found for alias in aliases if (found := self._id_of(alias))]
        if not aliases and any(char.isdigit() for char in text):
            raise self._error(f"uncited sentence with a number: {text!r}")
        promises = tuple(self._promise(word) for word in words if word.startswith("+"))
        return Sentence(text=text, citations=tuple(dict.fromkeys(ids)), promises=promises, slot=slot)

    def _id_of(self, alias: str) -> str:
        if alias in NEEDS_NO_EVIDENCE:
            return ""
        if not _ALIAS.fullmatch(alias):
            raise self._error(f"bad marker: {alias!r} is no name to cite by")
        for known in (alias, alias.partition(":")[0]):
            if known in self.citations:
                return self.citations[known]
        raise self._error(f"unknown alias {alias!r}: known are {', '.join(sorted(self.citations)) or 'none'}")

    def _promise(self, word: str) -> str:
        if not _PROMISE.fullmatch(word):
            raise self._error(f"bad marker: {word!r} is no promise")
        return word[1:]

    def _error(self, what: str) -> TemplateError:
        return TemplateError(f"{self.place or self.path}: {what}")
