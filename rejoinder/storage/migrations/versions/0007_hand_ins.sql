CREATE TABLE hand_ins (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    case_id BIGINT NOT NULL,
    stage TEXT NOT NULL,
    said_by TEXT NOT NULL,
    said_at TIMESTAMP WITH TIME ZONE NOT NULL,
    confirmation TEXT DEFAULT '' NOT NULL,
    ended_by TEXT DEFAULT '' NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_hand_ins PRIMARY KEY (id),
    CONSTRAINT fk_hand_ins_case_id FOREIGN KEY (case_id) REFERENCES cases (id)
);

CREATE UNIQUE INDEX uq_hand_ins_case_id ON hand_ins (case_id, stage) WHERE ended_at IS NULL;

CREATE INDEX ix_hand_ins_case_id ON hand_ins (case_id);
