"""Figures of a run as tables: on the terminal, as Markdown and as JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from evals import scorers
from evals.rows import LANGUAGES, CustomerRow, NoticeRow
from evals.run import Seen
from evals.scorers import CUSTOMER_SCORERS, NOTICE_SCORERS, Scorer, Share, share

FOLDER = Path(__file__).parent / "reports"
WORST = 15
MISSES = 40

CustomerResult = tuple[CustomerRow, Seen]
NoticeResult = tuple[NoticeRow, Seen]


class Bar(NamedTuple):
    """A figure that a release has to reach; `value` is what was reached."""

    name: str
    least: float
    value: float

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        return self.value >= self.least


@dataclass(frozen=True)
class Grid:
    """A titled table of words."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Results:
    """Everything that was seen in one run."""

    split: str
    customers: Sequence[CustomerResult]
    notices: Sequence[NoticeResult]


def bars(results: Results) -> list[Bar]:
    """Return the bars of a run without any model."""
    both = (*results.customers, *results.notices)
    return [
        Bar("is it a dispute", 0.99, _asked(results.notices, scorers.is_dispute).value),
        Bar("source of a notice", 0.98, _asked(results.notices, scorers.source_is_right).value),
        Bar("type of a notice", 0.98, _asked(results.notices, scorers.notice_type_is_right).value),
        *_field_bars(results.notices),
        Bar("digests counted", 1.0, _asked(results.notices, scorers.cases_counted).value),
        Bar("cases of digests right", 0.97, cases_of_digests(results.notices).value),
        Bar("imitations known", 1.0, _asked(results.notices, scorers.phishing_is_known).value),
        Bar("no wrong due date or amount", 1.0, _asked(results.notices, scorers.no_wrong_due_or_amount).value),
        Bar("first intent, macro F1", 0.85, scorers.macro_f1(intent_pairs(results.customers))),
        Bar("order matched", 0.98, _asked(both, scorers.order_is_right).value),
        Bar("no wrong order", 1.0, _asked(both, scorers.no_wrong_order).value),
        Bar("draft safe", 1.0, _asked(results.customers, scorers.draft_is_safe).value),
    ]


def _field_bars(results: Iterable[NoticeResult]) -> list[Bar]:
    """Return the bar of all fields together and that of the worst of them."""
    found = field_shares(results)
    worst = min(found, key=lambda name: found[name].value, default="none")
    together = Share(sum(part.right for part in found.values()), sum(part.total for part in found.values()))
    worst_value = found[worst].value if found else 1.0
    return [Bar("notice fields exact", 0.97, together.value), Bar(f"worst field exact: {worst}", 0.97, worst_value)]


def field_shares(results: Iterable[NoticeResult]) -> dict[str, Share]:
    """Return how many values of each field were read exactly, by field; cases of digests are counted apart."""
    answers: dict[str, list[bool]] = {}
    for row, seen in results:
        for name, right in scorers.fields_right(row.expected, seen).items():
            answers.setdefault(name, []).append(right)
    return {name: share(answers[name]) for name in sorted(answers)}


def cases_of_digests(results: Iterable[NoticeResult]) -> Share:
    """Return how many cases of digests were found with all they state."""
    return share(right for row, seen in results for right in scorers.cases_right(row.expected, seen))


def _asked(results: Iterable[tuple[Any, Seen]], ask: Any) -> Share:
    return share(ask(row.expected, seen) for row, seen in results)


def intent_pairs(results: Iterable[CustomerResult]) -> list[tuple[str, str]]:
    """Return expected and seen first intents."""
    return [(row.expected.intent, seen.intent) for row, seen in results]


def grids(results: Results) -> list[Grid]:
    """Return all tables of the report, the bars first."""
    return [
        _bars_grid(results),
        _f1_by_language(results.customers),
        _by_language("Customers by language", results.customers, CUSTOMER_SCORERS),
        _intents_grid(results.customers),
        _confusions(results.customers),
        _by_language("Notices by language", results.notices, NOTICE_SCORERS),
        _by_class("Notices by type", results.notices),
        _fields_grid(results.notices),
    ]


def _bars_grid(results: Results) -> Grid:
    rows = [(b.name, f"{b.least:.2f}", f"{b.value:.3f}", "yes" if b.met else "NO") for b in bars(results)]
    return Grid(f"Bars ({results.split})", ("figure", "at least", "reached", "met"), rows)


def _by_language(title: str, results: Sequence[tuple[Any, Seen]], asked: Sequence[Scorer]) -> Grid:
    parts = {code: [pair for pair in results if code in {"all", pair[0].language}] for code in (*LANGUAGES, "all")}
    rows = [("rows", *(str(len(part)) for part in parts.values()), "")]
    for scorer in asked:
        counted = [_asked(part, scorer.ask) for part in parts.values()]
        cells = [f"{found.value:.2f}" if found.total else "–" for found in counted]
        rows.append((f"{scorer.name} (v{scorer.version})", *cells, f"{counted[-1].right}/{counted[-1].total}"))
    return Grid(title, ("figure", *parts, "count"), rows)


