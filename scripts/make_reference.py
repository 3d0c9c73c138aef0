"""Write `docs/reference/` from the code; with `--check` only say what is stale."""

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import typer
from langgraph.graph import StateGraph
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from typer.main import get_command

from agents import graph as case_graph
from agents.dispute import graph as dispute_graph
from agents.service import graph as service_graph
from rejoinder import errors
from rejoinder.cli import app
from rejoinder.config import ENV_PREFIX, Settings

FOLDER = Path(__file__).parents[1] / "docs" / "reference"

SETTINGS_TEXT = f"""\
Read from `rejoinder.toml` in the working folder, from the file that `--config` names, or from the file that
`REJOINDER_CONFIG` names. The settings of the first table may also come from the environment, which wins:
`{ENV_PREFIX}LISTEN_PORT=9000`. An unknown name is an error. Secrets never stand in the file: a setting that ends in
`_env` names the environment variable that holds one.

`data_dir` is `/var/lib/rejoinder` for root, else `rejoinder` below `XDG_DATA_HOME` or `~/.local/share`."""
SINGLE = {"model", "merchants.mailboxes.imap", "merchants.mailboxes.smtp", "merchants.reminders"}
ERRORS_TEXT = "Every error that is raised on purpose; a command prints its class and its words, and exits with 1."
GRAPH_TEXT = """\
Drawn by LangGraph from the code. Dotted edges are chosen by a router; where several of its answers lead to one node,
the drawing names one of them (`edit` goes where `approve` goes, `reject` and `concede` where `escalate` goes).
`await_decision` is the only node that pauses."""


def settings_page() -> str:
    """Return every setting, table by table."""
    parts = [
        "# Settings",
        SETTINGS_TEXT,
    ]
    parts += _table_of_settings("", Settings)
    return "\n\n".join(parts) + "\n"


def _table_of_settings(path: str, model: type[BaseModel]) -> Iterator[str]:
    title = f"## `[{path}]`" if path else "## Top level"
    yield (title if not path or path in SINGLE else (f"## `[[{path}]]`"))
    yield (model.__doc__ or "").strip()
    rows = ["| setting | type | default | meaning |", "| --- | --- | --- | --- |"]
    nested: list[tuple[str, type[BaseModel]]] = []
    for name, field in model.model_fields.items():
        inner = next(iter(_models_in(field.annotation)), None)
        if inner:
            nested.append((f"{path}.{name}" if path else name, inner))
            continue
        rows.append(f"| `{name}` | {_type(field.annotation)} | {_default(field)} | {field.description or ''} |")
    yield "\n".join(rows)
    for below, inner in nested:
        yield from _table_of_settings(below, inner)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _type(annotation: Any) -> str:
    parts = [part for part in get_args(annotation) if part not in {type(None), ...}]
    if type(annotation).__name__ == "_LiteralGenericAlias":
        return ", ".join(f"`{part}`" for part in parts)
    if str(annotation).startswith("dict"):
        return f"table of {_type(parts[1])}"
    if parts:
        return ", ".join(_type(part) for part in parts)
    return {"str": "text", "int": "whole number", "SecretStr": "text", "bool": "true, false", "float": "number"}.get(
        annotation.__name__, annotation.__name__.lower()
    )


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default is PydanticUndefined:
        return "see above" if "Path" in str(field.annotation) else "empty"
    value = field.default.get_secret_value() if hasattr(field.default, "get_secret_value") else field.default
    if value in ("", None, ()):
        return "empty"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def cli_page() -> str:
    """Return every command with its arguments and options."""
    group = get_command(app)
    if not hasattr(group, "commands"):
        raise SystemExit("the command line has no commands")
    parts = [
        "# Command line",
        f"`rejoinder COMMAND`. {group.help}",
        "Exit status: 0 done, 1 an error, 2 wrong use or rows left out.",
    ]
    for name, command in group.commands.items():
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        usage = " ".join([name, *(_argument(p) for p in arguments)])
        parts += [f"## `rejoinder {usage}`", " ".join((command.help or "").split())]
        options = [_option(p) for p in command.params if p.param_type_name == "option" and p.name != "help"]
        if options:
            parts.append("\n".join(["| option | default | meaning |", "| --- | --- | --- |", *options]))
    return "\n\n".join(parts) + "\n"


def _argument(param: Any) -> str:
    name = (param.metavar or param.name).upper()
    return name if param.required else f"[{name}]"


def _option(param: Any) -> str:
    names = ", ".join(f"`{opt}`" for opt in (*param.opts, *param.secondary_opts))
    default = (
        ""
        if param.default in (None, "")
        else f"`{str(param.default).lower() if isinstance(param.default, bool) else param.default}`"
    )
    return f"| {names} | {default} | {param.help or param.prompt or ''} |"


def errors_page() -> str:
    """Return the tree of errors as its module tells it."""
    tree = (errors.__doc__ or "").partition("::")[2]
    return f"# Errors\n\n{ERRORS_TEXT}\n\n```text\n{inspect.cleandoc(tree)}\n```\n"


def graph_page() -> str:
    """Return the drawings of the graphs."""
    graphs: Mapping[str, Callable[[], StateGraph[Any, Any]]] = {
        "A message": case_graph.build,
        "A dispute": dispute_graph.build,
        "A customer's mail": service_graph.build,
    }
    parts = [
        "# Graphs",
        GRAPH_TEXT,
    ]
    for title, build in graphs.items():
        drawing = build().compile().get_graph().draw_mermaid().strip()
        parts += [f"## {title}", f"```mermaid\n{drawing}\n```"]
    return "\n\n".join(parts) + "\n"


PAGES: Mapping[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "cli.md": cli_page,
    "errors.md": errors_page,
    "graph.md": graph_page,
}
NOTE = "<!-- Written by scripts/make_reference.py; do not edit. -->\n\n"


def stale_pages() -> list[str]:
    """Return the pages whose text is not what the code says now."""
    return [name for name, page in PAGES.items() if _text(FOLDER / name) != NOTE + page()]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or check them."""
    if "--check" in arguments:
        stale = stale_pages()
        typer.echo(f"stale: {', '.join(stale)}; run python scripts/make_reference.py" if stale else "up to date")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(NOTE + page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
