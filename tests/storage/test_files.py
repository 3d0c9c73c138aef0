import hashlib
import os
import stat
from pathlib import Path

import pytest

from rejoinder.errors import NotFound
from rejoinder.storage.files import FileStore
from tests.storage.races import at_once


def test_the_same_bytes_are_one_file_under_their_hash(files: FileStore) -> None:
    name = files.put(b"mail")
    assert name == files.put(b"mail") == hashlib.sha256(b"mail").hexdigest()
    assert files.get(name) == b"mail"
    assert [path.relative_to(files.root).parts for path in files.root.rglob("*") if path.is_file()] == [
        (name[:2], name[2:4], name)
    ]


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_nobody_else_may_read(files: FileStore) -> None:
    old = os.umask(0)
    try:
        files.put(b"mail")
    finally:
        os.umask(old)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [files.root, *files.root.rglob("*")]}
    assert modes == {0o700, 0o600}


def test_threads_that_store_the_same_do_not_meet(files: FileStore) -> None:
    content = os.urandom(2_000_000)
    names = at_once(8, lambda _: files.put(content))
    assert len(set(names)) == 1
    assert files.get(names[0]) == content
    assert len([path for path in files.root.rglob("*") if path.is_file()]) == 1


def test_an_altered_file_is_refused_and_a_cut_off_one_is_written_again(files: FileStore) -> None:
    name = files.put(b"mail")
    path = files.root / name[:2] / name[2:4] / name
    path.write_bytes(b"liam")
    with pytest.raises(NotFound, match="altered"):
        files.get(name)
    path.write_bytes(b"ma")
    files.put(b"mail")
    assert files.get(name) == b"mail"


@pytest.mark.parametrize("name", ["", "00", "../../../etc/passwd", "a" * 63 + "/", "A" * 64, "0" * 64, "\x00" * 64])
def test_only_hashes_are_names(files: FileStore, name: str) -> None:
    with pytest.raises(NotFound):
        files.get(name)


def test_a_failed_write_leaves_nothing(files: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        files.put(b"mail")
    assert not [path for path in Path(files.root).rglob("*") if path.is_file()]
