"""Doors for programs: one file a protocol."""
