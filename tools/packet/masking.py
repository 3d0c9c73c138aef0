"""No full card number in a packet: masked where there is text, refused where there is none to change."""

from rejoinder.errors import CardNumberFound
from tools.mail.cards import find_cards, mask_cards


class Masker:
    """Masks text and counts what it masked."""

    def __init__(self) -> None:
        self.count = 0

    def text(self, text: str) -> str:
        """Return the text with card numbers and codes masked."""
        masked = mask_cards(text)
        self.count += masked.count + masked.codes
        return masked.text

    def row(self, cells: tuple[str, ...], columns: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the cells of a row masked; a column's name, else the first cell, tells what a number is."""
        if not cells:
            return cells
        first = self._labelled(columns[0] if columns else "", cells[0])
        names = columns[1:] if len(columns) == len(cells) else (cells[0],) * (len(cells) - 1)
        return (first, *(self._labelled(name, cell) for name, cell in zip(names, cells[1:], strict=True)))

    def _labelled(self, label: str, cell: str) -> str:
        before = f"{label}: "
        masked = mask_cards(before + cell)
        if not masked.text.startswith(before):
            return self.text(cell)
        self.count += masked.count + masked.codes
        return masked.text.removeprefix(before)


def refuse_cards(text: str, where: str) -> None:
    """Check text that cannot be changed.

    Raises:
        CardNumberFound: it holds a full card number; the message names `where`, never the number.
    """
    if find_cards(text):
        raise CardNumberFound(
            f"{where}: a full card number is visible and cannot be masked here; "
            "black it out in a copy that is flattened to a picture, and use that"
        )
