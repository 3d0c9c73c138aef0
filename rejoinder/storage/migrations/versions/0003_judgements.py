"""What the rules concluded about disputes, the terms people set, and what tells one card from another."""

from pathlib import Path

from rejoinder.storage.migrate import run_script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))
