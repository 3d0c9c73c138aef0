"""The rows of the datasets: a mail as somebody might write it, and what a careful person reads in it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Split = Literal["held_out", "built_on", "all"]

FOLDER = Path(__file__).parent / "datasets"
LANGUAGES = ("en", "zh", "es", "de", "fr", "pt", "it", "ru", "ja", "ko", "ar", "tr")


@dataclass(frozen=True, kw_only=True)
class WrittenFile:
    """A file before it is put into bytes: what it says in words, in a table below them, or (`image`) as a picture.

    A cell is a text, a number, None, or `{"date": "2026-12-01"}`, which a spreadsheet holds as a date.
    """

    filename: str
    media_type: str
    text: str = ""
    rows: Sequence[Sequence[Any]] = ()
    image: bool = False


@dataclass(frozen=True, kw_only=True)
class WrittenMail:
    """A mail before it is put into bytes. `sender` is a From header; `authentic`: what the receiving server found."""

    sender: str
    subject: str
    body: str
    html: str = ""
    authentic: bool = True
    attachments: Sequence[WrittenFile] = ()


@dataclass(frozen=True, kw_only=True)
class CustomerExpected:
    """What is right for a customer's mail.

    `intents` in order, the primary one first; `order` is empty where none is clearly meant or the sender is not
    its customer. `situation` is None where it is not scored; `must_state` are facts in plain English notation.
    """

    kind: str
    intent: str
    intents: Sequence[str]
    order: str
    flags: Sequence[str] = ()
    situation: str | None = None
    must_state: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class CaseExpected:
    """What is right for one case of a digest; `fields` and `absent` as in `NoticeExpected`."""

    notice_type: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    absent: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class NoticeExpected:
    """What is right for a mail that is, or looks like, a notice.

    None: not scored. `fields` are canonical values; `absent` names fields that nobody can be sure of.
    `cases` are those of a digest. `authentic` is False for an imitation. `unread`: what matters stands in a
    picture, and the product says that it could not read it, or reads it right.
    """

    is_dispute: bool | None
    kind: str | None = None
    source: str | None = None
    notice_type: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    absent: Sequence[str] = ()
    order: str | None = None
    cases: Sequence[CaseExpected] = ()
    authentic: bool | None = None
    unread: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """What every row has."""

    row_id: str
    origin: str
    language: str
    split: str
    mail: WrittenMail


@dataclass(frozen=True, kw_only=True)
class CustomerRow(Row):
    """A customer's mail."""

    expected: CustomerExpected


@dataclass(frozen=True, kw_only=True)
class NoticeRow(Row):
    """A notice, or what only looks like one."""

    expected: NoticeExpected


def customers(split: Split = "all") -> list[CustomerRow]:
    """Return the customers' mails."""
    rows = [
        CustomerRow(**_common(table), expected=CustomerExpected(**table["expected"]))
        for language in LANGUAGES
        for table in _tables(FOLDER / "customers" / f"{language}.jsonl")
    ]
    return [row for row in rows if split in {"all", row.split}]


def notices(split: Split = "all") -> list[NoticeRow]:
    """Return the notices and near misses."""
    rows = [
        NoticeRow(**_common(table), expected=_notice_expected(table["expected"]))
        for language in LANGUAGES
        for table in _tables(FOLDER / "notices" / f"{language}.jsonl")
    ]
    return [row for row in rows if split in {"all", row.split}]


def _notice_expected(table: Mapping[str, Any]) -> NoticeExpected:
    cases = tuple(CaseExpected(**case) for case in table.get("cases", ()))
    return NoticeExpected(**{**table, "cases": cases})


def _tables(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _common(table: Mapping[str, Any]) -> dict[str, Any]:
    mail = table["mail"]
    return {
        "row_id": table["id"],
        "origin": table["origin"],
        "language": table["language"],
        "split": table["split"],
        "mail": WrittenMail(
            sender=mail["from"],
            subject=mail["subject"],
            body=mail["body"],
            html=mail.get("html", ""),
            authentic=mail.get("authentication") != "fail",
            attachments=tuple(WrittenFile(**file) for file in mail.get("attachments", ())),
        ),
    }
