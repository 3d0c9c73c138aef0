"""The process that reads one file: bounds first, then the file from standard input, its text as JSON to the output."""

import contextlib
import json
import logging
import resource
import sys
import warnings
from dataclasses import asdict

from tools.mail.attachment_text.budget import FileLimits, FileText, Unreadable


def main(kind: str, limits: FileLimits) -> None:
    """Read standard input as a file of this kind and print what was found."""
    _bound(limits)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    try:
        found = _read(kind, sys.stdin.buffer.read(), limits)
    except Unreadable as problem:
        found = FileText(unread=str(problem))
    sys.stdout.write(json.dumps(asdict(found)))


def _bound(limits: FileLimits) -> None:
    seconds = int(limits.seconds) + 1
    # Some systems refuse a bound on memory; time is bounded from outside as well.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _read(kind: str, content: bytes, limits: FileLimits) -> FileText:
    """Read with the one reader needed; only its libraries are loaded."""
    if kind == "pdf":
        from tools.mail.attachment_text.pdf import read_pdf as read
    elif kind == "xlsx":
        from tools.mail.attachment_text.spreadsheet import read_xlsx as read
    elif kind == "docx":
        from tools.mail.attachment_text.word import read_docx as read
    else:
        from tools.mail.attachment_text.picture import read_picture as read
    return read(content, limits)


if __name__ == "__main__":
    seconds, text, pages, cells, memory = sys.argv[2:]
    main(
        sys.argv[1],
        FileLimits(seconds=float(seconds), text=int(text), pages=int(pages), cells=int(cells), memory=int(memory)),
    )
