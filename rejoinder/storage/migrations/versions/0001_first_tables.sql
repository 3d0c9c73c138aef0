CREATE TABLE audit (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    merchant_id BIGINT,
    case_id BIGINT,
    details JSONB DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_audit PRIMARY KEY (id)
);
CREATE INDEX ix_audit_case_id_id ON audit (case_id, id);
CREATE INDEX ix_audit_merchant_id_id ON audit (merchant_id, id);

CREATE TABLE mail_cursors (
    mailbox TEXT NOT NULL,
    folder TEXT NOT NULL,
    uidvalidity BIGINT NOT NULL,
    last_uid BIGINT NOT NULL,
    CONSTRAINT pk_mail_cursors PRIMARY KEY (mailbox, folder)
);

CREATE TABLE merchants (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    slug TEXT NOT NULL,
    document JSONB NOT NULL,
    CONSTRAINT pk_merchants PRIMARY KEY (id),
    CONSTRAINT uq_merchants_slug UNIQUE (slug)
);

CREATE TABLE queue_versions (
    name TEXT NOT NULL,
    applied_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_queue_versions PRIMARY KEY (name)
);

CREATE TABLE users (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    login TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT DEFAULT 'reviewer' NOT NULL,
    merchant_ids BIGINT[] DEFAULT '{}' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_login UNIQUE (login)
);

CREATE TABLE webhook_calls (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    processor TEXT NOT NULL,
    account TEXT NOT NULL,
    event_id TEXT NOT NULL,
    raw_file TEXT NOT NULL,
    headers JSONB DEFAULT '{}' NOT NULL,
    status TEXT NOT NULL,
    problem TEXT DEFAULT '' NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_webhook_calls PRIMARY KEY (id),
    CONSTRAINT uq_webhook_calls_processor_account_event_id_status UNIQUE (processor, account, event_id, status)
);
CREATE INDEX ix_webhook_calls_received_at ON webhook_calls (received_at);

CREATE TABLE cases (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    merchant_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    title TEXT DEFAULT '' NOT NULL,
    intent TEXT DEFAULT '' NOT NULL,
    language TEXT DEFAULT 'und' NOT NULL,
    order_number TEXT DEFAULT '' NOT NULL,
    outcome TEXT DEFAULT '' NOT NULL,
    merged_into BIGINT,
    respond_by TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_cases PRIMARY KEY (id),
    CONSTRAINT fk_cases_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id),
    CONSTRAINT fk_cases_merged_into FOREIGN KEY(merged_into) REFERENCES cases (id)
);
CREATE INDEX ix_cases_merchant_id_id ON cases (merchant_id, id);
CREATE INDEX ix_cases_merchant_id_order_number ON cases (merchant_id, order_number);
CREATE INDEX ix_cases_merchant_id_status_id ON cases (merchant_id, status, id);

CREATE TABLE documents (
    merchant_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    topic TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    in_force_from DATE,
    in_force_to DATE,
    document JSONB NOT NULL,
    CONSTRAINT pk_documents PRIMARY KEY (merchant_id, key),
    CONSTRAINT fk_documents_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id)
);
CREATE INDEX ix_documents_merchant_id_topic ON documents (merchant_id, topic);

CREATE TABLE orders (
    merchant_id BIGINT NOT NULL,
    number TEXT NOT NULL,
    customer_email TEXT NOT NULL,
    placed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    tracking TEXT[] NOT NULL,
    content_hash TEXT NOT NULL,
    document JSONB NOT NULL,
    CONSTRAINT pk_orders PRIMARY KEY (merchant_id, number),
    CONSTRAINT fk_orders_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id)
);
CREATE INDEX ix_orders_merchant_id_customer_email_placed_at ON orders (merchant_id, customer_email, placed_at);
CREATE INDEX ix_orders_tracking ON orders USING gin (tracking);
CREATE INDEX ix_orders_upper_number ON orders (merchant_id, upper(number));

CREATE TABLE products (
    merchant_id BIGINT NOT NULL,
    sku TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    document JSONB NOT NULL,
    words TSVECTOR NOT NULL,
    CONSTRAINT pk_products PRIMARY KEY (merchant_id, sku),
    CONSTRAINT fk_products_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id)
);
CREATE INDEX ix_products_words ON products USING gin (words);

