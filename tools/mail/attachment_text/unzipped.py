"""How large an Office file is once unpacked."""

import zipfile
from io import BytesIO

from tools.mail.attachment_text.budget import Unreadable

_MOST_BYTES = 200_000_000


def check_unzipped(content: bytes) -> None:
    """Refuse a file that unpacks to more than the limit, before anything of it is unpacked.

    Raises:
        Unreadable: broken or too large.
    """
    try:
        size = sum(entry.file_size for entry in zipfile.ZipFile(BytesIO(content)).infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as problem:
        raise Unreadable("a broken file") from problem
    if size > _MOST_BYTES:
        raise Unreadable(f"unpacked it has {size} bytes, the limit is {_MOST_BYTES}")
