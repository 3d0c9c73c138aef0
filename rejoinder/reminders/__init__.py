"""Reminders of a dispute that climb, and what happens when nobody answered."""
