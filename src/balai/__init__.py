"""Balai, the open city hall."""

__version__ = "0.1.0"
