"""Sources of notices that reviewers taught."""

from pathlib import Path

from rejoinder.storage.migrate import run_script

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))
