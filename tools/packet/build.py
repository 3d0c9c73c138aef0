"""One packet from start to end: printed, set, made small enough, read back, hashed."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from rejoinder.domain.drafts import Draft, Problem
from rejoinder.domain.limits import FileLimits
from rejoinder.domain.packet import WEIGHTS, ExhibitSource, KeyFacts, Manifest, Packet
from rejoinder.errors import ExhibitRejected, PacketMisread
from tools.packet.compose import Layout, PrintedExhibit, compose
from tools.packet.exhibits import print_exhibit
from tools.packet.limits import LAYOUTS, NAME, max_bytes, max_pages, refuse_form, too_heavy, too_long
from tools.packet.manifest import archive, manifest_exhibits
from tools.packet.pages import Pages, read_pages
from tools.packet.quality import Quality, ladder_for
from tools.packet.readback import misread_facts, misread_pages, page_texts
from tools.packet.recognition import unsearched_pictures

_CITED = re.compile(r"\bExhibit \w+")
_ENGLISH = "en"


@dataclass(frozen=True, kw_only=True)
class _Request:
    letter: Draft
    facts: KeyFacts
    exhibits: tuple[ExhibitSource, ...]
    limits: FileLimits
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class _Attempt:
    printed: tuple[PrintedExhibit, ...]
    pdf: bytes
    pages: Pages
    layout: Layout
    quality: Quality


def build_packet(
    letter: Draft, key_facts: KeyFacts, exhibits: Sequence[ExhibitSource], *, limits: FileLimits, made_at: datetime
) -> Packet:
    """Make the packet of a letter; the same input gives the same bytes.

    Exhibits are printed in the order given, which is that of their labels: see `decisive_first`. `made_at` is an
    aware instant. Where the limits ask for it, exhibits share pages and pictures get smaller; none is left out.

    Raises:
        ExhibitRejected: an exhibit that cannot be printed; the message names it and says what to do.
        CardNumberFound: a file shows a full card number that cannot be masked; a person must look.
        PacketTooLarge: over a limit of the rail whatever was tried; the message names limit and exhibits.
        PacketMisread: the finished PDF does not say what it should; it must not leave.
    """
    refuse_form(limits)
    _refuse_twins(exhibits)
    request = _Request(letter=letter, facts=key_facts, exhibits=tuple(exhibits), limits=limits, made_at=made_at)
    printed = _printed(request, ladder_for(limits)[0])
    unsearched = unsearched_pictures(printed)
    made = _small_enough(request, printed)
    texts = page_texts(made.pdf)
    _refuse_misread(request, made, texts)
    steps = tuple(_steps(request, made))
    manifest = Manifest(
        made_at=made_at,
        file=NAME,
        sha256=hashlib.sha256(made.pdf).hexdigest(),
        size=len(made.pdf),
        pages=made.pages.total,
        letter_hash=letter.body_hash,
        key_facts=key_facts,
        exhibits=manifest_exhibits(made.printed, made.pages.exhibits),
        steps=steps,
    )
    originals = {
        entry.file: exhibit.printed.original.content
        for entry, exhibit in zip(manifest.exhibits, made.printed, strict=True)
        if entry.file
    }
    return Packet(
        pdf=made.pdf,
        archive=archive(made.pdf, manifest, originals),
        manifest=manifest,
        steps=steps,
        problems=(*_problems(request, made, texts), *map(_unsearched, unsearched)),
    )


def _small_enough(request: _Request, printed: tuple[PrintedExhibit, ...]) -> _Attempt:
    qualities = ladder_for(request.limits)
    made = _short_enough(request, printed, qualities[0])
    most = max_bytes(request.limits)
    for quality in qualities[1:]:
        if most is None or len(made.pdf) <= most:
            return made
        made = _attempt(request, made.layout, _printed(request, quality), quality)
    if most is not None and len(made.pdf) > most:
        raise too_heavy(len(made.pdf), most, made.printed)
    return made


def _short_enough(request: _Request, printed: tuple[PrintedExhibit, ...], quality: Quality) -> _Attempt:
    most = max_pages(request.limits)
    made = _attempt(request, LAYOUTS[0], printed, quality)
    if most is None or made.pages.total <= most:
        return made
    for layout in LAYOUTS[1:]:
        made = _attempt(request, layout, printed, quality)
        if made.pages.total <= most:
            return made
    counts = {one.source.label: pages.size for one, pages in zip(printed, made.pages.exhibits, strict=True)}
    raise too_long(made.pages.total, most, counts)


def _printed(request: _Request, quality: Quality) -> tuple[PrintedExhibit, ...]:
    return tuple(PrintedExhibit(source, print_exhibit(source, quality, request.limits)) for source in request.exhibits)


def _attempt(request: _Request, layout: Layout, printed: tuple[PrintedExhibit, ...], quality: Quality) -> _Attempt:
    pdf = compose(request.letter, request.facts, printed, layout, request.made_at)
    return _Attempt(printed=printed, pdf=pdf, pages=read_pages(pdf), layout=layout, quality=quality)


def _refuse_twins(exhibits: Sequence[ExhibitSource]) -> None:
    labels = [exhibit.label for exhibit in exhibits]
    twins = sorted({label for label in labels if labels.count(label) > 1})
    if twins:
        raise ExhibitRejected(f"several exhibits are labelled {', '.join(twins)}; number them")


def _refuse_misread(request: _Request, made: _Attempt, texts: Sequence[str]) -> None:
    labels = [exhibit.label for exhibit in request.exhibits]
    facts = request.facts
    known = (facts.dispute_reference, facts.order_number, *facts.tracking_numbers, *facts.refund_references)
    problems = misread_facts(made.pdf, facts.as_text()) + misread_pages(texts, request.letter, labels, known)
    if problems:
        raise PacketMisread("; ".join(problem.detail for problem in problems))


def _steps(request: _Request, made: _Attempt) -> Iterator[str]:
    if made.layout != LAYOUTS[0]:
        yield f"to keep {max_pages(request.limits)} pages: {made.layout}"
    if made.quality != ladder_for(request.limits)[0]:
        yield f"to keep {max_bytes(request.limits):,} bytes: {made.quality}"
    for source, printed in made.printed:
        yield from printed.steps
        if printed.masked:
            yield f"{source.label}: card numbers or codes masked: {printed.masked}"
        if printed.original.withheld:
            yield f"{source.label}: the original is not in the zip, for {printed.original.withheld}"


def _problems(request: _Request, made: _Attempt, texts: Sequence[str]) -> Iterator[Problem]:
    labels = {exhibit.label for exhibit in request.exhibits}
    cited = set(_CITED.findall(request.letter.body))
    for label in sorted(cited - labels):
        yield Problem(code="unknown_exhibit", detail=f"the letter cites {label}, which is not in the packet")
    if any(WEIGHTS.index(one.weight) > WEIGHTS.index(after.weight) for one, after in pairwise(request.exhibits)):
        yield Problem(code="order", detail="a weightier exhibit stands behind a lighter one", blocking=False)
    if sum(text.lstrip().startswith("Letter") for text in texts[: made.pages.letter.last]) > 1:
        yield Problem(code="long_letter", detail="the letter takes more than one page", blocking=False)
    for exhibit in request.exhibits:
        for language in sorted(_untranslated(exhibit)):
            accepted = request.limits.languages
            yield Problem(
                code="untranslated",
                detail=f"{exhibit.label} is in {language!r} and has no translation",
                blocking=bool(accepted) and language not in accepted,
            )


def _unsearched(label: str) -> Problem:
    detail = f"{label} holds a picture whose text nothing here can read; look that it shows no full card number"
    return Problem(code="unsearched_picture", detail=detail, blocking=False)


def _untranslated(exhibit: ExhibitSource) -> set[str]:
    found = {message.language for message in exhibit.messages if message.translation is None}
    if exhibit.translation is None and (exhibit.text or exhibit.file):
        found.add(exhibit.language)
    return {language for language in found if language.split("-")[0] != _ENGLISH}
