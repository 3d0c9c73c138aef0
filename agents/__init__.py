"""The state machines: from a message to an approved answer. Knows nothing of Postgres, IMAP or HTTP."""
