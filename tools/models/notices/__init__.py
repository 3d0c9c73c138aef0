"""Reads notices of disputes: rules over the words of a catalogue, no model."""

from tools.models.notices.read import read_notice

__all__ = ["read_notice"]
