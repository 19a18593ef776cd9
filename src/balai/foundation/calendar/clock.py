"""The clock. Entry points ask it and hand the moment down; nothing else reads the time."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)
