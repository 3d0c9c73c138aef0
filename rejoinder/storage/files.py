"""Files named by their content: raw mails, attachments, letters."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rejoinder.errors import NotFound


@dataclass(frozen=True)
class FileStore:
    """A folder of files named by sha256; written whole or not at all, readable by the owner only."""

    root: Path

    def put(self, content: bytes) -> str:
        """Keep bytes and return their hash; the same bytes again cost nothing."""
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        if path.is_file():
            return name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return name

    def get(self, name: str) -> bytes:
        """Return the bytes with this hash.

        Raises:
            NotFound: no such file, or its bytes are no longer those of its name.
        """
        path = self._path(name)
        if len(name) != 64 or not path.is_file():
            raise NotFound(f"no file {name!r} is stored")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != name:
            raise NotFound(f"the stored file {name!r} was altered on disk; restore it from a backup")
        return content

    def _path(self, name: str) -> Path:
        return self.root / name[:2] / name[2:4] / name
