"""How finely pictures are kept: from as good as a reader needs to as small as one can still read."""

from dataclasses import dataclass, replace

from rejoinder.domain.limits import FileLimits


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Dots per inch at most, strength of JPEG (1 to 95), and whether colour is dropped."""

    dpi: int
    jpeg: int
    grey: bool = False

    def __str__(self) -> str:
        return f"pictures at {self.dpi} dots per inch, JPEG {self.jpeg}{', without colour' if self.grey else ''}"


BEST = Quality(dpi=200, jpeg=85)
LADDER = (
    BEST,
    Quality(dpi=150, jpeg=70),
    Quality(dpi=110, jpeg=50),
    Quality(dpi=110, jpeg=50, grey=True),
)
"""From best to smallest: tried in this order until the packet is within its limits."""


def ladder_for(limits: FileLimits) -> tuple[Quality, ...]:
    """Return the ladder under the rail's own rules for pictures."""
    most = limits.max_dpi or BEST.dpi
    steps = (replace(step, dpi=min(step.dpi, most), grey=step.grey or limits.black_and_white) for step in LADDER)
    return tuple(dict.fromkeys(steps))
