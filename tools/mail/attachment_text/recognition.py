"""Whether text in pictures can be recognized here at all."""

import shutil

NOT_INSTALLED = "a scanned picture; no text recognition is installed (install tesseract), so a person has to read it"


def recognizer() -> str | None:
    """Return the path of the `tesseract` command; None where it is not installed."""
    return shutil.which("tesseract")