def _f1_by_language(results: Sequence[CustomerResult]) -> Grid:
    parts = {code: [pair for pair in results if code in {"all", pair[0].language}] for code in (*LANGUAGES, "all")}
    row = (
        f"macro F1 (v{scorers.MACRO_F1_VERSION})",
        *(f"{scorers.macro_f1(intent_pairs(p)):.2f}" for p in parts.values()),
    )
    return Grid("First intent by language", ("figure", *parts), [row])


def _cell(counted: Share) -> str:
    return f"{counted.value:.2f} ({counted.right}/{counted.total})" if counted.total else "–"


def _intents_grid(results: Sequence[CustomerResult]) -> Grid:
    pairs = intent_pairs(results)
    f1 = scorers.f1_by_label(pairs)
    rows = []
    for label, value in sorted(f1.items(), key=lambda entry: (entry[1], entry[0])):
        part = [pair for pair in results if pair[0].expected.intent == label]
        found = _asked(part, scorers.first_intent_is_right)
        rows.append((label, f"{value:.2f}", _cell(found), _cell(_asked(part, scorers.situation_is_right))))
    return Grid("Customers by intent, worst first", ("intent", "F1", "found", "situation right"), rows)


def _confusions(results: Sequence[CustomerResult]) -> Grid:
    worst = scorers.worst_pairs(intent_pairs(results), WORST)
    rows = [(expected, seen, str(count)) for expected, seen, count in worst]
    return Grid("Worst confusions of intents", ("expected", "seen", "times"), rows)


def _by_class(title: str, results: Sequence[NoticeResult]) -> Grid:
    classes = sorted({row.expected.notice_type or "(near miss)" for row, _ in results})
    rows = []
    for name in classes:
        part = [pair for pair in results if (pair[0].expected.notice_type or "(near miss)") == name]
        counted = [_asked(part, scorer.ask) for scorer in NOTICE_SCORERS]
        rows.append((name, str(len(part)), *(f"{c.right}/{c.total}" if c.total else "–" for c in counted)))
    return Grid(title, ("class", "rows", *(scorer.name for scorer in NOTICE_SCORERS)), rows)


def _fields_grid(results: Sequence[NoticeResult]) -> Grid:
    found = field_shares(results)
    rows = [(name, _cell(part)) for name, part in found.items()]
    total = Share(sum(part.right for part in found.values()), sum(part.total for part in found.values()))
    rows += [("all", _cell(total)), ("whole cases of digests", _cell(cases_of_digests(results)))]
    return Grid("Notice fields, exact", ("field", f"right (v{scorers.FIELDS_VERSION})"), rows)


def misses(results: Results) -> list[Mapping[str, Any]]:
    """Return each built-on row that went wrong with what was expected and seen, for whoever mends the product.

    Held-out rows are counted and never listed: what was looked at is no longer held out.
    """
    asked: list[tuple[CustomerRow | NoticeRow, Seen, Sequence[Scorer]]] = [
        *((row, seen, CUSTOMER_SCORERS) for row, seen in results.customers),
        *((row, seen, NOTICE_SCORERS) for row, seen in results.notices),
    ]
    found: list[Mapping[str, Any]] = []
    for row, seen, scorer_list in asked:
        wrong = [scorer.name for scorer in scorer_list if scorer.ask(row.expected, seen) is False]
        if isinstance(row, NoticeRow):
            right = scorers.fields_right(row.expected, seen)
            wrong += [f"{name}: {seen.fields.get(name, '')!r}" for name, fits in right.items() if not fits]
            wrong += [
                f"case {case}" for case, fits in enumerate(scorers.cases_right(row.expected, seen), 1) if not fits
            ]
        if wrong and row.split == "built_on":
            found.append({"id": row.row_id, "wrong": wrong, "seen": {"kind": seen.kind, "intent": seen.intent}})
    return found


def show(results: Results, console: Console) -> None:
    """Print the tables."""
    for grid in grids(results):
        table = Table(title=grid.title, title_justify="left")
        for column in grid.columns:
            table.add_column(column, overflow="fold")
        for row in grid.rows:
            table.add_row(*row)
        console.print(table)


def save(results: Results, folder: Path = FOLDER) -> None:
    """Write `latest.md` and `latest.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "latest.md").write_text(_markdown(results), encoding="utf-8")
    figures = {
        "split": results.split,
        "rows": {"customers": len(results.customers), "notices": len(results.notices)},
        "bars": [{**bar._asdict(), "met": bar.met} for bar in bars(results)],
        "tables": {
            grid.title: [dict(zip(grid.columns, row, strict=True)) for row in grid.rows] for grid in grids(results)
        },
        "misses": misses(results)[:MISSES],
    }
    text = json.dumps(figures, ensure_ascii=False, indent=1)
    (folder / "latest.json").write_text(f"{text}\n", encoding="utf-8")


def _markdown(results: Results) -> str:
    parts = ["# Evals", "", f"{len(results.customers)} customers' mails and {len(results.notices)} notices.", ""]
    for grid in grids(results):
        parts += [f"## {grid.title}", "", _line(grid.columns), _line(["---"] * len(grid.columns))]
        parts += [_line(row) for row in grid.rows]
        parts.append("")
    return "\n".join(parts)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
