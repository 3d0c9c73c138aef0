"""Reading in a process of its own: a file made to do harm costs at most the bounds, and takes nothing down with it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tools.mail.attachment_text.budget import FileLimits, FileText, Unreadable
from tools.mail.attachment_text.kinds import FileKind

_ROOT = Path(__file__).parents[3]


def read_apart(content: bytes, kind: FileKind, limits: FileLimits) -> FileText:
    """Read a file in a new process.

    Raises:
        Unreadable: the file cannot be read, or not within the limits.
    """
    bounds = [str(limits.seconds), str(limits.text), str(limits.pages), str(limits.cells), str(limits.memory)]
    child = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "tools.mail.attachment_text.child", kind, *bounds],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONSAFEPATH": "1"},
        start_new_session=True,
    )
    try:
        answer, _ = child.communicate(content, timeout=limits.seconds)
    except subprocess.TimeoutExpired as problem:
        _end(child)
        raise Unreadable(f"not read within {limits.seconds:.0f} seconds") from problem
    if child.returncode != 0:
        raise Unreadable("could not be read within the limits of time and memory")
    return FileText(**json.loads(answer))


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End the process and what it started."""
    os.killpg(child.pid, signal.SIGKILL)
    child.communicate()
