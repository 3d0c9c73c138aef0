"""What all tests share."""

import os
from pathlib import Path

import pytest

pytest_plugins = ["tests.fixtures_servers", "tests.fixtures_database", "tests.fixtures_program"]

SHARED = Path(os.environ.get("REJOINDER_SHARED", Path(__file__).parents[1].parent / "shared"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The third-party test material, where it is there."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip(f"the third-party test material is not at {folder}; set REJOINDER_SHARED to have it")
    return folder
