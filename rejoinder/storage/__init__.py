"""Rows, files and checkpoints: the only code that touches the database."""
