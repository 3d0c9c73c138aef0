CREATE TABLE packets (
    case_id BIGINT NOT NULL,
    inputs TEXT NOT NULL,
    draft_id BIGINT NOT NULL,
    document JSONB NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_packets PRIMARY KEY (case_id, inputs),
    CONSTRAINT fk_packets_case_id FOREIGN KEY (case_id) REFERENCES cases (id),
    CONSTRAINT fk_packets_draft_id FOREIGN KEY (draft_id) REFERENCES drafts (id)
);

CREATE TABLE secrets (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_secrets PRIMARY KEY (name)
);
