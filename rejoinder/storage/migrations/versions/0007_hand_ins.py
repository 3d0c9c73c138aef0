"""Persons' words that the answer to a dispute was handed in at the processor."""

from pathlib import Path

from rejoinder.storage.migrate import run_script

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))
