"""The web: webhooks in, the review desk out. Async, and never waits for a model or a provider."""
