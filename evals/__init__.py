"""Measurements of the answers: datasets, scorers and a report."""
