CREATE TABLE judgements (
    case_id BIGINT NOT NULL,
    category TEXT DEFAULT '' NOT NULL,
    level TEXT DEFAULT '' NOT NULL,
    document JSONB,
    settings JSONB DEFAULT '{}' NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_judgements PRIMARY KEY (case_id),
    CONSTRAINT fk_judgements_case_id FOREIGN KEY (case_id) REFERENCES cases (id)
);

CREATE INDEX ix_judgements_category ON judgements (category, level);

ALTER TABLE payments ADD COLUMN card_fingerprint TEXT DEFAULT '' NOT NULL COLLATE "C";

ALTER TABLE payments ADD COLUMN network TEXT DEFAULT '' NOT NULL;

ALTER TABLE payments ADD COLUMN fraud_reported BOOLEAN DEFAULT false NOT NULL;

CREATE INDEX ix_payments_card ON payments (merchant_id, card_fingerprint) WHERE card_fingerprint <> '';

CREATE INDEX ix_payments_captured_at ON payments (merchant_id, network, captured_at);
