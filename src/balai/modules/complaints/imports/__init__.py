"""Bring in another system's log: read, map, tell each row as a history, store in batches."""
