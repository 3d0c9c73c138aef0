"""Doors to the outside world; no business decisions."""
