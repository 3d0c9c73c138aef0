"""Answering a customer: what the mail wants, what the merchant's policy allows, and the reply."""
