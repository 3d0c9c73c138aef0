"""The tables. JSON documents hold the frozen types; what is looked up by has a column of its own."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from rejoinder.storage.columns import Key, Text, instant, metadata, refers_to, row_id

merchants = Table(
    "merchants",
    metadata,
    row_id(),
    Column("slug", Text, nullable=False, unique=True),
    Column("document", JSONB, nullable=False),
)

users = Table(
    "users",
    metadata,
    row_id(),
    Column("login", Key, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False, server_default="reviewer"),
    Column("merchant_ids", ARRAY(BigInteger), nullable=False, server_default=text("'{}'")),
    instant("created_at", now=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("form_token", Text, nullable=False),
    instant("ends_at"),
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
    row_id(),
    refers_to("merchants"),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("intent", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default="und"),
    Column("order_number", Key, nullable=False, server_default=""),
    Column("outcome", Text, nullable=False, server_default=""),
    Column("merged_into", BigInteger, ForeignKey("cases.id")),
    instant("respond_by", nullable=True),
    instant("created_at", now=True),
    Index(None, "merchant_id", "id"),
    Index(None, "merchant_id", "status", "id"),
    Index(None, "merchant_id", "order_number"),
)

messages = Table(
    "messages",
    metadata,
    row_id(),
    refers_to("merchants"),
    refers_to("cases", nullable=True),
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
    instant("received_at"),
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
    row_id(),
    Column("processor", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("event_id", Key, nullable=False),
    Column("raw_file", Text, nullable=False),
    Column("headers", JSONB, nullable=False, server_default=text("'{}'")),
    Column("status", Text, nullable=False),
    Column("problem", Text, nullable=False, server_default=""),
    instant("received_at"),
    UniqueConstraint("processor", "account", "event_id", "status"),
    Index(None, "received_at"),
)

disputes = Table(
    "disputes",
    metadata,
    row_id(),
    refers_to("merchants"),
    refers_to("cases"),
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
    row_id(),
    refers_to("merchants"),
    refers_to("cases"),
    refers_to("messages"),
    Column("status", Text, nullable=False, server_default="queued"),
    Column("error", Text, nullable=False, server_default=""),
    Column("reconciled", JSONB),
    Column("readings", JSONB),
    Column("matches", JSONB),
    Column("route", JSONB),
    Column("set_aside", Text, nullable=False, server_default=""),
    instant("created_at", now=True),
    instant("changed_at", now=True),
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
    row_id(),
    refers_to("runs"),
    refers_to("cases"),
    Column("content_hash", Text, nullable=False),
    Column("body_hash", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("problems", JSONB, nullable=False, server_default=text("'[]'")),
    Column("author", Text, nullable=False, server_default="program"),
    instant("created_at", now=True),
    UniqueConstraint("run_id", "content_hash"),
    Index(None, "case_id"),
)

reviews = Table(
    "reviews",
    metadata,
    row_id(),
    refers_to("merchants"),
    refers_to("cases"),
    refers_to("runs"),
    refers_to("drafts", nullable=True),
    Column("status", Text, nullable=False, server_default="open"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("edit", JSONB),
    instant("due_by", nullable=True),
    instant("reminded_at", nullable=True),
    instant("opened_at", now=True),
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
    refers_to("drafts", nullable=True),
    instant("decided_at", now=True),
)

corrections = Table(
    "corrections",
    metadata,
    row_id(),
    refers_to("merchants"),
    refers_to("cases"),
    Column("review_id", BigInteger, ForeignKey("reviews.id"), nullable=False),
    Column("template", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("slot", Text, nullable=False, server_default=""),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    instant("created_at", now=True),
    Index(None, "merchant_id", "template", "id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    row_id(),
    refers_to("merchants"),
    refers_to("cases"),
    refers_to("drafts"),
    Column("run_id", BigInteger, ForeignKey("runs.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("mailbox", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False, server_default="queued"),
    Column("approved_hash", Text, nullable=False),
    Column("automatic", Boolean, nullable=False, server_default=text("false")),
    Column("raw_file", Text, nullable=False, server_default=""),
    Column("answer", Text, nullable=False, server_default=""),
    instant("not_before"),
    instant("changed_at", now=True),
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
    instant("placed_at"),
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
    row_id(),
    Column("merchant_id", BigInteger, nullable=False),
    Column("reference", Key, nullable=False),
    Column("order_number", Key, nullable=False),
    Column("arn", Key, nullable=False, server_default=""),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("card_last4", Text, nullable=False, server_default=""),
    instant("captured_at"),
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
    row_id(),
    instant("at", now=True),
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
    instant("applied_at", now=True),
)
