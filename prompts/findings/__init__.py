"""Findings in words: one sentence template a code, in TOML files by area, in English and Chinese."""

import re
import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from prompts.filters import format_amount, format_day
from rejoinder.domain.judgement import Finding
from rejoinder.domain.money import from_decimal
from rejoinder.errors import TemplateError

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "zh")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3})")
_ENVIRONMENT = SandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=False)


def explain(finding: Finding, language: str) -> str:
    """Return a finding as one or two sentences.

    The template is found by code and verdict (`refunded_before.holds`), else by code alone; Chinese for `zh` and
    its variants, English for every other language.

    Raises:
        TemplateError: there is no sentence for the finding, or a value is missing. The message names the code.
    """
    words = _words(language)
    template = words.get(f"{finding.code}.{finding.verdict}") or words.get(finding.code)
    if template is None:
        raise TemplateError(f"prompts/findings has no sentence for {finding.code!r} ({finding.verdict})")
    named = {name: _names(language).get(value, value) for name, value in finding.values.items()}
    return _filled(template, replace(finding, values=named))


def for_issuer(finding: Finding, language: str) -> str:
    """Return a finding as a letter states it; empty where it is for the merchant's eyes only (no sentence `letter`).

    Raises:
        TemplateError: a value is missing. The message names the code.
    """
    template = _words(language).get(f"{finding.code}.letter")
    written = {name: _as_written(value, language) for name, value in finding.values.items()}
    return _filled(template, replace(finding, values=written)) if template else ""


def _as_written(value: str, language: str) -> str:
    """Write an ISO date or an amount as the rest of a letter does; any other value stays as it is."""
    if _DAY.fullmatch(value):
        return format_day(date.fromisoformat(value), language)
    amount = _AMOUNT.fullmatch(value)
    return format_amount(from_decimal(Decimal(amount[1]), amount[2]), language) if amount else value


@cache
def _names(language: str) -> dict[str, str]:
    tables = tomllib.loads((FOLDER / "names.toml").read_text(encoding="utf-8"))
    return dict(tables.get(language.split("-")[0], {}))


def _words(language: str) -> dict[str, str]:
    return sentences("zh" if language.split("-")[0] == "zh" else "en")


def _filled(template: str, finding: Finding) -> str:
    try:
        return _compiled(template).render(finding.values)
    except jinja2.TemplateError as exc:
        raise TemplateError(f"prompts/findings, {finding.code!r}: {exc}") from exc


@cache
def _compiled(template: str) -> jinja2.Template:
    return _ENVIRONMENT.from_string(template)


@cache
def sentences(language: str) -> dict[str, str]:
    """Return the sentence templates of a language by code, or by code and verdict."""
    found: dict[str, str] = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        for code, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found |= (
                {code: value} if isinstance(value, str) else {f"{code}.{verdict}": v for verdict, v in value.items()}
            )
    return found
