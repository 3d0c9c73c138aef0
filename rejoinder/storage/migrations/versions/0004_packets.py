"""Finished packets, and the secrets that links to them are signed with."""

from pathlib import Path

from rejoinder.storage.migrate import run_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))
