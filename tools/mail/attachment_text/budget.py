"""How much of a mail's files is read, and what came of one."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FileLimits:
    """Bounds on one file: seconds, characters of text, pages, cells of a spreadsheet, bytes of memory."""

    seconds: float = 20.0
    text: int = 200_000
    pages: int = 40
    cells: int = 60_000
    memory: int = 1_500_000_000


@dataclass(frozen=True, kw_only=True)
class FileText:
    """The text of a file, one line a paragraph or row; `unread` says why there is none."""

    text: str = ""
    unread: str = ""


@dataclass
class TextBudget:
    """What is left for the files of one mail; `update_spent` takes from it."""

    files: int = 20
    seconds: float = 60.0
    text: int = 500_000

    def limits(self) -> FileLimits:
        """Return the bounds of the next file."""
        usual = FileLimits()
        return FileLimits(seconds=min(usual.seconds, self.seconds), text=min(usual.text, self.text))

    @property
    def spent(self) -> bool:
        """Whether nothing more is read."""
        return self.files <= 0 or self.seconds <= 0 or self.text <= 0

    def update_spent(self, seconds: float, text: int) -> None:
        """Take one file's cost."""
        self.files -= 1
        self.seconds -= seconds
        self.text -= text


class Unreadable(Exception):
    """A file that cannot be read; the message says why, in words for the merchant."""


def joined(lines: list[str], limit: int) -> str:
    """Join lines up to so many characters, whole lines only."""
    kept, length = [], 0
    for line in lines:
        length += len(line) + 1
        if length > limit:
            break
        kept.append(line)
    return "\n".join(kept).strip("\n")
