"""Card numbers that only a picture shows: looked for where text recognition is installed, else left to a person."""

from collections.abc import Iterator, Sequence

from tools.mail.attachment_text.budget import FileLimits, Unreadable
from tools.mail.attachment_text.picture import recognize
from tools.mail.attachment_text.recognition import recognizer
from tools.packet.blocks import PdfPage, Picture
from tools.packet.compose import PrintedExhibit
from tools.packet.masking import refuse_cards
from tools.packet.pdf_files import page_picture

_LIMITS = FileLimits()


def unsearched_pictures(exhibits: Sequence[PrintedExhibit]) -> tuple[str, ...]:
    """Look for card numbers in the pictures and scanned pages; return the labels of exhibits that nothing could read.

    Raises:
        CardNumberFound: a picture shows a full card number; the message names the exhibit and the picture.
    """
    return tuple(exhibit.source.label for exhibit in exhibits if not all(_searched(exhibit)))


def _searched(exhibit: PrintedExhibit) -> Iterator[bool]:
    for block in exhibit.printed.blocks:
        if isinstance(block, Picture) or (isinstance(block, PdfPage) and not block.has_text):
            yield _is_searched(block, f"{exhibit.source.label}, {block.alt}")


def _is_searched(block: Picture | PdfPage, where: str) -> bool:
    if recognizer() is None:
        return False  # before a page is drawn for nothing
    try:
        text = recognize(
            page_picture(block.content, block.page) if isinstance(block, PdfPage) else block.content, _LIMITS
        )
    except Unreadable:
        return False
    refuse_cards(text, where)
    return True
