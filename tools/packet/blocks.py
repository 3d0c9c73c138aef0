"""What stands on the pages of an exhibit, in order; `packet.typ` prints each kind of block."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Prose:
    """Text in one language: lines as written, an empty one between paragraphs."""

    text: str
    language: str = "en"
    kind: str = "prose"


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading inside an exhibit."""

    text: str
    kind: str = "heading"


@dataclass(frozen=True, kw_only=True)
class Translated:
    """A translation of what stands right above; `by` says whose it is."""

    text: str
    by: str
    kind: str = "translated"


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table; without `columns` its rows are names and values."""

    rows: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...] = ()
    kind: str = "grid"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An image file, at most so many points wide and high; `alone` when it may take the rest of the page."""

    content: bytes = field(repr=False)
    suffix: str
    width: float
    height: float
    alt: str
    alone: bool = False
    kind: str = "picture"


@dataclass(frozen=True, kw_only=True)
class PdfPage:
    """Page `page` (from 1) of a PDF and its size in points; shown as large as the paper allows."""

    content: bytes = field(repr=False)
    page: int
    width: float
    height: float
    alt: str
    has_text: bool
    kind: str = "page"

    @property
    def wide(self) -> bool:
        """Whether it is clearly wider than high."""
        return self.width > self.height * 1.15


Block = Prose | Heading | Translated | Grid | Picture | PdfPage


@dataclass(frozen=True, kw_only=True)
class Original:
    """What an exhibit was made from, as it is handed on; no `content`, and the reason, when it must not be."""

    content: bytes = field(repr=False)
    suffix: str
    withheld: str = ""


@dataclass(frozen=True, kw_only=True)
class Printed:
    """An exhibit ready to be printed. `masked` counts card numbers and codes; `steps` say what was changed."""

    blocks: tuple[Block, ...]
    original: Original
    masked: int = 0
    steps: tuple[str, ...] = ()
