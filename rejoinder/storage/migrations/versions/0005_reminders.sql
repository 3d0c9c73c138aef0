CREATE TABLE reminders (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    merchant_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    step TEXT NOT NULL,
    channel TEXT NOT NULL,
    due_by TIMESTAMP WITH TIME ZONE NOT NULL,
    status TEXT NOT NULL,
    token TEXT NOT NULL,
    details JSONB DEFAULT '{}' NOT NULL,
    answer TEXT DEFAULT '' NOT NULL,
    raw_file TEXT DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_reminders PRIMARY KEY (id),
    CONSTRAINT uq_reminders_case_id_due_by_step_channel UNIQUE (case_id, due_by, step, channel),
    CONSTRAINT fk_reminders_merchant_id FOREIGN KEY (merchant_id) REFERENCES merchants (id),
    CONSTRAINT fk_reminders_case_id FOREIGN KEY (case_id) REFERENCES cases (id)
);

CREATE TABLE colleague_requests (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    merchant_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    token TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    answer TEXT DEFAULT '' NOT NULL,
    raw_file TEXT DEFAULT '' NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_colleague_requests PRIMARY KEY (id),
    CONSTRAINT fk_colleague_requests_merchant_id FOREIGN KEY (merchant_id) REFERENCES merchants (id),
    CONSTRAINT fk_colleague_requests_case_id FOREIGN KEY (case_id) REFERENCES cases (id)
);

CREATE UNIQUE INDEX uq_colleague_requests_case_id ON colleague_requests (case_id, kind)
WHERE answered_at IS NULL AND status NOT IN ('failed', 'cancelled');

CREATE INDEX ix_reminders_leaving ON reminders (changed_at) WHERE status IN ('queued', 'sending');

CREATE INDEX ix_colleague_requests_leaving ON colleague_requests (changed_at) WHERE status IN ('queued', 'sending');

CREATE INDEX ix_colleague_requests_case_id ON colleague_requests (case_id);
