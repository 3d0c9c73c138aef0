"""The tables that disputes alone need: what was taught and concluded, finished files, reminders, questions."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from rejoinder.storage.columns import Key, Text, instant, metadata, refers_to, row_id

learned_sources = Table(
    "learned_sources",
    metadata,
    Column("merchant_id", BigInteger, ForeignKey("merchants.id"), primary_key=True),
    Column("domain", Key, primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("reviewer", Text, nullable=False),
    instant("learned_at", now=True),
)

judgements = Table(
    "judgements",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("category", Text, nullable=False, server_default=""),
    Column("level", Text, nullable=False, server_default=""),
    Column("document", JSONB),
    Column("settings", JSONB, nullable=False, server_default="{}"),
    instant("changed_at", now=True),
    Index("ix_judgements_category", "category", "level"),
)

packets = Table(
    "packets",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("inputs", Text, primary_key=True),
    refers_to("drafts"),
    Column("document", JSONB, nullable=False),
    instant("made_at"),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    instant("made_at", now=True),
)

reminders = Table(
    "reminders",
    metadata,
    row_id(),
    refers_to("merchants"),
    refers_to("cases"),
    Column("step", Text, nullable=False),
    Column("channel", Text, nullable=False),
    instant("due_by"),
    Column("status", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("details", JSONB, nullable=False, server_default=text("'{}'")),
    Column("answer", Text, nullable=False, server_default=""),
    Column("raw_file", Text, nullable=False, server_default=""),
    instant("created_at"),
    instant("changed_at", now=True),
    UniqueConstraint("case_id", "due_by", "step", "channel"),
    Index("ix_reminders_leaving", "changed_at", postgresql_where=text("status IN ('queued', 'sending')")),
)

colleague_requests = Table(
    "colleague_requests",
    metadata,
    row_id(),
    refers_to("merchants"),
    refers_to("cases"),
    Column("kind", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("recipient", Key, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("answer", Text, nullable=False, server_default=""),
    Column("raw_file", Text, nullable=False, server_default=""),
    instant("answered_at", nullable=True),
    instant("created_at", now=True),
    instant("changed_at", now=True),
    Index(
        "uq_colleague_requests_case_id",
        "case_id",
        "kind",
        unique=True,
        postgresql_where=text("answered_at IS NULL AND status NOT IN ('failed', 'cancelled')"),
    ),
    Index("ix_colleague_requests_leaving", "changed_at", postgresql_where=text("status IN ('queued', 'sending')")),
    Index(None, "case_id"),
)

hand_ins = Table(
    "hand_ins",
    metadata,
    row_id(),
    refers_to("cases"),
    Column("stage", Text, nullable=False),
    Column("said_by", Text, nullable=False),
    instant("said_at"),
    Column("confirmation", Text, nullable=False, server_default=""),
    Column("ended_by", Text, nullable=False, server_default=""),
    instant("ended_at", nullable=True),
    Index("uq_hand_ins_case_id", "case_id", "stage", unique=True, postgresql_where=text("ended_at IS NULL")),
    Index("ix_hand_ins_case_id", "case_id"),
)
