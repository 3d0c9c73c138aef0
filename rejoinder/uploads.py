"""Files that people give as evidence: looked at before anything is stored, then kept, never run or shown inline."""

from datetime import datetime

from agents.evidence import TEXT_LIMIT
from knowledge.reason_codes import evidence_titles
from prompts.exhibits import exhibit_title
from rejoinder.domain.evidence import Evidence
from rejoinder.domain.limits import FileLimits
from rejoinder.domain.packet import ExhibitFile, ExhibitSource
from rejoinder.errors import BadInput
from rejoinder.storage.files import FileStore
from rejoinder.storage.packets import UPLOAD
from tools.mail.attachment_text import TextBudget, read_file_text
from tools.mail.attachments import safe_filename
from tools.mail.cards import mask_cards
from tools.mail.mime import Limits
from tools.mail.redact import redact_file
from tools.packet.exhibits import print_exhibit
from tools.packet.masking import refuse_cards
from tools.packet.quality import BEST

MAX_BYTES = 25_000_000
"""The biggest file that is taken; no processor takes a bigger packet."""
SHORT_HASH = 12


def take_file(
    files: FileStore, content: bytes, name: str, media_type: str, *, kind: str, source: str, at: datetime
) -> Evidence:
    """Store a file and return it as evidence; card numbers are masked where its type is text.

    Args:
        files: where its bytes are kept.
        content: its bytes, which decide what it is.
        name: what it was called; only the last part is kept, without characters that mislead.
        media_type: what it was called by type.
        kind: what it shows, an id of `knowledge/evidence.toml`.
        source: who gave it: `upload:<login>` or `mail:<identity>`.
        at: when.

    Raises:
        BadInput: too big, or of no known kind.
        ExhibitRejected: it cannot be printed into a packet; the message says what to do.
        CardNumberFound: it shows a full card number that cannot be masked; nothing was stored.
    """
    if len(content) > MAX_BYTES:
        raise BadInput(
            f"The file has {len(content):,} bytes; {MAX_BYTES:,} are taken. Keep only the pages that matter."
        )
    if kind not in evidence_titles():
        raise BadInput("Choose what the file shows.")
    called = safe_filename(name, media_type)
    kept = redact_file(content, media_type, called, "", Limits()).raw
    text = read_file_text(kept, media_type, called, "", TextBudget()).text
    refuse_cards(text, f"{exhibit_title(kind, 'en')}, file {called!r}")
    _refuse_unprintable(kept, called, media_type, kind, at)
    file_hash = files.put(kept)
    return Evidence(
        evidence_id=f"{UPLOAD}{file_hash[:SHORT_HASH]}",
        kind=kind,
        fields={"file_name": called, "media_type": media_type},
        text=mask_cards(text).text[:TEXT_LIMIT],
        source=source,
        captured_at=at,
        file_hash=file_hash,
    )


def _refuse_unprintable(content: bytes, name: str, media_type: str, kind: str, at: datetime) -> None:
    """Print the file as it would be in a packet, so that whoever gives it hears at once what is wrong."""
    source = ExhibitSource(
        label=exhibit_title(kind, "en"),
        title=name,
        kind="file",
        origin="",
        captured_at=at,
        file=ExhibitFile(name=name, content=content, media_type=media_type),
    )
    print_exhibit(source, BEST, FileLimits())
