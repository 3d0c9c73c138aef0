import os
import time
from pathlib import Path

from knowledge.chroma import open_store

SECONDS = 10


def open_files(folder: Path) -> list[str]:
    links = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
    return [os.readlink(link) for link in links if os.path.lexists(link) and str(folder) in os.readlink(link)]


def test_a_closed_store_leaves_no_file_open_and_can_be_opened_again(tmp_path: Path) -> None:
    for _ in range(2):
        store = open_store(tmp_path, "", shared=False)
        store.client.get_or_create_collection("policies").upsert(ids=["p1"], embeddings=[[1.0, 0.0]])
        assert open_files(tmp_path)
        assert store.client.get_collection("policies").count() == 1
        store.close()
        ends_at = time.monotonic() + SECONDS
        while open_files(tmp_path) and time.monotonic() < ends_at:  # its threads let go on their own
            time.sleep(0.05)
        assert not open_files(tmp_path)
