"""The tables. JSON documents hold the frozen types; what is looked up by has a column of its own."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

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
    Column("login", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
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
    Column("order_number", Text, nullable=False, server_default=""),
    Column("outcome", Text, nullable=False, server_default=""),
    _at("respond_by", nullable=True),
    _at("created_at", now=True),
    Index(None, "merchant_id", "status", "id"),
    Index(None, "merchant_id", "order_number"),
)

messages = Table(
    "messages",
    metadata,
    _key(),
    _to("merchants"),
    _to("cases", nullable=True),
    Column("identity", Text, nullable=False),
    Column("status", Text, nullable=False, server_default="stored"),
    Column("direction", Text, nullable=False, server_default="in"),
    Column("mailbox", Text, nullable=False, server_default=""),
    Column("message_header", Text, nullable=False, server_default=""),
    Column("counterpart", Text, nullable=False, server_default=""),
    Column("raw_file", Text, nullable=False, server_default=""),
    Column("problem", Text, nullable=False, server_default=""),
    Column("mail", JSONB),
    Column("event", JSONB),
    _at("received_at"),
    UniqueConstraint("merchant_id", "identity"),
    Index(None, "case_id"),
    Index(None, "merchant_id", "message_header"),
    Index(None, "merchant_id", "counterpart", "id"),
)

webhook_calls = Table(
    "webhook_calls",
    metadata,
    _key(),
    Column("processor", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("raw_file", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("problem", Text, nullable=False, server_default=""),
    _at("received_at"),
    UniqueConstraint("processor", "account", "event_id", "status"),
)

disputes = Table(
    "disputes",
    metadata,
    _key(),
    _to("merchants"),
    _to("cases"),
    Column("processor", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("payment_reference", Text, nullable=False, server_default=""),
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
    Column("evidence_id", Text, primary_key=True),
    Column("document", JSONB, nullable=False),
)

used_passages = Table(
    "used_passages",
    metadata,
    Column("case_id", BigInteger, ForeignKey("cases.id"), primary_key=True),
    Column("passage_id", Text, primary_key=True),
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
    _at("opened_at", now=True),
    UniqueConstraint("run_id"),
    Index(None, "merchant_id", "status", "due_by", "id"),
    Index(None, "case_id"),
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
    Index("uq_deliveries_run_id", "run_id", unique=True, postgresql_where=text("status <> 'cancelled'")),
    Index("uq_deliveries_draft_id", "draft_id", unique=True, postgresql_where=text("status <> 'cancelled'")),
    Index(None, "status", "changed_at"),
    Index(None, "case_id"),
)

orders = Table(
    "orders",
    metadata,
    Column("merchant_id", BigInteger, ForeignKey("merchants.id"), primary_key=True),
    Column("number", Text, primary_key=True),
    Column("customer_email", Text, nullable=False),
    _at("placed_at"),
    Column("tracking", ARRAY(Text), nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Index(None, "merchant_id", "customer_email"),
    Index("ix_orders_tracking", "tracking", postgresql_using="gin"),
    Index("ix_orders_upper_number", "merchant_id", func.upper(text("number"))),
)

payments = Table(
    "payments",
    metadata,
    Column("merchant_id", BigInteger, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("order_number", Text, nullable=False),
    Column("arn", Text, nullable=False, server_default=""),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("card_last4", Text, nullable=False, server_default=""),
    _at("captured_at"),
    Index(None, "merchant_id", "arn"),
    Index(None, "merchant_id", "amount_minor", "currency"),
    Index(None, "merchant_id", "order_number"),
)

products = Table(
    "products",
    metadata,
    Column("merchant_id", BigInteger, ForeignKey("merchants.id"), primary_key=True),
    Column("sku", Text, primary_key=True),
    Column("content_hash", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("words", TSVECTOR, nullable=False),
    Index("ix_products_words", "words", postgresql_using="gin"),
)

documents = Table(
    "documents",
    metadata,
    Column("merchant_id", BigInteger, ForeignKey("merchants.id"), primary_key=True),
    Column("key", Text, primary_key=True),
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
    Column("passage_id", Text, primary_key=True),
    Column("document_key", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("heading", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("words", TSVECTOR, nullable=False),
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
    Column("case_id", BigInteger),
    Column("details", JSONB, nullable=False, server_default=text("'{}'")),
    Index(None, "case_id", "id"),
)

