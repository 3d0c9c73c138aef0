"""Answering a dispute: what is claimed, what can be proven, and the representment letter."""
