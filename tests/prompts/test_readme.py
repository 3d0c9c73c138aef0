"""The table of variables in `prompts/README.md` is what the templates really use."""

import os
import re

from jinja2 import meta

from prompts import render

README = render.FOLDER / "README.md"
ALWAYS = {"merchant", "customer_name", "order", "ai_disclosure", "situation", "policy"}
ALWAYS_LETTER = {"dispute", "merchant", "order", "refunds", "exhibits", "policy"}
HEADING = "\n| template | situations | variables |\n| --- | --- | --- |\n"


def test_the_table_of_variables_is_current() -> None:
    text = README.read_text(encoding="utf-8")
    if os.environ.get("UPDATE_GOLDEN"):
        text = text.split(HEADING)[0] + HEADING + _table()
        README.write_text(text, encoding="utf-8")
    assert text.split(HEADING)[1] == _table()


def _table() -> str:
    replies = sorted((render.FOLDER / "reply" / "en").glob("[a-z]*.j2"))
    letters = sorted((render.FOLDER / "representment" / "en").glob("[a-z]*.j2"))
    rows = [_row(f"reply/en/{f.name}", "reply/" + f.name.removesuffix(".txt.j2"), ALWAYS) for f in replies]
    rows += [
        _row(f"representment/en/{f.name}", "representment/" + f.name.removesuffix(".md.j2"), ALWAYS_LETTER)
        for f in letters
    ]
    return "".join(rows)


def _row(path: str, name: str, always: set[str]) -> str:
    source = (render.FOLDER / path).read_text(encoding="utf-8")
    branches = re.findall(r"situation (?:==|in) (\(.*?\)|\"\w+\")", source)
    situations = [word for branch in branches for word in re.findall(r"\w+", branch)]
    variables = sorted(_variables(path) - always)
    return f"| `{name}` | {', '.join(situations) or '–'} | {', '.join(variables) or '–'} |\n"


def _variables(path: str) -> set[str]:
    source = (render.FOLDER / path).read_text(encoding="utf-8")
    parsed = render._environment("en").parse(source)
    found = set(meta.find_undeclared_variables(parsed))
    found |= {f"policy.{name}" for name in re.findall(r"policy\.get\(\"(\w+)\"", source)}
    found |= {f"policy.{name}" for name in re.findall(r"(?<!\w)policy\.(\w+)", source) if name != "get"}
    for part in meta.find_referenced_templates(parsed):
        found |= _variables(part or "")
    return found
