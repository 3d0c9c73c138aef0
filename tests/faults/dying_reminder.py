"""A process that looks at the deadlines, or sends a reminder, and kills itself at a chosen point.

Run with `python -m tests.faults.dying_reminder WHAT WHERE FOLDER DATABASE ARGUMENT NOW`.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from rejoinder.reminders.remind import Reminders
from rejoinder.storage import reminders as rows
from rejoinder.storage.engine import open_engine
from rejoinder.storage.files import FileStore
from rejoinder.storage.store import Store
from tools.mail.channel import SmtpChannel
from tools.mail.smtp import SmtpAccount

ADDRESS = "support@lumenoak.example"


def die(*_: Any, **__: Any) -> None:
    """End as by a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_after(act: Callable[..., Any]) -> Callable[..., Any]:
    """Let something happen, and die."""

    def acting(*given: Any, **named: Any) -> None:
        act(*given, **named)
        die()

    return acting


POINTS: dict[str, Callable[[], None]] = {
    "before_decision": lambda: setattr(Store, "decide_within", die),
    "after_decision": lambda: setattr(Store, "decide_within", die_after(Store.decide_within)),
    "after_rows": lambda: setattr(Store, "remind", die_after(Store.remind)),
    "after_claim": lambda: setattr(Store, "claim_reminder", die_after(Store.claim_reminder)),
    "after_send": lambda: setattr(SmtpChannel, "send", die_after(SmtpChannel.send)),
    "before_first_row": lambda: setattr(rows, "_insert", die),
}


def main() -> None:
    """Do what is asked for, and die on the way."""
    what, where, folder, database, argument, moment = sys.argv[1:7]
    POINTS[where]()
    account = SmtpAccount(host="127.0.0.1", port=int(argument), security="plain", from_address=ADDRESS)
    reminders = Reminders(
        store=Store(open_engine(database)),
        files=FileStore(Path(folder) / "files"),
        posts={"lumenoak": SmtpChannel(address=ADDRESS, sender_name="", account=account)},
        file_problems=lambda case_id: (),
    )
    now = datetime.fromisoformat(moment)
    if what == "look":
        reminders.look(now)
    else:
        reminders.send(int(what), now)


if __name__ == "__main__":
    main()
