"""Text recognized in a picture by the `tesseract` command, where it is installed."""

import subprocess
from functools import cache
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from tools.mail.attachment_text.budget import FileLimits, FileText, Unreadable, joined
from tools.mail.attachment_text.recognition import NOT_INSTALLED, recognizer

_LANGUAGES = (
    "eng", "chi_sim", "chi_tra", "spa", "deu", "fra", "por", "ita", "rus", "jpn", "kor", "ara", "tur",
)  # fmt: skip
_MOST_PIXELS = 40_000_000
_LONGEST_SIDE = 3500


def read_picture(content: bytes, limits: FileLimits) -> FileText:
    """Read a picture.

    Raises:
        Unreadable: broken, too large, or no text recognition is installed.
    """
    register_heif_opener()
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    try:
        with Image.open(BytesIO(content)) as opened:
            picture = ImageOps.exif_transpose(opened).convert("L")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as problem:
        raise Unreadable("a picture that cannot be opened") from problem
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    upright = BytesIO()
    picture.save(upright, "PNG")
    return FileText(text=joined(recognize(upright.getvalue(), limits).splitlines(), limits.text))


def recognize(png: bytes, limits: FileLimits) -> str:
    """Return the text in a picture.

    Raises:
        Unreadable: no text recognition is installed, or it failed or took too long.
    """
    command = recognizer()
    if command is None:
        raise Unreadable(NOT_INSTALLED)
    languages = "+".join(_installed(command)) or "eng"
    try:
        done = subprocess.run(  # noqa: S603
            [command, "stdin", "stdout", "-l", languages],
            input=png,
            capture_output=True,
            timeout=limits.seconds,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as problem:
        raise Unreadable("a scanned picture whose text could not be recognized") from problem
    return done.stdout.decode("utf-8", "replace")


@cache
def _installed(command: str) -> tuple[str, ...]:
    """Return which of our languages the command knows."""
    try:
        done = subprocess.run([command, "--list-langs"], capture_output=True, timeout=10, check=True)  # noqa: S603
    except (subprocess.SubprocessError, OSError):
        return ()
    known = set(done.stdout.decode("utf-8", "replace").split())
    return tuple(language for language in _LANGUAGES if language in known)
