"""The tables. JSON documents hold the frozen types; what is looked up by has a column of its own."""

import hashlib

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    TypeDecorator,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy import Text as PlainText
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from rejoinder.storage.documents import storable

KEY_LIMIT = 250
"""Characters a looked-up text may have; PostgreSQL's index entries end at 2,704 bytes."""


class Text(TypeDecorator[str]):
    """Text from anywhere: what PostgreSQL cannot hold is replaced."""

    impl = PlainText
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text as it can be stored."""
        return value if value is None else storable(value)


class Key(Text):
    """Text that is looked up by equality; a longer one is stored, and compared, as its hash."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text, or `sha256:` and its hash."""
        if value is None or len(value) <= KEY_LIMIT:
            return super().process_bind_param(value, dialect)
        return "sha256:" + hashlib.sha256(storable(value).encode()).hexdigest()


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key() -> Column[int]:
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def _to(table: str, **options: bool) -> Column[int]:
    name = {"cases": "case", "messages": "message", "merchants": "merchant", "drafts": "draft"}.get(table, table[:-1])
    return Column(f"{name}_id", BigInteger, ForeignKey(f"{table}.id"), nullable=options.get("nullable", False))


def _at(name: str, *, nullable: bool = False, now: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=func.now() if now else None)


merchants = Table(
    "merchants",
    metadata,
    _key(),
    Column("slug", Text, nullable=False, unique=True),
    Column("document", JSONB, nullable=False),
)

