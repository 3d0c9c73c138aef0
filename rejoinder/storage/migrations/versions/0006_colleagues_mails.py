"""Find the mails of colleagues whose files were not taken yet."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE INDEX ix_messages_colleague ON messages (id) WHERE direction = 'colleague' AND status = 'stored'
        """
    )
