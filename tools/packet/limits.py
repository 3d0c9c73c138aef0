"""A packet against the limits of its rail: what is over, by how much, and which exhibit weighs most."""

from collections.abc import Iterator, Mapping, Sequence

from rejoinder.domain.limits import FileLimits
from rejoinder.errors import PacketTooLarge
from tools.packet.compose import Layout, PrintedExhibit

NAME = "packet.pdf"
LAYOUTS = (Layout(), Layout(share_pages=True), Layout(size=10, share_pages=True))
"""From roomy to dense: tried in this order until the packet has few enough pages."""

_HEAVIEST = 3


def refuse_form(limits: FileLimits) -> None:
    """Check what no smaller packet could change.

    Raises:
        PacketTooLarge: the rail takes no PDF, no file at all, or none of this name.
    """
    if limits.types and "pdf" not in limits.types:
        raise PacketTooLarge(f"this rail takes no PDF, only {', '.join(limits.types)}; send the exhibits one by one")
    if limits.max_files == 0:
        raise PacketTooLarge("this rail takes no file; put the facts into its form")
    if not limits.takes_name(NAME):
        raise PacketTooLarge(f"this rail takes no file named {NAME!r} (its rule: {limits.name_rule!r})")


def max_bytes(limits: FileLimits) -> int | None:
    """Return the most bytes the packet may have."""
    return limits.bytes_for("pdf")


def max_pages(limits: FileLimits) -> int | None:
    """Return the most pages the packet may have."""
    return min((most for most in (limits.max_pages, limits.max_pages_per_file) if most is not None), default=None)


def too_heavy(size: int, most: int, exhibits: Sequence[PrintedExhibit]) -> PacketTooLarge:
    """Return the error that names the size, the limit and the heaviest exhibits."""
    return PacketTooLarge(
        f"{NAME} has {size:,} bytes at its smallest, {most:,} are allowed; heaviest: {_heaviest(exhibits)}; "
        "leave one out, or keep only the pages of it that matter"
    )


def too_long(pages: int, most: int, counts: Mapping[str, int]) -> PacketTooLarge:
    """Return the error that names the pages, the limit and the longest exhibits; `counts` are pages by label."""
    longest = sorted(counts.items(), key=lambda item: -item[1])[:_HEAVIEST]
    return PacketTooLarge(
        f"{NAME} has {pages} pages at its shortest, {most} are allowed; longest: "
        f"{', '.join(f'{label} ({count})' for label, count in longest)}; "
        "leave one out, or keep only the pages of it that matter"
    )


def _heaviest(exhibits: Sequence[PrintedExhibit]) -> str:
    weights = sorted(((_weight(exhibit), exhibit) for exhibit in exhibits), key=lambda item: -item[0])[:_HEAVIEST]
    return ", ".join(f"{exhibit.source.label}{_name(exhibit)} {weight:,} bytes" for weight, exhibit in weights)


def _name(exhibit: PrintedExhibit) -> str:
    return f" ({exhibit.source.file.name})" if exhibit.source.file else ""


def _weight(exhibit: PrintedExhibit) -> int:
    return sum(len(content) for content in set(_contents(exhibit)))


def _contents(exhibit: PrintedExhibit) -> Iterator[bytes]:
    for block in exhibit.printed.blocks:
        content = getattr(block, "content", None)
        if isinstance(content, bytes):
            yield content
