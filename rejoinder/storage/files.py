"""Files named by their content: raw mails, attachments, letters."""

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rejoinder.errors import NotFound

_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class FileStore:
    """A folder of files named by sha256; written whole or not at all, readable by the owner only."""

    root: Path

    def put(self, content: bytes) -> str:
        """Keep bytes and return their hash; the same bytes again cost nothing. They are on disk when it returns."""
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        if path.is_file() and path.stat().st_size == len(content):
            return name
        self._make_folder(path.parent)
        handle, temporary = tempfile.mkstemp(dir=path.parent)  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
        return name

    def get(self, name: str) -> bytes:
        """Return the bytes with this hash.

        Raises:
            NotFound: no such file, or its bytes are no longer those of its name.
        """
        path = self._path(name) if _NAME.fullmatch(name) else None
        if path is None or not path.is_file():
            raise NotFound(f"no file {name!r} is stored")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != name:
            raise NotFound(f"the stored file {name!r} was altered on disk; restore it from a backup")
        return content

    def _path(self, name: str) -> Path:
        return self.root / name[:2] / name[2:4] / name

    def _make_folder(self, folder: Path) -> None:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (folder.parent, folder):  # `parents=True` would give the upper one the default mode
            path.mkdir(mode=0o700, exist_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
