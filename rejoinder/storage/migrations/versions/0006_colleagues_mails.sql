CREATE INDEX ix_messages_colleague ON messages (id) WHERE direction = 'colleague' AND status = 'stored';