CREATE TABLE sessions (
    token_hash TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    form_token TEXT NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (token_hash),
    CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_sessions_ends_at ON sessions (ends_at);
CREATE INDEX ix_sessions_user_id ON sessions (user_id);

CREATE TABLE disputes (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    merchant_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    processor TEXT NOT NULL,
    reference TEXT NOT NULL,
    payment_reference TEXT DEFAULT '' NOT NULL,
    status TEXT NOT NULL,
    document JSONB NOT NULL,
    CONSTRAINT pk_disputes PRIMARY KEY (id),
    CONSTRAINT uq_disputes_merchant_id_processor_reference UNIQUE (merchant_id, processor, reference),
    CONSTRAINT uq_disputes_case_id UNIQUE (case_id),
    CONSTRAINT fk_disputes_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id),
    CONSTRAINT fk_disputes_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
CREATE INDEX ix_disputes_merchant_id_payment_reference ON disputes (merchant_id, payment_reference);

CREATE TABLE evidence (
    case_id BIGINT NOT NULL,
    evidence_id TEXT NOT NULL,
    document JSONB NOT NULL,
    CONSTRAINT pk_evidence PRIMARY KEY (case_id, evidence_id),
    CONSTRAINT fk_evidence_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);

CREATE TABLE messages (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    merchant_id BIGINT NOT NULL,
    case_id BIGINT,
    identity TEXT NOT NULL,
    status TEXT DEFAULT 'stored' NOT NULL,
    direction TEXT DEFAULT 'in' NOT NULL,
    mailbox TEXT DEFAULT '' NOT NULL,
    message_header TEXT DEFAULT '' NOT NULL,
    counterpart TEXT DEFAULT '' NOT NULL,
    participants TEXT[] DEFAULT '{}' NOT NULL,
    dispute_key TEXT DEFAULT '' NOT NULL,
    raw_file TEXT DEFAULT '' NOT NULL,
    problem TEXT DEFAULT '' NOT NULL,
    mail JSONB,
    event JSONB,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_messages PRIMARY KEY (id),
    CONSTRAINT uq_messages_merchant_id_identity UNIQUE (merchant_id, identity),
    CONSTRAINT fk_messages_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id),
    CONSTRAINT fk_messages_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
CREATE INDEX ix_messages_case_id ON messages (case_id);
CREATE INDEX ix_messages_dispute_key ON messages (merchant_id, dispute_key) WHERE dispute_key <> '';
CREATE INDEX ix_messages_merchant_id_counterpart_id ON messages (merchant_id, counterpart, id);
CREATE INDEX ix_messages_merchant_id_message_header ON messages (merchant_id, message_header);
CREATE INDEX ix_messages_quarantined ON messages (merchant_id, id) WHERE status = 'quarantined';

CREATE TABLE passages (
    merchant_id BIGINT NOT NULL,
    passage_id TEXT NOT NULL,
    document_key TEXT NOT NULL,
    position INTEGER NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    words TSVECTOR NOT NULL,
    CONSTRAINT pk_passages PRIMARY KEY (merchant_id, passage_id),
    CONSTRAINT fk_passages_merchant_id_document_key FOREIGN KEY(merchant_id, document_key) REFERENCES documents (merchant_id, key)
);
CREATE INDEX ix_passages_merchant_id_document_key ON passages (merchant_id, document_key);
CREATE INDEX ix_passages_words ON passages USING gin (words);

CREATE TABLE payments (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    merchant_id BIGINT NOT NULL,
    reference TEXT NOT NULL,
    order_number TEXT NOT NULL,
    arn TEXT DEFAULT '' NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    card_last4 TEXT DEFAULT '' NOT NULL,
    captured_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_payments PRIMARY KEY (id),
    CONSTRAINT fk_payments_merchant_id_order_number FOREIGN KEY(merchant_id, order_number) REFERENCES orders (merchant_id, number) ON DELETE CASCADE
);
CREATE INDEX ix_payments_arn ON payments (merchant_id, arn) WHERE arn <> '';
CREATE INDEX ix_payments_merchant_id_amount_minor_currency_captured_at ON payments (merchant_id, amount_minor, currency, captured_at);
CREATE INDEX ix_payments_merchant_id_order_number ON payments (merchant_id, order_number);
CREATE INDEX ix_payments_merchant_id_reference ON payments (merchant_id, reference);

CREATE TABLE used_passages (
    case_id BIGINT NOT NULL,
    passage_id TEXT NOT NULL,
    document JSONB NOT NULL,
    CONSTRAINT pk_used_passages PRIMARY KEY (case_id, passage_id),
    CONSTRAINT fk_used_passages_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);

CREATE TABLE runs (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    merchant_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    status TEXT DEFAULT 'queued' NOT NULL,
    error TEXT DEFAULT '' NOT NULL,
    reconciled JSONB,
    readings JSONB,
    matches JSONB,
    route JSONB,
    set_aside TEXT DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_runs PRIMARY KEY (id),
    CONSTRAINT uq_runs_message_id UNIQUE (message_id),
    CONSTRAINT fk_runs_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id),
    CONSTRAINT fk_runs_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_runs_message_id FOREIGN KEY(message_id) REFERENCES messages (id)
);
CREATE INDEX ix_runs_case_id ON runs (case_id);
CREATE INDEX ix_runs_status_changed_at ON runs (status, changed_at);