users = Table(
    "users",
    metadata,
    _key(),
    Column("login", Key, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False, server_default="reviewer"),
    Column("merchant_ids", ARRAY(BigInteger), nullable=False, server_default=text("'{}'")),
    _at("created_at", now=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("form_token", Text, nullable=False),
    _at("ends_at"),
    Index(None, "user_id"),
    Index(None, "ends_at"),
)

mail_cursors = Table(
    "mail_cursors",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("folder", Text, primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    _key(),
    _to("merchants"),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("intent", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default="und"),
    Column("order_number", Key, nullable=False, server_default=""),
    Column("outcome", Text, nullable=False, server_default=""),
    Column("merged_into", BigInteger, ForeignKey("cases.id")),
    _at("respond_by", nullable=True),
    _at("created_at", now=True),
    Index(None, "merchant_id", "id"),
    Index(None, "merchant_id", "status", "id"),
    Index(None, "merchant_id", "order_number"),
)

messages = Table(
    "messages",
    metadata,
    _key(),
    _to("merchants"),
    _to("cases", nullable=True),
    Column("identity", Key, nullable=False),
    Column("status", Text, nullable=False, server_default="stored"),
    Column("direction", Text, nullable=False, server_default="in"),
    Column("mailbox", Text, nullable=False, server_default=""),
    Column("message_header", Key, nullable=False, server_default=""),
    Column("counterpart", Key, nullable=False, server_default=""),
    Column("participants", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("dispute_key", Key, nullable=False, server_default=""),
    Column("raw_file", Text, nullable=False, server_default=""),
    Column("problem", Text, nullable=False, server_default=""),
    Column("mail", JSONB),
    Column("event", JSONB),
    _at("received_at"),
    UniqueConstraint("merchant_id", "identity"),
    Index(None, "case_id"),
    Index(None, "merchant_id", "message_header"),
    Index(None, "merchant_id", "counterpart", "id"),
    Index("ix_messages_dispute_key", "merchant_id", "dispute_key", postgresql_where=text("dispute_key <> ''")),
    Index("ix_messages_quarantined", "merchant_id", "id", postgresql_where=text("status = 'quarantined'")),
    Index("ix_messages_colleague", "id", postgresql_where=text("direction = 'colleague' AND status = 'stored'")),
)

webhook_calls = Table(
    "webhook_calls",
    metadata,
    _key(),
    Column("processor", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("event_id", Key, nullable=False),
    Column("raw_file", Text, nullable=False),
    Column("headers", JSONB, nullable=False, server_default=text("'{}'")),
    Column("status", Text, nullable=False),
    Column("problem", Text, nullable=False, server_default=""),
    _at("received_at"),
    UniqueConstraint("processor", "account", "event_id", "status"),
    Index(None, "received_at"),
)

disputes = Table(
    "disputes",
    metadata,
    _key(),
    _to("merchants"),
    _to("cases"),
    Column("processor", Text, nullable=False),
    Column("reference", Key, nullable=False),
    Column("payment_reference", Key, nullable=False, server_default=""),
    Column("status", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    UniqueConstraint("merchant_id", "processor", "reference"),
    UniqueConstraint("case_id"),
    Index(None, "merchant_id", "payment_reference"),
)

runs = Table(
    "runs",
    metadata,
    _key(),
    _to("merchants"),
    _to("cases"),
    _to("messages"),
    Column("status", Text, nullable=False, server_default="queued"),
    Column("error", Text, nullable=False, server_default=""),
    Column("reconciled", JSONB),
    Column("readings", JSONB),
    Column("matches", JSONB),
    Column("route", JSONB),
    Column("set_aside", Text, nullable=False, server_default=""),
    _at("created_at", now=True),
    _at("changed_at", now=True),
    UniqueConstraint("message_id"),
    Index(None, "case_id"),
    Index(None, "status", "changed_at"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("evidence_id", Key, primary_key=True),
    Column("document", JSONB, nullable=False),
)

used_passages = Table(
    "used_passages",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("passage_id", Key, primary_key=True),
    Column("document", JSONB, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    _key(),
    _to("runs"),
    _to("cases"),
    Column("content_hash", Text, nullable=False),
    Column("body_hash", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("problems", JSONB, nullable=False, server_default=text("'[]'")),
    Column("author", Text, nullable=False, server_default="program"),
    _at("created_at", now=True),
    UniqueConstraint("run_id", "content_hash"),
    Index(None, "case_id"),
)

reviews = Table(
    "reviews",
    metadata,
    _key(),
    _to("merchants"),
    _to("cases"),
    _to("runs"),
    _to("drafts", nullable=True),
    Column("status", Text, nullable=False, server_default="open"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("edit", JSONB),
    _at("due_by", nullable=True),
    _at("reminded_at", nullable=True),
    _at("opened_at", now=True),
    UniqueConstraint("run_id"),
    Index(None, "merchant_id", "status", "due_by", "id"),
    Index(None, "case_id"),
    Index("ix_reviews_overdue", "due_by", postgresql_where=text("status = 'open' AND reminded_at IS NULL")),
)

decisions = Table(
    "decisions",
    metadata,
    Column("review_id", BigInteger, ForeignKey("reviews.id"), primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    _to("drafts", nullable=True),
    _at("decided_at", now=True),
)

corrections = Table(
    "corrections",
    metadata,
    _key(),
    _to("merchants"),
    _to("cases"),
    Column("review_id", BigInteger, ForeignKey("reviews.id"), nullable=False),
    Column("template", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("slot", Text, nullable=False, server_default=""),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    _at("created_at", now=True),
    Index(None, "merchant_id", "template", "id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    _key(),
    _to("merchants"),
    _to("cases"),
    _to("drafts"),
    Column("run_id", BigInteger, ForeignKey("runs.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("mailbox", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False, server_default="queued"),
    Column("approved_hash", Text, nullable=False),
    Column("automatic", Boolean, nullable=False, server_default=text("false")),
    Column("raw_file", Text, nullable=False, server_default=""),
    Column("answer", Text, nullable=False, server_default=""),
    _at("not_before"),
    _at("changed_at", now=True),
    Index(None, "run_id", "id"),
    Index("uq_deliveries_run_id", "run_id", unique=True, postgresql_where=text("status <> 'cancelled'")),
    Index("uq_deliveries_draft_id", "draft_id", unique=True, postgresql_where=text("status <> 'cancelled'")),
    Index(None, "status", "changed_at"),
    Index(None, "case_id"),
)

orders = Table(
    "orders",
    metadata,
    Column("merchant_id", BigInteger, ForeignKey("merchants.id"), primary_key=True),
    Column("number", Key, primary_key=True),
    Column("customer_email", Key, nullable=False),
    _at("placed_at"),
    Column("tracking", ARRAY(Text), nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Index(None, "merchant_id", "customer_email", "placed_at"),
    Index("ix_orders_tracking", "tracking", postgresql_using="gin"),
    Index("ix_orders_upper_number", "merchant_id", func.upper(text("number"))),
)

payments = Table(
    "payments",
    metadata,
    _key(),
    Column("merchant_id", BigInteger, nullable=False),
    Column("reference", Key, nullable=False),
    Column("order_number", Key, nullable=False),
    Column("arn", Key, nullable=False, server_default=""),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("card_last4", Text, nullable=False, server_default=""),
    _at("captured_at"),
    Column("card_fingerprint", Key, nullable=False, server_default=""),
    Column("network", Text, nullable=False, server_default=""),
    Column("fraud_reported", Boolean, nullable=False, server_default=text("false")),
    ForeignKeyConstraint(["merchant_id", "order_number"], ["orders.merchant_id", "orders.number"], ondelete="CASCADE"),
    Index(None, "merchant_id", "reference"),
    Index("ix_payments_card", "merchant_id", "card_fingerprint", postgresql_where=text("card_fingerprint <> ''")),
    Index("ix_payments_captured_at", "merchant_id", "network", "captured_at"),
    Index("ix_payments_arn", "merchant_id", "arn", postgresql_where=text("arn <> ''")),
    Index(None, "merchant_id", "amount_minor", "currency", "captured_at"),
    Index(None, "merchant_id", "order_number"),
)

products = Table(
    "products",
    metadata,
    Column("merchant_id", BigInteger, ForeignKey("merchants.id"), primary_key=True),
    Column("sku", Key, primary_key=True),
    Column("content_hash", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("words", TSVECTOR, nullable=False),
    Index("ix_products_words", "words", postgresql_using="gin"),
)

documents = Table(
    "documents",
    metadata,
    Column("merchant_id", BigInteger, ForeignKey("merchants.id"), primary_key=True),
    Column("key", Key, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("in_force_from", Date),
    Column("in_force_to", Date),
    Column("document", JSONB, nullable=False),
    Index(None, "merchant_id", "topic"),
)

passages = Table(
    "passages",
    metadata,
    Column("merchant_id", BigInteger, primary_key=True),
    Column("passage_id", Key, primary_key=True),
    Column("document_key", Key, nullable=False),
    Column("position", Integer, nullable=False),
    Column("heading", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("words", TSVECTOR, nullable=False),
    ForeignKeyConstraint(["merchant_id", "document_key"], ["documents.merchant_id", "documents.key"]),
    Index(None, "merchant_id", "document_key"),
    Index("ix_passages_words", "words", postgresql_using="gin"),
)

audit = Table(
    "audit",
    metadata,
    _key(),
    _at("at", now=True),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("merchant_id", BigInteger),
    Column("case_id", BigInteger),
    Column("details", JSONB, nullable=False, server_default=text("'{}'")),
    Index(None, "case_id", "id"),
    Index(None, "merchant_id", "id"),
)

queue_versions = Table(
    "queue_versions",
    metadata,
    Column("name", Text, primary_key=True),
    _at("applied_at", now=True),
)

learned_sources = Table(
    "learned_sources",
    metadata,
    Column("merchant_id", BigInteger, ForeignKey("merchants.id"), primary_key=True),
    Column("domain", Key, primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("reviewer", Text, nullable=False),
    _at("learned_at", now=True),
)

judgements = Table(
    "judgements",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("category", Text, nullable=False, server_default=""),
    Column("level", Text, nullable=False, server_default=""),
    Column("document", JSONB),
    Column("settings", JSONB, nullable=False, server_default="{}"),
    _at("changed_at", now=True),
    Index("ix_judgements_category", "category", "level"),
)

packets = Table(
    "packets",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("inputs", Text, primary_key=True),
    _to("drafts"),
    Column("document", JSONB, nullable=False),
    _at("made_at"),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    _at("made_at", now=True),
)

reminders = Table(
    "reminders",
    metadata,
    _key(),
    _to("merchants"),
    _to("cases"),
    Column("step", Text, nullable=False),
    Column("channel", Text, nullable=False),
    _at("due_by"),
    Column("status", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("details", JSONB, nullable=False, server_default=text("'{}'")),
    Column("answer", Text, nullable=False, server_default=""),
    Column("raw_file", Text, nullable=False, server_default=""),
    _at("created_at"),
    _at("changed_at", now=True),
    UniqueConstraint("case_id", "due_by", "step", "channel"),
    Index("ix_reminders_leaving", "changed_at", postgresql_where=text("status IN ('queued', 'sending')")),
)

colleague_requests = Table(
    "colleague_requests",
    metadata,
    _key(),
    _to("merchants"),
    _to("cases"),
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
    _at("answered_at", nullable=True),
    _at("created_at", now=True),
    _at("changed_at", now=True),
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
