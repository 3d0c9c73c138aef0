"""How long a packet takes and how much memory, against the bare PDF library for as many plain pages."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import typst
from PIL import Image
from pypdf import PdfReader

from benchmarks.measuring import Scale, Table, median_seconds, milliseconds, ratio, seconds_of
from rejoinder.domain.drafts import Draft, Sentence
from rejoinder.domain.limits import FileLimits
from rejoinder.domain.money import Money
from rejoinder.domain.packet import ExhibitFile, ExhibitSource, KeyFacts, RecordTable, ThreadMessage
from tools.packet.build import build_packet
from tools.packet.fonts import fonts

EXHIBITS = (1, 12, 60)
MADE_AT = datetime(2026, 3, 20, tzinfo=UTC)
WORDS = "The parcel was delivered on 9 February 2026 to the address given with the order. " * 6
CHINESE = "您好，我想知道订单什么时候能到？包裹的状态已经两天没有更新了，请帮我查一下。" * 4
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one kind of packet took: seconds for the first and for another, memory at most."""

    pages: int
    kilobytes: float
    cold: float
    warm: float
    megabytes: float


def packet(scale: Scale) -> Sequence[Table]:
    """Measure each size in a process of its own, so that cold is cold and memory is its own."""
    rows = []
    for count in EXHIBITS:
        ours = measure_in_a_new_process("ours", count, scale.rounds)
        bare = measure_in_a_new_process("bare", ours.pages, scale.rounds)
        rows.append(_row(f"{count} exhibit{'s' if count > 1 else ''}", ours, ratio(ours.warm, bare.warm)))
        rows.append(_row(f"bare typst, {ours.pages} plain pages", bare, ""))
    return [
        Table(
            title="packet",
            headings=("one packet", "pages", "kB", "ms, first", "ms, again", "MB at most", "again against bare"),
            rows=tuple(rows),
            notes=(
                "exhibits in turn: record, mail thread with Chinese, PDF of two pages, photograph of 12 million dots",
                f"first: in a new process, after the imports; again: median of {scale.rounds} other packets after it",
                "both with reading back, manifest and zip",
            ),
        )
    ]


def _row(name: str, figures: Figures, against: str) -> tuple[str, ...]:
    return (
        name,
        str(figures.pages),
        f"{figures.kilobytes:,.0f}",
        milliseconds(figures.cold),
        milliseconds(figures.warm),
        f"{figures.megabytes:.0f}",
        against,
    )


def measure_in_a_new_process(what: str, count: int, rounds: int) -> Figures:
    """Measure packets of so many exhibits (`ours`) or so many plain pages (`bare`)."""
    command = [sys.executable, "-m", "benchmarks.packet", what, str(count), str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=os.environ)  # noqa: S603
    return Figures(**json.loads(done.stdout))


def _measured(make: Callable[[int], bytes], rounds: int) -> Figures:
    """Measure making number 0 and then others, so that nothing of the same packet is remembered."""
    cold = seconds_of(lambda: make(0))
    numbers = iter(range(1, rounds + 2))
    warm = median_seconds(lambda: make(next(numbers)), rounds)
    pdf = make(0)
    return Figures(
        pages=len(PdfReader(BytesIO(pdf)).pages),
        kilobytes=len(pdf) / 1000,
        cold=cold,
        warm=warm,
        megabytes=_megabytes_at_most(),
    )


def _megabytes_at_most() -> float:
    """Return the highest resident memory of this process; `getrusage` would count its parent's as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def exhibits(count: int, number: int) -> tuple[ExhibitSource, ...]:
    """Return so many exhibits; those of another number say something else."""
    makers = (_record, _thread, _invoice(), _photograph(count))
    return tuple(makers[at % len(makers)](f"Exhibit {at + 1}", number) for at in range(count))


def _record(label: str, number: int) -> ExhibitSource:
    rows = tuple((f"{day} February 2026", "In transit", f"Depot {day + number}") for day in range(1, 13))
    table = RecordTable(columns=("Day", "Status", "Place"), rows=rows)
    return _source(label, "Carrier record", tables=(table,))


def _thread(label: str, number: int) -> ExhibitSource:
    texts = (f"{CHINESE}{number}", f"{WORDS}{number}", f"Thank you! {number}")
    messages = tuple(
        ThreadMessage(sender="jana@sample.example", to=("care@shop.example",), subject=f"Order {number}", text=text)
        for text in texts
    )
    return _source(label, "Messages", messages=messages)


def _invoice() -> Callable[[str, int], ExhibitSource]:
    content = plain_pages(2, 0)
    file = ExhibitFile(name="invoice.pdf", content=content)
    return lambda label, number: _source(label, f"Invoice {number}", file=file)


def _photograph(count: int) -> Callable[[str, int], ExhibitSource]:
    if count < 4:
        return _record
    out = BytesIO()
    Image.effect_noise((1000, 750), 20).resize((4000, 3000)).convert("RGB").save(out, "JPEG", quality=90)
    file = ExhibitFile(name="door.jpg", content=out.getvalue())
    return lambda label, number: _source(label, f"Photograph {number}", file=file)


def _source(label: str, title: str, **content: object) -> ExhibitSource:
    return ExhibitSource(
        label=label,
        title=title,
        kind="record",
        origin="benchmark",
        captured_at=MADE_AT,
        **content,  # type: ignore[arg-type]
    )


def plain_pages(count: int, number: int) -> bytes:
    """Return a PDF of as many plain pages as the library makes by itself, with our font."""
    page = f'#text(font: "Noto Sans CJK SC")[{WORDS * 5} {number}]'
    source = "\n#pagebreak()\n".join(page for _ in range(count))
    made: bytes = typst.compile(source.encode(), font_paths=fonts(), ignore_system_fonts=True, timestamp=0)
    return made


def whole_packet(sources: Sequence[ExhibitSource]) -> bytes:
    """Return the PDF of a packet of these exhibits."""
    lines = ("## Request", "The merchant asks for USD 1,289.90 (Exhibit 1).", "## Facts", f"- {WORDS}", "Shop Ltd")
    letter = Draft(
        kind="letter",
        language="en",
        subject="Response to dispute dp_1",
        paragraphs=tuple((Sentence(text=line),) for line in lines),
        template="benchmark",
        template_hash="0",
    )
    facts = KeyFacts(
        dispute_reference="dp_1",
        network="Visa",
        amount=Money(amount_minor=128990, currency="USD"),
        transaction_date=date(2026, 2, 3),
    )
    return build_packet(letter, facts, sources, limits=FileLimits(), made_at=MADE_AT).pdf


def _main(what: str, count: int, rounds: int) -> None:
    inputs = [exhibits(count, number) for number in range(rounds + 2)] if what == "ours" else []
    if what == "ours":
        figures = _measured(lambda number: whole_packet(inputs[number]), rounds)
    else:
        figures = _measured(lambda number: plain_pages(count, number), rounds)
    sys.stdout.write(json.dumps(vars(figures)))


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