CREATE TABLE drafts (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    run_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    content_hash TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    document JSONB NOT NULL,
    problems JSONB DEFAULT '[]' NOT NULL,
    author TEXT DEFAULT 'program' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_drafts PRIMARY KEY (id),
    CONSTRAINT uq_drafts_run_id_content_hash UNIQUE (run_id, content_hash),
    CONSTRAINT fk_drafts_run_id FOREIGN KEY(run_id) REFERENCES runs (id),
    CONSTRAINT fk_drafts_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
);
CREATE INDEX ix_drafts_case_id ON drafts (case_id);

CREATE TABLE deliveries (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    merchant_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    draft_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    mailbox TEXT DEFAULT '' NOT NULL,
    status TEXT DEFAULT 'queued' NOT NULL,
    approved_hash TEXT NOT NULL,
    automatic BOOLEAN DEFAULT false NOT NULL,
    raw_file TEXT DEFAULT '' NOT NULL,
    answer TEXT DEFAULT '' NOT NULL,
    not_before TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_deliveries PRIMARY KEY (id),
    CONSTRAINT fk_deliveries_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id),
    CONSTRAINT fk_deliveries_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_deliveries_draft_id FOREIGN KEY(draft_id) REFERENCES drafts (id),
    CONSTRAINT fk_deliveries_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
);
CREATE INDEX ix_deliveries_case_id ON deliveries (case_id);
CREATE INDEX ix_deliveries_run_id_id ON deliveries (run_id, id);
CREATE INDEX ix_deliveries_status_changed_at ON deliveries (status, changed_at);
CREATE UNIQUE INDEX uq_deliveries_draft_id ON deliveries (draft_id) WHERE status <> 'cancelled';
CREATE UNIQUE INDEX uq_deliveries_run_id ON deliveries (run_id) WHERE status <> 'cancelled';

CREATE TABLE reviews (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    merchant_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    draft_id BIGINT,
    status TEXT DEFAULT 'open' NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    edit JSONB,
    due_by TIMESTAMP WITH TIME ZONE,
    reminded_at TIMESTAMP WITH TIME ZONE,
    opened_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_reviews PRIMARY KEY (id),
    CONSTRAINT uq_reviews_run_id UNIQUE (run_id),
    CONSTRAINT fk_reviews_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id),
    CONSTRAINT fk_reviews_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_reviews_run_id FOREIGN KEY(run_id) REFERENCES runs (id),
    CONSTRAINT fk_reviews_draft_id FOREIGN KEY(draft_id) REFERENCES drafts (id)
);
CREATE INDEX ix_reviews_case_id ON reviews (case_id);
CREATE INDEX ix_reviews_merchant_id_status_due_by_id ON reviews (merchant_id, status, due_by, id);
CREATE INDEX ix_reviews_overdue ON reviews (due_by) WHERE status = 'open' AND reminded_at IS NULL;

CREATE TABLE corrections (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    merchant_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    review_id BIGINT NOT NULL,
    template TEXT NOT NULL,
    language TEXT NOT NULL,
    slot TEXT DEFAULT '' NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_corrections PRIMARY KEY (id),
    CONSTRAINT fk_corrections_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchants (id),
    CONSTRAINT fk_corrections_case_id FOREIGN KEY(case_id) REFERENCES cases (id),
    CONSTRAINT fk_corrections_review_id FOREIGN KEY(review_id) REFERENCES reviews (id)
);
CREATE INDEX ix_corrections_merchant_id_template_id ON corrections (merchant_id, template, id);

CREATE TABLE decisions (
    review_id BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    draft_id BIGINT,
    decided_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_decisions PRIMARY KEY (review_id),
    CONSTRAINT fk_decisions_review_id FOREIGN KEY(review_id) REFERENCES reviews (id),
    CONSTRAINT fk_decisions_draft_id FOREIGN KEY(draft_id) REFERENCES drafts (id)
);

-- The audit trail is only added to; erasing a person's data says so first: SET LOCAL rejoinder.erasing = 'on'.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('rejoinder.erasing', true) = 'on' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only';
END;
$$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
