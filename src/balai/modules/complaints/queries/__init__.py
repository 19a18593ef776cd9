"""Reads of the complaints module."""
