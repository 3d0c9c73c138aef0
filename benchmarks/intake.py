"""Mails a second from a real IMAP server to stored cases, beside bare fetching with the standard parser."""

import email
import email.policy
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import imaplib2

from benchmarks.mailbox import PASSWORD, USER, Mailbox, mailbox
from benchmarks.measuring import Scale, Table, Watch, milliseconds, per_second, ratio
from benchmarks.place import place
from benchmarks.shop import mails
from rejoinder.intake import Intake
from rejoinder.storage.files import FileStore
from rejoinder.wiring import Program
from tools.mail.imap import ImapAccount, ImapMailbox

BATCH = 100


def intake(scale: Scale) -> Sequence[Table]:
    """Read one mailbox again and again, each time for a merchant of its own."""
    given = mails(scale.mails)
    ours: list[float] = []
    floors: list[float] = []
    watch = Watch()
    with mailbox() as server, place() as here, here.program() as program:
        server.deliver(given)
        for number in range(scale.rounds):
            floors.append(_bare(server))
            ours.append(_whole(program, server, here.folder / f"files-{number}", watch, number, len(given)))
    count, size = len(given), sum(map(len, given)) / len(given) / 1024
    speed, floor = statistics.median(ours), statistics.median(floors)
    speeds = Table(
        title="intake",
        headings=("from IMAP to stored case", "mails/s", "ms a mail", "against the floor"),
        rows=(
            (
                f"imaplib2 in batches + standard parser ({server.server})",
                per_second(count, floor),
                _each(floor, count),
                "",
            ),
            ("Rejoinder: case, run and job stored", per_second(count, speed), _each(speed, count), ratio(speed, floor)),
        ),
        notes=(f"{count} mails of {size:.1f} kB on average, {scale.rounds} rounds, files and rows on disk (fsync)",),
    )
    return [speeds, _where(watch, sum(ours), count * scale.rounds)]


def _each(seconds: float, count: int) -> str:
    return milliseconds(seconds / count)


def _where(watch: Watch, total: float, count: int) -> Table:
    known = {name: watch.total(name) for name in ("fetch", "files.", "rows.")}
    parts = {
        "fetching": known["fetch"],
        "files, each flushed to disk": known["files."],
        "one transaction a mail": known["rows."],
        "reading and masking the mail": total - sum(known.values()),
    }
    ordered = sorted(parts.items(), key=lambda part: -part[1])
    return Table(
        title="intake: where the time goes",
        headings=("part", "ms a mail", "share"),
        rows=tuple((name, milliseconds(spent / count), f"{spent / total:.0%}") for name, spent in ordered),
    )


def _bare(server: Mailbox) -> float:
    """Fetch all mails in batches and read their texts with the standard library."""
    started = time.perf_counter()
    client = imaplib2.IMAP4("127.0.0.1", server.port, timeout=20)
    client.login(USER, PASSWORD)
    client.select("INBOX", readonly=True)
    uids = client.uid("SEARCH", "ALL")[1][0].split()
    for start in range(0, len(uids), BATCH):
        answer = client.uid("FETCH", b",".join(uids[start : start + BATCH]).decode(), "(UID BODY.PEEK[])")[1]
        for part in answer:
            if isinstance(part, tuple):
                _read(part[1])
    client.logout()
    return time.perf_counter() - started


def _read(raw: bytes) -> str:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    body = message.get_body(("plain", "html")) if isinstance(message, EmailMessage) else None
    return f"{message['Subject']} {message['From']} {body.get_content() if body else ''}"


def _whole(program: Program, server: Mailbox, files: Path, watch: Watch, number: int, expected: int) -> float:
    """Read the mailbox as the poller does, batch by batch, the cursor after each."""
    merchant = program.store.save_merchant(replace(program.merchants["bench"], slug=f"bench-{number}"))
    door = Intake(
        inbox=watch.around(program.store, "rows."),
        files=watch.around(FileStore(files), "files."),
        limits=program.intake.limits,
    )
    account = ImapAccount(host="127.0.0.1", port=server.port, security="plain", user=USER, password=PASSWORD)
    stored = 0
    started = time.perf_counter()
    with ImapMailbox(account) as opened:
        for batch in _fetched(opened, watch):
            for raw in batch:
                accepted = door.accept_mail(merchant.merchant_id, "support", raw, datetime.now(UTC))
                stored += accepted is not None and accepted.new
    spent = time.perf_counter() - started
    if stored != expected:
        raise RuntimeError(f"{stored} of {expected} mails were stored")
    return spent


def _fetched(opened: ImapMailbox, watch: Watch) -> Iterator[list[bytes]]:
    batches = opened.fetch_new(None, BATCH)
    fetch = watch.wrap("fetch", lambda: next(batches, None))
    while (batch := fetch()) is not None:
        yield [mail.raw for mail in batch.mails]
