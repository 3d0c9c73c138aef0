"""Readers and writers: the built-in ones, and any chat model."""
