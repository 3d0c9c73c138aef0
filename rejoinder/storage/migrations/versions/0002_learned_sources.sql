CREATE TABLE learned_sources (
    merchant_id BIGINT NOT NULL,
    domain TEXT NOT NULL,
    document JSONB NOT NULL,
    reviewer TEXT NOT NULL,
    learned_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_learned_sources PRIMARY KEY (merchant_id, domain),
    CONSTRAINT fk_learned_sources_merchant_id FOREIGN KEY (merchant_id) REFERENCES merchants (id)
);
